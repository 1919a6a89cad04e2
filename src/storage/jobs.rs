//! The queue of work that must not block an answer.
//!
//! *Invariant:* a job is enqueued in the transaction that makes it necessary, and is held by one worker at a time, for
//! the length of a lease; a worker that dies loses it, and one that comes back too late changes nothing.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};

use super::connection::Tx;
use super::db::Db;
use super::dialect::{bind, skip_locked};
use super::error::Result;
use super::schema::jobs;
use super::values::unsigned;
use crate::model::Moment;

/// A job that a worker holds.
#[derive(Debug, Clone)]
pub struct HeldJob {
    /// Its id.
    pub id: String,
    /// What is to be done.
    pub kind: String,
    /// To what.
    pub subject: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// Until when it is held: by this a lease is told from the one that follows it.
    pub leased_until: Moment,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Integer)]
    attempts: i32,
}

/// Enqueues a job.
///
/// # Errors
/// Those of the database.
pub fn enqueue(tx: &mut Tx<'_>, id: &str, kind: &str, subject: &str, now: Moment) -> Result<()> {
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(id),
            jobs::kind.eq(kind),
            jobs::subject.eq(subject),
            jobs::enqueued_at.eq(now.as_millis()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Returns whether some job waits for a worker: a cheap look before taking the writer's place.
///
/// # Errors
/// Those of the database.
pub fn is_waiting(db: &mut Db, now: Moment) -> Result<bool> {
    let count: i64 = jobs::table
        .filter(jobs::ended_at.is_null())
        .filter(jobs::leased_until.is_null().or(jobs::leased_until.lt(now.as_millis())))
        .count()
        .get_result(db)?;
    Ok(count > 0)
}

/// Takes the oldest job that waits, or whose worker's lease ran out.
///
/// # Errors
/// Those of the database.
pub fn take(tx: &mut Tx<'_>, now: Moment, leased_until: Moment) -> Result<Option<HeldJob>> {
    let sql = format!(
        "SELECT id, kind, subject, attempts FROM jobs WHERE ended_at IS NULL \
         AND (leased_until IS NULL OR leased_until < {}) ORDER BY enqueued_at, id LIMIT 1{}",
        bind(tx.db(), 1),
        skip_locked(tx.db())
    );
    let found: Option<Row> =
        diesel::sql_query(sql).bind::<BigInt, _>(now.as_millis()).get_result(tx.db()).optional()?;
    let Some(row) = found else { return Ok(None) };
    diesel::update(jobs::table.filter(jobs::id.eq(&row.id)))
        .set((jobs::leased_until.eq(Some(leased_until.as_millis())), jobs::attempts.eq(row.attempts + 1)))
        .execute(tx.db())?;
    let attempt = unsigned(row.attempts)? + 1;
    Ok(Some(HeldJob { id: row.id, kind: row.kind, subject: row.subject, attempt, leased_until }))
}

/// Whether a worker still held what it had taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Hold {
    /// It did, and what was to be recorded is.
    Kept,
    /// Its lease ran out and another worker took the job, or ended it: nothing was recorded.
    Lost,
}

impl Hold {
    const fn of(rows: usize) -> Self {
        if rows == 1 { Self::Kept } else { Self::Lost }
    }
}

/// The row of a job while it is held by this lease. One that ran out is still the worker's own until another takes the job.
macro_rules! held {
    ($job:expr) => {
        jobs::table
            .filter(jobs::id.eq(&$job.id))
            .filter(jobs::ended_at.is_null())
            .filter(jobs::leased_until.eq($job.leased_until.as_millis()))
    };
}

/// Ends a job, with the failure if it failed for good.
///
/// # Errors
/// Those of the database.
pub fn end(tx: &mut Tx<'_>, job: &HeldJob, now: Moment, failure: Option<&str>) -> Result<Hold> {
    let ended = diesel::update(held!(job))
        .set((jobs::ended_at.eq(Some(now.as_millis())), jobs::failure.eq(failure)))
        .execute(tx.db())?;
    Ok(Hold::of(ended))
}

/// Holds a job for longer: whoever is about to speak for it makes sure first that it still may.
///
/// # Errors
/// Those of the database.
pub fn hold_on(tx: &mut Tx<'_>, job: &mut HeldJob, leased_until: Moment) -> Result<Hold> {
    // Never shorter, or another worker's lease could be of the same length.
    let leased_until = leased_until.max(job.leased_until);
    let rows =
        diesel::update(held!(job)).set(jobs::leased_until.eq(Some(leased_until.as_millis()))).execute(tx.db())?;
    let came = Hold::of(rows);
    if came == Hold::Kept {
        job.leased_until = leased_until;
    }
    Ok(came)
}

/// Gives a job back, to be taken again after an instant.
///
/// # Errors
/// Those of the database.
pub fn give_back(tx: &mut Tx<'_>, job: &HeldJob, not_before: Moment) -> Result<Hold> {
    let given = diesel::update(held!(job)).set(jobs::leased_until.eq(Some(not_before.as_millis()))).execute(tx.db())?;
    Ok(Hold::of(given))
}

/// Puts a job of which a step is done behind those that wait; the next step is a first attempt again.
///
/// # Errors
/// Those of the database.
pub fn queue_again(tx: &mut Tx<'_>, job: &HeldJob, now: Moment) -> Result<Hold> {
    let queued = diesel::update(held!(job))
        .set((jobs::leased_until.eq(None::<i64>), jobs::attempts.eq(0), jobs::enqueued_at.eq(now.as_millis())))
        .execute(tx.db())?;
    Ok(Hold::of(queued))
}
