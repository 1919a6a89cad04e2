//! Pages for people, made here and complete without a script.
//!
//! *Invariant:* a page loads nothing: its style is in it and allowed by its hash.

mod style;
mod telephone;
mod turn;

pub(super) mod passer_by;
pub(super) mod series;
