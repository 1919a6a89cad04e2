//! Marks on rides: what looked wrong when they came.
//!
//! *Invariant:* a mark stands beside a ride and never instead of it; marks are only added.

use diesel::prelude::*;
use std::collections::HashMap;

use super::connection::Tx;
use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::schema::{ride_marks as marks, rides};
use super::values::{known, ride_id, signed};
use crate::model::{Moment, OperatorId, RideId, RideMark, VehicleId};

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
#[derive(Debug, Clone)]
pub(super) struct Occupied {
    vehicle: i64,
    from: i64,
    until: i64,
    ride_id: String,
    version: i32,
}

/// Notes marks; those that are noted already stay as they are.
///
/// # Errors
/// Those of the database.
pub fn note(tx: &mut Tx<'_>, operator: &OperatorId, new: &[NewMark], now: Moment) -> Result<()> {
    let rows = new
        .iter()
        .map(|mark| {
            Ok(MarkRow {
                operator_id: operator.as_str(),
                ride_id: mark.ride_id.as_str(),
                version: signed(mark.version)?,
                mark: mark.mark.name(),
                other_ride: mark.other.as_ref().map_or("", RideId::as_str),
                noted_at: now.as_millis(),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    for chunk in rows.chunks(rows_a_statement(6)) {
        on_each!(tx.db(), connection => {
            diesel::insert_into(marks::table).values(chunk).on_conflict_do_nothing().execute(connection)
        })?;
    }
    Ok(())
}

/// Finds the overlaps among the newest versions of the rides of these vehicles that begin within `[from, to]` or up to
/// `max_ride_s` seconds before, and notes those that touch a ride named in `fresh`, on both rides.
///
/// # Errors
/// Those of the database.
pub fn note_overlaps(
    tx: &mut Tx<'_>,
    operator: &OperatorId,
    vehicles: &[VehicleId],
    (from, to): (Moment, Moment),
    max_ride_s: i64,
    now: Moment,
    fresh: &[&RideId],
) -> Result<()> {
    let mut found = Vec::new();
    for chunk in vehicles.chunks(rows_a_statement(1)) {
        found.extend(occupied(tx.db(), chunk, from.plus_seconds(-max_ride_s), to, max_ride_s)?);
    }
    let fresh: std::collections::HashSet<_> = fresh.iter().map(|id| id.as_str()).collect();
    let mut marked = std::collections::HashSet::new();
    let mut new = Vec::new();
    for (one, other) in overlaps(found) {
        if !fresh.contains(one.ride_id.as_str()) && !fresh.contains(other.ride_id.as_str()) {
            continue;
        }
        for (this, that) in [(&one, &other), (&other, &one)] {
            if !marked.insert(this.ride_id.clone()) {
                continue;
            }
            new.push(NewMark {
                ride_id: ride_id(&this.ride_id)?,
                version: super::values::unsigned(this.version)?,
                mark: RideMark::Overlaps,
                other: Some(ride_id(&that.ride_id)?),
            });
        }
    }
    note(tx, operator, &new, now)
}

fn occupied(db: &mut Db, vehicles: &[VehicleId], from: Moment, to: Moment, max_ride_s: i64) -> Result<Vec<Occupied>> {
    let ids: Vec<_> = vehicles.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, i64, Option<i64>, String, i32)> = rides::table
        .filter(rides::vehicle_id.eq_any(ids))
        .filter(rides::started_at.ge(from.as_millis()))
        .filter(rides::started_at.le(to.as_millis()))
        .filter(rides::superseded_at.is_null())
        .select((rides::vehicle_id, rides::started_at, rides::ended_at, rides::ride_id, rides::version))
        .load(db)?;
    Ok(rows
        .into_iter()
        .map(|(vehicle, from, until, ride_id, version)| Occupied {
            vehicle,
            from,
            until: until.unwrap_or_else(|| from.saturating_add(max_ride_s.saturating_mul(1000))),
            ride_id,
            version,
        })
        .collect())
}

/// Returns, of the rides that share an instant, each with one other: of those that began before, the one that reaches
/// furthest. All pairs would be quadratic in what one call may send. An open ride reaches as far as the longest
/// plausible one.
fn overlaps(mut rides: Vec<Occupied>) -> Vec<(Occupied, Occupied)> {
    rides.sort_by_key(|ride| (ride.vehicle, ride.from, ride.until));
    let mut pairs = Vec::new();
    let mut furthest: Option<Occupied> = None;
    for ride in rides {
        let running = furthest.take().filter(|earlier| earlier.vehicle == ride.vehicle && earlier.until > ride.from);
        if let Some(earlier) = &running {
            pairs.push((earlier.clone(), ride.clone()));
        }
        furthest = Some(match running {
            Some(earlier) if earlier.until >= ride.until => earlier,
            _ => ride,
        });
    }
    pairs
}

/// Finds the marks on versions of an operator's rides.
///
/// # Errors
/// Those of the database.
pub fn find(
    db: &mut Db,
    operator: &OperatorId,
    rides: &[(RideId, u32)],
) -> Result<HashMap<(RideId, u32), Vec<RideMark>>> {
    let mut found: HashMap<_, Vec<RideMark>> = HashMap::new();
    for chunk in rides.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(|(id, _)| id.as_str()).collect();
        let rows: Vec<(String, i32, String)> = marks::table
            .filter(marks::operator_id.eq(operator.as_str()))
            .filter(marks::ride_id.eq_any(ids))
            .order((marks::ride_id, marks::mark))
            .select((marks::ride_id, marks::version, marks::mark))
            .load(db)?;
        for (id, version, mark) in rows {
            let mark = known(RideMark::find(&mark), "mark", &mark)?;
            let of = found.entry((ride_id(&id)?, super::values::unsigned(version)?)).or_default();
            if !of.contains(&mark) {
                of.push(mark);
            }
        }
    }
    Ok(found)
}
