//! The lawful shapes of plate numbers, one of which a registry has.
//!
//! *Invariant:* no behaviour hangs on the country beyond these values; dimensions and colours are settings, not part of a scheme.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::letter::SeriesLetter;
use super::sparse;

/// A numbering scheme: what a number looks like, how many there are, who has which.
///
/// In settings and JSON it is its name, `kz-158` or `sparse-19`.
///
/// ```
/// use scooter_registry::plate::{KZ_158, PlateNumber, SPARSE_19};
///
/// for scheme in [KZ_158, SPARSE_19] {
///     assert_eq!(PlateNumber::parse(scheme.sample())?.scheme(), scheme);
/// }
/// # Ok::<(), scooter_registry::plate::PlateNumberProblem>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scheme {
    /// Kazakhstan's scheme, from the Interior Minister's order No. 158 of 3 March 2026: one Latin letter for each operator
    /// and five digits in sequence from 00001.
    #[serde(rename = "kz-158")]
    Kz158,
    /// Seven of nineteen symbols that are hard to take for each other, for countries where the law leaves the format free:
    /// five carry a serial that is one for the whole registry, shuffled under a key, and two check it.
    #[serde(rename = "sparse-19")]
    Sparse19,
}

/// Kazakhstan's scheme.
pub const KZ_158: Scheme = Scheme::Kz158;
/// Seven symbols of nineteen.
pub const SPARSE_19: Scheme = Scheme::Sparse19;

impl Scheme {
    /// Both schemes.
    pub const ALL: [Self; 2] = [KZ_158, SPARSE_19];

    /// Returns the name that stands in settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kz158 => "kz-158",
            Self::Sparse19 => "sparse-19",
        }
    }

    /// Returns the scheme with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == name)
    }

    /// Returns a number of this scheme, for forms and messages: `A00001` or `AXC46Q4`.
    #[must_use]
    pub const fn sample(self) -> &'static str {
        match self {
            Self::Kz158 => "A00001",
            Self::Sparse19 => "AXC46Q4",
        }
    }

    /// Returns whether a number begins with the letter of its operator, which the operator claims.
    #[must_use]
    pub const fn has_letters(self) -> bool {
        matches!(self, Self::Kz158)
    }

    /// Returns how many lawful numbers there are in all.
    #[must_use]
    pub fn numbers(self) -> f64 {
        let sequences = if self.has_letters() { 26.0 } else { 1.0 };
        sequences * f64::from(self.capacity())
    }

    /// Returns how many numbers one sequence has: that of a letter, or that of the whole registry.
    #[must_use]
    pub const fn capacity(self) -> u32 {
        match self {
            Self::Kz158 => SeriesLetter::LAST_SERIAL,
            Self::Sparse19 => sparse::CAPACITY,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;

    #[test]
    fn a_scheme_is_found_by_the_name_under_which_it_is_written() {
        for scheme in Scheme::ALL {
            assert_eq!(Scheme::find(scheme.name()), Some(scheme));
            assert_eq!(serde_json::to_string(&scheme).unwrap(), format!("\"{scheme}\""));
        }
        assert_eq!(Scheme::find("KZ-158"), None);
    }

    #[test]
    fn every_sequence_has_as_many_numbers_as_its_places_can_hold() {
        assert_eq!(KZ_158.capacity(), 99_999);
        assert_eq!(SPARSE_19.capacity(), 2_476_099);
    }
}
