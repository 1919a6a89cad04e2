//! What stands on the metal: plate numbers, their control pair, and the reading of what people typed or saw.
//!
//! A number is one series letter and five digits (`A00001`), or under the other [`Scheme`] seven symbols ([`sparse`]). Its
//! [`ControlPair`] is computed, stands beside it and is never required.
//!
//! [`reading::read`] takes a text for one whole number that was typed, and gives hypotheses with likelihoods. [`recall`] takes it
//! for what somebody saw, however little; [`candidates()`] ranks the issued numbers that it may have been, by how characters are
//! measured to be taken for each other. [`look_alikes`] goes the other way, from a number to those it is easily taken for.
//!
//! A [`Tag`] proves that the registry made the plate which bears it, and a [`PlateLink`] is what its QR code says.
//!
//! *Invariant:* nothing here knows which numbers were issued, who owns a letter, the time, or any other room of the house.

mod letter;
mod number;
mod scheme;

mod code;

pub mod sparse;

pub mod control;
#[cfg(test)]
mod control_tests;
mod fragment;

mod cyrillic;
mod fold;
mod hypothesis;
mod layout;
mod slot;
mod symbols;

pub mod reading;

mod sight;

mod recall;

mod confusion;
mod evidence;
mod mass;

#[cfg(test)]
mod candidate_tests;
mod candidates;
mod plainly;

mod link;
mod tag;

mod look_alike;
#[cfg(test)]
mod reading_properties;
#[cfg(test)]
mod reading_tests;

pub use candidates::{Candidate, Difference, Issued, Ranked, TooMany, candidates};
pub use control::{ControlPair, ControlPairProblem};
pub use letter::SeriesLetter;
pub use link::{PlateLink, PlateLinkProblem};
pub use look_alike::look_alikes;
pub use number::{PlateNumber, PlateNumberProblem};
pub use plainly::plain_probability;
pub use reading::{Hypothesis, Reading, ReadingProblem, ReadingStep};
pub use recall::{Recollection, recall};
pub use scheme::{KZ_158, SPARSE_19, Scheme};
pub use sight::Sight;
pub use tag::{Tag, TagKey, TagProblem};
