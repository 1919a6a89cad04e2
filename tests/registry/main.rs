//! The registry from outside: the real program on port 0 with a database of its own, on SQLite and on PostgreSQL.
//!
//! *Invariant:* things are arranged through the registry's own door; raw SQL only tampers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    clippy::too_many_lines,
    clippy::string_slice,
    clippy::format_push_string,
    clippy::assigning_clones,
    clippy::duration_suboptimal_units,
    reason = "tests state what must hold"
)]

mod database;
mod decoders;
mod house;
mod page_pixels;
mod people;
mod server;
mod sheets;

mod access;
mod access_table;
mod as_known;
mod back_fill;
mod bulkheads;
mod contract;
mod demo;
mod fleet_lists;
mod forty_faults;
mod hostile;
mod hostile_lists;
mod idempotency;
mod issue;
mod keys;
mod leases;
mod life;
mod life_numbers;
mod life_story;
mod list_formats;
mod lookup_desk;
mod lookup_plans;
mod lookup_warnings;
mod lookups;
mod narrowing;
mod pages;
mod pictures;
mod plate_items;
mod policies;
mod policies_listed;
mod press_files;
mod print_command;
mod print_jobs;
mod print_jobs_killed;
mod print_jobs_large;
mod print_jobs_refused;
mod public_page;
mod restarts;
mod rides;
mod series_page;
mod shielding;
mod sparse;
mod spread;
mod tag_keys;
mod tampering;
mod telemetry;
mod unrecorded;
