//! Series, objections and decisions; and the row from which numbers are taken.
//!
//! *Invariant:* the serials of a letter are handed out under its row's lock and become visible with the plates that
//! bear them: a transaction that fails leaves no gap.

use diesel::prelude::*;

use super::connection::Tx;
use super::db::Db;
use super::dialect::bundle::Slice;
use super::error::{Error, Result};
use super::schema::{series, series_objections as objections, series_rejections as rejections};
use super::values::{known, letter, limit};
use crate::model::{AccountId, Moment, OperatorId, Series, SeriesStatus};
use crate::plate::SeriesLetter;

pub(super) type Row =
    (String, String, String, i64, Option<i64>, Option<String>, Option<i64>, Option<i64>, Option<String>, i64);

macro_rules! columns {
    () => {
        (
            series::letter,
            series::operator_id,
            series::status,
            series::claimed_at,
            series::in_use_since,
            series::notice,
            series::objections_until,
            series::decided_at,
            series::decision_reason,
            series::next_serial,
        )
    };
}

/// All claims: there is one for each letter at most.
pub(super) const SLICE: Slice = Slice {
    columns: "t.letter, t.operator_id, t.status, t.claimed_at, t.in_use_since, t.notice, t.objections_until, t.decided_at, \
              t.decision_reason, t.next_serial",
    from: "series t",
};

pub(super) fn of_slice(rows: Vec<Row>) -> Result<Vec<Series>> {
    rows.into_iter().map(value).collect()
}

fn value(row: Row) -> Result<Series> {
    let (text, operator_id, status, claimed_at, in_use_since, notice, until, decided_at, decision_reason, next) = row;
    Ok(Series {
        letter: letter(&text)?,
        operator_id: OperatorId::from_text(&operator_id),
        status: known(SeriesStatus::find(&status), "series status", &status)?,
        claimed_at: Moment::from_millis(claimed_at),
        in_use_since: in_use_since.map(Moment::from_millis),
        notice,
        objections_until: until.map(Moment::from_millis),
        decided_at: decided_at.map(Moment::from_millis),
        decision_reason,
        next_serial: u32::try_from(next)
            .map_err(|error| Error::corrupt(format!("a stored serial is out of range ({error})")))?,
    })
}

/// Records a claim.
///
/// # Errors
/// [`Error::Conflict`] where the letter is claimed or confirmed.
pub fn insert(tx: &mut Tx<'_>, new: &Series) -> Result<()> {
    diesel::insert_into(series::table)
        .values((
            series::letter.eq(new.letter.to_string()),
            series::operator_id.eq(new.operator_id.as_str()),
            series::status.eq(new.status.name()),
            series::claimed_at.eq(new.claimed_at.as_millis()),
            series::in_use_since.eq(new.in_use_since.map(Moment::as_millis)),
            series::notice.eq(new.notice.as_deref()),
            series::objections_until.eq(new.objections_until.map(Moment::as_millis)),
            series::next_serial.eq(i64::from(new.next_serial)),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Finds the claim to a letter.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, of: SeriesLetter) -> Result<Option<Series>> {
    let row = series::table.filter(series::letter.eq(of.to_string())).select(columns!()).first::<Row>(db).optional()?;
    row.map(value).transpose()
}

/// Lists all claims, by letter; those of one operator, if given.
///
/// # Errors
/// Those of the database.
pub fn list(db: &mut Db, only: Option<&OperatorId>, after: Option<&str>, rows: usize) -> Result<Vec<Series>> {
    let mut query = series::table.select(columns!()).order(series::letter).limit(limit(rows)).into_boxed();
    if let Some(only) = only {
        query = query.filter(series::operator_id.eq(only.as_str()));
    }
    if let Some(after) = after {
        query = query.filter(series::letter.gt(after));
    }
    query.load::<Row>(db)?.into_iter().map(value).collect()
}

/// Confirms a claim that waits.
///
/// # Errors
/// [`Error::Missing`] where no claim to the letter waits.
pub fn confirm(tx: &mut Tx<'_>, of: SeriesLetter, now: Moment, by: &AccountId, reason: &str) -> Result<()> {
    let changed = diesel::update(
        series::table.filter(series::letter.eq(of.to_string())).filter(series::status.eq(SeriesStatus::Claimed.name())),
    )
    .set((
        series::status.eq(SeriesStatus::Confirmed.name()),
        series::decided_at.eq(Some(now.as_millis())),
        series::decided_by.eq(Some(by.as_str())),
        series::decision_reason.eq(Some(reason)),
    ))
    .execute(tx.db())?;
    if changed == 0 { Err(Error::Missing) } else { Ok(()) }
}

/// Rejects a claim that waits: the letter is free again, the claim stays on record.
///
/// # Errors
/// [`Error::Missing`] where no claim to the letter waits.
pub fn reject(tx: &mut Tx<'_>, row_id: &str, claim: &Series, now: Moment, by: &AccountId, reason: &str) -> Result<()> {
    let gone = diesel::delete(
        series::table
            .filter(series::letter.eq(claim.letter.to_string()))
            .filter(series::status.eq(SeriesStatus::Claimed.name())),
    )
    .execute(tx.db())?;
    if gone == 0 {
        return Err(Error::Missing);
    }
    diesel::insert_into(rejections::table)
        .values((
            rejections::id.eq(row_id),
            rejections::letter.eq(claim.letter.to_string()),
            rejections::operator_id.eq(claim.operator_id.as_str()),
            rejections::claimed_at.eq(claim.claimed_at.as_millis()),
            rejections::decided_at.eq(now.as_millis()),
            rejections::decided_by.eq(by.as_str()),
            rejections::decision_reason.eq(reason),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Records an objection to a claim.
///
/// # Errors
/// Those of the database.
pub fn insert_objection(
    tx: &mut Tx<'_>,
    row_id: &str,
    of: SeriesLetter,
    by: &OperatorId,
    reason: &str,
    now: Moment,
) -> Result<()> {
    diesel::insert_into(objections::table)
        .values((
            objections::id.eq(row_id),
            objections::letter.eq(of.to_string()),
            objections::operator_id.eq(by.as_str()),
            objections::reason.eq(reason),
            objections::filed_at.eq(now.as_millis()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Moves the next serial of a letter from one value to another, under the row's lock.
///
/// # Errors
/// [`Error::Conflict`] where another transaction moved it in between.
pub fn move_next_serial(tx: &mut Tx<'_>, of: SeriesLetter, from: u32, to: u32) -> Result<()> {
    let changed = diesel::update(
        series::table.filter(series::letter.eq(of.to_string())).filter(series::next_serial.eq(i64::from(from))),
    )
    .set(series::next_serial.eq(i64::from(to)))
    .execute(tx.db())?;
    if changed == 1 { Ok(()) } else { Err(Error::Conflict(format!("the next serial of {of} was moved meanwhile"))) }
}
