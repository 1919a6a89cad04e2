//! Migrations, embedded: run by `migrate` and at start.
//!
//! *Invariant:* a database that knows migrations which this program does not is newer than the program, and is refused.

use diesel::connection::SimpleConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use thiserror::Error;

use super::connection::Opener;
use super::db::Db;

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
/// Any number that no other program locks on the same database: the first bytes of "scooter".
const ADVISORY_LOCK: i64 = 0x73_636F_6F74;

/// Why the database could not be brought to this program's shape.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// The database cannot be reached.
    #[error("the database cannot be opened")]
    Unreachable(#[source] diesel::ConnectionError),
    /// The database was migrated by a newer program.
    #[error("the database is newer than this program (it knows migration {0}): start a newer scooter-registry")]
    Newer(String),
    /// A migration failed and was undone.
    #[error("a migration failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Brings the database of a URL to this program's shape; returns the names of the migrations that ran.
///
/// # Errors
/// [`MigrationError`]; the database is then as it was before the migration that failed.
pub fn migrate(url: &str) -> Result<Vec<String>, MigrationError> {
    let mut db = Opener::new(url).open().map_err(MigrationError::Unreachable)?;
    match &mut db {
        Db::Postgres(connection) => {
            let lock =
                format!("SET lock_timeout = 0; SET statement_timeout = 0; SELECT pg_advisory_lock({ADVISORY_LOCK})");
            connection.batch_execute(&lock).map_err(|error| MigrationError::Failed(Box::new(error)))?;
            run(connection, POSTGRES)
        }
        Db::Sqlite(connection) => run(connection, SQLITE),
    }
}

/// Returns the names of the migrations that the database of a URL still needs; changes nothing.
///
/// # Errors
/// [`MigrationError`].
pub fn pending(url: &str) -> Result<Vec<String>, MigrationError> {
    let mut db = Opener::new(url).open().map_err(MigrationError::Unreachable)?;
    match &mut db {
        Db::Postgres(connection) => names(connection.pending_migrations(POSTGRES)),
        Db::Sqlite(connection) => names(connection.pending_migrations(SQLITE)),
    }
}

fn names<DB: diesel::backend::Backend>(
    found: diesel::migration::Result<Vec<Box<dyn diesel::migration::Migration<DB>>>>,
) -> Result<Vec<String>, MigrationError> {
    Ok(found.map_err(MigrationError::Failed)?.iter().map(|one| one.name().to_string()).collect())
}

fn run<DB: diesel::backend::Backend>(
    harness: &mut impl MigrationHarness<DB>,
    embedded: EmbeddedMigrations,
) -> Result<Vec<String>, MigrationError>
where
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    use diesel::migration::MigrationSource;
    let known: Vec<_> = embedded
        .migrations()
        .map_err(MigrationError::Failed)?
        .iter()
        .map(|one| one.name().version().as_owned())
        .collect();
    let applied = harness.applied_migrations().map_err(MigrationError::Failed)?;
    if let Some(newer) = applied.iter().find(|version| !known.contains(version)) {
        return Err(MigrationError::Newer(newer.to_string()));
    }
    let ran = harness.run_pending_migrations(embedded).map_err(MigrationError::Failed)?;
    Ok(ran.iter().map(ToString::to_string).collect())
}
