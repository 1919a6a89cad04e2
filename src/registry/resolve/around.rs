//! What stands around a number: its physical plates, the alarms about it, and who pays.
//!
//! *Invariant:* everything is read in all its versions, and picked as of the instant and as known: never as of today
//! because today is easier.

use std::collections::{BTreeSet, HashMap};

use super::gather::Instants;
use crate::model::{
    Alarm, AlarmKind, Cover, Coverage, LinkVerdict, Moment, OperatorId, Plate, PlateItem, Policy, VehicleId, Zone,
    item_warnings,
};
use crate::plate::{PlateLink, PlateNumber};
use crate::registry::TagKeys;
use crate::registry::items;
use crate::storage::{self, Db, plate_items, policies};

/// What stands around numbers.
pub(super) struct Around {
    items: HashMap<PlateNumber, Vec<PlateItem>>,
    alarms: Vec<Alarm>,
    by_vehicle: HashMap<VehicleId, Vec<Cover>>,
    by_fleet: HashMap<OperatorId, Vec<Cover>>,
}

impl Around {
    /// Reads it for all questions at once, in a fixed number of statements.
    pub(super) fn find(
        db: &mut Db,
        numbers: &[PlateNumber],
        vehicles: &[VehicleId],
        operators: &[OperatorId],
        links: &[PlateLink],
    ) -> storage::Result<Self> {
        let mut wanted: Vec<_> = numbers.iter().copied().chain(links.iter().map(|link| link.number)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut items: HashMap<_, Vec<_>> = HashMap::new();
        for item in plate_items::of_numbers(db, &wanted)? {
            items.entry(item.number).or_default().push(item);
        }
        let mut by_vehicle: HashMap<_, Vec<_>> = HashMap::new();
        for (vehicle, cover) in policies::versions_of_vehicles(db, vehicles)? {
            by_vehicle.entry(vehicle).or_default().push(cover);
        }
        let mut by_fleet: HashMap<_, Vec<_>> = HashMap::new();
        for cover in policies::versions_of_fleets(db, operators)? {
            by_fleet.entry(cover.policy.operator_id.clone()).or_default().push(cover);
        }
        Ok(Self { items, alarms: plate_items::alarms_of(db, &wanted)?, by_vehicle, by_fleet })
    }

    /// Returns the policy in force and what is to be warned of, for a plate of a number.
    pub(super) fn of(&self, zone: Zone, plate: &Plate, instants: Instants) -> (Option<Policy>, Vec<&'static str>) {
        let mut warnings = item_warnings(self.items_of(plate.number), instants.at, instants.as_known);
        warnings.extend(self.alarm_warnings(plate.number, instants.told_at()));
        let named = self.by_vehicle.get(&plate.vehicle_id).into_iter().flatten();
        let of_fleet = self.by_fleet.get(&plate.operator_id).into_iter().flatten();
        let coverage = Coverage::as_known(named.chain(of_fleet), instants.as_known);
        let policy = coverage.at(zone, instants.at).map(|cover| (*cover.policy).clone());
        if policy.as_ref().and_then(|policy| policy.check).is_some_and(|outcome| outcome.contradicts()) {
            warnings.push("policy_contradicted");
        }
        (policy, warnings)
    }

    /// Judges a scanned code by the plates of its number, as they were at the instant.
    pub(super) fn judge_link(&self, keys: &TagKeys, link: &PlateLink, instants: Instants) -> LinkVerdict {
        items::judge(keys, link, self.items_of(link.number), instants.at, instants.as_known)
    }

    fn items_of(&self, number: PlateNumber) -> &[PlateItem] {
        self.items.get(&number).map_or(&[], Vec::as_slice)
    }

    /// What the alarms say that stand open when the answer is told. They are told for every instant: nobody knows since
    /// when the other plate was out.
    fn alarm_warnings(&self, number: PlateNumber, told_at: Moment) -> BTreeSet<&'static str> {
        let is_open = |alarm: &&Alarm| {
            alarm.number == number
                && alarm.raised_at <= told_at
                && alarm.settled.as_ref().is_none_or(|(settled, _)| told_at < *settled)
        };
        self.alarms.iter().filter(is_open).map(|alarm| alarm_warning(alarm.kind)).collect()
    }
}

const fn alarm_warning(kind: AlarmKind) -> &'static str {
    match kind {
        AlarmKind::NumberOnTwoVehicles => "number_on_two_scooters",
        AlarmKind::OtherVehicle => "plate_on_other_scooter",
        AlarmKind::WithdrawnItemFitted => "withdrawn_plate_in_use",
        AlarmKind::FalseTag => "false_plate_reported",
    }
}
