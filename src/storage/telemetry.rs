//! Positions of scooters between and during their rides.
//!
//! *Invariant:* nothing is overwritten: another position for the same instant is a second row. What leaves here for an
//! answer about rides leaves with them, sealed ([`super::rides_found`]).

use diesel::prelude::*;
use std::collections::HashMap;

use super::connection::Tx;
use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::schema::telemetry;
use crate::model::{AsKnown, Fix, Moment, Place, VehicleId, Window};

/// How far before and after the window positions are looked for, in seconds: further away a ride may have been anywhere.
const AROUND_S: i64 = 3_600;
/// A stretch of this many milliseconds of a window of no length gives one position a vehicle.
const LEAST_STEP: i64 = 30_000;
/// How many stretches a window has.
const STEPS: i64 = 20;
/// How far before and after an instant a position bears on a ride that is held, in milliseconds.
const HELD_AROUND: i64 = 2 * 3_600_000;
/// How many milliseconds of positions are erased in one transaction.
const SLICE: i64 = 6 * 3_600_000;

#[derive(Insertable)]
#[diesel(table_name = telemetry, treat_none_as_default_value = false)]
struct Row {
    vehicle_id: i64,
    at: i64,
    copy: i32,
    lat: f64,
    lng: f64,
    speed: Option<f64>,
    heading: Option<f64>,
    accuracy_m: Option<f64>,
    recorded_at: i64,
}

#[derive(Queryable, QueryableByName)]
#[diesel(table_name = telemetry)]
struct FoundRow {
    vehicle_id: i64,
    at: i64,
    copy: i32,
    lat: f64,
    lng: f64,
    speed: Option<f64>,
    heading: Option<f64>,
    accuracy_m: Option<f64>,
}

const COLUMNS: &str = "f.vehicle_id, f.at, f.copy, f.lat, f.lng, f.speed, f.heading, f.accuracy_m";

impl From<FoundRow> for Fix {
    fn from(row: FoundRow) -> Self {
        Self {
            vehicle_id: VehicleId(row.vehicle_id),
            at: Moment::from_millis(row.at),
            place: Place { lat: row.lat, lng: row.lng },
            speed: row.speed,
            heading: row.heading,
            accuracy_m: row.accuracy_m,
            contradicts: row.copy > 0,
        }
    }
}

/// Finds every position of these vehicles at these instants, in the order in which they were reported.
///
/// # Errors
/// Those of the database.
pub fn at_instants(db: &mut Db, of: &[(VehicleId, Moment)]) -> Result<HashMap<(VehicleId, Moment), Vec<Fix>>> {
    let mut found: HashMap<_, Vec<Fix>> = HashMap::new();
    let wanted: std::collections::HashSet<_> = of.iter().copied().collect();
    for chunk in of.chunks(rows_a_statement(2)) {
        let mut vehicles: Vec<_> = chunk.iter().map(|(vehicle, _)| vehicle.0).collect();
        vehicles.sort_unstable();
        vehicles.dedup();
        let mut instants: Vec<_> = chunk.iter().map(|(_, at)| at.as_millis()).collect();
        instants.sort_unstable();
        instants.dedup();
        let rows: Vec<FoundRow> = telemetry::table
            .filter(telemetry::vehicle_id.eq_any(vehicles))
            .filter(telemetry::at.eq_any(instants))
            .order((telemetry::vehicle_id, telemetry::at, telemetry::copy))
            .select((
                telemetry::vehicle_id,
                telemetry::at,
                telemetry::copy,
                telemetry::lat,
                telemetry::lng,
                telemetry::speed,
                telemetry::heading,
                telemetry::accuracy_m,
            ))
            .load(db)?;
        for fix in rows.into_iter().map(Fix::from).filter(|fix| wanted.contains(&(fix.vehicle_id, fix.at))) {
            found.entry((fix.vehicle_id, fix.at)).or_default().push(fix);
        }
    }
    Ok(found)
}

/// Records positions, each with how many of its instant are on record before it.
///
/// # Errors
/// [`super::Error::Conflict`] where another call recorded one of them in between.
pub fn insert(tx: &mut Tx<'_>, new: &[(Fix, usize)], now: Moment) -> Result<()> {
    let mut rows: Vec<_> = new
        .iter()
        .map(|(fix, before)| Row {
            vehicle_id: fix.vehicle_id.0,
            at: fix.at.as_millis(),
            copy: i32::try_from(*before).unwrap_or(i32::MAX),
            lat: fix.place.lat,
            lng: fix.place.lng,
            speed: fix.speed,
            heading: fix.heading,
            accuracy_m: fix.accuracy_m,
            recorded_at: now.as_millis(),
        })
        .collect();
    // In the order of the key: the same pages are touched once.
    rows.sort_by_key(|row| (row.vehicle_id, row.at, row.copy));
    for chunk in rows.chunks(rows_a_statement(9)) {
        on_each!(tx.db(), connection => diesel::insert_into(telemetry::table).values(chunk).execute(connection))?;
    }
    Ok(())
}

/// Finds the positions of vehicles around a window: some of those within it, the last before and the first after.
/// However often a scooter told where it was, a bounded number is read.
pub(super) fn around(db: &mut Db, vehicles: &[VehicleId], window: Window, as_known: AsKnown) -> Result<Vec<Fix>> {
    // Numbers of our own making: nothing here comes from outside.
    let (first, last) = (window.from().as_millis(), window.to().as_millis());
    let earliest = window.from().plus_seconds(-AROUND_S).as_millis();
    let latest = window.to().plus_seconds(AROUND_S).as_millis();
    let step = (last.saturating_sub(first) / STEPS).max(LEAST_STEP);
    let known = |name: &str| {
        let instant = as_known.instant().map(Moment::as_millis);
        instant.map(|instant| format!(" AND {name}.recorded_at <= {instant}")).unwrap_or_default()
    };
    let (of_f, of_g) = (known("f"), known("g"));
    let mut found = Vec::new();
    for chunk in vehicles.chunks(rows_a_statement(1)) {
        let ids = chunk.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(",");
        let nearest = |order: &str, bounds: &str| {
            format!(
                "SELECT {COLUMNS} FROM vehicles v JOIN telemetry f ON f.vehicle_id = v.id AND f.at = (SELECT g.at FROM \
                 telemetry g WHERE g.vehicle_id = v.id AND {bounds}{of_g} ORDER BY g.at {order} LIMIT 1) \
                 WHERE v.id IN ({ids}){of_f}"
            )
        };
        let arms = [
            format!(
                "SELECT {COLUMNS} FROM (SELECT g.vehicle_id AS vehicle, MIN(g.at) AS instant FROM telemetry g WHERE \
                 g.vehicle_id IN ({ids}) AND g.at BETWEEN {first} AND {last}{of_g} GROUP BY g.vehicle_id, g.at / {step}) \
                 AS thinned JOIN telemetry f ON f.vehicle_id = thinned.vehicle AND f.at = thinned.instant{of_f}"
            ),
            nearest("DESC", &format!("g.at >= {earliest} AND g.at < {first}")),
            nearest("ASC", &format!("g.at > {last} AND g.at <= {latest}")),
        ];
        let rows: Vec<FoundRow> = diesel::sql_query(arms.join(" UNION ")).load(db)?;
        found.extend(rows.into_iter().map(Fix::from));
    }
    Ok(found)
}

/// Erases positions older than an instant, a few hours of them; returns how many, and how far it went (`None`: nothing
/// older is left after `from`). Kept are those around a ride that a lookup after `held_since` has shown.
///
/// # Errors
/// Those of the database.
pub fn erase_some(
    tx: &mut Tx<'_>,
    from: Moment,
    before: Moment,
    held_since: Moment,
) -> Result<(usize, Option<Moment>)> {
    let oldest: Option<i64> = telemetry::table
        .filter(telemetry::at.ge(from.as_millis()))
        .filter(telemetry::at.lt(before.as_millis()))
        .select(diesel::dsl::min(telemetry::at))
        .first(tx.db())?;
    let Some(oldest) = oldest else { return Ok((0, None)) };
    let until = oldest.saturating_add(SLICE).min(before.as_millis());
    let (held, day) = (held_since.as_millis(), super::rides::LONG_AFTER_S.saturating_mul(1000));
    let erased = diesel::sql_query(format!(
        "DELETE FROM telemetry WHERE at >= {oldest} AND at < {until} AND NOT EXISTS (SELECT 1 FROM rides r JOIN \
         lookup_rides s ON s.operator_id = r.operator_id AND s.ride_id = r.ride_id WHERE r.vehicle_id = \
         telemetry.vehicle_id AND s.asked_at >= {held} AND r.started_at <= telemetry.at + {HELD_AROUND} AND \
         COALESCE(r.ended_at, r.started_at + {day}) >= telemetry.at - {HELD_AROUND})"
    ))
    .execute(tx.db())?;
    Ok((erased, Some(Moment::from_millis(until))))
}
