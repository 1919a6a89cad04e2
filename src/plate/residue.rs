//! Arithmetic modulo 23, the field in which the control pair is computed.
//!
//! *Invariant:* every value is 0 to 22; there is no division by a residue that may be zero.

use std::ops::{Add, Mul, Neg, Sub};

const MODULUS: u8 = 23;

/// A number modulo 23. The modulus is prime, so every residue but zero has an inverse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Residue(u8);

impl Residue {
    pub(super) const ZERO: Self = Self(0);

    pub(super) const fn of(value: u8) -> Self {
        Self(value % MODULUS)
    }

    pub(super) const fn value(self) -> u8 {
        self.0
    }

    /// Returns 2 to the power of `exponent`. Two has order 11 modulo 23: the weights of eight positions all differ.
    pub(super) fn power_of_two(exponent: usize) -> Self {
        (0..exponent).fold(Self(1), |power, _| power * Self(2))
    }

    /// Returns the residue that gives 1 when multiplied with this one, or `None` for zero (Fermat: a²¹ · a = 1).
    pub(super) fn inverse(self) -> Option<Self> {
        (self != Self::ZERO).then(|| (1..MODULUS - 1).fold(Self(1), |power, _| power * self))
    }
}

impl Add for Residue {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::of(self.0 + other.0)
    }
}

impl Neg for Residue {
    type Output = Self;

    fn neg(self) -> Self {
        Self::of(MODULUS - self.0)
    }
}

impl Sub for Residue {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Residue {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let product = u16::from(self.0) * u16::from(other.0) % u16::from(MODULUS);
        let [low, _] = product.to_le_bytes();
        Self::of(low)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    fn residues() -> impl Iterator<Item = Residue> {
        (0..MODULUS).map(Residue)
    }

    #[test]
    fn every_residue_but_zero_has_an_inverse() {
        assert_eq!(Residue::ZERO.inverse(), None);
        for residue in residues().filter(|residue| *residue != Residue::ZERO) {
            assert_eq!(residue * residue.inverse().unwrap(), Residue::of(1));
        }
    }

    #[test]
    fn subtraction_undoes_addition() {
        for left in residues() {
            for right in residues() {
                assert_eq!(left + right - right, left);
            }
        }
    }

    #[test]
    fn the_weights_of_eight_positions_all_differ() {
        let weights: std::collections::BTreeSet<_> = (0..8).map(Residue::power_of_two).collect();
        assert_eq!(weights.len(), 8);
        assert_eq!(Residue::power_of_two(7), Residue::of(13));
        assert_eq!(Residue::power_of_two(11), Residue::of(1));
    }
}
