//! A vehicle told as of an instant, as known then or now.
//!
//! *Invariant:* reads only, in one view of the database; what was not known at the instant of knowledge does not show in
//! any part of the answer. A vehicle that was not registered yet is not told with gaps but said to be unknown then.

use std::collections::{BTreeSet, HashMap};

use super::error::LifeError;
use crate::model::{
    AsKnown, Caller, Cover, Coverage, DeviceId, ItemStanding, MaintenanceRecord, Moment, Plate, PlateItem, PlateStatus,
    Retirement, Standing, StatusReport, Vehicle, VehicleFacts, VehicleId, VehicleVersion, Zone, description_at,
    plate_status_at, service_periods, status_at,
};
use crate::plate::PlateNumber;
use crate::registry::read::get_vehicle;
use crate::storage::{
    self, Db, maintenance, plate_items, plates, policy_coverage, retirements, vehicle_statuses, vehicles,
};

/// A vehicle as it is now.
#[derive(Debug, Clone)]
pub struct Present {
    /// The vehicle.
    pub vehicle: Vehicle,
    /// Where it is in its life.
    pub standing: Standing,
    /// From when on it is retired.
    pub retired_from: Option<Moment>,
}

/// A number that a vehicle bears, bore or will bear.
#[derive(Debug, Clone)]
pub struct NumberThen {
    /// The number with its period.
    pub plate: Plate,
    /// Whether this vehicle bears it at the instant.
    pub status: PlateStatus,
}

/// A vehicle as of an instant, as known then or now.
#[derive(Debug, Clone)]
pub struct Story {
    /// Which vehicle.
    pub vehicle: Vehicle,
    /// What it was like.
    pub facts: VehicleFacts,
    /// The newest version of its description that says something of that.
    pub version: u32,
    /// Where it was in its life.
    pub standing: Standing,
    /// The report that its status follows from.
    pub report: Option<StatusReport>,
    /// Its retirement, also one to come.
    pub retirement: Option<Retirement>,
    /// The number that it bore, or bore last before.
    pub number: Option<PlateNumber>,
    /// All its numbers, in order.
    pub numbers: Vec<NumberThen>,
    /// The maintenance that was under way.
    pub under_way: Vec<MaintenanceRecord>,
    /// The insurance policy in force.
    pub policy: Option<Cover>,
    /// The physical plates of the numbers that it bore, each with what it was.
    pub items: Vec<(PlateItem, ItemStanding)>,
}

/// Tells where these vehicles are in their lives now.
///
/// # Errors
/// Those of the database.
pub fn present(db: &mut Db, zone: Zone, now: Moment, of: Vec<Vehicle>) -> storage::Result<Vec<Present>> {
    let ids: Vec<_> = of.iter().map(|vehicle| vehicle.id).collect();
    let mut borne = by_vehicle(plates::of_vehicles(db, &ids)?, |plate| plate.vehicle_id);
    let mut reports = by_vehicle(vehicle_statuses::of_vehicles(db, &ids)?, |report| report.vehicle_id);
    let retirements = retirements::of_vehicles(db, &ids)?;
    let retired: HashMap<_, _> =
        retirements.iter().filter(|one| one.superseded_at.is_none()).map(|one| (one.vehicle_id, one.from)).collect();
    let bare: Vec<_> = ids.iter().copied().filter(|id| !borne.contains_key(id)).collect();
    let mut versions = by_vehicle(vehicles::find_versions(db, &bare)?, |version| version.vehicle_id);
    let told = of.into_iter().map(|vehicle| {
        let plates = borne.remove(&vehicle.id).unwrap_or_default();
        let versions = versions.remove(&vehicle.id).unwrap_or_default();
        let reports = reports.remove(&vehicle.id).unwrap_or_default();
        let retired_from = retired.get(&vehicle.id).copied();
        let served = served_at(&plates, &versions, zone, now, AsKnown::Now);
        let reported = status_at(&reports, now, AsKnown::Now).map(|report| report.status);
        let standing = Standing::of(retired_from.is_some_and(|from| from <= now), reported, served);
        Present { vehicle, standing, retired_from }
    });
    Ok(told.collect())
}

/// Tells a vehicle of the caller's as of an instant, as known then or now.
///
/// # Errors
/// [`LifeError::NotKnownThen`] where the vehicle was registered later than the instant of knowledge.
pub fn tell(
    db: &mut Db,
    zone: Zone,
    caller: &Caller,
    device: &DeviceId,
    at: Moment,
    as_known: AsKnown,
) -> Result<Story, LifeError> {
    let vehicle = get_vehicle(db, caller, device)?;
    let versions = vehicles::find_versions(db, &[vehicle.id])?;
    let described = description_at(&versions, at, as_known)
        .ok_or(LifeError::NotKnownThen { registered_at: vehicle.registered_at })?;
    let mut known = plates::all_versions_of_vehicles(db, &[vehicle.id])?;
    known.retain(|plate| as_known.holds(plate.recorded_at, plate.superseded_at));
    known.sort_by_key(|plate| (plate.borne.from, plate.number, plate.version));
    let retirement = retirements::of_vehicles(db, &[vehicle.id])?
        .into_iter()
        .find(|one| as_known.holds(one.recorded_at, one.superseded_at));
    let reports = vehicle_statuses::of_vehicles(db, &[vehicle.id])?;
    let report = status_at(&reports, at, as_known).cloned();
    let mut under_way = maintenance::of_vehicles(db, &[vehicle.id])?;
    under_way.retain(|record| record.is_under_way(at, as_known));
    let policy = policy_at(db, zone, &vehicle, at, as_known)?;
    let items = items_at(db, &known, at, as_known)?;
    let served = served_at(&known, &versions, zone, at, as_known);
    let retired = retirement.as_ref().is_some_and(|retirement| retirement.from <= at);
    Ok(Story {
        vehicle,
        facts: described.facts,
        version: described.version,
        standing: Standing::of(retired, report.as_ref().map(|report| report.status), served),
        report,
        retirement,
        number: number_at(&known, at),
        numbers: known.into_iter().map(|plate| NumberThen { status: plate.status_at(at), plate }).collect(),
        under_way,
        policy,
        items,
    })
}

fn policy_at(
    db: &mut Db,
    zone: Zone,
    vehicle: &Vehicle,
    at: Moment,
    as_known: AsKnown,
) -> storage::Result<Option<Cover>> {
    let named = policy_coverage::versions_of_vehicles(db, &[vehicle.id])?;
    let of_fleet = policy_coverage::versions_of_fleets(db, std::slice::from_ref(&vehicle.operator_id))?;
    let covers = named.iter().map(|(_, cover)| cover).chain(&of_fleet);
    Ok(Coverage::as_known(covers, as_known).at(zone, at).cloned())
}

fn items_at(
    db: &mut Db,
    known: &[Plate],
    at: Moment,
    as_known: AsKnown,
) -> storage::Result<Vec<(PlateItem, ItemStanding)>> {
    let borne: BTreeSet<_> = known.iter().filter(|plate| plate.borne.contains(at)).map(|plate| plate.number).collect();
    let items = plate_items::of_numbers(db, &borne.into_iter().collect::<Vec<_>>())?;
    let standing = |item: PlateItem| item.standing(at, as_known).map(|standing| (item, standing));
    Ok(items.into_iter().filter_map(standing).collect())
}

/// The number that a vehicle bears at an instant; of two, the one learned last; else the one that it bore last before.
fn number_at(known: &[Plate], at: Moment) -> Option<PlateNumber> {
    let borne = known.iter().filter(|plate| plate.borne.contains(at)).max_by_key(|plate| plate.recorded_at);
    let before = || {
        let ended = |plate: &&Plate| !plate.borne.is_empty() && plate.borne.until.is_some_and(|until| until <= at);
        known.iter().filter(ended).max_by_key(|plate| plate.borne.until)
    };
    borne.or_else(before).map(|plate| plate.number)
}

/// Whether a vehicle is in service: as its plates say; where it bears no number, as its service dates say.
fn served_at(plates: &[Plate], versions: &[VehicleVersion], zone: Zone, at: Moment, as_known: AsKnown) -> PlateStatus {
    let borne: Vec<_> = plates.iter().filter(|plate| !plate.borne.is_empty()).cloned().collect();
    if let Some(status) = plate_status_at(&borne, at, as_known) {
        return status;
    }
    let known: Vec<_> = versions.iter().filter(|version| version.is_known(as_known)).cloned().collect();
    let periods = service_periods(&known, zone, None, None);
    if periods.iter().any(|period| period.contains(at)) {
        PlateStatus::InService
    } else if periods.iter().any(|period| period.from.is_some_and(|from| at < from)) {
        PlateStatus::NotYet
    } else {
        PlateStatus::OutOfService
    }
}

fn by_vehicle<T>(rows: Vec<T>, vehicle: impl Fn(&T) -> VehicleId) -> HashMap<VehicleId, Vec<T>> {
    let mut grouped: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        grouped.entry(vehicle(&row)).or_default().push(row);
    }
    grouped
}
