//! Plates: a number borne by a vehicle during a period.
//!
//! *Invariant:* a number is annulled by closing its period, and is never borne by another vehicle afterwards, but for a
//! correction, which is a new version of the same record.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::account::named_variants;
use super::{Moment, OperatorId, Period, VehicleId};
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
