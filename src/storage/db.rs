//! A connection to either database, as one type.
//!
//! *Invariant:* nobody calls the `establish` that is derived here: it hides a `PostgreSQL` failure and opens an empty
//! `SQLite` file of that name. Connections come from `connection`.
#![allow(clippy::disallowed_methods, reason = "the derived code names the method that it derives")]

use diesel::{MultiConnection, PgConnection, SqliteConnection};

/// A connection to either database.
#[derive(MultiConnection)]
pub enum Db {
    /// `PostgreSQL`, in production.
    Postgres(PgConnection),
    /// `SQLite`, the embedded default.
    Sqlite(SqliteConnection),
}
