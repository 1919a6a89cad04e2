//! The device ids of a fleet, without anything else about its vehicles.
//!
//! *Invariant:* a page costs what it shows, however large the fleet is.

use diesel::prelude::*;

use super::db::Db;
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
