//! Who fitted which plate on which scooter.
//!
//! *Invariant:* a fitting is recorded whatever it contradicts, and never changed.

use diesel::prelude::*;

use crate::model::{AccountId, Fitting, FittingId, Moment, OperatorId, Place, VehicleId};
use crate::plate::PlateNumber;
use crate::storage::connection::Tx;
use crate::storage::db::Db;
use crate::storage::error::Result;
use crate::storage::schema::fittings;
use crate::storage::values::{limit, number, signed, unsigned};

type Row =
    (String, String, String, Option<i32>, String, String, i64, i64, Option<f64>, Option<f64>, Option<String>, i64);

fn fitting(row: Row) -> Result<Fitting> {
    let (id, operator_id, text, item, verdict, scanned, vehicle_id, fitted_at, lat, lng, note, recorded_at) = row;
    Ok(Fitting {
        id: FittingId::from_text(&id),
        operator_id: OperatorId::from_text(&operator_id),
        number: number(&text)?,
        item: item.map(unsigned).transpose()?,
        verdict,
        scanned,
        vehicle_id: VehicleId(vehicle_id),
        fitted_at: Moment::from_millis(fitted_at),
        place: lat.zip(lng).map(|(lat, lng)| Place { lat, lng }),
        note,
        recorded_at: Moment::from_millis(recorded_at),
    })
}

macro_rules! current {
    () => {
        fittings::table.filter(fittings::superseded_at.is_null()).select((
            fittings::id,
            fittings::operator_id,
            fittings::number,
            fittings::item,
            fittings::verdict,
            fittings::scanned,
            fittings::vehicle_id,
            fittings::fitted_at,
            fittings::lat,
            fittings::lng,
            fittings::note,
            fittings::recorded_at,
        ))
    };
}

/// Records a fitting.
///
/// # Errors
/// Those of the database.
pub fn insert_fitting(tx: &mut Tx<'_>, new: &Fitting, by: &AccountId) -> Result<()> {
    diesel::insert_into(fittings::table)
        .values((
            fittings::id.eq(new.id.as_str()),
            fittings::operator_id.eq(new.operator_id.as_str()),
            fittings::number.eq(new.number.to_string()),
            fittings::item.eq(new.item.map(signed).transpose()?),
            fittings::verdict.eq(&new.verdict),
            fittings::scanned.eq(&new.scanned),
            fittings::vehicle_id.eq(new.vehicle_id.0),
            fittings::fitted_at.eq(new.fitted_at.as_millis()),
            fittings::lat.eq(new.place.map(|place| place.lat)),
            fittings::lng.eq(new.place.map(|place| place.lng)),
            fittings::note.eq(new.note.as_deref()),
            fittings::recorded_at.eq(new.recorded_at.as_millis()),
            fittings::recorded_by.eq(by.as_str()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Finds all fittings of a number, whoever reported them, in the order in which they were made.
///
/// # Errors
/// Those of the database.
pub fn fittings_of(db: &mut Db, of: PlateNumber) -> Result<Vec<Fitting>> {
    current!()
        .filter(fittings::number.eq(of.to_string()))
        .order((fittings::fitted_at, fittings::id))
        .load::<Row>(db)?
        .into_iter()
        .map(fitting)
        .collect()
}

/// Which fittings of an operator are wanted.
#[derive(Debug, Clone)]
pub struct FittingsWanted {
    /// Whose reports.
    pub operator: OperatorId,
    /// Only those of this number.
    pub number: Option<PlateNumber>,
    /// Only those on this scooter.
    pub vehicle: Option<VehicleId>,
}

/// Lists fittings by id, after the one given.
///
/// # Errors
/// Those of the database.
pub fn list_fittings(db: &mut Db, wanted: &FittingsWanted, after: Option<&str>, rows: usize) -> Result<Vec<Fitting>> {
    let mut query = current!()
        .filter(fittings::operator_id.eq(wanted.operator.as_str()))
        .order(fittings::id)
        .limit(limit(rows))
        .into_boxed();
    if let Some(number) = wanted.number {
        query = query.filter(fittings::number.eq(number.to_string()));
    }
    if let Some(vehicle) = wanted.vehicle {
        query = query.filter(fittings::vehicle_id.eq(vehicle.0));
    }
    if let Some(after) = after {
        query = query.filter(fittings::id.gt(after));
    }
    query.load::<Row>(db)?.into_iter().map(fitting).collect()
}
