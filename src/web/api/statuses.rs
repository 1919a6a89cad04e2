//! The status of a vehicle by period, as reported.
//!
//! *Invariant:* a corrected report stays in the list, with the time at which it was corrected.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::vehicles::device;
use crate::model::{Moment, Place, StatusReport, VehicleStatus, Zone};
use crate::registry::life::{LifeError, NewStatus, list_statuses, report_status};
use crate::web::body::{Json, Request};
use crate::web::caller::Call;
use crate::web::fields::Fields;
use crate::web::idempotency::{Keep, once};
use crate::web::paging::{self, Page};
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::read;

/// The status of a vehicle, to be recorded.
#[derive(Debug, ToSchema)]
pub(crate) struct StatusRecord {
    /// `in_service` (found again), `in_store`, `in_repair`, `stolen`, `impounded` or `moved_by_third_party`.
    #[schema(value_type = String, example = "stolen")]
    status: VehicleStatus,
    /// Since when: RFC 3339 with offset, not in the future.
    #[schema(value_type = String, example = "2026-08-03T22:40:00+05:00")]
    since: Moment,
    /// Until when; absent: until something else is reported. After it the vehicle is in service again.
    #[schema(value_type = Option<String>)]
    until: Option<Moment>,
    /// Who reported it to the operator.
    #[schema(max_length = 200)]
    reported_by: Option<String>,
    /// What else was said.
    #[schema(max_length = 2000)]
    note: Option<String>,
    /// Where the vehicle was.
    place: Option<Place>,
    /// The `entry` of the report that this one corrects.
    replaces: Option<u32>,
}

impl Request for StatusRecord {
    fn read(fields: &mut Fields) -> Option<Self> {
        let names: Vec<_> = VehicleStatus::ALL.iter().map(|status| status.name()).collect();
        let status = fields.choice("status", &names, VehicleStatus::find);
        let since = fields.moment("since");
        let until = fields.optional_moment("until");
        let reported_by = fields.optional_text("reported_by");
        let note = fields.optional_prose("note");
        let place = fields.optional_place("place");
        let replaces = fields.optional_whole("replaces", &(1..=u32::MAX));
        Some(Self { status: status?, since: since?, until, reported_by, note, place, replaces })
    }
}

/// A report of a vehicle's status.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusView {
    /// Its number among the vehicle's reports, from 1.
    entry: u32,
    status: String,
    since: String,
    until: Option<String>,
    reported_by: Option<String>,
    note: Option<String>,
    place: Option<Place>,
    /// The report that it corrects.
    replaces: Option<u32>,
    /// The record of maintenance that it follows from.
    maintenance: Option<String>,
    /// When the registry received it.
    recorded_at: String,
    /// When it was corrected.
    superseded_at: Option<String>,
}

impl StatusView {
    pub(super) fn of(report: StatusReport, zone: Zone) -> Self {
        Self {
            entry: report.entry,
            status: report.status.name().to_owned(),
            since: zone.stamp(report.since),
            until: report.until.map(|at| zone.stamp(at)),
            reported_by: report.reported_by,
            note: report.note,
            place: report.place,
            replaces: report.replaces,
            maintenance: report.maintenance.map(|id| id.to_string()),
            recorded_at: zone.stamp(report.recorded_at),
            superseded_at: report.superseded_at.map(|at| zone.stamp(at)),
        }
    }
}

/// One report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusAnswer {
    status: StatusView,
}

/// A page of reports.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusesAnswer {
    statuses: Vec<StatusView>,
    /// The path of the next page.
    next: Option<String>,
}

/// Reports the status of a vehicle
///
/// Found again is `in_service` since then. A wrong report is corrected by another one that `replaces` it.
#[utoipa::path(post, path = "/v1/vehicles/{device_id}/statuses", tag = "fleet", operation_id = "report_status",
    params(("device_id" = String, Path, description = "The operator's own id, percent-encoded")),
    request_body = StatusRecord, responses((status = 201, description = "Recorded", body = StatusAnswer)))]
pub(crate) async fn report(
    call: Call,
    device_id: Path<String>,
    body: Json<StatusRecord>,
) -> Result<HttpResponse, Problem> {
    let (device, zone, asked) = (device(&device_id)?, call.zone(), body.asked);
    let new = NewStatus {
        status: asked.status,
        since: asked.since,
        until: asked.until,
        reported_by: asked.reported_by,
        note: asked.note,
        place: asked.place,
        replaces: asked.replaces,
    };
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, _, now, rng, caller| {
        let report = report_status(tx, now, rng, caller, &device, new)?;
        Ok::<_, LifeError>(StatusAnswer { status: StatusView::of(report, zone) })
    })
    .await
}

/// Lists the reports of a vehicle's status, also corrected ones, in the order in which they were recorded
#[utoipa::path(get, path = "/v1/vehicles/{device_id}/statuses", tag = "fleet", operation_id = "list_statuses",
    params(("device_id" = String, Path, description = "The operator's own id, percent-encoded")),
    responses((status = 200, description = "A page", body = StatusesAnswer)))]
pub(crate) async fn list(call: Call, device_id: Path<String>) -> Result<HttpResponse, Problem> {
    let device = device(&device_id)?;
    let page = Page::read(&call, Params::of(&call.request), String::new())?;
    let after = page.after.as_deref().and_then(|place| place.parse().ok());
    let (caller, rows) = (call.caller.clone(), page.to_read());
    let mut found = read(&call.state, move |db, _| list_statuses(db, &caller, &device, after, rows)).await?;
    let next = page.cut(&call, &mut found, |report| report.entry.to_string());
    let statuses = found.into_iter().map(|report| StatusView::of(report, call.zone())).collect();
    Ok(paging::answer(&StatusesAnswer { statuses, next: next.clone() }, next.as_deref()))
}
