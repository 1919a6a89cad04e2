//! Eight places of which some were read: letter, five digits, two control letters.
//!
//! *Invariant:* every character that stands in a place is lawful there; a fragment need not name a lawful number.

use super::code::PAIRED;
use super::control::ControlPair;
use super::number::PlateNumber;

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
        let read = self.values().into_iter().enumerate();
        PAIRED.wrong_place(PAIRED.sums_over(read.filter_map(|(position, value)| Some((position, value?)))))
    }

    /// Returns the numbers and pairs that agree with everything read; empty if more than two places are unreadable.
    pub(super) fn completions(&self) -> Vec<(PlateNumber, ControlPair)> {
        let Some(missing) = PAIRED.missing(&self.values()) else { return Vec::new() };
        let mut fragments = vec![*self];
        for (position, value) in missing.into_iter().flatten() {
            let characters = || PAIRED.slots.get(position).into_iter().flat_map(|slot| slot.characters(value));
            fragments = fragments
                .iter()
                .flat_map(|fragment| characters().map(|character| fragment.with(position, character)))
                .collect();
        }
        fragments.iter().filter_map(Self::read).collect()
    }

    fn at(&self, position: usize) -> Option<char> {
        self.places.get(position).copied().flatten()
    }

    fn values(&self) -> [Option<u8>; PLACES] {
        let mut values = [None; PLACES];
        for (position, (value, place)) in values.iter_mut().zip(self.places).enumerate() {
            *value = place.and_then(|character| value_at(position, character));
        }
        values
    }

    fn with_text(self, from: usize, text: &str) -> Self {
        text.chars().zip(from..).fold(self, |fragment, (character, position)| fragment.with(position, character))
    }
}

/// Returns the value of `character` in the place `position` (from 0), `None` if it is not lawful there.
fn value_at(position: usize, character: char) -> Option<u8> {
    PAIRED.slots.get(position)?.value(character)
}
