//! Insurance policies, as operators state them.
//!
//! *Invariant:* `valid_until` names the last day of cover.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::model::{DeviceId, NewPolicy, Policy, Zone};
use crate::registry::insure::{self, InsureError};
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
}

#[derive(Debug)]
enum Covered {
    All,
    These(Vec<DeviceId>),
}

impl Request for PolicyRecord {
    fn read(fields: &mut Fields) -> Option<Self> {
        let insurer = fields.text("insurer");
        let policy_number = fields.text("policy_number");
        let valid_from = fields.date("valid_from");
        let valid_until = fields.date("valid_until");
        let vehicles = fields.required("vehicles").and_then(|value| covered(fields, &value));
        Some(Self {
            insurer: insurer?,
            policy_number: policy_number?,
            valid_from: valid_from?,
            valid_until: valid_until?,
            vehicles: vehicles?,
        })
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

/// A policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyView {
    id: String,
    insurer: String,
    policy_number: String,
    valid_from: String,
    valid_until: String,
    /// Whether it covers the whole fleet, now and later.
    covers_all: bool,
    /// Who vouches for it: `operator` or `insurer`.
    source: String,
    checked_at: Option<String>,
    recorded_at: String,
}

impl PolicyView {
    fn of(policy: Policy, zone: Zone) -> Self {
        Self {
            id: policy.id.to_string(),
            insurer: policy.insurer,
            policy_number: policy.policy_number,
            valid_from: policy.valid_from.to_string(),
            valid_until: policy.valid_until.to_string(),
            covers_all: policy.covers_all,
            source: policy.source.name().to_owned(),
            checked_at: policy.checked_at.map(|at| zone.stamp(at)),
            recorded_at: zone.stamp(policy.recorded_at),
        }
    }
}

/// One policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyAnswer {
    policy: PolicyView,
}

/// A page of policies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PoliciesAnswer {
    policies: Vec<PolicyView>,
    /// The path of the next page.
    next: Option<String>,
}

/// Records a policy
#[utoipa::path(post, path = "/v1/policies", tag = "policies", operation_id = "record_policy",
    request_body = PolicyRecord, responses((status = 201, description = "Recorded", body = PolicyAnswer)))]
pub(crate) async fn record(call: Call, body: Json<PolicyRecord>) -> Result<HttpResponse, Problem> {
    let (zone, asked) = (call.zone(), body.asked);
    let new = NewPolicy {
        insurer: asked.insurer,
        policy_number: asked.policy_number,
        valid_from: asked.valid_from,
        valid_until: asked.valid_until,
        vehicles: match asked.vehicles {
            Covered::All => None,
            Covered::These(devices) => Some(devices),
        },
    };
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, _, now, rng, caller| {
        let policy = insure::insure(tx, now, rng, caller, new)?;
        Ok::<_, InsureError>(PolicyAnswer { policy: PolicyView::of(policy, zone) })
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
    let policies = found.into_iter().map(|policy| PolicyView::of(policy, call.zone())).collect();
    Ok(paging::answer(&PoliciesAnswer { policies, next: next.clone() }, next.as_deref()))
}
