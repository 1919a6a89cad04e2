//! Marks on rides for the sake of another ride: that both cover the same instants.
//!
//! *Invariant:* a mark stands beside a ride and never instead of it; marks are only added. What looks wrong about a ride by itself
//! stands in its own row, for of a back-fill every single ride is reported late.

use diesel::prelude::*;
use std::collections::HashSet;

use super::connection::Tx;
use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::rides::{KnownRide, NewRide};
use super::schema::{ride_marks as marks, rides};
use super::values::{ride_id, signed, unsigned};
use crate::model::{Moment, OperatorId, RideId, RideMark};

/// A mark to be noted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewMark {
    /// The operator's id of the ride.
    pub ride_id: RideId,
    /// Which version of it.
    pub version: u32,
    /// What looked wrong.
    pub mark: RideMark,
    /// The ride that it overlaps with.
    pub other: Option<RideId>,
}

#[derive(Insertable)]
#[diesel(table_name = marks, treat_none_as_default_value = false)]
struct MarkRow<'a> {
    operator_id: &'a str,
    ride_id: &'a str,
    version: i32,
    mark: &'a str,
    other_ride: &'a str,
    noted_at: i64,
}

/// The stretch of time in which a ride occupies its vehicle, for finding overlaps.
#[derive(Debug, Clone, Copy)]
struct Occupied<'a> {
    vehicle: i64,
    from: i64,
    until: i64,
    ride_id: &'a str,
    version: i32,
    fresh: bool,
}

/// A ride on record: vehicle, start, end, id, version.
type FoundRow = (i64, i64, Option<i64>, String, i32);

/// Notes marks: those of versions that are recorded in this very transaction, and those on rides that were there before, of
/// which the ones that are noted already stay as they are.
///
/// # Errors
/// Those of the database.
pub fn note(tx: &mut Tx<'_>, operator: &OperatorId, fresh: &[NewMark], older: &[NewMark], now: Moment) -> Result<()> {
    let mut rows = rows(operator, fresh, now)?;
    rows.sort_by_key(|row| (row.ride_id, row.version, row.mark));
    insert_many!(tx.db(), marks::table, &rows)?;
    for chunk in self::rows(operator, older, now)?.chunks(rows_a_statement(6)) {
        on_each!(tx.db(), connection => {
            diesel::insert_into(marks::table).values(chunk).on_conflict_do_nothing().execute(connection)
        })?;
    }
    Ok(())
}

fn rows<'a>(operator: &'a OperatorId, marks: &'a [NewMark], now: Moment) -> Result<Vec<MarkRow<'a>>> {
    let mut rows = Vec::with_capacity(marks.len());
    for mark in marks {
        rows.push(MarkRow {
            operator_id: operator.as_str(),
            ride_id: mark.ride_id.as_str(),
            version: signed(mark.version)?,
            mark: mark.mark.name(),
            other_ride: mark.other.as_ref().map_or("", RideId::as_str),
            noted_at: now.as_millis(),
        });
    }
    Ok(rows)
}

/// Overlaps that new versions of rides bring about.
#[derive(Debug, Default)]
pub struct Overlaps {
    /// The marks of the new versions.
    pub fresh: Vec<NewMark>,
    /// The marks of rides that were there before.
    pub older: Vec<NewMark>,
}

/// Finds the overlaps of rides that are about to be recorded, with each other and with the newest versions of those on record
/// but for the ones they replace. All that matter begin after `max_ride_s` seconds before the first of them.
///
/// # Errors
/// Those of the database.
pub fn find_overlaps(
    db: &mut Db,
    new: &[NewRide<'_>],
    replaced: &[(RideId, KnownRide)],
    max_ride_s: i64,
) -> Result<Overlaps> {
    let mut rides = Vec::with_capacity(new.len());
    for ride in new {
        let (report, from) = (ride.report, ride.report.started_at.as_millis());
        let until = report.ended_at.map_or_else(|| longest(from, max_ride_s), Moment::as_millis);
        let (vehicle, ride_id, version) = (report.vehicle_id.0, report.ride_id.as_str(), signed(ride.version)?);
        rides.push(Occupied { vehicle, from, until, ride_id, version, fresh: true });
    }
    let starts = rides.iter().map(|ride| ride.from);
    let (Some(from), Some(to)) = (starts.min(), rides.iter().map(|ride| ride.until).max()) else {
        return Ok(Overlaps::default());
    };
    let mut vehicles: Vec<_> = rides.iter().map(|ride| ride.vehicle).collect();
    vehicles.sort_unstable();
    vehicles.dedup();
    let mut there = Vec::new();
    for chunk in vehicles.chunks(rows_a_statement(1)) {
        there.extend(occupied(db, chunk, (longest(from, -max_ride_s), to))?);
    }
    let replaced: HashSet<_> = replaced.iter().map(|(id, _)| id.as_str()).collect();
    for (vehicle, from, until, ride_id, version) in &there {
        if !replaced.contains(ride_id.as_str()) {
            let (vehicle, from, version) = (*vehicle, *from, *version);
            let until = until.unwrap_or_else(|| longest(from, max_ride_s));
            rides.push(Occupied { vehicle, from, until, ride_id, version, fresh: false });
        }
    }
    marks_of(rides)
}

/// The marks of the pairs that a fresh ride is part of; each ride is marked once.
fn marks_of(rides: Vec<Occupied<'_>>) -> Result<Overlaps> {
    let mut marked = HashSet::new();
    let mut found = Overlaps::default();
    for (one, other) in overlaps(rides) {
        if !one.fresh && !other.fresh {
            continue;
        }
        for (this, that) in [(one, other), (other, one)] {
            if !marked.insert(this.ride_id) {
                continue;
            }
            let of = if this.fresh { &mut found.fresh } else { &mut found.older };
            of.push(NewMark {
                ride_id: ride_id(this.ride_id)?,
                version: unsigned(this.version)?,
                mark: RideMark::Overlaps,
                other: Some(ride_id(that.ride_id)?),
            });
        }
    }
    Ok(found)
}

/// Until when a ride reaches that has no end.
const fn longest(from: i64, max_ride_s: i64) -> i64 {
    from.saturating_add(max_ride_s.saturating_mul(1000))
}

/// The newest versions of the rides of these vehicles that begin within `[from, to]`. Which are the newest is not asked of the
/// database: it would be led to the index of an operator's newest rides, and read all of it.
fn occupied(db: &mut Db, vehicles: &[i64], (from, to): (i64, i64)) -> Result<Vec<FoundRow>> {
    let of = rides::table
        .filter(rides::vehicle_id.eq_any(vehicles))
        .filter(rides::started_at.ge(from))
        .filter(rides::started_at.le(to))
        .select((
            (rides::vehicle_id, rides::started_at, rides::ended_at, rides::ride_id, rides::version),
            rides::superseded_at,
        ));
    let rows: Vec<(FoundRow, Option<i64>)> = on_each!(db, connection => of.load(connection))?;
    Ok(rows.into_iter().filter(|(_, superseded)| superseded.is_none()).map(|(row, _)| row).collect())
}

/// Returns, of the rides that share an instant, each with one other: of those that began before, the one that reaches
/// furthest. All pairs would be quadratic in what one call may send. An open ride reaches as far as the longest
/// plausible one.
fn overlaps(mut rides: Vec<Occupied<'_>>) -> Vec<(Occupied<'_>, Occupied<'_>)> {
    rides.sort_by_key(|ride| (ride.vehicle, ride.from, ride.until));
    let mut pairs = Vec::new();
    let mut furthest: Option<Occupied<'_>> = None;
    for ride in rides {
        let running = furthest.filter(|earlier| earlier.vehicle == ride.vehicle && earlier.until > ride.from);
        if let Some(earlier) = running {
            pairs.push((earlier, ride));
        }
        furthest = Some(match running {
            Some(earlier) if earlier.until >= ride.until => earlier,
            _ => ride,
        });
    }
    pairs
}
