//! The tables, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* one file for each folder of migrations.

mod fleets;
mod insurance;
mod life;
mod lookups_and_audit_log;
mod positions;
mod print_orders;
mod reported_rides;
mod sparse_sequence;
mod tags_and_items;
mod uploads;
mod who_is_asking;

mod together;

pub(super) use fleets::{numbers, plates, series, series_objections, series_rejections, vehicle_versions, vehicles};
pub(super) use insurance::{insurance_notices, policies, policy_checks, policy_covers};
pub(super) use life::{maintenance_records, plate_corrections, vehicle_retirements, vehicle_statuses};
pub(super) use lookups_and_audit_log::{
    log_checkpoints, log_entries, log_head, log_identity, log_salts, log_tiles, lookup_rides, lookups,
};
pub(super) use positions::telemetry;
pub(super) use print_orders::{
    print_job_contents, print_job_files, print_job_items, print_job_order_parts, print_jobs,
};
pub(super) use reported_rides::{refused_reports, ride_heads, ride_marks, rides, watermarks};
pub(super) use sparse_sequence::numbering;
pub(super) use tags_and_items::{alarms, fittings, plate_item_states, plate_items, tag_keys};
pub(super) use uploads::{fleet_import_rows, fleet_imports, jobs};
pub(super) use who_is_asking::{
    accounts, api_keys, authorities, counters, idempotency, operator_suspensions, operators,
};
