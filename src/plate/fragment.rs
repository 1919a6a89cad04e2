//! Eight places of which some were read: letter, five digits, two control letters.
//!
//! *Invariant:* every character that stands in a place is lawful there; a fragment need not name a lawful number.

use super::control::{ControlPair, control_letter, control_value, sums};
use super::letter::SeriesLetter;
use super::number::PlateNumber;
use super::residue::Residue;

/// The number of places: one letter, five digits, two control letters.
pub(super) const PLACES: usize = 8;

/// A number and its control pair as far as they could be read.
///
/// ```
/// use scooter_registry::plate::control::Fragment;
///
/// let fragment = Fragment::parse("K0?27?KR")?;
/// assert_eq!(fragment.unread(), 2);
/// assert_eq!(Fragment::parse("K0427")?.unread(), 3); // places beyond the end are unreadable
/// assert!(Fragment::parse("K0X271KR").is_err());
/// # Ok::<(), scooter_registry::plate::control::FragmentProblem>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Fragment {
    places: [Option<char>; PLACES],
}

/// Why a text is not a fragment, or a fragment cannot be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FragmentProblem {
    /// There are more than eight characters.
    #[error("a number and its control pair have eight characters at most")]
    TooLong,
    /// A character is not lawful in its place.
    #[error("{character:?} cannot stand in place {position} of a number and its control pair")]
    Misplaced {
        /// The character that was found.
        character: char,
        /// Its place, from 1.
        position: usize,
    },
    /// More than two characters are unreadable.
    #[error("{unread} characters are unreadable, and the control pair can fill in two")]
    TooManyUnread {
        /// How many characters are unreadable, of eight.
        unread: usize,
    },
}

impl Fragment {
    /// Returns the fragment written as `text`: capitals and digits in their places, `?` for an unreadable one.
    ///
    /// # Errors
    /// [`FragmentProblem::TooLong`] or [`FragmentProblem::Misplaced`].
    pub fn parse(text: &str) -> Result<Self, FragmentProblem> {
        let mut fragment = Self::default();
        for (position, character) in text.chars().enumerate() {
            let place = fragment.places.get_mut(position).ok_or(FragmentProblem::TooLong)?;
            if character != '?' {
                value_at(position, character)
                    .ok_or(FragmentProblem::Misplaced { character, position: position + 1 })?;
                *place = Some(character);
            }
        }
        Ok(fragment)
    }

    /// Returns how many of the eight characters are unreadable.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.places.iter().filter(|place| place.is_none()).count()
    }

    /// Returns `number` with both control letters unreadable.
    pub(super) fn of_number(number: PlateNumber) -> Self {
        Self::default().with_text(0, &number.to_string())
    }

    /// Returns the fragment with `pair` in its last two places.
    pub(super) fn with_pair(self, pair: ControlPair) -> Self {
        self.with_text(6, &pair.to_string())
    }

    /// Returns the fragment with `character` read in the place `position` (from 0); one that is not lawful there changes nothing.
    pub(super) fn with(mut self, position: usize, character: char) -> Self {
        if let (Some(place), Some(_)) = (self.places.get_mut(position), value_at(position, character)) {
            *place = Some(character);
        }
        self
    }

    /// Returns the fragment with the place `position` (from 0) unreadable.
    pub(super) fn without(mut self, position: usize) -> Self {
        if let Some(place) = self.places.get_mut(position) {
            *place = None;
        }
        self
    }

    /// Returns the number and the pair where all eight characters were read and the number is lawful.
    pub(super) fn read(&self) -> Option<(PlateNumber, ControlPair)> {
        let text: String = self.places.iter().copied().collect::<Option<_>>()?;
        let (number, pair) = text.split_at_checked(6)?;
        Some((PlateNumber::parse(number).ok()?, ControlPair::parse(pair).ok()?))
    }

    /// Returns the fragments in which two unequal neighbours have changed places, each with the place (from 0) of the first;
    /// the letter has no neighbour it could lawfully change with, nor has the last digit to its right.
    pub(super) fn exchanged(&self) -> impl Iterator<Item = (usize, Self)> {
        [1, 2, 3, 4, 6].into_iter().filter_map(|position| {
            let (left, right) = (self.at(position)?, self.at(position + 1)?);
            (left != right).then(|| (position, self.with(position, right).with(position + 1, left)))
        })
    }

    /// Returns the one place (from 0) at which replacing a character makes both sums zero; `None` if they are zero already, or
    /// if no single place does.
    pub(super) fn single_error(&self) -> Option<usize> {
        let (sum, weighted) = sums(self.values());
        // An error e at place i leaves sum = e and weighted = 2ⁱ·e.
        let weight = weighted * sum.inverse()?;
        (0..PLACES).find(|position| Residue::power_of_two(*position) == weight)
    }

    /// Returns the numbers and pairs that agree with everything read; empty if more than two places are unreadable.
    pub(super) fn completions(&self) -> Vec<(PlateNumber, ControlPair)> {
        let (sum, weighted) = sums(self.values());
        let unread: Vec<usize> = (0..PLACES).filter(|position| self.at(*position).is_none()).collect();
        match unread.as_slice() {
            [] if sum == Residue::ZERO && weighted == Residue::ZERO => self.read().into_iter().collect(),
            [only] if Residue::power_of_two(*only) * -sum == -weighted => self.solved(&[(*only, -sum)]),
            [one, other] => {
                let (weight_one, weight_other) = (Residue::power_of_two(*one), Residue::power_of_two(*other));
                let Some(inverse) = (weight_one - weight_other).inverse() else {
                    return Vec::new();
                };
                let value = (weight_other * sum - weighted) * inverse;
                self.solved(&[(*one, value), (*other, -sum - value)])
            }
            _ => Vec::new(),
        }
    }

    /// Returns the lawful numbers and pairs once the unreadable places have the given values.
    fn solved(&self, values: &[(usize, Residue)]) -> Vec<(PlateNumber, ControlPair)> {
        let mut fragments = vec![*self];
        for (position, value) in values {
            let characters = characters_of(*position, *value);
            fragments = fragments
                .iter()
                .flat_map(|fragment| characters.iter().map(|character| fragment.with(*position, *character)))
                .collect();
        }
        fragments.iter().filter_map(Self::read).collect()
    }

    fn at(&self, position: usize) -> Option<char> {
        self.places.get(position).copied().flatten()
    }

    fn values(&self) -> impl Iterator<Item = (usize, Residue)> {
        self.places.iter().enumerate().filter_map(|(position, place)| Some((position, value_at(position, (*place)?)?)))
    }

    fn with_text(self, from: usize, text: &str) -> Self {
        text.chars().zip(from..).fold(self, |fragment, (character, position)| fragment.with(position, character))
    }
}

/// Returns the value of `character` in the place `position` (from 0), `None` if it is not lawful there.
pub(super) fn value_at(position: usize, character: char) -> Option<Residue> {
    match position {
        0 => SeriesLetter::from_char(character).map(SeriesLetter::residue),
        1..=5 => u8::try_from(character.to_digit(10)?).ok().map(Residue::of),
        6 | 7 => control_value(character),
        _ => None,
    }
}

/// Returns the lawful characters that have `value` in the place `position` (from 0).
fn characters_of(position: usize, value: Residue) -> Vec<char> {
    match position {
        0 => SeriesLetter::all().filter(|letter| letter.residue() == value).map(SeriesLetter::as_char).collect(),
        1..=5 => char::from_digit(value.value().into(), 10).into_iter().collect(),
        6 | 7 => vec![control_letter(value)],
        _ => Vec::new(),
    }
}
