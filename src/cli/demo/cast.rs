//! The people of the demo and what they do: everything through the registry's own door.
//!
//! *Invariant:* nothing is put into the database but by the calls that anybody with a key can make; only the first two
//! accounts are made at the console, as in any registry.

use serde_json::{Value, json};

use super::kept::{Example, Kept, StoryOperator};
use super::life;
use super::rides::{self, Day};
use crate::cli::api::Api;
use crate::cli::{Exit, Failure};
use crate::clock;
use crate::model::Role;
use crate::registry::Registry;
use crate::registry::access::{self, AccountError, KeyRequest, NewAccount};
use crate::startup::Running;

const START_AGAIN: &str = "delete the demo's directory and start again";

/// An operator of the story: invented, as its list is.
struct Part {
    name: &'static str,
    bin: &'static str,
    phone: &'static str,
    email: &'static str,
    letter: &'static str,
    /// Since when its scooters bear the letter: adopted, not claimed anew.
    in_use_since: Option<&'static str>,
    list: &'static [u8],
    /// The policy for the whole fleet; without one, the list itself names a policy for each scooter.
    policy: Option<&'static str>,
}

const PARTS: [Part; 2] = [
    Part {
        name: "ТОО «Жел Самокат»",
        bin: "190340005018",
        phone: "+7 727 000 01 01",
        email: "duty@zhel.example",
        letter: "A",
        in_use_since: Some("2026-07-01T00:00:00+05:00"),
        list: include_bytes!("../../../assets/demo/zhel-samokat.csv"),
        policy: Some("ГПО-2026-000117"),
    },
    Part {
        name: "Qala Scooters LLP",
        bin: "210640011228",
        phone: "+7 727 000 02 02",
        email: "duty@qala.example",
        letter: "K",
        in_use_since: None,
        list: include_bytes!("../../../assets/demo/qala-scooters.csv"),
        policy: None,
    },
];

/// Plays the story once and returns what is to be kept of it.
pub(super) fn play(running: &Running) -> Result<Kept, Failure> {
    let registry = running.registry();
    let regulator_key = first_key(registry, Role::Regulator, None)?;
    let officer_key = first_key(registry, Role::Officer, Some("Almaty police (demo)"))?;
    let regulator = Api::with_key(&running.url, &regulator_key);
    let day = Day::before(clock::now(), registry.rules.zone);
    let mut operators = Vec::new();
    let mut examples = Vec::new();
    let mut pages = Vec::new();
    for (place, part) in PARTS.iter().enumerate() {
        let key = admit(&regulator, part)?;
        let operator = Api::with_key(&running.url, &key);
        claim(&operator, &regulator, part)?;
        upload(&operator, part)?;
        insure(&operator, part)?;
        let mut fleet = fleet(&operator)?;
        pages.extend(match part.policy {
            Some(_) => life::live(&operator, &day, part.letter, &mut fleet)?,
            None => life::uninsured(&operator, &fleet)?,
        });
        let reported = rides::of_day(&day, part.letter, &fleet);
        for batch in reported.chunks(1_000) {
            operator.post_json("/v1/sessions", &Value::Array(batch.iter().map(rides::Ride::report).collect()))?;
        }
        operator.post_json("/v1/sessions/watermark", &json!({"complete_until": day.end()}))?;
        examples.extend(rides::questions(&day, place, &reported));
        operators.push(StoryOperator { name: part.name.to_owned(), letter: part.letter.to_owned(), key });
    }
    examples.push(Example {
        plate: "K0000?".to_owned(),
        at: examples.first().map_or_else(|| day.end(), |first| first.at.clone()),
        shows: "the last digit was not seen: candidates".to_owned(),
    });
    Ok(Kept { regulator_key, operators, officer_key, examples, pages })
}

fn admit(regulator: &Api, part: &Part) -> Result<String, Failure> {
    let new = json!({
        "legal_name": part.name, "bin": part.bin, "contact_phone": part.phone, "contact_email": part.email,
        "custody": "deposited",
    });
    let admitted = regulator.post_json("/v1/operators", &new)?;
    let id = text(&admitted, "/operator/id")?;
    let scopes: Vec<_> = Role::OperatorStaff.scopes().iter().map(|scope| scope.name()).collect();
    let made = regulator.post_json(&format!("/v1/operators/{id}/keys"), &json!({"name": "demo", "scopes": scopes}))?;
    text(&made, "/key/secret")
}

fn claim(operator: &Api, regulator: &Api, part: &Part) -> Result<(), Failure> {
    let claim = json!({"letter": part.letter, "in_use_since": part.in_use_since});
    operator.post_json("/v1/series", &claim)?;
    let decision = json!({"decision": "confirm", "reason": "demo"});
    regulator.post_json(&format!("/v1/series/{}/decision", part.letter), &decision)?;
    Ok(())
}

fn upload(operator: &Api, part: &Part) -> Result<(), Failure> {
    let query = [("dry_run", "false".to_owned())];
    let sent = operator.post_file("/v1/fleet-imports", &query, "text/csv", 60, part.list)?;
    match text(&sent, "/import/status")?.as_str() {
        "committed" => Ok(()),
        status => Err(Failure::new(Exit::Failed, format!("the fleet list was {status}: {sent}"), START_AGAIN)),
    }
}

fn insure(operator: &Api, part: &Part) -> Result<(), Failure> {
    let Some(number) = part.policy else { return Ok(()) };
    let policy = json!({
        "insurer": "АО «Демо-Полис»", "policy_number": number, "valid_from": "2026-07-01",
        "valid_until": "2027-06-30", "vehicles": "all",
    });
    operator.post_json("/v1/policies", &policy).map(drop)
}

/// The operator's scooters: device id and number.
fn fleet(operator: &Api) -> Result<Vec<(String, String)>, Failure> {
    let page = operator.get("/v1/vehicles?limit=1000", 0)?;
    let vehicles = page.get("vehicles").and_then(Value::as_array).cloned().unwrap_or_default();
    vehicles.iter().map(|vehicle| Ok((text(vehicle, "/device_id")?, text(vehicle, "/plate/number")?))).collect()
}

pub(super) fn text(value: &Value, pointer: &str) -> Result<String, Failure> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(Exit::Failed, format!("the registry answered without {pointer}"), START_AGAIN))
}

fn first_key(registry: &Registry, role: Role, authority: Option<&str>) -> Result<String, Failure> {
    let (now, rng, console) = (clock::now(), &mut clock::chance(), access::console());
    let new =
        NewAccount { role, name: format!("demo {role}"), authority: authority.map(str::to_owned), operator_id: None };
    let made = registry.store.write(|tx| -> Result<_, AccountError> {
        let account = access::create_account(tx, now, rng, &console, new)?;
        let request = KeyRequest { name: "demo".to_owned(), scopes: None, expires_at: None };
        access::create_key(tx, registry, now, rng, &console, &account.id, request)
    });
    made.map(|made| made.key.reveal()).map_err(|error| Failure::new(Exit::Failed, error, START_AGAIN))
}
