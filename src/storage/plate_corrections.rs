//! Corrections of who bore a number.
//!
//! *Invariant:* a correction is never changed nor removed: a wrong one is corrected by the next.

use diesel::prelude::*;

use super::connection::Tx;
use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::schema::plate_corrections as corrections;
use super::values::{number, signed, unsigned};
use crate::model::{AccountId, Moment, PlateCorrection, VehicleId};
use crate::plate::PlateNumber;

type Row = (String, i32, Option<i64>, Option<i64>, String, String, i64);

fn correction(row: Row) -> Result<PlateCorrection> {
    let (text, entry, vehicle, since, reason, account, recorded_at) = row;
    Ok(PlateCorrection {
        number: number(&text)?,
        entry: unsigned(entry)?,
        bearer: vehicle.map(VehicleId),
        since: since.map(Moment::from_millis),
        reason,
        account: AccountId::from_text(&account),
        recorded_at: Moment::from_millis(recorded_at),
    })
}

macro_rules! columns {
    () => {
        (
            corrections::number,
            corrections::entry,
            corrections::vehicle_id,
            corrections::since,
            corrections::reason,
            corrections::account_id,
            corrections::recorded_at,
        )
    };
}

/// Records a correction.
///
/// # Errors
/// [`super::Error::Conflict`] where the number has a correction of that entry.
pub fn insert(tx: &mut Tx<'_>, new: &PlateCorrection) -> Result<()> {
    diesel::insert_into(corrections::table)
        .values((
            corrections::number.eq(new.number.to_string()),
            corrections::entry.eq(signed(new.entry)?),
            corrections::vehicle_id.eq(new.bearer.map(|bearer| bearer.0)),
            corrections::since.eq(new.since.map(Moment::as_millis)),
            corrections::reason.eq(&new.reason),
            corrections::account_id.eq(new.account.as_str()),
            corrections::recorded_at.eq(new.recorded_at.as_millis()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Finds all corrections of these numbers.
///
/// # Errors
/// Those of the database.
pub fn of_numbers(db: &mut Db, of: &[PlateNumber]) -> Result<Vec<PlateCorrection>> {
    let mut found = Vec::new();
    for chunk in of.chunks(rows_a_statement(1)) {
        let texts: Vec<_> = chunk.iter().map(ToString::to_string).collect();
        let query = corrections::table.filter(corrections::number.eq_any(texts)).select(columns!());
        found.extend(query.order((corrections::number, corrections::entry)).load::<Row>(db)?);
    }
    found.into_iter().map(correction).collect()
}

/// Finds the corrections that name these vehicles.
///
/// # Errors
/// Those of the database.
pub fn of_vehicles(db: &mut Db, ids: &[VehicleId]) -> Result<Vec<PlateCorrection>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(|id| id.0).collect();
        let query = corrections::table.filter(corrections::vehicle_id.eq_any(ids)).select(columns!());
        found.extend(query.order((corrections::number, corrections::entry)).load::<Row>(db)?);
    }
    found.into_iter().map(correction).collect()
}
