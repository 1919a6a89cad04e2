//! The plates of an order, in their order on the sheets.
//!
//! *Invariant:* a row is what one plate item is printed as in one job; `made_at` is set once, with the file that shows it.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;
use std::collections::HashSet;

use super::StoredFile;
use crate::model::{Moment, PrintJobId};
use crate::plate::PlateNumber;
use crate::storage::connection::Tx;
use crate::storage::db::Db;
use crate::storage::dialect::rows_a_statement;
use crate::storage::error::Result;
use crate::storage::schema::{print_job_items as items, print_jobs as jobs};
use crate::storage::values::{number, signed, unsigned};

/// A plate to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPrint {
    /// What it is cut with.
    pub die: &'static str,
    /// The how manieth of the die, from zero.
    pub place: i64,
    /// The number.
    pub number: PlateNumber,
    /// The item.
    pub item: u32,
    /// Whether it was printed, or ordered to be, before.
    pub printed_before: bool,
}

/// A plate of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintRow {
    /// The how manieth of the die, from zero.
    pub place: i64,
    /// The number.
    pub number: PlateNumber,
    /// The item.
    pub item: u32,
}

#[derive(Insertable)]
#[diesel(table_name = items, treat_none_as_default_value = false)]
struct Row<'a> {
    job_id: &'a str,
    die: &'a str,
    place: i64,
    number: String,
    item: i32,
    printed_before: bool,
    made_at: Option<i64>,
}

/// Records the plates of an order.
///
/// # Errors
/// Those of the database.
pub fn insert_items(tx: &mut Tx<'_>, id: &PrintJobId, new: &[NewPrint]) -> Result<()> {
    // Chunk by chunk, so that the rows of a large order are not in memory twice.
    for chunk in new.chunks(rows_a_statement(7)) {
        let rows = chunk
            .iter()
            .map(|new| {
                Ok(Row {
                    job_id: id.as_str(),
                    die: new.die,
                    place: new.place,
                    number: new.number.to_string(),
                    item: signed(new.item)?,
                    printed_before: new.printed_before,
                    made_at: None,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        on_each!(tx.db(), connection => diesel::insert_into(items::table).values(&rows).execute(connection))?;
    }
    Ok(())
}

/// Returns which items of these numbers stand in an order of this part that was made or may still be.
///
/// # Errors
/// Those of the database.
pub fn printed_before(db: &mut Db, part: &str, of: &[PlateNumber]) -> Result<HashSet<(PlateNumber, u32)>> {
    let mut found = HashSet::new();
    for chunk in of.chunks(rows_a_statement(1)) {
        let texts: Vec<_> = chunk.iter().map(ToString::to_string).collect();
        let rows: Vec<(String, i32)> = items::table
            .inner_join(jobs::table.on(jobs::id.eq(items::job_id)))
            .filter(items::number.eq_any(texts))
            .filter(jobs::part.eq(part))
            .filter(items::made_at.is_not_null().or(jobs::ended_at.is_null()))
            .select((items::number, items::item))
            .distinct()
            .load(db)?;
        for (text, item) in rows {
            found.insert((number(&text)?, unsigned(item)?));
        }
    }
    Ok(found)
}

/// The places of a die that a file shows: with several copies a plate may stand in two files.
fn places(file: &StoredFile, copies: i64) -> (i64, i64) {
    let last = file.first.saturating_add(file.pieces).saturating_sub(1);
    (file.first / copies.max(1), last / copies.max(1))
}

/// Reads the plates that a file shows, in their order.
///
/// # Errors
/// Those of the database.
pub fn items_of_file(db: &mut Db, id: &PrintJobId, file: &StoredFile, copies: i64) -> Result<Vec<PrintRow>> {
    let (first, last) = places(file, copies);
    let rows: Vec<(i64, String, i32)> = items::table
        .filter(items::job_id.eq(id.as_str()))
        .filter(items::die.eq(&file.die))
        .filter(items::place.between(first, last))
        .order(items::place)
        .select((items::place, items::number, items::item))
        .load(db)?;
    rows.into_iter()
        .map(|(place, text, item)| Ok(PrintRow { place, number: number(&text)?, item: unsigned(item)? }))
        .collect()
}

/// Marks the plates of a file as made.
///
/// # Errors
/// Those of the database.
pub fn mark_made(tx: &mut Tx<'_>, id: &PrintJobId, file: &StoredFile, copies: i64, now: Moment) -> Result<()> {
    let (first, last) = places(file, copies);
    let shown = items::table
        .filter(items::job_id.eq(id.as_str()))
        .filter(items::die.eq(&file.die))
        .filter(items::place.between(first, last))
        .filter(items::made_at.is_null());
    diesel::update(shown).set(items::made_at.eq(Some(now.as_millis()))).execute(tx.db())?;
    Ok(())
}
