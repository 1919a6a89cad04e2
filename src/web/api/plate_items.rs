//! Physical plates: replaced, and told what became of them.
//!
//! *Invariant:* a QR link with its tag is shown to the operator whose number it covers, and to nobody else.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{AsKnown, ItemState, Moment, PlateItem, Position, ReplacementReason};
use crate::registry::Registry;
use crate::registry::items::{self, ItemError, NewReplacement, NewState};
use crate::registry::read::one_number;
use crate::web::body::{Json, Request};
use crate::web::caller::Call;
use crate::web::fields::Fields;
use crate::web::idempotency::{Keep, once};
use crate::web::kind::Kind;
use crate::web::problem::Problem;

/// Where the link with its tag stands in an answer.
const QR: &str = "/item/qr";

/// One physical plate of a number.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlateItemView {
    /// Which of the number's plates, from 1; the tag covers it.
    item: u32,
    /// `rear`, `left` or `right`.
    position: &'static str,
    /// The how manieth at this position, from 1.
    copy: u32,
    /// `ordered`, `printed`, `fitted`, `damaged`, `lost` or `withdrawn`, now.
    state: &'static str,
    /// Since when.
    since: String,
    /// Why it is in this state, where somebody said so.
    reason: Option<String>,
    /// The plate that it replaces.
    replaces: Option<u32>,
    /// The plate that replaces it.
    replaced_by: Option<u32>,
    /// What was noted when it was ordered.
    note: Option<String>,
    /// What its QR code says; null where an answer is repeated for its Idempotency-Key.
    #[schema(example = "HTTPS://REG.TEST/P/K04271KR/4T8XJ2K9QZ")]
    qr: Option<String>,
}

impl PlateItemView {
    /// Returns a plate as it is now.
    pub(crate) fn of(item: &PlateItem, registry: &Registry, now: Moment) -> Self {
        let standing = item.standing(now, AsKnown::Now);
        let (state, since, reason) = standing
            .map_or((ItemState::Ordered, None, None), |standing| (standing.state, standing.since, standing.reason));
        Self {
            item: item.item,
            position: item.position.name(),
            copy: item.copy,
            state: state.name(),
            since: registry.rules.zone.stamp(since.unwrap_or(item.recorded_at)),
            reason,
            replaces: item.replaces.map(|(before, _)| before),
            replaced_by: item.replaced_by.map(|(next, _)| next),
            note: item.note.clone(),
            qr: items::code_of(registry, item),
        }
    }
}

/// One plate.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlateItemAnswer {
    item: PlateItemView,
}

/// A plate to be made in the place of another.
#[derive(Debug, ToSchema)]
pub(crate) struct PlateReplacement {
    /// `rear`, `left` or `right`.
    #[schema(value_type = String)]
    position: Position,
    /// `damaged`, `lost`, `stolen`, `illegible` or `renewed`.
    #[schema(value_type = String)]
    reason: ReplacementReason,
    /// What else there is to say.
    note: Option<String>,
    /// Since when the old one is no longer valid; now, if absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Moment>,
}

impl Request for PlateReplacement {
    fn read(fields: &mut Fields) -> Option<Self> {
        let position = fields.choice("position", &names(Position::ALL, Position::name), Position::find);
        let reasons = names(ReplacementReason::ALL, ReplacementReason::name);
        let reason = fields.choice("reason", &reasons, ReplacementReason::find);
        let (note, at) = (fields.optional_prose("note"), fields.optional_moment("at"));
        Some(Self { position: position?, reason: reason?, note, at })
    }
}

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| name(*one)).collect()
}

/// What became of a plate.
#[derive(Debug, ToSchema)]
pub(crate) struct PlateStateRecord {
    /// `printed`, `fitted`, `damaged`, `lost`, `withdrawn`, or `ordered` to take back what was said.
    #[schema(value_type = String)]
    state: ItemState,
    /// Since when; now, if absent. A state for the same instant corrects the earlier one.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Moment>,
    /// Why; needed for `withdrawn`, which is final.
    reason: Option<String>,
}

impl Request for PlateStateRecord {
    fn read(fields: &mut Fields) -> Option<Self> {
        let state = fields.choice("state", &names(ItemState::ALL, ItemState::name), ItemState::find);
        let (at, reason) = (fields.optional_moment("at"), fields.optional_prose("reason"));
        Some(Self { state: state?, at, reason })
    }
}

fn answer(found: Option<&PlateItem>, registry: &Registry, now: Moment) -> Result<PlateItemAnswer, Problem> {
    let item = found.ok_or(ItemError::Unknown)?;
    Ok(PlateItemAnswer { item: PlateItemView::of(item, registry, now) })
}

/// Replaces a plate
///
/// Makes another plate with a tag of its own; the one that it replaces is withdrawn for good, and its QR code answers that
/// it was replaced.
#[utoipa::path(post, path = "/v1/plates/{number}/items", tag = "fleet", operation_id = "replace_plate",
    params(("number" = String, Path, description = "The registration number")),
    request_body = PlateReplacement, responses((status = 201, description = "The new plate", body = PlateItemAnswer)))]
pub(crate) async fn replace(
    call: Call,
    number: Path<String>,
    body: Json<PlateReplacement>,
) -> Result<HttpResponse, Problem> {
    let asked = body.asked;
    let new = NewReplacement { position: asked.position, reason: asked.reason, note: asked.note, at: asked.at };
    once(call, body.digest, StatusCode::CREATED, Keep::Without(QR), move |tx, registry, now, rng, caller| {
        let number = one_number(tx.db(), registry.rules.scheme, caller, &number)?;
        let keys = registry.secrets.tag_keys();
        let items = items::replace(tx, keys, now, rng, caller, number, &new)?;
        answer(items.last(), registry, now)
    })
    .await
}

/// Records what became of a plate
#[utoipa::path(post, path = "/v1/plates/{number}/items/{item}/states", tag = "fleet",
    operation_id = "record_plate_state",
    params(("number" = String, Path, description = "The registration number"),
        ("item" = u32, Path, description = "Which of its plates")),
    request_body = PlateStateRecord, responses((status = 201, description = "Recorded", body = PlateItemAnswer)))]
pub(crate) async fn record_state(
    call: Call,
    path: Path<(String, String)>,
    body: Json<PlateStateRecord>,
) -> Result<HttpResponse, Problem> {
    let (number, item) = path.into_inner();
    // What cannot be an item is none of the caller's plates.
    let item = item.parse::<u32>().map_err(|problem| Problem::new(Kind::NotFound).because(problem))?;
    let new = NewState { state: body.asked.state, at: body.asked.at, reason: body.asked.reason };
    once(call, body.digest, StatusCode::CREATED, Keep::Without(QR), move |tx, registry, now, rng, caller| {
        let number = one_number(tx.db(), registry.rules.scheme, caller, &number)?;
        let items = items::record_state(tx, now, rng, caller, number, item, &new)?;
        answer(items.iter().find(|found| found.item == item), registry, now)
    })
    .await
}
