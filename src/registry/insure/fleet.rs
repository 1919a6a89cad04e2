//! An operator's vehicles in service, and what covers each.
//!
//! *Invariant:* in service is a vehicle that bears a number: without one it must not be on the road anyway.

use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};

use crate::model::{AsKnown, Cover, Coverage, Days, DeviceId, Moment, OperatorId, Period, VehicleId, Zone, day_after};
use crate::storage::{self, Db, plates_borne, policy_coverage};

/// A vehicle in service at an instant.
#[derive(Debug, Clone)]
pub(super) struct Serving {
    pub(super) id: VehicleId,
    pub(super) device_id: DeviceId,
    /// Since when and until when it bears its number.
    pub(super) borne: Period,
}

impl Serving {
    /// The days of its service that lie within others; one whose beginning is not known begins with its first cover.
    pub(super) fn days(&self, zone: Zone, within: Days, first_cover: NaiveDate) -> Days {
        let until = self.borne.until.map(|until| {
            let day = zone.date_of(until);
            if zone.start_of(day) == until { day } else { day_after(day) }
        });
        let from = self.borne.from.map_or(first_cover, |from| zone.date_of(from));
        within.shared_with(Days::new(from, until.unwrap_or(within.until)))
    }
}

/// An operator's vehicles in service at an instant, and what covers each, as known then.
#[derive(Debug, Default)]
pub(super) struct InsuredFleet {
    /// In the order of their registration.
    pub(super) vehicles: Vec<Serving>,
    pub(super) covers: HashMap<Option<VehicleId>, Vec<Cover>>,
}

impl InsuredFleet {
    pub(super) fn find(db: &mut Db, operator: &OperatorId, at: Moment, known: AsKnown) -> storage::Result<Self> {
        let mut serving = BTreeMap::new();
        for borne in plates_borne::of_operator(db, operator, known)? {
            if borne.period.contains(at) {
                let vehicle = Serving { id: borne.vehicle_id, device_id: borne.device_id, borne: borne.period };
                serving.entry(borne.vehicle_id).or_insert(vehicle);
            }
        }
        let covers = policy_coverage::covers_of_operator(db, operator, known)?;
        Ok(Self { vehicles: serving.into_values().collect(), covers })
    }

    /// What covers a vehicle: the policies that name it, and those of the whole fleet.
    pub(super) fn coverage(&self, vehicle: VehicleId) -> Coverage<'_> {
        let of = |key| self.covers.get(&key).into_iter().flatten();
        // Covers that were not known have been left out already.
        Coverage::of(of(Some(vehicle)).chain(of(None)))
    }
}
