//! Signing checkpoints: the entries since the last one are read back, hashed again, and only then signed.
//!
//! *Invariant:* the signer trusts neither the stored leaf hashes nor the head: it extends its own compact range, kept
//! outside the database, from the bytes of the entries. One flipped bit stops the signing, not the registry.

use super::AttestError;
use crate::audit::{Checkpoint, CompactRange, Hash, Subtree, leaf_hash, tree_root};
use crate::model::Moment;
use crate::registry::Registry;
use crate::storage::{Db, Tx, log_reading};

const ENTRIES_AT_ONCE: usize = 4_096;
/// A tile has 256 hashes: the hash of a full tile of one level is a hash of the next.
const TILE: u64 = 256;
/// Levels of tiles that 64-bit sizes can need.
const LEVELS: u8 = 8;

/// What has been signed: the compact range up to there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerState {
    range: CompactRange,
}

impl Default for SignerState {
    fn default() -> Self {
        Self { range: CompactRange::new() }
    }
}

impl SignerState {
    /// Returns the bytes to be kept outside the database.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.range.to_bytes()
    }

    /// Reads the kept bytes.
    ///
    /// # Errors
    /// [`AttestError::Broken`] where they are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AttestError> {
        let range = CompactRange::from_bytes(bytes).map_err(|error| AttestError::Broken(error.to_string()))?;
        Ok(Self { range })
    }

    /// Returns how many entries have been signed.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.range.size()
    }

    /// Returns the root that was signed.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.range.root()
    }

    pub(super) const fn range(&self) -> &CompactRange {
        &self.range
    }
}

/// Reads the newest signed checkpoint.
///
/// # Errors
/// Those of the database.
pub fn newest_checkpoint(db: &mut Db) -> Result<String, AttestError> {
    Ok(log_reading::newest_checkpoint(db)?)
}

/// Signs a checkpoint if the log has grown; returns its size.
///
/// # Errors
/// [`AttestError::Broken`] where the entries do not lead from what was signed to the head; nothing is signed then.
pub fn sign_checkpoint(registry: &Registry, now: Moment, state: &mut SignerState) -> Result<Option<u64>, AttestError> {
    let mut range = state.range.clone();
    let head = registry.store.read(|db| extend(db, &mut range))?;
    if range.size() == state.size() {
        return Ok(None);
    }
    if range.root().as_bytes().as_slice() != head.as_slice() {
        return Err(AttestError::Broken(format!("the entries up to {} do not give the head", range.size())));
    }
    let origin = registry.secrets.log_key().name().to_owned();
    let signed = Checkpoint { origin, size: range.size(), root: range.root() }
        .sign(registry.secrets.log_key())
        .map_err(|error| AttestError::Broken(error.to_string()))?;
    registry.store.write(|tx| -> Result<(), AttestError> {
        tiles(tx, state.size(), range.size())?;
        log_reading::insert_checkpoint(tx, range.size(), range.root(), signed.text(), now)?;
        Ok(())
    })?;
    state.range = range;
    Ok(Some(state.size()))
}

/// Extends the range by the entries beyond it, up to the head; returns the head's root.
fn extend(db: &mut Db, range: &mut CompactRange) -> Result<Vec<u8>, AttestError> {
    let head = log_reading::stored_head(db)?;
    let size =
        u64::try_from(head.size).map_err(|error| AttestError::Broken(format!("the size of the head: {error}")))?;
    if size < range.size() {
        return Err(AttestError::Broken(format!("the head has {size} entries, and {} were signed", range.size())));
    }
    while range.size() < size {
        let page = log_reading::stored_entries(db, range.size(), ENTRIES_AT_ONCE)?;
        if page.is_empty() {
            return Err(AttestError::Broken(format!("entry {} is missing", range.size())));
        }
        for entry in page.into_iter().filter(|entry| entry.index < size) {
            if entry.index != range.size() {
                return Err(AttestError::Broken(format!("entry {} is missing", range.size())));
            }
            range.append(leaf_hash(&entry.bytes));
        }
    }
    Ok(head.root)
}

/// Writes the hashes of the tiles that became full.
fn tiles(tx: &mut Tx<'_>, old: u64, new: u64) -> Result<(), AttestError> {
    let mut width = TILE;
    for level in 1..LEVELS {
        let (from, until) = (old / width, new / width);
        for index in from..until {
            let below = log_reading::tile_hashes(tx.db(), level - 1, index * TILE, (index + 1) * TILE)?;
            log_reading::insert_tile(tx, level, index, tree_root(&below))?;
        }
        match width.checked_mul(TILE) {
            Some(next) if until > 0 => width = next,
            _ => break,
        }
    }
    Ok(())
}

/// Returns the hash of a full subtree from the stored hashes of the level of tiles below it: at most 256 of them.
pub(super) fn subtree(db: &mut Db, subtree: Subtree) -> Result<Hash, AttestError> {
    let tile_level = u8::try_from(subtree.level() / 8).map_err(|_too_high| AttestError::Unknown)?;
    let within = subtree.level() % 8;
    let count = 1_u64 << within;
    let from = subtree.index().checked_mul(count).ok_or(AttestError::Unknown)?;
    let hashes = log_reading::tile_hashes(db, tile_level, from, from.saturating_add(count))?;
    Ok(tree_root(&hashes))
}
