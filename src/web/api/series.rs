//! Letters: claimed, objected to, decided.
//!
//! *Invariant:* every operator sees every claim, or nobody could object.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::operators::Reason;
use crate::model::{Series, Zone};
use crate::plate::SeriesLetter;
use crate::registry::claim::{self, Claim, ClaimError, SeriesDecision};
use crate::web::body::{Json, Request};
use crate::web::caller::Call;
use crate::web::fault::Fault;
use crate::web::fields::{Fields, InstantOrDate};
use crate::web::idempotency::{Keep, once};
use crate::web::kind::Kind;
use crate::web::paging::{self, Page};
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::read;
use crate::web::wrong::Wrong;

/// A letter that an operator wants.
#[derive(Debug, ToSchema)]
pub(crate) struct SeriesClaim {
    /// One Latin letter, `A` to `Z`.
    #[schema(value_type = String, example = "A")]
    letter: SeriesLetter,
    /// Since when scooters bear it, where it is in use already: an instant, or a date.
    #[schema(value_type = Option<String>, example = "2026-07-01T00:00:00+05:00")]
    in_use_since: Option<InstantOrDate>,
    /// The notice once given to the other operators, as stated.
    #[schema(max_length = 2000)]
    notice: Option<String>,
}

impl Request for SeriesClaim {
    fn read(fields: &mut Fields) -> Option<Self> {
        let text = fields.text("letter");
        let letter = text.as_deref().and_then(parse_letter);
        if text.is_some() && letter.is_none() {
            fields.refuse(Fault::field("letter", Wrong::Letter));
        }
        let in_use_since = fields.optional_moment_or_date("in_use_since");
        let notice = fields.optional_prose("notice");
        if notice.as_ref().is_some_and(|notice| notice.chars().count() > 2000) {
            fields.refuse(Fault::field("notice", Wrong::Length).with("least", &0).with("most", &2000));
        }
        Some(Self { letter: letter?, in_use_since, notice })
    }
}

/// The regulator's word on a claim.
#[derive(Debug, ToSchema)]
pub(crate) struct Decision {
    /// `confirm` or `reject`.
    #[schema(value_type = String, example = "confirm")]
    decision: SeriesDecision,
    /// Why, for the record.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

impl Request for Decision {
    fn read(fields: &mut Fields) -> Option<Self> {
        let decision = fields.choice("decision", &["confirm", "reject"], |name| match name {
            "confirm" => Some(SeriesDecision::Confirm),
            "reject" => Some(SeriesDecision::Reject),
            _ => None,
        });
        let reason = fields.prose("reason");
        Some(Self { decision: decision?, reason: reason? })
    }
}

/// A letter with its claim and decision.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SeriesView {
    letter: String,
    operator_id: String,
    /// `claimed`, `confirmed` or `rejected`.
    status: String,
    claimed_at: String,
    in_use_since: Option<String>,
    notice: Option<String>,
    /// Until when the others may object; null for a letter that was in use before.
    objections_until: Option<String>,
    decided_at: Option<String>,
    decision_reason: Option<String>,
}

impl SeriesView {
    fn of(series: Series, zone: Zone) -> Self {
        Self {
            letter: series.letter.to_string(),
            operator_id: series.operator_id.to_string(),
            status: series.status.name().to_owned(),
            claimed_at: zone.stamp(series.claimed_at),
            in_use_since: series.in_use_since.map(|at| zone.stamp(at)),
            notice: series.notice,
            objections_until: series.objections_until.map(|at| zone.stamp(at)),
            decided_at: series.decided_at.map(|at| zone.stamp(at)),
            decision_reason: series.decision_reason,
        }
    }
}

/// One letter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SeriesAnswer {
    series: SeriesView,
}

/// A page of letters.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SeriesListAnswer {
    series: Vec<SeriesView>,
    /// The path of the next page.
    next: Option<String>,
}

fn parse_letter(text: &str) -> Option<SeriesLetter> {
    SeriesLetter::parse(&text.trim().to_ascii_uppercase()).ok()
}

/// What is no letter is nobody's letter.
fn letter_of_path(text: &str) -> Result<SeriesLetter, Problem> {
    parse_letter(text).ok_or_else(|| Problem::new(Kind::NotFound))
}

/// Claims a letter
///
/// With `in_use_since` a letter that scooters bear already is adopted: it waits for the regulator, without a new clock.
#[utoipa::path(post, path = "/v1/series", tag = "series", operation_id = "claim_series",
    request_body = SeriesClaim, responses((status = 201, description = "Claimed", body = SeriesAnswer)))]
pub(crate) async fn claim(call: Call, body: Json<SeriesClaim>) -> Result<HttpResponse, Problem> {
    let (zone, asked) = (call.zone(), body.asked);
    let wanted = Claim {
        letter: asked.letter,
        in_use_since: asked.in_use_since.map(|since| since.start(zone)),
        notice: asked.notice.filter(|notice| !notice.trim().is_empty()),
    };
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, registry, now, rng, caller| {
        let series = claim::claim(tx, &registry.rules, now, rng, caller, wanted)?;
        Ok::<_, ClaimError>(SeriesAnswer { series: SeriesView::of(series, zone) })
    })
    .await
}

/// Lists letters and claims
#[utoipa::path(get, path = "/v1/series", tag = "series", operation_id = "list_series",
    responses((status = 200, description = "A page", body = SeriesListAnswer)))]
pub(crate) async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let page = Page::read(&call, Params::of(&call.request), String::new())?;
    let (after, rows) = (page.after.clone(), page.to_read());
    let mut found = read(&call.state, move |db, _| claim::list_series(db, after.as_deref(), rows)).await?;
    let next = page.cut(&call, &mut found, |series| series.letter.to_string());
    let series = found.into_iter().map(|series| SeriesView::of(series, call.zone())).collect();
    Ok(paging::answer(&SeriesListAnswer { series, next: next.clone() }, next.as_deref()))
}

/// Objects to another operator's claim
#[utoipa::path(post, path = "/v1/series/{letter}/objections", tag = "series", operation_id = "object_to_series",
    params(("letter" = String, Path, description = "The letter")), request_body = Reason,
    responses((status = 201, description = "The objection is on record", body = SeriesAnswer)))]
pub(crate) async fn object(call: Call, letter: Path<String>, body: Json<Reason>) -> Result<HttpResponse, Problem> {
    let (letter, zone, reason) = (letter_of_path(&letter)?, call.zone(), body.asked.reason);
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, _, now, rng, caller| {
        let series = claim::object(tx, now, rng, caller, letter, &reason)?;
        Ok::<_, ClaimError>(SeriesAnswer { series: SeriesView::of(series, zone) })
    })
    .await
}

/// Confirms or rejects a claim
#[utoipa::path(post, path = "/v1/series/{letter}/decision", tag = "series", operation_id = "decide_series",
    params(("letter" = String, Path, description = "The letter")), request_body = Decision,
    responses((status = 200, description = "Decided", body = SeriesAnswer)))]
pub(crate) async fn decide(call: Call, letter: Path<String>, body: Json<Decision>) -> Result<HttpResponse, Problem> {
    let (letter, zone, asked) = (letter_of_path(&letter)?, call.zone(), body.asked);
    once(call, body.digest, StatusCode::OK, Keep::Answer, move |tx, _, now, rng, caller| {
        let series = claim::decide(tx, now, rng, caller, letter, asked.decision, &asked.reason)?;
        Ok::<_, ClaimError>(SeriesAnswer { series: SeriesView::of(series, zone) })
    })
    .await
}
