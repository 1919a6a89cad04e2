//! All versions of vehicles' descriptions.
//!
//! *Invariant:* read only; what a version states is what was stored with it.

use diesel::prelude::*;

use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::schema::{vehicle_versions as versions, vehicles};
use super::values::{date, device_id, known, unsigned};
use crate::model::{DeviceId, Fact, Moment, ServicePeriod, VehicleFacts, VehicleId, VehicleVersion};

fn facts_named(text: &str) -> Result<Vec<Fact>> {
    text.split(',').filter(|name| !name.is_empty()).map(|name| known(Fact::find(name), "fact", name)).collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = versions)]
struct FoundVersion {
    vehicle_id: i64,
    version: i32,
    serial_number: Option<String>,
    make: Option<String>,
    model: Option<String>,
    year: Option<i32>,
    colour: Option<String>,
    in_service: Option<String>,
    out_of_service: Option<String>,
    comment: Option<String>,
    recorded_at: i64,
    superseded_at: Option<i64>,
    stated: Option<String>,
    holds_from: Option<i64>,
    service_period: i32,
    service_from: Option<i64>,
    reason: Option<String>,
    recorded_by: Option<String>,
}

/// Finds all versions of these vehicles' descriptions, by vehicle and version.
///
/// # Errors
/// Those of the database.
pub fn find_versions(db: &mut Db, ids: &[VehicleId]) -> Result<Vec<VehicleVersion>> {
    let mut found: Vec<FoundVersion> = Vec::new();
    for chunk in ids.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(|id| id.0).collect();
        let query = versions::table.filter(versions::vehicle_id.eq_any(ids)).select(FoundVersion::as_select());
        found.extend(query.order((versions::vehicle_id, versions::version)).load::<FoundVersion>(db)?);
    }
    found.into_iter().map(version).collect()
}

/// Finds all versions of these vehicles' descriptions, in order, each beside the operator's id of the vehicle; of whatever operator.
///
/// # Errors
/// Those of the database.
pub fn find_described(db: &mut Db, ids: &[VehicleId]) -> Result<Vec<(DeviceId, VehicleVersion)>> {
    let mut found: Vec<(String, FoundVersion)> = Vec::new();
    for chunk in ids.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(|id| id.0).collect();
        let query = versions::table
            .inner_join(vehicles::table.on(vehicles::id.eq(versions::vehicle_id)))
            .filter(versions::vehicle_id.eq_any(ids))
            .select((vehicles::device_id, FoundVersion::as_select()));
        found.extend(query.load::<(String, FoundVersion)>(db)?);
    }
    found.sort_by_key(|(_, row)| (row.vehicle_id, row.version));
    found.into_iter().map(|(device, row)| Ok((device_id(&device)?, version(row)?))).collect()
}

fn version(row: FoundVersion) -> Result<VehicleVersion> {
    Ok(VehicleVersion {
        vehicle_id: VehicleId(row.vehicle_id),
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
        stated: row.stated.as_deref().map(facts_named).transpose()?,
        holds_from: row.holds_from.map(Moment::from_millis),
        service: ServicePeriod {
            place: unsigned(row.service_period)?,
            from: row.service_from.map(Moment::from_millis),
        },
        reason: row.reason,
        recorded_by: row.recorded_by,
        recorded_at: Moment::from_millis(row.recorded_at),
        superseded_at: row.superseded_at.map(Moment::from_millis),
    })
}
