//! Which numbers were issued, as the ranking asks it: from the heads of the sequences, not from the numbers.
//!
//! *Invariant:* a hole in a sequence counts as issued here; who gathers the plates finds that nobody bears it.

use std::collections::{HashMap, HashSet};

use crate::model::{Series, SeriesStatus};
use crate::plate::sparse::Shuffle;
use crate::plate::{Issued, PlateNumber, Scheme, SeriesLetter};
use crate::storage::{self, Db, numbering, plates, series};

/// The most adopted numbers above the head of a sequence that are told apart: with more of them every number counts as issued.
const MOST_ADOPTED: usize = 10_000;

/// The heads of the sequences.
#[derive(Debug, Clone)]
pub(super) enum IssuedNumbers<'a> {
    /// The next serial of each letter, and whether its claim was confirmed.
    Lettered(HashMap<SeriesLetter, (u32, bool)>),
    /// The next serial of the registry, and what was adopted from there on.
    Shuffled { shuffle: &'a Shuffle, next: u32, adopted: HashSet<PlateNumber> },
}

impl<'a> IssuedNumbers<'a> {
    /// Those of a registry that has issued nothing: for questions that name their numbers as they stand.
    pub(super) fn none() -> Self {
        Self::Lettered(HashMap::new())
    }

    /// Those that all claims to letters tell of.
    pub(super) fn of_series(all: &[Series]) -> Self {
        let of = |series: &Series| (series.letter, (series.next_serial, series.status == SeriesStatus::Confirmed));
        Self::Lettered(all.iter().map(of).collect())
    }

    /// Reads them: one statement, or two.
    pub(super) fn find(db: &mut Db, scheme: Scheme, shuffle: Option<&'a Shuffle>) -> storage::Result<Self> {
        if let (Scheme::Sparse19, Some(shuffle)) = (scheme, shuffle) {
            let next = numbering::next_serial(db)?;
            let adopted = plates::shuffled_from(db, next, MOST_ADOPTED)?;
            return Ok(Self::Shuffled { shuffle, next, adopted });
        }
        Ok(Self::of_series(&series::list(db, None, None, 26)?))
    }

    /// Returns each letter with its highest serial; nothing where numbers have no letter.
    pub(super) fn heads(&self) -> Vec<(SeriesLetter, u32)> {
        match self {
            Self::Lettered(heads) => {
                heads.iter().map(|(letter, (next, _))| (*letter, next.saturating_sub(1))).collect()
            }
            Self::Shuffled { .. } => Vec::new(),
        }
    }
}

impl Issued for IssuedNumbers<'_> {
    fn is_issued(&self, number: PlateNumber) -> bool {
        match self {
            Self::Lettered(next) => number
                .in_series()
                .is_some_and(|(letter, serial)| next.get(&letter).is_some_and(|(next, _)| serial < *next)),
            Self::Shuffled { shuffle, next, adopted } => {
                let serial = number.codeword().and_then(|word| shuffle.serial(word.payload()));
                adopted.len() >= MOST_ADOPTED
                    || serial.is_some_and(|serial| serial < *next)
                    || adopted.contains(&number)
            }
        }
    }

    fn count(&self) -> u32 {
        match self {
            Self::Lettered(next) => next.values().map(|(next, _)| next.saturating_sub(1)).sum(),
            Self::Shuffled { next, adopted, .. } => {
                next.saturating_add(u32::try_from(adopted.len()).unwrap_or(u32::MAX))
            }
        }
    }
}
