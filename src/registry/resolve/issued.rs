//! Which numbers were issued, as the ranking asks it: from the heads of the sequences, not from the numbers.
//!
//! *Invariant:* a hole in a sequence counts as issued here; who gathers the plates finds that nobody bears it.

use std::collections::HashMap;

use crate::plate::{Issued, PlateNumber, SeriesLetter};
use crate::storage::{self, Db, series};

/// The heads of the sequences.
#[derive(Debug, Clone, Default)]
pub(super) struct IssuedNumbers {
    next: HashMap<SeriesLetter, u32>,
}

impl IssuedNumbers {
    /// Reads them: one statement.
    pub(super) fn find(db: &mut Db) -> storage::Result<Self> {
        let all = series::list(db, None, None, 26)?;
        Ok(Self { next: all.into_iter().map(|series| (series.letter, series.next_serial)).collect() })
    }
}

impl Issued for IssuedNumbers {
    fn is_issued(&self, number: PlateNumber) -> bool {
        let next = number.letter().and_then(|letter| self.next.get(&letter));
        next.zip(number.serial()).is_some_and(|(next, serial)| serial < *next)
    }

    fn count(&self) -> u32 {
        self.next.values().map(|next| next.saturating_sub(1)).sum()
    }
}
