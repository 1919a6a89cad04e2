//! Whether the process lives, and whether it can answer.
//!
//! *Invariant:* neither says more than that: they are asked by anybody.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::registry::attest;
use crate::web::problem::Problem;
use crate::web::state::{WebState, read};

/// How the process is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `live` or `ready`.
    status: &'static str,
}

/// Says that the process lives
#[utoipa::path(get, path = "/livez", tag = "operation", operation_id = "livez",
    responses((status = 200, description = "It lives", body = Health)))]
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "live" })
}

/// Says whether the database answers
#[utoipa::path(get, path = "/readyz", tag = "operation", operation_id = "readyz",
    responses((status = 200, description = "It answers", body = Health)))]
pub(crate) async fn ready(state: Data<WebState>) -> Result<HttpResponse, Problem> {
    // Founding the log at start wrote its first checkpoint, so that one must be there.
    let answered = read(&state, |db, _| attest::newest_checkpoint(db)).await;
    answered.map_err(|problem| Problem::new(crate::web::kind::Kind::Busy).because(problem))?;
    Ok(HttpResponse::Ok().json(Health { status: "ready" }))
}
