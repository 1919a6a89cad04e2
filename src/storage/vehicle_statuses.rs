//! Reports of vehicles' statuses.
//!
//! *Invariant:* a report is superseded by its correction, never changed.

use diesel::prelude::*;
use serde::Deserialize;

use super::connection::Tx;
use super::db::Db;
use super::dialect::bundle::Slice;
use super::dialect::rows_a_statement;
use super::error::{Error, Result};
use super::schema::vehicle_statuses as statuses;
use super::values::{known, signed, unsigned};
use crate::model::{AccountId, MaintenanceId, Moment, Place, StatusReport, VehicleId, VehicleStatus};

#[derive(Queryable, Selectable, Deserialize)]
#[diesel(table_name = statuses)]
pub(super) struct Row {
    vehicle_id: i64,
    entry: i32,
    status: String,
    since: i64,
    ends: Option<i64>,
    reported_by: Option<String>,
    account_id: String,
    note: Option<String>,
    lat: Option<f64>,
    lng: Option<f64>,
    replaces: Option<i32>,
    maintenance_id: Option<String>,
    recorded_at: i64,
    superseded_at: Option<i64>,
}

/// All reports about vehicles.
pub(super) const SLICE: Slice = Slice {
    columns: "t.vehicle_id, t.entry, t.status, t.since, t.ends, t.reported_by, t.account_id, t.note, t.lat, t.lng, t.replaces, \
              t.maintenance_id, t.recorded_at, t.superseded_at",
    from: "qv CROSS JOIN vehicle_statuses t WHERE t.vehicle_id = qv.id",
};

pub(super) fn of_slice(mut rows: Vec<Row>) -> Result<Vec<StatusReport>> {
    rows.sort_by_key(|row| (row.vehicle_id, row.entry));
    rows.into_iter().map(report).collect()
}

fn report(row: Row) -> Result<StatusReport> {
    Ok(StatusReport {
        vehicle_id: VehicleId(row.vehicle_id),
        entry: unsigned(row.entry)?,
        status: known(VehicleStatus::find(&row.status), "vehicle status", &row.status)?,
        since: Moment::from_millis(row.since),
        until: row.ends.map(Moment::from_millis),
        reported_by: row.reported_by,
        account: AccountId::from_text(&row.account_id),
        note: row.note,
        place: row.lat.zip(row.lng).and_then(|(lat, lng)| Place::new(lat, lng).ok()),
        replaces: row.replaces.map(unsigned).transpose()?,
        maintenance: row.maintenance_id.as_deref().map(MaintenanceId::from_text),
        recorded_at: Moment::from_millis(row.recorded_at),
        superseded_at: row.superseded_at.map(Moment::from_millis),
    })
}

/// Records a report; the one that it corrects must have been superseded.
///
/// # Errors
/// [`Error::Conflict`] where the vehicle has a report of that number.
pub fn insert(tx: &mut Tx<'_>, new: &StatusReport) -> Result<()> {
    diesel::insert_into(statuses::table)
        .values((
            statuses::vehicle_id.eq(new.vehicle_id.0),
            statuses::entry.eq(signed(new.entry)?),
            statuses::status.eq(new.status.name()),
            statuses::since.eq(new.since.as_millis()),
            statuses::ends.eq(new.until.map(Moment::as_millis)),
            statuses::reported_by.eq(new.reported_by.as_deref()),
            statuses::account_id.eq(new.account.as_str()),
            statuses::note.eq(new.note.as_deref()),
            statuses::lat.eq(new.place.map(|place| place.lat)),
            statuses::lng.eq(new.place.map(|place| place.lng)),
            statuses::replaces.eq(new.replaces.map(signed).transpose()?),
            statuses::maintenance_id.eq(new.maintenance.as_ref().map(MaintenanceId::as_str)),
            statuses::recorded_at.eq(new.recorded_at.as_millis()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Supersedes a report.
///
/// # Errors
/// [`Error::Missing`] where the vehicle has none of that number that is current.
pub fn supersede(tx: &mut Tx<'_>, vehicle: VehicleId, entry: u32, now: Moment) -> Result<()> {
    let rows = statuses::table
        .filter(statuses::vehicle_id.eq(vehicle.0))
        .filter(statuses::entry.eq(signed(entry)?))
        .filter(statuses::superseded_at.is_null());
    let changed = diesel::update(rows).set(statuses::superseded_at.eq(Some(now.as_millis()))).execute(tx.db())?;
    if changed == 0 { Err(Error::Missing) } else { Ok(()) }
}

/// Finds all reports about these vehicles, also corrected ones, by vehicle and number.
///
/// # Errors
/// Those of the database.
pub fn of_vehicles(db: &mut Db, ids: &[VehicleId]) -> Result<Vec<StatusReport>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(|id| id.0).collect();
        let query = statuses::table.filter(statuses::vehicle_id.eq_any(ids)).select(Row::as_select());
        found.extend(query.order((statuses::vehicle_id, statuses::entry)).load::<Row>(db)?);
    }
    found.into_iter().map(report).collect()
}
