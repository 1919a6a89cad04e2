//! Business and individual identification numbers (BIN, IIN) of Kazakhstan.
//!
//! *Invariant:* a number with a wrong check digit never becomes an [`IdentificationNumber`].

use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// A BIN or IIN: twelve digits, the last a check digit.
///
/// The check digit is the sum of the first eleven with weights 1 to 11, modulo 11; if that is 10, with weights 3 to 11,
/// 1, 2. A number for which the second sum gives 10 as well is never handed out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdentificationNumber(String);

/// Why a text is no BIN or IIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdentificationProblem {
    /// Something else than twelve digits.
    #[error("a BIN or IIN has 12 digits")]
    Shape,
    /// The last digit does not fit the others; the digit that would is given where there is one.
    #[error("the check digit is wrong{}: look the number up again", hint(*.expected))]
    CheckDigit {
        /// The check digit that fits the first eleven digits.
        expected: Option<u32>,
    },
}

fn hint(expected: Option<u32>) -> String {
    expected.map_or_else(String::new, |digit| format!(" (the first eleven digits call for {digit})"))
}

impl IdentificationNumber {
    /// Reads a number; spaces and hyphens between digits are ignored.
    ///
    /// # Errors
    /// Says whether the shape or the check digit is wrong.
    pub fn parse(text: &str) -> Result<Self, IdentificationProblem> {
        let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let digits: Vec<u32> = text.chars().map_while(|c| c.to_digit(10)).collect();
        if digits.len() != 12 || text.chars().count() != 12 {
            return Err(IdentificationProblem::Shape);
        }
        let expected = check_digit(&digits);
        if expected.is_some() && digits.last().copied() == expected {
            Ok(Self(text))
        } else {
            Err(IdentificationProblem::CheckDigit { expected })
        }
    }

    /// Returns the twelve digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_digit(digits: &[u32]) -> Option<u32> {
    let sum = |weights: &[u32; 11]| digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>() % 11;
    match sum(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
        10 => Some(sum(&[3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2])).filter(|digit| *digit < 10),
        digit => Some(digit),
    }
}

impl TryFrom<String> for IdentificationNumber {
    type Error = IdentificationProblem;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<IdentificationNumber> for String {
    fn from(number: IdentificationNumber) -> Self {
        number.0
    }
}

impl fmt::Display for IdentificationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_check_digit_is_refused_and_the_right_one_named() {
        assert!(IdentificationNumber::parse("180240012342").is_ok());
        assert_eq!(
            IdentificationNumber::parse("180240012347"),
            Err(IdentificationProblem::CheckDigit { expected: Some(2) })
        );
    }

    #[test]
    fn anything_but_twelve_digits_is_refused() {
        for text in ["", "18024001234", "1802400123422", "18024001234x", "１８０２４００１２３４２"] {
            assert_eq!(IdentificationNumber::parse(text), Err(IdentificationProblem::Shape), "{text}");
        }
    }

    #[test]
    fn spaces_between_digits_are_ignored() {
        assert!(IdentificationNumber::parse(" 1802 4001 2342 ").is_ok());
    }
}
