//! Retirements: vehicles that left service for good.
//!
//! *Invariant:* at most one retirement of a vehicle is not withdrawn; none is deleted.

use diesel::prelude::*;

use super::connection::Tx;
use super::db::Db;
use super::dialect::bundle::Slice;
use super::dialect::rows_a_statement;
use super::error::{Error, Result};
use super::schema::vehicle_retirements as retirements;
use super::values::{signed, unsigned};
use crate::model::{AccountId, Moment, Retirement, VehicleId};

pub(super) type Row = (i64, i32, i64, String, String, i64, Option<i64>, Option<String>);

/// All retirements of vehicles.
pub(super) const SLICE: Slice = Slice {
    columns: "t.vehicle_id, t.entry, t.retired_from, t.reason, t.account_id, t.recorded_at, t.superseded_at, t.withdrawal_reason",
    from: "qv CROSS JOIN vehicle_retirements t WHERE t.vehicle_id = qv.id",
};

pub(super) fn of_slice(mut rows: Vec<Row>) -> Result<Vec<Retirement>> {
    rows.sort_by_key(|row| (row.0, row.1));
    rows.into_iter().map(retirement).collect()
}

fn retirement(row: Row) -> Result<Retirement> {
    let (vehicle, entry, from, reason, account, recorded_at, superseded_at, withdrawal_reason) = row;
    Ok(Retirement {
        vehicle_id: VehicleId(vehicle),
        entry: unsigned(entry)?,
        from: Moment::from_millis(from),
        reason,
        account: AccountId::from_text(&account),
        recorded_at: Moment::from_millis(recorded_at),
        superseded_at: superseded_at.map(Moment::from_millis),
        withdrawal_reason,
    })
}

/// Records a retirement.
///
/// # Errors
/// [`Error::Conflict`] where the vehicle is retired.
pub fn insert(tx: &mut Tx<'_>, new: &Retirement) -> Result<()> {
    diesel::insert_into(retirements::table)
        .values((
            retirements::vehicle_id.eq(new.vehicle_id.0),
            retirements::entry.eq(signed(new.entry)?),
            retirements::retired_from.eq(new.from.as_millis()),
            retirements::reason.eq(&new.reason),
            retirements::account_id.eq(new.account.as_str()),
            retirements::recorded_at.eq(new.recorded_at.as_millis()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Withdraws the retirement of a vehicle.
///
/// # Errors
/// [`Error::Missing`] where there is none.
pub fn withdraw(tx: &mut Tx<'_>, vehicle: VehicleId, by: &AccountId, reason: &str, now: Moment) -> Result<()> {
    let rows =
        retirements::table.filter(retirements::vehicle_id.eq(vehicle.0)).filter(retirements::superseded_at.is_null());
    let changed = diesel::update(rows)
        .set((
            retirements::superseded_at.eq(Some(now.as_millis())),
            retirements::withdrawn_by.eq(Some(by.as_str())),
            retirements::withdrawal_reason.eq(Some(reason)),
        ))
        .execute(tx.db())?;
    if changed == 0 { Err(Error::Missing) } else { Ok(()) }
}

/// Finds all retirements of these vehicles, also withdrawn ones.
///
/// # Errors
/// Those of the database.
pub fn of_vehicles(db: &mut Db, ids: &[VehicleId]) -> Result<Vec<Retirement>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(|id| id.0).collect();
        let query = retirements::table.filter(retirements::vehicle_id.eq_any(ids)).select((
            retirements::vehicle_id,
            retirements::entry,
            retirements::retired_from,
            retirements::reason,
            retirements::account_id,
            retirements::recorded_at,
            retirements::superseded_at,
            retirements::withdrawal_reason,
        ));
        found.extend(query.order((retirements::vehicle_id, retirements::entry)).load::<Row>(db)?);
    }
    found.into_iter().map(retirement).collect()
}
