//! The lawful shape of plate numbers in one country, as a value.
//!
//! *Invariant:* no behaviour hangs on the country beyond these values; dimensions and colours are settings, not part of a scheme.

use std::ops::RangeInclusive;

/// A numbering scheme: what a number looks like and how far a letter reaches.
///
/// ```
/// use scooter_registry::plate::{KZ_158, PlateNumber};
///
/// assert_eq!(PlateNumber::parse(KZ_158.sample)?.serial(), KZ_158.first_serial);
/// # Ok::<(), scooter_registry::plate::PlateNumberProblem>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// The name used in settings.
    pub name: &'static str,
    /// The pattern in words.
    pub pattern: &'static str,
    /// How many numbers one letter has.
    pub capacity_per_letter: u32,
    /// A number of this scheme, for forms and messages.
    pub sample: &'static str,
    /// The serial with which every series begins.
    pub first_serial: u32,
}

/// Kazakhstan's scheme, from the Interior Minister's order No. 158 of 3 March 2026: one Latin letter for each operator and five
/// digits in sequence from 00001.
pub const KZ_158: Scheme = Scheme {
    name: "kz-158",
    pattern: "one Latin letter A to Z and five digits 00001 to 99999",
    capacity_per_letter: 99_999,
    sample: "A00001",
    first_serial: 1,
};

impl Scheme {
    /// Returns how many lawful numbers there are.
    #[must_use]
    pub fn capacity(&self) -> f64 {
        26.0 * f64::from(self.capacity_per_letter)
    }

    /// Returns the serials that a letter has, in the order in which they are given.
    #[must_use]
    pub fn serials(&self) -> RangeInclusive<u32> {
        // Not `first + capacity - 1`: with the first serial 0 that would fall below zero.
        self.first_serial..=self.capacity_per_letter.saturating_sub(1).saturating_add(self.first_serial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_has_as_many_serials_as_its_capacity_says() {
        assert_eq!(KZ_158.serials(), 1..=99_999);
        assert_eq!(KZ_158.serials().count(), 99_999);
    }
}
