//! The API, one file a resource: what is asked and answered stands beside the handler.
//!
//! *Invariant:* a handler reads a request, does one deed, and says what came of it; who may call it was decided before.

mod keys;
mod upload;

pub(super) mod accounts;
pub(super) mod operators;
pub(super) mod series;

pub(super) mod fittings;
pub(super) mod fleet_files;
pub(super) mod fleet_imports;
pub(super) mod pictures;
pub(super) mod plate_items;
pub(super) mod print_files;
pub(super) mod print_jobs;
pub(super) mod vehicles;

pub(super) mod maintenance;
pub(super) mod plate_correction;
pub(super) mod retirement;
pub(super) mod statuses;
pub(super) mod vehicle_change;
pub(super) mod vehicle_history;
pub(super) mod vehicle_story;

mod policy_views;
mod print_order;

pub(super) mod insurance;
pub(super) mod policies;
pub(super) mod sessions;
pub(super) mod spread;
pub(super) mod telemetry;

pub(super) mod log;
pub(super) mod lookups;

pub(super) mod docs;
pub(super) mod health;
pub(super) mod problems;

#[cfg(test)]
mod shapes_tests;
