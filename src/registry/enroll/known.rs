//! What the registry knows of the things that a file names.
//!
//! *Invariant:* only the operator's own vehicles; of other operators' numbers only that they are taken.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::served;
use crate::fleet_list::{FleetList, FleetRow, RowKey};
use crate::model::{Cover, OperatorId, Plate, Policy, Series, SeriesStatus, ServiceDates, Vehicle, VehicleId};
use crate::plate::{PlateNumber, Scheme, SeriesLetter};
use crate::storage::vehicles::Wanted;
use crate::storage::{self, Db, numbering, plates, policies, policy_coverage, retirements, series, vehicles};

/// What the registry knows of the things that a file names.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The operator's vehicles that the file may mean.
    pub(super) vehicles: HashMap<VehicleId, Vehicle>,
    /// Which of them has a device id.
    pub(super) by_device: HashMap<String, VehicleId>,
    /// Which of them has a serial number.
    pub(super) by_serial_number: HashMap<String, VehicleId>,
    /// The plates of the numbers in the file, and of the vehicles; of a number with several the one that ends last.
    pub(super) plates: HashMap<PlateNumber, Plate>,
    /// Which of the vehicles left service for good.
    pub(super) retired: HashSet<VehicleId>,
    /// What was stated of their service periods before the current one, where rows state other dates.
    pub(super) earlier: HashMap<VehicleId, Vec<ServiceDates>>,
    /// All letters that anybody claims or holds.
    pub(super) letters: BTreeMap<SeriesLetter, Series>,
    /// The serial that the next number takes, where the registry has one sequence.
    pub(super) next_serial: u32,
    /// The operator's policies of the numbers in the file.
    pub(super) policies: Vec<Policy>,
    /// What covers the vehicles, each by name and all as a fleet (`None`).
    pub(super) covers: HashMap<Option<VehicleId>, Vec<Cover>>,
    /// How many vehicles the operator has.
    pub(super) fleet: i64,
}

impl Known {
    /// Looks up everything that the list names.
    pub(super) fn find(db: &mut Db, scheme: Scheme, operator: &OperatorId, list: &FleetList) -> storage::Result<Self> {
        let good = || list.rows.iter().filter(|row| !row.bad);
        let devices: Vec<_> = good().flat_map(device_ids).collect();
        let serials: Vec<_> = good().filter_map(|row| row.serial_number.clone()).collect();
        let numbers: Vec<_> =
            good().filter_map(|row| row.plate.as_ref()).flat_map(|plate| plate.numbers.iter().copied()).collect();
        let mut known = Self { fleet: vehicles::count(db, operator)?, ..Self::default() };
        if !scheme.has_letters() {
            known.next_serial = numbering::next_serial(db)?;
        }
        for series in series::list(db, None, None, 26)? {
            known.letters.insert(series.letter, series);
        }
        for plate in plates::find_by_numbers(db, &numbers)? {
            known.take(plate);
        }
        let borne_by: Vec<_> = known
            .plates
            .values()
            .filter(|plate| plate.operator_id == *operator)
            .map(|plate| plate.vehicle_id)
            .collect();
        let mut found = vehicles::find_all(db, operator, Wanted::Devices(&devices))?;
        found.extend(vehicles::find_all(db, operator, Wanted::SerialNumbers(&serials))?);
        found.extend(vehicles::find_by_ids(db, &borne_by)?.into_values());
        let ids: Vec<_> = found.iter().map(|vehicle| vehicle.id).collect();
        for plate in plates::of_vehicles(db, &ids)? {
            known.take(plate);
        }
        let retired = retirements::of_vehicles(db, &ids)?.into_iter().filter(|one| one.superseded_at.is_none());
        known.retired = retired.map(|one| one.vehicle_id).collect();
        for vehicle in found {
            known.by_device.insert(vehicle.device_id.as_str().to_owned(), vehicle.id);
            if let Some(serial) = &vehicle.facts.serial_number {
                known.by_serial_number.insert(serial.clone(), vehicle.id);
            }
            known.vehicles.insert(vehicle.id, vehicle);
        }
        known.earlier = served::earlier(db, &known, list)?;
        known.find_insurance(db, operator, list)?;
        Ok(known)
    }

    fn take(&mut self, plate: Plate) {
        // Between two periods of a number the later one says whose it is.
        let rank = |plate: &Plate| (!plate.borne.is_empty(), plate.borne.until.is_none(), plate.borne.until);
        let earlier = self.plates.get(&plate.number).is_some_and(|known| rank(&plate) < rank(known));
        if !earlier {
            self.plates.insert(plate.number, plate);
        }
    }

    fn find_insurance(&mut self, db: &mut Db, operator: &OperatorId, list: &FleetList) -> storage::Result<()> {
        let numbers: BTreeSet<_> =
            list.rows.iter().filter_map(|row| Some(row.policy_number.as_ref()?.trim())).collect();
        let numbers: Vec<_> = numbers.into_iter().map(ToOwned::to_owned).collect();
        self.policies = policies::of_numbers(db, operator, &numbers)?;
        let ids: Vec<_> = self.vehicles.keys().copied().collect();
        for (vehicle, cover) in policy_coverage::covers_of_vehicles(db, &ids)? {
            self.covers.entry(Some(vehicle)).or_default().push(cover);
        }
        self.covers.insert(None, policy_coverage::covers_of_fleets(db, std::slice::from_ref(operator))?);
        Ok(())
    }

    /// Returns the letters that are the operator's own and confirmed.
    pub(super) fn own_letters(&self, operator: &OperatorId) -> Vec<&Series> {
        self.letters
            .values()
            .filter(|series| series.operator_id == *operator && series.status == SeriesStatus::Confirmed)
            .collect()
    }
}

/// The device ids that a row may come to: its own, else those that would be made of its serial number or its plate.
fn device_ids(row: &FleetRow) -> Vec<String> {
    match row.key() {
        Some(RowKey::DeviceId(text) | RowKey::SerialNumber(text)) => vec![text.to_owned()],
        Some(RowKey::Plate(numbers)) => numbers.iter().map(ToString::to_string).collect(),
        None => Vec::new(),
    }
}
