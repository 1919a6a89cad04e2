//! The status of a vehicle by period: in store, in repair, stolen.
//!
//! *Invariant:* a report is superseded by its correction, never changed; without a report a vehicle is in service.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::account::named_variants;
use super::{AccountId, AsKnown, MaintenanceId, Moment, Place, PlateStatus, VehicleId};

/// Where a vehicle is in its life, apart from the service dates of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VehicleStatus {
    /// In the street, or ready for it.
    InService,
    /// Put away.
    InStore,
    /// Being maintained or repaired.
    InRepair,
    /// Stolen.
    Stolen,
    /// Taken to an impound lot.
    Impounded,
    /// Moved by somebody who is neither the operator nor a rider.
    MovedByThirdParty,
}

named_variants!(VehicleStatus {
    InService => "in_service",
    InStore => "in_store",
    InRepair => "in_repair",
    Stolen => "stolen",
    Impounded => "impounded",
    MovedByThirdParty => "moved_by_third_party",
});

/// A report of a vehicle's status.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusReport {
    /// The vehicle.
    pub vehicle_id: VehicleId,
    /// Its number among the vehicle's reports, from 1.
    pub entry: u32,
    /// The status.
    pub status: VehicleStatus,
    /// Since when.
    pub since: Moment,
    /// Until when; `None`: until something else is reported.
    pub until: Option<Moment>,
    /// Who reported it to the operator, in its words.
    pub reported_by: Option<String>,
    /// The account that recorded it.
    pub account: AccountId,
    /// What else was said.
    pub note: Option<String>,
    /// Where the vehicle was.
    pub place: Option<Place>,
    /// The report that this one corrects.
    pub replaces: Option<u32>,
    /// The maintenance record that it follows from.
    pub maintenance: Option<MaintenanceId>,
    /// When the registry learned of it.
    pub recorded_at: Moment,
    /// When its correction was recorded.
    pub superseded_at: Option<Moment>,
}

/// Where a vehicle is in its life, all told in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In service: in the street, or ready for it.
    InService,
    /// Put away.
    InStore,
    /// Being maintained or repaired.
    InRepair,
    /// Stolen.
    Stolen,
    /// Taken to an impound lot.
    Impounded,
    /// Moved by somebody who is neither the operator nor a rider.
    MovedByThirdParty,
    /// Its first day in service is to come.
    NotYet,
    /// It left service, and may come back.
    OutOfService,
    /// It left service for good.
    Retired,
}

named_variants!(Standing {
    InService => "in_service",
    InStore => "in_store",
    InRepair => "in_repair",
    Stolen => "stolen",
    Impounded => "impounded",
    MovedByThirdParty => "moved_by_third_party",
    NotYet => "not_yet",
    OutOfService => "out_of_service",
    Retired => "retired",
});

impl Standing {
    /// Returns the word for a vehicle: retirement before all, then what was reported, then whether it is in service. So
    /// a scooter that was stolen and then taken out of service is still told to be stolen.
    #[must_use]
    pub const fn of(retired: bool, reported: Option<VehicleStatus>, served: PlateStatus) -> Self {
        if retired {
            return Self::Retired;
        }
        match (reported, served) {
            (Some(VehicleStatus::InStore), _) => Self::InStore,
            (Some(VehicleStatus::InRepair), _) => Self::InRepair,
            (Some(VehicleStatus::Stolen), _) => Self::Stolen,
            (Some(VehicleStatus::Impounded), _) => Self::Impounded,
            (Some(VehicleStatus::MovedByThirdParty), _) => Self::MovedByThirdParty,
            (Some(VehicleStatus::InService) | None, PlateStatus::InService) => Self::InService,
            (Some(VehicleStatus::InService) | None, PlateStatus::NotYet) => Self::NotYet,
            (Some(VehicleStatus::InService) | None, PlateStatus::OutOfService | PlateStatus::Annulled) => {
                Self::OutOfService
            }
        }
    }
}

/// Returns the report that a vehicle's status at an instant follows from, as known then or now: of those that had begun
/// the one that began last, of several the one recorded last. `None`: in service, because nothing was reported, or
/// because the last report named its end and nothing followed. `reports` are those of one vehicle.
#[must_use]
pub fn status_at(reports: &[StatusReport], at: Moment, as_known: AsKnown) -> Option<&StatusReport> {
    reports
        .iter()
        .filter(|report| report.since <= at && as_known.holds(report.recorded_at, report.superseded_at))
        .max_by_key(|report| (report.since, report.recorded_at, report.entry))
        .filter(|report| report.until.is_none_or(|until| at < until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(entry: u32, status: VehicleStatus, since: i64, until: Option<i64>, recorded_at: i64) -> StatusReport {
        StatusReport {
            vehicle_id: VehicleId(1),
            entry,
            status,
            since: Moment::from_millis(since),
            until: until.map(Moment::from_millis),
            reported_by: None,
            account: AccountId::from_text("a"),
            note: None,
            place: None,
            replaces: None,
            maintenance: None,
            recorded_at: Moment::from_millis(recorded_at),
            superseded_at: None,
        }
    }

    fn told(reports: &[StatusReport], at: i64, as_known: AsKnown) -> Option<VehicleStatus> {
        status_at(reports, Moment::from_millis(at), as_known).map(|report| report.status)
    }

    #[test]
    fn after_a_stated_end_without_a_later_report_a_vehicle_is_back_in_service() {
        use VehicleStatus::{InRepair, Stolen};
        let reports = [report(1, InRepair, 10, Some(20), 100), report(2, Stolen, 30, None, 100)];
        let expected = [(9, None), (10, Some(InRepair)), (19, Some(InRepair)), (20, None), (30, Some(Stolen))];
        for (at, status) in expected {
            assert_eq!(told(&reports, at, AsKnown::Now), status, "{at}");
        }
    }

    #[test]
    fn of_two_reports_of_one_instant_the_later_recorded_counts_and_is_not_known_before() {
        use VehicleStatus::{Impounded, MovedByThirdParty};
        let reports = [report(1, Impounded, 10, None, 100), report(2, MovedByThirdParty, 10, None, 200)];
        assert_eq!(told(&reports, 10, AsKnown::Now), Some(MovedByThirdParty));
        assert_eq!(told(&reports, 10, AsKnown::At(Moment::from_millis(199))), Some(Impounded));
        assert_eq!(told(&reports, 10, AsKnown::At(Moment::from_millis(99))), None);
    }
}
