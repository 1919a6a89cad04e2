//! The check of a whole log, entry by entry, with what it finds said in plain words.
//!
//! *Invariant:* nothing is trusted but the bytes of the entries and the public key: every hash, root and edge is computed
//! anew, and no finding stops the check, since what comes after it matters as well.

use std::collections::BTreeMap;

use thiserror::Error;

use super::checkpoint::{CheckpointProblem, SignedCheckpoint};
use super::compact::CompactRange;
use super::entry::{Entry, EntryProblem};
use super::signer::VerifierKey;
use super::tree::{Hash, leaf_hash};

/// The most findings that are kept one by one; further ones are counted.
pub const FINDINGS_LIMIT: usize = 1_000;

/// Reads a log from its first entry to its last, holding one compact range and no entry.
///
/// A checkpoint is given before any entry beyond its size: all of them first, in any order, or entries and checkpoints
/// merged by size, which holds no more than one at a time. Then the entries in order; then the head.
///
/// ```
/// use scooter_registry::audit::{CompactRange, LogVerifier};
///
/// let empty = CompactRange::new();
/// let report = LogVerifier::new().finish(0, &empty.root(), &empty.to_bytes());
/// assert!(report.is_clean());
/// ```
#[derive(Debug, Default)]
pub struct LogVerifier {
    range: CompactRange,
    /// The index that the next entry must have; it leaves `range.size()` behind only after a hole.
    next_index: u64,
    latest_time: Option<i64>,
    /// Roots that signed checkpoints claim, by the size at which they are due.
    awaited: BTreeMap<u64, Vec<Hash>>,
    checkpoints: u64,
    entries: u64,
    findings: Vec<Finding>,
    findings_total: u64,
}

impl LogVerifier {
    /// Returns a verifier before the first entry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a verifier that goes on where an earlier check ended, with the edge of the tree kept from then.
    ///
    /// A signer of heads keeps that edge outside the database and reads only what came since it last signed.
    #[must_use]
    pub fn resume(range: CompactRange) -> Self {
        Self { next_index: range.size(), entries: range.size(), range, ..Self::default() }
    }

    /// Takes a published checkpoint: checks its signature now, and its root as soon as its size is reached.
    pub fn check_checkpoint(&mut self, signed: &str, key: &VerifierKey) {
        self.checkpoints += 1;
        let head = match SignedCheckpoint::parse(signed).and_then(|checkpoint| checkpoint.verify(key)) {
            Ok(head) => head,
            Err(problem) => {
                return self.note(Finding::CheckpointUnbelievable { ordinal: self.checkpoints, problem });
            }
        };
        if head.size < self.next_index {
            return self.note(Finding::CheckpointTooLate { size: head.size });
        }
        self.awaited.entry(head.size).or_default().push(head.root);
        if head.size == self.next_index {
            self.compare_awaited();
        }
    }

    /// Takes the next entry as stored, with the index and the leaf hash stored beside it.
    pub fn push(&mut self, index: u64, bytes: &[u8], stored_leaf: &Hash) {
        if index != self.next_index {
            self.note(Finding::SequenceBroken { expected: self.next_index, found: index });
        }
        let leaf = leaf_hash(bytes);
        if leaf != *stored_leaf {
            self.note(Finding::LeafDiffers { index, computed: leaf, stored: *stored_leaf });
        }
        match Entry::parse(bytes) {
            Err(problem) => self.note(Finding::EntryUnreadable { index, problem }),
            Ok(entry) => self.check_time(index, entry.time),
        }
        self.range.append(leaf);
        self.entries += 1;
        self.next_index = index.saturating_add(1);
        self.compare_awaited();
    }

    /// Returns what was found, after comparing the stored head and the stored edge of the tree with the computed ones.
    #[must_use]
    pub fn finish(mut self, head_size: u64, head_root: &Hash, head_range: &[u8]) -> Report {
        let root = self.range.root();
        if head_size != self.entries {
            self.note(Finding::HeadSizeDiffers { stated: head_size, entries: self.entries });
        }
        if *head_root != root {
            self.note(Finding::HeadRootDiffers { stated: *head_root, computed: root });
        }
        if head_range != self.range.to_bytes() {
            self.note(Finding::HeadRangeDiffers);
        }
        for size in std::mem::take(&mut self.awaited).into_keys() {
            self.note(Finding::EntriesMissing { size, entries: self.entries });
        }
        Report {
            entries: self.entries,
            checkpoints: self.checkpoints,
            root,
            findings: self.findings,
            findings_total: self.findings_total,
        }
    }

    fn check_time(&mut self, index: u64, time: i64) {
        match self.latest_time {
            Some(latest) if time < latest => self.note(Finding::TimeWentBack { index, time, latest }),
            _ => self.latest_time = Some(time),
        }
    }

    fn compare_awaited(&mut self) {
        let later = self.awaited.split_off(&self.next_index.saturating_add(1));
        for (size, claimed) in std::mem::replace(&mut self.awaited, later) {
            let root = self.range.root();
            for claimed in claimed {
                if size != self.range.size() || claimed != root {
                    self.note(Finding::CheckpointDiffers { size, signed: claimed, computed: root });
                }
            }
        }
    }

    fn note(&mut self, finding: Finding) {
        self.findings_total += 1;
        if self.findings.len() < FINDINGS_LIMIT {
            self.findings.push(finding);
        }
    }
}

/// What the check of a log came to.
#[derive(Debug)]
pub struct Report {
    /// The entries read, and those before where the check resumed.
    pub entries: u64,
    /// The checkpoints given.
    pub checkpoints: u64,
    /// The root over the entries read, computed from their bytes.
    pub root: Hash,
    /// What is wrong, in the order found, at most [`FINDINGS_LIMIT`].
    pub findings: Vec<Finding>,
    /// How much is wrong in all.
    pub findings_total: u64,
}

impl Report {
    /// Returns whether nothing is wrong.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.findings_total == 0
    }
}

/// One thing that is wrong with a log. The sentence is for people; the variant says what to do.
#[derive(Debug, Error)]
pub enum Finding {
    /// Entries were removed, repeated or put in another order.
    #[error("entry {expected} should come next, but entry {found} is stored there")]
    SequenceBroken {
        /// The index that was due.
        expected: u64,
        /// The index that is stored.
        found: u64,
    },
    /// The entry or the hash beside it was changed.
    #[error("entry {index} does not hash to what is stored beside it: {computed} computed, {stored} stored")]
    LeafDiffers {
        /// The index of the entry.
        index: u64,
        /// The hash of its bytes.
        computed: Hash,
        /// The hash in storage.
        stored: Hash,
    },
    /// The bytes are no canonical entry.
    #[error("entry {index} is not a canonical entry: {problem}")]
    EntryUnreadable {
        /// The index of the entry.
        index: u64,
        /// What is wrong with its bytes.
        problem: EntryProblem,
    },
    /// The entry claims to be older than one before it.
    #[error("entry {index} is dated {time} ms, before an earlier entry dated {latest} ms")]
    TimeWentBack {
        /// The index of the entry.
        index: u64,
        /// Its time in milliseconds since 1970 UTC.
        time: i64,
        /// The latest time before it.
        latest: i64,
    },
    /// A checkpoint is no checkpoint of this log.
    #[error("checkpoint number {ordinal} is not to be believed: {problem}")]
    CheckpointUnbelievable {
        /// Which of the given ones, counted from 1.
        ordinal: u64,
        /// Why.
        problem: CheckpointProblem,
    },
    /// The caller gave the checkpoint after the entries it covers.
    #[error("the checkpoint of size {size} was given too late to be compared")]
    CheckpointTooLate {
        /// The size it was signed for.
        size: u64,
    },
    /// History was rewritten after it had been signed, or something else was signed.
    #[error("the first {size} entries are not those that were signed: {computed} computed, {signed} signed")]
    CheckpointDiffers {
        /// The size it was signed for.
        size: u64,
        /// The root that was signed.
        signed: Hash,
        /// The root over the entries as they are now.
        computed: Hash,
    },
    /// Entries that had been signed are gone.
    #[error("{size} entries were signed, but the log has only {entries}")]
    EntriesMissing {
        /// The size that was signed.
        size: u64,
        /// The entries found.
        entries: u64,
    },
    /// The head counts other entries than there are.
    #[error("the head states {stated} entries, but there are {entries}")]
    HeadSizeDiffers {
        /// The size in the head.
        stated: u64,
        /// The entries found.
        entries: u64,
    },
    /// The head has another root than the entries.
    #[error("the head states the root {stated}, but the entries have the root {computed}")]
    HeadRootDiffers {
        /// The root in the head.
        stated: Hash,
        /// The root over the entries.
        computed: Hash,
    },
    /// The stored edge of the tree is another than that of the entries: the next entry would be appended wrongly.
    #[error("the stored edge of the tree is not that of the entries")]
    HeadRangeDiffers,
}
