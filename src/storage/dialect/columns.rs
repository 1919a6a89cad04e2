//! Statements that take whole columns of values: read beside a table, or written as rows, in one exchange with the database.
//!
//! *Invariant:* the words of a statement are the same however many values there are, so that a connection plans it once: to plan
//! one for each batch took longer than to run it. On `PostgreSQL` each column is one array.

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, SqlType, Text, Untyped};
use diesel::sqlite::Sqlite;

use crate::storage::db::Db;

/// The values of a column.
pub(in crate::storage) enum Values<'a> {
    Integers(Vec<i32>),
    Numbers(Vec<i64>),
    MaybeNumbers(Vec<Option<i64>>),
    Texts(Vec<&'a str>),
    MaybeTexts(Vec<Option<&'a str>>),
    Bytes(Vec<&'a [u8]>),
}

/// A column and its values; all columns of a statement have equally many.
pub(in crate::storage) type Column<'a> = (&'static str, Values<'a>);

/// A change to a table.
pub(in crate::storage) struct Change<'a> {
    pub(in crate::storage) what: What,
    pub(in crate::storage) columns: Vec<Column<'a>>,
}

/// What a change does with its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::storage) enum What {
    /// Writes them into the table; it fails where a key is taken.
    Insert(&'static str),
    /// Compares and swaps: sets each column of the table to the value called so, where those called `old_…` are what stands there.
    Swap(&'static str),
}

impl Change<'_> {
    fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, values)| values.len())
    }

    /// The words before the values and behind them; `each`: for one row, as `SQLite` takes them, else for arrays.
    fn words(&self, each: bool) -> (String, String) {
        let names: Vec<_> = self.columns.iter().map(|(name, _)| *name).collect();
        match self.what {
            What::Insert(table) => {
                let values = if each { "VALUES (" } else { "SELECT * FROM unnest(" };
                (format!("INSERT INTO {table} ({}) {values}", names.join(", ")), ")".to_owned())
            }
            What::Swap(table) => {
                let (old, new): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| name.starts_with("old_"));
                let set: Vec<_> = new.iter().map(|name| format!("{name} = q.{name}")).collect();
                let stands = |name: &&str| format!("{table}.{} = q.{name}", name.trim_start_matches("old_"));
                let stands: Vec<_> = old.iter().map(stands).collect();
                let (set, stands, names) = (set.join(", "), stands.join(" AND "), names.join(", "));
                let (open, close) = if each {
                    (format!("(WITH v({names}) AS (VALUES ("), ")) SELECT * FROM v) AS q".to_owned())
                } else {
                    ("unnest(".to_owned(), format!(") AS q({names})"))
                };
                (format!("UPDATE {table} SET {set} FROM {open}"), format!("{close} WHERE {stands}"))
            }
        }
    }
}

/// Makes all changes, on `PostgreSQL` in one statement; returns how many rows the last one touched.
pub(in crate::storage) fn apply(db: &mut Db, changes: &[Change<'_>]) -> QueryResult<usize> {
    let changes: Vec<_> = changes.iter().filter(|change| change.rows() > 0).collect();
    match db {
        Db::Postgres(connection) => {
            let Some((last, first)) = changes.split_last() else { return Ok(0) };
            let mut parts = Vec::with_capacity(changes.len());
            for (place, change) in first.iter().enumerate() {
                let (before, after) = change.words(false);
                let with = if place == 0 { "WITH " } else { ", " };
                parts.push(Part {
                    before: format!("{with}w{place} AS ({before}"),
                    columns: &change.columns,
                    after: format!("{after})"),
                });
            }
            let (before, after) = last.words(false);
            parts.push(Part { before: format!(" {before}"), columns: &last.columns, after });
            Arrays { parts }.execute(connection)
        }
        Db::Sqlite(connection) => {
            let mut touched = 0;
            for change in changes {
                let (before, after) = change.words(true);
                touched = 0_usize;
                for row in 0..change.rows() {
                    let one = Row { before: &before, columns: &change.columns, place: row, after: &after };
                    touched = touched.saturating_add(one.execute(connection)?);
                }
            }
            Ok(touched)
        }
    }
}

/// Swaps the row of `head`, and makes the other changes if it was what it was taken for; returns whether it was. On `PostgreSQL` one
/// statement, whole by itself; on `SQLite` to be called in a transaction.
pub(in crate::storage) fn swap_and_apply(db: &mut Db, head: &Change<'_>, rows: &[Change<'_>]) -> QueryResult<bool> {
    match db {
        Db::Postgres(connection) => {
            let (before, after) = head.words(false);
            let before = format!("WITH head AS ({before}");
            let mut parts = vec![Part { before, columns: &head.columns, after: format!("{after} RETURNING 1)") }];
            // The words stay the same also where a table gets no row: arrays may be empty.
            for (place, change) in rows.iter().enumerate() {
                let (before, after) = change.words(false);
                let after = format!("{after} WHERE EXISTS (SELECT 1 FROM head))");
                parts.push(Part { before: format!(", w{place} AS ({before}"), columns: &change.columns, after });
            }
            parts.push(Part {
                before: " SELECT COUNT(*) AS swapped FROM head".to_owned(),
                columns: &[],
                after: String::new(),
            });
            let swapped: Vec<Swapped> = Arrays { parts }.load(connection)?;
            Ok(swapped.first().is_some_and(|one| one.swapped == 1))
        }
        Db::Sqlite(_) => {
            let swapped = apply(db, std::slice::from_ref(head))? == 1;
            if swapped {
                apply(db, rows)?;
            }
            Ok(swapped)
        }
    }
}

#[derive(QueryableByName)]
struct Swapped {
    #[diesel(sql_type = BigInt)]
    swapped: i64,
}

/// Reads what `rest` selects beside the columns, which it may name as a table `q`; on `SQLite` row by row, for there an exchange costs
/// less than to read a statement that spells them all.
pub(in crate::storage) fn load_beside<T>(db: &mut Db, columns: &[Column<'_>], rest: &str) -> QueryResult<Vec<T>>
where
    T: QueryableByName<Pg> + QueryableByName<Sqlite> + 'static,
{
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    match db {
        Db::Postgres(connection) => {
            let before = "WITH q AS (SELECT * FROM unnest(".to_owned();
            let after = format!(") AS q({})) {rest}", names.join(", "));
            Arrays { parts: vec![Part { before, columns, after }] }.load(connection)
        }
        Db::Sqlite(connection) => {
            let (before, after) = beside_one(&names, rest);
            let mut found = Vec::new();
            for place in 0..columns.first().map_or(0, |(_, values)| values.len()) {
                found.extend(Row { before: &before, columns, place, after: &after }.load(connection)?);
            }
            Ok(found)
        }
    }
}

/// Reads what the words select, which are always the same.
pub(in crate::storage) fn load<T>(db: &mut Db, words: &str) -> QueryResult<Vec<T>>
where
    T: QueryableByName<Pg> + QueryableByName<Sqlite> + 'static,
{
    on_each!(db, connection => Words(words).load(connection))
}

/// The words before and behind the values of one row, with which `rest` is asked.
pub(in crate::storage) fn beside_one(names: &[&str], rest: &str) -> (String, String) {
    (format!("WITH q({}) AS (VALUES (", names.join(", ")), format!(")) {rest}"))
}

impl Values<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Integers(values) => values.len(),
            Self::Numbers(values) => values.len(),
            Self::MaybeNumbers(values) => values.len(),
            Self::Texts(values) => values.len(),
            Self::MaybeTexts(values) => values.len(),
            Self::Bytes(values) => values.len(),
        }
    }
}

/// A part of a statement: words around arrays.
pub(in crate::storage) struct Part<'a> {
    pub(in crate::storage) before: String,
    pub(in crate::storage) columns: &'a [Column<'a>],
    pub(in crate::storage) after: String,
}

/// A statement of such parts.
pub(in crate::storage) struct Arrays<'a> {
    pub(in crate::storage) parts: Vec<Part<'a>>,
}

impl QueryFragment<Pg> for Part<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(&self.before);
        for (place, (_, values)) in self.columns.iter().enumerate() {
            if place > 0 {
                out.push_sql(", ");
            }
            match values {
                Values::Integers(values) => array::<Integer, _>(&mut out, values, "::integer[]")?,
                Values::Numbers(values) => array::<BigInt, _>(&mut out, values, "::bigint[]")?,
                Values::MaybeNumbers(values) => array::<Nullable<BigInt>, _>(&mut out, values, "::bigint[]")?,
                Values::Texts(values) => array::<Text, _>(&mut out, values, "::text[]")?,
                Values::MaybeTexts(values) => array::<Nullable<Text>, _>(&mut out, values, "::text[]")?,
                Values::Bytes(values) => array::<Binary, _>(&mut out, values, "::bytea[]")?,
            }
        }
        out.push_sql(&self.after);
        Ok(())
    }
}

impl QueryFragment<Pg> for Arrays<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.parts.iter().try_for_each(|part| part.walk_ast(out.reborrow()))
    }
}

fn array<'b, S, T>(out: &mut AstPass<'_, 'b, Pg>, values: &'b Vec<T>, cast: &str) -> QueryResult<()>
where
    S: SqlType + 'static,
    Vec<T>: diesel::serialize::ToSql<Array<S>, Pg>,
    Pg: diesel::sql_types::HasSqlType<Array<S>>,
{
    out.push_bind_param::<Array<S>, _>(values)?;
    out.push_sql(cast);
    Ok(())
}

/// A statement around one row.
pub(in crate::storage) struct Row<'a> {
    pub(in crate::storage) before: &'a str,
    pub(in crate::storage) columns: &'a [Column<'a>],
    pub(in crate::storage) place: usize,
    pub(in crate::storage) after: &'a str,
}

impl QueryFragment<Sqlite> for Row<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.before);
        for (place, (_, values)) in self.columns.iter().enumerate() {
            if place > 0 {
                out.push_sql(", ");
            }
            match values {
                Values::Integers(values) => out.push_bind_param::<Integer, _>(at(values, self.place)?)?,
                Values::Numbers(values) => out.push_bind_param::<BigInt, _>(at(values, self.place)?)?,
                Values::MaybeNumbers(values) => out.push_bind_param::<Nullable<BigInt>, _>(at(values, self.place)?)?,
                Values::Texts(values) => out.push_bind_param::<Text, _>(at(values, self.place)?)?,
                Values::MaybeTexts(values) => out.push_bind_param::<Nullable<Text>, _>(at(values, self.place)?)?,
                Values::Bytes(values) => out.push_bind_param::<Binary, _>(at(values, self.place)?)?,
            }
        }
        out.push_sql(self.after);
        Ok(())
    }
}

fn at<T>(values: &[T], row: usize) -> QueryResult<&T> {
    values.get(row).ok_or_else(|| diesel::result::Error::QueryBuilderError("columns of unequal length".into()))
}

/// A statement without values.
struct Words<'a>(&'a str);

impl<DB: Backend> QueryFragment<DB> for Words<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

// By their words, which are always the same, a connection finds them prepared.
impl QueryId for Arrays<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryId for Row<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryId for Words<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Words<'_> {
    type SqlType = Untyped;
}

impl Query for Row<'_> {
    type SqlType = Untyped;
}

impl Query for Arrays<'_> {
    type SqlType = Untyped;
}

impl<Conn> RunQueryDsl<Conn> for Arrays<'_> {}
impl<Conn> RunQueryDsl<Conn> for Row<'_> {}
impl<Conn> RunQueryDsl<Conn> for Words<'_> {}
