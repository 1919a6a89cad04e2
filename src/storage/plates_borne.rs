//! Which vehicles of an operator bear a number, and when.
//!
//! *Invariant:* read only.

use diesel::prelude::*;

use super::db::Db;
use super::error::Result;
use super::schema::{plates, vehicles};
use super::values::device_id;
use crate::model::{AsKnown, DeviceId, Moment, OperatorId, Period, VehicleId};

/// A vehicle with a period in which it bears some number.
#[derive(Debug, Clone)]
pub struct Borne {
    /// The vehicle.
    pub vehicle_id: VehicleId,
    /// The operator's id of it.
    pub device_id: DeviceId,
    /// When.
    pub period: Period,
}

type Row = (i64, String, Option<i64>, Option<i64>, i64, Option<i64>);

/// Finds the periods in which an operator's vehicles bear numbers, as known.
///
/// # Errors
/// Those of the database.
pub fn of_operator(db: &mut Db, operator: &OperatorId, known: AsKnown) -> Result<Vec<Borne>> {
    let mut query = plates::table
        .inner_join(vehicles::table.on(vehicles::id.eq(plates::vehicle_id)))
        .filter(vehicles::operator_id.eq(operator.as_str()))
        .select((
            vehicles::id,
            vehicles::device_id,
            plates::valid_from,
            plates::valid_until,
            plates::recorded_at,
            plates::superseded_at,
        ))
        .order((vehicles::id, plates::number))
        .into_boxed();
    if known == AsKnown::Now {
        query = query.filter(plates::superseded_at.is_null());
    }
    let mut found = Vec::new();
    for (id, device, from, until, recorded_at, superseded_at) in query.load::<Row>(db)? {
        if known.holds(Moment::from_millis(recorded_at), superseded_at.map(Moment::from_millis)) {
            let period = Period::new(from.map(Moment::from_millis), until.map(Moment::from_millis));
            found.push(Borne { vehicle_id: VehicleId(id), device_id: device_id(&device)?, period });
        }
    }
    Ok(found)
}
