//! Rides as they are found: for lookups and for lists, always sealed.
//!
//! *Invariant:* no function here returns a ride that is not inside a [`Sealed`].

use diesel::prelude::*;

use super::db::Db;
use super::error::Result;
use super::lookups;
use super::schema::rides;
use super::sealed::Sealed;
use super::values::{known, limit, ride_id, unsigned};
use crate::model::{Moment, OperatorId, Place, RideId, RideKind, RideSession, VehicleId, Window};

/// What the rides of one vehicle are wanted for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The vehicle.
    pub vehicle_id: VehicleId,
    /// The instant and its tolerance.
    pub window: Window,
}

/// How far a search goes; both in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// The longest plausible ride: a bounded search looks this far back.
    pub max_ride_s: i64,
    /// How far away a ride may lie to be called a neighbour.
    pub neighbour_s: i64,
}

/// The rides of one vehicle around a window.
#[derive(Debug, Clone, Default)]
pub struct FoundRides {
    /// The newest versions that touch the window.
    pub touching: Vec<RideSession>,
    /// The last ride before, where none touches.
    pub before: Option<RideSession>,
    /// The first ride after, where none touches.
    pub after: Option<RideSession>,
    /// Older versions of all of these, newest first.
    pub earlier: Vec<RideSession>,
    /// When a lookup first showed each of these, where one did.
    pub first_shown: Vec<(RideId, Moment)>,
}

#[derive(Queryable)]
struct Row {
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
}

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
        )
    };
}

#[allow(clippy::needless_pass_by_value, reason = "a row becomes a ride")]
fn session(row: Row) -> Result<RideSession> {
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
    })
}

fn sessions(rows: Vec<Row>) -> Result<Vec<RideSession>> {
    rows.into_iter().map(session).collect()
}

/// Finds the rides of vehicles around windows, one answer for each in the same order.
///
/// # Errors
/// Those of the database.
pub fn around(db: &mut Db, wanted: &[Wanted], reach: Reach) -> Result<Sealed<Vec<FoundRides>>> {
    let found = wanted.iter().map(|one| around_one(db, *one, reach)).collect::<Result<Vec<_>>>()?;
    Ok(Sealed::new(found))
}

fn around_one(db: &mut Db, wanted: Wanted, reach: Reach) -> Result<FoundRides> {
    let (from, to) = (wanted.window.from(), wanted.window.to());
    let current = || {
        rides::table
            .filter(rides::vehicle_id.eq(wanted.vehicle_id.0))
            .filter(rides::superseded_at.is_null())
            .select(columns!())
    };
    // Bounded on both ends: a ride within the longest plausible length cannot have begun earlier.
    let short = current()
        .filter(rides::started_at.le(to.as_millis()))
        .filter(rides::started_at.ge(from.plus_seconds(-reach.max_ride_s).as_millis()))
        .filter(rides::long.eq(false))
        .load::<Row>(db)?;
    let long = current().filter(rides::long.eq(true)).filter(rides::started_at.le(to.as_millis())).load::<Row>(db)?;
    let mut touching = sessions(short)?;
    touching.extend(sessions(long)?);
    touching.retain(|ride| ride.touches(from, to, reach.max_ride_s));
    touching.sort_by_key(|ride| ride.started_at);
    let mut found = FoundRides { touching, ..FoundRides::default() };
    if found.touching.is_empty() {
        let before = current()
            .filter(rides::started_at.le(to.as_millis()))
            .filter(rides::started_at.ge(from.plus_seconds(-reach.neighbour_s).as_millis()))
            .order(rides::started_at.desc())
            .first::<Row>(db)
            .optional()?;
        let after = current()
            .filter(rides::started_at.gt(to.as_millis()))
            .filter(rides::started_at.le(to.plus_seconds(reach.neighbour_s).as_millis()))
            .order(rides::started_at)
            .first::<Row>(db)
            .optional()?;
        found.before = before.map(session).transpose()?;
        found.after = after.map(session).transpose()?;
    }
    let mut changed: Vec<_> = found.touching.iter().chain(&found.before).chain(&found.after).collect();
    changed.retain(|ride| ride.version > 1);
    let changed: Vec<_> = changed.into_iter().map(|ride| (ride.operator_id.clone(), ride.ride_id.clone())).collect();
    found.earlier = earlier_versions(db, &changed)?;
    found.first_shown = lookups::first_shown(db, &changed)?;
    Ok(found)
}

/// Older versions may lie on another vehicle or at another start, so they are found through the rides' own ids.
fn earlier_versions(db: &mut Db, of: &[(OperatorId, RideId)]) -> Result<Vec<RideSession>> {
    let mut found = Vec::new();
    for (operator, id) in of {
        let rows = rides::table
            .filter(rides::operator_id.eq(operator.as_str()))
            .filter(rides::ride_id.eq(id.as_str()))
            .filter(rides::superseded_at.is_not_null())
            .order(rides::version.desc())
            .select(columns!())
            .load::<Row>(db)?;
        found.extend(sessions(rows)?);
    }
    Ok(found)
}

/// Where a list of rides goes on: after this start and ride id.
#[derive(Debug, Clone)]
pub struct After {
    /// The start of the last ride on the page before.
    pub started_at: Moment,
    /// Its id.
    pub ride_id: String,
}

/// Lists the newest versions of the rides of an operator by start, from an instant until another.
///
/// # Errors
/// Those of the database.
pub fn list(
    db: &mut Db,
    operator: &OperatorId,
    from: Option<Moment>,
    until: Option<Moment>,
    after: Option<&After>,
    rows: usize,
) -> Result<Sealed<Vec<RideSession>>> {
    let mut query = rides::table
        .filter(rides::operator_id.eq(operator.as_str().to_owned()))
        .filter(rides::superseded_at.is_null())
        .order((rides::started_at, rides::ride_id))
        .limit(limit(rows))
        .select(columns!())
        .into_boxed();
    if let Some(from) = from {
        query = query.filter(rides::started_at.ge(from.as_millis()));
    }
    if let Some(until) = until {
        query = query.filter(rides::started_at.lt(until.as_millis()));
    }
    if let Some(after) = after {
        let start = after.started_at.as_millis();
        query = query.filter(
            rides::started_at.gt(start).or(rides::started_at.eq(start).and(rides::ride_id.gt(after.ride_id.clone()))),
        );
    }
    Ok(Sealed::new(sessions(query.load::<Row>(db)?)?))
}
