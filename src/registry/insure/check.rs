//! Comparing a policy with the insurers' records.
//!
//! *Invariant:* every comparison is kept, and makes a version that says what was found: what a lookup shows as the
//! insurer's word was the insurer's word then.

use rand::Rng;

use super::{InsureError, look};
use crate::audit::Action;
use crate::model::{Caller, CheckOutcome, Moment, Policy, PolicyCheck, PolicyId, new_id};
use crate::registry::Rules;
use crate::storage::audit_log::{self, Draft};
use crate::storage::{Tx, operators, policies, policy_checks};

/// A comparison to be recorded.
#[derive(Debug, Clone)]
pub struct NewCheck {
    /// What was found.
    pub outcome: CheckOutcome,
    /// When it was compared; absent: now.
    pub checked_at: Option<Moment>,
    /// Where it can be looked up in the insurers' records.
    pub reference: Option<String>,
    /// What differs, in words.
    pub note: Option<String>,
}

/// Records a comparison of the current version of a policy, of whatever operator, with the insurers' records.
///
/// # Errors
/// [`InsureError`].
pub fn check(
    tx: &mut Tx<'_>,
    rules: &Rules,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    id: &PolicyId,
    new: NewCheck,
) -> Result<(Policy, PolicyCheck), InsureError> {
    let checked_at = new.checked_at.unwrap_or(now);
    if checked_at > now {
        return Err(InsureError::InFuture);
    }
    for (field, text) in [("reference", &new.reference), ("note", &new.note)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > 2000) {
            return Err(InsureError::TooLong(field));
        }
    }
    let operator = policies::find(tx.db(), id, None)?.ok_or(InsureError::Unknown)?.operator_id;
    operators::take_turn(tx, &operator)?;
    let before = policies::find(tx.db(), id, None)?.ok_or(InsureError::Unknown)?;
    let done = PolicyCheck {
        id: new_id(now, rng),
        policy_id: id.clone(),
        version: before.version,
        outcome: new.outcome,
        checked_at,
        reference: new.reference,
        note: new.note,
        recorded_at: now,
        recorded_by: caller.account_id.to_string(),
    };
    let next = Policy {
        source: new.outcome.source(),
        checked_at: Some(checked_at),
        check: Some(new.outcome),
        reference: done.reference.clone(),
        ..before.next("checked", caller.account_id.as_str(), now)
    };
    policy_checks::insert(tx, &done)?;
    policies::supersede(tx, &[id], now)?;
    policies::insert(tx, std::slice::from_ref(&next))?;
    look(tx, rules, now, rng, &operator)?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::PolicyChecked, id.as_str())])?;
    Ok((next, done))
}
