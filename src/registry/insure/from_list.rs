//! Policies that fleet lists state, made true in the transaction of the list.
//!
//! *Invariant:* what is to be done was planned before, so that a dry run foretells it; the source is the operator.

use rand::Rng;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// What became of the policies of a list.
#[derive(Debug, Default)]
pub struct ListedOutcome {
    /// Those that are new.
    pub made: Vec<PolicyId>,
    /// Those that cover further vehicles.
    pub extended: Vec<PolicyId>,
}

/// Records the policies of a list. New ones go in together: some insurers give each scooter a policy of its own.
///
/// # Errors
/// Those of the database.
pub fn record_listed(
    tx: &mut Tx<'_>,
    rng: &mut impl Rng,
    list: Listed<'_>,
    listed: &[ListedPolicy],
) -> storage::Result<ListedOutcome> {
    let mut made = Vec::new();
    let mut covered = Vec::new();
    let mut known = Vec::new();
    for policy in listed {
        match &policy.stated {
            StatedPolicy::New(new) => {
                let first =
                    Policy::first(PolicyId::new(list.now, rng), list.operator.clone(), new, list.account, list.now);
                covered.extend(policy.vehicles.iter().map(|vehicle| (first.id.clone(), *vehicle)));
                made.push(Policy { covers_all: false, import_id: Some(list.import.clone()), ..first });
            }
            StatedPolicy::Known(id) => known.push((id, policy.vehicles.as_slice())),
        }
    }
    policies::insert(tx, &made)?;
    let covered: Vec<_> = covered.iter().map(|(policy, vehicle)| (policy, *vehicle)).collect();
    policy_covers::insert(tx, &covered, list.now)?;
    let extended = extend(tx, list, &known)?;
    Ok(ListedOutcome { made: made.into_iter().map(|policy| policy.id).collect(), extended })
}

/// Adds vehicles to policies. One that was never named is covered throughout, as its row says; one that had left comes
/// back today. What the insurers confirmed was another list of vehicles: the new one is the operator's word. A policy of
/// which no vehicle's cover changes stays as it is, and so does what the insurers confirmed. Returns the others.
fn extend(tx: &mut Tx<'_>, list: Listed<'_>, known: &[(&PolicyId, &[VehicleId])]) -> storage::Result<Vec<PolicyId>> {
    let vehicles: HashMap<&PolicyId, &[VehicleId]> = known.iter().copied().collect();
    let ids: Vec<_> = known.iter().map(|(id, _)| *id).collect();
    let mut changed = Vec::new();
    for policy in policies::find_all(tx.db(), list.operator, &ids)? {
        let mut spans = policy_covers::of_policy(tx.db(), &policy.id)?;
        spans.retain(|span| span.superseded_at.is_none());
        let added = joined(&spans, vehicles.get(&policy.id).copied().unwrap_or_default(), &policy, list);
        if !added.is_empty() {
            changed.push((policy, added));
        }
    }
    let next = changed.iter().map(|(before, _)| Policy {
        source: PolicySource::Operator,
        checked_at: None,
        check: None,
        reference: None,
        import_id: Some(list.import.clone()),
        ..before.next("fleet list", list.account, list.now)
    });
    let next: Vec<_> = next.collect();
    let ids: Vec<_> = changed.iter().map(|(policy, _)| &policy.id).collect();
    policies::supersede(tx, &ids, list.now)?;
    policies::insert(tx, &next)?;
    for (policy, added) in &changed {
        policy_covers::replace(tx, &policy.id, added, list.now)?;
    }
    Ok(changed.into_iter().map(|(policy, _)| policy.id).collect())
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
