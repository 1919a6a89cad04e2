//! The status of a vehicle is reported: in store, stolen, found again.
//!
//! *Invariant:* a report is kept as it came, with who reported it and when it was received; its correction supersedes it.

use rand::Rng;

use super::error::{LifeError, check_text};
use crate::audit::Action;
use crate::model::{Caller, DeviceId, Moment, Place, StatusReport, VehicleStatus};
use crate::registry::read::get_vehicle;
use crate::storage::audit_log::{self, Draft};
use crate::storage::{Db, Tx, operators, retirements, vehicle_statuses};

/// A status to be recorded.
#[derive(Debug, Clone)]
pub struct NewStatus {
    /// The status.
    pub status: VehicleStatus,
    /// Since when.
    pub since: Moment,
    /// Until when; `None`: until something else is reported.
    pub until: Option<Moment>,
    /// Who reported it to the operator.
    pub reported_by: Option<String>,
    /// What else was said.
    pub note: Option<String>,
    /// Where the vehicle was.
    pub place: Option<Place>,
    /// The number of the report that this one corrects.
    pub replaces: Option<u32>,
}

/// Records the status of a vehicle of the caller's.
///
/// # Errors
/// [`LifeError`]; [`LifeError::Retired`] where a vehicle that left service for good would be in service again.
pub fn report_status(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    device: &DeviceId,
    new: NewStatus,
) -> Result<StatusReport, LifeError> {
    check(&new, now)?;
    let operator = caller.operator_id.clone().ok_or(LifeError::NotAnOperator)?;
    operators::take_turn(tx, &operator)?;
    let vehicle = get_vehicle(tx.db(), caller, device)?;
    if new.status == VehicleStatus::InService {
        let retired = retirements::of_vehicles(tx.db(), &[vehicle.id])?;
        let in_force = retired.iter().find(|one| one.superseded_at.is_none() && one.from <= new.since);
        if let Some(retirement) = in_force {
            return Err(LifeError::Retired { from: retirement.from });
        }
    }
    let known = vehicle_statuses::of_vehicles(tx.db(), &[vehicle.id])?;
    if let Some(entry) = new.replaces {
        let current = known.iter().any(|report| report.entry == entry && report.superseded_at.is_none());
        if !current {
            return Err(LifeError::NothingToReplace);
        }
        vehicle_statuses::supersede(tx, vehicle.id, entry, now)?;
    }
    let report = StatusReport {
        vehicle_id: vehicle.id,
        entry: next_entry(&known),
        status: new.status,
        since: new.since,
        until: new.until,
        reported_by: new.reported_by,
        account: caller.account_id.clone(),
        note: new.note,
        place: new.place,
        replaces: new.replaces,
        maintenance: None,
        recorded_at: now,
        superseded_at: None,
    };
    vehicle_statuses::insert(tx, &report)?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::StatusRecorded, device.as_str())])?;
    Ok(report)
}

fn check(new: &NewStatus, now: Moment) -> Result<(), LifeError> {
    new.reported_by.as_deref().map_or(Ok(()), |text| check_text("reported_by", text, 200))?;
    new.note.as_deref().map_or(Ok(()), |text| check_text("note", text, 2000))?;
    if new.since > now {
        return Err(LifeError::InFuture("since"));
    }
    if new.until.is_some_and(|until| until <= new.since) {
        return Err(LifeError::Backwards("until"));
    }
    Ok(())
}

/// The number that the next report of a vehicle takes.
pub(super) fn next_entry(known: &[StatusReport]) -> u32 {
    known.iter().map(|report| report.entry).max().unwrap_or_default().saturating_add(1)
}

/// Lists the reports of the status of a vehicle of the caller's, also corrected ones, as they were recorded; after the
/// number given.
///
/// # Errors
/// [`LifeError`].
pub fn list_statuses(
    db: &mut Db,
    caller: &Caller,
    device: &DeviceId,
    after: Option<u32>,
    rows: usize,
) -> Result<Vec<StatusReport>, LifeError> {
    let vehicle = get_vehicle(db, caller, device)?;
    let reports = vehicle_statuses::of_vehicles(db, &[vehicle.id])?;
    Ok(reports.into_iter().filter(|report| after.is_none_or(|after| after < report.entry)).take(rows).collect())
}
