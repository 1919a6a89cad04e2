//! Fittings: who put which plate on which scooter; and the alarms that contradictions raise.
//!
//! *Invariant:* a fitting that contradicts the records is recorded like any other; an alarm stands beside it, never
//! instead of it.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::account::named_variants;
use super::{AlarmId, FittingId, Moment, OperatorId, Place, VehicleId};
use crate::plate::PlateNumber;

/// What a scanned code is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkVerdict {
    /// It is the code of this item.
    Valid {
        /// The item.
        item: u32,
    },
    /// It is the code of an item in whose place another one stands.
    Replaced {
        /// The item.
        item: u32,
        /// What replaced it.
        by: u32,
    },
    /// It is the code of an item that is no longer valid.
    Withdrawn {
        /// The item.
        item: u32,
    },
    /// The registry made no such code.
    FalseTag,
}

impl LinkVerdict {
    /// Returns the name on the wire and in storage: `valid`, `replaced`, `withdrawn`, `false_tag`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid { .. } => "valid",
            Self::Replaced { .. } => "replaced",
            Self::Withdrawn { .. } => "withdrawn",
            Self::FalseTag => "false_tag",
        }
    }

    /// Returns the item whose code it is or was.
    #[must_use]
    pub const fn item(self) -> Option<u32> {
        match self {
            Self::Valid { item } | Self::Replaced { item, .. } | Self::Withdrawn { item } => Some(item),
            Self::FalseTag => None,
        }
    }
}

/// A plate that somebody put on a scooter, as reported by scanning both.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitting {
    /// Its id.
    pub id: FittingId,
    /// Who reported it.
    pub operator_id: OperatorId,
    /// The number in the code.
    pub number: PlateNumber,
    /// The item whose code it is; `None` for a false one.
    pub item: Option<u32>,
    /// What the code was worth when it was scanned, [`LinkVerdict::name`].
    pub verdict: String,
    /// What was scanned, where the code is false; else the link without its tag, which the database need not know.
    pub scanned: String,
    /// The scooter.
    pub vehicle_id: VehicleId,
    /// When it was fitted.
    pub fitted_at: Moment,
    /// Where.
    pub place: Option<Place>,
    /// What the fitter noted.
    pub note: Option<String>,
    /// When the registry learned of it.
    pub recorded_at: Moment,
}

/// What contradicts what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// A plate was fitted to a scooter other than the one that the number is registered to.
    OtherVehicle,
    /// Plates of one number are on two scooters.
    NumberOnTwoVehicles,
    /// A plate was fitted that is no longer valid.
    WithdrawnItemFitted,
    /// A plate was fitted whose code the registry did not make.
    FalseTag,
}

named_variants!(AlarmKind {
    OtherVehicle => "other_vehicle",
    NumberOnTwoVehicles => "number_on_two_vehicles",
    WithdrawnItemFitted => "withdrawn_item_fitted",
    FalseTag => "false_tag",
});

/// A contradiction, until somebody settles it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Its id.
    pub id: AlarmId,
    /// Whose it is: who reported the fitting, or whose number it is.
    pub operator_id: OperatorId,
    /// What contradicts what.
    pub kind: AlarmKind,
    /// The number.
    pub number: PlateNumber,
    /// The item, where it is known.
    pub item: Option<u32>,
    /// The scooter, where it is the operator's own.
    pub vehicle_id: Option<VehicleId>,
    /// The fitting that raised it, where the operator reported that.
    pub fitting_id: Option<FittingId>,
    /// When it was raised.
    pub raised_at: Moment,
    /// When and with what words it was settled.
    pub settled: Option<(Moment, String)>,
}
