//! Vehicles and the versions of their descriptions.
//!
//! *Invariant:* exactly one version of a vehicle is not superseded; none is overwritten.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};

use super::connection::Tx;
use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::plates;
use super::schema::{counters, vehicle_versions as versions, vehicles};
use super::values::{date, device_id, limit, signed, unsigned};
pub use super::vehicle_versions::find_versions;
use crate::model::{DeviceId, Fact, ImportId, Moment, OperatorId, ServicePeriod, Vehicle, VehicleFacts, VehicleId};

/// A vehicle, or a new version of one, to be recorded.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// The registry's number of it.
    pub id: VehicleId,
    /// The operator's id of it.
    pub device_id: DeviceId,
    /// Which version this is, from 1.
    pub version: u32,
    /// The description.
    pub facts: VehicleFacts,
    /// The facts that this version states; `None`: all.
    pub stated: Option<Vec<Fact>>,
    /// From when on they hold; `None`: they always held.
    pub holds_from: Option<Moment>,
    /// The service period that its service dates speak about.
    pub service: ServicePeriod,
    /// Why it is recorded, where somebody said so.
    pub reason: Option<String>,
    /// The account that records it, unless a fleet list does.
    pub recorded_by: Option<String>,
}

impl NewVersion {
    /// Returns the first version of a vehicle's description: it states everything, and always held.
    #[must_use]
    pub const fn first(id: VehicleId, device_id: DeviceId, facts: VehicleFacts) -> Self {
        Self {
            id,
            device_id,
            version: 1,
            facts,
            stated: None,
            holds_from: None,
            service: ServicePeriod::FIRST,
            reason: None,
            recorded_by: None,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = vehicles, treat_none_as_default_value = false)]
struct VehicleRow<'a> {
    id: i64,
    operator_id: &'a str,
    device_id: &'a str,
    registered_at: i64,
}

#[derive(Insertable)]
#[diesel(table_name = versions, treat_none_as_default_value = false)]
struct VersionRow<'a> {
    vehicle_id: i64,
    version: i32,
    operator_id: &'a str,
    serial_number: Option<&'a str>,
    make: Option<&'a str>,
    model: Option<&'a str>,
    year: Option<i32>,
    colour: Option<&'a str>,
    in_service: Option<String>,
    out_of_service: Option<String>,
    comment: Option<&'a str>,
    import_id: Option<&'a str>,
    recorded_at: i64,
    superseded_at: Option<i64>,
    stated: Option<String>,
    holds_from: Option<i64>,
    service_period: i32,
    service_from: Option<i64>,
    reason: Option<&'a str>,
    recorded_by: Option<&'a str>,
}

/// Every vehicle with the version of its description that is not superseded.
macro_rules! current {
    () => {
        vehicles::table
            .inner_join(versions::table.on(versions::vehicle_id.eq(vehicles::id)))
            .filter(versions::superseded_at.is_null())
            .select((
                vehicles::id,
                vehicles::operator_id,
                vehicles::device_id,
                vehicles::registered_at,
                versions::version,
                versions::serial_number,
                versions::make,
                versions::model,
                versions::year,
                versions::colour,
                versions::in_service,
                versions::out_of_service,
                versions::comment,
            ))
    };
}

#[derive(Queryable)]
struct FoundRow {
    id: i64,
    operator_id: String,
    device_id: String,
    registered_at: i64,
    version: i32,
    serial_number: Option<String>,
    make: Option<String>,
    model: Option<String>,
    year: Option<i32>,
    colour: Option<String>,
    in_service: Option<String>,
    out_of_service: Option<String>,
    comment: Option<String>,
}

/// Reserves a range of vehicle numbers in a transaction of its own; returns the first. A range that is not used up
/// leaves a gap, which means nothing.
///
/// # Errors
/// Those of the database.
pub fn reserve_ids(tx: &mut Tx<'_>, count: usize) -> Result<i64> {
    diesel::update(counters::table.filter(counters::name.eq("vehicle")))
        .set(counters::next.eq(counters::next + limit(count)))
        .execute(tx.db())?;
    let next: i64 = counters::table.filter(counters::name.eq("vehicle")).select(counters::next).first(tx.db())?;
    Ok(next - limit(count))
}

/// Records vehicles that were not known before, with the first version of their descriptions.
///
/// # Errors
/// [`super::Error::Conflict`] where the operator has a vehicle of that device id or serial number.
pub fn insert(
    tx: &mut Tx<'_>,
    operator: &OperatorId,
    new: &[NewVersion],
    import: Option<&ImportId>,
    now: Moment,
) -> Result<()> {
    let rows: Vec<_> = new
        .iter()
        .map(|one| VehicleRow {
            id: one.id.0,
            operator_id: operator.as_str(),
            device_id: one.device_id.as_str(),
            registered_at: now.as_millis(),
        })
        .collect();
    insert_many!(tx.db(), vehicles::table, &rows)?;
    insert_versions(tx, operator, new, import, now)
}

/// Records new versions of known vehicles; the ones before are superseded.
///
/// # Errors
/// [`super::Error::Conflict`] where a serial number is taken.
pub fn change(
    tx: &mut Tx<'_>,
    operator: &OperatorId,
    new: &[NewVersion],
    import: Option<&ImportId>,
    now: Moment,
) -> Result<()> {
    let ids: Vec<_> = new.iter().map(|one| one.id.0).collect();
    for chunk in ids.chunks(rows_a_statement(1)) {
        diesel::update(
            versions::table
                .filter(versions::vehicle_id.eq_any(chunk.to_vec()))
                .filter(versions::superseded_at.is_null()),
        )
        .set(versions::superseded_at.eq(Some(now.as_millis())))
        .execute(tx.db())?;
    }
    insert_versions(tx, operator, new, import, now)
}

fn insert_versions(
    tx: &mut Tx<'_>,
    operator: &OperatorId,
    new: &[NewVersion],
    import: Option<&ImportId>,
    now: Moment,
) -> Result<()> {
    let rows = new
        .iter()
        .map(|one| {
            Ok(VersionRow {
                vehicle_id: one.id.0,
                version: signed(one.version)?,
                operator_id: operator.as_str(),
                serial_number: one.facts.serial_number.as_deref(),
                make: one.facts.make.as_deref(),
                model: one.facts.model.as_deref(),
                year: one.facts.year.map(i32::from),
                colour: one.facts.colour.as_deref(),
                in_service: one.facts.in_service.map(|date| date.to_string()),
                out_of_service: one.facts.out_of_service.map(|date| date.to_string()),
                comment: one.facts.comment.as_deref(),
                import_id: import.map(ImportId::as_str),
                recorded_at: now.as_millis(),
                superseded_at: None,
                stated: one.stated.as_deref().map(names),
                holds_from: one.holds_from.map(Moment::as_millis),
                service_period: signed(one.service.place)?,
                service_from: one.service.from.map(Moment::as_millis),
                reason: one.reason.as_deref(),
                recorded_by: one.recorded_by.as_deref(),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    insert_many!(tx.db(), versions::table, &rows)?;
    Ok(())
}

fn names(facts: &[Fact]) -> String {
    facts.iter().map(|fact| fact.name()).collect::<Vec<_>>().join(",")
}

/// Which vehicles of an operator are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    /// Those of these device ids.
    Devices(&'a [String]),
    /// Those of these serial numbers.
    SerialNumbers(&'a [String]),
}

/// Finds vehicles of an operator.
///
/// # Errors
/// Those of the database.
pub fn find_all(db: &mut Db, operator: &OperatorId, wanted: Wanted<'_>) -> Result<Vec<Vehicle>> {
    let mut rows: Vec<FoundRow> = Vec::new();
    let (Wanted::Devices(texts) | Wanted::SerialNumbers(texts)) = wanted;
    for chunk in texts.chunks(rows_a_statement(1)) {
        let query = current!().filter(vehicles::operator_id.eq(operator.as_str().to_owned())).into_boxed();
        let chunk = chunk.to_vec();
        rows.extend(match wanted {
            Wanted::Devices(_) => query.filter(vehicles::device_id.eq_any(chunk)).load::<FoundRow>(db)?,
            Wanted::SerialNumbers(_) => query.filter(versions::serial_number.eq_any(chunk)).load::<FoundRow>(db)?,
        });
    }
    with_numbers(db, rows)
}

/// Finds vehicles by the registry's own numbers, of whatever operator.
///
/// # Errors
/// Those of the database.
pub fn find_by_ids(db: &mut Db, ids: &[VehicleId]) -> Result<HashMap<VehicleId, Vehicle>> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(|id| id.0).collect();
        let rows = current!().filter(vehicles::id.eq_any(ids)).load::<FoundRow>(db)?;
        found.extend(with_numbers(db, rows)?.into_iter().map(|vehicle| (vehicle.id, vehicle)));
    }
    Ok(found)
}

/// Lists the vehicles of an operator in the order of registration, after the number given.
///
/// # Errors
/// Those of the database.
pub fn list(db: &mut Db, operator: &OperatorId, after: Option<i64>, rows: usize) -> Result<Vec<Vehicle>> {
    let rows = current!()
        .filter(vehicles::operator_id.eq(operator.as_str().to_owned()))
        .filter(vehicles::id.gt(after.unwrap_or(0)))
        .order(vehicles::id)
        .limit(limit(rows))
        .load::<FoundRow>(db)?;
    with_numbers(db, rows)
}

/// Returns how many vehicles an operator has.
///
/// # Errors
/// Those of the database.
pub fn count(db: &mut Db, operator: &OperatorId) -> Result<i64> {
    Ok(vehicles::table.filter(vehicles::operator_id.eq(operator.as_str())).count().get_result(db)?)
}

fn with_numbers(db: &mut Db, rows: Vec<FoundRow>) -> Result<Vec<Vehicle>> {
    let ids: Vec<_> = rows.iter().map(|row| VehicleId(row.id)).collect();
    let mut numbers = BTreeMap::new();
    for plate in plates::of_vehicles(db, &ids)? {
        if plate.borne.is_empty() {
            // Given, and never borne: withdrawn before its period began, or wrongly issued.
            continue;
        }
        // The plate without an end is borne now; among ended ones the last counts; of two at once the one learned last.
        let rank = (plate.borne.until.is_none(), plate.borne.until, plate.recorded_at);
        let best = numbers.entry(plate.vehicle_id).or_insert((rank, plate.number));
        if best.0 < rank {
            *best = (rank, plate.number);
        }
    }
    rows.into_iter()
        .map(|row| {
            let id = VehicleId(row.id);
            Ok(Vehicle {
                id,
                operator_id: OperatorId::from_text(&row.operator_id),
                device_id: device_id(&row.device_id)?,
                registered_at: Moment::from_millis(row.registered_at),
                version: unsigned(row.version)?,
                facts: VehicleFacts {
                    serial_number: row.serial_number,
                    make: row.make,
                    model: row.model,
                    year: row.year.and_then(|year| u16::try_from(year).ok()),
                    colour: row.colour,
                    in_service: date(row.in_service)?,
                    out_of_service: date(row.out_of_service)?,
                    comment: row.comment,
                },
                number: numbers.get(&id).map(|(_, number)| *number),
            })
        })
        .collect()
}
