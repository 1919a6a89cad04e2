//! A vehicle is retired, and a retirement that was a mistake is withdrawn.
//!
//! *Invariant:* an operator retires; only the regulator withdraws, and names whose vehicle it is.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::vehicles::{VehicleAnswer, VehicleView, device};
use crate::model::{OperatorId, Retirement, Standing, Zone};
use crate::registry::life::{LifeError, Present, present, retire as retire_vehicle, withdraw_retirement};
use crate::web::body::{Json, Request};
use crate::web::caller::Call;
use crate::web::fields::{Fields, InstantOrDate};
use crate::web::idempotency::{Keep, once};
use crate::web::problem::Problem;
use crate::web::state::act;

/// A retirement.
#[derive(Debug, ToSchema)]
pub(crate) struct RetirementRecord {
    /// From when on: RFC 3339 with offset, or a date, which stands for its first instant; not in the future.
    #[schema(value_type = String, example = "2026-11-01")]
    from: InstantOrDate,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

impl Request for RetirementRecord {
    fn read(fields: &mut Fields) -> Option<Self> {
        let from = fields.moment_or_date("from");
        let reason = fields.prose("reason");
        Some(Self { from: from?, reason: reason? })
    }
}

/// A retirement that was recorded by mistake.
#[derive(Debug, ToSchema)]
pub(crate) struct Withdrawal {
    /// Whose vehicle it is: a `device_id` is unique within its operator only.
    operator_id: String,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

impl Request for Withdrawal {
    fn read(fields: &mut Fields) -> Option<Self> {
        let operator_id = fields.text("operator_id");
        let reason = fields.prose("reason");
        Some(Self { operator_id: operator_id?, reason: reason? })
    }
}

/// A retirement as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetirementView {
    /// From when on.
    from: String,
    reason: String,
    recorded_at: String,
    /// When it was withdrawn.
    withdrawn_at: Option<String>,
    /// Why it was withdrawn.
    withdrawal_reason: Option<String>,
}

impl RetirementView {
    pub(super) fn of(retirement: Retirement, zone: Zone) -> Self {
        Self {
            from: zone.stamp(retirement.from),
            reason: retirement.reason,
            recorded_at: zone.stamp(retirement.recorded_at),
            withdrawn_at: retirement.superseded_at.map(|at| zone.stamp(at)),
            withdrawal_reason: retirement.withdrawal_reason,
        }
    }
}

/// Retires a vehicle for good
///
/// Its number is annulled for ever from then on. The same retirement again changes nothing.
#[utoipa::path(post, path = "/v1/vehicles/{device_id}/retirement", tag = "fleet", operation_id = "retire_vehicle",
    params(("device_id" = String, Path, description = "The operator's own id, percent-encoded")),
    request_body = RetirementRecord, responses((status = 201, description = "Retired", body = VehicleAnswer)))]
pub(crate) async fn retire(
    call: Call,
    device_id: Path<String>,
    body: Json<RetirementRecord>,
) -> Result<HttpResponse, Problem> {
    let (device, zone, asked) = (device(&device_id)?, call.zone(), body.asked);
    let from = asked.from.start(zone);
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, _, now, rng, caller| {
        let (vehicle, retirement) = retire_vehicle(tx, zone, now, rng, caller, &device, (from, &asked.reason))?;
        let present = Present { vehicle, standing: Standing::Retired, retired_from: Some(retirement.from) };
        Ok::<_, LifeError>(VehicleAnswer { vehicle: VehicleView::of(present, zone) })
    })
    .await
}

/// Withdraws a retirement that was recorded by mistake
///
/// The number is borne again as if the retirement had not been recorded; what was believed meanwhile stays findable.
#[utoipa::path(delete, path = "/v1/vehicles/{device_id}/retirement", tag = "fleet",
    operation_id = "withdraw_retirement",
    params(("device_id" = String, Path, description = "The operator's own id, percent-encoded")),
    request_body = Withdrawal, responses((status = 200, description = "As it is now", body = VehicleAnswer)))]
pub(crate) async fn withdraw(
    call: Call,
    device_id: Path<String>,
    body: Json<Withdrawal>,
) -> Result<HttpResponse, Problem> {
    let (device, zone, asked, caller) = (device(&device_id)?, call.zone(), body.asked, call.caller.clone());
    let found = act(&call.state, move |registry, now, rng| {
        let whose = (&OperatorId::from_text(&asked.operator_id), &device);
        let vehicle =
            registry.store.write(|tx| withdraw_retirement(tx, zone, now, rng, &caller, whose, &asked.reason))?;
        registry.store.read(|db| Ok::<_, LifeError>(present(db, zone, now, vec![vehicle])?))
    });
    let vehicle = found.await?.pop().ok_or_else(|| Problem::from(LifeError::Unknown))?;
    Ok(HttpResponse::Ok().json(VehicleAnswer { vehicle: VehicleView::of(vehicle, zone) }))
}
