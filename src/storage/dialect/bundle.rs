//! Rows of several tables in one exchange with the database: for tables that hold few rows of what is asked about, an exchange of
//! its own for each costs more than the rows.
//!
//! *Invariant:* each row comes as a JSON array of its columns, in their order, and is read back into the row that the table's own
//! file knows; no value is a byte string or a number that JSON does not hold exactly.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use serde::de::DeserializeOwned;

use super::columns::{Arrays, Column, Part, Row, Values};
use crate::storage::db::Db;
use crate::storage::error::{Error, Result};

/// Rows of one table: which columns, and from where. The table is called `t`; the keys that are asked about stand in the tables
/// `qn (number)`, `qv (id)` of vehicles, `qo (id)` of operators and `qk (id)` of access keys, and come first, so that they are looked
/// up in the table and not the other way round.
#[derive(PartialEq, Eq)]
pub(in crate::storage) struct Slice {
    pub(in crate::storage) columns: &'static str,
    pub(in crate::storage) from: &'static str,
}

/// The keys that are asked about.
pub(in crate::storage) struct Keys<'a> {
    pub(in crate::storage) numbers: &'a [String],
    pub(in crate::storage) bearers: Bearers<'a>,
    pub(in crate::storage) callers: &'a [&'a str],
}

/// Which vehicles and operators are asked about.
pub(in crate::storage) enum Bearers<'a> {
    /// These.
    Given { vehicles: &'a [i64], operators: &'a [&'a str] },
    /// All that are or were believed to have borne the numbers.
    OfNumbers,
}

/// How the bearers of the numbers are found.
const OF_NUMBERS: &str = ", qp AS (SELECT DISTINCT p.vehicle_id, p.operator_id FROM qn CROSS JOIN plates p WHERE p.number = \
                          qn.number), qv AS (SELECT DISTINCT qp.vehicle_id AS id FROM qp), qo AS (SELECT DISTINCT \
                          qp.operator_id AS id FROM qp)";

/// What was found: each slice with its rows.
pub(in crate::storage) struct Bundle(Vec<(&'static Slice, Vec<String>)>);

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Integer)]
    slice: i32,
    #[diesel(sql_type = Text)]
    fields: String,
}

impl Bundle {
    /// Reads all slices in one statement.
    pub(in crate::storage) fn load(db: &mut Db, keys: &Keys<'_>, slices: &[&'static Slice]) -> Result<Self> {
        let found = match db {
            Db::Postgres(connection) => from_postgres(connection, keys, slices)?,
            Db::Sqlite(connection) => from_sqlite(connection, keys, slices)?,
        };
        let mut bundle = Self(slices.iter().map(|slice| (*slice, Vec::new())).collect());
        for row in found {
            let slice = usize::try_from(row.slice).ok().and_then(|place| bundle.0.get_mut(place));
            if let Some((_, rows)) = slice {
                rows.push(row.fields);
            }
        }
        Ok(bundle)
    }

    /// Returns the rows of a slice; none of one that was not asked for.
    pub(in crate::storage) fn rows<T: DeserializeOwned>(&self, of: &Slice) -> Result<Vec<T>> {
        let fields = self.0.iter().find(|(slice, _)| *slice == of).map_or(&[][..], |(_, rows)| rows);
        let read = |fields: &String| serde_json::from_str(fields).map_err(|error| Error::Broken(Box::new(error)));
        fields.iter().map(read).collect()
    }
}

fn from_postgres(connection: &mut PgConnection, keys: &Keys<'_>, slices: &[&Slice]) -> Result<Vec<Found>> {
    let numbers = [("number", Values::Texts(keys.numbers.iter().map(String::as_str).collect()))];
    let callers = [("id", Values::Texts(keys.callers.to_vec()))];
    let given = match keys.bearers {
        Bearers::Given { vehicles, operators } => {
            Some(([("id", Values::Numbers(vehicles.to_vec()))], [("id", Values::Texts(operators.to_vec()))]))
        }
        Bearers::OfNumbers => None,
    };
    let mut parts = vec![unnested("WITH qn(number)", &numbers), unnested(", qk(id)", &callers)];
    let mut words = String::new();
    match &given {
        Some((vehicles, operators)) => parts.extend([unnested(", qv(id)", vehicles), unnested(", qo(id)", operators)]),
        None => words.push_str(OF_NUMBERS),
    }
    words.push_str(&union(slices, |columns| format!("CAST(json_build_array({columns}) AS text)")));
    parts.push(Part { before: words, columns: &[], after: String::new() });
    Ok(Arrays { parts }.load(connection)?)
}

/// The values of a column as a table of this name.
fn unnested<'a>(name: &str, column: &'a [Column<'a>; 1]) -> Part<'a> {
    Part { before: format!("{name} AS (SELECT unnest("), columns: column, after: "))".to_owned() }
}

fn from_sqlite(connection: &mut SqliteConnection, keys: &Keys<'_>, slices: &[&Slice]) -> Result<Vec<Found>> {
    let json = |keys: serde_json::Result<String>| keys.map_err(|error| Error::Broken(Box::new(error)));
    let (vehicles, operators) = match keys.bearers {
        Bearers::Given { vehicles, operators } => (vehicles, operators),
        Bearers::OfNumbers => (&[][..], &[][..]),
    };
    let (numbers, vehicles) = (json(serde_json::to_string(keys.numbers))?, json(serde_json::to_string(vehicles))?);
    let (operators, access) = (json(serde_json::to_string(operators))?, json(serde_json::to_string(keys.callers))?);
    let columns: [Column<'_>; 4] = [
        ("numbers", Values::Texts(vec![&numbers])),
        ("vehicles", Values::Texts(vec![&vehicles])),
        ("operators", Values::Texts(vec![&operators])),
        ("keys", Values::Texts(vec![&access])),
    ];
    let each = |table: &str, of: &str| format!(", {table} AS (SELECT j.value FROM q, json_each(q.{of}) AS j)");
    let after = [
        "))".to_owned(),
        each("qn(number)", "numbers"),
        match keys.bearers {
            Bearers::Given { .. } => [each("qv(id)", "vehicles"), each("qo(id)", "operators")].concat(),
            Bearers::OfNumbers => OF_NUMBERS.to_owned(),
        },
        each("qk(id)", "keys"),
        union(slices, |columns| format!("json_array({columns})")),
    ]
    .concat();
    let before = "WITH q(numbers, vehicles, operators, keys) AS (VALUES (";
    Ok(Row { before, columns: &columns, place: 0, after: &after }.load(connection)?)
}

fn union(slices: &[&Slice], array: impl Fn(&str) -> String) -> String {
    let mut words = String::with_capacity(4_096);
    for (place, slice) in slices.iter().enumerate() {
        words.push_str(if place == 0 { " " } else { " UNION ALL " });
        let (place, fields) = (place.to_string(), array(slice.columns));
        words.extend(["SELECT ", &place, " AS slice, ", &fields, " AS fields FROM ", slice.from]);
    }
    words
}
