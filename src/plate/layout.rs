//! Every lawful way in which a row of signs can lie in the eight places of a number and its control pair.
//!
//! - Six signs are a number, eight are a number and its pair; a leading `KZ` may stand before either.
//! - Five digits lack the letter: somebody read only the digits.
//! - A letter with fewer digits lost its leading zeros, as spreadsheets do; where the pair is there, one digit may also be
//!   missing anywhere, for the pair can tell.
//! - A single `*` or `…` in a text that is too short stands for all that is missing.
//!
//! *Invariant:* characters are placed, not interpreted: whether one fits its slot is decided when the layout is read.
//! *Invariant:* nothing longer than ten signs has a layout, so the work that follows is bounded.

use super::candidates::Difference;
use super::code::{Code, Slot};
use super::evidence::meanings;
use super::fold::Sign;
use super::fragment::PLACES;

/// What stands in one of the eight places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// A written character, with its place in the text.
    Written { character: char, position: usize },
    /// An unreadable or missing character.
    Unread,
    /// A zero that was left out.
    Padding,
}

/// One way to lay the signs into the eight places.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    /// Letter, five digits, two control letters: always eight cells.
    pub(super) cells: Vec<Cell>,
    /// How well the way fits, relative to the others; 1 where nothing is missing.
    pub(super) weight: f64,
}

/// Each leading zero that must be assumed makes a layout this much less likely.
const LOST_ZERO: f64 = 0.3;
/// A digit missing at one given place.
const LOST_DIGIT: f64 = 0.05;

impl Layout {
    /// Returns whether any control letter was written.
    pub(super) fn has_pair(&self) -> bool {
        self.cells.iter().skip(6).any(|cell| matches!(cell, Cell::Written { .. }))
    }

    /// Returns the number of leading zeros that were assumed.
    pub(super) fn padding(&self) -> usize {
        self.cells.iter().filter(|cell| **cell == Cell::Padding).count()
    }

    /// Returns the layout as if no control letter had been written.
    pub(super) fn without_pair(&self) -> Self {
        let number = self.cells.iter().take(6).copied();
        Self { cells: number.chain([Cell::Unread; 2]).collect(), weight: self.weight }
    }
}

impl Layout {
    /// Returns the layouts in which two written neighbours of one kind have changed places, each with the place (from 0) of the
    /// first.
    pub(super) fn exchanges(&self, code: &Code) -> Vec<(usize, Self)> {
        let neighbours = self.cells.windows(2).zip(code.slots.windows(2)).enumerate();
        neighbours
            .filter_map(|(place, (cells, slots))| match (cells, slots) {
                ([Cell::Written { character: one, .. }, Cell::Written { character: other, .. }], [left, right])
                    if left == right && one != other =>
                {
                    let mut swapped = self.clone();
                    swapped.cells.swap(place, place + 1);
                    Some((place, swapped))
                }
                _ => None,
            })
            .collect()
    }

    /// Returns where `text`, a number with its checks, differs from what was read.
    pub(super) fn differences(&self, code: &Code, text: &[char], exchanged: Option<usize>) -> Vec<Difference> {
        let exchange = exchanged.map(|place| Difference::Exchanged { position: place + 1 });
        let of_place = |(place, ((cell, slot), stands)): (usize, ((&Cell, &Slot), &char))| match *cell {
            Cell::Written { character, .. } => {
                let means = meanings(*slot, character).iter().any(|meaning| meaning.character == *stands);
                (!means).then_some(Difference::Misread { position: place + 1, read: character, stands: *stands })
            }
            Cell::Unread => {
                (place < code.of_number).then_some(Difference::Unread { position: place + 1, stands: *stands })
            }
            Cell::Padding => None,
        };
        let places = self.cells.iter().zip(code.slots).zip(text).enumerate();
        exchange.into_iter().chain(places.filter_map(of_place)).collect()
    }
}

/// Returns every way to lay `signs`; empty if their number fits none.
pub(super) fn layouts(signs: &[Sign]) -> Vec<Layout> {
    let signs = without_runs(signs);
    let after_prefix = match signs.as_slice() {
        [Sign::Mark { character: first, .. }, Sign::Mark { character: second, .. }, rest @ ..]
            if "KkКкҚқ".contains(*first) && "ZzЗз".contains(*second) && rest.len() >= 5 =>
        {
            Some(rest)
        }
        _ => None,
    };
    [Some(signs.as_slice()), after_prefix].into_iter().flatten().flat_map(alignments).collect()
}

/// Returns how many characters were written or marked as unreadable.
pub(super) fn length(signs: &[Sign]) -> usize {
    signs.iter().filter(|sign| !matches!(sign, Sign::Run(_))).count()
}

/// Returns the signs with every run of dots or dashes decided: as many unreadable characters where that makes the text
/// complete (`K0..71`), a separator where it is complete without (`K04271 -- KR`), else the stretch that is missing (`K04...`).
fn without_runs(signs: &[Sign]) -> Vec<Sign> {
    decided(signs, &[6, 8, 10])
}

/// The same, where a text of these lengths is complete; the last of them may be that of a text with a prefix.
pub(super) fn decided(signs: &[Sign], complete: &[usize]) -> Vec<Sign> {
    let written = length(signs);
    let in_runs: usize = signs.iter().map(|sign| if let Sign::Run(length) = sign { *length } else { 0 }).sum();
    let decided = |sign: &Sign| match *sign {
        Sign::Run(length) if complete.iter().take(2).any(|length| written + in_runs == *length) => {
            vec![Sign::Unread; length]
        }
        Sign::Run(_) if complete.contains(&written) => Vec::new(),
        Sign::Run(_) => vec![Sign::Stretch],
        other => vec![other],
    };
    signs.iter().flat_map(decided).collect()
}

/// Returns the signs as cells, a stretch as nothing: in a text that is too short, what is missing is put where it may have been.
pub(super) fn plain_cells(signs: &[Sign], complete: &[usize]) -> Vec<Cell> {
    decided(signs, complete).iter().filter(|sign| **sign != Sign::Stretch).map(cell).collect()
}

fn alignments(signs: &[Sign]) -> Vec<Layout> {
    let cells: Vec<Cell> = signs.iter().map(cell).collect();
    let complete = complete(&cells, 1.0);
    let has_gaps = cells.contains(&Cell::Unread);
    match (complete, has_gaps) {
        (Some(complete), true) => vec![complete],
        (Some(complete), false) => std::iter::once(complete).chain(short_alignments(&cells)).collect(),
        (None, true) => stretched(signs).into_iter().collect(),
        (None, false) => short_alignments(&cells),
    }
}

/// Returns the layout of a text with exactly one `*` or `…` that makes up for everything missing.
fn stretched(signs: &[Sign]) -> Option<Layout> {
    let place = signs.iter().position(|sign| *sign == Sign::Stretch)?;
    let cells: Vec<Cell> = signs.iter().map(cell).collect();
    let places = if ends_in_letters(&cells) && cells.len() > 2 { PLACES } else { 6 };
    let missing = places.checked_sub(cells.len())?;
    let (before, after) = cells.split_at_checked(place)?;
    complete(&[before, &vec![Cell::Unread; missing], after].concat(), 1.0)
}

/// Returns the layouts of a text without unreadable characters from which something is missing.
fn short_alignments(cells: &[Cell]) -> Vec<Layout> {
    let Some((first, rest)) = cells.split_first() else {
        return Vec::new();
    };
    let with_pair = ends_in_letters(cells);
    if is_digit(first) {
        let only_the_letter_is_missing = cells.len() == 5 || (cells.len() == 7 && with_pair);
        let whole = [&[Cell::Unread], cells].concat();
        return complete(&whole, 1.0).filter(|_| only_the_letter_is_missing).into_iter().collect();
    }
    let mut layouts = Vec::new();
    layouts.extend(padded(*first, rest, &[]));
    if let Some((digits, pair)) = rest.split_last_chunk::<2>().filter(|_| with_pair) {
        layouts.extend(padded(*first, digits, pair));
        if digits.len() == 4 {
            layouts.extend((0..=4).filter_map(|place| {
                let (before, after) = digits.split_at_checked(place)?;
                complete(&[&[*first], before, &[Cell::Unread], after, pair].concat(), LOST_DIGIT)
            }));
        }
    }
    layouts
}

/// Returns the layout with leading zeros before `digits`, if one to four digits are there; at least one must be a digit as
/// written, or any short word would be a number.
fn padded(letter: Cell, digits: &[Cell], pair: &[Cell]) -> Option<Layout> {
    let zeros = 5_usize.checked_sub(digits.len()).filter(|zeros| *zeros > 0)?;
    digits.iter().any(is_digit).then_some(())?;
    let weight = (0..zeros).fold(1.0, |weight, _| weight * LOST_ZERO);
    complete(&[&[letter], vec![Cell::Padding; zeros].as_slice(), digits, pair].concat(), weight)
}

/// Returns the layout of exactly six or eight cells.
fn complete(cells: &[Cell], weight: f64) -> Option<Layout> {
    let missing: &[Cell] = match cells.len() {
        6 => &[Cell::Unread; 2],
        8 => &[],
        _ => return None,
    };
    Some(Layout { cells: [cells, missing].concat(), weight })
}

pub(super) fn cell(sign: &Sign) -> Cell {
    match *sign {
        Sign::Mark { character, position } => Cell::Written { character, position },
        Sign::Unread | Sign::Stretch | Sign::Run(_) => Cell::Unread,
    }
}

fn is_digit(cell: &Cell) -> bool {
    matches!(cell, Cell::Written { character, .. } if character.is_ascii_digit())
}

fn ends_in_letters(cells: &[Cell]) -> bool {
    matches!(cells, [.., one @ Cell::Written { .. }, other @ Cell::Written { .. }] if !is_digit(one) && !is_digit(other))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::super::fold::signs;
    use super::*;

    /// The layouts of a text, `?` for unread and `.` for a zero left out.
    fn laid(text: &str) -> Vec<String> {
        let shown = |cell: &Cell| match cell {
            Cell::Written { character, .. } => *character,
            Cell::Unread => '?',
            Cell::Padding => '.',
        };
        layouts(&signs(text, 0).unwrap()).iter().map(|layout| layout.cells.iter().map(shown).collect()).collect()
    }

    #[test]
    fn every_layout_has_eight_cells() {
        for text in ["K04271", "K04271KR", "K4271", "04271", "04271KR", "K4271KR", "KZ K04271", "K04…", "K1", "K0..71"]
        {
            assert!(!laid(text).is_empty(), "{text}");
            assert!(laid(text).iter().all(|layout| layout.chars().count() == PLACES), "{text}: {:?}", laid(text));
        }
    }

    #[test]
    fn complete_texts_lie_in_one_way() {
        assert_eq!(laid("K04271"), ["K04271??"]);
        assert_eq!(laid("K04271KR"), ["K04271KR"]);
        assert_eq!(laid("K0?27*"), ["K0?27???"]);
    }

    #[test]
    fn a_country_prefix_is_one_more_way() {
        assert_eq!(laid("KZ K04271"), ["KZK04271", "K04271??"]);
        assert_eq!(laid("кз K04271KR"), ["K04271KR"]);
        assert_eq!(laid("KZ0427"), ["KZ0427??"]);
        assert_eq!(laid("KZ04271"), ["?04271??"]);
    }

    #[test]
    fn what_is_missing_is_put_where_it_may_have_been() {
        assert_eq!(laid("K4271"), ["K.4271??"]);
        assert_eq!(laid("K1"), ["K....1??"]);
        assert_eq!(laid("04271"), ["?04271??"]);
        assert_eq!(laid("04271KR"), ["?04271KR"]);
        assert_eq!(laid("K427KR"), ["K427KR??", "K..427KR"]);
        assert_eq!(laid("K4271KR"), ["K.4271KR", "K?4271KR", "K4?271KR", "K42?71KR", "K427?1KR", "K4271?KR"]);
    }

    #[test]
    fn a_stretch_makes_up_for_all_that_is_missing_and_a_run_is_told_by_the_length() {
        assert_eq!(laid("K04…"), ["K04?????"]);
        assert_eq!(laid("*71"), ["????71??"]);
        assert_eq!(laid("*4271KR"), ["??4271KR"]);
        assert_eq!(laid("K0..71"), ["K0??71??"]);
        assert_eq!(laid("K04..."), ["K04?????"]);
        assert_eq!(laid("K0...71"), ["K0??71??"]);
        assert_eq!(laid("K0..71KR"), ["K0??71KR"]);
        assert_eq!(laid("K04271 --- KR"), ["K04271KR"]);
    }

    #[test]
    fn other_lengths_have_no_layout() {
        for text in ["K", "KZ", "AS", "1", "4271", "K04271K", "K04271KRA", "K0?71", "K??", "KZ04271KR12", "0123456789"]
        {
            assert_eq!(laid(text), Vec::<String>::new(), "{text}");
        }
    }
}
