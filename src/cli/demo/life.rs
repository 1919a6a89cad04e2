//! What happened to some of the demo's scooters before its day of rides: plates replaced, a theft, a repair, a retirement.
//!
//! *Invariant:* like everything in the demo it goes through the registry's own door; what happened lies before the day of
//! rides, so that no ride contradicts it.

use serde_json::{Value, json};

use super::cast::text;
use super::kept::Page;
use super::rides::Day;
use crate::cli::Failure;
use crate::cli::api::Api;

/// A scooter of the demo: the operator's id of it, and its number.
pub(super) type Scooter = (String, String);

/// Lives the lives of a fleet that has numbers beyond 00100, and returns the public pages worth opening. The scooter
/// that is retired leaves the fleet.
pub(super) fn live(operator: &Api, day: &Day, letter: &str, fleet: &mut Vec<Scooter>) -> Result<Vec<Page>, Failure> {
    let scooter = |serial: u32| {
        let number = format!("{letter}{serial:05}");
        let found = fleet.iter().find(|(_, known)| *known == number);
        found.cloned().unwrap_or_else(|| (String::new(), number))
    };
    let (first, replaced, repaired, stolen, repainted) =
        (scooter(1), scooter(7), scooter(12), scooter(13), scooter(21));
    let last = fleet.last().cloned().unwrap_or_else(|| scooter(1));
    let mut pages = vec![page(operator, &first, 1, "a genuine plate")?];
    fit(operator, day, &replaced)?;
    pages.push(page(operator, &replaced, 1, "a plate that was stolen and replaced")?);
    let order = json!({"position": "rear", "reason": "stolen", "at": day.days_before(5)});
    operator.post_json(&format!("/v1/plates/{}/items", replaced.1), &order)?;
    let repair = json!({
        "kind": "repair", "began_at": day.days_before(9), "ended_at": day.days_before(8),
        "description": "тормозной трос заменён", "parts": ["тормозной трос"],
    });
    operator.post_json(&of(&repaired, "maintenance"), &repair)?;
    for (status, since) in [("stolen", day.days_before(6)), ("in_service", day.days_before(4))] {
        operator.post_json(&of(&stolen, "statuses"), &json!({"status": status, "since": since}))?;
    }
    let colour = json!({"colour": "красный", "since": day.days_before(3), "reason": "перекрашен"});
    operator.patch_json(&format!("/v1/vehicles/{}", escaped(&repainted.0)), &colour)?;
    pages.push(page(operator, &last, 1, "a scooter that left service: its number is annulled")?);
    operator.post_json(&of(&last, "retirement"), &json!({"from": day.days_before(2), "reason": "списан"}))?;
    fleet.retain(|known| *known != last);
    Ok(pages)
}

/// The page of a scooter that its list left without insurance.
pub(super) fn uninsured(operator: &Api, fleet: &[Scooter]) -> Result<Vec<Page>, Failure> {
    fleet.last().map(|last| page(operator, last, 1, "a scooter without insurance")).into_iter().collect()
}

fn fit(operator: &Api, day: &Day, scooter: &Scooter) -> Result<(), Failure> {
    for item in 1..=3 {
        let fitting = json!({
            "qr": link(operator, scooter, item)?, "device_id": scooter.0, "at": day.days_before(20),
        });
        operator.post_json("/v1/fittings", &fitting)?;
    }
    Ok(())
}

fn page(operator: &Api, scooter: &Scooter, item: u64, shows: &str) -> Result<Page, Failure> {
    let link = link(operator, scooter, item)?;
    // The host of a demo's codes exists nowhere; the path is the same here.
    let path = link.splitn(4, '/').nth(3).map_or_else(String::new, |path| format!("/{path}"));
    Ok(Page { path, shows: shows.to_owned() })
}

fn link(operator: &Api, scooter: &Scooter, item: u64) -> Result<String, Failure> {
    let plate = operator.get(&format!("/v1/plates/{}", scooter.1), 0)?;
    let items = plate.pointer("/plate/items").and_then(Value::as_array).cloned().unwrap_or_default();
    let wanted = items.iter().find(|one| one.get("item").and_then(Value::as_u64) == Some(item));
    text(wanted.unwrap_or(&Value::Null), "/qr")
}

fn of(scooter: &Scooter, part: &str) -> String {
    format!("/v1/vehicles/{}/{part}", escaped(&scooter.0))
}

/// Percent-encodes an operator's id for a path (RFC 3986, 2.1).
fn escaped(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let escape = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    id.bytes().map(escape).collect()
}
