//! Rides as operators report them, and the watermark up to which they have reported all.
//!
//! *Invariant:* one wrong report never fails its neighbours: what came of each is said by its place.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use crate::model::{DeviceId, Moment, Place, RideSession, VehicleId, Zone};
use crate::registry::read::device_ids;
use crate::registry::record::{self, ListRides, RecordError, SessionsReceipt};
use crate::web::body::{self, Json, Request};
use crate::web::caller::Call;
use crate::web::fields::Fields;
use crate::web::idempotency::{Keep, once};
use crate::web::paging::{self, Page};
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::act;

/// The most bytes that one call may report, unpacked.
pub(super) const LIMIT: usize = 16 * 1024 * 1024;
/// The media types in which reports come.
pub(super) const TYPES: [&str; 4] =
    ["application/json", "application/x-ndjson", "application/ndjson", "application/jsonl"];

/// A ride to be reported. Its scooter is named by `device_id` or by `plate`.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "the shape of what the deed reads item by item, for the description of the API")]
pub(crate) struct SessionReport {
    /// The operator's id of the ride: 1 to 128 characters, unique within the operator.
    ride_id: String,
    /// The operator's id of the scooter.
    device_id: Option<String>,
    /// The number on the scooter.
    plate: Option<String>,
    /// When it began: RFC 3339 with offset.
    started_at: String,
    /// When it ended; absent while it is open.
    ended_at: Option<String>,
    /// Where it began.
    start: Option<Place>,
    /// Where it ended.
    end: Option<Place>,
    /// `rider` (if absent), `rebalance` or `maintenance`.
    kind: Option<String>,
    /// The operator's pseudonym of the rider; kept as a commitment only.
    rider_handle: Option<String>,
}

/// What came of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionsReceiptAnswer {
    sessions: SessionsReceipt,
}

/// A ride, as its newest version says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionView {
    ride_id: String,
    device_id: Option<String>,
    version: u32,
    started_at: String,
    ended_at: Option<String>,
    start: Option<Place>,
    end: Option<Place>,
    /// `rider`, `rebalance` or `maintenance`.
    kind: String,
    received_at: String,
}

impl SessionView {
    fn of(ride: &RideSession, devices: &BTreeMap<VehicleId, DeviceId>, zone: Zone) -> Self {
        Self {
            ride_id: ride.ride_id.to_string(),
            device_id: devices.get(&ride.vehicle_id).map(ToString::to_string),
            version: ride.version,
            started_at: zone.stamp(ride.started_at),
            ended_at: ride.ended_at.map(|at| zone.stamp(at)),
            start: ride.start,
            end: ride.end,
            kind: ride.kind.name().to_owned(),
            received_at: zone.stamp(ride.received_at),
        }
    }
}

/// A page of rides.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionsAnswer {
    sessions: Vec<SessionView>,
    /// The path of the next page.
    next: Option<String>,
}

/// The instant up to which everything was reported.
#[derive(Debug, ToSchema)]
pub(crate) struct Watermark {
    /// RFC 3339 with offset, not in the future.
    #[schema(value_type = String, example = "2026-07-07T20:00:00+05:00")]
    complete_until: Moment,
}

impl Request for Watermark {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self { complete_until: fields.moment("complete_until")? })
    }
}

/// The watermark in force.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WatermarkView {
    complete_until: String,
}

/// One watermark.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WatermarkAnswer {
    watermark: WatermarkView,
}

/// Reports rides
///
/// A JSON array, or one report a line (NDJSON); up to 10 000 and 16 MiB. The same ride with the same content is
/// repeated, with other content a new version.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions", operation_id = "report_sessions",
    request_body(content = Vec<SessionReport>, content_type = "application/json"),
    responses((status = 200, description = "What came of each", body = SessionsReceiptAnswer)))]
pub(crate) async fn report(call: Call, payload: Payload) -> Result<HttpResponse, Problem> {
    body::require_type(call.request.headers(), &TYPES)?;
    let bytes = body::bytes(call.request.headers(), payload.into_inner(), LIMIT).await?;
    let reports = reports(&bytes)?;
    let language = call.language;
    once(call, body::digest(&bytes), StatusCode::OK, Keep::Answer, move |tx, registry, now, rng, caller| {
        let sessions = record::report(tx, &registry.rules, now, rng, caller, language, &reports)?;
        Ok::<_, RecordError>(SessionsReceiptAnswer { sessions })
    })
    .await
}

/// An array, or values line by line: what the first character says.
pub(super) fn reports(bytes: &[u8]) -> Result<Vec<Value>, Problem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match bytes.trim_ascii_start().first() {
        None => Ok(Vec::new()),
        Some(b'{') => body::json_lines(bytes),
        Some(_) => match body::json(bytes)? {
            Value::Array(reports) => Ok(reports),
            other => Ok(vec![other]),
        },
    }
}

/// Says up to when everything was reported
///
/// Only then may a lookup say `idle`. It never goes back: the answer tells which one is in force.
#[utoipa::path(post, path = "/v1/sessions/watermark", tag = "sessions", operation_id = "set_watermark",
    request_body = Watermark, responses((status = 200, description = "The one in force", body = WatermarkAnswer)))]
pub(crate) async fn watermark(call: Call, body: Json<Watermark>) -> Result<HttpResponse, Problem> {
    let (zone, until) = (call.zone(), body.asked.complete_until);
    once(call, body.digest, StatusCode::OK, Keep::Answer, move |tx, _, now, rng, caller| {
        let until = record::watermark(tx, now, rng, caller, until)?;
        Ok::<_, RecordError>(WatermarkAnswer { watermark: WatermarkView { complete_until: zone.stamp(until) } })
    })
    .await
}

/// Lists rides
///
/// One's own, by start, newest versions. Each page that is read is an entry of the audit log.
#[utoipa::path(get, path = "/v1/sessions", tag = "sessions", operation_id = "list_sessions",
    params(("from" = Option<String>, Query, description = "Those that began at or after this instant"),
           ("until" = Option<String>, Query, description = "Those that began before this instant")),
    responses((status = 200, description = "A page", body = SessionsAnswer)))]
pub(crate) async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let mut params = Params::of(&call.request);
    let (from, until) = (params.moment("from"), params.moment("until"));
    let stated = [("from", from), ("until", until)];
    // In UTC the instant ends with Z, which needs no escape in a query.
    let filter = stated.iter().filter_map(|(name, at)| at.map(|at| format!("{name}={}", at.to_utc_text())));
    let page = Page::read(&call, params, filter.collect::<Vec<_>>().join("&"))?;
    let wanted = ListRides { from, until, after: page.after.as_deref().and_then(place), rows: page.to_read() };
    let caller = call.caller.clone();
    let (mut found, devices) = act(&call.state, move |registry, now, rng| {
        let found = record::list_sessions(registry, now, rng, &caller, &wanted)?;
        let vehicles: Vec<_> = found.iter().map(|ride| ride.vehicle_id).collect();
        let devices = registry.store.read(|db| device_ids(db, &caller, &vehicles)).map_err(Problem::from);
        Ok::<_, Problem>((found, devices?))
    })
    .await?;
    let next = page.cut(&call, &mut found, |ride| format!("{}|{}", ride.started_at.as_millis(), ride.ride_id));
    let sessions = found.iter().map(|ride| SessionView::of(ride, &devices, call.zone())).collect();
    Ok(paging::answer(&SessionsAnswer { sessions, next: next.clone() }, next.as_deref()))
}

fn place(text: &str) -> Option<(Moment, String)> {
    let (millis, ride_id) = text.split_once('|')?;
    Some((Moment::from_millis(millis.parse().ok()?), ride_id.to_owned()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    #[test]
    fn an_array_and_lines_are_told_apart_by_their_first_character() {
        assert_eq!(reports(b" [{\"ride_id\":\"a\"},{}]").unwrap().len(), 2);
        assert_eq!(reports(b"{\"ride_id\":\"a\"}\n{}\n").unwrap().len(), 2);
        assert_eq!(reports(b"\xef\xbb\xbf[]").unwrap().len(), 0);
        assert_eq!(reports(b"  ").unwrap().len(), 0);
        assert!(reports(b"[{]").is_err());
    }

    #[test]
    fn a_place_keeps_a_ride_id_that_holds_a_bar() {
        assert_eq!(place("1234|a|b"), Some((Moment::from_millis(1234), "a|b".to_owned())));
        assert_eq!(place("a"), None);
    }
}
