//! Alarms read and settled.
//!
//! *Invariant:* an operator sees and settles its own, the regulator everybody's; a settled one stays to be read.

use rand::Rng;

use super::ItemError;
use super::record::text;
use crate::audit::Action;
use crate::model::{Alarm, AlarmId, Caller, DeviceId, Moment};
use crate::storage::audit_log::{self, Draft};
use crate::storage::{self, Db, Tx, plate_items, vehicles};

/// An alarm with its operator's id of the scooter.
#[derive(Debug, Clone)]
pub struct NamedAlarm {
    /// The alarm.
    pub alarm: Alarm,
    /// The operator's own id of the scooter.
    pub device_id: Option<DeviceId>,
}

/// Gives the scooters of alarms their operators' ids.
fn named(db: &mut Db, alarms: Vec<Alarm>) -> Result<Vec<NamedAlarm>, storage::Error> {
    let ids: Vec<_> = alarms.iter().filter_map(|alarm| alarm.vehicle_id).collect();
    let found = vehicles::find_by_ids(db, &ids)?;
    let device =
        |alarm: &Alarm| alarm.vehicle_id.and_then(|id| found.get(&id)).map(|vehicle| vehicle.device_id.clone());
    Ok(alarms.into_iter().map(|alarm| NamedAlarm { device_id: device(&alarm), alarm }).collect())
}

/// Lists alarms, after the id given; the caller's own, if it is an operator.
///
/// # Errors
/// Those of the database.
pub fn list_alarms(
    db: &mut Db,
    caller: &Caller,
    after: Option<&str>,
    rows: usize,
) -> Result<Vec<NamedAlarm>, storage::Error> {
    let found = plate_items::list_alarms(db, caller.operator_id.as_ref(), after, rows)?;
    named(db, found)
}

/// Settles an alarm with the words why.
///
/// # Errors
/// [`ItemError`].
pub fn settle(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    id: &AlarmId,
    reason: &str,
) -> Result<NamedAlarm, ItemError> {
    let found = plate_items::find_alarm(tx.db(), id, caller.operator_id.as_ref())?.ok_or(ItemError::Unknown)?;
    let words = text("reason", Some(reason))?.ok_or(ItemError::ReasonMissing)?;
    plate_items::settle_alarm(tx, id, &caller.account_id, &words, now).map_err(|error| match error {
        storage::Error::Missing => ItemError::Settled,
        other => ItemError::Storage(other),
    })?;
    let device_id = match found.vehicle_id {
        Some(id) => vehicles::find_by_ids(tx.db(), &[id])?.remove(&id).map(|vehicle| vehicle.device_id),
        None => None,
    };
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::AlarmSettled, id.as_str())])?;
    Ok(NamedAlarm { alarm: Alarm { settled: Some((now, words)), ..found }, device_id })
}
