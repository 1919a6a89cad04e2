//! A plate put on a scooter: both codes scanned, and what contradicts the records raises an alarm.
//!
//! *Invariant:* what was scanned is recorded whatever it contradicts; a contradiction stands open once, however often it
//! is reported.

use rand::Rng;
use std::collections::BTreeMap;

use super::ItemError;
use super::judge::judge;
use super::record::{ItemStatement, own, since, state, text};
use crate::audit::Action;
use crate::model::{
    Alarm, AlarmId, AlarmKind, AsKnown, Caller, DeviceId, Fitting, FittingId, ItemState, LinkVerdict, Moment,
    OperatorId, Place, Plate, PlateItem, PlateStatus, Vehicle, VehicleId, plate_status_at,
};
use crate::plate::{PlateLink, PlateNumber};
use crate::registry::TagKeys;
use crate::storage::audit_log::{self, Draft};
use crate::storage::plate_items::{self, FittingsWanted};
use crate::storage::vehicles::{self, Wanted};
use crate::storage::{Db, Tx, operators, plates};

/// What somebody scanned.
#[derive(Debug, Clone)]
pub struct NewFitting {
    /// What the code of the plate says.
    pub link: PlateLink,
    /// The same as it was scanned.
    pub scanned: String,
    /// The scooter.
    pub device_id: DeviceId,
    /// When it was fitted; `None`: now.
    pub at: Option<Moment>,
    /// Where.
    pub place: Option<Place>,
    /// What else there is to say.
    pub note: Option<String>,
}

/// A fitting that was recorded.
#[derive(Debug, Clone)]
pub struct FittingDone {
    /// The fitting.
    pub fitting: Fitting,
    /// The scooter.
    pub vehicle: Vehicle,
    /// The caller's alarms that it raised, or that stood open already.
    pub alarms: Vec<Alarm>,
}

/// Records that a plate was put on a scooter of the caller's. Goes on while the operator is suspended.
///
/// # Errors
/// [`ItemError`].
pub fn fit(
    tx: &mut Tx<'_>,
    keys: &TagKeys,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    new: &NewFitting,
) -> Result<FittingDone, ItemError> {
    let operator = operators::take_turn(tx, own(caller)?)?.id;
    let vehicle = vehicle(tx.db(), &operator, &new.device_id)?;
    if new.at.is_some_and(|at| at > now) {
        return Err(ItemError::InFuture);
    }
    let items = plate_items::of_numbers(tx.db(), &[new.link.number])?;
    let plates = plates::find_by_numbers(tx.db(), &[new.link.number])?;
    let fitted_at = new.at.unwrap_or(now);
    let verdict = judge(keys, &new.link, &items, fitted_at, AsKnown::Now);
    let fitting = Fitting {
        id: FittingId::new(now, rng),
        operator_id: operator.clone(),
        number: new.link.number,
        item: verdict.item(),
        verdict: verdict.name().to_owned(),
        scanned: scanned(new, verdict),
        vehicle_id: vehicle.id,
        fitted_at,
        place: new.place,
        note: text("note", new.note.as_deref())?,
        recorded_at: now,
    };
    plate_items::insert_fitting(tx, &fitting, &caller.account_id)?;
    let is_own = plates.iter().any(|plate| plate.operator_id == operator);
    if is_own && let Some(item) = fitted_item(&items, verdict) {
        let since = since(item, new.at, now).unwrap_or(now);
        let fitted = ItemStatement { item, state: ItemState::Fitted, since, reason: None };
        // A plate that is younger than its fitting may be withdrawn already, which is final.
        if item.standing(since, AsKnown::Now).is_some_and(|standing| standing.state != ItemState::Withdrawn) {
            state(tx, &[fitted], &caller.account_id, now)?;
        }
    }
    let kinds = contradictions(tx.db(), &fitting, verdict, &plates, &items)?;
    let (alarms, fresh) = raise(tx, now, rng, &fitting, &plates, &kinds)?;
    let mut drafts = vec![Draft::of(caller, Action::PlateFitted, fitting.id.as_str())];
    drafts.extend(fresh.iter().map(|alarm| Draft::of(caller, Action::Alarm, alarm.id.as_str())));
    audit_log::append(tx, now, rng, &drafts)?;
    Ok(FittingDone { fitting, vehicle, alarms })
}

fn vehicle(db: &mut Db, operator: &OperatorId, device: &DeviceId) -> Result<Vehicle, ItemError> {
    let wanted = [device.as_str().to_owned()];
    let found = vehicles::find_all(db, operator, Wanted::Devices(&wanted))?;
    found.into_iter().next().ok_or_else(|| ItemError::UnknownVehicle(device.clone()))
}

/// A true tag need not stand in the database, where whoever reads it could print the plate; a false one is evidence.
fn scanned(new: &NewFitting, verdict: LinkVerdict) -> String {
    match verdict {
        LinkVerdict::FalseTag => new.scanned.clone(),
        _ => new.link.plate(),
    }
}

fn fitted_item(items: &[PlateItem], verdict: LinkVerdict) -> Option<&PlateItem> {
    let LinkVerdict::Valid { item } = verdict else { return None };
    items.iter().find(|found| found.item == item)
}

/// Returns what a fitting that was just recorded contradicts.
fn contradictions(
    db: &mut Db,
    fitting: &Fitting,
    verdict: LinkVerdict,
    plates: &[Plate],
    items: &[PlateItem],
) -> Result<Vec<AlarmKind>, ItemError> {
    let status = plate_status_at(plates, fitting.fitted_at, AsKnown::Now);
    let mut of_number = plate_items::fittings_of(db, fitting.number)?;
    let settled_at = settled_at(db, fitting.number, plates)?;
    // The one that was just recorded speaks in any case.
    of_number.retain(|one| one.id == fitting.id || speaks_still(one, items, settled_at));
    let kinds = [
        (AlarmKind::FalseTag, verdict == LinkVerdict::FalseTag),
        (
            AlarmKind::WithdrawnItemFitted,
            matches!(verdict, LinkVerdict::Replaced { .. } | LinkVerdict::Withdrawn { .. })
                || status == Some(PlateStatus::Annulled),
        ),
        (AlarmKind::OtherVehicle, is_elsewhere(fitting, plates)),
        (AlarmKind::NumberOnTwoVehicles, vehicles_with(&of_number).len() > 1),
    ];
    Ok(kinds.into_iter().filter_map(|(kind, holds)| holds.then_some(kind)).collect())
}

/// Whether the number belongs to another scooter: to the one that bore it when the plate was fitted; where none did, to any
/// that bore or will bear it.
fn is_elsewhere(fitting: &Fitting, plates: &[Plate]) -> bool {
    let is_here = |plate: &Plate| plate.vehicle_id == fitting.vehicle_id;
    let mut bore_it = plates.iter().filter(|plate| plate.borne.contains(fitting.fitted_at)).peekable();
    if bore_it.peek().is_some() { !bore_it.any(is_here) } else { !plates.is_empty() && !plates.iter().any(is_here) }
}

/// When somebody last settled that the number is on two scooters. Only whose number it is can: a competitor would silence
/// what it raised itself.
fn settled_at(db: &mut Db, number: PlateNumber, plates: &[Plate]) -> Result<Option<Moment>, ItemError> {
    let counts = |alarm: &Alarm| {
        alarm.kind == AlarmKind::NumberOnTwoVehicles
            && (plates.is_empty() || plates.iter().any(|plate| plate.operator_id == alarm.operator_id))
    };
    let alarms = plate_items::alarms_of(db, &[number])?;
    Ok(alarms.into_iter().filter(counts).filter_map(|alarm| alarm.settled.map(|(at, _)| at)).max())
}

/// Whether a fitting still tells where a plate is: it was not settled since, and a plate that was valid then still is.
fn speaks_still(fitting: &Fitting, items: &[PlateItem], settled_at: Option<Moment>) -> bool {
    let is_withdrawn_since = items.iter().any(|item| {
        Some(item.item) == fitting.item
            && fitting.verdict == (LinkVerdict::Valid { item: item.item }).name()
            && item.is_withdrawn()
    });
    !is_withdrawn_since && settled_at.is_none_or(|settled| settled < fitting.recorded_at)
}

/// Returns on which scooters the plates of a number are, by the newest fitting of each plate. Plates with a false code
/// count too, each scooter by itself: the number is seen there.
fn vehicles_with(fittings: &[Fitting]) -> Vec<VehicleId> {
    let mut newest: BTreeMap<(Option<u32>, i64), &Fitting> = BTreeMap::new();
    for fitting in fittings {
        let of_false_code = if fitting.item.is_none() { fitting.vehicle_id.0 } else { 0 };
        newest.insert((fitting.item, of_false_code), fitting);
    }
    let mut found: Vec<_> = newest.into_values().map(|fitting| fitting.vehicle_id).collect();
    found.sort_unstable_by_key(|id| id.0);
    found.dedup();
    found
}

/// Raises alarms for who reported the fitting and, without telling it of the other's scooter, for whose number it is.
/// Returns those of the reporter, and all that are new.
fn raise(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    fitting: &Fitting,
    plates: &[Plate],
    kinds: &[AlarmKind],
) -> Result<(Vec<Alarm>, Vec<Alarm>), ItemError> {
    let open = plate_items::open_alarms(tx.db(), fitting.number)?;
    let reporter = (&fitting.operator_id, Some(fitting.vehicle_id), Some(fitting.id.clone()));
    let owner = plates.iter().map(|plate| &plate.operator_id).find(|owner| **owner != fitting.operator_id);
    let concerned = std::iter::once(reporter).chain(owner.map(|owner| (owner, None, None)));
    let (mut of_reporter, mut fresh) = (Vec::new(), Vec::new());
    for (operator, vehicle_id, fitting_id) in concerned {
        for kind in kinds {
            let standing = open
                .iter()
                .find(|alarm| alarm.operator_id == *operator && alarm.kind == *kind && alarm.vehicle_id == vehicle_id);
            let alarm = standing.cloned().unwrap_or_else(|| {
                let alarm = Alarm {
                    id: AlarmId::new(now, rng),
                    operator_id: operator.clone(),
                    kind: *kind,
                    number: fitting.number,
                    item: fitting.item,
                    vehicle_id,
                    fitting_id: fitting_id.clone(),
                    raised_at: now,
                    settled: None,
                };
                fresh.push(alarm.clone());
                alarm
            });
            if *operator == fitting.operator_id {
                of_reporter.push(alarm);
            }
        }
    }
    plate_items::insert_alarms(tx, &fresh)?;
    Ok((of_reporter, fresh))
}

/// Which fittings are asked for.
#[derive(Debug, Clone, Default)]
pub struct FittingsOf {
    /// Only those of this number.
    pub number: Option<PlateNumber>,
    /// Only those on this scooter.
    pub device_id: Option<DeviceId>,
}

/// Lists what the caller reported, after the id given; a scooter that is not the caller's has none.
///
/// # Errors
/// [`ItemError`].
pub fn list_fittings(
    db: &mut Db,
    caller: &Caller,
    of: &FittingsOf,
    after: Option<&str>,
    rows: usize,
) -> Result<Vec<Fitting>, ItemError> {
    let operator = own(caller)?;
    let vehicle = match &of.device_id {
        None => None,
        Some(device) => match vehicle(db, operator, device) {
            Ok(vehicle) => Some(vehicle.id),
            Err(ItemError::UnknownVehicle(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        },
    };
    let wanted = FittingsWanted { operator: operator.clone(), number: of.number, vehicle };
    Ok(plate_items::list_fittings(db, &wanted, after, rows)?)
}
