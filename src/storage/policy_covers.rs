//! Whom policies cover on which days, as known when.
//!
//! *Invariant:* a span is superseded, never changed. What a policy covers is recorded apart from its versions, so that
//! ending the policy of a large fleet copies nothing.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;
use std::collections::BTreeMap;

use super::connection::Tx;
use super::db::Db;
use super::dialect::bundle::Slice;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::policy_coverage::Versions;
use super::schema::{policies, policy_covers as covers};
use super::values::date;
use crate::model::{CoverSpan, Covered, Moment, OperatorId, PolicyId, SpanDays, VehicleId};

/// A span with the policy that it belongs to.
#[derive(Debug, Clone)]
pub(super) struct FoundSpan {
    pub(super) policy_id: String,
    pub(super) span: CoverSpan,
}

pub(super) type Row = (String, Option<i64>, Option<String>, Option<String>, i64, Option<i64>);

/// The spans that name vehicles.
pub(super) const OF_VEHICLES: Slice = Slice {
    columns: "t.policy_id, t.vehicle_id, t.first_day, t.last_day, t.recorded_at, t.superseded_at",
    from: "qv CROSS JOIN policy_covers t WHERE t.vehicle_id = qv.id",
};

/// The spans that cover whole fleets.
pub(super) const OF_FLEETS: Slice = Slice {
    columns: OF_VEHICLES.columns,
    from: "qo CROSS JOIN policies p CROSS JOIN policy_covers t WHERE p.operator_id = qo.id AND t.policy_id = p.id AND \
           t.vehicle_id IS NULL",
};

pub(super) fn of_slice(rows: Vec<Row>) -> Result<Vec<FoundSpan>> {
    rows.into_iter().map(span).collect()
}

fn span(row: Row) -> Result<FoundSpan> {
    let (policy_id, vehicle, first_day, last_day, recorded_at, superseded_at) = row;
    let span = CoverSpan {
        vehicle: vehicle.map(VehicleId),
        first_day: date(first_day)?,
        last_day: date(last_day)?,
        recorded_at: Moment::from_millis(recorded_at),
        superseded_at: superseded_at.map(Moment::from_millis),
    };
    Ok(FoundSpan { policy_id, span })
}

macro_rules! columns {
    () => {
        (
            covers::policy_id,
            covers::vehicle_id,
            covers::first_day,
            covers::last_day,
            covers::recorded_at,
            covers::superseded_at,
        )
    };
}

#[derive(Insertable)]
#[diesel(table_name = covers, treat_none_as_default_value = false)]
struct NewSpan<'a> {
    policy_id: &'a str,
    vehicle_id: Option<i64>,
    first_day: Option<String>,
    last_day: Option<String>,
    recorded_at: i64,
    superseded_at: Option<i64>,
}

/// Records what new policies cover: vehicles, on all their days.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, new: &[(&PolicyId, VehicleId)], now: Moment) -> Result<()> {
    let rows: Vec<_> = new
        .iter()
        .map(|(policy, vehicle)| NewSpan {
            policy_id: policy.as_str(),
            vehicle_id: Some(vehicle.0),
            first_day: None,
            last_day: None,
            recorded_at: now.as_millis(),
            superseded_at: None,
        })
        .collect();
    insert_rows(tx, &rows)
}

fn insert_rows(tx: &mut Tx<'_>, rows: &[NewSpan<'_>]) -> Result<()> {
    for chunk in rows.chunks(rows_a_statement(6)) {
        on_each!(tx.db(), connection => diesel::insert_into(covers::table).values(chunk).execute(connection))?;
    }
    Ok(())
}

/// Records what a policy covers from now on: for everybody named, these spans and no others.
///
/// # Errors
/// Those of the database.
pub fn replace(
    tx: &mut Tx<'_>,
    policy: &PolicyId,
    changed: &BTreeMap<Covered, Vec<SpanDays>>,
    now: Moment,
) -> Result<()> {
    let current =
        || covers::table.filter(covers::policy_id.eq(policy.as_str())).filter(covers::superseded_at.is_null());
    let superseded = || covers::superseded_at.eq(Some(now.as_millis()));
    if changed.contains_key(&None) {
        diesel::update(current().filter(covers::vehicle_id.is_null())).set(superseded()).execute(tx.db())?;
    }
    let vehicles: Vec<_> = changed.keys().filter_map(|covered| Some(covered.as_ref()?.0)).collect();
    for chunk in vehicles.chunks(rows_a_statement(1)) {
        diesel::update(current().filter(covers::vehicle_id.eq_any(chunk.to_vec())))
            .set(superseded())
            .execute(tx.db())?;
    }
    let text = |day: &Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    let new: Vec<_> = changed
        .iter()
        .flat_map(|(covered, spans)| spans.iter().map(move |days| (covered, days)))
        .map(|(covered, (first, last))| NewSpan {
            policy_id: policy.as_str(),
            vehicle_id: covered.as_ref().map(|vehicle| vehicle.0),
            first_day: text(first),
            last_day: text(last),
            recorded_at: now.as_millis(),
            superseded_at: None,
        })
        .collect();
    insert_rows(tx, &new)
}

/// Finds every span of a policy, superseded ones too.
///
/// # Errors
/// Those of the database.
pub fn of_policy(db: &mut Db, policy: &PolicyId) -> Result<Vec<CoverSpan>> {
    let rows: Vec<Row> = covers::table
        .filter(covers::policy_id.eq(policy.as_str()))
        .select(columns!())
        .order((covers::vehicle_id, covers::recorded_at))
        .load(db)?;
    rows.into_iter().map(|row| Ok(span(row)?.span)).collect()
}

/// Finds the spans that name these vehicles.
pub(super) fn of_vehicles(db: &mut Db, vehicles: &[VehicleId], versions: Versions) -> Result<Vec<FoundSpan>> {
    let mut found = Vec::new();
    for chunk in vehicles.chunks(rows_a_statement(1)) {
        let ids: Vec<_> = chunk.iter().map(|id| id.0).collect();
        let mut query = covers::table.filter(covers::vehicle_id.eq_any(ids)).select(columns!()).into_boxed();
        if versions == Versions::Current {
            query = query.filter(covers::superseded_at.is_null());
        }
        found.extend(query.load::<Row>(db)?);
    }
    found.into_iter().map(span).collect()
}

macro_rules! of_operators {
    ($condition:expr, $versions:expr, $db:expr) => {{
        let mut query = covers::table
            .inner_join(policies::table.on(policies::id.eq(covers::policy_id)))
            .filter($condition)
            .select(columns!())
            .into_boxed();
        if $versions == Versions::Current {
            query = query.filter(covers::superseded_at.is_null());
        }
        query.load::<Row>($db)?.into_iter().map(span).collect()
    }};
}

/// Finds the spans that cover these operators' whole fleets.
pub(super) fn of_fleets(db: &mut Db, operators: &[OperatorId], versions: Versions) -> Result<Vec<FoundSpan>> {
    let ids: Vec<_> = operators.iter().map(OperatorId::as_str).collect();
    of_operators!(policies::operator_id.eq_any(ids).and(covers::vehicle_id.is_null()), versions, db)
}

/// Finds the spans of all policies of an operator.
pub(super) fn of_operator(db: &mut Db, operator: &OperatorId, versions: Versions) -> Result<Vec<FoundSpan>> {
    of_operators!(policies::operator_id.eq(operator.as_str()), versions, db)
}
