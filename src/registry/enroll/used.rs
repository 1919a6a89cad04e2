//! What earlier rows of the file have planned: their vehicles, device ids, numbers and serial numbers.
//!
//! *Invariant:* a row that repeats anything uses nothing, so that a later row is told the first one that holds it.

use std::collections::HashMap;

use super::plan::RowPlan;
use crate::plate::PlateNumber;

/// What two rows share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// One vehicle, or one device id.
    Vehicle,
    /// A number that is kept.
    Number,
    /// The serial number that their vehicles would end with.
    SerialNumber,
}

/// Something that an earlier row has planned already.
#[derive(Debug)]
pub(super) struct Again {
    pub(super) what: What,
    /// The device id, the number or the serial number.
    pub(super) value: String,
    /// The earlier row.
    pub(super) first: u32,
}

/// What earlier rows have planned, with the row that did.
#[derive(Debug, Default)]
pub(super) struct Used {
    /// By device id, which a vehicle never changes: it stands for the vehicle.
    vehicles: HashMap<String, u32>,
    numbers: HashMap<PlateNumber, u32>,
    serial_numbers: HashMap<String, u32>,
}

impl Used {
    /// Notes what a row plans, or returns what an earlier one has planned already.
    pub(super) fn take(&mut self, plan: &RowPlan) -> Option<Again> {
        let (row, device_id, kept, facts) = match plan {
            RowPlan::New { row, device_id, facts, kept } => (*row, device_id, *kept, facts),
            RowPlan::Changed { row, vehicle, facts, .. } => (*row, &vehicle.device_id, None, facts),
            RowPlan::Unchanged { row, vehicle } => (*row, &vehicle.device_id, None, &vehicle.facts),
        };
        let again = |what, value: &str, first: &u32| Again { what, value: value.to_owned(), first: *first };
        if let Some(first) = self.vehicles.get(device_id.as_str()) {
            return Some(again(What::Vehicle, device_id.as_str(), first));
        }
        if let Some((number, first)) = kept.and_then(|number| Some((number, self.numbers.get(&number)?))) {
            return Some(again(What::Number, &number.to_string(), first));
        }
        let serial = facts.serial_number.as_deref();
        if let Some((serial, first)) = serial.and_then(|serial| Some((serial, self.serial_numbers.get(serial)?))) {
            return Some(again(What::SerialNumber, serial, first));
        }
        self.vehicles.insert(device_id.as_str().to_owned(), row);
        self.numbers.extend(kept.map(|number| (number, row)));
        self.serial_numbers.extend(serial.map(|serial| (serial.to_owned(), row)));
        None
    }
}
