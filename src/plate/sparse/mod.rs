//! Scheme `sparse-19`: seven of nineteen symbols, of which two check the other five.
//!
//! *Invariant:* arithmetic only: which numbers were given is not known here.

mod alphabet;
mod codeword;

pub use alphabet::{ALPHABET, symbol, value};
pub use codeword::{Codeword, Correction, PLACES, completions, completions_of_any};

/// How many numbers there are: 19⁵.
pub const CAPACITY: u32 = 2_476_099;
