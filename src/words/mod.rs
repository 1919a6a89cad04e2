//! What the registry says to people, in Kazakh, Russian and English: a language, a key, a text.
//!
//! *Invariant:* no other room puts a sentence for people into its code; texts live in `assets/locales/`.
//! *Invariant:* no room is imported here, and nothing is read while the service runs: the texts are part of the program.

mod language;
mod say;

pub use language::{Language, UnknownLanguage};
pub use say::say;
