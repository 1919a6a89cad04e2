//! Whether the process lives, and whether it can answer.
//!
//! *Invariant:* neither says more than that: they are asked by anybody, and however often, the database is asked once at a time.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::model::Moment;
use crate::registry::attest;
use crate::web::kind::Kind;
use crate::web::problem::Problem;
use crate::web::state::{WebState, read};

/// For how many milliseconds an answer of the database is one: not in the public's room, where a crowd would make a server that is
/// well look ill, and not once for each who asks, which would let a crowd into the operators' turns.
const FRESH_MS: u64 = 200;

/// When the database was last asked, and whether it answered.
pub(crate) type Readiness = Option<(Moment, bool)>;

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
    let mut last = state.readiness.lock().await;
    let is_ready = match *last {
        Some((at, is_ready)) if clock::now().as_millis().abs_diff(at.as_millis()) < FRESH_MS => is_ready,
        _ => {
            // Founding the log at start wrote its first checkpoint, so that one must be there.
            let answered = read(&state, |db, _| attest::newest_checkpoint(db)).await;
            if let Err(problem) = &answered {
                tracing::error!(%problem, cause = problem.chain(), "the database does not answer");
            }
            *last = Some((clock::now(), answered.is_ok()));
            answered.is_ok()
        }
    };
    drop(last);
    if is_ready { Ok(HttpResponse::Ok().json(Health { status: "ready" })) } else { Err(Problem::new(Kind::Busy)) }
}
