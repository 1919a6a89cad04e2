//! Positions of scooters as operators report them.
//!
//! *Invariant:* one wrong position never fails its neighbours.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use serde::Serialize;
use utoipa::ToSchema;

use super::sessions::{LIMIT, TYPES, reports};
use crate::registry::record::{self, RecordError, TelemetryReceipt};
use crate::web::body;
use crate::web::caller::Call;
use crate::web::idempotency::{Keep, once};
use crate::web::problem::Problem;

/// A position to be reported. Its scooter is named by `device_id` or by `plate`.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "the shape of what the deed reads item by item, for the description of the API")]
pub(crate) struct TelemetryPoint {
    /// The operator's id of the scooter.
    device_id: Option<String>,
    /// The number on the scooter.
    plate: Option<String>,
    /// When it was there: RFC 3339 with offset.
    at: String,
    /// Latitude, -90 to 90.
    lat: f64,
    /// Longitude, -180 to 180.
    lng: f64,
    /// How fast it was, in metres a second, 0 to 100.
    speed: Option<f64>,
    /// Where it was heading, in degrees clockwise from north, 0 to 360.
    heading: Option<f64>,
    /// Within how many metres the position is right, 0 to 100 000.
    accuracy_m: Option<f64>,
}

/// What came of a batch of positions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TelemetryAnswer {
    telemetry: TelemetryReceipt,
}

/// Reports positions of scooters
///
/// A JSON array, or one position a line (NDJSON); up to 10 000 and 16 MiB. The same position again is repeated; another one
/// for the same scooter and instant is kept beside it and marked. Positions narrow lookups, and are erased after 30 days
/// (a setting) unless a lookup has shown a ride around them.
#[utoipa::path(post, path = "/v1/telemetry", tag = "sessions", operation_id = "report_telemetry",
    request_body(content = Vec<TelemetryPoint>, content_type = "application/json"),
    responses((status = 200, description = "What came of them", body = TelemetryAnswer)))]
pub(crate) async fn report(call: Call, payload: Payload) -> Result<HttpResponse, Problem> {
    body::require_type(call.request.headers(), &TYPES)?;
    let bytes = body::bytes(call.request.headers(), payload.into_inner(), LIMIT).await?;
    let points = reports(&bytes)?;
    let language = call.language;
    once(call, body::digest(&bytes), StatusCode::OK, Keep::Answer, move |tx, registry, now, rng, caller| {
        let telemetry = record::locate(tx, &registry.rules, now, rng, caller, language, &points)?;
        Ok::<_, RecordError>(TelemetryAnswer { telemetry })
    })
    .await
}
