//! All versions of vehicles' descriptions.
//!
//! *Invariant:* read only; what a version states is what was stored with it.

use diesel::prelude::*;
use serde::Deserialize;
use std::collections::HashMap;

use super::db::Db;
use super::dialect::bundle::Slice;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::schema::vehicle_versions as versions;
use super::values::{date, device_id, known, unsigned};
use crate::model::{DeviceId, Fact, Moment, ServicePeriod, VehicleFacts, VehicleId, VehicleVersion};

fn facts_named(text: &str) -> Result<Vec<Fact>> {
    text.split(',').filter(|name| !name.is_empty()).map(|name| known(Fact::find(name), "fact", name)).collect()
}

#[derive(Queryable, Selectable, Deserialize)]
#[diesel(table_name = versions)]
pub(super) struct FoundVersion {
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

/// All versions of vehicles' descriptions, of whatever operator.
pub(super) const SLICE: Slice = Slice {
    columns: "t.vehicle_id, t.version, t.serial_number, t.make, t.model, t.year, t.colour, t.in_service, t.out_of_service, \
              t.comment, t.recorded_at, t.superseded_at, t.stated, t.holds_from, t.service_period, t.service_from, t.reason, \
              t.recorded_by",
    from: "qv CROSS JOIN vehicle_versions t WHERE t.vehicle_id = qv.id",
};

/// The operators' ids of vehicles.
pub(super) const DEVICES: Slice =
    Slice { columns: "t.id, t.device_id", from: "qv CROSS JOIN vehicles t WHERE t.id = qv.id" };

pub(super) fn of_slice(mut rows: Vec<FoundVersion>) -> Result<Vec<VehicleVersion>> {
    rows.sort_by_key(|row| (row.vehicle_id, row.version));
    rows.into_iter().map(version).collect()
}

pub(super) fn devices(rows: Vec<(i64, String)>) -> Result<HashMap<VehicleId, DeviceId>> {
    rows.into_iter().map(|(vehicle, device)| Ok((VehicleId(vehicle), device_id(&device)?))).collect()
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
