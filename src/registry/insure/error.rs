//! Why a policy was not recorded, changed, checked or found.
//!
//! *Invariant:* a foreign policy is unknown.

use thiserror::Error;

use crate::model::{DeviceId, PolicyId, PolicyProblem};
use crate::storage;

/// Why a policy was not recorded, changed, checked or found.
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
    /// The policy that is renewed is none of the operator's.
    #[error("the policy that is renewed is not on record")]
    UnknownRenewed,
    /// A policy of this insurer and number with days of this period is on record.
    #[error("the policy is on record as {0}")]
    Exists(PolicyId),
    /// There is no such policy of the caller's.
    #[error("there is no such policy")]
    Unknown,
    /// A change needs a reason.
    #[error("a change needs a reason of 1 to 2000 characters")]
    ReasonMissing,
    /// A text of a check is too long.
    #[error("{0} must have at most 2000 characters")]
    TooLong(&'static str),
    /// A policy cannot have been checked at an instant that has not come.
    #[error("checked_at lies in the future")]
    InFuture,
    /// The database failed.
    #[error("the policy could not be recorded")]
    Storage(#[from] storage::Error),
}
