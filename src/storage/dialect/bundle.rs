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
    pub(in crate::storage) vehicles: &'a [i64],
    pub(in crate::storage) operators: &'a [&'a str],
    pub(in crate::storage) callers: &'a [&'a str],
}

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
        let found: Vec<Found> = match db {
            Db::Postgres(connection) => {
                let numbers = Values::Texts(keys.numbers.iter().map(String::as_str).collect());
                let tables: [(_, [Column<'_>; 1]); 4] = [
                    ("WITH qn", [("number", numbers)]),
                    (", qv", [("id", Values::Numbers(keys.vehicles.to_vec()))]),
                    (", qo", [("id", Values::Texts(keys.operators.to_vec()))]),
                    (", qk", [("id", Values::Texts(keys.callers.to_vec()))]),
                ];
                let mut parts: Vec<_> = tables
                    .iter()
                    .map(|(name, columns)| {
                        let named = columns.first().map_or("", |(named, _)| named);
                        let before = format!("{name} AS (SELECT unnest(");
                        Part { before, columns, after: format!(") AS {named})") }
                    })
                    .collect();
                if let Some(last) = parts.last_mut() {
                    last.after.push_str(&union(slices, |columns| format!("CAST(json_build_array({columns}) AS text)")));
                }
                Arrays { parts }.load(connection)?
            }
            Db::Sqlite(connection) => {
                let json = |keys: serde_json::Result<String>| keys.map_err(|error| Error::Broken(Box::new(error)));
                let (numbers, vehicles) =
                    (json(serde_json::to_string(keys.numbers))?, json(serde_json::to_string(keys.vehicles))?);
                let (operators, access) =
                    (json(serde_json::to_string(keys.operators))?, json(serde_json::to_string(keys.callers))?);
                let columns: [Column<'_>; 4] = [
                    ("numbers", Values::Texts(vec![&numbers])),
                    ("vehicles", Values::Texts(vec![&vehicles])),
                    ("operators", Values::Texts(vec![&operators])),
                    ("keys", Values::Texts(vec![&access])),
                ];
                let each =
                    |table: &str, of: &str| format!(", {table} AS (SELECT j.value FROM q, json_each(q.{of}) AS j)");
                let after = [
                    "))".to_owned(),
                    each("qn(number)", "numbers"),
                    each("qv(id)", "vehicles"),
                    each("qo(id)", "operators"),
                    each("qk(id)", "keys"),
                    union(slices, |columns| format!("json_array({columns})")),
                ]
                .concat();
                let before = "WITH q(numbers, vehicles, operators, keys) AS (VALUES (";
                Row { before, columns: &columns, place: 0, after: &after }.load(connection)?
            }
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

fn union(slices: &[&Slice], array: impl Fn(&str) -> String) -> String {
    let mut words = String::with_capacity(4_096);
    for (place, slice) in slices.iter().enumerate() {
        words.push_str(if place == 0 { " " } else { " UNION ALL " });
        let (place, fields) = (place.to_string(), array(slice.columns));
        words.extend(["SELECT ", &place, " AS slice, ", &fields, " AS fields FROM ", slice.from]);
    }
    words
}
