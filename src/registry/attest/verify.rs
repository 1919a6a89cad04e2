//! Verifying the log: everything recomputed from the bytes of the entries.
//!
//! *Invariant:* nothing stored is believed: not the leaf hashes, the head, the tiles, the checkpoints, nor the digests
//! beside kept answers; each is compared with what the entries give.

use serde::Serialize;

use super::{AttestError, SignerState, kept};
use crate::audit::{CompactRange, FINDINGS_LIMIT, Hash, LogVerifier, VerifierKey, leaf_hash, tree_root};
use crate::registry::Registry;
use crate::storage::log_reading::StoredHead;
use crate::storage::{Db, log_reading};

const ENTRIES_AT_ONCE: usize = 4_096;
const TILE: u64 = 256;

/// What a verification found.
#[derive(Debug, Clone, Serialize)]
pub struct LogReport {
    /// How many entries were recomputed.
    pub entries: u64,
    /// How many signed checkpoints were checked.
    pub checkpoints: u64,
    /// What is wrong, in plain words; the first thousand.
    pub findings: Vec<String>,
    /// How many things are wrong in all.
    pub findings_total: u64,
}

impl LogReport {
    /// Adds something that was found outside the database.
    #[must_use]
    pub fn with_finding(mut self, finding: String) -> Self {
        self.findings_total += 1;
        self.findings.insert(0, finding);
        self.findings.truncate(FINDINGS_LIMIT);
        self
    }

    /// Returns whether nothing is wrong.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.findings_total == 0
    }
}

/// Recomputes the whole log, and compares the kept answers with it. `state` is what the signer keeps outside the database: with it, also a rewrite that is
/// consistent in itself is found.
///
/// # Errors
/// Those of the database; whatever is wrong with the log itself is a finding.
pub fn verify_log(registry: &Registry, state: Option<&SignerState>) -> Result<LogReport, AttestError> {
    let key = registry.secrets.verifier_key();
    registry.store.read(|db| {
        let mut verification = Verification::new(key);
        kept::compare(db, &registry.secrets, |wrong| verification.note(wrong))?;
        verification.run(db, state)
    })
}

struct Verification {
    key: VerifierKey,
    verifier: LogVerifier,
    /// Recomputed separately, to compare with tiles and with the signer's state.
    range: CompactRange,
    full: Vec<Vec<Hash>>,
    findings: Vec<String>,
    findings_total: u64,
    /// Up to where the newest stored checkpoint claims to reach.
    signed_size: u64,
}

impl Verification {
    fn new(key: VerifierKey) -> Self {
        Self {
            key,
            verifier: LogVerifier::new(),
            range: CompactRange::new(),
            full: Vec::new(),
            findings: Vec::new(),
            findings_total: 0,
            signed_size: 0,
        }
    }

    fn note(&mut self, finding: String) {
        self.findings_total += 1;
        if self.findings.len() < FINDINGS_LIMIT {
            self.findings.push(finding);
        }
    }

    fn run(mut self, db: &mut Db, state: Option<&SignerState>) -> Result<LogReport, AttestError> {
        let head = log_reading::stored_head(db)?;
        match log_reading::verifier_key(db)? {
            Some(recorded) if recorded == self.key.to_string() => {}
            _ => self.note("the recorded key of the log is not the key in hand".to_owned()),
        }
        let newest = log_reading::newest_checkpoint(db).ok();
        let newest = newest.and_then(|note| crate::audit::SignedCheckpoint::parse(&note).ok());
        self.signed_size = newest.map_or(0, |signed| signed.claimed().size);
        let mut checkpoints = Checkpoints::default();
        let mut signed = state.is_none_or(|state| state.size() == 0);
        loop {
            let page = log_reading::stored_entries(db, self.range.size(), ENTRIES_AT_ONCE)?;
            if page.is_empty() {
                break;
            }
            for entry in page {
                self.give(db, &mut checkpoints, Some(self.range.size()))?;
                let stored = Hash::from_slice(&entry.leaf_hash).ok();
                if stored.is_none() {
                    self.note(format!("the leaf hash beside entry {} is no hash", entry.index));
                }
                let hash = leaf_hash(&entry.bytes);
                self.verifier.push(entry.index, &entry.bytes, &stored.unwrap_or(hash));
                if entry.index != self.range.size() {
                    // The verifier reports the hole; go on behind it.
                    return self.end(db, &mut checkpoints, &head);
                }
                self.append(db, hash)?;
                if let Some(state) = state.filter(|state| state.size() == self.range.size()) {
                    signed = state.range().root() == self.range.root();
                }
            }
        }
        if !signed {
            self.note("the entries do not lead to what the signer has signed: the log was rewritten or cut".to_owned());
        }
        self.end(db, &mut checkpoints, &head)
    }

    /// Takes an entry into the recomputed tree and compares the tiles that it completes, level by level.
    fn append(&mut self, db: &mut Db, hash: Hash) -> Result<(), AttestError> {
        self.range.append(hash);
        let mut hash = hash;
        for level in 0.. {
            if self.full.len() == level {
                self.full.push(Vec::new());
            }
            let Some(row) = self.full.get_mut(level) else { break };
            row.push(hash);
            if u64::try_from(row.len()).unwrap_or(0) < TILE {
                break;
            }
            hash = tree_root(row);
            row.clear();
            self.compare_tile(db, level + 1, hash)?;
        }
        Ok(())
    }

    /// Compares the hash of a full tile with the one that is stored. One that no checkpoint covers yet is not written.
    fn compare_tile(&mut self, db: &mut Db, level: usize, hash: Hash) -> Result<(), AttestError> {
        let Some((level, width)) = u32::try_from(level).ok().and_then(|level| Some((level, TILE.checked_pow(level)?)))
        else {
            return Ok(());
        };
        let index = (self.range.size() / width).saturating_sub(1);
        let stored = log_reading::stored_tile(db, level, index)?;
        let fits = match stored {
            Some(bytes) => bytes == hash.as_bytes(),
            None => self.signed_size < self.range.size(),
        };
        if !fits {
            self.note(format!("tile {level}/{index} does not fit the entries under it"));
        }
        Ok(())
    }

    /// Gives the verifier the checkpoints up to a size.
    fn give(&mut self, db: &mut Db, checkpoints: &mut Checkpoints, up_to: Option<u64>) -> Result<(), AttestError> {
        while let Some((size, root, note)) = checkpoints.next(db, up_to)? {
            self.verifier.check_checkpoint(&note, &self.key);
            let claimed = crate::audit::SignedCheckpoint::parse(&note).ok();
            let fits = claimed.is_some_and(|signed| {
                let claimed = signed.claimed();
                i64::try_from(claimed.size).ok() == Some(size) && claimed.root.as_bytes().as_slice() == root.as_slice()
            });
            if !fits {
                self.note(format!("the checkpoint stored for size {size} says something else"));
            }
        }
        Ok(())
    }

    fn end(mut self, db: &mut Db, checkpoints: &mut Checkpoints, head: &StoredHead) -> Result<LogReport, AttestError> {
        self.give(db, checkpoints, None)?;
        let size = u64::try_from(head.size).unwrap_or_else(|_| {
            self.note("the head has a negative size".to_owned());
            0
        });
        let root = Hash::from_slice(&head.root).unwrap_or_else(|_| {
            self.note("the root of the head is no hash".to_owned());
            Hash::from_bytes([0; 32])
        });
        let report = self.verifier.finish(size, &root, &head.frontier);
        let findings_total = report.findings_total.saturating_add(self.findings_total);
        let mut findings = self.findings;
        let left = FINDINGS_LIMIT.saturating_sub(findings.len());
        findings.extend(report.findings.iter().take(left).map(ToString::to_string));
        Ok(LogReport { entries: report.entries, checkpoints: report.checkpoints, findings, findings_total })
    }
}

/// The stored checkpoints, by size.
#[derive(Default)]
struct Checkpoints {
    page: std::collections::VecDeque<(i64, Vec<u8>, String)>,
    beyond: Option<i64>,
    ended: bool,
}

impl Checkpoints {
    fn next(&mut self, db: &mut Db, up_to: Option<u64>) -> Result<Option<(i64, Vec<u8>, String)>, AttestError> {
        if self.page.is_empty() && !self.ended {
            self.page = log_reading::stored_checkpoints(db, self.beyond, 256)?.into();
            self.beyond = self.page.back().map(|(size, _, _)| *size).or(self.beyond);
            self.ended = self.page.is_empty();
        }
        let due = self
            .page
            .front()
            .is_some_and(|(size, _, _)| up_to.is_none_or(|limit| u64::try_from(*size).is_ok_and(|size| size <= limit)));
        Ok(if due { self.page.pop_front() } else { None })
    }
}
