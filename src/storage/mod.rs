//! The only floor that speaks SQL, on `SQLite` and on `PostgreSQL` alike.
//!
//! *Invariant:* nothing above this floor names diesel; a write is one transaction, and an answer about a ride leaves it
//! only after the commit ([`Unsaid`]).

#[macro_use]
mod dialect;
mod connection;
mod db;
mod error;
mod migrations;
mod ride_rows;
mod rides_sought;
mod schema;
mod sealed;
mod values;
mod vehicle_versions;

pub mod accounts;
pub mod audit_log;
pub mod backup;
pub mod disclosure;
pub mod fleet_imports;
pub mod idempotency;
pub mod insurance_notices;
pub mod jobs;
pub mod log_reading;
pub mod lookups;
pub mod maintenance;
pub mod numbering;
pub mod operators;
pub mod plate_corrections;
pub mod plate_items;
pub mod plates;
pub mod plates_borne;
pub mod policies;
pub mod policy_checks;
pub mod policy_coverage;
pub mod policy_covers;
pub mod print_jobs;
pub mod retirements;
pub mod ride_marks;
pub mod rides;
pub mod rides_found;
pub mod scanned;
pub mod series;
pub mod standing_places;
pub mod statistics;
pub mod surroundings;
pub mod tag_keys;
pub mod telemetry;
pub mod vehicle_ids;
pub mod vehicle_statuses;
pub mod vehicles;
pub mod watermarks;

pub use connection::{Alone, Store, StoreSettings, Tx};
pub use db::Db;
pub use dialect::{Stride, stride};
pub use error::{Error, Result};
pub use migrations::{MigrationError, migrate, pending};
pub use sealed::{Sealed, Unsaid};
