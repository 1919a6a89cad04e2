//! Issue: numbers are kept and given, in sequence.
//!
//! *Invariant:* a number is never given twice. Under `kz-158` none above the highest kept one is passed over either: the serials
//! of a letter move under its row's lock, in the transaction that records who bears them.
//! *Invariant:* under `sparse-19` the whole registry has one sequence, whose row is locked before anything is kept or given; what
//! it passes over is a number that is kept already or that would show a word of the list.

use std::collections::BTreeMap;
use thiserror::Error;

use crate::model::{Moment, OperatorId, Series};
use crate::plate::sparse::{CAPACITY, Codeword, Shuffle, blocked_word};
use crate::plate::{PlateNumber, SeriesLetter};
use crate::storage::plates::{self, NewNumber, Origin};
use crate::storage::{self, Tx, numbering, series};

/// Why numbers were not given.
#[derive(Debug, Error)]
pub enum IssueError {
    /// Fewer numbers are left.
    #[error("fewer numbers are left than vehicles need")]
    UsedUp,
    /// The database failed.
    #[error("the numbers could not be recorded")]
    Storage(#[from] storage::Error),
}

/// Where numbers come from.
#[derive(Debug, Clone, Copy)]
pub enum Supply<'a> {
    /// From the operator's letters, which must be confirmed, in the order of preference.
    Letters(&'a [Series]),
    /// From the one sequence of the registry.
    Shuffled(&'a Shuffle),
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// For whom; its turn must have been taken.
    pub operator: &'a OperatorId,
    /// Numbers that scooters bear already.
    pub kept: &'a [PlateNumber],
    /// How many new ones.
    pub wanted: usize,
    /// The key that makes the tags of their plates.
    pub tag_key: u16,
}

/// Keeps the numbers that scooters bear already, then gives new ones in sequence.
///
/// Each number has its three plates by this (rear 1, left 2, right 3).
///
/// Returns the new numbers in the order in which they are to be given.
///
/// # Errors
/// [`IssueError`]; [`storage::Error::Conflict`] where a kept number is known already.
pub fn issue(
    tx: &mut Tx<'_>,
    now: Moment,
    supply: Supply<'_>,
    order: Order<'_>,
) -> Result<Vec<PlateNumber>, IssueError> {
    let all = match supply {
        Supply::Letters(own) => of_letters(tx, own, order)?,
        Supply::Shuffled(shuffle) => of_the_sequence(tx, shuffle, order)?,
    };
    plates::insert_numbers(tx, order.operator, &all, order.tag_key, now)?;
    Ok(all.into_iter().filter(|new| new.origin == Origin::Issued).map(|new| new.number).collect())
}

fn of_letters(tx: &mut Tx<'_>, own: &[Series], order: Order<'_>) -> Result<Vec<NewNumber>, IssueError> {
    let mut next: BTreeMap<SeriesLetter, u32> = own.iter().map(|series| (series.letter, series.next_serial)).collect();
    let mut all = Vec::with_capacity(order.kept.len() + order.wanted);
    for number in order.kept {
        // A number of another scheme is in no sequence of this one, and was refused before.
        let Some((letter, kept)) = number.in_series() else { continue };
        // Holes below the highest kept number stay holes; issue goes on above it.
        if let Some(serial) = next.get_mut(&letter) {
            *serial = (*serial).max(kept.saturating_add(1));
        }
        all.push(NewNumber { number: *number, serial: kept, origin: Origin::Adopted });
    }
    let mut left = order.wanted;
    for series in own {
        let Some(serial) = next.get_mut(&series.letter) else {
            continue;
        };
        while left > 0 {
            let Ok(number) = PlateNumber::of(series.letter, *serial) else { break };
            all.push(NewNumber { number, serial: *serial, origin: Origin::Issued });
            *serial = serial.saturating_add(1);
            left -= 1;
        }
    }
    if left > 0 {
        return Err(IssueError::UsedUp);
    }
    for series in own {
        if let Some(serial) = next.get(&series.letter).filter(|serial| **serial != series.next_serial) {
            series::move_next_serial(tx, series.letter, series.next_serial, *serial)?;
        }
    }
    Ok(all)
}

fn of_the_sequence(tx: &mut Tx<'_>, shuffle: &Shuffle, order: Order<'_>) -> Result<Vec<NewNumber>, IssueError> {
    let first = numbering::lock(tx)?;
    let kept = order.kept.iter().filter_map(|number| {
        let serial = shuffle.serial(number.codeword()?.payload())?;
        Some(NewNumber { number: *number, serial, origin: Origin::Adopted })
    });
    let mut all: Vec<_> = kept.collect();
    let (mut next, mut left) = (first, order.wanted);
    while left > 0 {
        let serials = next..CAPACITY.min(next.saturating_add(u32::try_from(left).unwrap_or(CAPACITY)));
        if serials.is_empty() {
            return Err(IssueError::UsedUp);
        }
        next = serials.end;
        let candidates: Vec<_> = serials.filter_map(|serial| Some((serial, presentable(shuffle, serial)?))).collect();
        let numbers: Vec<_> = candidates.iter().map(|(_, number)| *number).collect();
        let known = plates::known_numbers(tx.db(), &numbers)?;
        let free = |number: &PlateNumber| !known.contains(number) && !order.kept.contains(number);
        let before = all.len();
        let given = candidates.into_iter().filter(|(_, number)| free(number));
        all.extend(given.map(|(serial, number)| NewNumber { number, serial, origin: Origin::Issued }));
        left -= all.len() - before;
    }
    if next != first {
        numbering::move_next_serial(tx, next)?;
    }
    Ok(all)
}

/// The number with this serial, unless it would show a word of the list.
fn presentable(shuffle: &Shuffle, serial: u32) -> Option<PlateNumber> {
    let word = Codeword::of_payload(shuffle.payload(serial)?)?;
    blocked_word(word).is_none().then(|| word.into())
}
