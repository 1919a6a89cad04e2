//! Policies as answers show them.
//!
//! *Invariant:* only forms: what is shown was decided by the deed.

use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

use crate::model::{AsKnown, CheckOutcome, CoverSpan, Policy, PolicyCheck, PolicyId, Zone};
use crate::registry::insure::PolicyRecord;

/// How many vehicles a policy names in an answer.
const MOST_COVERS: usize = 1_000;

/// A version of a policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PolicyView {
    id: String,
    operator_id: String,
    /// Which version this is, from 1.
    version: u32,
    insurer: String,
    policy_number: String,
    valid_from: String,
    /// The last day of cover.
    valid_until: String,
    /// Whether it covers the whole fleet, now and later.
    covers_all: bool,
    /// Who vouches for it: `operator` or `insurer`.
    source: String,
    /// When it was last compared with the insurers' records, as this version stands.
    checked_at: Option<String>,
    /// What that found: `confirmed`, `not_found` or `differs`.
    check: Option<String>,
    /// The policy that it goes on after.
    renews: Option<String>,
    /// Why this version was recorded.
    reason: String,
    recorded_at: String,
    /// When a newer version replaced this one.
    superseded_at: Option<String>,
}

impl PolicyView {
    pub(super) fn of(policy: &Policy, zone: Zone) -> Self {
        Self {
            id: policy.id.to_string(),
            operator_id: policy.operator_id.to_string(),
            version: policy.version,
            insurer: policy.insurer.clone(),
            policy_number: policy.policy_number.clone(),
            valid_from: policy.valid_from.to_string(),
            valid_until: policy.valid_until.to_string(),
            covers_all: policy.covers_all,
            source: policy.source.name().to_owned(),
            checked_at: policy.checked_at.map(|at| zone.stamp(at)),
            check: policy.check.map(CheckOutcome::name).map(ToOwned::to_owned),
            renews: policy.renews.as_ref().map(PolicyId::to_string),
            reason: policy.reason.clone(),
            recorded_at: zone.stamp(policy.recorded_at),
            superseded_at: policy.superseded_at.map(|at| zone.stamp(at)),
        }
    }
}

/// A vehicle that a policy covers, and on which days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoverView {
    /// The operator's id of the vehicle; null: the whole fleet.
    device_id: Option<String>,
    /// The first day of cover.
    from: String,
    /// The last day of cover.
    until: String,
}

/// A comparison with the insurers' records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckView {
    id: String,
    /// The version that was compared.
    version: u32,
    /// `confirmed`, `not_found` or `differs`.
    outcome: String,
    checked_at: String,
    reference: Option<String>,
    note: Option<String>,
    recorded_at: String,
}

impl CheckView {
    fn of(check: &PolicyCheck, zone: Zone) -> Self {
        Self {
            id: check.id.clone(),
            version: check.version,
            outcome: check.outcome.name().to_owned(),
            checked_at: zone.stamp(check.checked_at),
            reference: check.reference.clone(),
            note: check.note.clone(),
            recorded_at: zone.stamp(check.recorded_at),
        }
    }
}

/// A version, with how many vehicles it named.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyVersionView {
    #[serde(flatten)]
    policy: PolicyView,
    /// How many vehicles were named, as known when this version was recorded.
    vehicles_total: usize,
}

/// A policy with all that is on record about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyRecordView {
    #[serde(flatten)]
    policy: PolicyView,
    /// The vehicles that it covers or has covered, as known now: the first thousand.
    covers: Vec<CoverView>,
    /// How many vehicles it names.
    vehicles_total: usize,
    /// All versions, oldest first.
    versions: Vec<PolicyVersionView>,
    /// Its comparisons with the insurers' records, oldest first.
    checks: Vec<CheckView>,
}

/// A policy with all that is on record about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyRecordAnswer {
    policy: PolicyRecordView,
}

impl PolicyRecordAnswer {
    pub(super) fn of(found: &PolicyRecord, zone: Zone) -> Self {
        let current = &found.current;
        let covers = found.spans.iter().filter(|span| span.superseded_at.is_none()).take(MOST_COVERS).map(|span| {
            let device = span.vehicle.and_then(|vehicle| found.devices.get(&vehicle));
            CoverView {
                device_id: device.map(|device| device.as_str().to_owned()),
                from: span.first_day.unwrap_or(current.valid_from).max(current.valid_from).to_string(),
                until: span.last_day.unwrap_or(current.valid_until).min(current.valid_until).to_string(),
            }
        });
        let versions = found.versions.iter().map(|version| PolicyVersionView {
            vehicles_total: named(&found.spans, AsKnown::At(version.recorded_at)),
            policy: PolicyView::of(version, zone),
        });
        let policy = PolicyRecordView {
            policy: PolicyView::of(current, zone),
            covers: covers.collect(),
            vehicles_total: named(&found.spans, AsKnown::Now),
            versions: versions.collect(),
            checks: found.checks.iter().map(|check| CheckView::of(check, zone)).collect(),
        };
        Self { policy }
    }
}

fn named(spans: &[CoverSpan], known: AsKnown) -> usize {
    let known = spans.iter().filter(|span| known.holds(span.recorded_at, span.superseded_at));
    known.filter_map(|span| span.vehicle).collect::<BTreeSet<_>>().len()
}

/// One policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyAnswer {
    pub(super) policy: PolicyView,
}

/// A comparison, and the policy as it stands after it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyCheckAnswer {
    check: CheckResult,
}

/// A comparison, and the policy as it stands after it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckResult {
    #[serde(flatten)]
    check: CheckView,
    policy: PolicyView,
}

impl PolicyCheckAnswer {
    pub(super) fn of(check: &PolicyCheck, policy: &Policy, zone: Zone) -> Self {
        Self { check: CheckResult { check: CheckView::of(check, zone), policy: PolicyView::of(policy, zone) } }
    }
}

/// A page of policies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PoliciesAnswer {
    pub(super) policies: Vec<PolicyView>,
    /// The path of the next page.
    pub(super) next: Option<String>,
}
