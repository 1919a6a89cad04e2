//! The plate number: what identifies a scooter, in the one form in which it is stored and shown.
//!
//! *Invariant:* every value is lawful under its [`Scheme`](super::Scheme); whether it was issued is not known here.
//! *Invariant:* the form is private, and the text alone tells which it is: neither storage nor JSON needs the scheme.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::control::{self, ControlPair};
use super::letter::SeriesLetter;
use super::scheme::Scheme;
use super::sparse::Codeword;

/// A lawful plate number: one letter and the digits 00001 to 99999, ordered by letter, then by serial; or, under `sparse-19`,
/// seven symbols that check each other, ordered as their texts are.
///
/// Written everywhere (text, JSON, storage) as `A00001` or `AXC46Q4`.
///
/// ```
/// use scooter_registry::plate::{PlateNumber, SeriesLetter};
///
/// let number = PlateNumber::of(SeriesLetter::parse("K")?, 4271)?;
/// assert_eq!(number.to_string(), "K04271");
/// assert_eq!(PlateNumber::parse("K04271")?, number);
/// assert_eq!(number.next().map(|next| next.to_string()).as_deref(), Some("K04272"));
/// assert_eq!((number.control_text().as_str(), number.machine_form().as_str()), ("KR", "K04271KR"));
/// assert_eq!(PlateNumber::parse("AXC46Q4")?.human_form(), "AXC 46Q4");
/// # Ok::<(), scooter_registry::plate::PlateNumberProblem>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlateNumber(Form);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Form {
    Lettered { letter: SeriesLetter, serial: u32 },
    Sparse(Codeword),
}

/// Why something is not a plate number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlateNumberProblem {
    /// The series letter is not one Latin capital.
    #[error("the series letter must be one Latin capital from A to Z")]
    NotALetter,
    /// The letter is not followed by exactly five digits.
    #[error("a plate number is one Latin capital and five digits, such as A00001, or seven symbols, such as AXC46Q4")]
    NotFiveDigits,
    /// The serial is zero or does not fit five digits.
    #[error("the digits run from 00001 to 99999, and {serial} is outside")]
    SerialOutOfRange {
        /// The serial that was given.
        serial: u32,
    },
    /// There are seven symbols, but they do not check each other.
    #[error("the seven symbols do not check each other: one of them or more is wrong")]
    ChecksFail,
}

impl PlateNumber {
    /// Returns the number of `serial` in the series of `letter`.
    ///
    /// # Errors
    /// [`PlateNumberProblem::SerialOutOfRange`] unless `serial` is 1 to 99 999.
    pub fn of(letter: SeriesLetter, serial: u32) -> Result<Self, PlateNumberProblem> {
        if (1..=SeriesLetter::LAST_SERIAL).contains(&serial) {
            Ok(Self(Form::Lettered { letter, serial }))
        } else {
            Err(PlateNumberProblem::SerialOutOfRange { serial })
        }
    }

    /// Returns the number written as `text`, which must be its exact form (`A00001` or `AXC46Q4`); what people type goes
    /// through [`reading::read`](super::reading::read).
    ///
    /// # Errors
    /// A [`PlateNumberProblem`] that says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, PlateNumberProblem> {
        if text.len() == super::sparse::PLACES && text.chars().all(|symbol| super::sparse::value(symbol).is_some()) {
            return Codeword::parse(text).map(Self::from).ok_or(PlateNumberProblem::ChecksFail);
        }
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
        let (first, digits) = characters.split_first()?;
        if digits.len() == 5 {
            let letter = SeriesLetter::from_char(*first)?;
            let serial = digits.iter().try_fold(0_u32, |serial, digit| Some(serial * 10 + digit.to_digit(10)?))?;
            return Self::of(letter, serial).ok();
        }
        let mut values = [0; super::sparse::PLACES];
        for (value, symbol) in values.iter_mut().zip(characters) {
            *value = super::sparse::value(*symbol)?;
        }
        Codeword::of_values(values).map(Self::from)
    }

    /// Returns the scheme whose form it has.
    #[must_use]
    pub const fn scheme(self) -> Scheme {
        match self.0 {
            Form::Lettered { .. } => Scheme::Kz158,
            Form::Sparse(_) => Scheme::Sparse19,
        }
    }

    /// Returns the series letter, if it has one.
    #[must_use]
    pub const fn letter(self) -> Option<SeriesLetter> {
        match self.0 {
            Form::Lettered { letter, .. } => Some(letter),
            Form::Sparse(_) => None,
        }
    }

    /// Returns the digits behind the letter as a number, 1 to 99 999; `None` without a letter: the serial of seven symbols
    /// is known only to who has the key that shuffled it.
    #[must_use]
    pub const fn serial(self) -> Option<u32> {
        match self.0 {
            Form::Lettered { serial, .. } => Some(serial),
            Form::Sparse(_) => None,
        }
    }

    /// Returns letter and serial, if it has them.
    #[must_use]
    pub const fn in_series(self) -> Option<(SeriesLetter, u32)> {
        match self.0 {
            Form::Lettered { letter, serial } => Some((letter, serial)),
            Form::Sparse(_) => None,
        }
    }

    /// Returns its seven symbols, if it is made of such.
    #[must_use]
    pub const fn codeword(self) -> Option<Codeword> {
        match self.0 {
            Form::Lettered { .. } => None,
            Form::Sparse(word) => Some(word),
        }
    }

    /// Returns the number that follows in the same series; `None` after 99 999, when the letter is used up, and for seven
    /// symbols, of which none follows another.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let (letter, serial) = self.in_series()?;
        Self::of(letter, serial.checked_add(1)?).ok()
    }

    /// Returns the two control letters that stand beside it; `None` for seven symbols, which hold their checks themselves.
    #[must_use]
    pub fn control(self) -> Option<ControlPair> {
        self.in_series().map(|(letter, serial)| control::pair_of(letter, serial))
    }

    /// Returns the two control letters as a text, empty where there are none.
    #[must_use]
    pub fn control_text(self) -> String {
        self.control().map(|pair| pair.to_string()).unwrap_or_default()
    }

    /// Returns number and control pair without a space, as in links and receipts: `K04271KR`, `AXC46Q4`.
    #[must_use]
    pub fn machine_form(self) -> String {
        format!("{self}{}", self.control_text())
    }

    /// Returns number and control pair as people read them on paper and on pages: `K04271 KR`, `AXC 46Q4`.
    #[must_use]
    pub fn human_form(self) -> String {
        match self.0 {
            Form::Lettered { .. } => format!("{self} {}", self.control_text()),
            Form::Sparse(_) => self.shown(),
        }
    }

    /// Returns the number alone as it stands on the plate: `K04271`, `AXC 46Q4`.
    #[must_use]
    pub fn shown(self) -> String {
        match self.0 {
            Form::Lettered { .. } => self.to_string(),
            Form::Sparse(word) => {
                let mut symbols = word.symbols();
                let before: String = symbols.by_ref().take(3).collect();
                format!("{before} {}", symbols.collect::<String>())
            }
        }
    }
}

impl From<Codeword> for PlateNumber {
    fn from(word: Codeword) -> Self {
        Self(Form::Sparse(word))
    }
}

impl fmt::Display for PlateNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Form::Lettered { letter, serial } => write!(formatter, "{letter}{serial:05}"),
            Form::Sparse(word) => write!(formatter, "{word}"),
        }
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

    pub(in crate::plate) fn any_codeword() -> impl Strategy<Value = Codeword> {
        (0..crate::plate::sparse::CAPACITY).prop_filter_map("within", Codeword::of_payload)
    }

    pub(in crate::plate) fn any_number_of(scheme: Scheme) -> BoxedStrategy<PlateNumber> {
        match scheme {
            Scheme::Kz158 => any_number().boxed(),
            Scheme::Sparse19 => any_codeword().prop_map(PlateNumber::from).boxed(),
        }
    }

    pub(in crate::plate) fn any_of_both() -> impl Strategy<Value = PlateNumber> {
        prop_oneof![any_number_of(Scheme::Kz158), any_number_of(Scheme::Sparse19)]
    }

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
        use PlateNumberProblem::{ChecksFail, NotALetter, NotFiveDigits, SerialOutOfRange};
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
            ("AXC46Q6", ChecksFail),
            ("AXC 46Q4", NotFiveDigits),
            ("AXC46QB", NotFiveDigits),
        ];
        for (text, problem) in cases {
            assert_eq!(PlateNumber::parse(text), Err(problem), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_number_comes_back_from_its_text_and_from_json(number in any_of_both()) {
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
        fn seven_symbols_are_ordered_as_their_texts_are(left in any_codeword(), right in any_codeword()) {
            let (left, right) = (PlateNumber::from(left), PlateNumber::from(right));
            prop_assert_eq!(left.cmp(&right), left.to_string().cmp(&right.to_string()));
        }

        #[test]
        fn a_number_of_seven_symbols_has_no_letter_and_no_pair(number in any_number_of(Scheme::Sparse19)) {
            prop_assert_eq!((number.letter(), number.control(), number.next()), (None, None, None));
            prop_assert_eq!(number.machine_form(), number.to_string());
            prop_assert_eq!(number.human_form().replacen(' ', "", 1), number.to_string());
        }

        #[test]
        fn the_next_number_is_one_further_in_the_same_series(number in any_number()) {
            if let Some(next) = number.next() {
                prop_assert_eq!(next.in_series(), number.in_series().map(|(letter, serial)| (letter, serial + 1)));
            }
        }
    }
}
