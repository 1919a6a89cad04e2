//! What a file has told so far, in sixteen bytes a ride.
//!
//! *Invariant:* of a ride that a file tells in two ways the first counts and the others are refused, whatever the rows between
//! them; otherwise the same file again would add a version each time.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use crate::model::{Place, RideReport};

/// What a file has told so far.
#[derive(Default)]
pub(super) struct Told {
    /// Keyed by chance: who writes a file cannot bring about that two rides look like one.
    hasher: RandomState,
    seen: HashMap<u64, u64>,
}

impl Told {
    /// Notes what is told of a ride; returns whether nothing else was told of it before.
    pub(super) fn note(&mut self, report: &RideReport) -> bool {
        let place = |place: Option<Place>| place.map(|at| (at.lat.to_bits(), at.lng.to_bits()));
        let says = self.hasher.hash_one((
            report.vehicle_id,
            report.started_at,
            report.ended_at,
            place(report.start),
            place(report.end),
            report.kind.name(),
            &report.rider_handle,
        ));
        *self.seen.entry(self.hasher.hash_one(report.ride_id.as_str())).or_insert(says) == says
    }
}
