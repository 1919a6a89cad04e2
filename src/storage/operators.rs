//! Operators and their suspensions.
//!
//! *Invariant:* no operator is deleted; a suspension ends by a date.

use diesel::prelude::*;
use std::collections::HashMap;

use super::connection::Tx;
use super::db::Db;
use super::dialect::bundle::Slice;
use super::error::{Error, Result};
use super::schema::{operator_suspensions as suspensions, operators};
use super::values::{known, limit};
use crate::model::{AccountId, Custody, Moment, Operator, OperatorId};

pub(super) type Row = (String, String, String, String, String, String, i64, Option<i64>);

macro_rules! columns {
    () => {
        (
            operators::id,
            operators::legal_name,
            operators::bin,
            operators::contact_phone,
            operators::contact_email,
            operators::custody,
            operators::admitted_at,
            operators::closed_at,
        )
    };
}

fn operator(row: Row, suspension: Option<(Moment, String)>) -> Result<Operator> {
    let (id, legal_name, bin, contact_phone, contact_email, custody, admitted_at, closed_at) = row;
    Ok(Operator {
        id: OperatorId::from_text(&id),
        legal_name,
        bin,
        contact_phone,
        contact_email,
        custody: known(Custody::find(&custody), "custody", &custody)?,
        admitted_at: Moment::from_millis(admitted_at),
        suspension,
        closed_at: closed_at.map(Moment::from_millis),
    })
}

/// Operators by their ids.
pub(super) const SLICE: Slice = Slice {
    columns: "t.id, t.legal_name, t.bin, t.contact_phone, t.contact_email, t.custody, t.admitted_at, t.closed_at",
    from: "qo CROSS JOIN operators t WHERE t.id = qo.id",
};

/// Their suspensions that run.
pub(super) const SUSPENSIONS: Slice = Slice {
    columns: "t.operator_id, t.suspended_from, t.reason",
    from: "qo CROSS JOIN operator_suspensions t WHERE t.operator_id = qo.id AND t.suspended_until IS NULL",
};

pub(super) type Suspension = (String, i64, String);

fn with_suspensions(db: &mut Db, rows: Vec<Row>) -> Result<Vec<Operator>> {
    let ids: Vec<_> = rows.iter().map(|row| row.0.clone()).collect();
    let running: Vec<Suspension> = suspensions::table
        .filter(suspensions::operator_id.eq_any(ids))
        .filter(suspensions::suspended_until.is_null())
        .select((suspensions::operator_id, suspensions::suspended_from, suspensions::reason))
        .load(db)?;
    of_slices(rows, running)
}

pub(super) fn of_slices(rows: Vec<Row>, running: Vec<Suspension>) -> Result<Vec<Operator>> {
    let mut running: HashMap<_, _> =
        running.into_iter().map(|(id, from, reason)| (id, (Moment::from_millis(from), reason))).collect();
    rows.into_iter()
        .map(|row| {
            let suspension = running.remove(&row.0);
            operator(row, suspension)
        })
        .collect()
}

/// Records an admission.
///
/// # Errors
/// [`Error::Conflict`] where the BIN is admitted already.
pub fn insert(tx: &mut Tx<'_>, new: &Operator) -> Result<()> {
    diesel::insert_into(operators::table)
        .values((
            operators::id.eq(new.id.as_str()),
            operators::legal_name.eq(&new.legal_name),
            operators::bin.eq(&new.bin),
            operators::contact_phone.eq(&new.contact_phone),
            operators::contact_email.eq(&new.contact_email),
            operators::custody.eq(new.custody.name()),
            operators::admitted_at.eq(new.admitted_at.as_millis()),
            operators::closed_at.eq(new.closed_at.map(Moment::as_millis)),
            operators::turn.eq(0_i64),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Finds an operator.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, id: &OperatorId) -> Result<Option<Operator>> {
    let row = operators::table.filter(operators::id.eq(id.as_str())).select(columns!()).load::<Row>(db)?;
    Ok(with_suspensions(db, row)?.into_iter().next())
}

/// Finds several operators.
///
/// # Errors
/// Those of the database.
pub fn find_all(db: &mut Db, ids: &[OperatorId]) -> Result<Vec<Operator>> {
    let ids: Vec<_> = ids.iter().map(OperatorId::as_str).collect();
    let rows = operators::table.filter(operators::id.eq_any(ids)).select(columns!()).load::<Row>(db)?;
    with_suspensions(db, rows)
}

/// Lists operators by id, after the one given.
///
/// # Errors
/// Those of the database.
pub fn list(db: &mut Db, only: Option<&OperatorId>, after: Option<&str>, rows: usize) -> Result<Vec<Operator>> {
    let mut query = operators::table.select(columns!()).order(operators::id).limit(limit(rows)).into_boxed();
    if let Some(only) = only {
        query = query.filter(operators::id.eq(only.as_str()));
    }
    if let Some(after) = after {
        query = query.filter(operators::id.gt(after));
    }
    let rows = query.load::<Row>(db)?;
    with_suspensions(db, rows)
}

/// Waits for the operator's turn: until this transaction ends, no other one changes its fleet.
///
/// # Errors
/// [`Error::Missing`] where there is no such operator.
pub fn take_turn(tx: &mut Tx<'_>, id: &OperatorId) -> Result<Operator> {
    await_turn(tx, id)?;
    find(tx.db(), id)?.ok_or(Error::Missing)
}

/// Waits for the operator's turn like [`take_turn`], for whom the operator itself is of no interest.
///
/// # Errors
/// [`Error::Missing`] where there is no such operator.
pub fn await_turn(tx: &mut Tx<'_>, id: &OperatorId) -> Result<()> {
    let taken = diesel::update(operators::table.filter(operators::id.eq(id.as_str())))
        .set(operators::turn.eq(operators::turn + 1))
        .execute(tx.db())?;
    if taken == 1 { Ok(()) } else { Err(Error::Missing) }
}

/// Returns how many turns were taken of an operator so far.
///
/// # Errors
/// [`Error::Missing`] where there is no such operator.
pub fn turn(db: &mut Db, id: &OperatorId) -> Result<i64> {
    Ok(operators::table.filter(operators::id.eq(id.as_str())).select(operators::turn).first(db)?)
}

/// Begins a suspension.
///
/// # Errors
/// [`Error::Conflict`] where one is running.
pub fn suspend(
    tx: &mut Tx<'_>,
    row_id: &str,
    id: &OperatorId,
    from: Moment,
    reason: &str,
    by: &AccountId,
) -> Result<()> {
    diesel::insert_into(suspensions::table)
        .values((
            suspensions::id.eq(row_id),
            suspensions::operator_id.eq(id.as_str()),
            suspensions::suspended_from.eq(from.as_millis()),
            suspensions::reason.eq(reason),
            suspensions::suspended_by.eq(by.as_str()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Ends the running suspension.
///
/// # Errors
/// [`Error::Missing`] where none is running.
pub fn lift_suspension(tx: &mut Tx<'_>, id: &OperatorId, until: Moment, by: &AccountId) -> Result<()> {
    let changed = diesel::update(
        suspensions::table
            .filter(suspensions::operator_id.eq(id.as_str()))
            .filter(suspensions::suspended_until.is_null()),
    )
    .set((suspensions::suspended_until.eq(Some(until.as_millis())), suspensions::lifted_by.eq(Some(by.as_str()))))
    .execute(tx.db())?;
    if changed == 0 { Err(Error::Missing) } else { Ok(()) }
}
