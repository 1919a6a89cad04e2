//! What stands around a number: its physical plates, the alarms about it, its scooter's life, and who pays.
//!
//! *Invariant:* everything is read in all its versions, and picked as of the instant and as known: never as of today
//! because today is easier.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use super::facts::Scooter;
use super::gather::Instants;
use crate::model::{
    Alarm, AlarmKind, CheckOutcome, Cover, Coverage, DeviceId, LinkVerdict, Moment, OperatorId, Plate, PlateItem,
    PlateStatus, Policy, Retirement, Standing, StatusReport, VehicleFacts, VehicleId, VehicleStatus, VehicleVersion,
    Zone, description_at, item_warnings, status_at,
};
use crate::plate::{PlateLink, PlateNumber};
use crate::registry::TagKeys;
use crate::registry::items;
use crate::storage::surroundings::Matters;

/// What stands around numbers.
pub(super) struct Around {
    items: HashMap<PlateNumber, Vec<PlateItem>>,
    alarms: Vec<Alarm>,
    by_vehicle: HashMap<VehicleId, Vec<(VehicleId, Cover)>>,
    by_fleet: HashMap<OperatorId, Vec<Cover>>,
    devices: HashMap<VehicleId, DeviceId>,
    versions: HashMap<VehicleId, Vec<VehicleVersion>>,
    reports: HashMap<VehicleId, Vec<StatusReport>>,
    retirements: HashMap<VehicleId, Vec<Retirement>>,
}

/// What stands around a plate at an instant.
pub(super) struct AsOf {
    pub(super) policy: Option<Policy>,
    /// The scooter as it was.
    pub(super) vehicle: Option<Scooter>,
    pub(super) standing: Standing,
    /// What is to be warned of, by code.
    pub(super) warnings: Vec<&'static str>,
}

impl Around {
    /// Sorts what was found by what it is about.
    pub(super) fn of_found(found: Matters) -> Self {
        Self {
            items: grouped(found.items, |item| item.number),
            alarms: found.alarms,
            by_vehicle: grouped(found.by_vehicle, |(vehicle, _)| *vehicle),
            by_fleet: grouped(found.by_fleet, |cover| cover.policy.operator_id.clone()),
            devices: found.devices,
            versions: grouped(found.versions, |version| version.vehicle_id),
            reports: grouped(found.reports, |report| report.vehicle_id),
            retirements: grouped(found.retirements, |retirement| retirement.vehicle_id),
        }
    }

    /// Returns the policy in force, the scooter as it was, and what is to be warned of, for a plate of a number.
    pub(super) fn of(&self, zone: Zone, plate: &Plate, status: PlateStatus, instants: Instants) -> AsOf {
        let mut warnings = item_warnings(self.items_of(plate.number), instants.at, instants.as_known);
        warnings.extend(self.alarm_warnings(plate, instants.told_at()));
        let named = self.by_vehicle.get(&plate.vehicle_id).into_iter().flatten().map(|(_, cover)| cover);
        let of_fleet = self.by_fleet.get(&plate.operator_id).into_iter().flatten();
        let coverage = Coverage::as_known(named.chain(of_fleet), instants.as_known);
        let policy = coverage.at(zone, instants.at).map(|cover| (*cover.policy).clone());
        if policy.as_ref().and_then(|policy| policy.check).is_some_and(CheckOutcome::contradicts) {
            warnings.push("policy_contradicted");
        }
        let reported = self.reported(plate.vehicle_id, instants);
        warnings.extend(reported.and_then(status_warning));
        let facts = self.facts_at(plate.vehicle_id, instants.at, instants);
        let later = self.facts_at(plate.vehicle_id, instants.told_at(), instants);
        let looks = |facts: &VehicleFacts| [&facts.make, &facts.model, &facts.colour].map(Clone::clone);
        if facts.as_ref().map(looks) != later.as_ref().map(looks) {
            warnings.push("description_changed_since");
        }
        AsOf {
            policy,
            vehicle: self.scooter(plate.vehicle_id, facts),
            standing: Standing::of(self.is_retired(plate.vehicle_id, instants), reported, status),
            warnings,
        }
    }

    /// The scooter with the facts that held, or, where none had been stated for that time, with those that are believed now.
    fn scooter(&self, vehicle: VehicleId, facts: Option<VehicleFacts>) -> Option<Scooter> {
        let device_id = self.devices.get(&vehicle)?.clone();
        let believed = || {
            let versions = self.versions.get(&vehicle)?;
            versions.iter().find(|version| version.superseded_at.is_none()).map(|version| version.facts.clone())
        };
        Some(Scooter { device_id, facts: facts.or_else(believed)? })
    }

    fn reported(&self, vehicle: VehicleId, instants: Instants) -> Option<VehicleStatus> {
        status_at(self.reports.get(&vehicle)?, instants.at, instants.as_known).map(|report| report.status)
    }

    fn facts_at(&self, vehicle: VehicleId, at: Moment, instants: Instants) -> Option<VehicleFacts> {
        description_at(self.versions.get(&vehicle)?, at, instants.as_known).map(|description| description.facts)
    }

    fn is_retired(&self, vehicle: VehicleId, instants: Instants) -> bool {
        self.retirements.get(&vehicle).into_iter().flatten().any(|retirement| {
            retirement.from <= instants.at && instants.as_known.holds(retirement.recorded_at, retirement.superseded_at)
        })
    }

    /// Judges a scanned code by the plates of its number, as they were at the instant.
    pub(super) fn judge_link(&self, keys: &TagKeys, link: &PlateLink, instants: Instants) -> LinkVerdict {
        items::judge(keys, link, self.items_of(link.number), instants.at, instants.as_known)
    }

    fn items_of(&self, number: PlateNumber) -> &[PlateItem] {
        self.items.get(&number).map_or(&[], Vec::as_slice)
    }

    /// What the alarms say that stand open when the answer is told. They are told for every instant: nobody knows since
    /// when the other plate was out. Only those of whose number it is count, who has one of every contradiction: it can
    /// settle them, and no competitor taints the number.
    fn alarm_warnings(&self, plate: &Plate, told_at: Moment) -> BTreeSet<&'static str> {
        let is_open = |alarm: &&Alarm| {
            alarm.number == plate.number
                && alarm.operator_id == plate.operator_id
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

const fn status_warning(status: VehicleStatus) -> Option<&'static str> {
    match status {
        VehicleStatus::InService => None,
        VehicleStatus::InStore => Some("vehicle_in_store"),
        VehicleStatus::InRepair => Some("vehicle_in_repair"),
        VehicleStatus::Stolen => Some("vehicle_stolen"),
        VehicleStatus::Impounded => Some("vehicle_impounded"),
        VehicleStatus::MovedByThirdParty => Some("vehicle_moved_by_third_party"),
    }
}

fn grouped<K: Eq + Hash, T>(found: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut groups: HashMap<K, Vec<T>> = HashMap::new();
    for one in found {
        groups.entry(key(&one)).or_default().push(one);
    }
    groups
}
