//! Rides as they are found: for lookups and for lists, always sealed.
//!
//! *Invariant:* no function here returns a ride that is not inside a [`Sealed`].

use diesel::prelude::*;
use std::collections::HashMap;

use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::lookups;
use super::rides::LONG_AFTER_S;
use super::schema::rides;
use super::sealed::Sealed;
use super::telemetry;
use super::values::{known, limit, ride_id, unsigned};
use crate::model::{
    AsKnown, Fix, Moment, OperatorId, Place, RideId, RideKind, RideSession, VehicleId, Window, believed,
};

/// How far a search goes, in seconds, and whose knowledge it takes.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// How far an open ride reaches past its start.
    pub max_ride_s: i64,
    /// How far away a ride may lie to be called a neighbour.
    pub neighbour_s: i64,
    /// As it is known now, or as it was at an earlier instant.
    pub as_known: AsKnown,
    /// Whether positions are wanted too.
    pub positions: bool,
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
    /// Positions of the vehicle around the window by time, none of them doubted, where they are wanted.
    pub fixes: Vec<Fix>,
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

const COLUMNS: &str = "r.vehicle_id, r.started_at, r.operator_id, r.ride_id, r.version, r.ended_at, r.start_lat, \
                       r.start_lng, r.end_lat, r.end_lng, r.kind, r.received_at, r.superseded_at, r.completes";
/// How many vehicles one statement asks about.
const VEHICLES: usize = 2_000;

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

/// Finds the rides of vehicles around a window, one answer for each in the same order, in a fixed number of statements.
///
/// # Errors
/// Those of the database.
pub fn around(db: &mut Db, vehicles: &[VehicleId], window: Window, reach: Reach) -> Result<Sealed<Vec<FoundRides>>> {
    let mut rides: HashMap<VehicleId, Vec<RideSession>> = HashMap::new();
    for chunk in vehicles.chunks(VEHICLES) {
        for ride in sessions(one_look(db, chunk, window, reach)?)? {
            rides.entry(ride.vehicle_id).or_default().push(ride);
        }
    }
    let of = |vehicle| sorted_out(rides.get(vehicle).cloned().unwrap_or_default(), window, reach);
    let mut found: Vec<_> = vehicles.iter().map(of).collect();
    add_history(db, &mut found, reach.as_known)?;
    if reach.positions {
        let mut fixes: HashMap<VehicleId, Vec<Fix>> = HashMap::new();
        for fix in telemetry::around(db, vehicles, window, reach.as_known)? {
            fixes.entry(fix.vehicle_id).or_default().push(fix);
        }
        for (vehicle, found) in vehicles.iter().zip(&mut found) {
            found.fixes = believed(fixes.get(vehicle).cloned().unwrap_or_default());
        }
    }
    Ok(Sealed::new(found))
}

fn sorted_out(rides: Vec<RideSession>, window: Window, reach: Reach) -> FoundRides {
    let (from, to) = (window.from(), window.to());
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
    found
}

/// Returns the rides of which more than one version is on record, or was.
fn changed(found: &FoundRides) -> Vec<(OperatorId, RideId)> {
    let shown = found.touching.iter().chain(&found.before).chain(&found.after).filter(|ride| ride.version > 1);
    shown.chain(&found.withdrawn).map(|ride| (ride.operator_id.clone(), ride.ride_id.clone())).collect()
}

fn add_history(db: &mut Db, found: &mut [FoundRides], as_known: AsKnown) -> Result<()> {
    let mut all: Vec<_> = found.iter().flat_map(changed).collect();
    all.sort();
    all.dedup();
    let (earlier, shown) = (earlier_versions(db, &all)?, lookups::first_shown(db, &all)?);
    for found in found {
        let own = changed(found);
        let of_own = |ride: &&RideSession| own.contains(&(ride.operator_id.clone(), ride.ride_id.clone()));
        found.earlier = earlier.iter().filter(of_own).cloned().collect();
        let first = shown.iter().filter(|(ride, _)| own.contains(ride));
        found.first_shown = first.map(|((_, id), asked)| (id.clone(), *asked)).collect();
        if let Some(instant) = as_known.instant() {
            found.earlier.retain(|ride| ride.superseded_at.is_some_and(|superseded| superseded <= instant));
            found.first_shown.retain(|(_, shown)| *shown <= instant);
        }
    }
    Ok(())
}

/// Everything about vehicles around a window, in ONE statement: between two statements a ride may be closed by another
/// server, and would be missed by both or seen by both.
fn one_look(db: &mut Db, vehicles: &[VehicleId], window: Window, reach: Reach) -> Result<Vec<Row>> {
    // Numbers of our own making: nothing here comes from outside.
    let ids = vehicles.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(",");
    let (first, last) = (window.from().as_millis(), window.to().as_millis());
    let bounded = window.from().plus_seconds(-LONG_AFTER_S).as_millis();
    let earliest = window.from().plus_seconds(-reach.neighbour_s).as_millis();
    let latest = window.to().plus_seconds(reach.neighbour_s).as_millis();
    // What arrived later was not known; what was superseded later was current.
    let known = reach.as_known.instant().map(Moment::as_millis);
    let received = |of: &str| known.map(|known| format!(" AND {of}.received_at <= {known}")).unwrap_or_default();
    let current = |of: &str| {
        known.map_or_else(
            || format!("{of}.superseded_at IS NULL"),
            |known| format!("({of}.superseded_at IS NULL OR {of}.superseded_at > {known})"),
        )
    };
    let superseded =
        known.map_or_else(|| "r.superseded_at IS NOT NULL".to_owned(), |known| format!("r.superseded_at <= {known}"));
    let of = format!("SELECT {COLUMNS} FROM rides r WHERE r.vehicle_id IN ({ids}){}", received("r"));
    // The nearest of each vehicle, found by walking its rides from there: never all that it had.
    let nearest = |order: &str, bounds: &dyn Fn(&str) -> String| {
        format!(
            "SELECT {COLUMNS} FROM vehicles v JOIN rides r ON r.vehicle_id = v.id AND r.started_at = (SELECT b.started_at \
             FROM rides b WHERE b.vehicle_id = v.id{} AND {} AND {} ORDER BY b.started_at {order} LIMIT 1) WHERE v.id IN \
             ({ids}){} AND {} AND {}",
            received("b"),
            current("b"),
            bounds("b"),
            received("r"),
            current("r"),
            bounds("r"),
        )
    };
    // A ride within a day of length cannot have begun earlier than the bound; the others are marked `long`.
    let arms = [
        format!("{of} AND r.started_at >= {bounded} AND r.started_at <= {last}"),
        format!("{of} AND r.long AND {} AND r.started_at < {bounded}", current("r")),
        format!("{of} AND r.long AND {superseded} AND r.started_at >= {earliest} AND r.started_at < {bounded}"),
        nearest("DESC", &|of| {
            format!("{of}.started_at >= {earliest} AND {of}.started_at < {bounded} AND {of}.ended_at <= {first}")
        }),
        nearest("ASC", &|of| format!("{of}.started_at > {last} AND {of}.started_at <= {latest}")),
    ];
    Ok(diesel::sql_query(arms.join(" UNION ")).load(db)?)
}

/// Older versions may lie on another vehicle or at another start, so they are found through the rides' own ids.
fn earlier_versions(db: &mut Db, of: &[(OperatorId, RideId)]) -> Result<Vec<RideSession>> {
    let mut found = Vec::new();
    for chunk in of.chunks(rows_a_statement(2)) {
        let rows = rides::table
            .filter(rides::operator_id.eq_any(chunk.iter().map(|(operator, _)| operator.as_str())))
            .filter(rides::ride_id.eq_any(chunk.iter().map(|(_, id)| id.as_str())))
            .filter(rides::superseded_at.is_not_null())
            .order(rides::version.desc())
            .select(columns!())
            .load::<Row>(db)?;
        found.extend(sessions(rows)?);
    }
    found.retain(|ride| of.contains(&(ride.operator_id.clone(), ride.ride_id.clone())));
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
