//! Rides as they are found: for lookups and for lists, always sealed.
//!
//! *Invariant:* no function here returns a ride that is not inside a [`Sealed`].

use diesel::prelude::*;

use super::db::Db;
use super::error::Result;
use super::lookups;
use super::rides::LONG_AFTER_S;
use super::schema::rides;
use super::sealed::Sealed;
use super::values::{known, limit, ride_id, unsigned};
use crate::model::{AsKnown, Moment, OperatorId, Place, RideId, RideKind, RideSession, VehicleId, Window};

/// What the rides of one vehicle are wanted for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The vehicle.
    pub vehicle_id: VehicleId,
    /// The instant and its tolerance.
    pub window: Window,
}

/// How far a search goes, in seconds, and whose knowledge it takes.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// How far an open ride reaches past its start.
    pub max_ride_s: i64,
    /// How far away a ride may lie to be called a neighbour.
    pub neighbour_s: i64,
    /// As it is known now, or as it was at an earlier instant.
    pub as_known: AsKnown,
}

/// The rides of one vehicle around a window.
#[derive(Debug, Clone, Default)]
pub struct FoundRides {
    /// The versions that touch the window and are the newest that is known.
    pub touching: Vec<RideSession>,
    /// The last ride before, where none touches.
    pub before: Option<RideSession>,
    /// The first ride after, where none touches.
    pub after: Option<RideSession>,
    /// Superseded versions that touch the window, of rides whose newest version does not.
    pub withdrawn: Vec<RideSession>,
    /// Older versions of all of these, newest first.
    pub earlier: Vec<RideSession>,
    /// When a lookup first showed each of these, where one did.
    pub first_shown: Vec<(RideId, Moment)>,
}

#[derive(Queryable, QueryableByName)]
#[diesel(table_name = rides)]
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
    completes: bool,
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
            rides::completes,
        )
    };
}

const COLUMNS: &str = "vehicle_id, started_at, operator_id, ride_id, version, ended_at, start_lat, start_lng, end_lat, \
                       end_lng, kind, received_at, superseded_at, completes";

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
        completes: row.completes,
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
    let rides = sessions(one_look(db, wanted, reach)?)?;
    let (mut current, superseded): (Vec<_>, Vec<_>) =
        rides.into_iter().partition(|ride| reach.as_known.holds(ride.received_at, ride.superseded_at));
    for ride in &mut current {
        // What has replaced it since was not known then.
        ride.superseded_at = None;
    }
    let (mut touching, apart): (Vec<_>, Vec<_>) =
        current.into_iter().partition(|ride| ride.touches(from, to, reach.max_ride_s));
    touching.sort_by_key(|ride| ride.started_at);
    let mut found = FoundRides { touching, ..FoundRides::default() };
    if found.touching.is_empty() {
        let (after, before): (Vec<_>, Vec<_>) = apart.into_iter().partition(|ride| ride.started_at > to);
        // The last to end; an open one counts by its start, for nobody knows its end.
        found.before = before.into_iter().max_by_key(|ride| ride.ended_at.unwrap_or(ride.started_at));
        found.after = after.into_iter().min_by_key(|ride| ride.started_at);
    }
    found.withdrawn = superseded
        .into_iter()
        .filter(|ride| ride.touches(from, to, reach.max_ride_s))
        .filter(|ride| !found.touching.iter().any(|now| now.ride_id == ride.ride_id))
        .collect();
    let mut changed: Vec<_> = found.touching.iter().chain(&found.before).chain(&found.after).collect();
    changed.retain(|ride| ride.version > 1);
    changed.extend(&found.withdrawn);
    let mut changed: Vec<_> =
        changed.into_iter().map(|ride| (ride.operator_id.clone(), ride.ride_id.clone())).collect();
    changed.sort();
    changed.dedup();
    found.earlier = earlier_versions(db, &changed)?;
    found.first_shown = lookups::first_shown(db, &changed)?;
    if let Some(instant) = reach.as_known.instant() {
        found.earlier.retain(|ride| ride.superseded_at.is_some_and(|superseded| superseded <= instant));
        found.first_shown.retain(|(_, shown)| *shown <= instant);
    }
    Ok(found)
}

/// Everything about one vehicle around a window, in ONE statement: between two statements a ride may be closed by
/// another server, and would be missed by both or seen by both.
fn one_look(db: &mut Db, wanted: Wanted, reach: Reach) -> Result<Vec<Row>> {
    let (from, to) = (wanted.window.from(), wanted.window.to());
    // Numbers of our own making: nothing here comes from outside.
    let (vehicle, first, last) = (wanted.vehicle_id.0, from.as_millis(), to.as_millis());
    let bounded = from.plus_seconds(-LONG_AFTER_S).as_millis();
    let earliest = from.plus_seconds(-reach.neighbour_s).as_millis();
    let latest = to.plus_seconds(reach.neighbour_s).as_millis();
    // What arrived later was not known; what was superseded later was current.
    let (received, current, superseded) = match reach.as_known.instant().map(Moment::as_millis) {
        None => (String::new(), "superseded_at IS NULL".to_owned(), "superseded_at IS NOT NULL".to_owned()),
        Some(known) => (
            format!(" AND received_at <= {known}"),
            format!("(superseded_at IS NULL OR superseded_at > {known})"),
            format!("superseded_at <= {known}"),
        ),
    };
    let of = format!("SELECT {COLUMNS} FROM rides WHERE vehicle_id = {vehicle}{received}");
    // A ride within a day of length cannot have begun earlier than the bound; the others are marked `long`.
    let arms = [
        format!("{of} AND started_at >= {bounded} AND started_at <= {last}"),
        format!("{of} AND long AND {current} AND started_at < {bounded}"),
        format!("{of} AND long AND {superseded} AND started_at >= {earliest} AND started_at < {bounded}"),
        format!(
            "SELECT * FROM ({of} AND {current} AND started_at >= {earliest} AND started_at < {bounded} \
             AND ended_at <= {first} ORDER BY ended_at DESC LIMIT 1) AS earlier"
        ),
        format!(
            "SELECT * FROM ({of} AND {current} AND started_at > {last} AND started_at <= {latest} \
             ORDER BY started_at LIMIT 1) AS later"
        ),
    ];
    Ok(diesel::sql_query(arms.join(" UNION ")).load(db)?)
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
