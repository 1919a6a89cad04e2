//! What policies cover: spans and versions put together, for vehicles, fleets and operators.
//!
//! *Invariant:* a span counts with every version of its policy; the caller picks what was known ([`crate::model::Coverage`]).

use diesel::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::Result;
use super::policies::{Row, columns, policy};
use super::policy_covers::{self, FoundSpan};
use super::schema::policies;
use crate::model::{AsKnown, Cover, OperatorId, Policy, VehicleId};

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
