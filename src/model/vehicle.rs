//! Vehicles: scooters as their operator describes them.
//!
//! *Invariant:* a description is never overwritten; a change is a new version.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{DeviceId, Moment, OperatorId, VehicleId};
use crate::plate::PlateNumber;

/// What an operator says about a scooter; absent facts are unknown, not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VehicleFacts {
    /// The maker's serial number.
    pub serial_number: Option<String>,
    /// Who made it.
    pub make: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// The year it was made.
    pub year: Option<u16>,
    /// Its colour, in words.
    pub colour: Option<String>,
    /// The first day in service.
    pub in_service: Option<NaiveDate>,
    /// The last day in service.
    pub out_of_service: Option<NaiveDate>,
    /// Whatever else the operator noted.
    pub comment: Option<String>,
}

impl VehicleFacts {
    /// Returns these facts with those of `newer` laid over them, and the names of the fields that changed. A fact that
    /// `newer` does not state stays: a list without a column does not erase it.
    #[must_use]
    pub fn laid_under(&self, newer: &Self) -> (Self, Vec<&'static str>) {
        fn lay<T: Clone + PartialEq>(
            name: &'static str,
            old: Option<&T>,
            new: Option<&T>,
            changed: &mut Vec<&'static str>,
        ) -> Option<T> {
            if new.is_some() && new != old {
                changed.push(name);
            }
            new.or(old).cloned()
        }
        let mut changed = Vec::new();
        let facts = Self {
            serial_number: lay(
                "serial_number",
                self.serial_number.as_ref(),
                newer.serial_number.as_ref(),
                &mut changed,
            ),
            make: lay("make", self.make.as_ref(), newer.make.as_ref(), &mut changed),
            model: lay("model", self.model.as_ref(), newer.model.as_ref(), &mut changed),
            year: lay("year", self.year.as_ref(), newer.year.as_ref(), &mut changed),
            colour: lay("colour", self.colour.as_ref(), newer.colour.as_ref(), &mut changed),
            in_service: lay("in_service", self.in_service.as_ref(), newer.in_service.as_ref(), &mut changed),
            out_of_service: lay(
                "out_of_service",
                self.out_of_service.as_ref(),
                newer.out_of_service.as_ref(),
                &mut changed,
            ),
            comment: lay("comment", self.comment.as_ref(), newer.comment.as_ref(), &mut changed),
        };
        (facts, changed)
    }
}

/// A scooter as the registry knows it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vehicle {
    /// The registry's number of it.
    pub id: VehicleId,
    /// Whose it is.
    pub operator_id: OperatorId,
    /// The operator's id of it.
    pub device_id: DeviceId,
    /// When it was first registered.
    pub registered_at: Moment,
    /// Which version of the description this is, from 1.
    pub version: u32,
    /// The description.
    pub facts: VehicleFacts,
    /// The number it bears now, or bore last.
    pub number: Option<PlateNumber>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_without_a_column_erases_nothing() {
        let known = VehicleFacts { make: Some("Ninebot".into()), year: Some(2025), ..VehicleFacts::default() };
        let stated = VehicleFacts { year: Some(2026), ..VehicleFacts::default() };
        let (facts, changed) = known.laid_under(&stated);
        assert_eq!((facts.make.as_deref(), facts.year), (Some("Ninebot"), Some(2026)));
        assert_eq!(changed, ["year"]);
    }
}
