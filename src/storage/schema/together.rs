//! Which tables may stand in one query: all of them.
//!
//! *Invariant:* a table that is not named here cannot be joined.

use crate::storage::schema::{
    accounts, api_keys, authorities, counters, fleet_import_rows, fleet_imports, idempotency, jobs, log_checkpoints,
    log_entries, log_head, log_identity, log_salts, log_tiles, lookup_rides, lookups, maintenance_records, numbers,
    operator_suspensions, operators, plate_corrections, plates, policies, policy_vehicles, refused_reports, ride_heads,
    ride_marks, rides, series, series_objections, series_rejections, vehicle_retirements, vehicle_statuses,
    vehicle_versions, vehicles, watermarks,
};

diesel::allow_tables_to_appear_in_same_query!(
    operators,
    operator_suspensions,
    authorities,
    accounts,
    api_keys,
    idempotency,
    counters,
    series,
    series_rejections,
    series_objections,
    vehicles,
    vehicle_versions,
    numbers,
    plates,
    policies,
    policy_vehicles,
    vehicle_statuses,
    maintenance_records,
    vehicle_retirements,
    plate_corrections,
    fleet_imports,
    fleet_import_rows,
    jobs,
    rides,
    ride_heads,
    ride_marks,
    refused_reports,
    watermarks,
    lookups,
    lookup_rides,
    log_entries,
    log_salts,
    log_head,
    log_checkpoints,
    log_tiles,
    log_identity
);
