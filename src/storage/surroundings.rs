//! Numbers, who bears them, what stands around them, and which keys are valid: one statement, however many there are.
//!
//! *Invariant:* everything in all its versions; the same rows that each table's own file reads, made into the same values.

use std::collections::{HashMap, HashSet};

use super::audit_log::{self, Seen};
use super::db::Db;
use super::dialect::bundle::{Bearers, Bundle, Keys};
use super::error::Result;
use super::plate_items::{alarms, items};
use super::{
    accounts, operators, plates, policies, policy_coverage, policy_covers, retirements, series, vehicle_statuses,
    vehicle_versions, watermarks,
};
use crate::model::{
    Alarm, Cover, DeviceId, KeyId, Moment, Operator, OperatorId, Plate, PlateItem, Retirement, Series, StatusReport,
    VehicleId, VehicleVersion,
};
use crate::plate::PlateNumber;

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The numbers, each once.
    pub numbers: &'a [PlateNumber],
    /// The keys of the callers.
    pub keys: &'a [&'a str],
    /// The instant for which keys are to be valid.
    pub now: Moment,
}

/// What stands around them.
#[derive(Debug)]
pub struct Surroundings {
    /// All versions of the plates of the numbers, by number and version.
    pub plates: Vec<Plate>,
    /// The operators.
    pub operators: Vec<Operator>,
    /// Up to when they said, as known now, that everything was reported.
    pub watermarks: HashMap<OperatorId, Moment>,
    /// All claims to letters.
    pub series: Vec<Series>,
    /// Which of the keys are valid.
    pub keys_in_force: HashSet<KeyId>,
    /// The log, as it was at the same instant.
    pub seen: Seen,
    /// What stands around the numbers themselves.
    pub stand: Matters,
}

/// What stands around numbers: plates, alarms, insurance, and the lives of vehicles.
#[derive(Debug)]
pub struct Matters {
    /// The physical plates of the numbers, in their order.
    pub items: Vec<PlateItem>,
    /// The alarms about the numbers, also the settled ones.
    pub alarms: Vec<Alarm>,
    /// What ever covered the vehicles by name.
    pub by_vehicle: Vec<(VehicleId, Cover)>,
    /// What ever covered the operators' whole fleets.
    pub by_fleet: Vec<Cover>,
    /// The operators' ids of the vehicles.
    pub devices: HashMap<VehicleId, DeviceId>,
    /// All versions of the vehicles' descriptions, by vehicle and version.
    pub versions: Vec<VehicleVersion>,
    /// All reports about the vehicles, also corrected ones.
    pub reports: Vec<StatusReport>,
    /// All retirements of the vehicles, also withdrawn ones.
    pub retirements: Vec<Retirement>,
}

/// Finds it.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, around: Around<'_>) -> Result<Surroundings> {
    let numbers: Vec<_> = around.numbers.iter().map(ToString::to_string).collect();
    let keys = Keys { numbers: &numbers, bearers: Bearers::OfNumbers, callers: around.keys };
    let slices = [
        &plates::EVER,
        &vehicle_versions::SLICE,
        &vehicle_versions::DEVICES,
        &operators::SLICE,
        &operators::SUSPENSIONS,
        &watermarks::SLICE,
        &series::SLICE,
        &items::GIVEN,
        &items::LATER,
        &items::STATED,
        &alarms::SLICE,
        &policy_covers::OF_VEHICLES,
        &policy_covers::OF_FLEETS,
        &policies::SLICE,
        &vehicle_statuses::SLICE,
        &retirements::SLICE,
        &accounts::KEYS,
        &audit_log::SEEN,
    ];
    let found = Bundle::load(db, &keys, &slices)?;
    let covers = policy_coverage::of_slices(
        found.rows(&policy_covers::OF_VEHICLES)?,
        found.rows(&policy_covers::OF_FLEETS)?,
        found.rows(&policies::SLICE)?,
    )?;
    let mut plates = plates::of_slice(found.rows(&plates::EVER)?)?;
    plates.sort_by_key(|plate| (plate.number, plate.version));
    Ok(Surroundings {
        plates,
        operators: operators::of_slices(found.rows(&operators::SLICE)?, found.rows(&operators::SUSPENSIONS)?)?,
        watermarks: watermarks::of_slice(found.rows(&watermarks::SLICE)?),
        series: series::of_slice(found.rows(&series::SLICE)?)?,
        keys_in_force: accounts::in_force(found.rows(&accounts::KEYS)?, around.now),
        seen: audit_log::of_slice(found.rows(&audit_log::SEEN)?)?,
        stand: Matters {
            items: items::assembled(
                found.rows(&items::GIVEN)?,
                found.rows(&items::LATER)?,
                found.rows(&items::STATED)?,
            )?,
            alarms: alarms::of_slice(found.rows(&alarms::SLICE)?)?,
            by_vehicle: covers.0,
            by_fleet: covers.1,
            devices: vehicle_versions::devices(found.rows(&vehicle_versions::DEVICES)?)?,
            versions: vehicle_versions::of_slice(found.rows(&vehicle_versions::SLICE)?)?,
            reports: vehicle_statuses::of_slice(found.rows(&vehicle_statuses::SLICE)?)?,
            retirements: retirements::of_slice(found.rows(&retirements::SLICE)?)?,
        },
    })
}
