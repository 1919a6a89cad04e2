//! The orders themselves.
//!
//! *Invariant:* a job that ended stays ended as it did.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;

use crate::model::{Moment, OperatorId, PrintJobId};
use crate::storage::connection::Tx;
use crate::storage::db::Db;
use crate::storage::error::Result;
use crate::storage::schema::print_jobs as jobs;
use crate::storage::values::limit;

/// A print job as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
pub struct StoredJob {
    /// Its id.
    pub id: String,
    /// Whose plates.
    pub operator_id: String,
    /// Who ordered them.
    pub account_id: String,
    /// `queued, working, done, failed, cancelled`.
    pub status: String,
    /// `pdf, svg, png`.
    pub format: String,
    /// On what is printed, for `pdf`.
    pub stock: Option<String>,
    /// Dots an inch, for `png`.
    pub dpi: Option<i32>,
    /// `plate` or `label`.
    pub part: String,
    /// Names of positions with commas between them.
    pub positions: String,
    /// How many of each.
    pub copies: i32,
    /// Why what was printed is printed again.
    pub reason: Option<String>,
    /// The operator's name as it stands on the plates.
    pub operator_name: String,
    /// What the sheets call the batch.
    pub batch: String,
    /// The digest of the order, hexadecimal.
    pub job_hash: String,
    /// The digest of the settings that drawings depend on, hexadecimal.
    pub settings: String,
    /// How many numbers.
    pub numbers: i64,
    /// How many plates or labels, copies too.
    pub pieces: i64,
    /// How many plate items among them were printed before.
    pub reprints: i64,
    /// Why it failed, by code.
    pub failure: Option<String>,
    /// When it was accepted, in milliseconds UTC.
    pub created_at: i64,
    /// When its work ended.
    pub ended_at: Option<i64>,
    /// When the bytes of its files were erased.
    pub erased_at: Option<i64>,
}

/// Records an order.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, new: &StoredJob) -> Result<()> {
    on_each!(tx.db(), connection => diesel::insert_into(jobs::table).values(new).execute(connection))?;
    Ok(())
}

/// Finds a job; one of a certain operator, if given.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, id: &PrintJobId, only: Option<&OperatorId>) -> Result<Option<StoredJob>> {
    let mut query = jobs::table.filter(jobs::id.eq(id.as_str().to_owned())).select(jobs::all_columns).into_boxed();
    if let Some(only) = only {
        query = query.filter(jobs::operator_id.eq(only.as_str().to_owned()));
    }
    Ok(query.first(db).optional()?)
}

/// Lists an operator's jobs, the newest first, those before the one given.
///
/// # Errors
/// Those of the database.
pub fn list(db: &mut Db, of: &OperatorId, before: Option<&str>, rows: usize) -> Result<Vec<StoredJob>> {
    let mut query = jobs::table
        .filter(jobs::operator_id.eq(of.as_str().to_owned()))
        .select(jobs::all_columns)
        .order(jobs::id.desc())
        .limit(limit(rows))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(jobs::id.lt(before.to_owned()));
    }
    Ok(query.load(db)?)
}

/// Marks a queued job as being worked on.
///
/// # Errors
/// Those of the database.
pub fn begin(tx: &mut Tx<'_>, id: &PrintJobId) -> Result<()> {
    diesel::update(jobs::table.filter(jobs::id.eq(id.as_str())).filter(jobs::status.eq("queued")))
        .set(jobs::status.eq("working"))
        .execute(tx.db())?;
    Ok(())
}

/// Ends a job that has not ended; returns whether it had not.
///
/// # Errors
/// Those of the database.
pub fn end(tx: &mut Tx<'_>, id: &PrintJobId, status: &str, failure: Option<&str>, now: Moment) -> Result<bool> {
    let open = jobs::table.filter(jobs::id.eq(id.as_str())).filter(jobs::ended_at.is_null());
    let ended = diesel::update(open)
        .set((jobs::status.eq(status), jobs::failure.eq(failure), jobs::ended_at.eq(Some(now.as_millis()))))
        .execute(tx.db())?;
    Ok(ended == 1)
}

/// Lists jobs that ended before an instant and whose bytes are still kept.
///
/// # Errors
/// Those of the database.
pub fn kept_since(db: &mut Db, before: Moment, rows: usize) -> Result<Vec<PrintJobId>> {
    let ids: Vec<String> = jobs::table
        .filter(jobs::erased_at.is_null())
        .filter(jobs::ended_at.lt(before.as_millis()))
        .select(jobs::id)
        .order(jobs::ended_at)
        .limit(limit(rows))
        .load(db)?;
    Ok(ids.iter().map(|id| PrintJobId::from_text(id)).collect())
}

/// Records that the bytes of a job are gone.
///
/// # Errors
/// Those of the database.
pub fn mark_erased(tx: &mut Tx<'_>, id: &PrintJobId, now: Moment) -> Result<()> {
    diesel::update(jobs::table.filter(jobs::id.eq(id.as_str())))
        .set(jobs::erased_at.eq(Some(now.as_millis())))
        .execute(tx.db())?;
    Ok(())
}
