//! Notices about insurance: raised, brought up to date, settled.
//!
//! *Invariant:* one open notice for one cause of an operator; none is deleted.

use diesel::prelude::*;

use super::connection::Tx;
use super::db::Db;
use super::dialect::rows_a_statement;
use super::error::{Error, Result};
use super::schema::insurance_notices as notices;
use super::values::{date, device_id, known, limit};
use crate::model::{InsuranceNotice, Moment, NoticeCause, NoticeKind, OperatorId, PolicyId};

type Row = (String, String, String, String, Option<String>, i64, String, i64, Option<i64>);

macro_rules! columns {
    () => {
        (
            notices::id,
            notices::operator_id,
            notices::kind,
            notices::policies,
            notices::due,
            notices::vehicles,
            notices::first_devices,
            notices::raised_at,
            notices::settled_at,
        )
    };
}

fn notice(row: Row) -> Result<InsuranceNotice> {
    let (id, operator_id, kind, policies, due, vehicles, devices, raised_at, settled_at) = row;
    let (policies, devices) = (texts(&policies)?, texts(&devices)?);
    Ok(InsuranceNotice {
        id,
        operator_id: OperatorId::from_text(&operator_id),
        cause: NoticeCause {
            kind: known(NoticeKind::find(&kind), "kind of notice", &kind)?,
            policies: policies.iter().map(|id| PolicyId::from_text(id)).collect(),
            due: date(due)?,
            vehicles: usize::try_from(vehicles).unwrap_or_default(),
            first_devices: devices.iter().map(|device| device_id(device)).collect::<Result<_>>()?,
        },
        raised_at: Moment::from_millis(raised_at),
        settled_at: settled_at.map(Moment::from_millis),
    })
}

fn texts(json: &str) -> Result<Vec<String>> {
    serde_json::from_str(json).map_err(|error| Error::corrupt(format!("a list of a notice cannot be read ({error})")))
}

fn policies(cause: &NoticeCause) -> String {
    serde_json::json!(cause.policies).to_string()
}

fn devices(cause: &NoticeCause) -> String {
    serde_json::json!(cause.first_devices).to_string()
}

/// Raises a notice.
///
/// # Errors
/// [`Error::Conflict`] where one of the same cause is open.
pub fn raise(tx: &mut Tx<'_>, id: &str, operator: &OperatorId, cause: &NoticeCause, now: Moment) -> Result<()> {
    diesel::insert_into(notices::table)
        .values((
            notices::id.eq(id),
            notices::operator_id.eq(operator.as_str()),
            notices::kind.eq(cause.kind.to_string()),
            notices::policies.eq(policies(cause)),
            notices::due.eq(cause.due.map(|day| day.to_string())),
            notices::cause.eq(cause.key()),
            notices::vehicles.eq(limit(cause.vehicles)),
            notices::first_devices.eq(devices(cause)),
            notices::raised_at.eq(now.as_millis()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Brings an open notice up to date: how many vehicles it concerns now.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &mut Tx<'_>, id: &str, cause: &NoticeCause) -> Result<()> {
    diesel::update(notices::table.filter(notices::id.eq(id)))
        .set((
            notices::policies.eq(policies(cause)),
            notices::vehicles.eq(limit(cause.vehicles)),
            notices::first_devices.eq(devices(cause)),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Settles notices whose causes are mended.
///
/// # Errors
/// Those of the database.
pub fn settle(tx: &mut Tx<'_>, ids: &[&str], now: Moment) -> Result<()> {
    for chunk in ids.chunks(rows_a_statement(1)) {
        diesel::update(notices::table.filter(notices::id.eq_any(chunk.to_vec())))
            .set(notices::settled_at.eq(Some(now.as_millis())))
            .execute(tx.db())?;
    }
    Ok(())
}

/// Finds the open notices of an operator.
///
/// # Errors
/// Those of the database.
pub fn open_of(db: &mut Db, operator: &OperatorId) -> Result<Vec<InsuranceNotice>> {
    let rows: Vec<Row> = notices::table
        .filter(notices::operator_id.eq(operator.as_str()))
        .filter(notices::settled_at.is_null())
        .order(notices::id)
        .select(columns!())
        .load(db)?;
    rows.into_iter().map(notice).collect()
}

/// Which notices are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantedNotices {
    /// Those that stand.
    Open,
    /// Settled ones too.
    All,
}

/// Lists notices by id, which is the order in which they were raised, after the one given.
///
/// # Errors
/// Those of the database.
pub fn list(
    db: &mut Db,
    only: Option<&OperatorId>,
    wanted: WantedNotices,
    after: Option<&str>,
    rows: usize,
) -> Result<Vec<InsuranceNotice>> {
    let mut query = notices::table.select(columns!()).order(notices::id).limit(limit(rows)).into_boxed();
    if let Some(only) = only {
        query = query.filter(notices::operator_id.eq(only.as_str()));
    }
    if wanted == WantedNotices::Open {
        query = query.filter(notices::settled_at.is_null());
    }
    if let Some(after) = after {
        query = query.filter(notices::id.gt(after));
    }
    query.load::<Row>(db)?.into_iter().map(notice).collect()
}
