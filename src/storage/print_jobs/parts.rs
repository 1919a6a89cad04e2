//! Orders that are not recorded by plate yet: some of the numbers a row.
//!
//! *Invariant:* a part goes in the transaction that records its plates; so nothing of an order is lost, and nothing recorded
//! twice, whenever the program dies.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;
use std::fmt::Write as _;

use crate::model::PrintJobId;
use crate::plate::PlateNumber;
use crate::storage::connection::Tx;
use crate::storage::db::Db;
use crate::storage::dialect::rows_a_statement;
use crate::storage::error::Result;
use crate::storage::schema::print_job_order_parts as parts;
use crate::storage::values::{known, number};

/// What is printed of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedPlates {
    /// The number.
    pub number: PlateNumber,
    /// The items, one for each position that was asked for, in their order.
    pub items: Vec<u32>,
}

/// Some of the numbers of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPart {
    /// The how manieth number of the order is the first here, from zero.
    pub first: i64,
    /// The numbers, in the order in which they are printed.
    pub plates: Vec<WantedPlates>,
}

#[derive(Insertable)]
#[diesel(table_name = parts, treat_none_as_default_value = false)]
struct Row<'a> {
    job_id: &'a str,
    first: i64,
    plates: String,
}

/// Records numbers of an order, so many a part; `first` is the place of the first of them in the order.
///
/// # Errors
/// Those of the database.
pub fn insert_parts(
    tx: &mut Tx<'_>,
    id: &PrintJobId,
    first: i64,
    plates: &[WantedPlates],
    a_part: usize,
) -> Result<()> {
    let rows: Vec<_> = (0_i64..)
        .zip(plates.chunks(a_part))
        .map(|(part, plates)| {
            let before = part.saturating_mul(i64::try_from(a_part).unwrap_or(i64::MAX));
            Row { job_id: id.as_str(), first: first.saturating_add(before), plates: written(plates) }
        })
        .collect();
    for chunk in rows.chunks(rows_a_statement(3)) {
        on_each!(tx.db(), connection => diesel::insert_into(parts::table).values(chunk).execute(connection))?;
    }
    Ok(())
}

fn written(plates: &[WantedPlates]) -> String {
    let mut text = String::new();
    for wanted in plates {
        // A string takes whatever is written.
        let _ = write!(text, "{}", wanted.number);
        for item in &wanted.items {
            let _ = write!(text, " {item}");
        }
        text.push('\n');
    }
    text
}

fn read(text: &str) -> Result<Vec<WantedPlates>> {
    let line = |line: &str| {
        let mut words = line.split(' ');
        let number = number(words.next().unwrap_or_default())?;
        let items = words.map(|word| known(word.parse().ok(), "item of a plate", word)).collect::<Result<_>>()?;
        Ok(WantedPlates { number, items })
    };
    text.lines().map(line).collect()
}

/// Finds the first part of an order that is not recorded by plate yet.
///
/// # Errors
/// Those of the database.
pub fn next_part(db: &mut Db, id: &PrintJobId) -> Result<Option<OrderPart>> {
    let found: Option<(i64, String)> = parts::table
        .filter(parts::job_id.eq(id.as_str()))
        .order(parts::first)
        .select((parts::first, parts::plates))
        .first(db)
        .optional()?;
    found.map(|(first, text)| Ok(OrderPart { first, plates: read(&text)? })).transpose()
}

/// Takes a part away whose plates are recorded in the same transaction.
///
/// # Errors
/// Those of the database.
pub fn take_part(tx: &mut Tx<'_>, id: &PrintJobId, first: i64) -> Result<()> {
    let part = parts::table.filter(parts::job_id.eq(id.as_str())).filter(parts::first.eq(first));
    diesel::delete(part).execute(tx.db())?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again_and_nothing_else() {
        let plates = [("K00001", vec![1, 2, 3]), ("K00002", vec![17])]
            .map(|(text, items)| WantedPlates { number: PlateNumber::parse(text).unwrap(), items });
        assert_eq!(written(&plates), "K00001 1 2 3\nK00002 17\n");
        assert_eq!(read(&written(&plates)).unwrap(), plates);
        assert!(read("K00001 x").is_err() && read("nothing 1").is_err());
    }
}
