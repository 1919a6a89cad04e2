//! The periods of numbers follow from what was stated: service dates, retirements, corrections.
//!
//! *Invariant:* a plate whose period still follows stays as it is; another is superseded, and the one that follows is a
//! new version. A number never loses its last plate: one that nobody bore has an empty period.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::{
    ImportId, Moment, Period, Plate, PlateCorrection, VehicleId, VehicleVersion, Zone, bearers, service_periods,
};
use crate::plate::PlateNumber;
use crate::storage::{self, Db, Tx, plate_corrections, plates, retirements, series, vehicles};

/// Why plates change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::registry) enum Cause {
    /// The service dates of a vehicle were stated anew.
    Service,
    /// A vehicle was retired.
    Retirement,
    /// A retirement was withdrawn.
    Withdrawal,
    /// A number was borne by another vehicle in truth.
    Correction,
}

/// What became of the plates.
#[derive(Debug, Default)]
pub(in crate::registry) struct Followed {
    /// The new versions.
    pub(in crate::registry) recorded: Vec<Plate>,
    /// How many versions they superseded.
    pub(in crate::registry) superseded: usize,
    /// Numbers that end now, or end at another instant than before.
    pub(in crate::registry) annulled: Vec<PlateNumber>,
}

/// What the service periods of a vehicle follow from.
#[derive(Debug, Default)]
pub(super) struct Life {
    pub(super) versions: Vec<VehicleVersion>,
    pub(super) retired_from: Option<Moment>,
}

/// What is known of one number.
pub(super) struct Known<'a> {
    /// All versions of its plates; at least one.
    pub(super) plates: &'a [Plate],
    pub(super) corrections: &'a [PlateCorrection],
    pub(super) lives: &'a HashMap<VehicleId, Life>,
    pub(super) in_use_since: Option<Moment>,
    pub(super) zone: Zone,
}

/// Who bears a number when, as everything stated comes to; in order, and never empty.
pub(super) fn borne(known: &Known<'_>, now: Moment) -> Vec<(VehicleId, Period)> {
    let Some(first) = known.plates.iter().min_by_key(|plate| plate.version) else { return Vec::new() };
    let mut told = Vec::new();
    for (bearer, piece) in bearers(first.vehicle_id, known.corrections) {
        let Some((bearer, life)) = bearer.and_then(|bearer| Some((bearer, known.lives.get(&bearer)?))) else {
            continue;
        };
        let served = service_periods(&life.versions, known.zone, known.in_use_since, life.retired_from);
        for period in served.into_iter().map(|period| period.common(piece)).filter(|period| !period.is_empty()) {
            match told.last_mut() {
                // A correction that changed nothing here has cut the period all the same.
                Some((last, before)) if *last == bearer && joins(*before, period) => *before = joined(*before, period),
                _ => told.push((bearer, period)),
            }
        }
    }
    if told.is_empty() {
        let current = || known.plates.iter().filter(|plate| plate.superseded_at.is_none());
        let last = current().max_by_key(|plate| plate.version).unwrap_or(first);
        let from = current().find_map(|plate| plate.borne.from).unwrap_or(now);
        told.push((last.vehicle_id, Period::new(Some(from), Some(from))));
    }
    told
}

fn joins(before: Period, after: Period) -> bool {
    before.until.is_some() && before.until == after.from
}

const fn joined(before: Period, after: Period) -> Period {
    Period::new(before.from, after.until)
}

/// Returns the plates that no longer follow, and those that do and are not recorded yet.
pub(super) fn difference(known: &Known<'_>, now: Moment, cause: Cause) -> (Vec<Plate>, Vec<Plate>) {
    let told = borne(known, now);
    let current: Vec<_> = known.plates.iter().filter(|plate| plate.superseded_at.is_none()).collect();
    let recorded: HashSet<_> = current.iter().map(|plate| (plate.vehicle_id, plate.borne)).collect();
    let following: HashSet<_> = told.iter().copied().collect();
    let gone: Vec<_> = current
        .iter()
        .filter(|plate| !following.contains(&(plate.vehicle_id, plate.borne)))
        .copied()
        .cloned()
        .collect();
    let Some(newest) = known.plates.iter().max_by_key(|plate| plate.version) else { return (gone, Vec::new()) };
    let missing = told.iter().enumerate().filter(|(_, borne)| !recorded.contains(borne));
    let new = missing
        .zip(newest.version.saturating_add(1)..)
        .map(|((place, (vehicle, period)), version)| Plate {
            number: newest.number,
            version,
            vehicle_id: *vehicle,
            operator_id: newest.operator_id.clone(),
            borne: *period,
            reason: reason(cause, *period, place, told.len()).to_owned(),
            recorded_at: now,
            superseded_at: None,
        })
        .collect();
    (gone, new)
}

/// Why the plate of a period is recorded; `place` is that of the period, of so many.
fn reason(cause: Cause, period: Period, place: usize, of: usize) -> &'static str {
    match cause {
        Cause::Retirement => "retired",
        Cause::Withdrawal => "retirement withdrawn",
        Cause::Correction => "corrected",
        Cause::Service if place.saturating_add(1) == of && period.until.is_some() => "annulled",
        Cause::Service if place > 0 => "back in service",
        Cause::Service => "service dates changed",
    }
}

fn end(plates: &[&Plate]) -> Option<Moment> {
    let last = plates.iter().max_by_key(|plate| (plate.borne.until.is_none(), plate.borne.until))?;
    last.borne.until
}

/// Records the plates of these numbers as they follow from what is stated now. The operator's turn must have been taken.
///
/// # Errors
/// Those of the database.
pub(in crate::registry) fn follow(
    tx: &mut Tx<'_>,
    now: Moment,
    zone: Zone,
    of: &[PlateNumber],
    cause: Cause,
    import: Option<&ImportId>,
) -> storage::Result<Followed> {
    let mut by_number: BTreeMap<PlateNumber, Vec<Plate>> = BTreeMap::new();
    for plate in plates::find_all_versions(tx.db(), of)? {
        by_number.entry(plate.number).or_default().push(plate);
    }
    let mut corrections: HashMap<PlateNumber, Vec<PlateCorrection>> = HashMap::new();
    for correction in plate_corrections::of_numbers(tx.db(), of)? {
        corrections.entry(correction.number).or_default().push(correction);
    }
    let named = corrections.values().flatten().filter_map(|correction| correction.bearer);
    let borne_by: HashSet<_> = by_number.values().flatten().map(|plate| plate.vehicle_id).chain(named).collect();
    let lives = lives(tx.db(), &borne_by.into_iter().collect::<Vec<_>>())?;
    let letters: HashMap<_, _> =
        series::list(tx.db(), None, None, 26)?.into_iter().map(|series| (series.letter, series.in_use_since)).collect();
    let mut followed = Followed::default();
    let mut superseded = Vec::new();
    for (number, plates) in &by_number {
        let known = Known {
            plates,
            corrections: corrections.get(number).map_or(&[], Vec::as_slice),
            lives: &lives,
            in_use_since: number.letter().and_then(|letter| letters.get(&letter).copied().flatten()),
            zone,
        };
        let (gone, new) = difference(&known, now, cause);
        let before: Vec<_> = plates.iter().filter(|plate| plate.superseded_at.is_none()).collect();
        let after: Vec<_> = before.iter().copied().filter(|plate| !gone.contains(plate)).chain(new.iter()).collect();
        if end(&after).is_some() && end(&after) != end(&before) {
            followed.annulled.push(*number);
        }
        superseded.extend(gone);
        followed.recorded.extend(new);
    }
    followed.superseded = superseded.len();
    plates::supersede(tx, &superseded, now)?;
    plates::insert(tx, &followed.recorded, import)?;
    Ok(followed)
}

fn lives(db: &mut Db, of: &[VehicleId]) -> storage::Result<HashMap<VehicleId, Life>> {
    let mut lives: HashMap<VehicleId, Life> = HashMap::new();
    for version in vehicles::find_versions(db, of)? {
        lives.entry(version.vehicle_id).or_default().versions.push(version);
    }
    for retirement in retirements::of_vehicles(db, of)?.into_iter().filter(|one| one.superseded_at.is_none()) {
        lives.entry(retirement.vehicle_id).or_default().retired_from = Some(retirement.from);
    }
    Ok(lives)
}

/// Returns the numbers whose plates follow from the life of these vehicles.
///
/// # Errors
/// Those of the database.
pub(in crate::registry) fn numbers_of(db: &mut Db, of: &[VehicleId]) -> storage::Result<Vec<PlateNumber>> {
    // Also those that a vehicle bears at no instant as believed now: with other service dates it may.
    let mut numbers: Vec<_> = plates::all_versions_of_vehicles(db, of)?.into_iter().map(|plate| plate.number).collect();
    numbers.extend(plate_corrections::of_vehicles(db, of)?.into_iter().map(|correction| correction.number));
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}
