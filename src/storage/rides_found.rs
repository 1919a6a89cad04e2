//! Rides as they are found: for lookups and for lists, always sealed.
//!
//! *Invariant:* no function here returns a ride that is not inside a [`Sealed`].

use diesel::prelude::*;
use std::collections::{BTreeSet, HashMap};

use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::lookups;
use super::ride_rows::{Row, columns, sessions};
use super::rides_sought::{Spot, near, neighbours};
use super::schema::rides;
use super::sealed::Sealed;
use super::telemetry;
use super::values::limit;
use crate::model::{AsKnown, Fix, Moment, OperatorId, RideId, RideSession, VehicleId, Window, believed};

/// How far a search goes, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// How far an open ride reaches past its start.
    pub max_ride_s: i64,
    /// How far away a ride may lie to be called a neighbour.
    pub neighbour_s: i64,
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

/// What one question asks of rides.
#[derive(Debug, Clone)]
pub struct Look {
    /// The vehicles.
    pub vehicles: Vec<VehicleId>,
    /// The window.
    pub window: Window,
    /// As it is known now, or as it was at an earlier instant.
    pub as_known: AsKnown,
    /// Whether positions are wanted too.
    pub positions: bool,
}

/// Finds the rides of vehicles around windows: for each look one answer, in it one for each vehicle, in the same order. A fixed
/// number of exchanges, however many looks there are, but for those that want positions. To be called within one view of the
/// database.
///
/// # Errors
/// Those of the database.
pub fn around(db: &mut Db, looks: &[Look], reach: Reach) -> Result<Vec<Sealed<Vec<FoundRides>>>> {
    let each = |look: &Look| {
        let (window, as_known) = (look.window, look.as_known);
        look.vehicles.iter().map(move |vehicle| (*vehicle, window, as_known)).collect::<Vec<_>>()
    };
    let spots: Vec<_> = looks
        .iter()
        .flat_map(each)
        .enumerate()
        .map(|(place, (vehicle, window, as_known))| Spot { place, vehicle, window, as_known })
        .collect();
    let mut rides: Vec<Vec<RideSession>> = vec![Vec::new(); spots.len()];
    place(&mut rides, near(db, &spots, reach.neighbour_s)?);
    let is_touched = |spot: &&Spot| {
        let known = rides.get(spot.place).map(Vec::as_slice).unwrap_or_default();
        known.iter().any(|ride| touches_now(ride, spot.window, spot.as_known, reach.max_ride_s))
    };
    let untouched: Vec<_> = spots.iter().filter(|spot| !is_touched(spot)).copied().collect();
    place(&mut rides, neighbours(db, &untouched, reach.neighbour_s)?);
    let mut found: Vec<FoundRides> = spots
        .iter()
        .zip(rides)
        .map(|(spot, rides)| sorted_out(rides, spot.window, spot.as_known, reach.max_ride_s))
        .collect();
    let knowledge: Vec<_> = spots.iter().map(|spot| spot.as_known).collect();
    add_history(db, &mut found, &knowledge)?;
    let mut found = found.into_iter();
    let mut answers = Vec::with_capacity(looks.len());
    for look in looks {
        let mut own: Vec<_> = found.by_ref().take(look.vehicles.len()).collect();
        if look.positions {
            add_fixes(db, &mut own, look)?;
        }
        answers.push(Sealed::new(own));
    }
    Ok(answers)
}

fn place(rides: &mut [Vec<RideSession>], found: Vec<(usize, RideSession)>) {
    for (place, ride) in found {
        if let Some(of_spot) = rides.get_mut(place) {
            of_spot.push(ride);
        }
    }
}

fn touches_now(ride: &RideSession, window: Window, as_known: AsKnown, max_ride_s: i64) -> bool {
    as_known.holds(ride.received_at, ride.superseded_at) && ride.touches(window.from(), window.to(), max_ride_s)
}

fn add_fixes(db: &mut Db, found: &mut [FoundRides], look: &Look) -> Result<()> {
    let mut fixes: HashMap<VehicleId, Vec<Fix>> = HashMap::new();
    for fix in telemetry::around(db, &look.vehicles, look.window, look.as_known)? {
        fixes.entry(fix.vehicle_id).or_default().push(fix);
    }
    for (vehicle, found) in look.vehicles.iter().zip(found) {
        found.fixes = believed(fixes.get(vehicle).cloned().unwrap_or_default());
    }
    Ok(())
}

fn sorted_out(rides: Vec<RideSession>, window: Window, as_known: AsKnown, max_ride_s: i64) -> FoundRides {
    let (from, to) = (window.from(), window.to());
    let (mut current, superseded): (Vec<_>, Vec<_>) =
        rides.into_iter().partition(|ride| as_known.holds(ride.received_at, ride.superseded_at));
    for ride in &mut current {
        // What has replaced it since was not known then.
        ride.superseded_at = None;
    }
    let (mut touching, apart): (Vec<_>, Vec<_>) =
        current.into_iter().partition(|ride| ride.touches(from, to, max_ride_s));
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
        .filter(|ride| ride.touches(from, to, max_ride_s))
        .filter(|ride| !found.touching.iter().any(|now| now.ride_id == ride.ride_id))
        .collect();
    found
}

/// Returns the rides of which more than one version is on record, or was.
fn changed(found: &FoundRides) -> Vec<(OperatorId, RideId)> {
    let shown = found.touching.iter().chain(&found.before).chain(&found.after).filter(|ride| ride.version > 1);
    shown.chain(&found.withdrawn).map(|ride| (ride.operator_id.clone(), ride.ride_id.clone())).collect()
}

fn add_history(db: &mut Db, found: &mut [FoundRides], knowledge: &[AsKnown]) -> Result<()> {
    let mut all: Vec<_> = found.iter().flat_map(changed).collect();
    all.sort();
    all.dedup();
    if all.is_empty() {
        return Ok(());
    }
    let (earlier, shown) = (earlier_versions(db, &all)?, lookups::first_shown(db, &all)?);
    let mut by_ride: HashMap<(OperatorId, RideId), Vec<RideSession>> = HashMap::new();
    for ride in earlier {
        by_ride.entry((ride.operator_id.clone(), ride.ride_id.clone())).or_default().push(ride);
    }
    let shown: HashMap<_, _> = shown.into_iter().collect();
    for (found, as_known) in found.iter_mut().zip(knowledge) {
        let own: BTreeSet<_> = changed(found).into_iter().collect();
        found.earlier = own.iter().filter_map(|ride| by_ride.get(ride)).flatten().cloned().collect();
        found.earlier.sort_by_key(|ride| std::cmp::Reverse(ride.version));
        let first = own.iter().filter_map(|ride| Some((ride.1.clone(), *shown.get(ride)?)));
        found.first_shown = first.collect();
        if let Some(instant) = as_known.instant() {
            found.earlier.retain(|ride| ride.superseded_at.is_some_and(|superseded| superseded <= instant));
            found.first_shown.retain(|(_, shown)| *shown <= instant);
        }
    }
    Ok(())
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
    let of: BTreeSet<_> = of.iter().collect();
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
