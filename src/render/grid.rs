//! The grid of a number: one cell a character, as wide as the widest one, so that every number stands alike.
//!
//! A cell a character also tells a witness and the reader of a damaged plate *which* character is missing.
//!
//! *Invariant:* the widest and the narrowest number are found by measuring, never named.

use super::length::{Length, Ratio};
use super::typeface::ink_width;
use crate::plate::sparse::{ALPHABET, Codeword, value};
use crate::plate::{PlateNumber, Scheme, SeriesLetter};

/// Where the characters of a number stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    cells: Cells,
    tracking: Length,
    cap: Length,
}

/// How wide the cells are.
#[derive(Clone, Copy, Debug)]
enum Cells {
    /// One for the letter, five for digits.
    LetterAndDigits { letter: Length, digit: Length },
    /// Seven alike, with a space behind the third.
    Symbols { symbol: Length, space: Length },
}

const DIGITS: i32 = 5;
const SYMBOLS: i32 = 7;
/// How many symbols stand before the space.
const BEFORE_SPACE: usize = 3;

impl Grid {
    /// Measures the scheme's characters at this height.
    pub(super) fn new(scheme: Scheme, cap: Length, tracking: Ratio) -> Self {
        let widest = |characters: &mut dyn Iterator<Item = char>| {
            characters.map(|character| ink_width(character, cap)).max().unwrap_or_default()
        };
        let cells = match scheme {
            Scheme::Kz158 => Cells::LetterAndDigits {
                letter: widest(&mut SeriesLetter::all().map(SeriesLetter::as_char)),
                digit: widest(&mut ('0'..='9')),
            },
            Scheme::Sparse19 => {
                // A third of a cell: more than twice the distance of two symbols, and told as a space.
                let symbol = widest(&mut ALPHABET.into_iter());
                Cells::Symbols { symbol, space: symbol / 3 }
            }
        };
        Self { cells, tracking: tracking.of(cap), cap }
    }

    /// Returns the width of all cells together.
    pub(super) fn width(&self) -> Length {
        match self.cells {
            Cells::LetterAndDigits { letter, digit } => letter + (self.tracking + digit) * DIGITS,
            Cells::Symbols { symbol, space } => symbol + (self.tracking + symbol) * (SYMBOLS - 1) + space,
        }
    }

    /// Returns the characters of a number, each with where its ink begins, counted from the left of the grid.
    pub(super) fn place(&self, number: PlateNumber) -> Vec<(char, Length)> {
        let mut left = Length::ZERO;
        let mut placed = Vec::new();
        for (place, character) in number.to_string().chars().enumerate() {
            let cell = match self.cells {
                Cells::LetterAndDigits { letter, .. } if place == 0 => letter,
                Cells::LetterAndDigits { digit, .. } => digit,
                Cells::Symbols { symbol, space } => {
                    if place == BEFORE_SPACE {
                        left = left + space;
                    }
                    symbol
                }
            };
            placed.push((character, left + (cell - ink_width(character, self.cap)) / 2));
            left = left + cell + self.tracking;
        }
        placed
    }
}

/// Returns the width of two control letters with their distance, at the widest.
pub(super) fn pair_width(cap: Length, tracking: Ratio) -> Length {
    // The 23 letters that pairs are made of are all letters but I, O and Q, which are not the widest.
    let letters = SeriesLetter::all().filter(|letter| !letter.is_dissimilar_advised());
    let widest = letters.map(|letter| ink_width(letter.as_char(), cap)).max().unwrap_or_default();
    widest * 2 + tracking.of(cap)
}

/// Finds the lawful number of the scheme whose characters are widest.
#[must_use]
pub fn widest_number(scheme: Scheme) -> Option<PlateNumber> {
    extreme_numbers(scheme).into_iter().max_by_key(|number| ink(*number))
}

/// Finds the lawful number of the scheme whose characters are narrowest.
#[must_use]
pub fn narrowest_number(scheme: Scheme) -> Option<PlateNumber> {
    extreme_numbers(scheme).into_iter().min_by_key(|number| ink(*number))
}

/// Numbers among which are the widest and the narrowest.
fn extreme_numbers(scheme: Scheme) -> Vec<PlateNumber> {
    match scheme {
        // One of one digit each is widest, and one narrowest, for widths add up.
        Scheme::Kz158 => {
            let serials = || (1..=9).map(|digit| digit * 11_111);
            let numbers = |letter| serials().filter_map(move |serial| PlateNumber::of(letter, serial).ok());
            SeriesLetter::all().flat_map(numbers).collect()
        }
        // The checks forbid most words of one symbol: five free symbols of the four widest or the four narrowest, and the
        // checks that follow from them. The grid does not hang on it: its cells are as wide as the widest symbol.
        Scheme::Sparse19 => {
            let mut symbols = ALPHABET;
            symbols.sort_by_key(|symbol| ink_width(*symbol, Length::millimetres(100)));
            let narrow = symbols.iter().copied().take(4).filter_map(value);
            let wide = symbols.iter().rev().copied().take(4).filter_map(value);
            words_of(&narrow.collect::<Vec<_>>()).into_iter().chain(words_of(&wide.collect::<Vec<_>>())).collect()
        }
    }
}

/// The numbers whose first five symbols have these values.
fn words_of(values: &[u8]) -> Vec<PlateNumber> {
    let mut payloads = vec![0_u32];
    for _ in 0..5 {
        payloads = payloads
            .iter()
            .flat_map(|payload| values.iter().map(move |value| payload * 19 + u32::from(*value)))
            .collect();
    }
    payloads.into_iter().filter_map(Codeword::of_payload).map(PlateNumber::from).collect()
}

fn ink(number: PlateNumber) -> Length {
    number.to_string().chars().map(|character| ink_width(character, Length::millimetres(100))).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use crate::plate::{KZ_158, SPARSE_19};

    #[test]
    fn the_widest_number_is_found_by_measuring() {
        assert_eq!(widest_number(KZ_158).unwrap().to_string(), "W44444");
        assert_eq!(narrowest_number(KZ_158).unwrap().to_string(), "I11111");
        let grid = Grid::new(KZ_158, Length::millimetres(22), Ratio::thousandths(100));
        assert_eq!(grid.width().pixels(254), 1_253, "125 mm, as design 3.4 says");
    }

    #[test]
    fn the_widest_number_fills_the_grid_and_every_other_stays_within() {
        let grid = Grid::new(KZ_158, Length::millimetres(22), Ratio::thousandths(100));
        let ends = |number: PlateNumber| {
            let placed = grid.place(number);
            let (last, left) = *placed.last().unwrap();
            (placed.first().unwrap().1, left + ink_width(last, Length::millimetres(22)))
        };
        let (from, until) = ends(widest_number(KZ_158).unwrap());
        assert_eq!(from, Length::ZERO);
        assert!(grid.width() - until <= Length::micrometres(6), "{until}");
        let (from, until) = ends(narrowest_number(KZ_158).unwrap());
        assert!(from > Length::ZERO && until < grid.width());
    }
    #[test]
    fn seven_symbols_stand_in_cells_alike_with_a_space_behind_the_third() {
        let cap = Length::millimetres(18);
        let grid = Grid::new(SPARSE_19, cap, Ratio::thousandths(100));
        for number in [widest_number(SPARSE_19).unwrap(), narrowest_number(SPARSE_19).unwrap()] {
            let placed = grid.place(number);
            assert_eq!(placed.iter().map(|(character, _)| character).collect::<String>(), number.to_string());
            let middles: Vec<_> =
                placed.iter().map(|(character, left)| *left + ink_width(*character, cap) / 2).collect();
            let steps: Vec<_> =
                middles.windows(2).map(|pair| (*pair.last().unwrap() - *pair.first().unwrap()).pixels(254)).collect();
            assert!(
                steps.iter().enumerate().all(|(place, step)| (place == 2) == (*step > steps.first().unwrap() + 10)),
                "{steps:?}"
            );
            let (last, left) = *placed.last().unwrap();
            assert!(left + ink_width(last, cap) <= grid.width());
        }
        assert!(ink(widest_number(SPARSE_19).unwrap()) > ink(narrowest_number(SPARSE_19).unwrap()));
    }
}
