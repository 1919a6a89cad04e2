//! The plate number: a series letter and a serial, in the one form in which it is stored and shown.
//!
//! *Invariant:* every value is lawful under [`KZ_158`](super::KZ_158); whether it was issued is not known here.
//! *Invariant:* the fields are private: another scheme adds a form without changing a caller.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::control::{self, ControlPair};
use super::letter::SeriesLetter;
use super::scheme::KZ_158;

/// A lawful plate number: one letter and the digits 00001 to 99999; ordered by letter, then by serial.
///
/// Written everywhere (text, JSON, storage) as `A00001`.
///
/// ```
/// use scooter_registry::plate::{PlateNumber, SeriesLetter};
///
/// let number = PlateNumber::of(SeriesLetter::parse("K")?, 4271)?;
/// assert_eq!(number.to_string(), "K04271");
/// assert_eq!(PlateNumber::parse("K04271")?, number);
/// assert_eq!(number.next().map(|next| next.to_string()).as_deref(), Some("K04272"));
/// assert_eq!(number.control().to_string(), "KR");
/// # Ok::<(), scooter_registry::plate::PlateNumberProblem>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlateNumber {
    letter: SeriesLetter,
    serial: u32,
}

/// Why something is not a plate number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlateNumberProblem {
    /// The series letter is not one Latin capital.
    #[error("the series letter must be one Latin capital from A to Z")]
    NotALetter,
    /// The letter is not followed by exactly five digits.
    #[error("a plate number is one Latin capital and five digits, such as A00001")]
    NotFiveDigits,
    /// The serial is zero or does not fit five digits.
    #[error("the digits run from 00001 to 99999, and {serial} is outside")]
    SerialOutOfRange {
        /// The serial that was given.
        serial: u32,
    },
}

impl PlateNumber {
    /// Returns the number of `serial` in the series of `letter`.
    ///
    /// # Errors
    /// [`PlateNumberProblem::SerialOutOfRange`] unless `serial` is 1 to 99 999.
    pub fn of(letter: SeriesLetter, serial: u32) -> Result<Self, PlateNumberProblem> {
        if KZ_158.serials().contains(&serial) {
            Ok(Self { letter, serial })
        } else {
            Err(PlateNumberProblem::SerialOutOfRange { serial })
        }
    }

    /// Returns the number written as `text`, which must be its exact form; what people type goes through
    /// [`reading::read`](super::reading::read).
    ///
    /// # Errors
    /// A [`PlateNumberProblem`] that says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, PlateNumberProblem> {
        let mut characters = text.chars();
        let letter = characters.next().and_then(SeriesLetter::from_char).ok_or(PlateNumberProblem::NotALetter)?;
        let digits = characters.as_str();
        // `u32::from_str` alone would take a plus sign.
        if digits.len() != 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PlateNumberProblem::NotFiveDigits);
        }
        let serial = digits.parse().ok().ok_or(PlateNumberProblem::NotFiveDigits)?;
        Self::of(letter, serial)
    }

    /// Returns the number that these characters are, each in its place.
    pub(super) fn of_characters(characters: &[char]) -> Option<Self> {
        let (letter, digits) = characters.split_first()?;
        let letter = SeriesLetter::from_char(*letter)?;
        let serial = digits.iter().try_fold(0_u32, |serial, digit| Some(serial * 10 + digit.to_digit(10)?))?;
        Self::of(letter, serial).ok().filter(|_| digits.len() == 5)
    }

    /// Returns the characters of the number and of its control pair, each in its place.
    pub(super) fn characters_with_pair(self) -> Vec<char> {
        format!("{self}{}", self.control()).chars().collect()
    }

    /// Returns the series letter.
    #[must_use]
    pub fn letter(self) -> SeriesLetter {
        self.letter
    }

    /// Returns the digits as a number, 1 to 99 999.
    #[must_use]
    pub fn serial(self) -> u32 {
        self.serial
    }

    /// Returns the number that follows in the same series, or `None` after 99 999: the letter is then used up.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::of(self.letter, self.serial.checked_add(1)?).ok()
    }

    /// Returns the two control letters that belong to the number.
    #[must_use]
    pub fn control(self) -> ControlPair {
        control::pair_of(self)
    }
}

impl fmt::Display for PlateNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{:05}", self.letter, self.serial)
    }
}

impl FromStr for PlateNumber {
    type Err = PlateNumberProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for PlateNumber {
    type Error = PlateNumberProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PlateNumber> for String {
    fn from(number: PlateNumber) -> Self {
        number.to_string()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests state what must hold")]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(in crate::plate) fn any_number() -> impl Strategy<Value = PlateNumber> {
        (0_usize..26, 1_u32..=99_999)
            .prop_filter_map("lawful", |(rank, serial)| PlateNumber::of(SeriesLetter::all().nth(rank)?, serial).ok())
    }

    #[test]
    fn the_serial_runs_from_1_to_99999() {
        let letter = SeriesLetter::parse("A").expect("A is a letter");
        for serial in [0, 100_000, u32::MAX] {
            assert_eq!(PlateNumber::of(letter, serial), Err(PlateNumberProblem::SerialOutOfRange { serial }));
        }
        assert_eq!(PlateNumber::of(letter, 1).map(|number| number.to_string()), Ok("A00001".into()));
        assert_eq!(PlateNumber::of(letter, 99_999).map(PlateNumber::next), Ok(None));
    }

    #[test]
    fn only_the_exact_form_is_parsed() {
        use PlateNumberProblem::{NotALetter, NotFiveDigits, SerialOutOfRange};
        let cases = [
            ("", NotALetter),
            ("k04271", NotALetter),
            ("К04271", NotALetter),
            ("04271", NotALetter),
            ("K", NotFiveDigits),
            ("K4271", NotFiveDigits),
            ("K+4271", NotFiveDigits),
            ("K042710", NotFiveDigits),
            ("K0427١", NotFiveDigits),
            ("K04271 ", NotFiveDigits),
            ("K00000", SerialOutOfRange { serial: 0 }),
        ];
        for (text, problem) in cases {
            assert_eq!(PlateNumber::parse(text), Err(problem), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_number_comes_back_from_its_text_and_from_json(number in any_number()) {
            prop_assert_eq!(PlateNumber::parse(&number.to_string()), Ok(number));
            let json = serde_json::to_string(&number)?;
            prop_assert_eq!(&json, &format!("\"{number}\""));
            prop_assert_eq!(serde_json::from_str::<PlateNumber>(&json)?, number);
        }

        #[test]
        fn numbers_are_ordered_as_their_texts_are(left in any_number(), right in any_number()) {
            prop_assert_eq!(left.cmp(&right), left.to_string().cmp(&right.to_string()));
        }

        #[test]
        fn the_next_number_is_one_further_in_the_same_series(number in any_number()) {
            if let Some(next) = number.next() {
                prop_assert_eq!((next.letter(), next.serial()), (number.letter(), number.serial() + 1));
            }
        }
    }
}
