//! What covers the vehicles of a batch.
//!
//! *Invariant:* what is on record when the batch comes, and nothing that is recorded later: a policy that is dated back
//! afterwards leaves the mark, for that is how it looked.

use std::collections::HashMap;

use super::RecordError;
use crate::model::{AsKnown, Cover, OperatorId, RideReport, VehicleId, Zone};
use crate::storage::rides::NewRide;
use crate::storage::{Db, Tx, policy_coverage};

/// What covers the vehicles of a batch.
pub(super) struct Insured {
    by_vehicle: HashMap<VehicleId, Vec<Cover>>,
    of_fleet: Vec<Cover>,
}

impl Insured {
    /// Finds it in four statements, however many rides there are.
    pub(super) fn find<'a>(
        tx: &mut Tx<'_>,
        operator: &OperatorId,
        new: impl Iterator<Item = &'a NewRide<'a>>,
    ) -> Result<Self, RecordError> {
        let mut vehicles: Vec<_> = new.map(|ride| ride.report.vehicle_id).collect();
        vehicles.sort_unstable();
        vehicles.dedup();
        let mut by_vehicle: HashMap<_, Vec<_>> = HashMap::new();
        for (vehicle, cover) in policy_coverage::covers_of_vehicles(tx.db(), &vehicles)? {
            by_vehicle.entry(vehicle).or_default().push(cover);
        }
        Ok(Self { by_vehicle, of_fleet: policy_coverage::covers_of_fleets(tx.db(), std::slice::from_ref(operator))? })
    }

    /// Takes all of an operator.
    pub(super) fn whole(db: &mut Db, operator: &OperatorId) -> Result<Self, RecordError> {
        let mut of_fleet = Vec::new();
        let mut by_vehicle = HashMap::new();
        for (vehicle, covers) in policy_coverage::covers_of_operator(db, operator, AsKnown::Now)? {
            match vehicle {
                Some(vehicle) => drop(by_vehicle.insert(vehicle, covers)),
                None => of_fleet = covers,
            }
        }
        Ok(Self { by_vehicle, of_fleet })
    }

    /// Returns whether some policy covers the vehicle on the day the ride begins. A move by the operator counts like a
    /// rental: the law asks insurance of the scooter, whoever has it on the road.
    pub(super) fn covers(&self, zone: Zone, report: &RideReport) -> bool {
        let own = self.by_vehicle.get(&report.vehicle_id).into_iter().flatten();
        let day = zone.date_of(report.started_at);
        own.chain(&self.of_fleet).any(|cover| cover.days.contains(day))
    }
}
