//! A QR code (ISO/IEC 18004) as dark and light modules: alphanumeric mode, error correction level M, versions 2 to 6.
//!
//! Why level M: dirt kills the finder patterns first, and bigger modules are what is read from afar; more correction would
//! only make the modules smaller.
//!
//! *Invariant:* the version is given, never taken from the content: all plates of a registry look alike.

use std::fmt;
use thiserror::Error;

use super::code_table;

/// The most modules a symbol has on a side here: version 6.
pub(super) const MOST_MODULES: usize = 41;
/// How many modules around the symbol stay light (ISO/IEC 18004, 5.3.8).
pub(super) const QUIET_MODULES: i32 = 4;

/// The characters that alphanumeric mode has (ISO/IEC 18004, table 5).
const ALPHANUMERIC: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The size of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeVersion(u8);

/// Why a text does not become a QR code.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CodeProblem {
    /// A character that alphanumeric mode does not have.
    #[error("{character:?} cannot stand in the QR code, which has capitals, digits and $%*+-./: only")]
    Character {
        /// The character.
        character: char,
    },
    /// More characters than the symbol holds.
    #[error("the QR code holds {most} characters, and these are {count}")]
    TooLong {
        /// How many there are.
        count: usize,
        /// How many it holds.
        most: usize,
    },
}

/// Dark and light modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    width: usize,
    /// Bit x of row y is the module in column x: set is dark.
    rows: [u64; MOST_MODULES],
}

impl CodeVersion {
    /// The smallest that is used here: version 2.
    pub const SMALLEST: Self = Self(2);
    /// Versions with the characters that they hold at level M (ISO/IEC 18004, table 7).
    const CAPACITIES: [(u8, usize); 5] = [(2, 38), (3, 61), (4, 90), (5, 122), (6, 154)];

    /// Returns the smallest version, from 2 on, that holds so many characters.
    ///
    /// # Errors
    /// [`CodeProblem::TooLong`].
    pub fn holding(count: usize) -> Result<Self, CodeProblem> {
        let fits = Self::CAPACITIES.iter().find(|(_, most)| count <= *most);
        let most = Self::CAPACITIES.last().map_or(0, |(_, most)| *most);
        fits.map(|(version, _)| Self(*version)).ok_or(CodeProblem::TooLong { count, most })
    }

    /// Returns how many characters it holds.
    #[must_use]
    pub fn capacity(self) -> usize {
        Self::CAPACITIES.iter().find(|(version, _)| *version == self.0).map_or(0, |(_, most)| *most)
    }

    /// Returns the version's number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Returns how many modules a side has.
    #[must_use]
    pub fn modules(self) -> u8 {
        17 + 4 * self.0
    }
}

impl fmt::Display for CodeVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "version {} ({} modules), level M", self.0, self.modules())
    }
}

impl Symbol {
    /// Encodes a text.
    ///
    /// # Errors
    /// A [`CodeProblem`].
    pub fn encode(content: &str, version: CodeVersion) -> Result<Self, CodeProblem> {
        judge(content)?;
        let too_long = CodeProblem::TooLong { count: content.chars().count(), most: version.capacity() };
        code_table::encode(content, version).ok_or(too_long)
    }

    /// Takes the rows of a symbol.
    pub(super) const fn of_rows(width: usize, rows: &[u64; MOST_MODULES]) -> Self {
        Self { width, rows: *rows }
    }

    /// Returns how many modules a side has.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Returns whether the module in this column and row is dark; outside everything is light.
    #[must_use]
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        column < self.width && self.rows.get(row).is_some_and(|row| row >> column & 1 == 1)
    }

    /// Returns the runs of dark modules of each row, each by its first column and the one after its last.
    pub(super) fn runs(&self) -> impl Iterator<Item = (usize, Vec<(usize, usize)>)> + '_ {
        self.rows.iter().take(self.width).map(|row| runs_of(*row)).enumerate()
    }
}

fn runs_of(mut row: u64) -> Vec<(usize, usize)> {
    let mut runs = Vec::with_capacity(16);
    let mut passed = 0_u32;
    while row != 0 {
        let light = row.trailing_zeros();
        row >>= light;
        let dark = row.trailing_ones();
        row = row.checked_shr(dark).unwrap_or_default();
        let from = passed + light;
        passed = from + dark;
        runs.extend(usize::try_from(from).ok().zip(usize::try_from(passed).ok()));
    }
    runs
}

/// Judges whether a text can stand in a code at all.
///
/// # Errors
/// [`CodeProblem::Character`].
pub(super) fn judge(content: &str) -> Result<(), CodeProblem> {
    match content.chars().find(|character| !ALPHANUMERIC.contains(*character)) {
        Some(character) => Err(CodeProblem::Character { character }),
        None => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    #[test]
    fn thirty_eight_characters_are_version_2_and_one_more_is_version_3() {
        let two = CodeVersion::holding(38).unwrap();
        assert_eq!((two.number(), two.modules()), (2, 25));
        assert_eq!(CodeVersion::holding(39).unwrap().number(), 3);
        assert!(matches!(CodeVersion::holding(155), Err(CodeProblem::TooLong { count: 155, most: 154 })));
    }

    #[test]
    fn what_alphanumeric_mode_lacks_is_refused() {
        let two = CodeVersion::holding(38).unwrap();
        assert_eq!(Symbol::encode("https", two), Err(CodeProblem::Character { character: 'h' }));
        assert_eq!(Symbol::encode(&"A".repeat(39), two), Err(CodeProblem::TooLong { count: 39, most: 38 }));
    }

    #[test]
    fn runs_are_the_dark_modules_of_a_row() {
        assert_eq!(runs_of(0b1_0011_1010), [(1, 2), (3, 6), (8, 9)]);
        assert_eq!(runs_of(u64::MAX), [(0, 64)]);
        assert_eq!(runs_of(0), []);
    }
}
