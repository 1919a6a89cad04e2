//! The audit log read back: entries, head, checkpoints, tiles; and what the checkpoint job writes.
//!
//! *Invariant:* reading checks nothing: whoever reads recomputes ([`crate::audit::LogVerifier`]).

use diesel::prelude::*;

use super::connection::Tx;
use super::db::Db;
use super::error::{Error, Result};
use super::schema::{
    log_checkpoints as checkpoints, log_entries as entries, log_head as head, log_identity as identity,
    log_tiles as tiles,
};
use super::values::{limit, size, stored_size};
use crate::audit::Hash;
use crate::model::Moment;

/// An entry as stored.
#[derive(Debug, Clone)]
pub struct StoredEntry {
    /// Its index, from 0.
    pub index: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The leaf hash stored beside it, as it stands there.
    pub leaf_hash: Vec<u8>,
}

/// The head as stored.
#[derive(Debug, Clone)]
pub struct StoredHead {
    /// How many entries the log is said to have.
    pub size: i64,
    /// The root, as it stands there.
    pub root: Vec<u8>,
    /// The compact range, as it stands there.
    pub frontier: Vec<u8>,
}

/// Reads the head.
///
/// # Errors
/// [`Error::Missing`] where there is none.
pub fn stored_head(db: &mut Db) -> Result<StoredHead> {
    let (size, root, frontier) = head::table.select((head::size, head::root, head::frontier)).first(db)?;
    Ok(StoredHead { size, root, frontier })
}

/// Returns how many entries the head says there are.
///
/// # Errors
/// Those of the database.
pub fn log_size(db: &mut Db) -> Result<u64> {
    size(stored_head(db)?.size)
}

/// Reads entries in order, from an index on.
///
/// # Errors
/// Those of the database.
pub fn stored_entries(db: &mut Db, from: u64, rows: usize) -> Result<Vec<StoredEntry>> {
    let found: Vec<(i64, Vec<u8>, Vec<u8>)> =
        entries::table.filter(entries::idx.ge(stored_size(from)?)).order(entries::idx).limit(limit(rows)).load(db)?;
    found
        .into_iter()
        .map(|(index, bytes, leaf_hash)| Ok(StoredEntry { index: size(index)?, bytes, leaf_hash }))
        .collect()
}

/// Reads the bytes of the entries that stand at these indexes, as stored; one that is missing is absent.
///
/// # Errors
/// Those of the database.
pub fn entries_at(db: &mut Db, indexes: &[i64]) -> Result<Vec<(i64, Vec<u8>)>> {
    Ok(entries::table.filter(entries::idx.eq_any(indexes)).select((entries::idx, entries::entry)).load(db)?)
}

/// Reads the leaf hashes of `[from, until)`.
///
/// # Errors
/// [`Error::Broken`] where one is missing or no hash.
pub fn leaf_hashes(db: &mut Db, from: u64, until: u64) -> Result<Vec<Hash>> {
    let found: Vec<Vec<u8>> = entries::table
        .filter(entries::idx.ge(stored_size(from)?))
        .filter(entries::idx.lt(stored_size(until)?))
        .order(entries::idx)
        .select(entries::leaf_hash)
        .load(db)?;
    hashes(&found, until.saturating_sub(from))
}

/// Reads the hashes of the full subtrees `[from, until)` of 256^level leaves each.
///
/// # Errors
/// [`Error::Broken`] where one is missing or no hash.
pub fn tile_hashes(db: &mut Db, level: u8, from: u64, until: u64) -> Result<Vec<Hash>> {
    if level == 0 {
        return leaf_hashes(db, from, until);
    }
    let found: Vec<Vec<u8>> = tiles::table
        .filter(tiles::level.eq(i32::from(level)))
        .filter(tiles::idx.ge(stored_size(from)?))
        .filter(tiles::idx.lt(stored_size(until)?))
        .order(tiles::idx)
        .select(tiles::hash)
        .load(db)?;
    hashes(&found, until.saturating_sub(from))
}

/// Reads the stored hash of one full subtree of 256^level leaves, as it stands there.
///
/// # Errors
/// Those of the database.
pub fn stored_tile(db: &mut Db, level: u32, index: u64) -> Result<Option<Vec<u8>>> {
    let level = i32::try_from(level).map_err(|error| Error::Broken(Box::new(error)))?;
    Ok(tiles::table
        .filter(tiles::level.eq(level))
        .filter(tiles::idx.eq(stored_size(index)?))
        .select(tiles::hash)
        .first(db)
        .optional()?)
}

fn hashes(found: &[Vec<u8>], expected: u64) -> Result<Vec<Hash>> {
    if u64::try_from(found.len()).ok() != Some(expected) {
        return Err(Error::corrupt("hashes of the audit log are missing: run `log verify`"));
    }
    found.iter().map(|bytes| Hash::from_slice(bytes).map_err(|error| Error::Broken(Box::new(error)))).collect()
}

/// Records the hash of a full subtree; one that is recorded already stays.
///
/// # Errors
/// Those of the database.
pub fn insert_tile(tx: &mut Tx<'_>, level: u8, index: u64, hash: Hash) -> Result<()> {
    let row = (
        tiles::level.eq(i32::from(level)),
        tiles::idx.eq(stored_size(index)?),
        tiles::hash.eq(hash.as_bytes().to_vec()),
    );
    on_each!(tx.db(), connection => {
        diesel::insert_into(tiles::table).values(row).on_conflict_do_nothing().execute(connection)
    })?;
    Ok(())
}

/// Records a signed checkpoint; one of that size stays.
///
/// # Errors
/// Those of the database.
pub fn insert_checkpoint(tx: &mut Tx<'_>, at: u64, root: Hash, note: &str, now: Moment) -> Result<()> {
    let row = (
        checkpoints::size.eq(stored_size(at)?),
        checkpoints::root.eq(root.as_bytes().to_vec()),
        checkpoints::note.eq(note.to_owned()),
        checkpoints::signed_at.eq(now.as_millis()),
    );
    on_each!(tx.db(), connection => {
        diesel::insert_into(checkpoints::table).values(row).on_conflict_do_nothing().execute(connection)
    })?;
    Ok(())
}

/// Reads the newest signed checkpoint.
///
/// # Errors
/// [`Error::Missing`] where none was ever signed.
pub fn newest_checkpoint(db: &mut Db) -> Result<String> {
    Ok(checkpoints::table.order(checkpoints::size.desc()).select(checkpoints::note).first(db)?)
}

/// Reads signed checkpoints by size, beyond the one given: size as stored, and the note.
///
/// # Errors
/// Those of the database.
pub fn stored_checkpoints(db: &mut Db, beyond: Option<i64>, rows: usize) -> Result<Vec<(i64, Vec<u8>, String)>> {
    Ok(checkpoints::table
        .filter(checkpoints::size.gt(beyond.unwrap_or(-1)))
        .order(checkpoints::size)
        .limit(limit(rows))
        .select((checkpoints::size, checkpoints::root, checkpoints::note))
        .load(db)?)
}

/// Reads which key signs this log.
///
/// # Errors
/// Those of the database.
pub fn verifier_key(db: &mut Db) -> Result<Option<String>> {
    Ok(identity::table.select(identity::verifier_key).first(db).optional()?)
}

/// Records which key signs this log; the first one stays.
///
/// # Errors
/// Those of the database.
pub fn insert_verifier_key(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    let row = (identity::id.eq(1), identity::verifier_key.eq(key.to_owned()));
    on_each!(tx.db(), connection => {
        diesel::insert_into(identity::table).values(row).on_conflict_do_nothing().execute(connection)
    })?;
    Ok(())
}
