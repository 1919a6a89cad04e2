//! The control pair: two letters beside the number that tell a misread number from a true one.
//!
//! The legal number is dense: every misread digit names another real scooter. So two letters are computed for every number. Let
//! x0 to x7 be the values of letter, five digits and the two control letters, modulo 23; then Σ xᵢ = 0 and Σ 2ⁱ·xᵢ = 0. Control
//! letters are written in the 23 letters without I, O and Q, which are taken for 1 and 0.
//!
//! What follows from it:
//! - Two code words differ in at least three characters, for two columns (1, 2ⁱ) and (1, 2ʲ) are independent whenever i ≠ j:
//!   the order of 2 modulo 23 is 11. So **every error in one or two characters is detected**, any one wrong character can be
//!   corrected (not at the same time), and any two unreadable characters can be filled in.
//! - Exchanging the values a and b of positions i and j changes the second sum by (2ⁱ − 2ʲ)(b − a), which is zero only if
//!   a = b: **every transposition is detected**.
//! - The series letters I, O and Q have no value of their own and take that of W, K and T. Those three confusions go undetected,
//!   and a filled-in or corrected letter comes as both; hence the advice against claiming them.
//!
//! Why not one check letter: one equation detects a single error but neither corrects nor fills, and transpositions only in part.
//!
//! *Invariant:* arithmetic only: whether a number was issued, and how likely a misreading is, is not known here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::code::{PAIRED, Slot};
use super::letter::SeriesLetter;
use super::number::PlateNumber;

pub use super::fragment::{Fragment, FragmentProblem};

/// The two control letters of a number, such as `KR`; ordered and written in JSON as its text.
///
/// ```
/// use scooter_registry::plate::{ControlPair, PlateNumber, control};
///
/// let number = PlateNumber::parse("K04271")?;
/// assert_eq!(number.control(), Some(ControlPair::parse("KR")?));
/// assert!(control::check(number, ControlPair::parse("KR")?));
/// assert!(!control::check(PlateNumber::parse("K04277")?, ControlPair::parse("KR")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ControlPair(u8, u8);

/// Why a text is not a control pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlPairProblem {
    /// There are not exactly two characters.
    #[error("a control pair is two letters, such as KR")]
    NotTwoLetters,
    /// A character is not one of the 23 control letters.
    #[error("{character:?} is not a control letter: these are the Latin capitals without I, O and Q")]
    NotAControlLetter {
        /// The character that was found.
        character: char,
    },
}

/// One way in which a number and its pair agree once a single character is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The number after the correction; unchanged where a control letter was the wrong one.
    pub number: PlateNumber,
    /// The pair after the correction.
    pub pair: ControlPair,
    /// Which character was replaced: 1 is the letter, 2 to 6 are the digits, 7 and 8 the control letters.
    pub position: usize,
}

impl ControlPair {
    /// Returns the pair written as `text`: exactly two capitals out of the 23.
    ///
    /// # Errors
    /// A [`ControlPairProblem`] that says what was found instead.
    pub fn parse(text: &str) -> Result<Self, ControlPairProblem> {
        let mut characters = text.chars();
        match (characters.next(), characters.next(), characters.next()) {
            (Some(first), Some(second), None) => {
                let value = |character| {
                    Slot::Control.value(character).ok_or(ControlPairProblem::NotAControlLetter { character })
                };
                Ok(Self(value(first)?, value(second)?))
            }
            _ => Err(ControlPairProblem::NotTwoLetters),
        }
    }
}

/// Returns the pair that belongs to the number of letter and serial.
pub(super) fn pair_of(letter: SeriesLetter, serial: u32) -> ControlPair {
    let digits = [10_000, 1_000, 100, 10, 1].map(|place| {
        let [digit, ..] = (serial / place % 10).to_le_bytes();
        digit
    });
    let values = std::iter::once(letter.value()).chain(digits);
    let [first, second] = PAIRED.solver([6, 7]).solve(PAIRED.sums_over(values.enumerate()));
    ControlPair(first, second)
}

/// Returns whether `pair` belongs to `number`. A wrong number passes only after three wrong characters or more, or where the
/// letter was confused with the one that shares its value (I and W, O and K, Q and T).
#[must_use]
pub fn check(number: PlateNumber, pair: ControlPair) -> bool {
    number.control() == Some(pair)
}

/// Returns every way in which replacing one character makes `number` and `pair` agree: none if they agree already or if more
/// than one character is wrong, two where the letter is replaced by either of two that share a value, else one. With two or
/// more wrong characters a correction may be offered that is wrong: it is a hypothesis, never a fact. None for a number that
/// has no pair.
///
/// ```
/// use scooter_registry::plate::{ControlPair, PlateNumber, control};
///
/// let misread = PlateNumber::parse("K04277")?;
/// let corrections = control::correct(misread, ControlPair::parse("KR")?);
/// assert_eq!(corrections.len(), 1);
/// assert_eq!(corrections[0].number, PlateNumber::parse("K04271")?);
/// assert_eq!(corrections[0].position, 6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn correct(number: PlateNumber, pair: ControlPair) -> Vec<Correction> {
    if number.control().is_none() {
        return Vec::new();
    }
    corrections_of(&Fragment::of_number(number).with_pair(pair))
}

/// Returns the corrections of a fully read fragment, even one that names no lawful number as it stands (`K00000`).
pub(super) fn corrections_of(fragment: &Fragment) -> Vec<Correction> {
    let Some(wrong) = fragment.single_error() else {
        return Vec::new();
    };
    let completions = fragment.without(wrong).completions();
    completions.into_iter().map(|(number, pair)| Correction { number, pair, position: wrong + 1 }).collect()
}

/// Returns every number, with its pair, that agrees with what could be read of `fragment`: up to two characters may be
/// unreadable, wherever they stand. Without any unreadable character it returns the number itself if the pair agrees.
///
/// One or two unknowns have one solution modulo 23, which is dropped if it is not lawful where it stands (a "digit" of 10 or
/// more) and doubled where it is a letter that shares its value.
///
/// ```
/// use scooter_registry::plate::{PlateNumber, control};
///
/// let filled = control::fill(&control::Fragment::parse("K0?27?KR")?)?;
/// assert_eq!(filled.len(), 1);
/// assert_eq!(filled[0].0, PlateNumber::parse("K04271")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`FragmentProblem::TooManyUnread`] if more than two characters are unreadable: two equations cannot tell them.
pub fn fill(fragment: &Fragment) -> Result<Vec<(PlateNumber, ControlPair)>, FragmentProblem> {
    match fragment.unread() {
        0..=2 => Ok(fragment.completions()),
        unread => Err(FragmentProblem::TooManyUnread { unread }),
    }
}

impl fmt::Display for ControlPair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = [self.0, self.1].into_iter().flat_map(|value| Slot::Control.characters(value));
        letters.try_for_each(|letter| fmt::Write::write_char(formatter, letter))
    }
}

impl FromStr for ControlPair {
    type Err = ControlPairProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ControlPair {
    type Error = ControlPairProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<ControlPair> for String {
    fn from(pair: ControlPair) -> Self {
        pair.to_string()
    }
}
