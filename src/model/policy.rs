//! Insurance policies: who pays.
//!
//! *Invariant:* a policy is what the operator says until somebody checked it with the insurers, and says which.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

use super::account::named_variants;
use super::{DeviceId, Moment, OperatorId, PolicyId};

/// Who vouches for a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicySource {
    /// The operator says so.
    Operator,
    /// Checked with the insurers' database.
    Insurer,
}

named_variants!(PolicySource { Operator => "operator", Insurer => "insurer" });

/// A policy to be recorded.
#[derive(Debug, Clone)]
pub struct NewPolicy {
    /// The insurance company.
    pub insurer: String,
    /// The policy's number.
    pub policy_number: String,
    /// The first day of cover.
    pub valid_from: NaiveDate,
    /// The last day of cover.
    pub valid_until: NaiveDate,
    /// The covered vehicles; `None`: the whole fleet, now and later.
    pub vehicles: Option<Vec<DeviceId>>,
}

/// What is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyProblem {
    /// A text is empty or too long.
    #[error("{0} must have 1 to 200 characters")]
    Text(&'static str),
    /// The last day lies before the first.
    #[error("valid_until lies before valid_from")]
    Backwards,
    /// The list of vehicles is empty.
    #[error("vehicles must be \"all\" or name at least one device_id")]
    NoVehicle,
}

impl NewPolicy {
    /// Judges the fields together.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(self) -> Result<Self, PolicyProblem> {
        let bad = |text: &str| text.trim().is_empty() || text.chars().count() > 200;
        if bad(&self.insurer) {
            return Err(PolicyProblem::Text("insurer"));
        }
        if bad(&self.policy_number) {
            return Err(PolicyProblem::Text("policy_number"));
        }
        if self.valid_until < self.valid_from {
            return Err(PolicyProblem::Backwards);
        }
        if self.vehicles.as_ref().is_some_and(Vec::is_empty) {
            return Err(PolicyProblem::NoVehicle);
        }
        Ok(self)
    }
}

/// A policy as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its id.
    pub id: PolicyId,
    /// Whose vehicles it covers.
    pub operator_id: OperatorId,
    /// The insurance company.
    pub insurer: String,
    /// The policy's number.
    pub policy_number: String,
    /// The first day of cover.
    pub valid_from: NaiveDate,
    /// The last day of cover.
    pub valid_until: NaiveDate,
    /// Whether it covers the whole fleet.
    pub covers_all: bool,
    /// Who vouches for it.
    pub source: PolicySource,
    /// When it was checked with the insurers.
    pub checked_at: Option<Moment>,
    /// When the registry learned of it.
    pub recorded_at: Moment,
}
