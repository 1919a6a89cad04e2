//! The outermost door: names each request, turns every refusal into words, sets the headers that all answers carry, and
//! writes one line a request.
//!
//! *Invariant:* the line names the route by its template, never by its path: a path may hold a plate.

use actix_web::Error;
use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;

use super::caller::language;
use super::gate;
use super::kind::Kind;
use super::problem::Problem;
use crate::clock;
use crate::model::{Caller, Moment, new_id};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Carries a request in and its answer out.
///
/// # Errors
/// None of its own.
pub(crate) async fn door(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = clock::now();
    let id = new_id(began, &mut clock::chance());
    let answer = next.call(request).await?.map_into_boxed_body();
    let mut answer = put_into_words(answer, &id);
    set_headers(&mut answer, &id);
    write_line(&answer, &id, began);
    Ok(answer)
}

/// Replaces a bare refusal by its document; what already has a body of its own stays.
fn put_into_words(answer: ServiceResponse<BoxBody>, id: &str) -> ServiceResponse<BoxBody> {
    let Some(error) = answer.response().error() else {
        return answer;
    };
    let language = language(answer.request().headers());
    let said = if let Some(problem) = error.as_error::<Problem>() {
        log_cause(problem, id);
        problem.response(language, id)
    } else {
        let problem = Problem::new(Kind::of_status(answer.status())).because(error.to_string());
        log_cause(&problem, id);
        problem.response(language, id)
    };
    answer.into_response(said)
}

fn log_cause(problem: &Problem, id: &str) {
    let Some(chain) = problem.chain() else { return };
    let slug = problem.kind().slug();
    if problem.kind().status().is_server_error() {
        tracing::error!(request = id, problem = slug, cause = chain, "a request failed");
    } else {
        tracing::debug!(request = id, problem = slug, cause = chain, "a request was refused");
    }
}

fn set_headers(answer: &mut ServiceResponse<BoxBody>, id: &str) {
    let refused = answer.status().is_client_error() || answer.status().is_server_error();
    let private = gate::path(answer.request()).starts_with("/v1");
    let headers = answer.headers_mut();
    // Only said so that the answer was not compressed on its way here.
    if headers.get(header::CONTENT_ENCODING).is_some_and(|value| value == "identity") {
        headers.remove(header::CONTENT_ENCODING);
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    if refused {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    } else if private {
        set_unless_said(headers, header::CACHE_CONTROL, "no-store");
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    set_unless_said(headers, header::REFERRER_POLICY, "no-referrer");
    set_unless_said(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
}

fn set_unless_said(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn write_line(answer: &ServiceResponse<BoxBody>, id: &str, began: Moment) {
    let request = answer.request();
    let route = gate::pattern(request).unwrap_or("(none)".into());
    let account = request.extensions().get::<Caller>().map(|caller| caller.account_id.to_string());
    let status = answer.status();
    let millis = clock::now().as_millis().saturating_sub(began.as_millis());
    tracing::info!(
        request = id,
        method = %request.method(),
        route = &*route,
        status = StatusCode::as_u16(&status),
        millis,
        account = account.as_deref().unwrap_or("-"),
        "answered"
    );
}
