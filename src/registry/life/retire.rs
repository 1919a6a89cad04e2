//! A vehicle is retired: it leaves service for good, and its number is annulled for ever.
//!
//! *Invariant:* a retired vehicle does not come back. Only the regulator withdraws a retirement, which then was a mistake
//! of the record and is kept as one.

use rand::Rng;

use super::error::{LifeError, check_text};
use super::follow::{Cause, follow, numbers_of};
use crate::audit::Action;
use crate::model::{Caller, DeviceId, Moment, OperatorId, Retirement, Vehicle, Zone};
use crate::registry::read::get_vehicle;
use crate::storage::audit_log::{self, Draft};
use crate::storage::vehicles::{self, Wanted};
use crate::storage::{Tx, operators, retirements};

/// Retires a vehicle of the caller's. The same retirement again changes nothing.
///
/// # Errors
/// [`LifeError`]; [`LifeError::Retired`] where it is retired from another instant or for another reason.
pub fn retire(
    tx: &mut Tx<'_>,
    zone: Zone,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    device: &DeviceId,
    (from, reason): (Moment, &str),
) -> Result<(Vehicle, Retirement), LifeError> {
    check_text("reason", reason, 2000)?;
    if from > now {
        return Err(LifeError::InFuture("from"));
    }
    let operator = caller.operator_id.clone().ok_or(LifeError::NotAnOperator)?;
    operators::take_turn(tx, &operator)?;
    let vehicle = get_vehicle(tx.db(), caller, device)?;
    let known = retirements::of_vehicles(tx.db(), &[vehicle.id])?;
    if let Some(retirement) = known.iter().find(|one| one.superseded_at.is_none()) {
        let same = retirement.from == from && retirement.reason == reason.trim();
        return if same {
            Ok((vehicle, retirement.clone()))
        } else {
            Err(LifeError::Retired { from: retirement.from })
        };
    }
    let retirement = Retirement {
        vehicle_id: vehicle.id,
        entry: known.iter().map(|one| one.entry).max().unwrap_or_default().saturating_add(1),
        from,
        reason: reason.trim().to_owned(),
        account: caller.account_id.clone(),
        recorded_at: now,
        superseded_at: None,
        withdrawal_reason: None,
    };
    retirements::insert(tx, &retirement)?;
    let numbers = numbers_of(tx.db(), &[vehicle.id])?;
    let followed = follow(tx, now, zone, &numbers, Cause::Retirement, None)?;
    let vehicle = get_vehicle(tx.db(), caller, device)?;
    let mut drafts = vec![Draft::of(caller, Action::VehicleRetired, device.as_str())];
    drafts.extend(followed.annulled.iter().map(|number| Draft::of(caller, Action::Annul, &number.to_string())));
    audit_log::append(tx, now, rng, &drafts)?;
    Ok((vehicle, retirement))
}

/// Withdraws a retirement that was recorded by mistake: the number is borne again as if it had not been recorded. What
/// was believed meanwhile stays findable.
///
/// # Errors
/// [`LifeError::Unknown`], [`LifeError::NotRetired`].
pub fn withdraw_retirement(
    tx: &mut Tx<'_>,
    zone: Zone,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    (operator, device): (&OperatorId, &DeviceId),
    reason: &str,
) -> Result<Vehicle, LifeError> {
    check_text("reason", reason, 2000)?;
    if operators::find(tx.db(), operator)?.is_none() {
        return Err(LifeError::Unknown);
    }
    operators::take_turn(tx, operator)?;
    let wanted = [device.as_str().to_owned()];
    let vehicle = vehicles::find_all(tx.db(), operator, Wanted::Devices(&wanted))?.into_iter().next();
    let vehicle = vehicle.ok_or(LifeError::Unknown)?;
    let known = retirements::of_vehicles(tx.db(), &[vehicle.id])?;
    if known.iter().all(|one| one.superseded_at.is_some()) {
        return Err(LifeError::NotRetired);
    }
    retirements::withdraw(tx, vehicle.id, &caller.account_id, reason.trim(), now)?;
    let numbers = numbers_of(tx.db(), &[vehicle.id])?;
    follow(tx, now, zone, &numbers, Cause::Withdrawal, None)?;
    let vehicle = vehicles::find_all(tx.db(), operator, Wanted::Devices(&wanted))?.into_iter().next();
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::RetirementWithdrawn, device.as_str())])?;
    vehicle.ok_or(LifeError::Unknown)
}
