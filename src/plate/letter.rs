//! The series letter: the one Latin capital that an operator's whole fleet bears.
//!
//! *Invariant:* every value is one of `A` to `Z`; whether a letter is claimed, and by whom, is not known here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::number::PlateNumberProblem;

/// One of the 26 Latin capitals; ordered as in the alphabet, written in JSON as a string of one character.
///
/// ```
/// use scooter_registry::plate::SeriesLetter;
///
/// let letter = SeriesLetter::parse("K")?;
/// assert_eq!(letter.to_string(), "K");
/// assert!(SeriesLetter::parse("k").is_err());
/// assert_eq!(SeriesLetter::all().count(), 26);
/// # Ok::<(), scooter_registry::plate::PlateNumberProblem>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SeriesLetter(u8);

impl SeriesLetter {
    /// The last serial of every letter; the first is 1.
    pub const LAST_SERIAL: u32 = 99_999;

    /// Returns the letter that `text` is: exactly one capital `A` to `Z`.
    ///
    /// # Errors
    /// [`PlateNumberProblem::NotALetter`] for anything else, lower case and other scripts included: what people type goes
    /// through [`reading::read`](super::reading::read).
    pub fn parse(text: &str) -> Result<Self, PlateNumberProblem> {
        match text.as_bytes() {
            [byte] if byte.is_ascii_uppercase() => Ok(Self(*byte)),
            _ => Err(PlateNumberProblem::NotALetter),
        }
    }

    /// Returns all letters from `A` to `Z`.
    pub fn all() -> impl Iterator<Item = Self> {
        (b'A'..=b'Z').map(Self)
    }

    /// Returns the letter as a character.
    #[must_use]
    pub fn as_char(self) -> char {
        char::from(self.0)
    }

    /// Returns whether an operator is advised to claim a dissimilar letter instead: `I`, `O` and `Q` are read as 1 and 0, and
    /// the control pair cannot tell them from `W`, `K` and `T`, whose values they share. An advice, not a ban: the law names
    /// the whole Latin alphabet.
    ///
    /// ```
    /// use scooter_registry::plate::SeriesLetter;
    ///
    /// let advised: String = SeriesLetter::all().filter(|letter| letter.is_dissimilar_advised()).map(SeriesLetter::as_char).collect();
    /// assert_eq!(advised, "IOQ");
    /// ```
    #[must_use]
    pub fn is_dissimilar_advised(self) -> bool {
        matches!(self.0, b'I' | b'O' | b'Q')
    }

    /// Returns the letter that `character` is, if it is a Latin capital.
    pub(super) fn from_char(character: char) -> Option<Self> {
        u8::try_from(character).ok().filter(u8::is_ascii_uppercase).map(Self)
    }

    /// Returns the letter's value in the control arithmetic: its rank among the 23 letters without I, O and Q, which take the
    /// value of a letter that looks unlike them and unlike each other (W, K, T).
    pub(super) fn value(self) -> u8 {
        let stand_in = match self.0 {
            b'I' => b'W',
            b'O' => b'K',
            b'Q' => b'T',
            other => other,
        };
        let left_out = [b'I', b'O', b'Q'].iter().map(|gone| u8::from(stand_in > *gone)).sum::<u8>();
        stand_in - b'A' - left_out
    }
}

impl fmt::Display for SeriesLetter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.as_char(), formatter)
    }
}

impl FromStr for SeriesLetter {
    type Err = PlateNumberProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for SeriesLetter {
    type Error = PlateNumberProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<SeriesLetter> for String {
    fn from(letter: SeriesLetter) -> Self {
        letter.to_string()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    #[test]
    fn twenty_three_letters_have_their_rank_as_value_and_three_share_one() {
        let ranks = "ABCDEFGHJKLMNPRSTUVWXYZ".chars().zip(0_u8..);
        for (character, rank) in ranks.chain([('I', 19), ('O', 9), ('Q', 16)]) {
            assert_eq!(SeriesLetter::from_char(character).unwrap().value(), rank, "{character}");
        }
    }

    #[test]
    fn only_one_latin_capital_is_a_letter() {
        for wrong in ["", "k", "KK", "4", "К", "Ｋ", " K", "["] {
            assert_eq!(SeriesLetter::parse(wrong), Err(PlateNumberProblem::NotALetter), "{wrong:?}");
        }
    }

    #[test]
    fn a_letter_travels_as_a_string_of_one_character() {
        let letter = SeriesLetter::parse("K").unwrap();
        assert_eq!(serde_json::to_string(&letter).unwrap(), "\"K\"");
        assert_eq!(serde_json::from_str::<SeriesLetter>("\"K\"").unwrap(), letter);
        assert!(serde_json::from_str::<SeriesLetter>("\"Я\"").is_err());
    }
}
