//! A policy compared with the insurers' records.
//!
//! *Invariant:* what was found is kept, also where it speaks against the policy.

use super::{CheckOutcome, Moment, PolicyId};

/// A policy compared with the insurers' records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyCheck {
    /// Its id.
    pub id: String,
    /// The policy.
    pub policy_id: PolicyId,
    /// The version that was compared.
    pub version: u32,
    /// What was found.
    pub outcome: CheckOutcome,
    /// When it was compared.
    pub checked_at: Moment,
    /// Where it can be looked up in the insurers' records.
    pub reference: Option<String>,
    /// What differs, in words.
    pub note: Option<String>,
    /// When the registry learned of it.
    pub recorded_at: Moment,
    /// The account that recorded it.
    pub recorded_by: String,
}
