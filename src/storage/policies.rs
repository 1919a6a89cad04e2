//! Insurance policies and what they cover.
//!
//! *Invariant:* a policy is superseded by a newer version, never changed.

use diesel::prelude::*;

use super::connection::Tx;
use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::schema::{policies, policy_vehicles as covers};
use super::values::{known, limit};
use crate::model::{Moment, OperatorId, Policy, PolicyId, PolicySource, VehicleId};

type Row = (String, String, String, String, String, String, bool, String, Option<i64>, i64);

fn policy(row: Row) -> Result<Policy> {
    let (id, operator_id, insurer, policy_number, from, until, covers_all, source, checked_at, recorded_at) = row;
    Ok(Policy {
        id: PolicyId::from_text(&id),
        operator_id: OperatorId::from_text(&operator_id),
        insurer,
        policy_number,
        valid_from: known(from.parse().ok(), "date", &from)?,
        valid_until: known(until.parse().ok(), "date", &until)?,
        covers_all,
        source: known(PolicySource::find(&source), "policy source", &source)?,
        checked_at: checked_at.map(Moment::from_millis),
        recorded_at: Moment::from_millis(recorded_at),
    })
}

macro_rules! columns {
    () => {
        (
            policies::id,
            policies::operator_id,
            policies::insurer,
            policies::policy_number,
            policies::valid_from,
            policies::valid_until,
            policies::covers_all,
            policies::source,
            policies::checked_at,
            policies::recorded_at,
        )
    };
}

/// Records a policy and the vehicles that it covers, if it does not cover the whole fleet.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, new: &Policy, vehicles: &[VehicleId]) -> Result<()> {
    diesel::insert_into(policies::table)
        .values((
            policies::id.eq(new.id.as_str()),
            policies::operator_id.eq(new.operator_id.as_str()),
            policies::insurer.eq(&new.insurer),
            policies::policy_number.eq(&new.policy_number),
            policies::valid_from.eq(new.valid_from.to_string()),
            policies::valid_until.eq(new.valid_until.to_string()),
            policies::covers_all.eq(new.covers_all),
            policies::source.eq(new.source.name()),
            policies::checked_at.eq(new.checked_at.map(Moment::as_millis)),
            policies::recorded_at.eq(new.recorded_at.as_millis()),
        ))
        .execute(tx.db())?;
    let rows: Vec<_> = vehicles
        .iter()
        .map(|vehicle| (covers::policy_id.eq(new.id.as_str()), covers::vehicle_id.eq(vehicle.0)))
        .collect();
    for chunk in rows.chunks(rows_a_statement(2)) {
        on_each!(tx.db(), connection => diesel::insert_into(covers::table).values(chunk).execute(connection))?;
    }
    Ok(())
}

/// Lists the policies of an operator by id, after the one given.
///
/// # Errors
/// Those of the database.
pub fn list(db: &mut Db, only: Option<&OperatorId>, after: Option<&str>, rows: usize) -> Result<Vec<Policy>> {
    let mut query = policies::table
        .filter(policies::superseded_at.is_null())
        .select(columns!())
        .order(policies::id)
        .limit(limit(rows))
        .into_boxed();
    if let Some(only) = only {
        query = query.filter(policies::operator_id.eq(only.as_str()));
    }
    if let Some(after) = after {
        query = query.filter(policies::id.gt(after));
    }
    query.load::<Row>(db)?.into_iter().map(policy).collect()
}

/// Finds the policies that cover these vehicles by name, with the vehicle.
///
/// # Errors
/// Those of the database.
pub fn of_vehicles(db: &mut Db, vehicles: &[VehicleId]) -> Result<Vec<(VehicleId, Policy)>> {
    let mut found = Vec::new();
    for chunk in vehicles.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(|id| id.0).collect();
        let rows: Vec<(i64, Row)> = policies::table
            .inner_join(covers::table.on(covers::policy_id.eq(policies::id)))
            .filter(policies::superseded_at.is_null())
            .filter(covers::vehicle_id.eq_any(ids))
            .select((covers::vehicle_id, columns!()))
            .load(db)?;
        found.extend(rows);
    }
    found.into_iter().map(|(vehicle, row)| Ok((VehicleId(vehicle), policy(row)?))).collect()
}

/// Finds the policies that cover these operators' whole fleets.
///
/// # Errors
/// Those of the database.
pub fn of_fleets(db: &mut Db, operators: &[OperatorId]) -> Result<Vec<Policy>> {
    let ids: Vec<_> = operators.iter().map(OperatorId::as_str).collect();
    policies::table
        .filter(policies::superseded_at.is_null())
        .filter(policies::covers_all.eq(true))
        .filter(policies::operator_id.eq_any(ids))
        .select(columns!())
        .load::<Row>(db)?
        .into_iter()
        .map(policy)
        .collect()
}
