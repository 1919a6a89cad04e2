//! The device ids of a fleet, without anything else about its vehicles.
//!
//! *Invariant:* a page costs what it shows, however large the fleet is; only a back-fill takes it whole.

use diesel::prelude::*;

use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::schema::vehicles;
use super::values::{device_id, limit};
use crate::model::{DeviceId, OperatorId, VehicleId};

/// Lists the device ids of an operator's vehicles in the order of registration, after the vehicle given.
///
/// # Errors
/// Those of the database.
pub fn list(db: &mut Db, operator: &OperatorId, after: VehicleId, rows: usize) -> Result<Vec<(VehicleId, DeviceId)>> {
    let found: Vec<(i64, String)> = vehicles::table
        .filter(vehicles::operator_id.eq(operator.as_str()))
        .filter(vehicles::id.gt(after.0))
        .order(vehicles::id)
        .limit(limit(rows))
        .select((vehicles::id, vehicles::device_id))
        .load(db)?;
    found.into_iter().map(|(id, text)| Ok((VehicleId(id), device_id(&text)?))).collect()
}

/// Finds which of an operator's vehicles have these device ids.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, operator: &OperatorId, devices: &[&str]) -> Result<Vec<(String, VehicleId)>> {
    let mut found = Vec::new();
    for chunk in devices.chunks(rows_a_statement(1)) {
        let of = vehicles::table
            .filter(vehicles::operator_id.eq(operator.as_str()))
            .filter(vehicles::device_id.eq_any(chunk))
            .select((vehicles::device_id, vehicles::id));
        let rows: Vec<(String, i64)> = on_each!(db, connection => of.load(connection))?;
        found.extend(rows.into_iter().map(|(device, id)| (device, VehicleId(id))));
    }
    Ok(found)
}

/// Lists all vehicles of an operator by their device ids.
///
/// # Errors
/// Those of the database.
pub fn all(db: &mut Db, operator: &OperatorId) -> Result<Vec<(String, VehicleId)>> {
    let of = vehicles::table.filter(vehicles::operator_id.eq(operator.as_str()));
    let rows: Vec<(String, i64)> = of.select((vehicles::device_id, vehicles::id)).load(db)?;
    Ok(rows.into_iter().map(|(device, id)| (device, VehicleId(id))).collect())
}
