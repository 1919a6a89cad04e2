//! Policies that fleet lists state, made true in the transaction of the list.
//!
//! *Invariant:* what is to be done was planned before, so that a dry run foretells it; the source is the operator.

use rand::Rng;
use std::collections::{BTreeMap, BTreeSet};

use super::record::throughout;
use crate::audit::Action;
use crate::model::{
    CoverSpan, Covered, ImportId, Moment, NewPolicy, OperatorId, Policy, PolicyId, PolicySource, SpanDays, VehicleId,
    Zone, relist,
};
use crate::storage::{self, Tx, policies, policy_covers};

/// A policy as rows of a list state it.
#[derive(Debug, Clone)]
pub enum StatedPolicy {
    /// None is on record.
    New(NewPolicy),
    /// It is on record, and gets further vehicles.
    Known(PolicyId),
}

/// A policy of a list, with the vehicles whose rows name it.
#[derive(Debug, Clone)]
pub struct ListedPolicy {
    /// Which policy.
    pub stated: StatedPolicy,
    /// The vehicles.
    pub vehicles: Vec<VehicleId>,
}

/// The list that states them.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// The import.
    pub import: &'a ImportId,
    /// Whose list it is. Its turn must have been taken.
    pub operator: &'a OperatorId,
    /// Who sent it.
    pub account: &'a str,
    /// When it is made true.
    pub now: Moment,
    /// The zone in which days begin.
    pub zone: Zone,
}

/// Records the policies of a list; returns what is to be entered into the audit log, with the policy.
///
/// # Errors
/// Those of the database.
pub fn record_listed(
    tx: &mut Tx<'_>,
    rng: &mut impl Rng,
    list: Listed<'_>,
    policies: &[ListedPolicy],
) -> storage::Result<Vec<(Action, PolicyId)>> {
    let mut done = Vec::with_capacity(policies.len());
    for policy in policies {
        done.push(match &policy.stated {
            StatedPolicy::New(new) => {
                let id = PolicyId::new(list.now, rng);
                begin(tx, list, &id, new, &policy.vehicles)?;
                (Action::PolicyRecorded, id)
            }
            StatedPolicy::Known(id) => {
                extend(tx, list, id, &policy.vehicles)?;
                (Action::PolicyChanged, id.clone())
            }
        });
    }
    Ok(done)
}

fn begin(
    tx: &mut Tx<'_>,
    list: Listed<'_>,
    id: &PolicyId,
    new: &NewPolicy,
    vehicles: &[VehicleId],
) -> storage::Result<()> {
    let policy = Policy::first(id.clone(), list.operator.clone(), new, list.account, list.now);
    let policy = Policy { covers_all: false, import_id: Some(list.import.clone()), ..policy };
    policies::insert(tx, &policy)?;
    policy_covers::replace(tx, id, &throughout(vehicles.iter().copied().map(Some)), list.now)
}

/// Adds vehicles to a policy. One that was never named is covered throughout, as its row says; one that had left comes
/// back today. What the insurers confirmed was another list of vehicles: the new one is the operator's word.
fn extend(tx: &mut Tx<'_>, list: Listed<'_>, id: &PolicyId, vehicles: &[VehicleId]) -> storage::Result<()> {
    let before = policies::find(tx.db(), id, Some(list.operator))?.ok_or(storage::Error::Missing)?;
    let mut spans = policy_covers::of_policy(tx.db(), id)?;
    spans.retain(|span| span.superseded_at.is_none());
    let next = Policy {
        source: PolicySource::Operator,
        checked_at: None,
        check: None,
        reference: None,
        import_id: Some(list.import.clone()),
        ..before.next("fleet list", list.account, list.now)
    };
    policies::supersede(tx, id, list.now)?;
    policies::insert(tx, &next)?;
    let added = joined(&spans, vehicles, &before, list);
    policy_covers::replace(tx, id, &added, list.now)
}

fn joined(
    spans: &[CoverSpan],
    vehicles: &[VehicleId],
    policy: &Policy,
    list: Listed<'_>,
) -> BTreeMap<Covered, Vec<SpanDays>> {
    let mut named: BTreeMap<Covered, Vec<CoverSpan>> = BTreeMap::new();
    for span in spans {
        named.entry(span.vehicle).or_default().push(span.clone());
    }
    let mut added = BTreeMap::new();
    for vehicle in vehicles.iter().copied().map(Some) {
        let (had, from) = match named.get(&vehicle) {
            Some(had) => (had.as_slice(), list.zone.date_of(list.now)),
            None => ([].as_slice(), policy.valid_from),
        };
        added.extend(relist(had, policy.valid_from, &BTreeSet::from([vehicle]), from));
    }
    added
}
