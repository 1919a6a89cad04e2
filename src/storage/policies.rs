//! Insurance policies, version by version, and what they cover.
//!
//! *Invariant:* a policy is superseded by a newer version, never changed; exactly one version of a policy is not
//! superseded.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::bundle::Slice;
use super::connection::Tx;
use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::{Error, Result};
use super::policy_covers::{self, FoundSpan};
use super::schema::policies;
use super::values::{known, limit, signed, unsigned};
use crate::model::{
    AsKnown, CheckOutcome, Cover, ImportId, Moment, OperatorId, Policy, PolicyId, PolicySource, VehicleId, day_before,
};

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

/// What covers vehicles by name, and what covers whole fleets.
pub(super) type Covers = (Vec<(VehicleId, Cover)>, Vec<Cover>);

pub(super) fn of_slices(
    of_vehicles: Vec<policy_covers::Row>,
    of_fleets: Vec<policy_covers::Row>,
    policies: Vec<Row>,
) -> Result<Covers> {
    let versions = by_id(policies)?;
    let named = spanned(&versions, &policy_covers::of_slice(of_vehicles)?);
    let whole = spanned(&versions, &policy_covers::of_slice(of_fleets)?);
    Ok((by_vehicle(named), whole.into_iter().map(|(_, cover)| cover).collect()))
}

fn policy(row: Row) -> Result<Policy> {
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

/// Finds all that ever covered these vehicles by name, whatever became of it: the caller picks what was known
/// ([`crate::model::Coverage`]). Two statements for each 32 000 vehicles.
///
/// # Errors
/// Those of the database.
pub fn versions_of_vehicles(db: &mut Db, vehicles: &[VehicleId]) -> Result<Vec<(VehicleId, Cover)>> {
    let spans = policy_covers::of_vehicles(db, vehicles, Versions::All)?;
    Ok(by_vehicle(covers(db, &spans, Versions::All)?))
}

/// Finds all that ever covered these operators' whole fleets. Two statements.
///
/// # Errors
/// Those of the database.
pub fn versions_of_fleets(db: &mut Db, operators: &[OperatorId]) -> Result<Vec<Cover>> {
    let spans = policy_covers::of_fleets(db, operators, Versions::All)?;
    Ok(covers(db, &spans, Versions::All)?.into_iter().map(|(_, cover)| cover).collect())
}

/// Finds what covers these vehicles by name, as known now.
///
/// # Errors
/// Those of the database.
pub fn covers_of_vehicles(db: &mut Db, vehicles: &[VehicleId]) -> Result<Vec<(VehicleId, Cover)>> {
    let spans = policy_covers::of_vehicles(db, vehicles, Versions::Current)?;
    Ok(by_vehicle(covers(db, &spans, Versions::Current)?))
}

/// Finds what covers these operators' whole fleets, as known now.
///
/// # Errors
/// Those of the database.
pub fn covers_of_fleets(db: &mut Db, operators: &[OperatorId]) -> Result<Vec<Cover>> {
    let spans = policy_covers::of_fleets(db, operators, Versions::Current)?;
    Ok(covers(db, &spans, Versions::Current)?.into_iter().map(|(_, cover)| cover).collect())
}

/// Finds what covers an operator's vehicles, each by name and all as a fleet (`None`), of what was known.
///
/// # Errors
/// Those of the database.
pub fn covers_of_operator(
    db: &mut Db,
    operator: &OperatorId,
    as_known: AsKnown,
) -> Result<HashMap<Option<VehicleId>, Vec<Cover>>> {
    let versions = if as_known == AsKnown::Now { Versions::Current } else { Versions::All };
    let spans = policy_covers::of_operator(db, operator, versions)?;
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for (vehicle, cover) in covers(db, &spans, versions)? {
        if as_known.holds(cover.recorded_at, cover.superseded_at) {
            found.entry(vehicle).or_default().push(cover);
        }
    }
    Ok(found)
}

/// Which versions are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Versions {
    /// Those that nothing has superseded.
    Current,
    /// All.
    All,
}

fn covers(db: &mut Db, spans: &[FoundSpan], versions: Versions) -> Result<Vec<(Option<VehicleId>, Cover)>> {
    let ids: BTreeSet<_> = spans.iter().map(|span| span.policy_id.clone()).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let mut rows = Vec::new();
    for chunk in ids.chunks(rows_a_statement(1)) {
        let mut query = policies::table.filter(policies::policy_id.eq_any(chunk)).select(columns!()).into_boxed();
        if versions == Versions::Current {
            query = query.filter(policies::superseded_at.is_null());
        }
        rows.extend(query.load::<Row>(db)?);
    }
    Ok(spanned(&by_id(rows)?, spans))
}

type VersionsById = HashMap<String, Vec<Arc<Policy>>>;

fn by_id(rows: Vec<Row>) -> Result<VersionsById> {
    let mut found = VersionsById::new();
    for row in rows {
        let version = policy(row)?;
        found.entry(version.id.to_string()).or_default().push(Arc::new(version));
    }
    Ok(found)
}

fn spanned(versions: &VersionsById, spans: &[FoundSpan]) -> Vec<(Option<VehicleId>, Cover)> {
    let of_span = |span: &FoundSpan| -> Vec<_> {
        let versions = versions.get(&span.policy_id).into_iter().flatten();
        versions.filter_map(|version| Some((span.span.vehicle, Cover::of(version, &span.span)?))).collect()
    };
    spans.iter().flat_map(of_span).collect()
}

fn by_vehicle(covers: Vec<(Option<VehicleId>, Cover)>) -> Vec<(VehicleId, Cover)> {
    covers.into_iter().filter_map(|(vehicle, cover)| Some((vehicle?, cover))).collect()
}

/// The policy, its period cut to the days of the cover.
fn as_covering(cover: &Cover) -> Policy {
    Policy { valid_from: cover.days.from, valid_until: day_before(cover.days.until), ..(*cover.policy).clone() }
}

/// Finds the policies that cover these vehicles by name, with the vehicle, as known now; their periods are cut to the
/// days on which they cover it.
///
/// # Errors
/// Those of the database.
pub fn of_vehicles(db: &mut Db, vehicles: &[VehicleId]) -> Result<Vec<(VehicleId, Policy)>> {
    let found = covers_of_vehicles(db, vehicles)?;
    Ok(found.into_iter().map(|(vehicle, cover)| (vehicle, as_covering(&cover))).collect())
}

/// Finds the policies that cover these operators' whole fleets, as known now; their periods are cut to the days on which
/// they do.
///
/// # Errors
/// Those of the database.
pub fn of_fleets(db: &mut Db, operators: &[OperatorId]) -> Result<Vec<Policy>> {
    Ok(covers_of_fleets(db, operators)?.iter().map(as_covering).collect())
}
