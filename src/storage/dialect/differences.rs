//! Words in which `SQLite` and `PostgreSQL` differ.
//!
//! *Invariant:* each of them in one place, said to both.

use crate::storage::db::Db;

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

/// Inserts rows that nothing on record contradicts, in each database's strongest form: `COPY` on `PostgreSQL` (no statement to
/// parse and plan, rows in bulk), one prepared statement run again and again on `SQLite`, which is a call in this very process.
/// The rows come sorted by key. Neither form knows `ON CONFLICT`: a row that is there fails, and with it the transaction.
macro_rules! insert_many {
    ($db:expr, $table:expr, $rows:expr) => {
        match $db {
            crate::storage::Db::Postgres(connection) if !$rows.is_empty() => {
                diesel::ExecuteCopyFromDsl::execute(diesel::copy_from($table).from_insertable($rows), connection)
                    .map(drop)
            }
            crate::storage::Db::Postgres(_) => Ok(()),
            crate::storage::Db::Sqlite(connection) => $rows.iter().try_for_each(|row| {
                diesel::RunQueryDsl::execute(diesel::insert_into($table).values(row), connection).map(drop)
            }),
        }
    };
}

/// How many rows fit into one statement: `SQLite` binds at most 32 766 values, `PostgreSQL` 65 535.
pub(in crate::storage) const fn rows_a_statement(columns: usize) -> usize {
    let rows = 32_000 / columns;
    if rows == 0 { 1 } else { rows }
}

/// The clause that locks the rows of a SELECT until the transaction ends. `SQLite` has one writer at a time.
pub(in crate::storage) const fn for_update(db: &Db) -> &'static str {
    match db {
        Db::Postgres(_) => " FOR UPDATE",
        Db::Sqlite(_) => "",
    }
}

/// The clause that lets a worker pass over rows that another worker holds.
pub(in crate::storage) const fn skip_locked(db: &Db) -> &'static str {
    match db {
        Db::Postgres(_) => " FOR UPDATE SKIP LOCKED",
        Db::Sqlite(_) => "",
    }
}

/// The placeholder of the n-th bind in raw SQL, from 1.
pub(in crate::storage) fn bind(db: &Db, place: usize) -> String {
    match db {
        Db::Postgres(_) => format!("${place}"),
        Db::Sqlite(_) => "?".to_owned(),
    }
}

/// Whether a database can be copied by a statement.
pub(in crate::storage) enum Copied {
    /// It was.
    Whole,
    /// This one cannot: its server brings programs for it.
    NotHere,
}

/// Copies the whole database into a file that is empty or not there: `SQLite` only, outside a transaction.
pub(in crate::storage) fn copy_into(db: &mut Db, path: &str) -> diesel::QueryResult<Copied> {
    match db {
        Db::Postgres(_) => Ok(Copied::NotHere),
        Db::Sqlite(connection) => {
            let copy = diesel::sql_query("VACUUM INTO ?").bind::<diesel::sql_types::Text, _>(path);
            diesel::RunQueryDsl::execute(copy, connection)?;
            Ok(Copied::Whole)
        }
    }
}

/// Has `PostgreSQL` count the rows of tables (names with commas between them) and look at what stands in them. `SQLite` goes by
/// its indexes alone, which serve well; figures of one day would change its plans.
pub(in crate::storage) fn analyze(db: &mut Db, tables: &str) -> diesel::QueryResult<()> {
    match db {
        Db::Postgres(connection) => {
            diesel::connection::SimpleConnection::batch_execute(connection, &format!("ANALYZE {tables}"))
        }
        Db::Sqlite(_) => Ok(()),
    }
}

/// How a long import goes about its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stride {
    /// How many rows are sorted by key together.
    pub window: usize,
    /// How many of them one transaction takes.
    pub step: usize,
    /// How many transactions run side by side.
    pub abreast: usize,
    /// For how many milliseconds others are let in after each.
    pub pause_ms: u64,
    /// How many MiB of pages `SQLite` keeps in memory; half of it goes into its log before that is put in its places.
    pub room_mib: u32,
}

/// Returns how a long import goes about its rows. `PostgreSQL` writes two transactions at once and holds up nobody but the
/// operator itself. `SQLite` has one writer, and whoever waits for it asks again after 1 to 100 ms: steps are short, and
/// between them is a gap in which to be met; the window is large because its pages are written once for each.
#[must_use]
pub const fn stride(db: &Db) -> Stride {
    match db {
        Db::Postgres(_) => Stride { window: 100_000, step: 50_000, abreast: 2, pause_ms: 0, room_mib: 0 },
        Db::Sqlite(_) => Stride { window: 200_000, step: 10_000, abreast: 1, pause_ms: 10, room_mib: 128 },
    }
}

/// Gives the connection of a long import room for the pages it works on, and puts them in their places seldom enough that a page
/// which several steps change is written there once. `SQLite` counts memory in KiB and its log in pages of 4 KiB.
pub(in crate::storage) fn make_room(db: &mut Db, stride: &Stride) -> diesel::QueryResult<()> {
    match db {
        Db::Postgres(_) => Ok(()),
        Db::Sqlite(connection) => diesel::connection::SimpleConnection::batch_execute(
            connection,
            &format!(
                "PRAGMA cache_size = -{}; PRAGMA wal_autocheckpoint = {}",
                u64::from(stride.room_mib) * 1024,
                u64::from(stride.room_mib) * 128,
            ),
        ),
    }
}
