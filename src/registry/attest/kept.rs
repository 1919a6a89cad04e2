//! Kept answers against the log: each must be the answer whose digest its entry holds.
//!
//! *Invariant:* an answer is decrypted to be digested, and nothing else of it leaves this file: to verify is no look at
//! a ride, and needs no entry.

use sha2::{Digest, Sha256};
use std::collections::HashMap;

use super::AttestError;
use crate::audit::{Action, Entry, Hash};
use crate::registry::Secrets;
use crate::storage::lookups::KeptDigest;
use crate::storage::{Db, log_reading, lookups};

const ANSWERS_AT_ONCE: usize = 256;

/// Compares every kept answer with its entry; `note` is told what does not fit. These are traces outside the tables of
/// the log: whoever empties or cuts it leaves them without entries.
///
/// # Errors
/// Those of the database.
pub(super) fn compare(db: &mut Db, secrets: &Secrets, mut note: impl FnMut(String)) -> Result<(), AttestError> {
    let size = log_reading::stored_head(db)?.size;
    let mut beyond = None;
    loop {
        let digest = |id: &str, nonce: &[u8], sealed: &[u8]| digest(secrets, id, nonce, sealed);
        let page = lookups::kept_digests(db, beyond.as_ref(), ANSWERS_AT_ONCE, digest)?;
        let Some(last) = page.last() else { return Ok(()) };
        beyond = Some(last.id.clone());
        let indexes: Vec<i64> = page.iter().map(|kept| kept.log_index).collect();
        let entries: HashMap<i64, Vec<u8>> = log_reading::entries_at(db, &indexes)?.into_iter().collect();
        for kept in page {
            let entry = entries.get(&kept.log_index).map(Vec::as_slice);
            if let Some(wrong) = wrong_with(&kept, size, entry) {
                note(wrong);
            }
        }
    }
}

/// Returns the digest of what was sealed, as the entry holds it: the kept bytes are canonical JSON already.
fn digest(secrets: &Secrets, id: &str, nonce: &[u8], sealed: &[u8]) -> Option<Hash> {
    let bytes = secrets.decrypt(id, nonce, sealed).ok()?;
    Some(Hash::from_bytes(Sha256::digest(bytes).into()))
}

fn wrong_with(kept: &KeptDigest, size: i64, entry: Option<&[u8]>) -> Option<String> {
    let (id, index) = (kept.id.as_str(), kept.log_index);
    if index >= size {
        return Some(format!("lookup {id} was recorded as entry {index}, and the log is said to have only {size}"));
    }
    let Some(entry) = entry else {
        return Some(format!("lookup {id} was recorded as entry {index}, and there is no such entry"));
    };
    // An entry that cannot be read is found where the entries are recomputed.
    let entry = Entry::parse(entry).ok()?;
    if entry.action != Action::Lookup {
        return Some(format!("lookup {id} was recorded as entry {index}, which records something else"));
    }
    match kept.digest {
        None => Some(format!("the kept answer of lookup {id} does not open: it was changed, or is another's")),
        Some(digest) if entry.answer_digest != Some(digest) => {
            Some(format!("the kept answer of lookup {id} is not the one that entry {index} records"))
        }
        Some(_) => None,
    }
}
