//! How well a plate was seen, as far as whoever asks can say.
//!
//! *Invariant:* it weighs readings against each other and never turns one into another.

use serde::{Deserialize, Serialize};

/// How well a plate was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// From nearby, or from a good picture: what was read is what stood there, but for slips.
    #[default]
    Clear,
    /// From afar, in passing, in the dark, from a bad picture, or from memory.
    Poor,
}

impl Sight {
    /// All of them, best first.
    pub const ALL: [Self; 2] = [Self::Clear, Self::Poor];

    /// Returns the name in requests and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Poor => "poor",
        }
    }

    /// Returns the one with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sight| sight.name() == name)
    }
}
