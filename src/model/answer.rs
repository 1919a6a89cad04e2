//! Answers: what an officer is told, in the shape in which it leaves the house.
//!
//! *Invariant:* the digest in the audit log is of exactly this value as canonical JSON, without `receipt`; so every
//! instant in it is already written in the registry's zone.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::Place;

/// The answer to a lookup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// The lookup's id.
    pub id: String,
    /// The first word: `riding`, `ambiguous`, `idle`, …
    pub verdict: String,
    /// Why, for `unknown_number` (`letter_unclaimed`, `not_issued`) and `not_in_service` (`not_yet`, `annulled`).
    pub reason: Option<String>,
    /// What makes it ambiguous: `plate`, `time` or `overlap`.
    pub ambiguous_by: Option<String>,
    /// How the plate was read.
    pub reading: Option<AnswerReading>,
    /// Whose scooter it is.
    pub operator: Option<AnswerOperator>,
    /// The scooter.
    pub vehicle: Option<AnswerVehicle>,
    /// The number's period around the instant.
    pub plate: Option<AnswerPlate>,
    /// The insurance in force at the instant.
    pub policy: Option<AnswerPolicy>,
    /// The ride that is the answer.
    pub session: Option<AnswerSession>,
    /// Whether that ride is still open.
    pub open: bool,
    /// The ride before, with the gap.
    pub before: Option<NeighbourSession>,
    /// The ride after, with the gap.
    pub after: Option<NeighbourSession>,
    /// What else fits, best first.
    pub candidates: Vec<AnswerCandidate>,
    /// Versions that were reported to cover the instant and were then replaced by others that do not.
    pub withdrawn: Vec<AnswerSession>,
    /// Warnings by code.
    pub warnings: Vec<String>,
    /// The warnings in the caller's language, by code.
    pub explanations: BTreeMap<String, String>,
    /// What to do next, in the caller's language.
    pub next_steps: Vec<String>,
    /// Where the rides come from: `deposited`, or `operator` where it answers itself.
    pub source: Option<String>,
    /// The instant asked about.
    pub at: String,
    /// The instant asked about, for people.
    pub at_local: String,
    /// Seconds to both sides.
    pub tolerance: u32,
    /// When the question was asked.
    pub asked_at: String,
    /// The instant whose knowledge the answer is told from, where that is not now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub known_at: Option<String>,
    /// Up to when the operator said that everything was reported.
    pub data_complete_until: Option<String>,
    /// Where the question stands in the audit log. Not part of the digest.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub receipt: Option<Receipt>,
}

/// How a plate was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnswerReading {
    /// The number.
    pub number: String,
    /// Its control pair.
    pub control: String,
    /// How probable it is that this number was meant, 0 to 1.
    pub probability: f64,
}

/// Whose scooter it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnswerOperator {
    /// The operator's id.
    pub id: String,
    /// Its name in law.
    pub legal_name: String,
    /// The number that is answered at any hour.
    pub contact_phone: String,
    /// Where it is written to.
    pub contact_email: String,
    /// `admitted`, `suspended` or `closed`.
    pub status: String,
}

/// The scooter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnswerVehicle {
    /// The operator's id of it.
    pub device_id: String,
    /// The maker's serial number.
    pub serial_number: Option<String>,
    /// Who made it.
    pub make: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// The year it was made.
    pub year: Option<u16>,
    /// Its colour.
    pub colour: Option<String>,
    /// Its status at the instant: `in_service, in_store, in_repair, stolen, impounded, moved_by_third_party, not_yet,
    /// out_of_service, retired`.
    pub status: String,
}

/// A number's period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnswerPlate {
    /// The number.
    pub number: String,
    /// Its control pair.
    pub control: String,
    /// Since when the scooter bears it; absent where the first day is not known.
    pub from: Option<String>,
    /// Until when it bore it.
    pub until: Option<String>,
    /// `not_yet`, `in_service`, `out_of_service` (between two periods) or `annulled`, at the instant.
    pub status: String,
}

/// The insurance in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnswerPolicy {
    /// The insurance company.
    pub insurer: String,
    /// The policy's number.
    pub number: String,
    /// The first day of cover.
    pub valid_from: String,
    /// The last day of cover.
    pub valid_until: String,
    /// Who vouches for it: `operator` or `insurer`.
    pub source: String,
    /// When it was checked with the insurers.
    pub checked_at: Option<String>,
}

/// A ride.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnswerSession {
    /// The operator's id of the ride.
    pub ride_id: String,
    /// When it began.
    pub started_at: String,
    /// When it ended.
    pub ended_at: Option<String>,
    /// When this version was received.
    pub received_at: String,
    /// Which version this is.
    pub version: u32,
    /// `rider`, `rebalance` or `maintenance`.
    pub kind: String,
    /// Minutes from its start to the instant asked about.
    pub minutes_from_start: f64,
    /// Where it began.
    pub start: Option<Place>,
    /// Where it ended.
    pub end: Option<Place>,
    /// The older versions, newest first.
    pub versions: Vec<EarlierVersion>,
}

/// What was believed of a ride before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EarlierVersion {
    /// Which version it is.
    pub version: u32,
    /// When it began, as reported then.
    pub started_at: String,
    /// When it ended, as reported then.
    pub ended_at: Option<String>,
    /// When it was received.
    pub received_at: String,
    /// When a newer one replaced it.
    pub superseded_at: Option<String>,
}

/// A ride before or after the instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NeighbourSession {
    /// The ride.
    #[serde(flatten)]
    pub session: AnswerSession,
    /// Whole seconds between the ride and the instant.
    pub gap_s: i64,
}

/// A number, or a ride, that fits too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnswerCandidate {
    /// The number.
    pub number: String,
    /// Its control pair.
    pub control: String,
    /// How probable it is, 0 to 1, among what is listed.
    pub probability: f64,
    /// The scooter that bore it.
    pub vehicle: Option<AnswerVehicle>,
    /// The ride that fits.
    pub session: Option<AnswerSession>,
    /// Why it is listed, in the caller's language.
    pub reasons: Vec<String>,
}

/// Where a question stands in the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// The entry's index.
    pub index: u64,
    /// The RFC 6962 leaf hash of the entry, hexadecimal.
    pub entry_hash: String,
    /// The newest signed checkpoint; usually older than `index`.
    pub checkpoint: String,
}
