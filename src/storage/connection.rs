//! Connections: which database, the pool, and the two ways to use it.
//!
//! *Invariant:* a connection is chosen by the scheme of its URL and by nothing else; a failure to reach `PostgreSQL`
//! never opens a file of that name. A write that cannot commit says nothing.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::{Connection, PgConnection, SqliteConnection};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::audit_log::End;
use super::db::Db;
use super::dialect::columns::{Change, swap_and_apply};
use super::error::{Error, Result};
use super::sealed::Unsaid;

/// How `PostgreSQL` begins a consistent view.
const VIEW: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// How the URL of a `SQLite` database begins.
const SQLITE: &str = "sqlite:";

/// Opens connections to the database of a URL.
#[derive(Debug, Clone)]
pub(super) struct Opener {
    url: String,
    synchronous: bool,
    by_key: bool,
}

impl Opener {
    pub(super) fn new(url: &str) -> Self {
        Self { url: url.to_owned(), synchronous: true, by_key: false }
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that opens connections, by URL scheme")]
    pub(super) fn open(&self) -> diesel::ConnectionResult<Db> {
        if let Some(path) = self.url.strip_prefix(SQLITE) {
            let mut connection = SqliteConnection::establish(path)?;
            let level = if self.synchronous { "FULL" } else { "NORMAL" };
            connection
                .batch_execute(&format!(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = {level};
                     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;"
                ))
                .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            return Ok(Db::Sqlite(connection));
        }
        if self.url.starts_with("postgres:") || self.url.starts_with("postgresql:") {
            let mut connection = PgConnection::establish(&self.url)?;
            connection
                .batch_execute("SET lock_timeout = '20s'; SET statement_timeout = '120s'; SET TIME ZONE 'UTC'")
                .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            if self.by_key {
                // A plan that was right for a small table, or made before a bulk load was counted, must not stay for a large one.
                // What is avoided counts as dear, and what is dear would be compiled: longer than it runs. By key there is one way
                // whatever the values are: to plan a statement anew for each batch is in vain.
                connection
                    .batch_execute(
                        "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off; \
                         SET plan_cache_mode = force_generic_plan",
                    )
                    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            }
            return Ok(Db::Postgres(connection));
        }
        Err(diesel::ConnectionError::InvalidConnectionUrl(
            "database.url must begin with sqlite: or postgres://".to_owned(),
        ))
    }
}

impl ManageConnection for Opener {
    type Connection = Db;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> std::result::Result<Db, Self::Error> {
        self.open().map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, db: &mut Db) -> std::result::Result<(), Self::Error> {
        db.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, db: &mut Db) -> bool {
        std::thread::panicking() || open_transaction(db)
    }
}

fn open_transaction(db: &mut Db) -> bool {
    on_each!(db, connection => {
        <_ as HasManager>::is_busy(connection)
    })
}

/// Whether a connection still stands inside a transaction, or no longer stands at all.
trait HasManager {
    fn is_busy(&mut self) -> bool;
}

impl<C: Connection<TransactionManager = AnsiTransactionManager>> HasManager for C {
    fn is_busy(&mut self) -> bool {
        AnsiTransactionManager::is_broken_transaction_manager(self)
            || !matches!(AnsiTransactionManager::transaction_manager_status_mut(self).transaction_depth(), Ok(None))
    }
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// `sqlite:PATH`, `postgres://…` or `postgresql://…`.
    pub url: String,
    /// How many connections at most.
    pub connections: u32,
    /// How long to wait for a free one.
    pub wait: Duration,
}

/// The database: the only handle that the floors above hold.
#[derive(Clone)]
pub struct Store {
    opener: Opener,
    wait: Duration,
    pool: Pool<Opener>,
    /// Where this program left the end of the log; all connections of one store go on from there.
    end_of_log: Arc<Mutex<Option<End>>>,
}

/// A write in progress.
pub struct Tx<'a> {
    db: &'a mut Db,
}

impl Tx<'_> {
    /// Returns the connection, for reading within the same transaction.
    pub const fn db(&mut self) -> &mut Db {
        self.db
    }
}

impl Store {
    /// Opens the database of a URL. It must have been migrated before.
    ///
    /// # Errors
    /// [`Error::Broken`] where it cannot be reached.
    pub fn open(settings: &StoreSettings) -> Result<Self> {
        let opener = Opener::new(&settings.url);
        drop(opener.open().map_err(|error| Error::Broken(Box::new(error)))?);
        Self::with(opener, settings.connections, settings.wait, Arc::default())
    }

    fn with(opener: Opener, connections: u32, wait: Duration, end_of_log: Arc<Mutex<Option<End>>>) -> Result<Self> {
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(wait)
            .build(opener.clone())
            .map_err(|error| Error::Broken(Box::new(error)))?;
        Ok(Self { opener, wait, pool, end_of_log })
    }

    /// Opens connections of its own to the same database, for those who must not wait until others give theirs back, and who
    /// find what they read by its key, however large the tables are.
    ///
    /// # Errors
    /// [`Error::Broken`] where it cannot be reached.
    pub fn apart(&self, connections: u32) -> Result<Self> {
        let opener = Opener { by_key: true, ..self.opener.clone() };
        Self::with(opener, connections, self.wait, Arc::clone(&self.end_of_log))
    }

    /// Returns whether all writers of the database queue up behind each other (`SQLite`).
    #[must_use]
    pub fn has_one_writer(&self) -> bool {
        self.opener.url.starts_with(SQLITE)
    }

    fn connection(&self) -> Result<PooledConnection<Opener>> {
        self.pool.get().map_err(|error| Error::Busy(Box::new(error)))
    }

    /// Reads in one consistent view of the database.
    ///
    /// # Errors
    /// Those of the closure, and of the database.
    pub fn read<T, E: From<Error>>(
        &self,
        read: impl FnOnce(&mut Db) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let mut connection = self.connection()?;
        begin(&mut connection, VIEW, "BEGIN")?;
        let outcome = read(&mut connection);
        end(&mut connection, outcome)
    }

    /// Writes in one transaction; an error of the closure undoes everything.
    ///
    /// # Errors
    /// Those of the closure, and of the database. After an error of the commit nothing is acknowledged.
    pub fn write<T, E: From<Error>>(
        &self,
        write: impl FnOnce(&mut Tx<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let mut connection = self.connection()?;
        // A deferred transaction that reads first and writes later fails with BUSY_SNAPSHOT under concurrency.
        begin(&mut connection, "BEGIN", "BEGIN IMMEDIATE")?;
        let outcome = write(&mut Tx { db: &mut connection });
        end(&mut connection, outcome)
    }

    /// Writes in one transaction and, once it is durable, says what was to be said.
    ///
    /// # Errors
    /// As [`Store::write`]; then nothing is said.
    pub fn write_then_say<T, E: From<Error>>(
        &self,
        write: impl FnOnce(&mut Tx<'_>) -> std::result::Result<Unsaid<T>, E>,
    ) -> std::result::Result<T, E> {
        self.write(write).map(Unsaid::open)
    }
}

impl Store {
    /// Looks in one consistent view of the database, and writes on the same connection outside of it; once that is durable, says
    /// what was to be said. What was looked at may have changed before it is written.
    ///
    /// # Errors
    /// As [`Store::write_then_say`].
    pub fn look_then_settle<L, T, E: From<Error>>(
        &self,
        look: impl FnOnce(&mut Db) -> std::result::Result<L, E>,
        settle: impl FnOnce(L, &mut Alone<'_>) -> std::result::Result<Unsaid<T>, E>,
    ) -> std::result::Result<T, E> {
        let mut connection = self.connection()?;
        begin(&mut connection, VIEW, "BEGIN")?;
        let looked = look(&mut connection);
        let looked = end(&mut connection, looked)?;
        settle(looked, &mut Alone { db: &mut connection, left: &self.end_of_log }).map(Unsaid::open)
    }
}

/// A connection outside of any transaction: what is written on it is durable at once, and whole or not at all.
pub struct Alone<'a> {
    db: &'a mut Db,
    left: &'a Mutex<Option<End>>,
}

impl<'a> Alone<'a> {
    pub(super) const fn db(&mut self) -> &mut Db {
        self.db
    }

    /// Where this program left the end of the log, as far as it knows.
    pub(super) const fn end_of_log(&self) -> &'a Mutex<Option<End>> {
        self.left
    }

    /// Swaps the row of `head` and makes the other changes with it; returns whether the row was what it was taken for: else
    /// nothing is written.
    ///
    /// # Errors
    /// [`Error::Unsettled`] where the connection was lost meanwhile; else nothing was written.
    pub(super) fn swap_and_write(&mut self, head: &Change<'_>, rows: &[Change<'_>]) -> Result<bool> {
        match self.db {
            Db::Postgres(_) => {
                let swapped = swap_and_apply(self.db, head, rows);
                swapped.map_err(|error| {
                    // What the server refused did not happen; but then the connection still stands.
                    let stands = self.db.batch_execute("SELECT 1").is_ok();
                    if stands { Error::from(error) } else { Error::Unsettled(Box::new(error)) }
                })
            }
            Db::Sqlite(_) => {
                begin(self.db, "BEGIN", "BEGIN IMMEDIATE")?;
                let swapped = swap_and_apply(self.db, head, rows).map_err(Error::from);
                end(self.db, swapped)
            }
        }
    }
}

fn begin(db: &mut Db, postgres: &str, sqlite: &str) -> Result<()> {
    let begun = match db {
        Db::Postgres(connection) => AnsiTransactionManager::begin_transaction_sql(connection, postgres),
        Db::Sqlite(connection) => AnsiTransactionManager::begin_transaction_sql(connection, sqlite),
    };
    begun.map_err(Error::from)
}

fn end<T, E: From<Error>>(db: &mut Db, outcome: std::result::Result<T, E>) -> std::result::Result<T, E> {
    if outcome.is_ok() {
        on_each!(db, connection => AnsiTransactionManager::commit_transaction(connection)).map_err(Error::of_commit)?;
    } else if let Err(error) = on_each!(db, connection => AnsiTransactionManager::rollback_transaction(connection)) {
        // The pool drops a connection that still stands in a transaction.
        tracing::warn!(%error, "a transaction could not be rolled back");
    }
    outcome
}
