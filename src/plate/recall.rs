//! What a witness remembers of a plate: also shorter texts, at every place where they may have stood.
//!
//! [`read`](super::reading::read) takes a text for one whole number that was typed; [`recall`] takes it for what somebody saw,
//! and remembers everything that [`candidates`](super::candidates()) needs to rank the numbers that were issued.
//!
//! *Invariant:* a text that reads plainly is laid exactly as it is read: what is added is only for texts that are too short.

use super::code::{self, Code};
use super::fold::{Sign, plate_part, signs};
use super::layout::{Cell, Layout, layouts, plain_cells};
use super::number::PlateNumber;
use super::reading::{self, Reading, ReadingProblem, ReadingStep};
use super::scheme::Scheme;
use super::slot::digit_meanings;
use super::sparse::PLACES;
use super::symbols;

/// A character missing at one given place of a text that is one too short.
const LOST: f64 = 0.05;

/// What was seen of a plate.
#[derive(Clone, Debug, PartialEq)]
pub struct Recollection {
    scheme: Scheme,
    reading: Option<Reading>,
    layouts: Vec<Layout>,
    known: usize,
}

impl Recollection {
    /// Returns the text read as one whole number, where it can be.
    #[must_use]
    pub const fn reading(&self) -> Option<&Reading> {
        self.reading.as_ref()
    }

    /// Returns the number if the text says it plainly (see [`Reading::exact`]).
    #[must_use]
    pub fn exact(&self) -> Option<PlateNumber> {
        self.reading.as_ref().and_then(Reading::exact)
    }

    /// Returns whether the text says a number plainly and its checks confirm it: those of the number itself, or a control pair
    /// that was given and belongs to it.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        let pair = self.reading.as_ref().and_then(Reading::pair);
        self.exact().is_some_and(|number| number.control().is_none() || pair == number.control())
    }

    /// Returns whether the text is a whole number in which nothing is unreadable, misplaced or contradicted by its checks.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let harmless = |step: &ReadingStep| {
            matches!(step, ReadingStep::ByGlyph | ReadingStep::BySound | ReadingStep::ZeroPadded { .. })
        };
        let first = self.reading.as_ref().and_then(|reading| reading.hypotheses().first());
        first.is_some_and(|first| first.steps.iter().all(harmless))
    }

    /// Returns how many characters were read, those of the control pair included.
    #[must_use]
    pub const fn known(&self) -> usize {
        self.known
    }

    pub(super) fn layouts(&self) -> &[Layout] {
        &self.layouts
    }

    pub(super) const fn code(&self) -> &'static Code {
        match self.scheme {
            Scheme::Kz158 => &code::PAIRED,
            Scheme::Sparse19 => &code::SPARSE,
        }
    }

    pub(super) const fn scheme(&self) -> Scheme {
        self.scheme
    }
}

/// Returns what `text` may have been seen of.
///
/// ```
/// use scooter_registry::plate::{KZ_158, recall};
///
/// assert_eq!(recall(KZ_158, "K04271")?.exact().map(|number| number.to_string()).as_deref(), Some("K04271"));
/// assert_eq!(recall(KZ_158, "…271")?.known(), 3);
/// assert!(recall(KZ_158, "271")?.exact().is_none());
/// # Ok::<(), scooter_registry::plate::ReadingProblem>(())
/// ```
///
/// # Errors
/// A [`ReadingProblem`] that says what to write differently.
pub fn recall(scheme: Scheme, text: &str) -> Result<Recollection, ReadingProblem> {
    let reading = reading::read(scheme, text);
    if let Err(
        problem @ (ReadingProblem::Empty
        | ReadingProblem::TooLong { .. }
        | ReadingProblem::Foreign { .. }
        | ReadingProblem::NoSuchNumber),
    ) = reading
    {
        return Err(problem);
    }
    let (offset, part) = plate_part(text.trim());
    let signs = signs(part, offset)?;
    let known = signs.iter().filter(|sign| matches!(sign, Sign::Mark { .. })).count();
    // A text that cannot be one whole number as it stands may still be a part of one.
    let mut all = if matches!(reading, Err(ReadingProblem::NotADigit { .. })) {
        Vec::new()
    } else if scheme == Scheme::Sparse19 {
        symbols::layouts(&signs)
    } else {
        layouts(&signs)
    };
    for layout in short(scheme, &signs) {
        if !all.iter().any(|other| other.cells == layout.cells) {
            all.push(layout);
        }
    }
    match reading {
        Err(problem) if all.is_empty() => Err(problem),
        _ if known == 0 => Err(ReadingProblem::TooManyUnknown { known }),
        reading => Ok(Recollection { scheme, reading: reading.ok(), layouts: all, known }),
    }
}

/// Returns the ways in which a text that is too short may have stood on the plate: as it is, at every place where its characters
/// may stand, and with one character missing within.
fn short(scheme: Scheme, signs: &[Sign]) -> Vec<Layout> {
    let (complete, places): (&[usize], usize) = match scheme {
        Scheme::Kz158 => (&[6, 8, 10], 6),
        Scheme::Sparse19 => (&[PLACES], PLACES),
    };
    let cells = plain_cells(signs, complete);
    let (number, pair) = match cells.as_slice() {
        whole if !scheme.has_letters() => (whole, Vec::new()),
        [number @ .., one, other] if (1..=5).contains(&number.len()) && is_letter(one) && is_letter(other) => {
            (number, vec![*one, *other])
        }
        whole => (whole, vec![Cell::Unread; 2]),
    };
    let Some(missing) = places.checked_sub(number.len()).filter(|missing| *missing > 0) else {
        return Vec::new();
    };
    let aligned = |before: usize| {
        let cells = [&vec![Cell::Unread; before], number, &vec![Cell::Unread; missing - before]].concat();
        fits(scheme, &cells).then_some(cells)
    };
    let mut ways: Vec<Vec<Cell>> = (0..=missing).filter_map(aligned).collect();
    let even = 1.0 / f64::from(u32::try_from(ways.len().max(1)).unwrap_or(u32::MAX));
    let mut weights = vec![even; ways.len()];
    if missing == 1 {
        for place in 1..number.len() {
            let (before, after) = number.split_at(place);
            let cells = [before, &[Cell::Unread], after].concat();
            if fits(scheme, &cells) {
                ways.push(cells);
                weights.push(LOST);
            }
        }
    }
    let whole =
        |(cells, weight): (Vec<Cell>, f64)| Layout { cells: [cells.as_slice(), pair.as_slice()].concat(), weight };
    ways.into_iter().zip(weights).map(whole).collect()
}

/// Whether every character may stand where it lies: nobody takes a digit for the letter, nor the other way, in a text of which
/// the places are unknown.
fn fits(scheme: Scheme, cells: &[Cell]) -> bool {
    cells.iter().enumerate().all(|(place, cell)| match cell {
        Cell::Written { .. } if !scheme.has_letters() => true,
        Cell::Written { character, .. } if place == 0 => character.is_alphabetic(),
        Cell::Written { character, .. } => !digit_meanings(*character).is_empty(),
        Cell::Unread | Cell::Padding => true,
    })
}

fn is_letter(cell: &Cell) -> bool {
    matches!(cell, Cell::Written { character, .. } if character.is_alphabetic())
}
