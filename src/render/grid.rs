//! The grid of a number: one cell a character, as wide as the widest one, so that every number stands alike.
//!
//! A cell a character also tells a witness and the reader of a damaged plate *which* character is missing.
//!
//! *Invariant:* the widest and the narrowest number are found by measuring, never named.

use super::length::{Length, Ratio};
use super::typeface::ink_width;
use crate::plate::{PlateNumber, SeriesLetter};

/// Where the characters of a number stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    letter: Length,
    digit: Length,
    tracking: Length,
    cap: Length,
}

const DIGITS: i32 = 5;

impl Grid {
    /// Measures the scheme's characters at this height.
    pub(super) fn new(cap: Length, tracking: Ratio) -> Self {
        let letter = SeriesLetter::all().map(|letter| ink_width(letter.as_char(), cap)).max();
        let digit = ('0'..='9').map(|digit| ink_width(digit, cap)).max();
        Self { letter: letter.unwrap_or_default(), digit: digit.unwrap_or_default(), tracking: tracking.of(cap), cap }
    }

    /// Returns the width of all cells together.
    pub(super) fn width(&self) -> Length {
        self.letter + (self.tracking + self.digit) * DIGITS
    }

    /// Returns the characters of a number, each with where its ink begins, counted from the left of the grid.
    pub(super) fn place(&self, number: PlateNumber) -> Vec<(char, Length)> {
        let mut left = Length::ZERO;
        let mut placed = Vec::new();
        for (place, character) in number.to_string().chars().enumerate() {
            let cell = if place == 0 { self.letter } else { self.digit };
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

/// Finds the lawful number whose characters are widest.
#[must_use]
pub fn widest_number() -> Option<PlateNumber> {
    same_digits().max_by_key(|number| ink(*number))
}

/// Finds the lawful number whose characters are narrowest.
#[must_use]
pub fn narrowest_number() -> Option<PlateNumber> {
    same_digits().min_by_key(|number| ink(*number))
}

/// The numbers of one digit each: one of them is widest, and one narrowest, for widths add up.
fn same_digits() -> impl Iterator<Item = PlateNumber> {
    let serials = || (1..=9).map(|digit| digit * 11_111);
    SeriesLetter::all().flat_map(move |letter| serials().filter_map(move |serial| PlateNumber::of(letter, serial).ok()))
}

fn ink(number: PlateNumber) -> Length {
    number.to_string().chars().map(|character| ink_width(character, Length::millimetres(100))).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    #[test]
    fn the_widest_number_is_found_by_measuring() {
        assert_eq!(widest_number().unwrap().to_string(), "W44444");
        assert_eq!(narrowest_number().unwrap().to_string(), "I11111");
        let grid = Grid::new(Length::millimetres(22), Ratio::thousandths(100));
        assert_eq!(grid.width().pixels(254), 1_253, "125 mm, as design 3.4 says");
    }

    #[test]
    fn the_widest_number_fills_the_grid_and_every_other_stays_within() {
        let grid = Grid::new(Length::millimetres(22), Ratio::thousandths(100));
        let ends = |number: PlateNumber| {
            let placed = grid.place(number);
            let (last, left) = *placed.last().unwrap();
            (placed.first().unwrap().1, left + ink_width(last, Length::millimetres(22)))
        };
        let (from, until) = ends(widest_number().unwrap());
        assert_eq!(from, Length::ZERO);
        assert!(grid.width() - until <= Length::micrometres(6), "{until}");
        let (from, until) = ends(narrowest_number().unwrap());
        assert!(from > Length::ZERO && until < grid.width());
    }
}
