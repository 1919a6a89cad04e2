//! Every line on which `SQLite` and `PostgreSQL` differ.
//!
//! *Invariant:* no file outside chooses by database, but for opening a connection and running its migrations.

#[macro_use]
mod differences;

pub(super) mod bundle;
pub(super) mod columns;

pub(super) use differences::{Copied, analyze, bind, copy_into, for_update, make_room, rows_a_statement, skip_locked};
pub use differences::{Stride, stride};
