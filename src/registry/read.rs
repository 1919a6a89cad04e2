//! Reading back: vehicles and plates of the caller's own.
//!
//! *Invariant:* a foreign thing answers exactly like an unknown one.

use std::collections::BTreeMap;
use thiserror::Error;

use crate::model::{
    AsKnown, Caller, DeviceId, Moment, OperatorId, Plate, PlateItem, PlateStatus, Role, Vehicle, VehicleId,
    plate_status_at, plate_told_at,
};
use crate::plate::{PlateNumber, ReadingProblem, Scheme, reading};
use crate::storage::vehicles::{self, Wanted};
use crate::storage::{self, Db, plate_items, plates};

/// Why something could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The caller is no operator.
    #[error("only an operator has a fleet")]
    NotAnOperator,
    /// There is no such thing of the caller's.
    #[error("there is no such vehicle or plate")]
    Unknown,
    /// The text is no plate number.
    #[error("the plate number cannot be read")]
    Unreadable(#[source] ReadingProblem),
    /// The database failed.
    #[error("it could not be read")]
    Storage(#[from] storage::Error),
}

/// Why a text names no number of the caller's.
#[derive(Debug, Error)]
pub enum NumberError {
    /// The caller is no operator.
    #[error("only an operator has plates")]
    NotAnOperator,
    /// There is no such number of the caller's.
    #[error("there is no such plate")]
    Unknown,
    /// The text is no plate number.
    #[error("the plate number cannot be read")]
    Unreadable(#[source] ReadingProblem),
    /// The text may mean these numbers, all of them the caller's.
    #[error("several plates fit")]
    Several(Vec<PlateNumber>),
    /// The database failed.
    #[error("it could not be read")]
    Storage(#[from] storage::Error),
}

/// A plate with the vehicle that bears or bore it.
#[derive(Debug, Clone)]
pub struct PlateRecord {
    /// The plate: the one whose period it is now; else the last one before; else the first one to come.
    pub plate: Plate,
    /// Whether the number is borne now.
    pub status: PlateStatus,
    /// The vehicle.
    pub vehicle: Vehicle,
    /// All periods of the number, in order, each with who bears it then.
    pub periods: Vec<(Plate, DeviceId)>,
    /// Its physical plates.
    pub items: Vec<PlateItem>,
}

fn own(caller: &Caller) -> Result<&OperatorId, ReadError> {
    caller.operator_id.as_ref().ok_or(ReadError::NotAnOperator)
}

/// Lists the caller's vehicles in the order of registration, after the number given.
///
/// # Errors
/// [`ReadError`].
pub fn list_vehicles(db: &mut Db, caller: &Caller, after: Option<i64>, rows: usize) -> Result<Vec<Vehicle>, ReadError> {
    Ok(vehicles::list(db, own(caller)?, after, rows)?)
}

/// Finds a vehicle of the caller's.
///
/// # Errors
/// [`ReadError`].
pub fn get_vehicle(db: &mut Db, caller: &Caller, device: &DeviceId) -> Result<Vehicle, ReadError> {
    let wanted = [device.as_str().to_owned()];
    vehicles::find_all(db, own(caller)?, Wanted::Devices(&wanted))?.into_iter().next().ok_or(ReadError::Unknown)
}

/// Finds a plate of the caller's by anything that reads as one number; of several, the one that the caller has.
///
/// # Errors
/// [`ReadError`].
pub fn get_plate(
    db: &mut Db,
    scheme: Scheme,
    caller: &Caller,
    now: Moment,
    text: &str,
) -> Result<PlateRecord, ReadError> {
    let operator = own(caller)?;
    let reading = reading::read(scheme, text).map_err(ReadError::Unreadable)?;
    let numbers: Vec<_> = reading.hypotheses().iter().map(|hypothesis| hypothesis.number).collect();
    let mut found = plates::find_by_numbers(db, &numbers)?;
    found.retain(|plate| plate.operator_id == *operator);
    let rank = |plate: &Plate| numbers.iter().position(|number| *number == plate.number);
    let number = found.iter().min_by_key(|plate| rank(plate)).ok_or(ReadError::Unknown)?.number;
    found.retain(|plate| plate.number == number);
    found.sort_by_key(|plate| (plate.borne.from, plate.version));
    let status = plate_status_at(&found, now, AsKnown::Now).ok_or(ReadError::Unknown)?;
    let plate = plate_told_at(&found, now, AsKnown::Now).cloned().ok_or(ReadError::Unknown)?;
    let ids: Vec<_> = found.iter().map(|plate| plate.vehicle_id).collect();
    let mut vehicles = vehicles::find_by_ids(db, &ids)?;
    let named = |plate: Plate| Some((vehicles.get(&plate.vehicle_id)?.device_id.clone(), plate));
    let periods = found.into_iter().filter_map(named).map(|(device, plate)| (plate, device)).collect();
    let vehicle = vehicles.remove(&plate.vehicle_id).ok_or(ReadError::Unknown)?;
    let items = plate_items::of_numbers(db, &[number])?;
    Ok(PlateRecord { plate, status, vehicle, periods, items })
}

/// Finds the one number that a text means, where it is to be written about or printed: an operator's own, or anybody's for
/// the regulator. Of several none is chosen: a guess would hit another scooter, and nobody would notice.
///
/// # Errors
/// [`NumberError`].
pub fn one_number(db: &mut Db, scheme: Scheme, caller: &Caller, text: &str) -> Result<PlateNumber, NumberError> {
    let reading = reading::read(scheme, text).map_err(NumberError::Unreadable)?;
    let numbers: Vec<_> = reading.hypotheses().iter().map(|hypothesis| hypothesis.number).collect();
    let mut found = plates::find_by_numbers(db, &numbers)?;
    if caller.role != Role::Regulator {
        let operator = caller.operator_id.as_ref().ok_or(NumberError::NotAnOperator)?;
        found.retain(|plate| plate.operator_id == *operator);
    }
    let mut meant: Vec<_> = found.into_iter().map(|plate| plate.number).collect();
    meant.sort_unstable();
    meant.dedup();
    match meant.as_slice() {
        [] => Err(NumberError::Unknown),
        [only] => Ok(*only),
        _ => Err(NumberError::Several(meant)),
    }
}

/// Returns the operator's ids of vehicles of the caller's own; others are passed over.
///
/// # Errors
/// [`ReadError`].
pub fn device_ids(
    db: &mut Db,
    caller: &Caller,
    vehicles: &[VehicleId],
) -> Result<BTreeMap<VehicleId, DeviceId>, ReadError> {
    let operator = own(caller)?;
    let found = vehicles::find_by_ids(db, vehicles)?;
    let owned = found.into_values().filter(|vehicle| vehicle.operator_id == *operator);
    Ok(owned.map(|vehicle| (vehicle.id, vehicle.device_id)).collect())
}
