//! The seven symbols of a number: a Reed-Solomon code over GF(19) with the parameters [7, 5, 3].
//!
//! Let x0 to x6 be the values of the symbols, modulo 19. A number is a code word: Σ xᵢ = 0 and Σ 2ⁱ·xᵢ = 0. These are the sums
//! at the roots 2⁰ and 2¹ of the code of Reed and Solomon (1960), shortened from 18 places to 7, for 2 is a primitive root
//! modulo 19. The first five symbols are free, the last two follow.
//!
//! Two columns (1, 2ⁱ) and (1, 2ʲ) are independent whenever i ≠ j, so two code words differ in three places at least:
//! **every error in one or two symbols is detected**, any one wrong symbol is corrected (not at the same time), and any two
//! unreadable ones are filled in, in exactly one way.
//!
//! *Invariant:* a [`Codeword`] holds the two sums.

use std::fmt;

use super::super::code::{SPARSE, Sums};
use super::alphabet::{symbol, value};

/// How many numbers there are: 19⁵.
pub const CAPACITY: u32 = 2_476_099;
/// How many symbols a number has.
pub const PLACES: usize = 7;

/// Seven symbols that check each other, by their values 0 to 18; written as seven characters, `AXC46Q4`.
///
/// ```
/// use scooter_registry::plate::sparse::{Codeword, completions, value};
///
/// let word = Codeword::parse("AXC46Q4").expect("its sums are zero");
/// assert_eq!(Codeword::parse("AXC46Q6"), None);
/// let mut places = word.values().map(Some);
/// (places[1], places[4]) = (None, None);
/// assert_eq!(completions(&places), Some(word));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Codeword([u8; PLACES]);

/// The one way in which replacing a single symbol makes seven symbols check each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The code word after the correction.
    pub word: Codeword,
    /// Which symbol was replaced, from 0.
    pub place: usize,
}

impl Codeword {
    /// Returns the code word of these values (0 to 18), or `None` if they do not check each other.
    #[must_use]
    pub fn of_values(values: [u8; PLACES]) -> Option<Self> {
        let lawful = values.iter().all(|value| symbol(*value).is_some());
        (lawful && sums(values) == Sums::default()).then_some(Self(values))
    }

    /// Returns the code word that carries a payload, 0 to 19⁵ - 1, in its first five symbols, the highest place first.
    #[must_use]
    pub fn of_payload(payload: u32) -> Option<Self> {
        let mut rest = payload;
        let mut places = [None; PLACES];
        for place in places.iter_mut().take(PLACES - 2).rev() {
            let [digit, ..] = (rest % 19).to_le_bytes();
            *place = Some(digit);
            rest /= 19;
        }
        if rest == 0 { completions(&places) } else { None }
    }

    /// Returns the payload that it carries.
    #[must_use]
    pub fn payload(self) -> u32 {
        self.0.iter().take(PLACES - 2).fold(0, |payload, value| payload * 19 + u32::from(*value))
    }

    /// Returns the code word written as `text`: exactly seven symbols that check each other.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut values = [0; PLACES];
        let mut characters = text.chars();
        for place in &mut values {
            *place = value(characters.next()?)?;
        }
        if characters.next().is_some() { None } else { Self::of_values(values) }
    }

    /// Returns the values of the symbols, in their order.
    #[must_use]
    pub const fn values(self) -> [u8; PLACES] {
        self.0
    }

    /// Returns the symbols, in their order.
    pub fn symbols(self) -> impl Iterator<Item = char> {
        self.0.into_iter().filter_map(symbol)
    }
}

impl fmt::Display for Codeword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.symbols().try_for_each(|symbol| fmt::Write::write_char(formatter, symbol))
    }
}

fn sums(values: [u8; PLACES]) -> Sums {
    SPARSE.sums_over(values.into_iter().enumerate())
}

/// Returns the one code word that agrees with what was read (values 0 to 18), or `None` if there is none or if more than two
/// places are unreadable: with two there always is exactly one. Allocates nothing.
#[must_use]
pub fn completions(places: &[Option<u8>; PLACES]) -> Option<Codeword> {
    let missing = SPARSE.missing(places)?;
    let mut values = places.map(Option::unwrap_or_default);
    for (place, value) in missing.into_iter().flatten() {
        *values.get_mut(place)? = value;
    }
    Codeword::of_values(values)
}

/// Returns every code word that agrees with what was read, in their order: 19ᵏ⁻² of them where k ≥ 2 places are unreadable.
/// Lazy; allocates nothing.
pub fn completions_of_any(places: [Option<u8>; PLACES]) -> impl Iterator<Item = Codeword> {
    let unread = places.iter().filter(|place| place.is_none()).count();
    let tried = u32::try_from(unread.saturating_sub(2)).unwrap_or_default();
    (0..19_u32.saturating_pow(tried)).filter_map(move |guess| {
        let mut divisor = 19_u32.saturating_pow(tried);
        let mut filled = places;
        for place in filled.iter_mut().filter(|place| place.is_none()) {
            if divisor == 1 {
                break;
            }
            divisor /= 19;
            let [value, ..] = (guess / divisor % 19).to_le_bytes();
            *place = Some(value);
        }
        completions(&filled)
    })
}

impl Correction {
    /// Returns the correction of seven values (0 to 18) that do not check each other; `None` if they do, or if no single
    /// symbol explains it. With two or more wrong symbols a correction may be offered that is wrong: it is a hypothesis.
    #[must_use]
    pub fn of(values: [u8; PLACES]) -> Option<Self> {
        let place = SPARSE.wrong_place(sums(values))?;
        let mut places = values.map(Some);
        *places.get_mut(place)? = None;
        Some(Self { word: completions(&places)?, place })
    }
}
