//! Insurance: policies as the operator states them.
//!
//! *Invariant:* a policy is the operator's word until it was checked with the insurers, and says so.

use rand::Rng;
use thiserror::Error;

use crate::audit::Action;
use crate::model::{Caller, DeviceId, Moment, NewPolicy, Policy, PolicyId, PolicyProblem, PolicySource};
use crate::storage::audit_log::{self, Draft};
use crate::storage::vehicles::{self, Wanted};
use crate::storage::{self, Db, Tx, policies};

/// Why a policy was not recorded.
#[derive(Debug, Error)]
pub enum InsureError {
    /// The caller is no operator.
    #[error("only an operator has policies")]
    NotAnOperator,
    /// The policy contradicts itself.
    #[error("the policy is wrong")]
    Problem(#[source] PolicyProblem),
    /// Vehicles that are not in the operator's list.
    #[error("the policy names {} vehicles that are not in the fleet", .0.len())]
    UnknownVehicles(Vec<DeviceId>),
    /// The database failed.
    #[error("the policy could not be recorded")]
    Storage(#[from] storage::Error),
}

/// Records a policy for the whole fleet, now and later, or for the vehicles named.
///
/// # Errors
/// [`InsureError`].
pub fn insure(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    new: NewPolicy,
) -> Result<Policy, InsureError> {
    let operator = caller.operator_id.clone().ok_or(InsureError::NotAnOperator)?;
    let new = new.check().map_err(InsureError::Problem)?;
    let mut covered = Vec::new();
    if let Some(devices) = &new.vehicles {
        let texts: Vec<_> = devices.iter().map(|device| device.as_str().to_owned()).collect();
        let found = vehicles::find_all(tx.db(), &operator, Wanted::Devices(&texts))?;
        let unknown: Vec<_> = devices
            .iter()
            .filter(|device| !found.iter().any(|vehicle| vehicle.device_id == **device))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            return Err(InsureError::UnknownVehicles(unknown));
        }
        covered = found.into_iter().map(|vehicle| vehicle.id).collect();
    }
    let policy = Policy {
        id: PolicyId::new(now, rng),
        operator_id: operator,
        insurer: new.insurer.trim().to_owned(),
        policy_number: new.policy_number.trim().to_owned(),
        valid_from: new.valid_from,
        valid_until: new.valid_until,
        covers_all: new.vehicles.is_none(),
        source: PolicySource::Operator,
        checked_at: None,
        recorded_at: now,
    };
    policies::insert(tx, &policy, &covered)?;
    audit_log::append(tx, now, rng, vec![Draft::of(caller, Action::PolicyRecorded, policy.id.as_str())])?;
    Ok(policy)
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
