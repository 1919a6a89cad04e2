//! What a human typed or saw, read as the plate numbers it may mean.
//!
//! A text is folded into signs, the signs are laid into the places of a number and its control pair in every lawful way, and
//! every character is read as whatever it may be in its place. What comes out are hypotheses with likelihoods.
//!
//! - Case, full-width forms, white space, dashes, dots and quotation marks do not matter.
//! - A Cyrillic letter is read by its shape and by its sound, each for itself: Н is H or N, whatever stands beside it.
//! - In a digit's place a letter that looks like a digit is taken for it, and the other way in the letter's place.
//! - `?`, `*`, `_` and `…` are unreadable characters, and so is each dot or dash of a run that makes the text complete.
//! - If a control pair was given, numbers that contradict it are left out while one agrees with it; if none does, what was
//!   read stands beside its corrections.
//! - A leading `KZ` and the whole link of a plate's QR code are accepted.
//!
//! *Invariant:* there is never a silent guess: what was assumed stands in the steps, and several numbers stay several.
//! *Invariant:* no text makes the reader panic or work without bound.

use serde::Serialize;

use super::control::ControlPair;
use super::fold::{Sign, plate_part, signs};
use super::hypothesis::{Misfit, weigh};
use super::layout::{layouts, length};
use super::number::PlateNumber;
use super::scheme::Scheme;
use super::symbols;

/// The longest text that is read, in characters; a QR link has fewer than a hundred.
pub const MAXIMUM_LENGTH: usize = 200;

/// What a text may mean: one number or several.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    text: String,
    hypotheses: Vec<Hypothesis>,
    pair: Option<ControlPair>,
}

/// One number that a text may mean.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hypothesis {
    /// The number.
    pub number: PlateNumber,
    /// How likely this number is, given that it is one of the hypotheses; they add up to 1. It says nothing about whether the
    /// number was issued, nor about errors that leave a lawful number behind.
    pub likelihood: f64,
    /// What had to be assumed; empty if the text says this number plainly.
    pub steps: Vec<ReadingStep>,
}

/// Something that was assumed to reach a number. Positions count from 1: the letter, 2 to 6 the digits, 7 and 8 the pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum ReadingStep {
    /// The series letter was typed as a Cyrillic letter that looks like it.
    ByGlyph,
    /// The series letter was typed as a Cyrillic letter that sounds like it.
    BySound,
    /// A character that cannot stand in its place was taken for one that looks like it.
    SlotRepair {
        /// The place.
        position: usize,
    },
    /// Fewer than five digits were given and zeros put before them.
    ZeroPadded {
        /// How many zeros.
        zeros: usize,
    },
    /// A character that was not read was tried as everything it may be.
    Filled {
        /// The place.
        position: usize,
    },
    /// A character that was not read was computed from the control pair.
    FromPair {
        /// The place.
        position: usize,
    },
    /// The control pair contradicts what was read, and replacing this one character makes them agree. At 7 or 8 it is the
    /// pair that was misread, and the number stands.
    Corrected {
        /// The place.
        position: usize,
    },
    /// The control pair contradicts what was read, and exchanging this character with the next makes them agree.
    Exchanged {
        /// The place of the first of the two.
        position: usize,
    },
    /// The control pair contradicts this number, which is what was read.
    AgainstPair,
}

/// Why a text cannot be read as a plate number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadingProblem {
    /// Nothing was written.
    #[error("nothing was written: a plate number is one letter and five digits, such as A00001")]
    Empty,
    /// The text is longer than any plate number or link.
    #[error("the text has {length} characters, and {MAXIMUM_LENGTH} are read at most")]
    TooLong {
        /// Its length in characters.
        length: usize,
    },
    /// The number of characters fits neither a number nor a number with its control pair.
    #[error(
        "{found} characters were found: a number has six, with its control pair eight; write ? for each unreadable one"
    )]
    WrongLength {
        /// How many letters, digits and unreadable characters were found.
        found: usize,
    },
    /// A character is no letter, digit, separator or sign for an unreadable character.
    #[error("{character:?} at place {position} of the text belongs to no plate number")]
    Foreign {
        /// The character.
        character: char,
        /// Its place in the trimmed text, from 1.
        position: usize,
    },
    /// A letter stands where a digit must, and looks like none.
    #[error("{character:?} at place {position} of the text stands where a digit must, and looks like none")]
    NotADigit {
        /// The character.
        character: char,
        /// Its place in the trimmed text, from 1.
        position: usize,
    },
    /// More than a thousand numbers fit.
    #[error(
        "too many numbers fit the {known} characters that were read: more characters or the control pair are needed"
    )]
    TooManyUnknown {
        /// How many characters were read, the control letters included.
        known: usize,
    },
    /// The only number that fits is one that is never given: the serial zero.
    #[error("no plate has this number: the digits run from 00001 to 99999")]
    NoSuchNumber,
}

impl Reading {
    /// Returns the numbers that the text may mean, likeliest first and equally likely ones in the order of numbers; never empty.
    #[must_use]
    pub fn hypotheses(&self) -> &[Hypothesis] {
        &self.hypotheses
    }

    /// Returns the control pair that was given, in the reading that the likeliest hypothesis needs, or `None` if there was
    /// none. It may contradict the hypotheses: their steps say so.
    #[must_use]
    pub fn pair(&self) -> Option<ControlPair> {
        self.pair
    }

    /// Returns the text that was read, trimmed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the number if the text says it plainly: it is the only hypothesis and nothing was assumed. Case, separators,
    /// width and Cyrillic letters that have one Latin counterpart by shape and sound alike (А, К, О, …) are no assumption.
    #[must_use]
    pub fn exact(&self) -> Option<PlateNumber> {
        match self.hypotheses.as_slice() {
            [only] if only.steps.is_empty() => Some(only.number),
            _ => None,
        }
    }
}

/// Returns the plate numbers of the scheme that `text` may mean.
///
/// ```
/// use scooter_registry::plate::{KZ_158, PlateNumber, ReadingProblem, reading};
///
/// let number = PlateNumber::parse("K04271").unwrap();
/// assert_eq!(reading::read(KZ_158, " k 04-271 ")?.exact(), Some(number));
/// assert_eq!(reading::read(KZ_158, "HTTPS://PLATE.GOV.KZ/P/K04271KR/0123456789")?.exact(), Some(number));
///
/// // Н looks like H and sounds like N: both stand, unless the control pair settles it.
/// let numbers = |text| -> Result<Vec<String>, ReadingProblem> {
///     Ok(reading::read(KZ_158, text)?.hypotheses().iter().map(|hypothesis| hypothesis.number.to_string()).collect())
/// };
/// assert_eq!(numbers("Н04271")?, ["H04271", "N04271"]);
/// assert_eq!(numbers("K0?27? KR")?, ["K04271"]);
/// assert_eq!(reading::read(KZ_158, "K?????"), Err(ReadingProblem::TooManyUnknown { known: 1 }));
/// # Ok::<(), ReadingProblem>(())
/// ```
///
/// # Errors
/// A [`ReadingProblem`] that says what to write differently.
pub fn read(scheme: Scheme, text: &str) -> Result<Reading, ReadingProblem> {
    let text = text.trim();
    let length_given = text.chars().count();
    if length_given > MAXIMUM_LENGTH {
        return Err(ReadingProblem::TooLong { length: length_given });
    }
    let (offset, part) = plate_part(text);
    let signs = signs(part, offset)?;
    let found = length(&signs);
    if found == 0 {
        return Err(ReadingProblem::Empty);
    }
    let layouts = match scheme {
        Scheme::Kz158 => layouts(&signs),
        Scheme::Sparse19 => symbols::layouts(&signs),
    };
    if layouts.is_empty() {
        return Err(ReadingProblem::WrongLength { found });
    }
    let outcome = match scheme {
        Scheme::Kz158 => weigh(&layouts),
        Scheme::Sparse19 => symbols::weigh(&layouts),
    };
    let outcome = outcome.map_err(|misfit| problem_of(scheme, misfit, &signs))?;
    Ok(Reading { text: text.to_owned(), hypotheses: outcome.hypotheses, pair: outcome.pair })
}

fn problem_of(scheme: Scheme, misfit: Misfit, signs: &[Sign]) -> ReadingProblem {
    match misfit {
        Misfit::NotADigit { character, position } if !scheme.has_letters() => {
            ReadingProblem::Foreign { character, position }
        }
        Misfit::NotADigit { character, position } => ReadingProblem::NotADigit { character, position },
        Misfit::TooMany => {
            let known = signs.iter().filter(|sign| matches!(sign, Sign::Mark { .. })).count();
            ReadingProblem::TooManyUnknown { known }
        }
        Misfit::NoNumber => ReadingProblem::NoSuchNumber,
    }
}
