//! Databases for tests: each test gets its own, migrated and empty, on SQLite and on PostgreSQL.
//!
//! *Invariant:* no test sees what another has written, and none waits for migrations: these run once a process and
//! database system, into a template that is copied.
//! *Invariant:* the registry is driven through its own door; the raw SQL here is for tests that look or tamper behind
//! its back.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Once};

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection as _, PgConnection, QueryResult, QueryableByName, RunQueryDsl as _, SqliteConnection};
use tempfile::TempDir;

use scooter_registry::plate::KZ_158;

/// The URL of a PostgreSQL whose user may create databases; `tests/run` sets it.
const SERVER_VARIABLE: &str = "SCOOTER_REGISTRY_TEST_POSTGRES";

/// With the value 1 a missing PostgreSQL is a failure; `tests/run` sets it.
const STRICT_VARIABLE: &str = "SCOOTER_REGISTRY_TEST_STRICT";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// Returns the database systems to test on: SQLite always, PostgreSQL if there is one.
///
/// # Panics
/// If there is no PostgreSQL although the run is strict.
pub(crate) fn kinds() -> Vec<Kind> {
    static LEFT_OUT: Once = Once::new();
    // What differs between the databases is tried with the one scheme; what differs between the schemes, on the quick database.
    if crate::house::scheme() != KZ_158 {
        return vec![Kind::Sqlite];
    }
    if server().is_some() {
        return vec![Kind::Sqlite, Kind::Postgres];
    }
    let strict = std::env::var(STRICT_VARIABLE).is_ok_and(|value| value == "1");
    assert!(!strict, "{SERVER_VARIABLE} is not set although the run is strict: PostgreSQL would go untested");
    LEFT_OUT.call_once(|| {
        // Not a print macro: the test runner would swallow it.
        let told =
            writeln!(std::io::stderr(), "PostgreSQL is left out: {SERVER_VARIABLE} is not set (tests/run starts one)");
        drop(told);
    });
    vec![Kind::Sqlite]
}

/// A migrated database without rows, removed when it goes out of scope.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    /// As in the settings: `sqlite:PATH` or `postgres://…`.
    pub(crate) url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// The whole folder goes with the value: SQLite puts its log beside the file.
    Folder {
        _removed_on_drop: TempDir,
    },
    Server {
        name: String,
    },
}

impl TestDatabase {
    /// Returns a database of this kind which nobody else uses.
    ///
    /// # Panics
    /// If the migrations fail, or if PostgreSQL is wanted and does not answer.
    pub(crate) fn create(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self::create_on_sqlite(),
            Kind::Postgres => Self::create_on_postgres(),
        }
    }

    /// Returns a database without any table.
    pub(crate) fn create_empty(kind: Kind) -> Self {
        let database = Self::create(kind);
        match kind {
            Kind::Sqlite => std::fs::write(database.url.trim_start_matches("sqlite:"), b"").expect("it can be emptied"),
            Kind::Postgres => database.execute_all("DROP SCHEMA public CASCADE; CREATE SCHEMA public"),
        }
        database
    }

    /// Runs several SQL statements past the registry.
    ///
    /// # Panics
    /// If one of them fails.
    pub(crate) fn execute_all(&self, sql: &str) {
        let done = match self.kind() {
            Kind::Sqlite => self.open_sqlite().map(|mut connection| connection.batch_execute(sql)),
            Kind::Postgres => open_postgres(&self.url).map(|mut connection| connection.batch_execute(sql)),
        };
        done.unwrap_or_else(|error| panic!("{error}")).unwrap_or_else(|error| panic!("{error} in: {sql}"));
    }

    fn create_on_sqlite() -> Self {
        static TEMPLATE: LazyLock<Result<Vec<u8>, String>> = LazyLock::new(sqlite_template);
        let template = TEMPLATE.as_ref().unwrap_or_else(|error| panic!("no SQLite template: {error}"));
        let folder = TempDir::with_prefix("scooter-registry-").expect("a temporary folder can be created");
        let file = folder.path().join("registry.sqlite");
        std::fs::write(&file, template).expect("the template fits on the disk");
        Self { url: sqlite_url(&file), place: Place::Folder { _removed_on_drop: folder } }
    }

    fn create_on_postgres() -> Self {
        static TEMPLATE: LazyLock<Result<String, String>> = LazyLock::new(postgres_template);
        static CREATED: AtomicU32 = AtomicU32::new(0);
        let template = TEMPLATE.as_ref().unwrap_or_else(|error| panic!("no PostgreSQL template: {error}"));
        let number = CREATED.fetch_add(1, Ordering::Relaxed);
        let name = format!("scooter_test_{}_{number}", std::process::id());
        on_server(&[
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            format!("CREATE DATABASE {name} TEMPLATE {template}"),
        ])
        .unwrap_or_else(|error| panic!("cannot create {name}: {error}"));
        Self { url: url_of(&name), place: Place::Server { name } }
    }

    /// Returns the kind of database this is.
    pub(crate) fn kind(&self) -> Kind {
        match self.place {
            Place::Folder { .. } => Kind::Sqlite,
            Place::Server { .. } => Kind::Postgres,
        }
    }

    /// Runs one SQL statement past the registry; returns the number of rows it changed, or the database's refusal.
    pub(crate) fn execute(&self, sql: &str) -> Result<usize, String> {
        let changed = match self.kind() {
            Kind::Sqlite => diesel::sql_query(sql).execute(&mut self.open_sqlite()?),
            Kind::Postgres => diesel::sql_query(sql).execute(&mut open_postgres(&self.url)?),
        };
        changed.map_err(|error| format!("{error} in: {sql}"))
    }

    /// Returns the only column of a query, as whole numbers.
    ///
    /// # Panics
    /// If the query fails, has another number of columns, or yields NULL.
    pub(crate) fn query_i64(&self, sql: &str) -> Vec<i64> {
        let rows: Vec<Number> =
            self.query(&format!("WITH rows(value) AS ({sql}) SELECT CAST(value AS BIGINT) AS value FROM rows"));
        rows.into_iter().map(|row| row.value).collect()
    }

    /// Returns the only column of a query, as texts.
    ///
    /// # Panics
    /// If the query fails, has another number of columns, or yields NULL.
    pub(crate) fn query_text(&self, sql: &str) -> Vec<String> {
        let rows: Vec<Words> =
            self.query(&format!("WITH rows(value) AS ({sql}) SELECT CAST(value AS TEXT) AS value FROM rows"));
        rows.into_iter().map(|row| row.value).collect()
    }

    fn query<Row>(&self, sql: &str) -> Vec<Row>
    where
        Row: QueryableByName<diesel::sqlite::Sqlite> + QueryableByName<diesel::pg::Pg> + 'static,
    {
        let rows: Result<QueryResult<Vec<Row>>, String> = match self.kind() {
            Kind::Sqlite => self.open_sqlite().map(|mut connection| diesel::sql_query(sql).load(&mut connection)),
            Kind::Postgres => {
                open_postgres(&self.url).map(|mut connection| diesel::sql_query(sql).load(&mut connection))
            }
        };
        let rows = rows.unwrap_or_else(|error| panic!("{error}"));
        rows.unwrap_or_else(|error| panic!("{error} in: {sql}"))
    }

    fn open_sqlite(&self) -> Result<SqliteConnection, String> {
        open_sqlite(self.url.trim_start_matches("sqlite:"))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Place::Server { name } = &self.place
            && let Err(error) = on_server(&[format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")])
        {
            // No panic: the test may be unwinding, and its own message matters more.
            let told = writeln!(std::io::stderr(), "cannot drop {name}: {error}");
            drop(told);
        }
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Migrates a file and returns its bytes; no file is left behind.
fn sqlite_template() -> Result<Vec<u8>, String> {
    let folder = TempDir::with_prefix("scooter-registry-").map_err(|error| error.to_string())?;
    let file = folder.path().join("template.sqlite");
    migrate(&sqlite_url(&file))?;
    // What still stands in the write-ahead log belongs to the database: the file alone must be whole.
    open_sqlite(&file.to_string_lossy())?
        .batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
        .map_err(|error| error.to_string())?;
    std::fs::read(&file).map_err(|error| error.to_string())
}

/// Creates and migrates the database from which the others are copied; returns its name. It stays until the server
/// ends: nothing of a process runs after its last test.
fn postgres_template() -> Result<String, String> {
    let name = format!("scooter_template_{}", std::process::id());
    on_server(&[format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")])?;
    migrate(&url_of(&name))?;
    // A database can be copied only while nobody is connected to it.
    on_server(&[format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")])?;
    Ok(name)
}

fn migrate(url: &str) -> Result<(), String> {
    scooter_registry::startup::migrate(url).map(drop).map_err(|error| {
        let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
        causes.fold(format!("the migrations failed: {error}"), |told, cause| format!("{told}: {cause}"))
    })
}

fn server() -> Option<String> {
    std::env::var(SERVER_VARIABLE).ok().filter(|url| !url.is_empty())
}

/// The URL of a database on the server; parameters after `?` are kept.
fn url_of(name: &str) -> String {
    let url = server().unwrap_or_else(|| panic!("{SERVER_VARIABLE} is not set: ask `kinds()` first"));
    let (address, parameters) = url
        .split_once('?')
        .map_or((url.as_str(), String::new()), |(address, parameters)| (address, format!("?{parameters}")));
    let (host, _) = address.rsplit_once('/').unwrap_or_else(|| panic!("{SERVER_VARIABLE} names no database: {url}"));
    format!("{host}/{name}{parameters}")
}

fn sqlite_url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// Runs statements on the server's own database, one by one: databases are not created within a transaction.
fn on_server(statements: &[String]) -> Result<(), String> {
    let url = server().ok_or_else(|| format!("{SERVER_VARIABLE} is not set"))?;
    let mut connection = open_postgres(&url)?;
    for statement in statements {
        connection.batch_execute(statement).map_err(|error| format!("{error} in: {statement}"))?;
    }
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "one known kind of database, and tests tamper past the registry's pool")]
fn open_postgres(url: &str) -> Result<PgConnection, String> {
    PgConnection::establish(url).map_err(|error| error.to_string())
}

#[allow(clippy::disallowed_methods, reason = "one known kind of database, and tests tamper past the registry's pool")]
fn open_sqlite(path: &str) -> Result<SqliteConnection, String> {
    let mut connection = SqliteConnection::establish(path).map_err(|error| error.to_string())?;
    connection.batch_execute("PRAGMA busy_timeout = 5000").map_err(|error| error.to_string())?;
    Ok(connection)
}
