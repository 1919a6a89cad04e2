//! The gate: finds the row of the route table, the caller, and whether the one permits the other.
//!
//! *Invariant:* it stands before every handler and reads no body: whoever may not ask is told so before sending a file.
//! What stands in no row goes no further, and the path that is judged is the path that is served.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::{self, Data};
use actix_web::{Error, HttpMessage, HttpRequest};
use std::borrow::Cow;

use super::caller::{bearer, key_invalid};
use super::kind::Kind;
use super::problem::Problem;
use super::route::{Entrance, Route, Who, allow};
use super::routes::ROUTES;
use super::state::{WebState, act};
use crate::clock;
use crate::model::Caller;
use crate::registry::access::{self, Deed};
use crate::registry::resolve::{Asking, Resolved};
use crate::words::Language;

/// Returns the path as the router matches it: its escapes undone, but for those that would move its borders.
#[must_use]
pub(super) fn path(request: &HttpRequest) -> &str {
    request.match_info().as_str()
}

/// Returns the route that serves a request, as it stands in the table. `HttpRequest::match_pattern` goes by the path as
/// it was sent until the request is routed, so that `/v1/%6cookups` would be judged as no route and served as one.
#[must_use]
pub(super) fn pattern(request: &HttpRequest) -> Option<Cow<'static, str>> {
    // Most paths stand in the table as they are, and need not be held against every pattern.
    let path = path(request);
    if let Some(row) = ROUTES.iter().find(|row| row.path == path) {
        return Some(Cow::Borrowed(row.path));
    }
    request.resource_map().match_pattern(path).map(Cow::Owned)
}

/// Lets a request pass, or refuses it: 404 or 405 for what stands in no row, then 401, then 403.
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
    let row = row(request)?;
    if request.app_data::<Entrance>() == Some(&Entrance::Public) && row.who != Who::Anyone {
        return Err(Problem::new(Kind::NotFound));
    }
    let caller = match row.who {
        Who::Anyone => None,
        who => Some(permitted(request, who).await?),
    };
    // No id and no name has a control character, and PostgreSQL cannot even be asked for U+0000.
    if path(request.request()).chars().any(char::is_control) {
        return Err(Problem::new(Kind::NotFound));
    }
    Ok(caller)
}

fn row(request: &ServiceRequest) -> Result<&'static Route, Problem> {
    let pattern = pattern(request.request()).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let rows = || ROUTES.iter().filter(|row| row.path == pattern);
    rows().find(|row| row.verb.fits(request.method())).ok_or_else(|| {
        let verbs: Vec<_> = rows().map(|row| row.verb).collect();
        if verbs.is_empty() {
            return Problem::new(Kind::NotFound);
        }
        let taken = allow(&verbs);
        Problem::new(Kind::WrongMethod).with("taken", &taken).header(header::ALLOW, &taken)
    })
}

async fn permitted(request: &ServiceRequest, who: Who) -> Result<Caller, Problem> {
    let state = request.app_data::<Data<WebState>>().ok_or_else(|| Problem::new(Kind::Internal))?;
    let caller = match who {
        Who::Deed(Deed::LookUp) => asks(state, request).await?,
        _ => authenticate(state, request).await?,
    };
    match who {
        Who::Deed(deed) if !access::may(&caller, deed) => Err(deny(state, caller, deed).await),
        _ => Ok(caller),
    }
}

fn presented(request: &ServiceRequest) -> Result<String, Problem> {
    let key = bearer(request.headers()).map(ToOwned::to_owned);
    key.ok_or_else(|| Problem::new(Kind::Unauthenticated).header(header::WWW_AUTHENTICATE, "Bearer"))
}

async fn authenticate(state: &Data<WebState>, request: &ServiceRequest) -> Result<Caller, Problem> {
    let key = presented(request)?;
    act(state, move |registry, now, _| access::authenticate(registry, now, &key)).await
}

/// Who comes to the desk: it looks itself whether the key is still in force, in the view in which it answers.
async fn asks(state: &Data<WebState>, request: &ServiceRequest) -> Result<Caller, Problem> {
    let key = presented(request)?;
    if let Some(caller) = state.officers.find(state.desk.registry(), clock::now(), &key) {
        return Ok(caller);
    }
    let of_thread = Data::clone(state);
    let found = web::block(move || of_thread.officers.authenticate(of_thread.desk.registry(), clock::now(), &key));
    found.await.map_err(|lost| Problem::new(Kind::Internal).because(lost))?.map_err(Problem::from)
}

/// A question that somebody may not ask is on record before it is refused, or it is not refused but failed.
async fn deny(state: &Data<WebState>, caller: Caller, deed: Deed) -> Problem {
    if deed == Deed::LookUp {
        match state.desk.ask(Asking::denied(caller, Language::default())).await {
            Ok(Resolved::KeyInvalid) => return key_invalid(),
            Ok(_) => {}
            Err(problem) => return problem,
        }
    }
    Problem::new(Kind::Forbidden)
}
