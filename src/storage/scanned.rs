//! What a passer-by is told of, in two exchanges with the database: the plates of a number, then whose and of which scooter.
//!
//! *Invariant:* the same rows that each table's own file reads, made into the same values.

use serde::Deserialize;

use super::db::Db;
use super::dialect::bundle::{Bearers, Bundle, Keys, Slice};
use super::error::Result;
use super::plate_items::items;
use super::{operators, plates, policies, policy_coverage, policy_covers};
use crate::model::{Cover, Operator, OperatorId, Plate, PlateItem, VehicleId};
use crate::plate::PlateNumber;

/// A number and who bears it.
#[derive(Debug)]
pub struct ScannedNumber {
    /// The physical plates of the number, in their order.
    pub items: Vec<PlateItem>,
    /// Who bore, bears or will bear it, as believed now.
    pub periods: Vec<Plate>,
}

/// Whose a scooter is and what it looks like.
#[derive(Debug)]
pub struct ScannedVehicle {
    /// The operator.
    pub operator: Option<Operator>,
    /// The scooter, as it is described now.
    pub looks: Looks,
    /// What ever covered the scooter by name.
    pub by_vehicle: Vec<Cover>,
    /// What ever covered the operator's whole fleet.
    pub by_fleet: Vec<Cover>,
}

/// What a scooter looks like.
#[derive(Debug, Default, Deserialize)]
pub struct Looks {
    /// Who made it.
    pub make: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Its colour.
    pub colour: Option<String>,
}

/// How vehicles are described now.
const LOOKS: Slice = Slice {
    columns: "t.make, t.model, t.colour",
    from: "qv CROSS JOIN vehicle_versions t WHERE t.vehicle_id = qv.id AND t.superseded_at IS NULL",
};

const NOBODY: Bearers<'_> = Bearers::Given { vehicles: &[], operators: &[] };

/// Finds the plates of a number; a number that was never given has none.
///
/// # Errors
/// Those of the database.
pub fn find_number(db: &mut Db, number: PlateNumber) -> Result<ScannedNumber> {
    let keys = Keys { numbers: &[number.to_string()], bearers: NOBODY, callers: &[] };
    let found = Bundle::load(db, &keys, &[&items::GIVEN, &items::LATER, &items::STATED, &plates::SLICE])?;
    Ok(ScannedNumber {
        items: items::assembled(found.rows(&items::GIVEN)?, found.rows(&items::LATER)?, found.rows(&items::STATED)?)?,
        periods: plates::of_slice(found.rows(&plates::SLICE)?)?,
    })
}

/// Finds whose a scooter is and what it looks like.
///
/// # Errors
/// Those of the database.
pub fn find_vehicle(db: &mut Db, operator: &OperatorId, vehicle: VehicleId) -> Result<ScannedVehicle> {
    let bearers = Bearers::Given { vehicles: &[vehicle.0], operators: &[operator.as_str()] };
    let keys = Keys { numbers: &[], bearers, callers: &[] };
    let slices = [
        &operators::SLICE,
        &operators::SUSPENSIONS,
        &LOOKS,
        &policy_covers::OF_VEHICLES,
        &policy_covers::OF_FLEETS,
        &policies::SLICE,
    ];
    let found = Bundle::load(db, &keys, &slices)?;
    let (by_vehicle, by_fleet) = policy_coverage::of_slices(
        found.rows(&policy_covers::OF_VEHICLES)?,
        found.rows(&policy_covers::OF_FLEETS)?,
        found.rows(&policies::SLICE)?,
    )?;
    Ok(ScannedVehicle {
        operator: operators::of_slices(found.rows(&operators::SLICE)?, found.rows(&operators::SUSPENSIONS)?)?.pop(),
        looks: found.rows(&LOOKS)?.pop().unwrap_or_default(),
        by_vehicle: by_vehicle.into_iter().map(|(_, cover)| cover).collect(),
        by_fleet,
    })
}
