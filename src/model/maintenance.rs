//! Maintenance and repair: what the law wants recorded of every scooter.
//!
//! *Invariant:* a record is closed or corrected by a new version of it, never changed.

use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

use super::account::named_variants;
use super::{AccountId, AsKnown, MaintenanceId, Moment, VehicleId};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceKind {
    /// Looked at.
    Inspection,
    /// Maintained as planned.
    Maintenance,
    /// Repaired.
    Repair,
}

named_variants!(MaintenanceKind {
    Inspection => "inspection",
    Maintenance => "maintenance",
    Repair => "repair",
});

/// A record of maintenance to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMaintenance {
    /// What was done.
    pub kind: MaintenanceKind,
    /// When it began.
    pub began_at: Moment,
    /// When it ended; `None`: it goes on.
    pub ended_at: Option<Moment>,
    /// What was done, in words.
    pub description: String,
    /// The parts that were changed.
    pub parts: Vec<String>,
    /// What the odometer showed, in kilometres.
    pub odometer_km: Option<f64>,
    /// Who did it.
    pub performed_by: Option<String>,
}

/// What is wrong with a record of maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MaintenanceProblem {
    /// A text is empty or too long: its field, and how many characters it may have.
    #[error("{0} must have 1 to {1} characters")]
    Text(&'static str, usize),
    /// More parts than a record holds.
    #[error("a record names at most {0} parts")]
    TooManyParts(usize),
    /// It ended before it began.
    #[error("ended_at lies before began_at")]
    Backwards,
    /// It begins later than it is recorded.
    #[error("began_at lies in the future")]
    InFuture,
    /// No odometer shows this.
    #[error("odometer_km must lie within 0 and 1000000")]
    Odometer,
}

/// The most parts that a record names.
pub const MOST_PARTS: usize = 100;

impl NewMaintenance {
    /// Judges the fields together.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(self, now: Moment) -> Result<Self, MaintenanceProblem> {
        let bad = |text: &str, most: usize| text.trim().is_empty() || text.chars().count() > most;
        if bad(&self.description, 2000) {
            return Err(MaintenanceProblem::Text("description", 2000));
        }
        if self.performed_by.as_deref().is_some_and(|text| bad(text, 200)) {
            return Err(MaintenanceProblem::Text("performed_by", 200));
        }
        if self.parts.len() > MOST_PARTS {
            return Err(MaintenanceProblem::TooManyParts(MOST_PARTS));
        }
        if self.parts.iter().any(|part| bad(part, 200)) {
            return Err(MaintenanceProblem::Text("parts", 200));
        }
        if self.ended_at.is_some_and(|ended| ended < self.began_at) {
            return Err(MaintenanceProblem::Backwards);
        }
        if self.began_at > now {
            return Err(MaintenanceProblem::InFuture);
        }
        if self.odometer_km.is_some_and(|km| !(0.0..=1_000_000.0).contains(&km)) {
            return Err(MaintenanceProblem::Odometer);
        }
        Ok(self)
    }
}

/// A version of a record of maintenance.
#[derive(Debug, Clone, PartialEq)]
pub struct MaintenanceRecord {
    /// The record's id: all its versions have it.
    pub id: MaintenanceId,
    /// Which version, from 1.
    pub version: u32,
    /// The vehicle.
    pub vehicle_id: VehicleId,
    /// What was done.
    pub work: NewMaintenance,
    /// The account that recorded it.
    pub account: AccountId,
    /// When the registry learned of it.
    pub recorded_at: Moment,
    /// When a newer version replaced this one.
    pub superseded_at: Option<Moment>,
}

impl MaintenanceRecord {
    /// Returns whether, as known then or now, the work was under way at the instant.
    #[must_use]
    pub fn is_under_way(&self, at: Moment, as_known: AsKnown) -> bool {
        as_known.holds(self.recorded_at, self.superseded_at)
            && self.work.began_at <= at
            && self.work.ended_at.is_none_or(|ended| at < ended)
    }
}
