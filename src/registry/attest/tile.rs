//! Tiles (C2SP `tlog-tiles`): the log for those who check it from outside.
//!
//! *Invariant:* only what a signed checkpoint covers; entries for auditors only, hashes for anyone.

use super::AttestError;
use super::sign::subtree;
use crate::audit::{SignedCheckpoint, Tile, TileKind, encode_entries};
use crate::storage::{Db, log_reading};

/// Who reads tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TileReader {
    /// Anyone: hashes.
    Anyone,
    /// Somebody who may read entries.
    Auditor,
}

/// Reads a tile by its path, `tile/0/x001/067` or `tile/entries/000.p/5`.
///
/// # Errors
/// [`AttestError::Unknown`] where the path is no tile of the signed log.
pub fn tile(db: &mut Db, path: &str, reader: TileReader) -> Result<Vec<u8>, AttestError> {
    let tile = Tile::parse(path).map_err(|_no_path| AttestError::Unknown)?;
    if tile.kind() == TileKind::Entries && reader == TileReader::Anyone {
        return Err(AttestError::Forbidden);
    }
    let text = log_reading::newest_checkpoint(db)?;
    let signed = SignedCheckpoint::parse(&text).map_err(|error| AttestError::Broken(error.to_string()))?;
    if !tile.is_within(signed.claimed().size) {
        return Err(AttestError::Unknown);
    }
    if let Some(leaves) = tile.leaves().filter(|_| tile.kind() == TileKind::Entries) {
        let count = usize::try_from(leaves.end.saturating_sub(leaves.start)).unwrap_or(0);
        let entries = log_reading::stored_entries(db, leaves.start, count)?;
        return encode_entries(entries.iter().map(|entry| entry.bytes.as_slice()))
            .map_err(|error| AttestError::Broken(error.to_string()));
    }
    let mut bytes = Vec::new();
    for of in tile.subtrees().ok_or(AttestError::Unknown)? {
        bytes.extend_from_slice(subtree(db, of)?.as_bytes());
    }
    Ok(bytes)
}
