//! Insurance policies, version by version, and what they cover.
//!
//! *Invariant:* a policy is superseded by a newer version, never changed; exactly one version of a policy is not
//! superseded.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;
use serde::Deserialize;

use super::connection::Tx;
use super::db::Db;
use super::dialect::bundle::Slice;
use super::dialect::rows_a_statement;
use super::error::{Error, Result};
use super::schema::policies;
use super::values::{known, limit, signed, unsigned};
use crate::model::{CheckOutcome, ImportId, Moment, OperatorId, Policy, PolicyId, PolicySource};

#[derive(Queryable, Deserialize)]
pub(super) struct Row {
    policy_id: String,
    version: i32,
    operator_id: String,
    insurer: String,
    policy_number: String,
    valid_from: String,
    valid_until: String,
    #[serde(deserialize_with = "truth")]
    covers_all: bool,
    source: String,
    checked_at: Option<i64>,
    check_outcome: Option<String>,
    reference: Option<String>,
    renews: Option<String>,
    reason: String,
    import_id: Option<String>,
    recorded_by: Option<String>,
    recorded_at: i64,
    superseded_at: Option<i64>,
}

/// `SQLite` writes truth as 1.
fn truth<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Truth {
        Plain(bool),
        Number(i32),
    }
    Ok(match Truth::deserialize(deserializer)? {
        Truth::Plain(truth) => truth,
        Truth::Number(number) => number != 0,
    })
}

/// All versions of the policies that name vehicles or cover whole fleets.
pub(super) const SLICE: Slice = Slice {
    columns: "t.policy_id, t.version, t.operator_id, t.insurer, t.policy_number, t.valid_from, t.valid_until, t.covers_all, \
              t.source, t.checked_at, t.check_outcome, t.reference, t.renews, t.reason, t.import_id, t.recorded_by, \
              t.recorded_at, t.superseded_at",
    from: "(SELECT c.policy_id FROM qv CROSS JOIN policy_covers c WHERE c.vehicle_id = qv.id UNION \
           SELECT c.policy_id FROM qo CROSS JOIN policies p CROSS JOIN policy_covers c WHERE p.operator_id = qo.id AND \
           c.policy_id = p.id AND c.vehicle_id IS NULL) AS named CROSS JOIN policies t WHERE t.policy_id = named.policy_id",
};

pub(super) fn policy(row: Row) -> Result<Policy> {
    let check = |text: String| known(CheckOutcome::find(&text), "outcome of a check", &text);
    Ok(Policy {
        id: PolicyId::from_text(&row.policy_id),
        version: unsigned(row.version)?,
        operator_id: OperatorId::from_text(&row.operator_id),
        insurer: row.insurer,
        policy_number: row.policy_number,
        valid_from: known(row.valid_from.parse().ok(), "date", &row.valid_from)?,
        valid_until: known(row.valid_until.parse().ok(), "date", &row.valid_until)?,
        covers_all: row.covers_all,
        source: known(PolicySource::find(&row.source), "policy source", &row.source)?,
        checked_at: row.checked_at.map(Moment::from_millis),
        check: row.check_outcome.map(check).transpose()?,
        reference: row.reference,
        renews: row.renews.as_deref().map(PolicyId::from_text),
        reason: row.reason,
        import_id: row.import_id.as_deref().map(ImportId::from_text),
        recorded_by: row.recorded_by,
        recorded_at: Moment::from_millis(row.recorded_at),
        superseded_at: row.superseded_at.map(Moment::from_millis),
    })
}

macro_rules! columns {
    () => {
        (
            policies::policy_id,
            policies::version,
            policies::operator_id,
            policies::insurer,
            policies::policy_number,
            policies::valid_from,
            policies::valid_until,
            policies::covers_all,
            policies::source,
            policies::checked_at,
            policies::check_outcome,
            policies::reference,
            policies::renews,
            policies::reason,
            policies::import_id,
            policies::recorded_by,
            policies::recorded_at,
            policies::superseded_at,
        )
    };
}

/// The id of a version's row: that of the policy for the first one, which the covers and checks refer to.
fn row_id(policy: &Policy) -> String {
    if policy.version == 1 { policy.id.to_string() } else { format!("{}.{}", policy.id, policy.version) }
}

#[derive(Insertable)]
#[diesel(table_name = policies, treat_none_as_default_value = false)]
struct NewRow<'a> {
    id: String,
    policy_id: &'a str,
    version: i32,
    operator_id: &'a str,
    insurer: &'a str,
    policy_number: &'a str,
    valid_from: String,
    valid_until: String,
    covers_all: bool,
    source: &'a str,
    checked_at: Option<i64>,
    check_outcome: Option<&'a str>,
    reference: Option<&'a str>,
    renews: Option<&'a str>,
    reason: &'a str,
    import_id: Option<&'a str>,
    recorded_by: Option<&'a str>,
    recorded_at: i64,
    superseded_at: Option<i64>,
}

impl<'a> NewRow<'a> {
    fn of(new: &'a Policy) -> Result<Self> {
        Ok(Self {
            id: row_id(new),
            policy_id: new.id.as_str(),
            version: signed(new.version)?,
            operator_id: new.operator_id.as_str(),
            insurer: &new.insurer,
            policy_number: &new.policy_number,
            valid_from: new.valid_from.to_string(),
            valid_until: new.valid_until.to_string(),
            covers_all: new.covers_all,
            source: new.source.name(),
            checked_at: new.checked_at.map(Moment::as_millis),
            check_outcome: new.check.map(CheckOutcome::name),
            reference: new.reference.as_deref(),
            renews: new.renews.as_ref().map(PolicyId::as_str),
            reason: &new.reason,
            import_id: new.import_id.as_ref().map(ImportId::as_str),
            recorded_by: new.recorded_by.as_deref(),
            recorded_at: new.recorded_at.as_millis(),
            superseded_at: None,
        })
    }
}

/// Records versions of policies. Older ones must have been superseded before ([`supersede`]).
///
/// # Errors
/// [`Error::Conflict`] where a version is on record, or another one is not superseded.
pub fn insert(tx: &mut Tx<'_>, new: &[Policy]) -> Result<()> {
    let rows = new.iter().map(NewRow::of).collect::<Result<Vec<_>>>()?;
    for chunk in rows.chunks(rows_a_statement(19)) {
        on_each!(tx.db(), connection => diesel::insert_into(policies::table).values(chunk).execute(connection))?;
    }
    Ok(())
}

/// Supersedes the current versions of policies.
///
/// # Errors
/// [`Error::Missing`] where one of them is not on record.
pub fn supersede(tx: &mut Tx<'_>, ids: &[&PolicyId], now: Moment) -> Result<()> {
    let ids: Vec<_> = ids.iter().map(|id| id.as_str()).collect();
    for chunk in ids.chunks(rows_a_statement(1)) {
        let current = policies::table
            .filter(policies::policy_id.eq_any(chunk.to_vec()))
            .filter(policies::superseded_at.is_null());
        let changed =
            diesel::update(current).set(policies::superseded_at.eq(Some(now.as_millis()))).execute(tx.db())?;
        if changed != chunk.len() {
            return Err(Error::Missing);
        }
    }
    Ok(())
}

/// Finds the versions of a policy, oldest first; of that operator only, if one is given.
///
/// # Errors
/// Those of the database.
pub fn versions(db: &mut Db, id: &PolicyId, only: Option<&OperatorId>) -> Result<Vec<Policy>> {
    let mut query = policies::table
        .filter(policies::policy_id.eq(id.as_str()))
        .select(columns!())
        .order(policies::version)
        .into_boxed();
    if let Some(only) = only {
        query = query.filter(policies::operator_id.eq(only.as_str()));
    }
    query.load::<Row>(db)?.into_iter().map(policy).collect()
}

/// Finds the current version of a policy; of that operator only, if one is given.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, id: &PolicyId, only: Option<&OperatorId>) -> Result<Option<Policy>> {
    let mut found = versions(db, id, only)?;
    found.retain(|policy| policy.superseded_at.is_none());
    Ok(found.pop())
}

/// Finds the current versions of an operator's policies by their ids.
///
/// # Errors
/// Those of the database.
pub fn find_all(db: &mut Db, operator: &OperatorId, ids: &[&PolicyId]) -> Result<Vec<Policy>> {
    let ids: Vec<_> = ids.iter().map(|id| id.as_str()).collect();
    let mut found = Vec::new();
    for chunk in ids.chunks(rows_a_statement(1)) {
        found.extend(
            policies::table
                .filter(policies::operator_id.eq(operator.as_str()))
                .filter(policies::superseded_at.is_null())
                .filter(policies::policy_id.eq_any(chunk.to_vec()))
                .select(columns!())
                .load::<Row>(db)?,
        );
    }
    found.into_iter().map(policy).collect()
}

/// Finds an operator's policies of these numbers, as they are now.
///
/// # Errors
/// Those of the database.
pub fn of_numbers(db: &mut Db, operator: &OperatorId, numbers: &[String]) -> Result<Vec<Policy>> {
    let mut found = Vec::new();
    for chunk in numbers.chunks(rows_a_statement(1)) {
        found.extend(
            policies::table
                .filter(policies::operator_id.eq(operator.as_str()))
                .filter(policies::superseded_at.is_null())
                .filter(policies::policy_number.eq_any(chunk))
                .select(columns!())
                .order(policies::policy_id)
                .load::<Row>(db)?,
        );
    }
    found.into_iter().map(policy).collect()
}

/// Lists the policies of an operator by id, after the one given.
///
/// # Errors
/// Those of the database.
pub fn list(db: &mut Db, only: Option<&OperatorId>, after: Option<&str>, rows: usize) -> Result<Vec<Policy>> {
    let mut query = policies::table
        .filter(policies::superseded_at.is_null())
        .select(columns!())
        .order(policies::policy_id)
        .limit(limit(rows))
        .into_boxed();
    if let Some(only) = only {
        query = query.filter(policies::operator_id.eq(only.as_str()));
    }
    if let Some(after) = after {
        query = query.filter(policies::policy_id.gt(after));
    }
    query.load::<Row>(db)?.into_iter().map(policy).collect()
}

pub(super) use columns;
