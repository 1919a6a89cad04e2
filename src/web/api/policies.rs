//! Insurance policies: stated by operators, compared with the insurers' records.
//!
//! *Invariant:* `valid_until` names the last day of cover; an answer about a policy is about its newest version, unless it
//! lists all.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde_json::Value;
use utoipa::ToSchema;

use super::policy_views::{PoliciesAnswer, PolicyAnswer, PolicyCheckAnswer, PolicyRecordAnswer, PolicyView};
use crate::model::{CheckOutcome, DeviceId, Moment, NewPolicy, PolicyChange, PolicyId};
use crate::registry::insure::{self, InsureError, NewCheck};
use crate::web::body::{Json, Request};
use crate::web::caller::Call;
use crate::web::fault::{Fault, Spot};
use crate::web::fields::Fields;
use crate::web::idempotency::{Keep, once};
use crate::web::paging::{self, Page};
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::read;
use crate::web::wrong::Wrong;

/// A policy to be recorded.
#[derive(Debug, ToSchema)]
pub(crate) struct PolicyRecord {
    /// The insurance company.
    #[schema(min_length = 1, max_length = 200)]
    insurer: String,
    /// The policy's number.
    #[schema(min_length = 1, max_length = 200)]
    policy_number: String,
    /// The first day of cover.
    #[schema(value_type = String, format = Date)]
    valid_from: NaiveDate,
    /// The last day of cover.
    #[schema(value_type = String, format = Date)]
    valid_until: NaiveDate,
    /// `"all"` for the whole fleet, now and later; or a list of `device_id`.
    #[schema(value_type = Value)]
    vehicles: Covered,
    /// The id of the policy that this one goes on after.
    renews: Option<String>,
}

/// Whom a policy covers.
#[derive(Debug)]
enum Covered {
    All,
    These(Vec<DeviceId>),
}

impl From<Covered> for Option<Vec<DeviceId>> {
    fn from(covered: Covered) -> Self {
        match covered {
            Covered::All => None,
            Covered::These(devices) => Some(devices),
        }
    }
}

impl Request for PolicyRecord {
    fn read(fields: &mut Fields) -> Option<Self> {
        let insurer = fields.text("insurer");
        let policy_number = fields.text("policy_number");
        let valid_from = fields.date("valid_from");
        let valid_until = fields.date("valid_until");
        let vehicles = fields.required("vehicles").and_then(|value| covered(fields, &value));
        let renews = fields.optional_text("renews");
        Some(Self {
            insurer: insurer?,
            policy_number: policy_number?,
            valid_from: valid_from?,
            valid_until: valid_until?,
            vehicles: vehicles?,
            renews,
        })
    }
}

/// What is to be different about a policy; what is absent stays.
#[derive(Debug, ToSchema)]
pub(crate) struct PolicyAmendment {
    /// The insurance company.
    #[schema(min_length = 1, max_length = 200)]
    insurer: Option<String>,
    /// The policy's number.
    #[schema(min_length = 1, max_length = 200)]
    policy_number: Option<String>,
    /// The first day of cover.
    #[schema(value_type = Option<String>, format = Date)]
    valid_from: Option<NaiveDate>,
    /// The last day of cover: an earlier one ends the policy early.
    #[schema(value_type = Option<String>, format = Date)]
    valid_until: Option<NaiveDate>,
    /// `"all"` for the whole fleet, now and later; or the list of `device_id` that are covered from `vehicles_from` on.
    #[schema(value_type = Option<Value>)]
    vehicles: Option<Covered>,
    /// The first day on which exactly these vehicles are covered; absent: today. Vehicles that are no longer named were
    /// covered until the day before. The first day of the policy: the list was wrong from the beginning.
    #[schema(value_type = Option<String>, format = Date)]
    vehicles_from: Option<NaiveDate>,
    /// Why, for the record.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

impl Request for PolicyAmendment {
    fn read(fields: &mut Fields) -> Option<Self> {
        let insurer = fields.optional_text("insurer");
        let policy_number = fields.optional_text("policy_number");
        let valid_from = fields.optional_date("valid_from");
        let valid_until = fields.optional_date("valid_until");
        let vehicles = fields.optional("vehicles").and_then(|value| covered(fields, &value));
        let vehicles_from = fields.optional_date("vehicles_from");
        let reason = fields.prose("reason");
        Some(Self { insurer, policy_number, valid_from, valid_until, vehicles, vehicles_from, reason: reason? })
    }
}

/// What the insurers' records say of a policy.
#[derive(Debug, ToSchema)]
pub(crate) struct PolicyComparison {
    /// `confirmed`, `not_found` or `differs`.
    #[schema(value_type = String, example = "confirmed")]
    outcome: CheckOutcome,
    /// When it was compared: RFC 3339 with offset; absent: now.
    #[schema(value_type = Option<String>, example = "2026-07-01T12:00:00+05:00")]
    checked_at: Option<Moment>,
    /// Where it can be looked up in the insurers' records.
    #[schema(max_length = 2000)]
    reference: Option<String>,
    /// What differs, in words.
    #[schema(max_length = 2000)]
    note: Option<String>,
}

impl Request for PolicyComparison {
    fn read(fields: &mut Fields) -> Option<Self> {
        let outcome = fields.choice("outcome", &["confirmed", "not_found", "differs"], CheckOutcome::find);
        let checked_at = fields.optional_moment("checked_at");
        let reference = fields.optional_text("reference");
        let note = fields.optional_prose("note");
        Some(Self { outcome: outcome?, checked_at, reference, note })
    }
}

fn covered(fields: &mut Fields, value: &Value) -> Option<Covered> {
    let items = match value {
        Value::String(all) if all == "all" => return Some(Covered::All),
        Value::Array(items) => items,
        _ => {
            fields.refuse(Fault::field("vehicles", Wrong::Vehicles));
            return None;
        }
    };
    let mut devices = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        match item.as_str().and_then(|text| DeviceId::parse(text).ok()) {
            Some(device) => devices.push(device),
            None => fields.refuse(Fault::new(Spot::Pointer(format!("/vehicles/{place}")), Wrong::Id)),
        }
    }
    Some(Covered::These(devices))
}

/// Records a policy
///
/// Insurer and number name one contract: while a policy of both with a day in common is on record, another one is refused
/// with `policy-exists`, which names it. Send an `Idempotency-Key` to have a repetition answered like the first call.
#[utoipa::path(post, path = "/v1/policies", tag = "policies", operation_id = "record_policy",
    request_body = PolicyRecord, responses((status = 201, description = "Recorded", body = PolicyAnswer)))]
pub(crate) async fn record(call: Call, body: Json<PolicyRecord>) -> Result<HttpResponse, Problem> {
    let (zone, asked) = (call.zone(), body.asked);
    let new = NewPolicy {
        insurer: asked.insurer,
        policy_number: asked.policy_number,
        valid_from: asked.valid_from,
        valid_until: asked.valid_until,
        vehicles: asked.vehicles.into(),
        renews: asked.renews.as_deref().map(PolicyId::from_text),
    };
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, registry, now, rng, caller| {
        let policy = insure::insure(tx, &registry.rules, now, rng, caller, new)?;
        Ok::<_, InsureError>(PolicyAnswer { policy: PolicyView::of(&policy, zone) })
    })
    .await
}

/// Lists policies
///
/// An operator sees its own.
#[utoipa::path(get, path = "/v1/policies", tag = "policies", operation_id = "list_policies",
    responses((status = 200, description = "A page", body = PoliciesAnswer)))]
pub(crate) async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let page = Page::read(&call, Params::of(&call.request), String::new())?;
    let (caller, after, rows) = (call.caller.clone(), page.after.clone(), page.to_read());
    let mut found = read(&call.state, move |db, _| insure::list_policies(db, &caller, after.as_deref(), rows)).await?;
    let next = page.cut(&call, &mut found, |policy| policy.id.to_string());
    let policies = found.iter().map(|policy| PolicyView::of(policy, call.zone())).collect();
    Ok(paging::answer(&PoliciesAnswer { policies, next: next.clone() }, next.as_deref()))
}

/// Shows a policy with its versions, the vehicles that it covers, and its checks
#[utoipa::path(get, path = "/v1/policies/{id}", tag = "policies", operation_id = "get_policy",
    params(("id" = String, Path, description = "The policy")),
    responses((status = 200, description = "The policy", body = PolicyRecordAnswer)))]
pub(crate) async fn one(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    Params::of(&call.request).finish()?;
    let (caller, id, zone) = (call.caller.clone(), PolicyId::from_text(&id), call.zone());
    let found = read(&call.state, move |db, _| insure::get_policy(db, &caller, &id)).await?;
    Ok(HttpResponse::Ok().json(PolicyRecordAnswer::of(&found, zone)))
}

/// Changes a policy: a new version
///
/// Ended early, corrected, for other vehicles. What the insurers had confirmed is the operator's word again. Where nothing
/// would be different, the policy stays as it is.
#[utoipa::path(patch, path = "/v1/policies/{id}", tag = "policies", operation_id = "change_policy",
    params(("id" = String, Path, description = "The policy")), request_body = PolicyAmendment,
    responses((status = 200, description = "The policy as it is now", body = PolicyAnswer)))]
pub(crate) async fn change(call: Call, id: Path<String>, body: Json<PolicyAmendment>) -> Result<HttpResponse, Problem> {
    let (zone, id, asked) = (call.zone(), PolicyId::from_text(&id), body.asked);
    let change = PolicyChange {
        insurer: asked.insurer,
        policy_number: asked.policy_number,
        valid_from: asked.valid_from,
        valid_until: asked.valid_until,
        vehicles: asked.vehicles.map(Into::into),
        vehicles_from: asked.vehicles_from,
    };
    once(call, body.digest, StatusCode::OK, Keep::Answer, move |tx, registry, now, rng, caller| {
        let policy = insure::change(tx, &registry.rules, now, rng, caller, &id, (&change, &asked.reason))?;
        Ok::<_, InsureError>(PolicyAnswer { policy: PolicyView::of(&policy, zone) })
    })
    .await
}

/// Records what the insurers' records say of a policy
///
/// Every check is kept. `confirmed` makes the policy the insurer's word; the others are shown and warned about.
#[utoipa::path(post, path = "/v1/policies/{id}/checks", tag = "policies", operation_id = "check_policy",
    params(("id" = String, Path, description = "The policy")), request_body = PolicyComparison,
    responses((status = 201, description = "Recorded", body = PolicyCheckAnswer)))]
pub(crate) async fn check(call: Call, id: Path<String>, body: Json<PolicyComparison>) -> Result<HttpResponse, Problem> {
    let (zone, id, asked) = (call.zone(), PolicyId::from_text(&id), body.asked);
    let new =
        NewCheck { outcome: asked.outcome, checked_at: asked.checked_at, reference: asked.reference, note: asked.note };
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, registry, now, rng, caller| {
        let (policy, check) = insure::check(tx, &registry.rules, now, rng, caller, &id, new)?;
        Ok::<_, InsureError>(PolicyCheckAnswer::of(&check, &policy, zone))
    })
    .await
}
