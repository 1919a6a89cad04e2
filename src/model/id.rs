//! Identities: a newtype for every id, so that one cannot stand where another is meant.
//!
//! *Invariant:* an id that the registry makes is a `UUIDv7` (RFC 9562 section 5.7) and opaque to everybody else.

use rand::Rng;
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

use super::Moment;

/// Why a text cannot be an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextIdProblem {
    /// The text is empty or only white space.
    #[error("an id must not be empty")]
    Empty,
    /// The text is longer than 128 characters.
    #[error("an id has at most 128 characters, this one has {0}")]
    TooLong(usize),
    /// The text holds a control character.
    #[error("an id must not contain control characters")]
    Control,
}

/// Makes a new `UUIDv7` text from the instant and chance given.
pub fn new_id(now: Moment, rng: &mut impl Rng) -> String {
    let mut random = [0_u8; 10];
    rng.fill_bytes(&mut random);
    let millis = u64::try_from(now.as_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
}

macro_rules! registry_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Makes a new id from the instant and chance given.
            pub fn new(now: Moment, rng: &mut impl Rng) -> Self {
                Self(new_id(now, rng))
            }

            /// Takes the text of an id as it is: an unknown one is simply not found.
            #[must_use]
            pub fn from_text(text: &str) -> Self {
                Self(text.to_owned())
            }

            /// Returns the id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

registry_ids! {
    /// A sharing company.
    OperatorId,
    /// Somebody who may ask.
    AccountId,
    /// A police body.
    AuthorityId,
    /// An upload of a fleet list.
    ImportId,
    /// An order of plates to be printed.
    PrintJobId,
    /// An officer's question.
    LookupId,
    /// An insurance policy as recorded.
    PolicyId,
    /// A record of maintenance or repair.
    MaintenanceId,
    /// A plate put on a scooter, as reported.
    FittingId,
    /// A contradiction to be settled.
    AlarmId,
    /// An API key; the public part of it.
    KeyId,
}

macro_rules! outside_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes an operator's own id: 1 to 128 characters, surrounding white space cut.
            ///
            /// # Errors
            /// Says what is wrong with the text.
            pub fn parse(text: &str) -> Result<Self, TextIdProblem> {
                let text = text.trim();
                let length = text.chars().count();
                if length == 0 {
                    return Err(TextIdProblem::Empty);
                }
                if length > 128 {
                    return Err(TextIdProblem::TooLong(length));
                }
                if text.chars().any(char::is_control) {
                    return Err(TextIdProblem::Control);
                }
                Ok(Self(text.to_owned()))
            }

            /// Returns the id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextIdProblem;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

outside_ids! {
    /// The operator's id of a scooter (MDS `device_id`), unique within the operator.
    DeviceId,
    /// The operator's id of a rental, unique within the operator.
    RideId,
}

/// The registry's own number of a vehicle: small, because every ride carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VehicleId(pub i64);
