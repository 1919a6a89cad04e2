//! What a row of cells says about each place: how probable it is to have read this, for everything that may stand there.
//!
//! *Invariant:* evidence is about pictures and hands; which numbers exist is not known here.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::code::{Code, Slot};
use super::confusion::{CONDITIONS, Confusion, Likelihoods};
use super::layout::{Cell, Layout};
use super::slot::{Meaning, control_meanings, digit_meanings, letter_meanings, sparse_meanings};

/// Something that may stand in a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Possible {
    pub(super) character: char,
    /// Its value in the arithmetic of the code.
    pub(super) value: u8,
    /// How probable it is to read what was read, under each condition.
    pub(super) likelihoods: Likelihoods,
}

/// Everything that may stand in a place, the likeliest first.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) possible: Vec<Possible>,
    /// The best likelihood under each condition.
    pub(super) best: Likelihoods,
    /// The sum of the likelihoods under each condition.
    pub(super) sum: Likelihoods,
    /// Whether nothing was read here.
    pub(super) is_unread: bool,
}

/// Returns what a layout says about each place of `code`.
pub(super) fn evidence(code: &Code, layout: &Layout) -> Vec<Place> {
    code.slots.iter().zip(&layout.cells).map(|(slot, cell)| at(*slot, *cell).into_owned()).collect()
}

/// How many characters are worth remembering: those of ASCII, as which nearly everything is typed.
const REMEMBERED: usize = 128;

/// Returns what a cell says about its place. For the characters that nearly everybody types it is computed once.
pub(super) fn at(slot: Slot, cell: Cell) -> Cow<'static, Place> {
    static SEEN: [[OnceLock<Place>; REMEMBERED]; 4] = [const { [const { OnceLock::new() }; REMEMBERED] }; 4];
    let row = match slot {
        Slot::Letter => 0,
        Slot::Digit => 1,
        Slot::Control => 2,
        Slot::Sparse => 3,
    };
    let column = match cell {
        // No sign of a plate is U+0000 or U+0001, which stand for these two.
        Cell::Unread => Some(0),
        Cell::Padding => Some(1),
        Cell::Written { character, .. } => usize::try_from(u32::from(character)).ok().filter(|code| *code > 1),
    };
    let remembered = SEEN.get(row).zip(column).and_then(|(seen, column)| seen.get(column));
    remembered.map_or_else(
        || Cow::Owned(place(slot, cell)),
        |remembered| Cow::Borrowed(remembered.get_or_init(|| place(slot, cell))),
    )
}

/// Returns what a written character may mean in a slot.
pub(super) fn meanings(slot: Slot, written: char) -> Vec<Meaning> {
    match slot {
        Slot::Letter => letter_meanings(written),
        Slot::Digit => digit_meanings(written),
        Slot::Control => control_meanings(written),
        Slot::Sparse => sparse_meanings(written),
    }
}

fn place(slot: Slot, cell: Cell) -> Place {
    let likelihoods = |truth: char| match cell {
        Cell::Written { character, .. } => written(slot, truth, character),
        // A character that was not read at all speaks for none: which ones are hard to read is the picture's matter.
        Cell::Unread => [1.0; CONDITIONS],
        Cell::Padding => [if truth == '0' { 1.0 } else { 0.0 }; CONDITIONS],
    };
    let mut possible: Vec<Possible> = slot
        .alphabet()
        .iter()
        .copied()
        .filter_map(|character| {
            let value = slot.value(character)?;
            Some(Possible { character, value, likelihoods: likelihoods(character) })
        })
        .filter(|one| one.likelihoods.iter().any(|likelihood| *likelihood > 0.0))
        .collect();
    let weight = |one: &Possible| one.likelihoods.iter().sum::<f64>();
    // Stable: equally likely ones stay in the order of the alphabet.
    possible.sort_by(|left, right| weight(right).total_cmp(&weight(left)));
    let mut best = [0.0; CONDITIONS];
    let mut sum = [0.0; CONDITIONS];
    for one in &possible {
        best.iter_mut().zip(one.likelihoods).for_each(|(best, likelihood)| *best = f64::max(*best, likelihood));
        sum.iter_mut().zip(one.likelihoods).for_each(|(sum, likelihood)| *sum += likelihood);
    }
    Place { possible, best, sum, is_unread: cell == Cell::Unread }
}

/// Returns how probable it is to write `character` where `truth` stands: over everything that the character may mean.
fn written(slot: Slot, truth: char, character: char) -> Likelihoods {
    let mut likelihoods = [0.0; CONDITIONS];
    let meanings = meanings(slot, character);
    let total: f64 = meanings.iter().map(|meaning| meaning.weight).sum();
    for meaning in &meanings {
        let read = Confusion::shipped().likelihood(slot, truth, Some(meaning.character));
        likelihoods.iter_mut().zip(read).for_each(|(sum, one)| *sum += one * meaning.weight / total);
    }
    likelihoods
}
