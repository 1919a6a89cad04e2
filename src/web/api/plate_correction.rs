//! A number is corrected: another vehicle bore it in truth, or none did.
//!
//! *Invariant:* another operator's number or vehicle answers exactly like an unknown one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::vehicles::{NumberView, PeriodView};
use crate::model::{DeviceId, VehicleId, Zone};
use crate::registry::life::{Corrected, Correction, correct as correct_plate};
use crate::registry::read::one_number;
use crate::web::body::{Json, Request};
use crate::web::caller::Call;
use crate::web::fault::Fault;
use crate::web::fields::{Fields, Given, InstantOrDate};
use crate::web::idempotency::{Keep, once};
use crate::web::problem::Problem;
use crate::web::wrong::Wrong;

/// What is true of a number.
#[derive(Debug, ToSchema)]
pub(crate) struct CorrectionRecord {
    /// Which vehicle bore the number in truth; null: none, it was wrongly issued and is annulled.
    #[schema(value_type = Option<String>)]
    device_id: Option<DeviceId>,
    /// Since when: RFC 3339 with offset, or a date; not in the future. Null or absent: since ever.
    #[schema(value_type = Option<String>, example = "2026-09-01T00:00:00+05:00")]
    from: Option<InstantOrDate>,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

impl Request for CorrectionRecord {
    fn read(fields: &mut Fields) -> Option<Self> {
        let mut device_id = None;
        match fields.erasable("device_id") {
            Given::Absent => fields.refuse(Fault::field("device_id", Wrong::Missing)),
            Given::Erased => {}
            Given::Value(value) => {
                let text = fields.line("device_id", value);
                device_id = text.as_deref().and_then(|text| DeviceId::parse(text).ok());
                if text.is_some() && device_id.is_none() {
                    fields.refuse(Fault::field("device_id", Wrong::Id));
                }
            }
        }
        let from = fields.optional_moment_or_date("from");
        let reason = fields.prose("reason");
        Some(Self { device_id, from, reason: reason? })
    }
}

/// What a correction came to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CorrectionView {
    #[serde(flatten)]
    number: NumberView,
    /// Its number among the corrections of this plate number, from 1.
    entry: u32,
    /// Which vehicle bore the number in truth; null: none.
    device_id: Option<String>,
    /// Since when; null: since ever.
    from: Option<String>,
    reason: String,
    recorded_at: String,
    /// The number's periods as believed now, in order.
    periods: Vec<PeriodView>,
    /// Other numbers that the vehicle bears now as well: they may want a correction too.
    also_bears: Vec<NumberView>,
    /// The `device_id` of vehicles that bore the number as believed before, and bear none now.
    without_number: Vec<String>,
}

impl CorrectionView {
    fn of(corrected: Corrected, zone: Zone) -> Self {
        let devices: BTreeMap<VehicleId, &DeviceId> =
            corrected.vehicles.iter().map(|vehicle| (vehicle.id, &vehicle.device_id)).collect();
        let correction = corrected.correction;
        let bearer = correction.bearer.and_then(|bearer| devices.get(&bearer));
        let period = |plate: crate::model::Plate| {
            devices.get(&plate.vehicle_id).map(|device| PeriodView::of(plate.clone(), device, zone))
        };
        Self {
            number: correction.number.into(),
            entry: correction.entry,
            device_id: bearer.map(ToString::to_string),
            from: correction.since.map(|at| zone.stamp(at)),
            reason: correction.reason,
            recorded_at: zone.stamp(correction.recorded_at),
            periods: corrected.plates.into_iter().filter_map(period).collect(),
            also_bears: corrected.also_bears.into_iter().map(NumberView::from).collect(),
            without_number: corrected.without_number.iter().map(ToString::to_string).collect(),
        }
    }
}

/// One correction.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CorrectionAnswer {
    correction: CorrectionView,
}

/// Corrects who bore a number
///
/// The vehicle bears it during its own service periods, from then on; what stood in the record stays findable. Swapped
/// numbers are mended by two corrections.
#[utoipa::path(post, path = "/v1/plates/{number}/correction", tag = "fleet", operation_id = "correct_plate",
    params(("number" = String, Path, description = "The registration number")),
    request_body = CorrectionRecord,
    responses((status = 201, description = "Corrected", body = CorrectionAnswer)))]
pub(crate) async fn correct(
    call: Call,
    number: Path<String>,
    body: Json<CorrectionRecord>,
) -> Result<HttpResponse, Problem> {
    let (number, zone, asked) = (number.into_inner(), call.zone(), body.asked);
    let asked =
        Correction { device: asked.device_id, from: asked.from.map(|from| from.start(zone)), reason: asked.reason };
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, registry, now, rng, caller| {
        let number = one_number(tx.db(), registry.rules.scheme, caller, &number)?;
        let corrected = correct_plate(tx, zone, now, rng, caller, number, &asked)?;
        Ok::<_, Problem>(CorrectionAnswer { correction: CorrectionView::of(corrected, zone) })
    })
    .await
}
