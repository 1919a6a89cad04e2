//! Changes and corrections of a vehicle's description, fact by fact.
//!
//! *Invariant:* a field that is absent stays as it is; `null` erases.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Path;
use serde_json::Value;
use utoipa::ToSchema;

use super::vehicles::{VehicleAnswer, VehicleView, device};
use crate::model::{Fact, VehicleFacts};
use crate::registry::life::{LifeError, VehicleChange, change as change_vehicle, present};
use crate::web::body::{Json, Request};
use crate::web::caller::Call;
use crate::web::fields::{Fields, Given, InstantOrDate};
use crate::web::problem::Problem;
use crate::web::state::act;

/// What is to be changed or corrected. Absent fields stay as they are, `null` erases a fact.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "the shape of what is read fact by fact, for the description of the API")]
pub(crate) struct VehicleAmendment {
    serial_number: Option<String>,
    make: Option<String>,
    model: Option<String>,
    year: Option<u16>,
    colour: Option<String>,
    /// The first day in service. After the last one it brings the vehicle back, under the same number.
    #[schema(format = Date)]
    in_service: Option<String>,
    /// The last day in service.
    #[schema(format = Date)]
    out_of_service: Option<String>,
    comment: Option<String>,
    /// From when on it is so: RFC 3339 with offset, or a date; not in the future. Absent: it always was so. Service
    /// dates speak for themselves.
    #[schema(example = "2026-09-01")]
    since: Option<String>,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// What was asked, read.
#[derive(Debug)]
pub(crate) struct Amendment {
    stated: Vec<Fact>,
    facts: VehicleFacts,
    since: Option<InstantOrDate>,
    reason: String,
}

impl Request for Amendment {
    fn read(fields: &mut Fields) -> Option<Self> {
        let (mut stated, mut facts) = (Vec::new(), VehicleFacts::default());
        for fact in Fact::ALL.iter().copied() {
            match fields.erasable(fact.name()) {
                Given::Absent => {}
                Given::Erased => stated.push(fact),
                Given::Value(value) => {
                    stated.push(fact);
                    take(fields, fact, value, &mut facts);
                }
            }
        }
        let since = fields.optional_moment_or_date("since");
        let reason = fields.prose("reason");
        Some(Self { stated, facts, since, reason: reason? })
    }
}

fn take(fields: &mut Fields, fact: Fact, value: Value, facts: &mut VehicleFacts) {
    let name = fact.name();
    match fact {
        Fact::SerialNumber => facts.serial_number = line(fields, name, value),
        Fact::Make => facts.make = line(fields, name, value),
        Fact::Model => facts.model = line(fields, name, value),
        Fact::Year => {
            facts.year = fields.whole(name, &value, &(1990..=2100)).and_then(|year| u16::try_from(year).ok());
        }
        Fact::Colour => facts.colour = line(fields, name, value),
        Fact::InService => facts.in_service = fields.day(name, value),
        Fact::OutOfService => facts.out_of_service = fields.day(name, value),
        Fact::Comment => facts.comment = line(fields, name, value),
    }
}

fn line(fields: &mut Fields, name: &'static str, value: Value) -> Option<String> {
    fields.line(name, value).map(|text| text.trim().to_owned())
}

/// The versions that `If-Match` names (RFC 9110, 13.1.1); `None`: any. Weak tags match nothing, nor does what is no tag
/// of ours.
fn expected(headers: &HeaderMap) -> Option<Vec<u32>> {
    let mut found = headers.get_all(header::IF_MATCH).peekable();
    found.peek()?;
    let texts: Vec<_> = found.map(|value| value.to_str().unwrap_or_default().trim()).collect();
    if texts.contains(&"*") {
        return None;
    }
    let tags = texts.iter().flat_map(|text| text.split(','));
    Some(tags.filter_map(|tag| tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok()).collect())
}

/// Returns the tag of a version of a vehicle's description.
pub(super) fn tag(version: u32) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"{version}\""))
}

/// Changes or corrects the description of a vehicle
///
/// With `since` the vehicle became so then (repainted), without it always was so (a correction). `out_of_service` ends
/// the period of its number; a later `in_service` opens the next one. `If-Match` with the `ETag` of the vehicle keeps two
/// people from overwriting each other; without it the change is taken.
#[utoipa::path(patch, path = "/v1/vehicles/{device_id}", tag = "fleet", operation_id = "change_vehicle",
    params(("device_id" = String, Path, description = "The operator's own id, percent-encoded"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that the change is meant for")),
    request_body = VehicleAmendment, responses((status = 200, description = "As it is now", body = VehicleAnswer)))]
pub(crate) async fn change(
    call: Call,
    device_id: Path<String>,
    body: Json<Amendment>,
) -> Result<HttpResponse, Problem> {
    let (device, zone, asked) = (device(&device_id)?, call.zone(), body.asked);
    let change = VehicleChange {
        stated: asked.stated,
        facts: asked.facts,
        since: asked.since.map(|since| since.start(zone)),
        reason: asked.reason,
        expected: expected(call.request.headers()),
    };
    let caller = call.caller.clone();
    let changed = act(&call.state, move |registry, now, rng| {
        let vehicle = registry.store.write(|tx| change_vehicle(tx, zone, now, rng, &caller, &device, &change))?;
        registry.store.read(|db| Ok::<_, LifeError>(present(db, zone, now, vec![vehicle])?))
    });
    let changed = changed.await?.pop().ok_or_else(|| Problem::from(LifeError::Unknown))?;
    let version = changed.vehicle.version;
    Ok(HttpResponse::Ok().insert_header(tag(version)).json(VehicleAnswer { vehicle: VehicleView::of(changed, zone) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn sent(values: &[&'static str]) -> Option<Vec<u32>> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, HeaderValue::from_static(value));
        }
        expected(&headers)
    }

    #[test]
    fn a_tag_that_cannot_be_ours_matches_no_version_and_a_star_matches_any() {
        assert_eq!((sent(&[]), sent(&["*"])), (None, None));
        assert_eq!(sent(&["\"3\", \"4\"", "\"7\""]), Some(vec![3, 4, 7]));
        assert_eq!(sent(&["W/\"3\""]), Some(vec![]));
        assert_eq!(sent(&["3"]), Some(vec![]));
    }
}
