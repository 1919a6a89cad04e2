//! Reading policies back: the caller's own, or all of them for the regulator.
//!
//! *Invariant:* a foreign policy answers exactly like an unknown one.

use std::collections::HashMap;

use super::InsureError;
use crate::model::{Caller, CoverSpan, DeviceId, InsuranceNotice, Policy, PolicyCheck, PolicyId, VehicleId};
use crate::storage::insurance_notices::{self, WantedNotices};
use crate::storage::{self, Db, policies, policy_checks, policy_covers, vehicles};

/// A policy with all that is on record about it.
#[derive(Debug, Clone)]
pub struct PolicyRecord {
    /// The version that nothing has superseded.
    pub current: Policy,
    /// All versions, oldest first.
    pub versions: Vec<Policy>,
    /// Whom it covers on which days, superseded spans too.
    pub spans: Vec<CoverSpan>,
    /// The operator's ids of the vehicles in the spans.
    pub devices: HashMap<VehicleId, DeviceId>,
    /// Its comparisons with the insurers' records, oldest first.
    pub checks: Vec<PolicyCheck>,
}

/// Lists policies; the caller's own, if it is an operator.
///
/// # Errors
/// Those of the database.
pub fn list_policies(
    db: &mut Db,
    caller: &Caller,
    after: Option<&str>,
    rows: usize,
) -> Result<Vec<Policy>, storage::Error> {
    policies::list(db, caller.operator_id.as_ref(), after, rows)
}

/// Finds a policy with its versions, vehicles and checks; the caller's own, if it is an operator.
///
/// # Errors
/// [`InsureError::Unknown`].
pub fn get_policy(db: &mut Db, caller: &Caller, id: &PolicyId) -> Result<PolicyRecord, InsureError> {
    let versions = policies::versions(db, id, caller.operator_id.as_ref())?;
    let current = versions.iter().find(|version| version.superseded_at.is_none()).cloned();
    let current = current.ok_or(InsureError::Unknown)?;
    let spans = policy_covers::of_policy(db, id)?;
    let mut named: Vec<_> = spans.iter().filter_map(|span| span.vehicle).collect();
    named.sort_unstable();
    named.dedup();
    let found = vehicles::find_by_ids(db, &named)?;
    let devices = found.into_iter().map(|(id, vehicle)| (id, vehicle.device_id)).collect();
    Ok(PolicyRecord { current, versions, spans, devices, checks: policy_checks::of_policy(db, id)? })
}

/// Lists notices in the order in which they were raised; the caller's own, if it is an operator.
///
/// # Errors
/// Those of the database.
pub fn list_notices(
    db: &mut Db,
    caller: &Caller,
    wanted: WantedNotices,
    after: Option<&str>,
    rows: usize,
) -> Result<Vec<InsuranceNotice>, storage::Error> {
    insurance_notices::list(db, caller.operator_id.as_ref(), wanted, after, rows)
}
