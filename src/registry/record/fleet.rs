//! The vehicles that a batch names, and when they bear numbers.
//!
//! *Invariant:* the reporting operator's own vehicles only: a foreign one is as unknown as one that never was.

use std::collections::{HashMap, HashSet};

use super::judge::{Judged, Named};
use super::{RecordError, ReportProblem};
use crate::model::{Moment, OperatorId, Period, VehicleId};
use crate::plate::PlateNumber;
use crate::storage::{Db, Tx, plates, vehicle_ids};

/// The vehicles that the batch names, and when they bear numbers.
pub(super) struct Fleet {
    devices: HashMap<String, VehicleId>,
    numbers: HashMap<PlateNumber, Vec<Borne>>,
    borne: HashMap<VehicleId, Vec<Period>>,
}

/// Who bears a number when.
#[derive(Clone, Copy)]
struct Borne {
    vehicle: VehicleId,
    during: Period,
}

impl Fleet {
    pub(super) fn find(
        tx: &mut Tx<'_>,
        operator: &OperatorId,
        judged: &[Result<Judged, ReportProblem>],
    ) -> Result<Self, RecordError> {
        let beside = judged.iter().flatten().flat_map(|one| one.plate_beside.iter().flatten().copied());
        Self::find_named(tx, operator, judged.iter().flatten().map(|one| &one.vehicle), beside)
    }

    /// Finds the vehicles that are named, and what becomes of numbers that stand beside.
    pub(super) fn find_named<'a>(
        tx: &mut Tx<'_>,
        operator: &OperatorId,
        named: impl Iterator<Item = &'a Named>,
        beside: impl Iterator<Item = PlateNumber>,
    ) -> Result<Self, RecordError> {
        let mut devices = HashSet::new();
        let mut numbers: HashSet<_> = beside.collect();
        for one in named {
            match one {
                Named::Device(id) => drop(devices.insert(id.as_str())),
                Named::Plate(_, meant) => numbers.extend(meant.iter().copied()),
            }
        }
        let devices: Vec<_> = devices.into_iter().collect();
        let numbers: Vec<_> = numbers.into_iter().collect();
        let found = vehicle_ids::find(tx.db(), operator, &devices)?;
        let named = plates::find_by_numbers(tx.db(), &numbers)?;
        let mut by_number: HashMap<_, Vec<_>> = HashMap::new();
        for plate in named.into_iter().filter(|plate| plate.operator_id == *operator) {
            let borne = Borne { vehicle: plate.vehicle_id, during: plate.borne };
            by_number.entry(plate.number).or_default().push(borne);
        }
        let named = by_number.values().flatten().map(|borne| borne.vehicle);
        let mut ids: Vec<_> = found.iter().map(|(_, id)| *id).chain(named).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut by_vehicle: HashMap<_, Vec<_>> = HashMap::new();
        for plate in plates::of_vehicles(tx.db(), &ids)? {
            by_vehicle.entry(plate.vehicle_id).or_default().push(plate.borne);
        }
        Ok(Self { devices: found.into_iter().collect(), numbers: by_number, borne: by_vehicle })
    }

    /// Takes the whole fleet of an operator, for reports without end.
    pub(super) fn whole(db: &mut Db, operator: &OperatorId) -> Result<Self, RecordError> {
        let devices = vehicle_ids::all(db, operator)?.into_iter().collect();
        let borne = plates::borne_in_fleet(db, operator)?;
        let mut by_number: HashMap<_, Vec<_>> = HashMap::with_capacity(borne.len());
        let mut by_vehicle: HashMap<_, Vec<_>> = HashMap::with_capacity(borne.len());
        for (number, vehicle, during) in borne {
            by_number.entry(number).or_default().push(Borne { vehicle, during });
            by_vehicle.entry(vehicle).or_default().push(during);
        }
        Ok(Self { devices, numbers: by_number, borne: by_vehicle })
    }

    /// Returns whether a vehicle bears some number at an instant.
    pub(super) fn bears(&self, vehicle: VehicleId, at: Moment) -> bool {
        self.borne.get(&vehicle).is_some_and(|periods| periods.iter().any(|period| period.contains(at)))
    }

    /// The vehicle that a report names; a number stands for who bore it then.
    pub(super) fn vehicle(&self, named: &Named, at: Moment) -> Result<VehicleId, ReportProblem> {
        match named {
            Named::Device(id) => self
                .devices
                .get(id.as_str())
                .copied()
                .ok_or_else(|| ReportProblem::UnknownVehicle(id.as_str().to_owned())),
            Named::Plate(text, meant) => {
                self.bearer(meant, at).ok_or_else(|| ReportProblem::UnknownPlate(text.clone()))
            }
        }
    }

    /// The one vehicle that the numbers lead to, if it is one.
    pub(super) fn bearer(&self, meant: &[PlateNumber], at: Moment) -> Option<VehicleId> {
        let bearers = meant.iter().filter_map(|number| self.numbers.get(number));
        let mut found: Vec<_> = bearers.filter_map(|borne| bearer_at(borne, at)).collect();
        found.sort_unstable();
        found.dedup();
        match found.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}

/// Who bears a number at an instant; where nobody does, who bore or will bear it last: the report is kept and marked.
fn bearer_at(all: &[Borne], at: Moment) -> Option<VehicleId> {
    let last = || all.iter().max_by_key(|borne| (borne.during.until.is_none(), borne.during.until));
    all.iter().find(|borne| borne.during.contains(at)).or_else(last).map(|borne| borne.vehicle)
}
