//! Where the scooters of an operator stand now, as far as their last rides and positions tell.
//!
//! *Invariant:* ends of rides leave here sealed, like the rides themselves.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Nullable, Text};
use std::collections::HashMap;

use super::db::Db;
use super::dialect::bind;
use super::error::Result;
use super::sealed::Sealed;
use super::values::{device_id, number};
use crate::model::{DeviceId, Moment, OperatorId, Place, Stand, StandFrom, VehicleId};
use crate::plate::PlateNumber;

/// The scooters of an operator that bear a number now.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Those whose place is known.
    pub stands: Vec<Stand>,
    /// How many others there are: ridden now, or of unknown place.
    pub elsewhere: usize,
}

#[derive(QueryableByName)]
struct BearerRow {
    #[diesel(sql_type = BigInt)]
    vehicle_id: i64,
    #[diesel(sql_type = Text)]
    device_id: String,
    #[diesel(sql_type = Text)]
    number: String,
}

#[derive(QueryableByName)]
struct RideRow {
    #[diesel(sql_type = BigInt)]
    vehicle_id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    ended_at: Option<i64>,
    #[diesel(sql_type = Nullable<Double>)]
    end_lat: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    end_lng: Option<f64>,
}

#[derive(QueryableByName)]
struct FixRow {
    #[diesel(sql_type = BigInt)]
    vehicle_id: i64,
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = Double)]
    lat: f64,
    #[diesel(sql_type = Double)]
    lng: f64,
}

/// Finds where the scooters of an operator stand at `now`, from what was told since an instant. In three statements,
/// each of which walks from the newest ride or position of a scooter and never reads all it had.
///
/// # Errors
/// Those of the database.
pub fn of_operator(db: &mut Db, operator: &OperatorId, now: Moment, since: Moment) -> Result<Sealed<Standing>> {
    let bearers = bearers(db, operator, now)?;
    let rides = last_rides(db, operator, now, since)?;
    let fixes = last_fixes(db, operator, now, since)?;
    let count = bearers.len();
    let stands: Vec<_> = bearers
        .into_iter()
        .filter_map(|(vehicle, device_id, number)| {
            let last = rides.get(&vehicle);
            let ended = last.map(|ride| ride.ended_at);
            if ended == Some(None) {
                // It is being ridden.
                return None;
            }
            let ended = ended.flatten().map(Moment::from_millis);
            let place = last.and_then(|ride| Place::new(ride.end_lat?, ride.end_lng?).ok());
            let fix = fixes.get(&vehicle).filter(|fix| ended.is_none_or(|ended| ended.as_millis() <= fix.at));
            let by_fix = fix
                .map(|fix| (Moment::from_millis(fix.at), Place { lat: fix.lat, lng: fix.lng }, StandFrom::Telemetry));
            let (at, place, from) = by_fix.or_else(|| Some((ended?, place?, StandFrom::RideEnd)))?;
            Some(Stand { number, device_id, place, at, from })
        })
        .collect();
    let elsewhere = count.saturating_sub(stands.len());
    Ok(Sealed::new(Standing { stands, elsewhere }))
}

fn bearers(db: &mut Db, operator: &OperatorId, now: Moment) -> Result<Vec<(VehicleId, DeviceId, PlateNumber)>> {
    let now = now.as_millis();
    let query = format!(
        "SELECT v.id AS vehicle_id, v.device_id AS device_id, p.number AS number FROM plates p JOIN vehicles v ON \
         v.id = p.vehicle_id WHERE p.operator_id = {} AND p.superseded_at IS NULL AND (p.valid_from IS NULL OR \
         p.valid_from <= {now}) AND (p.valid_until IS NULL OR p.valid_until > {now}) ORDER BY p.number",
        bind(db, 1)
    );
    let rows: Vec<BearerRow> = diesel::sql_query(query).bind::<Text, _>(operator.as_str()).load(db)?;
    rows.into_iter()
        .map(|row| Ok((VehicleId(row.vehicle_id), device_id(&row.device_id)?, number(&row.number)?)))
        .collect()
}

fn last_rides(db: &mut Db, operator: &OperatorId, now: Moment, since: Moment) -> Result<HashMap<VehicleId, RideRow>> {
    let (now, since) = (now.as_millis(), since.as_millis());
    let query = format!(
        "SELECT r.vehicle_id AS vehicle_id, r.ended_at AS ended_at, r.end_lat AS end_lat, r.end_lng AS end_lng FROM \
         vehicles v JOIN rides r ON r.vehicle_id = v.id AND r.started_at = (SELECT b.started_at FROM rides b WHERE \
         b.vehicle_id = v.id AND b.superseded_at IS NULL AND b.started_at >= {since} AND b.started_at <= {now} ORDER BY \
         b.started_at DESC LIMIT 1) WHERE v.operator_id = {} AND r.superseded_at IS NULL",
        bind(db, 1)
    );
    let rows: Vec<RideRow> = diesel::sql_query(query).bind::<Text, _>(operator.as_str()).load(db)?;
    Ok(rows.into_iter().map(|row| (VehicleId(row.vehicle_id), row)).collect())
}

/// The last positions; where two were reported for one instant, neither counts.
fn last_fixes(db: &mut Db, operator: &OperatorId, now: Moment, since: Moment) -> Result<HashMap<VehicleId, FixRow>> {
    let (now, since) = (now.as_millis(), since.as_millis());
    let query = format!(
        "SELECT f.vehicle_id AS vehicle_id, f.at AS at, f.lat AS lat, f.lng AS lng FROM vehicles v JOIN telemetry f ON \
         f.vehicle_id = v.id AND f.at = (SELECT g.at FROM telemetry g WHERE g.vehicle_id = v.id AND g.at >= {since} AND \
         g.at <= {now} ORDER BY g.at DESC LIMIT 1) WHERE v.operator_id = {}",
        bind(db, 1)
    );
    let rows: Vec<FixRow> = diesel::sql_query(query).bind::<Text, _>(operator.as_str()).load(db)?;
    let mut count: HashMap<i64, usize> = HashMap::new();
    for row in &rows {
        *count.entry(row.vehicle_id).or_default() += 1;
    }
    let undoubted = rows.into_iter().filter(|row| count.get(&row.vehicle_id) == Some(&1));
    Ok(undoubted.map(|row| (VehicleId(row.vehicle_id), row)).collect())
}
