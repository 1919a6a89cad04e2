//! Scheme `sparse-19`: seven of nineteen symbols, of which two check the other five.
//!
//! A serial is shuffled under a key ([`Shuffle`]), and what comes out is the payload of a [`Codeword`]. Numbers that would show a
//! word of the list are not given ([`blocked_word`]).
//!
//! *Invariant:* arithmetic only: which numbers were given is not known here.

mod alphabet;
mod codeword;
#[cfg(test)]
mod codeword_tests;

mod blocked;
mod shuffle;

pub use alphabet::{ALPHABET, symbol, value};
pub use blocked::blocked_word;
pub use codeword::{CAPACITY, Codeword, Correction, PLACES, completions, completions_of_any};
pub use shuffle::Shuffle;
