//! Issue: numbers are kept and given, in sequence.
//!
//! *Invariant:* a number is never given twice, and no number above the highest kept one is passed over: the serials of a
//! letter move under its row's lock, in the transaction that records who bears them.

use std::collections::BTreeMap;
use thiserror::Error;

use crate::model::{Moment, OperatorId, Series};
use crate::plate::{PlateNumber, SeriesLetter};
use crate::storage::plates::{self, NewNumber, Origin};
use crate::storage::{self, Tx, series};

/// Why numbers were not given.
#[derive(Debug, Error)]
pub enum IssueError {
    /// The operator's letters have fewer numbers left.
    #[error("the operator's letters have fewer numbers left than its vehicles need")]
    UsedUp,
    /// The database failed.
    #[error("the numbers could not be recorded")]
    Storage(#[from] storage::Error),
}

/// Keeps the numbers that scooters bear already, then gives `wanted` new ones in sequence from the operator's letters
/// (which must be confirmed, in the order of preference). The operator's turn must have been taken.
///
/// Each number has its three plates by this (rear 1, left 2, right 3), whose tags the key with the id `tag_key` makes.
///
/// Returns the new numbers in the order in which they are to be given.
///
/// # Errors
/// [`IssueError`]; [`storage::Error::Conflict`] where a kept number is known already.
pub fn issue(
    tx: &mut Tx<'_>,
    now: Moment,
    operator: &OperatorId,
    own: &[Series],
    kept: &[PlateNumber],
    wanted: usize,
    tag_key: u16,
) -> Result<Vec<PlateNumber>, IssueError> {
    let mut next: BTreeMap<SeriesLetter, u32> = own.iter().map(|series| (series.letter, series.next_serial)).collect();
    for number in kept {
        // Holes below the highest kept number stay holes; issue goes on above it.
        if let Some((letter, kept)) = number.in_series()
            && let Some(serial) = next.get_mut(&letter)
        {
            *serial = (*serial).max(kept.saturating_add(1));
        }
    }
    let mut given = Vec::with_capacity(wanted);
    for series in own {
        let Some(serial) = next.get_mut(&series.letter) else {
            continue;
        };
        while given.len() < wanted && *serial <= SeriesLetter::LAST_SERIAL {
            match PlateNumber::of(series.letter, *serial) {
                Ok(number) => given.push(number),
                Err(_) => break,
            }
            *serial = serial.saturating_add(1);
        }
    }
    if given.len() < wanted {
        return Err(IssueError::UsedUp);
    }
    for series in own {
        if let Some(serial) = next.get(&series.letter).filter(|serial| **serial != series.next_serial) {
            series::move_next_serial(tx, series.letter, series.next_serial, *serial)?;
        }
    }
    let kept = kept.iter().map(|number| (*number, Origin::Adopted));
    let all = kept.chain(given.iter().map(|number| (*number, Origin::Issued)));
    let new = |(number, origin): (PlateNumber, Origin)| Some(NewNumber { number, serial: number.serial()?, origin });
    let all: Vec<_> = all.filter_map(new).collect();
    plates::insert_numbers(tx, operator, &all, tag_key, now)?;
    Ok(given)
}
