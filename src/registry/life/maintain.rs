//! Maintenance and repair are recorded; while they go on, the vehicle is in repair.
//!
//! *Invariant:* a record and the status that follows from it are one transaction; a record is closed by a new version,
//! which ends the status too, unless somebody has corrected that status meanwhile.

use rand::Rng;

use super::error::LifeError;
use super::report_status::next_entry;
use crate::audit::Action;
use crate::model::{
    Caller, DeviceId, MaintenanceId, MaintenanceKind, MaintenanceRecord, Moment, NewMaintenance, StatusReport,
    VehicleId, VehicleStatus,
};
use crate::registry::read::get_vehicle;
use crate::storage::audit_log::{self, Draft};
use crate::storage::{Db, Tx, maintenance, operators, vehicle_statuses};

/// Records maintenance of a vehicle of the caller's, or a new version of a record.
///
/// # Errors
/// [`LifeError`].
pub fn record_maintenance(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    device: &DeviceId,
    new: NewMaintenance,
    replaces: Option<&MaintenanceId>,
) -> Result<MaintenanceRecord, LifeError> {
    let work = new.check(now).map_err(LifeError::Maintenance)?;
    let operator = caller.operator_id.clone().ok_or(LifeError::NotAnOperator)?;
    operators::take_turn(tx, &operator)?;
    let vehicle = get_vehicle(tx.db(), caller, device)?;
    let (id, version) = match replaces {
        None => (MaintenanceId::new(now, rng), 1),
        Some(id) => {
            let known = maintenance::of_vehicles(tx.db(), &[vehicle.id])?;
            let newest = known.iter().filter(|record| record.id == *id).map(|record| record.version).max();
            maintenance::supersede(tx, id, now)?;
            (id.clone(), newest.ok_or(LifeError::NothingToReplace)?.saturating_add(1))
        }
    };
    let record = MaintenanceRecord {
        id,
        version,
        vehicle_id: vehicle.id,
        work,
        account: caller.account_id.clone(),
        recorded_at: now,
        superseded_at: None,
    };
    maintenance::insert(tx, &record)?;
    let known = vehicle_statuses::of_vehicles(tx.db(), &[vehicle.id])?;
    put_in_repair(tx, vehicle.id, &record, &known)?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::MaintenanceRecorded, device.as_str())])?;
    Ok(record)
}

/// An inspection takes no scooter off the street, and neither does work that took no time.
fn takes_off_the_street(work: &NewMaintenance) -> bool {
    work.kind != MaintenanceKind::Inspection && work.ended_at.is_none_or(|ended| work.began_at < ended)
}

fn put_in_repair(
    tx: &mut Tx<'_>,
    vehicle: VehicleId,
    record: &MaintenanceRecord,
    known: &[StatusReport],
) -> Result<(), LifeError> {
    let ours = || known.iter().filter(|report| report.maintenance.as_ref() == Some(&record.id));
    let current = ours().find(|report| report.superseded_at.is_none());
    if let Some(current) = current {
        vehicle_statuses::supersede(tx, vehicle, current.entry, record.recorded_at)?;
    }
    let corrected_by_hand = current.is_none() && ours().next().is_some();
    if corrected_by_hand || !takes_off_the_street(&record.work) {
        return Ok(());
    }
    let report = StatusReport {
        vehicle_id: vehicle,
        entry: next_entry(known),
        status: VehicleStatus::InRepair,
        since: record.work.began_at,
        until: record.work.ended_at,
        reported_by: record.work.performed_by.clone(),
        account: record.account.clone(),
        note: None,
        place: None,
        replaces: current.map(|report| report.entry),
        maintenance: Some(record.id.clone()),
        recorded_at: record.recorded_at,
        superseded_at: None,
    };
    Ok(vehicle_statuses::insert(tx, &report)?)
}

/// Lists the records of maintenance of a vehicle of the caller's, in the order in which the work began, each in all its
/// versions; `after` of them are passed over.
///
/// # Errors
/// [`LifeError`].
pub fn list_maintenance(
    db: &mut Db,
    caller: &Caller,
    device: &DeviceId,
    after: usize,
    rows: usize,
) -> Result<Vec<MaintenanceRecord>, LifeError> {
    let vehicle = get_vehicle(db, caller, device)?;
    Ok(maintenance::of_vehicles(db, &[vehicle.id])?.into_iter().skip(after).take(rows).collect())
}
