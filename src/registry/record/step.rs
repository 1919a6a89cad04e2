//! What a report does to what is on record.
//!
//! *Invariant:* nothing on record is overwritten: a report records, adds a version, or changes nothing.

use crate::storage::rides::{Comparison, NewRide};

/// What a report does to what is on record.
pub(super) enum Step<'a> {
    Record(NewRide<'a>),
    Version(NewRide<'a>, Comparison),
    Repeat(u32),
}

impl<'a> Step<'a> {
    /// Returns the ride that is to be recorded, if one is.
    pub(super) const fn ride(&self) -> Option<&NewRide<'a>> {
        match self {
            Self::Record(ride) | Self::Version(ride, _) => Some(ride),
            Self::Repeat(_) => None,
        }
    }
}
