//! The settings as values, each with its unit; what they mean stands beside them in `config/base.toml`.
//!
//! *Invariant:* no defaults here: the values that hold unless changed stand in `config/base.toml` and nowhere else.

use serde::Deserialize;
use std::num::{NonZeroU16, NonZeroU32, NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use super::value::{case_patterns, days_off, tolerance, zone};
use crate::model::{CasePatterns, WorkingDays, Zone};
use crate::plate::Scheme;
use crate::render::PlateSettings;
use crate::render::press::PressSettings;

/// All settings of a registry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What this registry is called.
    pub registry: RegistrySettings,
    /// Where it keeps its records.
    pub database: DatabaseSettings,
    /// How it listens.
    pub server: ServerSettings,
    /// Where its secrets lie.
    pub secrets: SecretSettings,
    /// What makes the tags of plates.
    pub tags: TagSettings,
    /// When people work.
    pub calendar: CalendarSettings,
    /// What is plausible of a ride.
    pub rides: RideSettings,
    /// How long is kept what is not kept for ever.
    pub retention: RetentionSettings,
    /// How questions are asked.
    pub lookups: LookupSettings,
    /// How fleets are taken in.
    pub fleet: FleetSettings,
    /// How plates look.
    pub plates: PlateSettings,
    /// How they are printed.
    pub press: PressSettings,
    /// What operators are told about their insurance.
    pub insurance: InsuranceSettings,
    /// How work is done that must not block an answer.
    pub jobs: JobSettings,
    /// What is logged.
    pub log: LogSettings,
}

/// What this registry is called.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrySettings {
    /// The zone in which instants leave the house.
    #[serde(deserialize_with = "zone")]
    pub zone: Zone,
    /// The name of the audit log: a URL without scheme.
    pub origin: String,
    /// The scheme of its plate numbers.
    pub scheme: Scheme,
    /// The host in the QR code of a plate.
    pub qr_host: String,
}

/// Where the registry keeps its records.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// `sqlite:PATH` or `postgres://…`; may hold a password.
    pub url: String,
    /// How many connections at most.
    pub connections: NonZeroU32,
    /// Seconds to wait for a free one.
    pub wait_s: NonZeroU64,
}

/// How the registry listens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port.
    pub listen: String,
    /// Threads that answer requests.
    pub workers: NonZeroUsize,
    /// Lookups that one key may ask in a minute; 0: as many as it likes.
    pub lookups_per_minute: u32,
    /// Lookups that may wait for their turn.
    pub lookups_waiting: NonZeroUsize,
    /// Lookups that are recorded and answered in one transaction at most.
    pub lookups_a_transaction: NonZeroUsize,
    /// After how many milliseconds of waiting a lookup is refused.
    pub lookup_patience_ms: NonZeroU32,
    /// Requests of operators and the regulator that may wait for their turn.
    pub requests_waiting: usize,
    /// A second address and port, for whoever needs no key only; empty: there is none.
    pub public_listen: String,
    /// Threads that answer requests there.
    pub public_workers: NonZeroUsize,
    /// Threads, each with a connection, that serve whoever needs no key.
    pub public_threads: NonZeroU32,
    /// Requests without a key that may wait for their turn.
    pub public_waiting: NonZeroUsize,
    /// After how many milliseconds of waiting such a request is refused.
    pub public_patience_ms: NonZeroU32,
    /// Public pages that one address may see in a minute; 0: as many as it likes.
    pub public_pages_per_minute: u32,
    /// The header in which the proxy names the caller's address; empty: there is no proxy.
    pub client_address_header: String,
    /// Seconds that a stopping server leaves to requests that have begun.
    pub stop_within_s: u64,
}

/// Where the secrets lie.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretSettings {
    /// The directory.
    pub directory: PathBuf,
    /// Whether missing keys are made at start.
    pub create: bool,
    /// Whether a server starts although the file that vouches for the founded log is missing.
    pub accept_lost_signer_state: bool,
}

/// What makes the tags of plates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagSettings {
    /// The id of the key for new plates.
    pub key: NonZeroU16,
}

/// When people work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSettings {
    /// Working days that the other operators have to object to a letter.
    pub objection_days: u32,
    /// Days off besides Saturdays and Sundays.
    #[serde(deserialize_with = "days_off")]
    pub days_off: WorkingDays,
}

/// What is plausible of a ride.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RideSettings {
    /// Hours that an open ride reaches past its start.
    pub max_ride_hours: NonZeroU32,
    /// Days within which a ride is a neighbour.
    pub neighbour_days: u32,
    /// Minutes after its end from which a report is late.
    pub late_after_minutes: u32,
}

/// How long is kept what is not kept for ever.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSettings {
    /// Days after which positions are erased.
    pub telemetry_days: NonZeroU32,
    /// Days for which a lookup holds the positions around a ride that it showed.
    pub held_days: u32,
}

/// How questions are asked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookupSettings {
    /// Seconds before and after the instant, for a question that names none.
    #[serde(deserialize_with = "tolerance")]
    pub tolerance_s: u32,
    /// Candidates that an answer lists at most.
    pub candidates: NonZeroUsize,
    /// Kilometres an hour that no ride exceeds.
    pub fastest_kmh: NonZeroU32,
    /// Metres within which a reported position is right.
    pub place_error_m: NonZeroU32,
    /// Metres from where it was left that a scooter which stands is found, as a rule.
    pub parked_scale_m: NonZeroU32,
    /// Kilometres around a place within which the scooters are.
    pub town_radius_km: NonZeroU32,
    /// Hours within which a pending case must be named.
    pub case_due_hours: NonZeroU32,
    /// The shapes of case numbers.
    #[serde(deserialize_with = "case_patterns")]
    pub case_patterns: CasePatterns,
}

/// How fleets are taken in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetSettings {
    /// How far a number may lie above the highest one before it looks like a typing mistake.
    pub adoption_jump: u32,
    /// Letters that one operator may hold.
    pub letters_per_operator: NonZeroUsize,
}

/// What operators are told about their insurance.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InsuranceSettings {
    /// Days before the end of cover.
    pub warn_days: Vec<u32>,
}

/// How work is done that must not block an answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSettings {
    /// Threads that do it.
    pub workers: NonZeroUsize,
    /// Seconds for which a thread holds a job.
    pub lease_s: NonZeroU32,
    /// Milliseconds that an idle thread sleeps.
    pub poll_ms: NonZeroU64,
    /// Days for which the files of a print job are kept.
    pub print_files_days: NonZeroU32,
}

/// What is logged, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// For whom.
    pub format: LogFormat,
    /// Levels, by module.
    pub filter: String,
}

/// For whom is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl std::fmt::Debug for DatabaseSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = self.url.split(':').next().unwrap_or_default();
        write!(f, "DatabaseSettings({scheme}, {} connections)", self.connections)
    }
}
