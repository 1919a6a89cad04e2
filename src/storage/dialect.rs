//! Every line on which `SQLite` and `PostgreSQL` differ.
//!
//! *Invariant:* no other file chooses by database, but for opening a connection and running its migrations.

use super::db::Db;

/// Runs the same words on whichever connection it is, for statements that diesel builds only for a known database
/// (batch inserts).
macro_rules! on_each {
    ($db:expr, $connection:ident => $body:expr) => {
        match $db {
            crate::storage::Db::Postgres($connection) => $body,
            crate::storage::Db::Sqlite($connection) => $body,
        }
    };
}

/// How many rows fit into one statement: `SQLite` binds at most 32 766 values, `PostgreSQL` 65 535.
pub(super) const fn rows_a_statement(columns: usize) -> usize {
    let rows = 32_000 / columns;
    if rows == 0 { 1 } else { rows }
}

/// The clause that locks the rows of a SELECT until the transaction ends. `SQLite` has one writer at a time.
pub(super) const fn for_update(db: &Db) -> &'static str {
    match db {
        Db::Postgres(_) => " FOR UPDATE",
        Db::Sqlite(_) => "",
    }
}

/// The clause that lets a worker pass over rows that another worker holds.
pub(super) const fn skip_locked(db: &Db) -> &'static str {
    match db {
        Db::Postgres(_) => " FOR UPDATE SKIP LOCKED",
        Db::Sqlite(_) => "",
    }
}

/// The placeholder of the n-th bind in raw SQL, from 1.
pub(super) fn bind(db: &Db, place: usize) -> String {
    match db {
        Db::Postgres(_) => format!("${place}"),
        Db::Sqlite(_) => "?".to_owned(),
    }
}

/// Whether a database can be copied by a statement.
pub(super) enum Copied {
    /// It was.
    Whole,
    /// This one cannot: its server brings programs for it.
    NotHere,
}

/// Copies the whole database into a file that is empty or not there: `SQLite` only, outside a transaction.
pub(super) fn copy_into(db: &mut Db, path: &str) -> diesel::QueryResult<Copied> {
    match db {
        Db::Postgres(_) => Ok(Copied::NotHere),
        Db::Sqlite(connection) => {
            let copy = diesel::sql_query("VACUUM INTO ?").bind::<diesel::sql_types::Text, _>(path);
            diesel::RunQueryDsl::execute(copy, connection)?;
            Ok(Copied::Whole)
        }
    }
}
