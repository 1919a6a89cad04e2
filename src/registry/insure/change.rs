//! Changing a policy: ended early, corrected, for other vehicles.
//!
//! *Invariant:* a change is a new version with its reason; what was covered before a new list's first day stays covered.

use rand::Rng;
use std::collections::BTreeSet;

use super::record::{covered, refuse_twin};
use super::{InsureError, look};
use crate::audit::Action;
use crate::model::{Caller, Moment, Policy, PolicyChange, PolicyId, relist};
use crate::registry::Rules;
use crate::storage::audit_log::{self, Draft};
use crate::storage::{Tx, operators, policies, policy_covers};

/// Records a new version of a policy. Where nothing would be different, none is made and the policy stays as it is.
///
/// A new list of vehicles holds from `vehicles_from` on (today, if that is absent): vehicles that are no longer named
/// were covered until the day before. With the first day of the policy it corrects the whole period.
///
/// # Errors
/// [`InsureError`].
pub fn change(
    tx: &mut Tx<'_>,
    rules: &Rules,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    id: &PolicyId,
    (change, reason): (&PolicyChange, &str),
) -> Result<Policy, InsureError> {
    let operator = caller.operator_id.clone().ok_or(InsureError::NotAnOperator)?;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 2000 {
        return Err(InsureError::ReasonMissing);
    }
    operators::take_turn(tx, &operator)?;
    let before = policies::find(tx.db(), id, Some(&operator))?.ok_or(InsureError::Unknown)?;
    let by = caller.account_id.as_str();
    let next = before.changed(change, reason, by, now).map_err(InsureError::Problem)?;
    let mut other_covers = std::collections::BTreeMap::new();
    if let Some(list) = &change.vehicles {
        let wanted: BTreeSet<_> = covered(tx, &operator, list.as_deref())?.into_iter().collect();
        let mut spans = policy_covers::of_policy(tx.db(), id)?;
        spans.retain(|span| span.superseded_at.is_none());
        let from = change.vehicles_from.unwrap_or_else(|| rules.zone.date_of(now));
        other_covers = relist(&spans, next.valid_from, &wanted, from);
    }
    if next.same_contract(&before) && other_covers.is_empty() {
        return Ok(before);
    }
    refuse_twin(tx, &next)?;
    policies::supersede(tx, &[id], now)?;
    policies::insert(tx, std::slice::from_ref(&next))?;
    policy_covers::replace(tx, id, &other_covers, now)?;
    look(tx, rules, now, rng, &operator)?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::PolicyChanged, id.as_str())])?;
    Ok(next)
}
