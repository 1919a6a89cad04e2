//! Records of maintenance and repair, and their versions.
//!
//! *Invariant:* exactly one version of a record is not superseded; none is overwritten.

use diesel::prelude::*;

use super::connection::Tx;
use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::schema::maintenance_records as records;
use super::values::{known, signed, unsigned};
use crate::model::{AccountId, MaintenanceId, MaintenanceKind, MaintenanceRecord, Moment, NewMaintenance, VehicleId};

#[derive(Queryable, Selectable)]
#[diesel(table_name = records)]
struct Row {
    id: String,
    version: i32,
    vehicle_id: i64,
    kind: String,
    began_at: i64,
    ended_at: Option<i64>,
    description: String,
    parts: Option<String>,
    odometer_km: Option<f64>,
    performed_by: Option<String>,
    account_id: String,
    recorded_at: i64,
    superseded_at: Option<i64>,
}

fn record(row: Row) -> Result<MaintenanceRecord> {
    let parts = row.parts.as_deref().map(|text| known(serde_json::from_str(text).ok(), "list of parts", text));
    Ok(MaintenanceRecord {
        id: MaintenanceId::from_text(&row.id),
        version: unsigned(row.version)?,
        vehicle_id: VehicleId(row.vehicle_id),
        work: NewMaintenance {
            kind: known(MaintenanceKind::find(&row.kind), "kind of maintenance", &row.kind)?,
            began_at: Moment::from_millis(row.began_at),
            ended_at: row.ended_at.map(Moment::from_millis),
            description: row.description,
            parts: parts.transpose()?.unwrap_or_default(),
            odometer_km: row.odometer_km,
            performed_by: row.performed_by,
        },
        account: AccountId::from_text(&row.account_id),
        recorded_at: Moment::from_millis(row.recorded_at),
        superseded_at: row.superseded_at.map(Moment::from_millis),
    })
}

/// Records a version; the one before it must have been superseded.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, new: &MaintenanceRecord) -> Result<()> {
    let parts = (!new.work.parts.is_empty()).then(|| serde_json::json!(new.work.parts).to_string());
    diesel::insert_into(records::table)
        .values((
            records::id.eq(new.id.as_str()),
            records::version.eq(signed(new.version)?),
            records::vehicle_id.eq(new.vehicle_id.0),
            records::kind.eq(new.work.kind.name()),
            records::began_at.eq(new.work.began_at.as_millis()),
            records::ended_at.eq(new.work.ended_at.map(Moment::as_millis)),
            records::description.eq(&new.work.description),
            records::parts.eq(parts),
            records::odometer_km.eq(new.work.odometer_km),
            records::performed_by.eq(new.work.performed_by.as_deref()),
            records::account_id.eq(new.account.as_str()),
            records::recorded_at.eq(new.recorded_at.as_millis()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Supersedes the current version of a record.
///
/// # Errors
/// Those of the database.
pub fn supersede(tx: &mut Tx<'_>, id: &MaintenanceId, now: Moment) -> Result<()> {
    let rows = records::table.filter(records::id.eq(id.as_str())).filter(records::superseded_at.is_null());
    diesel::update(rows).set(records::superseded_at.eq(Some(now.as_millis()))).execute(tx.db())?;
    Ok(())
}

/// Finds all versions of these vehicles' records, by vehicle, beginning and version.
///
/// # Errors
/// Those of the database.
pub fn of_vehicles(db: &mut Db, ids: &[VehicleId]) -> Result<Vec<MaintenanceRecord>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(|id| id.0).collect();
        let query = records::table.filter(records::vehicle_id.eq_any(ids)).select(Row::as_select());
        let order = (records::vehicle_id, records::began_at, records::id, records::version);
        found.extend(query.order(order).load::<Row>(db)?);
    }
    found.into_iter().map(record).collect()
}
