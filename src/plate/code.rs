//! The arithmetic that both schemes share: places, what may stand in each, and the two sums that must vanish.
//!
//! Let x be the values of the characters in their places i, modulo a prime p; then Σ xᵢ = 0 and Σ 2ⁱ·xᵢ = 0. For a legal number
//! with its control pair p is 23 (see [`control`](super::control)), for `sparse-19` it is 19, a Reed-Solomon code (Reed and
//! Solomon 1960) whose roots are 1 and 2. In both any two places can be computed from the others.
//!
//! *Invariant:* nothing is allocated and nothing fails: the ranking asks a hundred thousand times for one reading.

use super::fragment;

/// What may stand in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Slot {
    /// A series letter.
    Letter,
    /// A digit.
    Digit,
    /// A control letter.
    Control,
    /// A character of `sparse-19`.
    Sparse,
}

/// The places of a number with all that checks it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    modulus: u16,
    /// What may stand in each place.
    pub(super) slots: &'static [Slot],
    /// How many of the first places are the number itself, without a pair beside it.
    pub(super) of_number: usize,
}

/// A legal number and its control pair.
pub(super) const PAIRED: Code = Code {
    modulus: 23,
    slots: &[
        Slot::Letter,
        Slot::Digit,
        Slot::Digit,
        Slot::Digit,
        Slot::Digit,
        Slot::Digit,
        Slot::Control,
        Slot::Control,
    ],
    of_number: 6,
};

/// A number of `sparse-19`, which carries its checks within.
pub(super) const SPARSE: Code = Code { modulus: 19, slots: &[Slot::Sparse; 7], of_number: 7 };

impl Slot {
    /// Returns what may stand here, in the order of the values.
    pub(super) const fn alphabet(self) -> &'static str {
        match self {
            Self::Letter => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            Self::Digit => "0123456789",
            Self::Control => "ABCDEFGHJKLMNPRSTUVWXYZ",
            Self::Sparse => "4679ACDEHJLPQSUWXYZ",
        }
    }

    /// Returns the value of a character that may stand here.
    pub(super) fn value(self, character: char) -> Option<u8> {
        match self {
            Self::Letter => fragment::value_at(0, character).map(super::residue::Residue::value),
            Self::Digit | Self::Control | Self::Sparse => {
                self.alphabet().chars().zip(0..).find_map(|(one, value)| (one == character).then_some(value))
            }
        }
    }
}

/// The two sums over the places that are known so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    plain: u16,
    weighted: u16,
}

impl Code {
    fn weight(&self, place: usize) -> u16 {
        (0..place).fold(1, |power, _| power * 2 % self.modulus)
    }

    /// Returns the sums with one more place known.
    pub(super) fn with(&self, sums: Sums, place: usize, value: u8) -> Sums {
        let value = u16::from(value);
        Sums {
            plain: (sums.plain + value) % self.modulus,
            weighted: (sums.weighted + self.weight(place) * value) % self.modulus,
        }
    }

    /// Returns how many rows of characters there are for each that passes both checks.
    pub(super) fn rows_a_number(&self) -> f64 {
        f64::from(self.modulus) * f64::from(self.modulus)
    }

    /// Returns how many pairs of sums there are.
    pub(super) fn states(&self) -> usize {
        usize::from(self.modulus) * usize::from(self.modulus)
    }

    /// Returns the rank of a pair of sums.
    pub(super) fn state(&self, sums: Sums) -> usize {
        usize::from(sums.plain) * usize::from(self.modulus) + usize::from(sums.weighted)
    }

    /// Returns the pair of sums of a rank.
    pub(super) fn sums(&self, state: usize) -> Sums {
        let of = |sum: usize| u16::try_from(sum).unwrap_or_default();
        let modulus = usize::from(self.modulus);
        Sums { plain: of(state / modulus), weighted: of(state % modulus) }
    }

    /// Returns what computes two different places from all others.
    pub(super) fn solver(&self, places: [usize; 2]) -> Solver {
        let p = self.modulus;
        let [one, other] = places.map(|place| self.weight(place));
        // From a + b = -s and u·a + v·b = -t: (u - v)·a = v·s - t. The modulus is prime: x to the power of p - 2 inverts x.
        let divisor = (one + p - other) % p;
        let inverse = (0..p - 2).fold(1, |power, _| power * divisor % p);
        Solver { modulus: p, weight: other, inverse }
    }
}

/// Computes two places from all others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Solver {
    modulus: u16,
    weight: u16,
    inverse: u16,
}

impl Solver {
    /// Returns the values that the two places must have, given the sums over all others.
    pub(super) fn solve(self, sums: Sums) -> [u8; 2] {
        let p = self.modulus;
        let first = (self.weight * sums.plain + p - sums.weighted) % p * self.inverse % p;
        let second = (2 * p - sums.plain - first) % p;
        [first, second].map(|value| u8::try_from(value).unwrap_or_default())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::super::number::tests::any_of_both;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_character_of_an_alphabet_has_a_value_below_the_modulus() {
        for code in [PAIRED, SPARSE] {
            for slot in code.slots {
                assert!(slot.alphabet().chars().all(|one| u16::from(slot.value(one).unwrap()) < code.modulus));
            }
        }
        assert_eq!(Slot::Control.value('O'), None);
        assert_eq!(Slot::Letter.value('I'), Slot::Letter.value('W'));
    }

    proptest! {
        #[test]
        fn any_two_places_follow_from_the_others(number in any_of_both(), one in 0_usize..7, further in 1_usize..7) {
            let code = if number.letter().is_some() { PAIRED } else { SPARSE };
            let other = (one + further) % code.slots.len();
            let text: Vec<char> = number.machine_form().chars().collect();
            let value = |place: usize| code.slots[place].value(text[place]).unwrap();
            let known = (0..code.slots.len()).filter(|place| ![one, other].contains(place));
            let sums = known.fold(Sums::default(), |sums, place| code.with(sums, place, value(place)));
            prop_assert_eq!(code.solver([one, other]).solve(sums), [value(one), value(other)]);
        }
    }
}
