//! What every deed may rely on: the store, the rules of this registry, its secrets.
//!
//! *Invariant:* nothing here changes while the program runs.

use std::sync::Arc;

use crate::model::{CasePatterns, Pace, WorkingDays, Zone};
use crate::plate::Scheme;
use crate::render::Faces;
use crate::render::press::PressSettings;
use crate::storage::Store;

use super::Secrets;

/// The registry, wired once.
#[derive(Clone)]
pub struct Registry {
    /// The database.
    pub store: Store,
    /// The rules.
    pub rules: Rules,
    /// The secrets.
    pub secrets: Secrets,
}

/// The rules that a country or an installation sets.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The zone in which instants leave the house.
    pub zone: Zone,
    /// The scheme of its plate numbers.
    pub scheme: Scheme,
    /// The host in the QR code of a plate.
    pub qr_host: String,
    /// How plates look, measured.
    pub faces: Arc<Faces>,
    /// How they are laid on sheets.
    pub press: Arc<PressSettings>,
    /// For how long the files of a print job are kept, in seconds.
    pub print_files_kept_s: i64,
    /// The working-day calendar.
    pub working_days: WorkingDays,
    /// How many working days the other operators have to object to a letter.
    pub objection_days: u32,
    /// How many letters one operator may hold.
    pub letters_per_operator: usize,
    /// The longest plausible ride, in seconds: an open ride reaches this far.
    pub max_ride_s: i64,
    /// How far away a ride may lie to be called a neighbour, in seconds.
    pub neighbour_s: i64,
    /// A ride first received this many seconds after its end was reported late.
    pub late_after_s: i64,
    /// The tolerance of a question that names none, in seconds.
    pub tolerance_s: u32,
    /// How many candidates an answer lists at most.
    pub candidates: usize,
    /// What is plausible of scooters between two positions.
    pub pace: Pace,
    /// For how many seconds positions are kept.
    pub telemetry_kept_s: i64,
    /// For how many seconds a lookup holds the positions around what it showed.
    pub held_s: i64,
    /// How far a kept number may lie above the highest one before it looks like a typing mistake.
    pub adoption_jump: u32,
    /// How many days ahead an operator is told that cover ends.
    pub warn_days: Vec<u32>,
    /// The shapes of case numbers.
    pub case_patterns: CasePatterns,
    /// Within how many seconds a pending case must be named.
    pub case_due_s: i64,
}
