//! Statements that take whole columns of values: read beside a table, or written as rows, in one exchange with the database.
//!
//! *Invariant:* the words of a statement are the same however many values there are, so that a connection plans it once: to plan
//! one for each batch took longer than to run it. On `PostgreSQL` each column is one array.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, SqlType, Text, Untyped};
use diesel::sqlite::Sqlite;

use super::db::Db;

/// The values of a column.
pub(super) enum Values<'a> {
    Integers(Vec<i32>),
    Numbers(Vec<i64>),
    MaybeNumbers(Vec<Option<i64>>),
    Texts(Vec<&'a str>),
    MaybeTexts(Vec<Option<&'a str>>),
    Bytes(Vec<&'a [u8]>),
}

/// A column and its values; all columns of a statement have equally many.
pub(super) type Column<'a> = (&'static str, Values<'a>);

/// What becomes of a row whose key is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// The statement fails.
    Fails,
    /// The row that is there stays.
    Stays,
}

/// Writes rows into a table.
pub(super) fn insert(db: &mut Db, table: &str, columns: &[Column<'_>], taken: Taken) -> QueryResult<usize> {
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    if rows == 0 {
        return Ok(0);
    }
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let into = format!("INSERT INTO {table} ({})", names.join(", "));
    let after = match taken {
        Taken::Fails => "",
        Taken::Stays => " ON CONFLICT DO NOTHING",
    };
    match db {
        Db::Postgres(connection) => {
            let before = format!("{into} SELECT * FROM unnest(");
            Arrays { before: &before, columns, after: &format!("){after}") }.execute(connection)
        }
        Db::Sqlite(connection) => {
            let before = format!("{into} VALUES (");
            let after = format!("){after}");
            let mut written = 0_usize;
            for row in 0..rows {
                let one = Row { before: &before, columns, row, after: &after };
                written = written.saturating_add(one.execute(connection)?);
            }
            Ok(written)
        }
    }
}

/// Reads what `rest` selects beside the columns, which it may name as a table `q`. The values are numbers of our own.
pub(super) fn load_beside<T>(db: &mut Db, columns: &[Column<'_>], rest: &str) -> QueryResult<Vec<T>>
where
    T: QueryableByName<Pg> + QueryableByName<Sqlite> + 'static,
{
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    match db {
        Db::Postgres(connection) => {
            let after = format!(") AS q({})) {rest}", names.join(", "));
            Arrays { before: "WITH q AS (SELECT * FROM unnest(", columns, after: &after }.load(connection)
        }
        Db::Sqlite(connection) => diesel::sql_query(format!("WITH {} {rest}", spelled(columns))).load(connection),
    }
}

/// The columns as a table `q` in words: numbers only.
pub(super) fn spelled(columns: &[Column<'_>]) -> String {
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let mut text = format!("q({}) AS (VALUES ", names.join(", "));
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        let cells =
            columns.iter().map(|(_, values)| values.number(row).map_or("NULL".to_owned(), |one| one.to_string()));
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push(')');
    }
    text.push(')');
    text
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

    fn number(&self, row: usize) -> Option<i64> {
        match self {
            Self::Integers(values) => values.get(row).copied().map(i64::from),
            Self::Numbers(values) => values.get(row).copied(),
            Self::MaybeNumbers(values) => values.get(row).copied().flatten(),
            Self::Texts(_) | Self::MaybeTexts(_) | Self::Bytes(_) => None,
        }
    }
}

/// A statement around arrays.
struct Arrays<'a> {
    before: &'a str,
    columns: &'a [Column<'a>],
    after: &'a str,
}

impl QueryFragment<Pg> for Arrays<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.before);
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
        out.push_sql(self.after);
        Ok(())
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
struct Row<'a> {
    before: &'a str,
    columns: &'a [Column<'a>],
    row: usize,
    after: &'a str,
}

impl QueryFragment<Sqlite> for Row<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.before);
        for (place, (_, values)) in self.columns.iter().enumerate() {
            if place > 0 {
                out.push_sql(", ");
            }
            match values {
                Values::Integers(values) => out.push_bind_param::<Integer, _>(at(values, self.row)?)?,
                Values::Numbers(values) => out.push_bind_param::<BigInt, _>(at(values, self.row)?)?,
                Values::MaybeNumbers(values) => out.push_bind_param::<Nullable<BigInt>, _>(at(values, self.row)?)?,
                Values::Texts(values) => out.push_bind_param::<Text, _>(at(values, self.row)?)?,
                Values::MaybeTexts(values) => out.push_bind_param::<Nullable<Text>, _>(at(values, self.row)?)?,
                Values::Bytes(values) => out.push_bind_param::<Binary, _>(at(values, self.row)?)?,
            }
        }
        out.push_sql(self.after);
        Ok(())
    }
}

fn at<T>(values: &[T], row: usize) -> QueryResult<&T> {
    values.get(row).ok_or_else(|| diesel::result::Error::QueryBuilderError("columns of unequal length".into()))
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

impl Query for Arrays<'_> {
    type SqlType = Untyped;
}

impl<Conn> RunQueryDsl<Conn> for Arrays<'_> {}
impl<Conn> RunQueryDsl<Conn> for Row<'_> {}
