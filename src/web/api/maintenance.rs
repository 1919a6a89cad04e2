//! Maintenance and repair of a vehicle.
//!
//! *Invariant:* every version of a record stays in the list.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::vehicles::device;
use crate::model::{MaintenanceId, MaintenanceKind, MaintenanceRecord, Moment, NewMaintenance, Zone};
use crate::registry::life::{LifeError, list_maintenance, record_maintenance};
use crate::web::body::{Json, Request};
use crate::web::caller::Call;
use crate::web::fields::Fields;
use crate::web::idempotency::{Keep, once};
use crate::web::paging::{self, Page};
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::read;

/// Maintenance or repair, to be recorded.
#[derive(Debug, ToSchema)]
pub(crate) struct MaintenanceEntry {
    /// `inspection`, `maintenance` or `repair`. While the last two go on, the vehicle is `in_repair`.
    #[schema(value_type = String, example = "repair")]
    kind: MaintenanceKind,
    /// When it began: RFC 3339 with offset, not in the future.
    #[schema(value_type = String, example = "2026-08-03T09:00:00+05:00")]
    began_at: Moment,
    /// When it ended; absent while it goes on.
    #[schema(value_type = Option<String>)]
    ended_at: Option<Moment>,
    /// What was done.
    #[schema(min_length = 1, max_length = 2000)]
    description: String,
    /// The parts that were changed.
    parts: Option<Vec<String>>,
    /// What the odometer showed, in kilometres.
    odometer_km: Option<f64>,
    /// Who did it.
    #[schema(max_length = 200)]
    performed_by: Option<String>,
    /// The id of the record of which this is a new version, for example the one that ends it.
    #[schema(value_type = Option<String>)]
    replaces: Option<MaintenanceId>,
}

impl Request for MaintenanceEntry {
    fn read(fields: &mut Fields) -> Option<Self> {
        let names: Vec<_> = MaintenanceKind::ALL.iter().map(|kind| kind.name()).collect();
        let kind = fields.choice("kind", &names, MaintenanceKind::find);
        let began_at = fields.moment("began_at");
        let ended_at = fields.optional_moment("ended_at");
        let description = fields.prose("description");
        let parts = fields.optional_texts("parts");
        let odometer_km = fields.optional_figure("odometer_km", &(0.0..=1_000_000.0));
        let performed_by = fields.optional_text("performed_by");
        let replaces = fields.optional_text("replaces").map(|id| MaintenanceId::from_text(&id));
        Some(Self {
            kind: kind?,
            began_at: began_at?,
            ended_at,
            description: description?,
            parts,
            odometer_km,
            performed_by,
            replaces,
        })
    }
}

/// A version of a record of maintenance.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MaintenanceView {
    /// The record's id: all its versions have it.
    id: String,
    /// Which version, from 1.
    version: u32,
    /// `inspection`, `maintenance` or `repair`.
    kind: String,
    began_at: String,
    ended_at: Option<String>,
    description: String,
    parts: Vec<String>,
    odometer_km: Option<f64>,
    performed_by: Option<String>,
    /// When the registry received it.
    recorded_at: String,
    /// When a newer version replaced it.
    superseded_at: Option<String>,
}

impl MaintenanceView {
    pub(super) fn of(record: MaintenanceRecord, zone: Zone) -> Self {
        let work = record.work;
        Self {
            id: record.id.to_string(),
            version: record.version,
            kind: work.kind.name().to_owned(),
            began_at: zone.stamp(work.began_at),
            ended_at: work.ended_at.map(|at| zone.stamp(at)),
            description: work.description,
            parts: work.parts,
            odometer_km: work.odometer_km,
            performed_by: work.performed_by,
            recorded_at: zone.stamp(record.recorded_at),
            superseded_at: record.superseded_at.map(|at| zone.stamp(at)),
        }
    }
}

/// One record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MaintenanceAnswer {
    maintenance: MaintenanceView,
}

/// A page of records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MaintenancesAnswer {
    maintenance: Vec<MaintenanceView>,
    /// The path of the next page.
    next: Option<String>,
}

/// Records maintenance or repair of a vehicle
///
/// Work that goes on is recorded without `ended_at`, and ended by a new version that `replaces` it.
#[utoipa::path(post, path = "/v1/vehicles/{device_id}/maintenance", tag = "fleet", operation_id = "record_maintenance",
    params(("device_id" = String, Path, description = "The operator's own id, percent-encoded")),
    request_body = MaintenanceEntry, responses((status = 201, description = "Recorded", body = MaintenanceAnswer)))]
pub(crate) async fn record(
    call: Call,
    device_id: Path<String>,
    body: Json<MaintenanceEntry>,
) -> Result<HttpResponse, Problem> {
    let (device, zone, asked) = (device(&device_id)?, call.zone(), body.asked);
    let new = NewMaintenance {
        kind: asked.kind,
        began_at: asked.began_at,
        ended_at: asked.ended_at,
        description: asked.description,
        parts: asked.parts.unwrap_or_default(),
        odometer_km: asked.odometer_km,
        performed_by: asked.performed_by,
    };
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, _, now, rng, caller| {
        let record = record_maintenance(tx, now, rng, caller, &device, new, asked.replaces.as_ref())?;
        Ok::<_, LifeError>(MaintenanceAnswer { maintenance: MaintenanceView::of(record, zone) })
    })
    .await
}

/// Lists the records of a vehicle's maintenance, in the order in which the work began, each in all its versions
#[utoipa::path(get, path = "/v1/vehicles/{device_id}/maintenance", tag = "fleet", operation_id = "list_maintenance",
    params(("device_id" = String, Path, description = "The operator's own id, percent-encoded")),
    responses((status = 200, description = "A page", body = MaintenancesAnswer)))]
pub(crate) async fn list(call: Call, device_id: Path<String>) -> Result<HttpResponse, Problem> {
    let device = device(&device_id)?;
    let page = Page::read(&call, Params::of(&call.request), String::new())?;
    let after: usize = page.after.as_deref().and_then(|place| place.parse().ok()).unwrap_or_default();
    let (caller, rows) = (call.caller.clone(), page.to_read());
    let found = read(&call.state, move |db, _| list_maintenance(db, &caller, &device, after, rows)).await?;
    let mut found: Vec<_> = (after.saturating_add(1)..).zip(found).collect();
    let next = page.cut(&call, &mut found, |(place, _)| place.to_string());
    let maintenance = found.into_iter().map(|(_, record)| MaintenanceView::of(record, call.zone())).collect();
    Ok(paging::answer(&MaintenancesAnswer { maintenance, next: next.clone() }, next.as_deref()))
}
