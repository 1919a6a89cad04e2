//! The tables, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* one file for each folder of migrations.

mod fleets;
mod life;
mod lookups_and_audit_log;
mod reported_rides;
mod uploads;
mod who_is_asking;

mod together;

pub(super) use fleets::{
    numbers, plates, policies, policy_vehicles, series, series_objections, series_rejections, vehicle_versions,
    vehicles,
};
pub(super) use life::{maintenance_records, plate_corrections, vehicle_retirements, vehicle_statuses};
pub(super) use lookups_and_audit_log::{
    log_checkpoints, log_entries, log_head, log_identity, log_salts, log_tiles, lookup_rides, lookups,
};
pub(super) use reported_rides::{refused_reports, ride_heads, ride_marks, rides, watermarks};
pub(super) use uploads::{fleet_import_rows, fleet_imports, jobs};
pub(super) use who_is_asking::{
    accounts, api_keys, authorities, counters, idempotency, operator_suspensions, operators,
};
