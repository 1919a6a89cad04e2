//! Rides as they are recorded: new ones, new versions, and reports that could not become rides.
//!
//! *Invariant:* this file writes; what it reads of a ride never leaves it but as a comparison. Rides that are to be
//! shown come from [`super::rides_found`], sealed.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;
use std::borrow::Cow;
use std::collections::HashMap;

use super::connection::Tx;
use super::db::Db;
use super::dialect::{Stride, rows_a_statement};
use super::error::Result;
use super::schema::{lookup_rides, refused_reports, ride_heads as heads, rides};
use super::values::{ride_id, signed, unsigned};
use crate::audit::{Commitment, Hash, Salt, commit};
use crate::model::{Moment, OperatorId, RideId, RideMark, RideReport, VehicleId};

/// A closed ride of this many seconds or more, or an open one, is `long`. A bounded search looks this far back. Fixed,
/// because rides recorded yesterday must be found tomorrow, whatever the settings say then.
pub const LONG_AFTER_S: i64 = 86_400;

/// The newest version of a ride that is on record, closed to the eye.
#[derive(Debug, Clone)]
pub struct KnownRide {
    vehicle_id: VehicleId,
    started_at: Moment,
    version: u32,
    first_received: Moment,
    ended_at: Option<Moment>,
    start: (Option<f64>, Option<f64>),
    end: (Option<f64>, Option<f64>),
    kind: String,
    rider: Option<(Salt, Commitment)>,
}

/// How a report compares to what is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// It says the same.
    Same,
    /// It adds the end to an open ride and changes nothing else.
    Completes,
    /// It says something else.
    Differs,
}

impl KnownRide {
    /// Returns which version it is.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Returns when the ride was first received, in whatever version.
    #[must_use]
    pub const fn first_received(&self) -> Moment {
        self.first_received
    }

    /// Compares a report with what is on record. A rider's handle is compared through its commitment; a handle or a
    /// start place that a later report does not state again is unchanged.
    #[must_use]
    pub fn compare(&self, report: &RideReport) -> Comparison {
        let place = |place: Option<crate::model::Place>| (place.map(|at| at.lat), place.map(|at| at.lng));
        let same_rider = match (&self.rider, &report.rider_handle) {
            (Some((salt, commitment)), Some(handle)) => commitment.opens(salt, handle),
            (None, Some(_)) => false,
            (_, None) => true,
        };
        let same_start = self.vehicle_id == report.vehicle_id
            && self.started_at == report.started_at
            && self.kind == report.kind.name()
            && (report.start.is_none() || self.start == place(report.start))
            && same_rider;
        if !same_start {
            Comparison::Differs
        } else if self.ended_at == report.ended_at && self.end == place(report.end) {
            Comparison::Same
        } else if self.ended_at.is_none() && self.end == (None, None) {
            Comparison::Completes
        } else {
            Comparison::Differs
        }
    }
}

/// A ride to be recorded: a judged report with its version and the salt of its rider's commitment.
#[derive(Clone)]
pub struct NewRide<'a> {
    /// The report.
    pub report: &'a RideReport,
    /// Which version it becomes, from 1.
    pub version: u32,
    /// When the ride was first received, in whatever version.
    pub first_received: Moment,
    /// The salt under which the rider's handle is committed to.
    pub salt: Option<Salt>,
    /// The version before, whose rider and start stand where the report does not state them again.
    pub before: Option<&'a KnownRide>,
    /// Whether it only adds the end to the version before.
    pub completes: bool,
    /// What looks wrong about it by itself.
    pub marks: Vec<RideMark>,
}

impl NewRide<'_> {
    /// Returns whether a bounded search would miss it: it is open, or longer than such a search looks back.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.report.ended_at.is_none_or(|end| end.seconds_since(self.report.started_at) >= LONG_AFTER_S)
    }

    fn rider(&self) -> Option<(Salt, Commitment)> {
        let stated = self.salt.as_ref().zip(self.report.rider_handle.as_ref());
        let stated = stated.map(|(salt, handle)| (salt.clone(), commit(salt, handle)));
        stated.or_else(|| self.before.and_then(|before| before.rider.clone()))
    }

    fn start(&self) -> (Option<f64>, Option<f64>) {
        let stated = self.report.start.map(|place| (Some(place.lat), Some(place.lng)));
        stated.or_else(|| self.before.map(|before| before.start)).unwrap_or((None, None))
    }
}

#[derive(Insertable)]
#[diesel(table_name = rides, treat_none_as_default_value = false)]
struct RideRow<'a> {
    vehicle_id: i64,
    started_at: i64,
    operator_id: &'a str,
    ride_id: &'a str,
    version: i32,
    ended_at: Option<i64>,
    start_lat: Option<f64>,
    start_lng: Option<f64>,
    end_lat: Option<f64>,
    end_lng: Option<f64>,
    kind: &'a str,
    rider_salt: Option<&'a [u8]>,
    rider_commitment: Option<&'a [u8]>,
    received_at: i64,
    superseded_at: Option<i64>,
    long: bool,
    completes: bool,
    marks: Cow<'static, str>,
}

#[derive(Insertable)]
#[diesel(table_name = heads, treat_none_as_default_value = false)]
struct HeadRow<'a> {
    operator_id: &'a str,
    ride_id: &'a str,
    vehicle_id: i64,
    started_at: i64,
    version: i32,
    first_received: i64,
}

#[derive(Queryable)]
struct KnownRow {
    ride_id: String,
    vehicle_id: i64,
    started_at: i64,
    version: i32,
    first_received: i64,
    ended_at: Option<i64>,
    start_lat: Option<f64>,
    start_lng: Option<f64>,
    end_lat: Option<f64>,
    end_lng: Option<f64>,
    kind: String,
    rider_salt: Option<Vec<u8>>,
    rider_commitment: Option<Vec<u8>>,
}

fn known_ride(row: KnownRow) -> Result<(RideId, KnownRide)> {
    let salt = row.rider_salt.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).map(Salt::from_bytes);
    let commitment = row.rider_commitment.and_then(|bytes| Hash::from_slice(&bytes).ok()).map(Commitment::from_hash);
    let ride = KnownRide {
        vehicle_id: VehicleId(row.vehicle_id),
        started_at: Moment::from_millis(row.started_at),
        version: unsigned(row.version)?,
        first_received: Moment::from_millis(row.first_received),
        ended_at: row.ended_at.map(Moment::from_millis),
        start: (row.start_lat, row.start_lng),
        end: (row.end_lat, row.end_lng),
        kind: row.kind,
        rider: salt.zip(commitment),
    };
    Ok((ride_id(&row.ride_id)?, ride))
}

/// Finds the newest versions of an operator's rides.
///
/// # Errors
/// Those of the database.
pub fn find_known<'a>(
    db: &mut Db,
    operator: &OperatorId,
    ids: impl Iterator<Item = &'a RideId>,
) -> Result<HashMap<RideId, KnownRide>> {
    let mut found = HashMap::new();
    let mut ids: Vec<_> = ids.map(RideId::as_str).collect();
    ids.sort_unstable();
    for ids in ids.chunks(rows_a_statement(1)) {
        // Most reports are of new rides: which are not is asked of the small table alone.
        let known = heads::table
            .filter(heads::operator_id.eq(operator.as_str()))
            .filter(heads::ride_id.eq_any(ids))
            .select(heads::ride_id);
        let ids: Vec<String> = on_each!(db, connection => known.load(connection))?;
        if ids.is_empty() {
            continue;
        }
        let newest = heads::table
            .inner_join(
                rides::table.on(rides::vehicle_id
                    .eq(heads::vehicle_id)
                    .and(rides::started_at.eq(heads::started_at))
                    .and(rides::operator_id.eq(heads::operator_id))
                    .and(rides::ride_id.eq(heads::ride_id))
                    .and(rides::version.eq(heads::version))),
            )
            .filter(heads::operator_id.eq(operator.as_str()))
            .filter(heads::ride_id.eq_any(ids))
            .select((
                heads::ride_id,
                heads::vehicle_id,
                heads::started_at,
                heads::version,
                heads::first_received,
                rides::ended_at,
                rides::start_lat,
                rides::start_lng,
                rides::end_lat,
                rides::end_lng,
                rides::kind,
                rides::rider_salt,
                rides::rider_commitment,
            ));
        let rows: Vec<KnownRow> = on_each!(db, connection => newest.load(connection))?;
        for row in rows {
            let (id, ride) = known_ride(row)?;
            found.insert(id, ride);
        }
    }
    Ok(found)
}

/// Records versions of rides; `changed` holds what the newest versions were before.
///
/// # Errors
/// [`super::Error::Conflict`] where another call recorded one of the rides in between.
pub fn insert(
    tx: &mut Tx<'_>,
    operator: &OperatorId,
    new: &[NewRide<'_>],
    changed: &[(RideId, KnownRide)],
    now: Moment,
) -> Result<()> {
    supersede(tx, operator, changed, now)?;
    // In the order of the key: the same pages are touched once.
    let mut by_key: Vec<_> = new.iter().collect();
    by_key.sort_by_key(|ride| (ride.report.vehicle_id, ride.report.started_at));
    let riders: Vec<_> = by_key.iter().map(|ride| ride.rider()).collect();
    let mut rows = Vec::with_capacity(new.len());
    for (ride, rider) in by_key.iter().zip(&riders) {
        let (report, start) = (ride.report, ride.start());
        rows.push(RideRow {
            vehicle_id: report.vehicle_id.0,
            started_at: report.started_at.as_millis(),
            operator_id: operator.as_str(),
            ride_id: report.ride_id.as_str(),
            version: signed(ride.version)?,
            ended_at: report.ended_at.map(Moment::as_millis),
            start_lat: start.0,
            start_lng: start.1,
            end_lat: report.end.map(|place| place.lat),
            end_lng: report.end.map(|place| place.lng),
            kind: report.kind.name(),
            rider_salt: rider.as_ref().map(|(salt, _)| salt.as_bytes().as_slice()),
            rider_commitment: rider.as_ref().map(|(_, commitment)| commitment.as_hash().as_bytes().as_slice()),
            received_at: now.as_millis(),
            superseded_at: None,
            long: ride.is_long(),
            completes: ride.completes,
            marks: names(&ride.marks),
        });
    }
    insert_many!(tx.db(), rides::table, &rows)?;
    let mut heads_of = Vec::with_capacity(new.len());
    for ride in new {
        heads_of.push(HeadRow {
            operator_id: operator.as_str(),
            ride_id: ride.report.ride_id.as_str(),
            vehicle_id: ride.report.vehicle_id.0,
            started_at: ride.report.started_at.as_millis(),
            version: signed(ride.version)?,
            first_received: ride.first_received.as_millis(),
        });
    }
    heads_of.sort_by_key(|row| row.ride_id);
    insert_many!(tx.db(), heads::table, &heads_of)?;
    Ok(())
}

/// The names of marks in alphabetical order, with spaces between.
fn names(marks: &[RideMark]) -> Cow<'static, str> {
    match marks {
        [] => Cow::Borrowed(""),
        [only] => Cow::Borrowed(only.name()),
        several => {
            let mut names: Vec<_> = several.iter().map(|mark| mark.name()).collect();
            names.sort_unstable();
            Cow::Owned(names.join(" "))
        }
    }
}

fn supersede(tx: &mut Tx<'_>, operator: &OperatorId, changed: &[(RideId, KnownRide)], now: Moment) -> Result<()> {
    for chunk in changed.chunks(rows_a_statement(3)) {
        let ids: Vec<_> = chunk.iter().map(|(id, _)| id.as_str()).collect();
        let vehicles: Vec<_> = chunk.iter().map(|(_, ride)| ride.vehicle_id.0).collect();
        let starts: Vec<_> = chunk.iter().map(|(_, ride)| ride.started_at.as_millis()).collect();
        // Exactly the newest versions: of one ride id only one row is not superseded.
        diesel::update(
            rides::table
                .filter(rides::vehicle_id.eq_any(vehicles))
                .filter(rides::started_at.eq_any(starts))
                .filter(rides::operator_id.eq(operator.as_str()))
                .filter(rides::ride_id.eq_any(ids.clone()))
                .filter(rides::superseded_at.is_null()),
        )
        .set(rides::superseded_at.eq(Some(now.as_millis())))
        .execute(tx.db())?;
        diesel::delete(
            heads::table.filter(heads::operator_id.eq(operator.as_str())).filter(heads::ride_id.eq_any(ids)),
        )
        .execute(tx.db())?;
    }
    Ok(())
}

/// Gives the connection room for the pages that a long import works on.
///
/// # Errors
/// Those of the database.
pub fn make_room(tx: &mut Tx<'_>, stride: &Stride) -> Result<()> {
    Ok(super::dialect::make_room(tx.db(), stride)?)
}

/// Keeps reports that could not become rides, as they came: pairs of report and problem.
///
/// # Errors
/// Those of the database.
pub fn keep_refused(
    tx: &mut Tx<'_>,
    operator: &OperatorId,
    refused: &[(String, String, String)],
    now: Moment,
) -> Result<()> {
    let rows: Vec<_> = refused
        .iter()
        .map(|(id, report, problem)| {
            (
                refused_reports::id.eq(id),
                refused_reports::operator_id.eq(operator.as_str()),
                refused_reports::report.eq(report),
                refused_reports::problem.eq(problem),
                refused_reports::received_at.eq(now.as_millis()),
            )
        })
        .collect();
    for chunk in rows.chunks(rows_a_statement(5)) {
        on_each!(tx.db(), connection => diesel::insert_into(refused_reports::table).values(chunk).execute(connection))?;
    }
    Ok(())
}

/// Finds which of an operator's rides some lookup has shown.
///
/// # Errors
/// Those of the database.
pub fn asked_about(db: &mut Db, operator: &OperatorId, ids: &[RideId]) -> Result<Vec<RideId>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(RideId::as_str).collect();
        let rows: Vec<String> = lookup_rides::table
            .filter(lookup_rides::operator_id.eq(operator.as_str()))
            .filter(lookup_rides::ride_id.eq_any(ids))
            .select(lookup_rides::ride_id)
            .distinct()
            .load(db)?;
        found.extend(rows);
    }
    found.iter().map(|id| ride_id(id)).collect()
}
