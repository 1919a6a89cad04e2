//! The fields a fleet list can fill.
//!
//! *Invariant:* a field says nothing about how a column is called or how a cell is read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One fact about a scooter that a column can hold; written in `snake_case` (`device_id`) wherever it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The operator's own id of the scooter, 1-128 characters, unique per operator (MDS `device_id`).
    DeviceId,
    /// The manufacturer's number.
    SerialNumber,
    /// The make.
    Make,
    /// The model.
    Model,
    /// The year of manufacture.
    Year,
    /// The colour, for "does it look like this?".
    Colour,
    /// The date the scooter went into service.
    InService,
    /// The date it went out of service.
    OutOfService,
    /// The number it already bears.
    Plate,
    /// The number of its insurance policy.
    PolicyNumber,
    /// Who insures it.
    Insurer,
    /// First day of the policy.
    PolicyFrom,
    /// Last day of the policy.
    PolicyUntil,
    /// Anything else the operator wants to keep with it.
    Comment,
}

/// The text names no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no field of a fleet list")]
pub struct UnknownField(pub String);

impl Field {
    /// Every field, once, in the order of the interface.
    pub const ALL: [Self; 14] = [
        Self::DeviceId,
        Self::SerialNumber,
        Self::Make,
        Self::Model,
        Self::Year,
        Self::Colour,
        Self::InService,
        Self::OutOfService,
        Self::Plate,
        Self::PolicyNumber,
        Self::Insurer,
        Self::PolicyFrom,
        Self::PolicyUntil,
        Self::Comment,
    ];

    /// The fields by any of which a row is known, the strongest first.
    pub const KEYS: [Self; 3] = [Self::DeviceId, Self::SerialNumber, Self::Plate];

    /// Returns whether the field is a day.
    #[must_use]
    pub fn is_date(self) -> bool {
        matches!(self, Self::InService | Self::OutOfService | Self::PolicyFrom | Self::PolicyUntil)
    }

    /// Returns the name: `device_id`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DeviceId => "device_id",
            Self::SerialNumber => "serial_number",
            Self::Make => "make",
            Self::Model => "model",
            Self::Year => "year",
            Self::Colour => "colour",
            Self::InService => "in_service",
            Self::OutOfService => "out_of_service",
            Self::Plate => "plate",
            Self::PolicyNumber => "policy_number",
            Self::Insurer => "insurer",
            Self::PolicyFrom => "policy_from",
            Self::PolicyUntil => "policy_until",
            Self::Comment => "comment",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim();
        Self::ALL
            .into_iter()
            .find(|field| field.name().eq_ignore_ascii_case(wanted))
            .ok_or_else(|| UnknownField(wanted.to_owned()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_back_to_its_field_and_is_the_name_in_json() {
        for field in Field::ALL {
            assert_eq!(field.name().parse(), Ok(field));
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
        }
        assert_eq!(" Device_ID ".parse(), Ok(Field::DeviceId));
        assert_eq!("vehicle_id".parse::<Field>(), Err(UnknownField("vehicle_id".to_owned())));
    }
}
