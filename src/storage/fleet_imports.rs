//! Uploads of fleet lists: the bytes as they came, what was found, and what each row became.
//!
//! *Invariant:* the bytes are kept, so that a check made by one server can be committed by another, and a receipt
//! repeats the original columns.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;

use super::connection::Tx;
use super::db::Db;
use super::error::{Error, Result};
use super::schema::{fleet_import_rows as rows, fleet_imports as imports};
use super::values::limit;
use crate::model::{AccountId, ImportId, Moment, OperatorId};

/// An upload as it is received.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// Its id.
    pub id: ImportId,
    /// Whose fleet.
    pub operator_id: OperatorId,
    /// Who uploaded it.
    pub account_id: AccountId,
    /// `reading`, or `committing` where no dry run is wanted.
    pub status: &'static str,
    /// `all_or_nothing` or `good_rows`.
    pub mode: &'static str,
    /// The explicit mapping of columns, as JSON.
    pub mapping: String,
    /// A number up to which a jump ahead is meant.
    pub adopt_up_to: Option<String>,
    /// The file.
    pub file: Vec<u8>,
    /// Its SHA-256.
    pub file_digest: Vec<u8>,
    /// When.
    pub created_at: Moment,
}

/// An upload as recorded, without its file.
#[derive(Debug, Clone, Queryable)]
pub struct StoredImport {
    /// Its id.
    pub id: String,
    /// Whose fleet.
    pub operator_id: String,
    /// Who uploaded it.
    pub account_id: String,
    /// `reading, checked, committing, committed, refused, failed`.
    pub status: String,
    /// `all_or_nothing` or `good_rows`.
    pub mode: String,
    /// The explicit mapping of columns, as JSON.
    pub mapping: String,
    /// A number up to which a jump ahead is meant.
    pub adopt_up_to: Option<String>,
    /// What the reader found, as JSON.
    pub found: Option<String>,
    /// The counts, as JSON.
    pub counts: Option<String>,
    /// The first problems, as JSON.
    pub problems: Option<String>,
    /// How many problems there are in all.
    pub problems_total: i64,
    /// What it would change, as JSON.
    pub diff: Option<String>,
    /// Why it failed or was refused.
    pub failure: Option<String>,
    /// When it was received, in milliseconds UTC.
    pub created_at: i64,
    /// When its work ended.
    pub ended_at: Option<i64>,
}

/// What came of the work on an upload.
#[derive(Debug, Clone)]
pub struct ImportOutcome {
    /// `checked`, `committed`, `refused` or `failed`.
    pub status: &'static str,
    /// What the reader found, as JSON.
    pub found: Option<String>,
    /// The counts, as JSON.
    pub counts: Option<String>,
    /// The first problems, as JSON.
    pub problems: Option<String>,
    /// How many problems there are in all.
    pub problems_total: i64,
    /// What it would change, as JSON.
    pub diff: Option<String>,
    /// Why it failed or was refused.
    pub failure: Option<String>,
}

/// What a row became.
#[derive(Debug, Clone, Queryable)]
pub struct RowOutcome {
    /// The row's number in the file.
    pub row: i64,
    /// `new`, `changed` or `unchanged`.
    pub outcome: String,
    /// The operator's id of the vehicle.
    pub device_id: String,
    /// The number that it bears.
    pub number: Option<String>,
    /// The names of the fields that changed, comma separated.
    pub changes: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = rows, treat_none_as_default_value = false)]
struct OutcomeRow<'a> {
    import_id: &'a str,
    row_number: i64,
    outcome: &'a str,
    device_id: &'a str,
    number: Option<&'a str>,
    changes: Option<&'a str>,
}

/// Records an upload.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, new: &NewImport) -> Result<()> {
    diesel::insert_into(imports::table)
        .values((
            imports::id.eq(new.id.as_str()),
            imports::operator_id.eq(new.operator_id.as_str()),
            imports::account_id.eq(new.account_id.as_str()),
            imports::status.eq(new.status),
            imports::mode.eq(new.mode),
            imports::mapping.eq(&new.mapping),
            imports::adopt_up_to.eq(new.adopt_up_to.as_deref()),
            imports::file.eq(&new.file),
            imports::file_digest.eq(&new.file_digest),
            imports::created_at.eq(new.created_at.as_millis()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Finds an upload; one of a certain operator, if given.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, id: &ImportId, only: Option<&OperatorId>) -> Result<Option<StoredImport>> {
    let mut query = imports::table
        .filter(imports::id.eq(id.as_str().to_owned()))
        .select((
            imports::id,
            imports::operator_id,
            imports::account_id,
            imports::status,
            imports::mode,
            imports::mapping,
            imports::adopt_up_to,
            imports::found,
            imports::counts,
            imports::problems,
            imports::problems_total,
            imports::diff,
            imports::failure,
            imports::created_at,
            imports::ended_at,
        ))
        .into_boxed();
    if let Some(only) = only {
        query = query.filter(imports::operator_id.eq(only.as_str().to_owned()));
    }
    Ok(query.first(db).optional()?)
}

/// Reads the file of an upload.
///
/// # Errors
/// [`Error::Missing`] where there is no such upload.
pub fn file(db: &mut Db, id: &ImportId) -> Result<Vec<u8>> {
    Ok(imports::table.filter(imports::id.eq(id.as_str())).select(imports::file).first(db)?)
}

/// Moves an upload from one status to another.
///
/// # Errors
/// [`Error::Conflict`] where it does not have the first status.
pub fn move_status(tx: &mut Tx<'_>, id: &ImportId, from: &str, to: &str) -> Result<()> {
    let moved = diesel::update(imports::table.filter(imports::id.eq(id.as_str())).filter(imports::status.eq(from)))
        .set(imports::status.eq(to))
        .execute(tx.db())?;
    if moved == 1 { Ok(()) } else { Err(Error::Conflict(format!("the import is not {from}"))) }
}

/// Records what came of the work, if the upload still has the status that the work began with; returns whether it had.
///
/// # Errors
/// Those of the database.
pub fn end(tx: &mut Tx<'_>, id: &ImportId, began_as: &str, outcome: &ImportOutcome, now: Moment) -> Result<bool> {
    let moved = diesel::update(imports::table.filter(imports::id.eq(id.as_str())).filter(imports::status.eq(began_as)))
        .set((
            imports::status.eq(outcome.status),
            imports::found.eq(outcome.found.as_deref()),
            imports::counts.eq(outcome.counts.as_deref()),
            imports::problems.eq(outcome.problems.as_deref()),
            imports::problems_total.eq(outcome.problems_total),
            imports::diff.eq(outcome.diff.as_deref()),
            imports::failure.eq(outcome.failure.as_deref()),
            imports::ended_at.eq(Some(now.as_millis())),
        ))
        .execute(tx.db())?;
    Ok(moved == 1)
}

/// Records what rows became.
///
/// # Errors
/// Those of the database.
pub fn insert_rows(tx: &mut Tx<'_>, id: &ImportId, outcomes: &[RowOutcome]) -> Result<()> {
    let new: Vec<_> = outcomes
        .iter()
        .map(|row| OutcomeRow {
            import_id: id.as_str(),
            row_number: row.row,
            outcome: &row.outcome,
            device_id: &row.device_id,
            number: row.number.as_deref(),
            changes: row.changes.as_deref(),
        })
        .collect();
    insert_many!(tx.db(), rows::table, &new)?;
    Ok(())
}

/// Reads what rows became, in the order of the file, after the row given.
///
/// # Errors
/// Those of the database.
pub fn row_outcomes(db: &mut Db, id: &ImportId, after: i64, count: usize) -> Result<Vec<RowOutcome>> {
    Ok(rows::table
        .filter(rows::import_id.eq(id.as_str()))
        .filter(rows::row_number.gt(after))
        .order(rows::row_number)
        .limit(limit(count))
        .select((rows::row_number, rows::outcome, rows::device_id, rows::number, rows::changes))
        .load(db)?)
}
