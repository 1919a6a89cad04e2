//! Lookups: an officer's question, its answer read again, its case named.
//!
//! *Invariant:* a question that cannot be understood is on record before it is refused, like any other.

use actix_web::HttpResponse;
use actix_web::http::header::{ContentType, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::{Path, Payload};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::model::{Answer, LookupId};
use crate::registry::resolve::{self, Asking, RawQuestion, Resolved};
use crate::web::body::{self, Json, Request};
use crate::web::caller::{Call, key_invalid};
use crate::web::failure::question_fault;
use crate::web::fields::Fields;
use crate::web::kind::Kind;
use crate::web::limit::Taken;
use crate::web::problem::Problem;
use crate::web::state::act;

/// The most bytes that a question may have.
const LIMIT: usize = 64 * 1024;
/// How many bytes an answer has as a rule.
const ANSWER_BYTES: usize = 4 * 1024;
const LIMIT_HEADER: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING_HEADER: HeaderName = HeaderName::from_static("ratelimit-remaining");

/// The answer to a lookup.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LookupAnswer {
    lookup: Answer,
}

/// The case that a question belongs to.
#[derive(Debug, ToSchema)]
pub(crate) struct CaseNaming {
    /// The case number.
    #[schema(example = "2026-000001")]
    case_number: String,
}

impl Request for CaseNaming {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self { case_number: fields.text("case_number")? })
    }
}

/// A lookup whose case was named.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseView {
    id: String,
    case_number: String,
}

/// One named case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseAnswer {
    lookup: CaseView,
}

impl Request for RawQuestion {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            plate: fields.optional("plate"),
            qr: fields.optional("qr"),
            at: fields.optional("at"),
            tolerance: fields.optional("tolerance"),
            known_at: fields.optional("known_at"),
            near: fields.optional("near"),
            purpose: fields.optional("purpose"),
            case_number: fields.optional("case_number"),
            comment: fields.optional("comment"),
            sight: fields.optional("sight"),
            features: fields.optional("features"),
        })
    }
}

/// Asks who rode
///
/// From what was read on the plate and an instant to the rental that was running. Every question is an entry of the
/// audit log, so that `Idempotency-Key` has no meaning here.
#[utoipa::path(post, path = "/v1/lookups", tag = "lookups", operation_id = "look_up",
    request_body = RawQuestion, responses((status = 200, description = "The answer", body = LookupAnswer)))]
pub(crate) async fn ask(call: Call, payload: Payload) -> Result<HttpResponse, Problem> {
    let left = take_turn(&call)?;
    let headers = call.request.headers();
    let bytes = match body::bytes(headers, payload.into_inner(), LIMIT).await {
        Ok(bytes) => bytes,
        Err(problem) => return Err(refuse(&call, None, problem).await),
    };
    let question = match question(headers, &bytes) {
        Ok(question) => question,
        Err(problem) => return Err(refuse(&call, Some(bytes), problem).await),
    };
    let rules = &call.state.registry.rules;
    let asking = Asking::new(rules, clock::now(), call.caller.clone(), call.language, &question);
    match call.state.desk.ask(asking).await? {
        Resolved::Answered(answer) => {
            let mut bytes = Vec::with_capacity(ANSWER_BYTES);
            serde_json::to_writer(&mut bytes, &LookupAnswer { lookup: *answer })
                .map_err(|error| Problem::new(Kind::Internal).because(error))?;
            let mut response = HttpResponse::Ok().content_type(ContentType::json()).body(bytes);
            if let Some(left) = left {
                response.headers_mut().insert(LIMIT_HEADER, HeaderValue::from(call.state.lookups.most()));
                response.headers_mut().insert(REMAINING_HEADER, HeaderValue::from(left));
            }
            Ok(response)
        }
        Resolved::Refused(problems) => Err(Problem::invalid(problems.into_iter().map(question_fault))),
        Resolved::KeyInvalid => {
            call.state.officers.forget(&call.caller);
            Err(key_invalid())
        }
    }
}

/// Puts on record what was no question, and returns why it is refused; or that this failed.
async fn refuse(call: &Call, body: Option<Vec<u8>>, problem: Problem) -> Problem {
    let asking = Asking::unreadable(call.caller.clone(), call.language, body.as_deref());
    match call.state.desk.ask(asking).await {
        Ok(Resolved::KeyInvalid) => key_invalid(),
        Ok(_) => problem,
        Err(failed) => failed,
    }
}

/// Takes one of the questions that the key may ask a minute; returns how many are left, where they are counted.
fn take_turn(call: &Call) -> Result<Option<i64>, Problem> {
    let limit = &call.state.lookups;
    let key = call.caller.key_id.as_ref().map_or_else(|| call.caller.account_id.as_str(), |key| key.as_str());
    match limit.take(key, clock::now()) {
        Taken::Yes(left) => Ok((limit.most() > 0).then_some(left)),
        Taken::Wait(seconds) => Err(Problem::new(Kind::TooMany)
            .with("most", &limit.most())
            .with("seconds", &seconds)
            .header(LIMIT_HEADER, &limit.most().to_string())
            .header(REMAINING_HEADER, "0")
            .retry_after(seconds)),
    }
}

fn question(headers: &HeaderMap, bytes: &[u8]) -> Result<RawQuestion, Problem> {
    body::require_type(headers, &["application/json"])?;
    let mut fields = Fields::of(body::json(bytes)?)?;
    let question = RawQuestion::read(&mut fields);
    fields.finish(question)
}

/// Reads an earlier answer again
///
/// Also this is an entry of the audit log.
#[utoipa::path(get, path = "/v1/lookups/{id}", tag = "lookups", operation_id = "read_lookup",
    params(("id" = String, Path, description = "The lookup's id")),
    responses((status = 200, description = "The answer as it was given", body = LookupAnswer)))]
pub(crate) async fn again(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (caller, id) = (call.caller, LookupId::from_text(&id));
    let lookup = act(&call.state, move |registry, now, rng| resolve::read_again(registry, now, rng, &caller, &id));
    Ok(HttpResponse::Ok().json(LookupAnswer { lookup: lookup.await? }))
}

/// Names the case of a question that was asked as pending
#[utoipa::path(post, path = "/v1/lookups/{id}/case", tag = "lookups", operation_id = "name_case",
    params(("id" = String, Path, description = "The lookup's id")), request_body = CaseNaming,
    responses((status = 200, description = "Named", body = CaseAnswer)))]
pub(crate) async fn name_case(call: Call, id: Path<String>, body: Json<CaseNaming>) -> Result<HttpResponse, Problem> {
    let (caller, language, case_number) = (call.caller, call.language, body.asked.case_number);
    let lookup = CaseView { id: id.into_inner(), case_number: case_number.trim().to_owned() };
    let lookup_id = LookupId::from_text(&lookup.id);
    act(&call.state, move |registry, now, rng| {
        resolve::name_case(registry, now, rng, &caller, language, &lookup_id, &case_number)
    })
    .await?
    .map_err(|problem| Problem::invalid([question_fault(problem)]))?;
    Ok(HttpResponse::Ok().json(CaseAnswer { lookup }))
}
