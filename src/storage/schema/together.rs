//! Which tables may stand in one query: all of them.
//!
//! *Invariant:* a table that is not named here cannot be joined.

use crate::storage::schema::{
    accounts, alarms, api_keys, authorities, counters, fittings, fleet_import_rows, fleet_imports, idempotency,
    insurance_notices, jobs, log_checkpoints, log_entries, log_head, log_identity, log_salts, log_tiles, lookup_rides,
    lookups, numbers, operator_suspensions, operators, plate_item_states, plate_items, plates, policies, policy_checks,
    policy_covers, refused_reports, ride_heads, ride_marks, rides, series, series_objections, series_rejections,
    tag_keys, vehicle_versions, vehicles, watermarks,
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
    tag_keys,
    plate_items,
    plate_item_states,
    fittings,
    alarms,
    policies,
    policy_covers,
    policy_checks,
    insurance_notices,
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
