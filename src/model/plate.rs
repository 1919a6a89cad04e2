//! Plates: a number borne by a vehicle during a period.
//!
//! *Invariant:* a number is annulled by closing its period, and is never borne by another vehicle afterwards, but for a
//! correction, which is a new version of the same record.

use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::fmt;

use super::account::named_variants;
use super::{AsKnown, Moment, OperatorId, Period, VehicleId};
use crate::plate::PlateNumber;

/// Whether a number is borne at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateStatus {
    /// Given, but its period begins later.
    NotYet,
    /// A vehicle bears it.
    InService,
    /// Its vehicle left service and came back later: this instant lies between the two periods.
    OutOfService,
    /// Its vehicle left service; the number is never given again.
    Annulled,
}

named_variants!(PlateStatus {
    NotYet => "not_yet",
    InService => "in_service",
    OutOfService => "out_of_service",
    Annulled => "annulled",
});

/// A number borne by a vehicle during a period, as the registry believes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plate {
    /// The number.
    pub number: PlateNumber,
    /// Which version of this record, from 1.
    pub version: u32,
    /// The vehicle that bears it.
    pub vehicle_id: VehicleId,
    /// Whose vehicle that is.
    pub operator_id: OperatorId,
    /// When. An open beginning means that nobody bore the number before, and that the first day is not known.
    pub borne: Period,
    /// Why this version was recorded: `issued`, `adopted`, `annulled`, …
    pub reason: String,
    /// When the registry learned of it.
    pub recorded_at: Moment,
    /// When a newer version replaced this one.
    pub superseded_at: Option<Moment>,
}

impl Plate {
    /// Returns whether the number is borne at the instant, as far as this one period tells; a number may have several
    /// ([`plate_status_at`](super::plate_status_at)).
    #[must_use]
    pub fn status_at(&self, at: Moment) -> PlateStatus {
        if self.borne.contains(at) {
            PlateStatus::InService
        } else if self.borne.until.is_some_and(|until| until <= at) {
            PlateStatus::Annulled
        } else {
            PlateStatus::NotYet
        }
    }
}

/// Returns the plate of a number that is told of at an instant, given all its plates as known then or now: the one whose
/// period contains the instant; else the last before it, else the first after it.
#[must_use]
pub fn plate_told_at(plates: &[Plate], at: Moment, as_known: AsKnown) -> Option<&Plate> {
    let known = plates.iter().filter(|plate| as_known.holds(plate.recorded_at, plate.superseded_at));
    known.max_by_key(|plate| {
        let Period { from, until } = plate.borne;
        // A period that was annulled before it began is over as well.
        let is_begun = from.is_none_or(|from| from <= at) || until.is_some_and(|until| until <= at);
        (plate.borne.contains(at), is_begun, if is_begun { from } else { None }, Reverse(from), plate.version)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;

    #[test]
    fn of_several_periods_the_one_at_the_instant_is_told_else_the_last_before_else_the_first_after() {
        let plate = |vehicle: i64, from: i64, until: Option<i64>| Plate {
            number: PlateNumber::parse("K04271").unwrap(),
            version: 1,
            vehicle_id: VehicleId(vehicle),
            operator_id: OperatorId::from_text("o"),
            borne: Period::new(Some(Moment::from_millis(from)), until.map(Moment::from_millis)),
            reason: "issued".to_owned(),
            recorded_at: Moment::from_millis(0),
            superseded_at: None,
        };
        let mut plates = vec![plate(2, 300, Some(400)), plate(1, 100, Some(200)), plate(3, 500, None)];
        for _ in 0..3 {
            let told =
                |at: i64| plate_told_at(&plates, Moment::from_millis(at), AsKnown::Now).map(|plate| plate.vehicle_id.0);
            let expected = [(50, 1), (100, 1), (250, 1), (300, 2), (450, 2), (500, 3)];
            assert_eq!(expected.map(|(at, _)| told(at)), expected.map(|(_, vehicle)| Some(vehicle)));
            plates.rotate_left(1);
        }
    }
}
