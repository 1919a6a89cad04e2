//! What the desk has done: counted, never asked for permission.
//!
//! *Invariant:* figures only; nothing here says who asked or what.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the desk has done since it was opened.
#[derive(Debug, Default)]
pub(super) struct DeskFigures {
    batches: AtomicU64,
    questions: AtomicU64,
    waited_ms: AtomicU64,
    answering_ms: AtomicU64,
    turned_away: AtomicU64,
    failed: AtomicU64,
    largest: AtomicU64,
}

/// The figures at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DeskReading {
    /// Transactions that became durable.
    pub(super) batches: u64,
    /// Questions that were answered in them.
    pub(super) questions: u64,
    /// The most questions that one transaction held.
    pub(super) largest: u64,
    /// How long questions waited for their turn, together, in milliseconds.
    pub(super) waited_ms: u64,
    /// How long the transactions took, together, in milliseconds.
    pub(super) answering_ms: u64,
    /// Questions that were refused because too many waited or one waited too long.
    pub(super) turned_away: u64,
    /// Questions whose transaction failed.
    pub(super) failed: u64,
}

impl DeskFigures {
    pub(super) fn waited(&self, millis: i64) {
        add(&self.waited_ms, millis);
    }

    pub(super) fn answered(&self, questions: usize, millis: i64) {
        let questions = u64::try_from(questions).unwrap_or(u64::MAX);
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.questions.fetch_add(questions, Ordering::Relaxed);
        self.largest.fetch_max(questions, Ordering::Relaxed);
        add(&self.answering_ms, millis);
    }

    pub(super) fn turned_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn failed(&self, questions: usize) {
        self.failed.fetch_add(u64::try_from(questions).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Reads them.
    #[must_use]
    pub(super) fn read(&self) -> DeskReading {
        let of = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
        DeskReading {
            batches: of(&self.batches),
            questions: of(&self.questions),
            largest: of(&self.largest),
            waited_ms: of(&self.waited_ms),
            answering_ms: of(&self.answering_ms),
            turned_away: of(&self.turned_away),
            failed: of(&self.failed),
        }
    }
}

fn add(to: &AtomicU64, millis: i64) {
    to.fetch_add(u64::try_from(millis).unwrap_or_default(), Ordering::Relaxed);
}
