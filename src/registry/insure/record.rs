//! Recording a policy.
//!
//! *Invariant:* insurer and number name one contract: the same ones with a day in common are not recorded twice, however
//! often they are sent. The caller is told the policy that is on record.

use rand::Rng;
use std::collections::BTreeMap;

use super::{InsureError, look};
use crate::audit::Action;
use crate::model::{Caller, Covered, DeviceId, Moment, NewPolicy, OperatorId, Policy, PolicyId, SpanDays, VehicleId};
use crate::registry::Rules;
use crate::storage::audit_log::{self, Draft};
use crate::storage::vehicles::{self, Wanted};
use crate::storage::{Tx, operators, policies, policy_covers};

/// Records a policy for the whole fleet, now and later, or for the vehicles named.
///
/// # Errors
/// [`InsureError`].
pub fn insure(
    tx: &mut Tx<'_>,
    rules: &Rules,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    new: NewPolicy,
) -> Result<Policy, InsureError> {
    let operator = caller.operator_id.clone().ok_or(InsureError::NotAnOperator)?;
    let new = new.check().map_err(InsureError::Problem)?;
    operators::take_turn(tx, &operator)?;
    let covered = covered(tx, &operator, new.vehicles.as_deref())?;
    if let Some(renewed) = &new.renews {
        policies::find(tx.db(), renewed, Some(&operator))?.ok_or(InsureError::UnknownRenewed)?;
    }
    let policy = Policy::first(PolicyId::new(now, rng), operator, &new, caller.account_id.as_str(), now);
    refuse_twin(tx, &policy)?;
    policies::insert(tx, std::slice::from_ref(&policy))?;
    policy_covers::replace(tx, &policy.id, &throughout(covered), now)?;
    look(tx, rules, now, rng, &policy.operator_id)?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::PolicyRecorded, policy.id.as_str())])?;
    Ok(policy)
}

/// Refuses a version whose insurer, number and some day are another policy's.
pub(super) fn refuse_twin(tx: &mut Tx<'_>, new: &Policy) -> Result<(), InsureError> {
    let alike = policies::of_numbers(tx.db(), &new.operator_id, std::slice::from_ref(&new.policy_number))?;
    let twin = alike.into_iter().find(|old| {
        old.id != new.id && old.is_of(&new.insurer, &new.policy_number) && old.meets(new.valid_from, new.valid_until)
    });
    twin.map_or(Ok(()), |old| Err(InsureError::Exists(old.id)))
}

/// Finds whom a list of vehicles means; `None` in the answer is the whole fleet.
pub(super) fn covered(
    tx: &mut Tx<'_>,
    operator: &OperatorId,
    devices: Option<&[DeviceId]>,
) -> Result<Vec<Option<VehicleId>>, InsureError> {
    let Some(devices) = devices else {
        return Ok(vec![None]);
    };
    let texts: Vec<_> = devices.iter().map(|device| device.as_str().to_owned()).collect();
    let found: BTreeMap<_, _> = vehicles::find_all(tx.db(), operator, Wanted::Devices(&texts))?
        .into_iter()
        .map(|vehicle| (vehicle.device_id, vehicle.id))
        .collect();
    let unknown: Vec<_> = devices.iter().filter(|device| !found.contains_key(*device)).cloned().collect();
    if !unknown.is_empty() {
        return Err(InsureError::UnknownVehicles(unknown));
    }
    Ok(found.into_values().map(Some).collect())
}

/// Cover on all days of the policy.
pub(super) fn throughout(covered: impl IntoIterator<Item = Covered>) -> BTreeMap<Covered, Vec<SpanDays>> {
    covered.into_iter().map(|covered| (covered, vec![(None, None)])).collect()
}
