//! Alarms: contradictions until somebody settles them.
//!
//! *Invariant:* an alarm is settled once and stays.

use diesel::prelude::*;

use crate::model::{AccountId, Alarm, AlarmId, AlarmKind, FittingId, Moment, OperatorId, VehicleId};
use crate::plate::PlateNumber;
use crate::storage::connection::Tx;
use crate::storage::db::Db;
use crate::storage::dialect::bundle::Slice;
use crate::storage::dialect::rows_a_statement;
use crate::storage::error::{Error, Result};
use crate::storage::schema::alarms;
use crate::storage::values::{known, limit, number, signed, unsigned};

pub(in crate::storage) type Row =
    (String, String, String, String, Option<i32>, Option<i64>, Option<String>, i64, Option<i64>, Option<String>);

fn alarm(row: Row) -> Result<Alarm> {
    let (id, operator_id, kind, text, item, vehicle_id, fitting_id, raised_at, settled_at, settlement) = row;
    Ok(Alarm {
        id: AlarmId::from_text(&id),
        operator_id: OperatorId::from_text(&operator_id),
        kind: known(AlarmKind::find(&kind), "kind of alarm", &kind)?,
        number: number(&text)?,
        item: item.map(unsigned).transpose()?,
        vehicle_id: vehicle_id.map(VehicleId),
        fitting_id: fitting_id.as_deref().map(FittingId::from_text),
        raised_at: Moment::from_millis(raised_at),
        settled: settled_at.map(|at| (Moment::from_millis(at), settlement.unwrap_or_default())),
    })
}

/// All alarms of numbers.
pub(in crate::storage) const SLICE: Slice = Slice {
    columns: "t.id, t.operator_id, t.kind, t.number, t.item, t.vehicle_id, t.fitting_id, t.raised_at, t.settled_at, t.settlement",
    from: "qn CROSS JOIN alarms t WHERE t.number = qn.number",
};

pub(in crate::storage) fn of_slice(mut rows: Vec<Row>) -> Result<Vec<Alarm>> {
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows.into_iter().map(alarm).collect()
}

macro_rules! every {
    () => {
        alarms::table.select((
            alarms::id,
            alarms::operator_id,
            alarms::kind,
            alarms::number,
            alarms::item,
            alarms::vehicle_id,
            alarms::fitting_id,
            alarms::raised_at,
            alarms::settled_at,
            alarms::settlement,
        ))
    };
}

/// Records alarms.
///
/// # Errors
/// Those of the database.
pub fn insert_alarms(tx: &mut Tx<'_>, new: &[Alarm]) -> Result<()> {
    let rows = new
        .iter()
        .map(|new| {
            Ok((
                alarms::id.eq(new.id.as_str()),
                alarms::operator_id.eq(new.operator_id.as_str()),
                alarms::kind.eq(new.kind.name()),
                alarms::number.eq(new.number.to_string()),
                alarms::item.eq(new.item.map(signed).transpose()?),
                alarms::vehicle_id.eq(new.vehicle_id.map(|id| id.0)),
                alarms::fitting_id.eq(new.fitting_id.as_ref().map(FittingId::as_str)),
                alarms::raised_at.eq(new.raised_at.as_millis()),
            ))
        })
        .collect::<Result<Vec<_>>>()?;
    for row in rows {
        diesel::insert_into(alarms::table).values(row).execute(tx.db())?;
    }
    Ok(())
}

/// Finds all alarms of these numbers, also the settled ones, in the order in which they were raised.
///
/// # Errors
/// Those of the database.
pub fn alarms_of(db: &mut Db, of: &[PlateNumber]) -> Result<Vec<Alarm>> {
    let mut found = Vec::new();
    for chunk in of.chunks(rows_a_statement(1)) {
        let texts: Vec<_> = chunk.iter().map(ToString::to_string).collect();
        found.extend(every!().filter(alarms::number.eq_any(texts)).order(alarms::id).load::<Row>(db)?);
    }
    found.into_iter().map(alarm).collect()
}

/// Finds the alarms of a number that nobody has settled.
///
/// # Errors
/// Those of the database.
pub fn open_alarms(db: &mut Db, of: PlateNumber) -> Result<Vec<Alarm>> {
    let open = every!().filter(alarms::number.eq(of.to_string())).filter(alarms::settled_at.is_null());
    open.order(alarms::id).load::<Row>(db)?.into_iter().map(alarm).collect()
}

/// Finds an alarm; of one operator's only, if that is given.
///
/// # Errors
/// Those of the database.
pub fn find_alarm(db: &mut Db, id: &AlarmId, only: Option<&OperatorId>) -> Result<Option<Alarm>> {
    let row = every!().filter(alarms::id.eq(id.as_str())).first::<Row>(db).optional()?;
    let found = row.map(alarm).transpose()?;
    Ok(found.filter(|alarm| only.is_none_or(|only| alarm.operator_id == *only)))
}

/// Lists alarms by id, after the one given.
///
/// # Errors
/// Those of the database.
pub fn list_alarms(db: &mut Db, only: Option<&OperatorId>, after: Option<&str>, rows: usize) -> Result<Vec<Alarm>> {
    let mut query = every!().order(alarms::id).limit(limit(rows)).into_boxed();
    if let Some(only) = only {
        query = query.filter(alarms::operator_id.eq(only.as_str()));
    }
    if let Some(after) = after {
        query = query.filter(alarms::id.gt(after));
    }
    query.load::<Row>(db)?.into_iter().map(alarm).collect()
}

/// Settles an alarm.
///
/// # Errors
/// [`Error::Missing`] where there is none that is open.
pub fn settle_alarm(tx: &mut Tx<'_>, id: &AlarmId, by: &AccountId, words: &str, now: Moment) -> Result<()> {
    let changed = diesel::update(alarms::table.filter(alarms::id.eq(id.as_str())).filter(alarms::settled_at.is_null()))
        .set((
            alarms::settled_at.eq(Some(now.as_millis())),
            alarms::settled_by.eq(Some(by.as_str())),
            alarms::settlement.eq(Some(words)),
        ))
        .execute(tx.db())?;
    if changed == 0 { Err(Error::Missing) } else { Ok(()) }
}
