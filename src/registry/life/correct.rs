//! A number is corrected: another vehicle of the same operator bore it in truth, or none did.
//!
//! *Invariant:* who bore a number is corrected by a statement, never by rewriting plates; a number that was wrongly issued
//! is annulled and never given again; none moves to another operator.

use rand::Rng;
use std::collections::BTreeSet;

use super::error::{LifeError, check_text};
use super::follow::{Cause, follow};
use crate::audit::Action;
use crate::model::{Caller, DeviceId, Moment, OperatorId, Plate, PlateCorrection, Role, Vehicle, VehicleId, Zone};
use crate::plate::PlateNumber;
use crate::storage::audit_log::{self, Draft};
use crate::storage::vehicles::{self, Wanted};
use crate::storage::{Db, Tx, operators, plate_corrections, plates, retirements};

/// What is true of a number.
#[derive(Debug, Clone)]
pub struct Correction {
    /// Who bore it; `None`: nobody, it was wrongly issued.
    pub device: Option<DeviceId>,
    /// Since when; `None`: since ever.
    pub from: Option<Moment>,
    /// Why.
    pub reason: String,
}

/// What a correction came to.
#[derive(Debug, Clone)]
pub struct Corrected {
    /// The correction.
    pub correction: PlateCorrection,
    /// The number's plates as believed now, in order.
    pub plates: Vec<Plate>,
    /// The vehicles that bear them.
    pub vehicles: Vec<Vehicle>,
    /// Other numbers that the vehicle bears now as well: it may want a correction too.
    pub also_bears: Vec<PlateNumber>,
    /// Vehicles that bore the number as believed before, and now bear none.
    pub without_number: Vec<DeviceId>,
}

/// Corrects who bears a number.
///
/// The vehicle bears it during its own service periods, from then on. A retired vehicle bears it until its retirement.
/// What the number's plates say before that instant stays, and so does what was believed before the correction.
///
/// Annulled numbers never come back: where an operator corrects one, another scooter bears it until its end and no longer.
/// Only the scooter that bore it on until lately may bear it again, because its end was the mistake; the regulator decides
/// of the others.
///
/// # Errors
/// [`LifeError::Unknown`] also for another operator's number or vehicle; [`LifeError::NumberAnnulled`] where the number's
/// last period has ended by then, [`LifeError::Retired`] where the vehicle has left service for good by then,
/// [`LifeError::NothingToCorrect`] where the record says so already.
pub fn correct(
    tx: &mut Tx<'_>,
    zone: Zone,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    number: PlateNumber,
    asked: &Correction,
) -> Result<Corrected, LifeError> {
    check_text("reason", &asked.reason, 2000)?;
    if asked.from.is_some_and(|from| from > now) {
        return Err(LifeError::InFuture("from"));
    }
    let operator = owner(tx.db(), caller, number)?;
    operators::take_turn(tx, &operator)?;
    let before = plates::find_by_numbers(tx.db(), &[number])?;
    let bearer = asked.device.as_ref().map(|device| bearer(tx, &operator, device, asked.from)).transpose()?;
    let ends = before.iter().map(|plate| plate.borne.until).collect::<Option<Vec<_>>>();
    let end = ends.and_then(|ends| ends.into_iter().max());
    if end.is_some_and(|end| asked.from.is_some_and(|from| end <= from)) {
        return Err(LifeError::NumberAnnulled);
    }
    let annulled_at = end.filter(|end| *end <= now && caller.role != Role::Regulator);
    let only_until = match annulled_at.zip(bearer) {
        Some((end, bearer)) if !lately_bore(tx.db(), number, bearer, end)? => Some(end),
        _ => None,
    };
    let known = plate_corrections::of_numbers(tx.db(), &[number])?;
    let correction = PlateCorrection {
        number,
        entry: known.iter().map(|one| one.entry).max().unwrap_or_default().saturating_add(1),
        bearer,
        since: asked.from,
        reason: asked.reason.trim().to_owned(),
        account: caller.account_id.clone(),
        recorded_at: now,
    };
    plate_corrections::insert(tx, &correction)?;
    if let Some(end) = only_until {
        // The number stays annulled: another scooter bore it in the past, and nobody does since its end.
        let nobody = PlateCorrection {
            entry: correction.entry.saturating_add(1),
            bearer: None,
            since: Some(end),
            ..correction.clone()
        };
        plate_corrections::insert(tx, &nobody)?;
    }
    let followed = follow(tx, now, zone, &[number], Cause::Correction, None)?;
    if followed.recorded.is_empty() && followed.superseded == 0 {
        return Err(LifeError::NothingToCorrect);
    }
    let corrected = consequences(tx.db(), correction, &before, now)?;
    let mut drafts = vec![Draft::of(caller, Action::Correction, &number.to_string())];
    drafts.extend(followed.annulled.iter().map(|number| Draft::of(caller, Action::Annul, &number.to_string())));
    audit_log::append(tx, now, rng, &drafts)?;
    Ok(corrected)
}

/// Finds whose a number is: an operator's own, or anybody's for the regulator.
fn owner(db: &mut Db, caller: &Caller, number: PlateNumber) -> Result<OperatorId, LifeError> {
    let mut found = plates::find_by_numbers(db, &[number])?;
    if caller.role != Role::Regulator {
        let operator = caller.operator_id.as_ref().ok_or(LifeError::NotAnOperator)?;
        found.retain(|plate| plate.operator_id == *operator);
    }
    found.into_iter().next().map(|plate| plate.operator_id).ok_or(LifeError::Unknown)
}

/// Whether it was this scooter of which the registry believed last that it bears the number past its end. What was
/// believed before of others does not count: a number would come back through any scooter that once was named by mistake.
fn lately_bore(db: &mut Db, number: PlateNumber, vehicle: VehicleId, end: Moment) -> Result<bool, LifeError> {
    let versions = plates::find_all_versions(db, &[number])?;
    let past_end = versions.iter().filter(|plate| plate.borne.until.is_none_or(|until| end < until));
    let last = past_end.max_by_key(|plate| (plate.superseded_at, plate.version));
    Ok(last.is_some_and(|plate| plate.vehicle_id == vehicle))
}

fn bearer(
    tx: &mut Tx<'_>,
    operator: &OperatorId,
    device: &DeviceId,
    from: Option<Moment>,
) -> Result<VehicleId, LifeError> {
    let wanted = [device.as_str().to_owned()];
    let found = vehicles::find_all(tx.db(), operator, Wanted::Devices(&wanted))?;
    let vehicle = found.into_iter().next().ok_or(LifeError::Unknown)?;
    let retired = retirements::of_vehicles(tx.db(), &[vehicle.id])?;
    let retired = retired.iter().find(|one| one.superseded_at.is_none());
    match retired.filter(|retirement| from.is_some_and(|from| retirement.from <= from)) {
        Some(retirement) => Err(LifeError::Retired { from: retirement.from }),
        None => Ok(vehicle.id),
    }
}

fn consequences(
    db: &mut Db,
    correction: PlateCorrection,
    before: &[Plate],
    now: Moment,
) -> Result<Corrected, LifeError> {
    let mut after = plates::find_by_numbers(db, &[correction.number])?;
    after.sort_by_key(|plate| (plate.borne.from, plate.version));
    let concerned: BTreeSet<_> =
        before.iter().chain(&after).map(|plate| plate.vehicle_id).chain(correction.bearer).collect();
    let concerned: Vec<_> = concerned.into_iter().collect();
    let borne = plates::of_vehicles(db, &concerned)?;
    let borne_now =
        |vehicle: VehicleId| borne.iter().filter(move |plate| plate.vehicle_id == vehicle && plate.borne.contains(now));
    let mut also_bears: Vec<_> = correction.bearer.into_iter().flat_map(borne_now).map(|plate| plate.number).collect();
    also_bears.retain(|number| *number != correction.number);
    let mut vehicles: Vec<_> = vehicles::find_by_ids(db, &concerned)?.into_values().collect();
    vehicles.sort_by_key(|vehicle| vehicle.id);
    let formerly = |vehicle: &&Vehicle| before.iter().any(|plate| plate.vehicle_id == vehicle.id);
    let without_number = vehicles
        .iter()
        .filter(formerly)
        .filter(|vehicle| borne_now(vehicle.id).next().is_none())
        .map(|vehicle| vehicle.device_id.clone())
        .collect();
    Ok(Corrected { correction, plates: after, vehicles, also_bears, without_number })
}
