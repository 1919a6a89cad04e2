//! Why nothing is printed with these settings, and why a file is not drawn.
//!
//! *Invariant:* a problem of the settings names its key.

use thiserror::Error;

use super::{Die, Stock};
use crate::render::{CodeProblem, Length};

/// Settings with which nothing can be printed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PressProblem {
    /// A value that its key cannot have.
    #[error("press.{key}: {why}")]
    Value {
        /// The key in the section `press`.
        key: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The stock is too small for one plate with its marks.
    #[error("press.{key}: one {die} plate with margins, marks and slug needs {needs}, and there are {has}")]
    Stock {
        /// The key in the section `press`.
        key: &'static str,
        /// What does not fit.
        die: Die,
        /// How much it needs.
        needs: Length,
        /// How much there is.
        has: Length,
    },
    /// Ink would stand where the cut may stray.
    #[error("press.safety_mm: {needs} must stay free inside the cut, and {what} of the {die} plate leaves {has}")]
    Safety {
        /// On what.
        die: Die,
        /// What stands there.
        what: &'static str,
        /// How much must stay free.
        needs: Length,
        /// How much does.
        has: Length,
    },
}

/// Why a file was not drawn.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PressError {
    /// A specimen among the items: what goes to press is valid, and what is no plate does not go there.
    #[error("a specimen does not go to press")]
    Specimen,
    /// The settings of the plates have no such label.
    #[error("the settings of the plates have no {0}")]
    NoDie(Die),
    /// An item that has another shape.
    #[error("item {index} does not stand in a file of {die} plates")]
    OtherDie {
        /// Which of the items, counted from zero.
        index: usize,
        /// What the file is of.
        die: Die,
    },
    /// No item, or more than a file holds.
    #[error("a file on {stock} holds 1 to {most} plates, and these are {count}")]
    Count {
        /// On what is printed.
        stock: Stock,
        /// How many there are.
        count: usize,
        /// How many it holds.
        most: usize,
    },
    /// The content does not fit the code of this registry.
    #[error("item {index} cannot be drawn")]
    Code {
        /// Which of the items, counted from zero.
        index: usize,
        /// Why.
        source: CodeProblem,
    },
}
