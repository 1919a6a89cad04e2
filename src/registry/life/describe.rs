//! Descriptions are changed and corrected one by one; so is a vehicle put out of service, and back.
//!
//! *Invariant:* a description is never overwritten: a change that says something new is a new version, with its reason;
//! one that says nothing new leaves no trace.

use rand::Rng;

use super::error::{LifeError, check_text};
use super::follow::{Cause, Followed, follow, numbers_of};
use crate::audit::Action;
use crate::model::{
    AsKnown, Caller, DeviceId, Fact, Moment, ServicePeriod, Vehicle, VehicleFacts, VehicleVersion, Zone,
    description_at, service_stated,
};
use crate::registry::read::get_vehicle;
use crate::storage::audit_log::{self, Draft};
use crate::storage::vehicles::{self, NewVersion, Wanted};
use crate::storage::{Tx, operators, retirements};

/// A change of a vehicle's description.
#[derive(Debug, Clone, Default)]
pub struct VehicleChange {
    /// The facts that are stated, also those that are erased.
    pub stated: Vec<Fact>,
    /// Their values; absent ones of the stated are erased.
    pub facts: VehicleFacts,
    /// From when on they hold; `None`: they always held. Service dates speak for themselves.
    pub since: Option<Moment>,
    /// Why.
    pub reason: String,
    /// The versions that the caller may have read; `None`: whatever it is at.
    pub expected: Option<Vec<u32>>,
}

/// Changes or corrects the description of a vehicle of the caller's.
///
/// A last day in service ends the number's period; a first day after it opens the next one, for the same number.
///
/// # Errors
/// [`LifeError`].
pub fn change(
    tx: &mut Tx<'_>,
    zone: Zone,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    device: &DeviceId,
    change: &VehicleChange,
) -> Result<Vehicle, LifeError> {
    check(change, now)?;
    let operator = caller.operator_id.clone().ok_or(LifeError::NotAnOperator)?;
    operators::take_turn(tx, &operator)?;
    let vehicle = get_vehicle(tx.db(), caller, device)?;
    if change.expected.as_ref().is_some_and(|expected| !expected.contains(&vehicle.version)) {
        return Err(LifeError::Moved { version: vehicle.version });
    }
    let known = vehicles::find_versions(tx.db(), &[vehicle.id])?;
    let new = next_version(zone, &known, &vehicle, change, caller)?;
    if says_nothing_new(&known, &new, now) {
        return Ok(vehicle);
    }
    let serves = new.stated.iter().flatten().any(|fact| fact.is_service_date());
    if serves {
        refuse_retired(tx, &vehicle)?;
    }
    if let Some(serial) = new.facts.serial_number.clone().filter(|_| change.stated.contains(&Fact::SerialNumber)) {
        let found = vehicles::find_all(tx.db(), &operator, Wanted::SerialNumbers(&[serial]))?;
        if found.iter().any(|other| other.id != vehicle.id) {
            return Err(LifeError::SerialNumberTaken);
        }
    }
    vehicles::change(tx, &operator, &[new], None, now)?;
    let mut followed = Followed::default();
    if serves {
        let numbers = numbers_of(tx.db(), &[vehicle.id])?;
        followed = follow(tx, now, zone, &numbers, Cause::Service, None)?;
    }
    let changed = get_vehicle(tx.db(), caller, device)?;
    let mut drafts = vec![Draft::of(caller, Action::VehicleChanged, device.as_str())];
    drafts.extend(followed.annulled.iter().map(|number| Draft::of(caller, Action::Annul, &number.to_string())));
    audit_log::append(tx, now, rng, &drafts)?;
    Ok(changed)
}

fn check(change: &VehicleChange, now: Moment) -> Result<(), LifeError> {
    check_text("reason", &change.reason, 2000)?;
    if change.stated.is_empty() {
        return Err(LifeError::NoFact);
    }
    let facts = &change.facts;
    let texts = [
        ("serial_number", &facts.serial_number, 128),
        ("make", &facts.make, 200),
        ("model", &facts.model, 200),
        ("colour", &facts.colour, 200),
        ("comment", &facts.comment, 2000),
    ];
    for (field, text, most) in texts {
        text.as_deref().map_or(Ok(()), |text| check_text(field, text, most))?;
    }
    if facts.year.is_some_and(|year| !(1990..=2100).contains(&year)) {
        return Err(LifeError::Year);
    }
    if change.since.is_some_and(|since| since > now) {
        return Err(LifeError::InFuture("since"));
    }
    Ok(())
}

fn next_version(
    zone: Zone,
    known: &[VehicleVersion],
    vehicle: &Vehicle,
    change: &VehicleChange,
    caller: &Caller,
) -> Result<NewVersion, LifeError> {
    let mut facts = vehicle.facts.clone();
    for fact in &change.stated {
        fact.copy(&change.facts, &mut facts);
    }
    let mut stated = change.stated.clone();
    let mut service = ServicePeriod::FIRST;
    if stated.iter().any(|fact| fact.is_service_date()) {
        let old = (vehicle.facts.in_service, vehicle.facts.out_of_service);
        let (period, (first, last)) = service_stated(zone, known, old, (facts.in_service, facts.out_of_service));
        if first.zip(last).is_some_and(|(first, last)| last < first) {
            return Err(LifeError::Backwards("out_of_service"));
        }
        (facts.in_service, facts.out_of_service) = (first, last);
        service = period;
        // The two dates are one statement about one period.
        stated.extend([Fact::InService, Fact::OutOfService]);
    }
    stated.sort_unstable();
    stated.dedup();
    Ok(NewVersion {
        id: vehicle.id,
        device_id: vehicle.device_id.clone(),
        version: vehicle.version.saturating_add(1),
        facts,
        stated: Some(stated),
        holds_from: change.since,
        service,
        reason: Some(change.reason.trim().to_owned()),
        recorded_by: Some(caller.account_id.as_str().to_owned()),
    })
}

/// A statement says something new if the vehicle is told otherwise by it at some instant.
fn says_nothing_new(known: &[VehicleVersion], new: &NewVersion, now: Moment) -> bool {
    let mut with = known.to_vec();
    with.push(VehicleVersion {
        vehicle_id: new.id,
        version: new.version,
        facts: new.facts.clone(),
        stated: new.stated.clone(),
        holds_from: new.holds_from,
        service: new.service,
        reason: None,
        recorded_by: None,
        recorded_at: now,
        superseded_at: None,
    });
    let begins = with.iter().flat_map(|version| [version.holds_from, version.service.from]).flatten();
    let mut instants = begins.chain([Moment::from_millis(i64::MIN)]);
    instants.all(|at| {
        let told = |versions: &[VehicleVersion]| description_at(versions, at, AsKnown::Now).map(|told| told.facts);
        told(known) == told(&with)
    })
}

/// A vehicle that left service for good does not come back, and its last day is that of its retirement.
fn refuse_retired(tx: &mut Tx<'_>, vehicle: &Vehicle) -> Result<(), LifeError> {
    let retirements = retirements::of_vehicles(tx.db(), &[vehicle.id])?;
    match retirements.iter().find(|retirement| retirement.superseded_at.is_none()) {
        Some(retirement) => Err(LifeError::Retired { from: retirement.from }),
        None => Ok(()),
    }
}
