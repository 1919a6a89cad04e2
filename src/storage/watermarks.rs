//! Watermarks: up to when operators said that everything was reported.
//!
//! *Invariant:* a watermark is only added; the newest is the one that reaches furthest.

use diesel::prelude::*;
use std::collections::HashMap;

use super::connection::Tx;
use super::db::Db;
use super::dialect::bundle::Slice;
use super::error::Result;
use super::schema::watermarks;
use crate::model::{AsKnown, Moment, OperatorId};

/// Records the operator's word that everything up to an instant was reported.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, operator: &OperatorId, until: Moment, now: Moment) -> Result<()> {
    let row = (
        watermarks::operator_id.eq(operator.as_str()),
        watermarks::complete_until.eq(until.as_millis()),
        watermarks::recorded_at.eq(now.as_millis()),
    );
    on_each!(tx.db(), connection => {
        diesel::insert_into(watermarks::table).values(row).on_conflict_do_nothing().execute(connection)
    })?;
    Ok(())
}

/// The newest ones of operators, as known now: one step through the key, however many there are.
pub(super) const SLICE: Slice = Slice {
    columns: "qo.id, (SELECT t.complete_until FROM watermarks t WHERE t.operator_id = qo.id ORDER BY t.complete_until DESC LIMIT 1)",
    from: "qo",
};

pub(super) fn of_slice(rows: Vec<(String, Option<i64>)>) -> HashMap<OperatorId, Moment> {
    rows.into_iter().filter_map(|(id, until)| Some((OperatorId::from_text(&id), Moment::from_millis(until?)))).collect()
}

/// Finds up to when operators had said that everything was reported.
///
/// # Errors
/// Those of the database.
pub fn newest(db: &mut Db, operators: &[OperatorId], as_known: AsKnown) -> Result<HashMap<OperatorId, Moment>> {
    let ids: Vec<_> = operators.iter().map(OperatorId::as_str).collect();
    let said_until = as_known.instant().map_or(i64::MAX, Moment::as_millis);
    let rows: Vec<(String, Option<i64>)> = watermarks::table
        .filter(watermarks::operator_id.eq_any(ids))
        .filter(watermarks::recorded_at.le(said_until))
        .group_by(watermarks::operator_id)
        .select((watermarks::operator_id, diesel::dsl::max(watermarks::complete_until)))
        .load(db)?;
    Ok(of_slice(rows))
}
