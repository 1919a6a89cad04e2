//! The scheme that a registry began with, and under `sparse-19` the one sequence of its serials.
//!
//! *Invariant:* scheme and fingerprint are written once and never changed.
//! *Invariant:* the sequence moves under its row's lock, in the transaction that records who bears the numbers.

use diesel::prelude::*;

use super::connection::Tx;
use super::db::Db;
use super::error::{Error, Result};
use super::schema::numbering;
use super::values::known;
use crate::model::Moment;
use crate::plate::Scheme;

/// The scheme as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbering {
    /// The scheme.
    pub scheme: Scheme,
    /// The fingerprint of the key that shuffles serials, [`crate::plate::sparse::Shuffle::fingerprint`]; `None` where none is
    /// needed.
    pub key_fingerprint: Option<Vec<u8>>,
}

/// Finds the scheme; `None` before the first start, and for a registry that began before there was a choice.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db) -> Result<Option<Numbering>> {
    let row: Option<(String, Option<Vec<u8>>)> =
        numbering::table.select((numbering::scheme, numbering::key_fingerprint)).first(db).optional()?;
    row.map(|(name, key_fingerprint)| {
        Ok(Numbering { scheme: known(Scheme::find(&name), "scheme of plate numbers", &name)?, key_fingerprint })
    })
    .transpose()
}

/// Records the scheme; one that is recorded stays.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, new: &Numbering, now: Moment) -> Result<()> {
    let row = (
        numbering::id.eq(1),
        numbering::scheme.eq(new.scheme.name()),
        numbering::key_fingerprint.eq(new.key_fingerprint.clone()),
        numbering::begun_at.eq(now.as_millis()),
    );
    on_each!(tx.db(), connection => {
        diesel::insert_into(numbering::table).values(row).on_conflict_do_nothing().execute(connection)
    })?;
    Ok(())
}

/// Returns the serial that the next number takes.
///
/// # Errors
/// [`Error::Missing`] before the first start; those of the database.
pub fn next_serial(db: &mut Db) -> Result<u32> {
    let found: Option<i64> = numbering::table.select(numbering::next_serial).first(db).optional()?;
    serial(found.ok_or(Error::Missing)?)
}

/// Locks the sequence until the transaction ends, and returns the serial that the next number takes.
///
/// # Errors
/// As [`next_serial`].
pub fn lock(tx: &mut Tx<'_>) -> Result<u32> {
    // The lock is taken by writing: both databases then let the next one wait.
    diesel::update(numbering::table).set(numbering::next_serial.eq(numbering::next_serial)).execute(tx.db())?;
    next_serial(tx.db())
}

/// Moves the sequence, which must be locked.
///
/// # Errors
/// Those of the database.
pub fn move_next_serial(tx: &mut Tx<'_>, to: u32) -> Result<()> {
    diesel::update(numbering::table).set(numbering::next_serial.eq(i64::from(to))).execute(tx.db())?;
    Ok(())
}

fn serial(stored: i64) -> Result<u32> {
    u32::try_from(stored).map_err(|error| Error::corrupt(format!("a stored serial is out of range ({error})")))
}
