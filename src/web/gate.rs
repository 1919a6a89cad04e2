//! The gate: finds the row of the route table, the caller, and whether the one permits the other.
//!
//! *Invariant:* it stands before every handler and reads no body: whoever may not ask is told so before sending a file.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};

use super::caller::bearer;
use super::kind::Kind;
use super::problem::Problem;
use super::route::Who;
use super::routes::ROUTES;
use super::state::{WebState, act};
use crate::model::Caller;
use crate::registry::access::{self, Deed};
use crate::registry::resolve;

/// Lets a request pass, or refuses it: 401, then 403. What has no row passes to the router, which answers 404 or 405.
///
/// # Errors
/// None of its own: a refusal is an answer.
pub(crate) async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match admit(&request).await {
        Ok(caller) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            next.call(request).await.map(ServiceResponse::map_into_boxed_body)
        }
        Err(problem) => Ok(request.error_response(problem)),
    }
}

async fn admit(request: &ServiceRequest) -> Result<Option<Caller>, Problem> {
    let Some(pattern) = request.match_pattern() else {
        return Ok(None);
    };
    let row = ROUTES.iter().find(|row| row.path == pattern && row.verb.fits(request.method()));
    let who = row.map_or(Who::Anyone, |row| row.who);
    if who == Who::Anyone {
        return Ok(None);
    }
    let state = request.app_data::<Data<WebState>>().ok_or_else(|| Problem::new(Kind::Internal))?;
    let caller = authenticate(state, request).await?;
    match who {
        Who::Deed(deed) if !access::may(&caller, deed) => Err(deny(state, caller, deed).await),
        _ => Ok(Some(caller)),
    }
}

async fn authenticate(state: &Data<WebState>, request: &ServiceRequest) -> Result<Caller, Problem> {
    let Some(key) = bearer(request.headers()).map(ToOwned::to_owned) else {
        return Err(Problem::new(Kind::Unauthenticated).header(header::WWW_AUTHENTICATE, "Bearer"));
    };
    act(state, move |registry, now, _| access::authenticate(registry, now, &key)).await
}

/// A question that somebody may not ask is on record before it is refused, or it is not refused but failed.
async fn deny(state: &Data<WebState>, caller: Caller, deed: Deed) -> Problem {
    if deed == Deed::LookUp {
        let recorded = act(state, move |registry, now, rng| resolve::record_denied(registry, now, rng, &caller)).await;
        if let Err(problem) = recorded {
            return problem;
        }
    }
    Problem::new(Kind::Forbidden)
}
