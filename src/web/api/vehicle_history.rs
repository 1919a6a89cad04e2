//! The history of a vehicle, event by event.
//!
//! *Invariant:* each event names its two times.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::maintenance::MaintenanceView;
use super::policy_views::PolicyView;
use super::retirement::RetirementView;
use super::statuses::StatusView;
use super::vehicles::device;
use crate::model::{Zone, day_before};
use crate::registry::life::{Event, What, history as tell_history};
use crate::web::caller::Call;
use crate::web::paging::{self, Page};
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::read;

/// Something that happened to a vehicle, or was recorded of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventView {
    /// When it was true; null: since ever.
    at: Option<String>,
    /// When the registry learned of it.
    known_at: String,
    /// When it was superseded or withdrawn.
    superseded_at: Option<String>,
    /// `registered`, `number`, `description`, `status`, `maintenance`, `correction`, `retirement`,
    /// `retirement_withdrawn`, `plate_item`, `fitting` or `policy`.
    kind: String,
    /// What it was: the record; for a description the facts stated, each with `before` and `after`; for a policy also the
    /// days on which it covers the vehicle.
    #[schema(value_type = Object)]
    what: Value,
}

impl EventView {
    fn of(event: Event, zone: Zone) -> Self {
        Self {
            at: event.at.map(|at| zone.stamp(at)),
            known_at: zone.stamp(event.known_at),
            superseded_at: event.superseded_at.map(|at| zone.stamp(at)),
            kind: event.what.kind().to_owned(),
            what: what(event.what, zone),
        }
    }
}

fn what(what: What, zone: Zone) -> Value {
    match what {
        What::Registered => json!({}),
        What::Number(plate) => json!({
            "number": plate.number.to_string(),
            "control": plate.number.control_text(),
            "from": plate.borne.from.map(|at| zone.stamp(at)),
            "until": plate.borne.until.map(|at| zone.stamp(at)),
            "reason": plate.reason,
            "version": plate.version,
        }),
        What::Described(version, changed) => {
            let changed: Map<_, _> = changed
                .into_iter()
                .map(|(fact, before, after)| (fact.name().to_owned(), json!({"before": before, "after": after})))
                .collect();
            json!({
                "version": version.version,
                "since": version.holds_from.map(|at| zone.stamp(at)),
                "facts": changed,
                "reason": version.reason,
            })
        }
        What::Status(report) => json!(StatusView::of(report, zone)),
        What::Maintained(record) => json!(MaintenanceView::of(record, zone)),
        What::Corrected(correction, bearer) => json!({
            "number": correction.number.to_string(),
            "control": correction.number.control_text(),
            "entry": correction.entry,
            "device_id": bearer.map(|device| device.to_string()),
            "from": correction.since.map(|at| zone.stamp(at)),
            "reason": correction.reason,
        }),
        What::Retired(retirement) | What::RetirementWithdrawn(retirement) => {
            json!(RetirementView::of(retirement, zone))
        }
        What::Item(item, state) => json!({
            "number": item.number.to_string(),
            "control": item.number.control_text(),
            "item": item.item,
            "position": item.position.name(),
            "copy": item.copy,
            "state": state.state.name(),
            "reason": state.reason,
            "replaces": item.replaces.map(|(before, _)| before),
        }),
        What::Fitted(fitting) => json!({
            "id": fitting.id.to_string(),
            "number": fitting.number.to_string(),
            "control": fitting.number.control_text(),
            "item": fitting.item,
            "verdict": fitting.verdict,
            "place": fitting.place,
            "note": fitting.note,
        }),
        What::Insured(cover) => json!({
            "policy": PolicyView::of(&cover.policy, zone),
            "from": cover.days.from.to_string(),
            "until": day_before(cover.days.until).to_string(),
        }),
    }
}

/// The events of a vehicle's life.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryAnswer {
    history: Vec<EventView>,
    /// The path of the next page.
    next: Option<String>,
}

/// Tells the history of a vehicle of one's own fleet
///
/// Every event in order, also what was believed before: by when it was true, then by when the registry learned of it.
#[utoipa::path(get, path = "/v1/vehicles/{device_id}/history", tag = "fleet", operation_id = "vehicle_history",
    params(("device_id" = String, Path, description = "The operator's own id, percent-encoded")),
    responses((status = 200, description = "A page", body = HistoryAnswer)))]
pub(crate) async fn history(call: Call, device_id: Path<String>) -> Result<HttpResponse, Problem> {
    let (device, zone, caller) = (device(&device_id)?, call.zone(), call.caller.clone());
    let page = Page::read(&call, Params::of(&call.request), String::new())?;
    let after: usize = page.after.as_deref().and_then(|place| place.parse().ok()).unwrap_or_default();
    let events = read(&call.state, move |db, _| tell_history(db, zone, &caller, &device)).await?;
    let mut found: Vec<_> = (1_usize..).zip(events).skip(after).take(page.to_read()).collect();
    let next = page.cut(&call, &mut found, |(place, _)| place.to_string());
    let history = found.into_iter().map(|(_, event)| EventView::of(event, zone)).collect();
    Ok(paging::answer(&HistoryAnswer { history, next: next.clone() }, next.as_deref()))
}
