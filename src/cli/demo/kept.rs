//! What a demo keeps from one run to the next, and prints.
//!
//! *Invariant:* it holds keys: whoever writes it writes it for its owner only.

use serde::{Deserialize, Serialize};

/// What is kept from one run to the next.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// The regulator's key.
    pub regulator_key: String,
    /// The operators.
    pub operators: Vec<StoryOperator>,
    /// An officer's key.
    pub officer_key: String,
    /// Questions to try.
    pub examples: Vec<Example>,
    /// Pages for passers-by to open.
    #[serde(default)]
    pub pages: Vec<Page>,
}

/// An operator of the demo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoryOperator {
    /// Its name in law.
    pub name: String,
    /// Its letter.
    pub letter: String,
    /// Its key.
    pub key: String,
}

/// A question to try.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Example {
    /// What was read.
    pub plate: String,
    /// When.
    pub at: String,
    /// What is to be seen there.
    pub shows: String,
}

/// A page for passers-by.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page {
    /// Its path, as it stands in the code on the plate.
    pub path: String,
    /// What is to be seen there.
    pub shows: String,
}
