//! Rides as rows: which columns are read, and what they make.
//!
//! *Invariant:* what is made here is handed out by [`super::rides_found`] only, sealed.

use diesel::prelude::*;

use super::error::Result;
use super::schema::rides;
use super::values::{known, ride_id, unsigned};
use crate::model::{Moment, OperatorId, Place, RideKind, RideSession, VehicleId};

#[derive(Queryable, QueryableByName)]
#[diesel(table_name = rides)]
pub(super) struct Row {
    vehicle_id: i64,
    started_at: i64,
    operator_id: String,
    ride_id: String,
    version: i32,
    ended_at: Option<i64>,
    start_lat: Option<f64>,
    start_lng: Option<f64>,
    end_lat: Option<f64>,
    end_lng: Option<f64>,
    kind: String,
    received_at: i64,
    superseded_at: Option<i64>,
    completes: bool,
}

/// The columns of [`Row`] for statements that diesel builds.
macro_rules! columns {
    () => {
        (
            rides::vehicle_id,
            rides::started_at,
            rides::operator_id,
            rides::ride_id,
            rides::version,
            rides::ended_at,
            rides::start_lat,
            rides::start_lng,
            rides::end_lat,
            rides::end_lng,
            rides::kind,
            rides::received_at,
            rides::superseded_at,
            rides::completes,
        )
    };
}

/// The columns of [`Row`] for raw statements, of a table called `r`.
pub(super) const COLUMNS: &str = "r.vehicle_id, r.started_at, r.operator_id, r.ride_id, r.version, r.ended_at, r.start_lat, \
                       r.start_lng, r.end_lat, r.end_lng, r.kind, r.received_at, r.superseded_at, r.completes";
#[allow(clippy::needless_pass_by_value, reason = "a row becomes a ride")]
pub(super) fn session(row: Row) -> Result<RideSession> {
    let place = |lat: Option<f64>, lng: Option<f64>| lat.zip(lng).and_then(|(lat, lng)| Place::new(lat, lng).ok());
    Ok(RideSession {
        vehicle_id: VehicleId(row.vehicle_id),
        operator_id: OperatorId::from_text(&row.operator_id),
        ride_id: ride_id(&row.ride_id)?,
        version: unsigned(row.version)?,
        started_at: Moment::from_millis(row.started_at),
        ended_at: row.ended_at.map(Moment::from_millis),
        start: place(row.start_lat, row.start_lng),
        end: place(row.end_lat, row.end_lng),
        kind: known(RideKind::find(&row.kind), "ride kind", &row.kind)?,
        received_at: Moment::from_millis(row.received_at),
        superseded_at: row.superseded_at.map(Moment::from_millis),
        completes: row.completes,
    })
}

pub(super) fn sessions(rows: Vec<Row>) -> Result<Vec<RideSession>> {
    rows.into_iter().map(session).collect()
}

pub(super) use columns;
