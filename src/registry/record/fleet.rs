//! The vehicles that a batch names, and when they bear numbers.
//!
//! *Invariant:* the reporting operator's own vehicles only: a foreign one is as unknown as one that never was.

use std::collections::{HashMap, HashSet};

use super::judge::{Judged, Named};
use super::{RecordError, ReportProblem};
use crate::model::{OperatorId, Plate, VehicleId};
use crate::plate::PlateNumber;
use crate::storage::vehicles::{self, Wanted};
use crate::storage::{Tx, plates};

/// The vehicles that the batch names, and when they bear numbers.
pub(super) struct Fleet {
    by_device: HashMap<String, VehicleId>,
    by_number: HashMap<PlateNumber, VehicleId>,
    pub(super) plates: HashMap<VehicleId, Vec<Plate>>,
}

impl Fleet {
    pub(super) fn find(
        tx: &mut Tx<'_>,
        operator: &OperatorId,
        judged: &[Result<Judged, ReportProblem>],
    ) -> Result<Self, RecordError> {
        let mut devices = HashSet::new();
        let mut numbers = HashSet::new();
        for one in judged.iter().flatten() {
            numbers.extend(one.plate_beside.iter().flatten().copied());
            match &one.vehicle {
                Named::Device(id) => drop(devices.insert(id.as_str().to_owned())),
                Named::Plate(_, meant) => numbers.extend(meant.iter().copied()),
            }
        }
        let devices: Vec<_> = devices.into_iter().collect();
        let numbers: Vec<_> = numbers.into_iter().collect();
        let found = vehicles::find_all(tx.db(), operator, Wanted::Devices(&devices))?;
        let named = plates::find_by_numbers(tx.db(), &numbers)?;
        let named = named.into_iter().filter(|plate| plate.operator_id == *operator);
        let by_number: HashMap<_, _> = named.map(|plate| (plate.number, plate.vehicle_id)).collect();
        let mut ids: Vec<_> = found.iter().map(|vehicle| vehicle.id).chain(by_number.values().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut borne: HashMap<_, Vec<_>> = HashMap::new();
        for plate in plates::of_vehicles(tx.db(), &ids)? {
            borne.entry(plate.vehicle_id).or_default().push(plate);
        }
        let by_device = found.into_iter().map(|vehicle| (vehicle.device_id.as_str().to_owned(), vehicle.id)).collect();
        Ok(Self { by_device, by_number, plates: borne })
    }

    pub(super) fn vehicle(&self, named: &Named) -> Result<VehicleId, ReportProblem> {
        match named {
            Named::Device(id) => self
                .by_device
                .get(id.as_str())
                .copied()
                .ok_or_else(|| ReportProblem::UnknownVehicle(id.as_str().to_owned())),
            Named::Plate(text, meant) => self.bearer(meant).ok_or_else(|| ReportProblem::UnknownPlate(text.clone())),
        }
    }

    /// The one vehicle that the numbers lead to, if it is one.
    pub(super) fn bearer(&self, meant: &[PlateNumber]) -> Option<VehicleId> {
        let mut found: Vec<_> = meant.iter().filter_map(|number| self.by_number.get(number).copied()).collect();
        found.sort_unstable();
        found.dedup();
        match found.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}
