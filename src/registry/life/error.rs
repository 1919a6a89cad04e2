//! Why something about a vehicle was not recorded or not told.
//!
//! *Invariant:* a foreign vehicle or number answers exactly like an unknown one.

use thiserror::Error;

use crate::model::{MaintenanceProblem, Moment};
use crate::plate::ReadingProblem;
use crate::registry::read::ReadError;
use crate::storage;

/// Why something about a vehicle was not recorded or not told.
#[derive(Debug, Error)]
pub enum LifeError {
    /// The caller is no operator.
    #[error("only an operator has a fleet")]
    NotAnOperator,
    /// There is no such vehicle or number of the caller's.
    #[error("there is no such vehicle or plate")]
    Unknown,
    /// The text is no plate number.
    #[error("the plate number cannot be read")]
    Unreadable(#[source] ReadingProblem),
    /// The vehicle was registered later than that.
    #[error("the vehicle was not known then")]
    NotKnownThen {
        /// When it was registered.
        registered_at: Moment,
    },
    /// A text is empty or too long: its field, and how many characters it may have.
    #[error("{0} must have 1 to {1} characters")]
    Text(&'static str, usize),
    /// The year is none that scooters are made in.
    #[error("year must lie within 1990 and 2100")]
    Year,
    /// An instant that must have come has not.
    #[error("{0} lies in the future")]
    InFuture(&'static str),
    /// An end lies before its beginning.
    #[error("{0} lies before its beginning")]
    Backwards(&'static str),
    /// A change that states nothing.
    #[error("the change names no fact")]
    NoFact,
    /// `replaces` names nothing that is current.
    #[error("replaces names no current record of this vehicle")]
    NothingToReplace,
    /// The description has moved on since the caller read it.
    #[error("the description is at version {version}")]
    Moved {
        /// The version it is at.
        version: u32,
    },
    /// Another vehicle of the operator has the serial number.
    #[error("another vehicle has this serial number")]
    SerialNumberTaken,
    /// The vehicle left service for good.
    #[error("the vehicle is retired")]
    Retired {
        /// From when on.
        from: Moment,
    },
    /// The vehicle is not retired.
    #[error("the vehicle is not retired")]
    NotRetired,
    /// Nobody bears the number any more from then on.
    #[error("the number is annulled from then on")]
    NumberAnnulled,
    /// The record says already what the correction says.
    #[error("the record says so already")]
    NothingToCorrect,
    /// The record of maintenance is wrong.
    #[error("the record of maintenance is wrong")]
    Maintenance(#[source] MaintenanceProblem),
    /// The database failed.
    #[error("it could not be recorded")]
    Storage(#[from] storage::Error),
}

impl From<ReadError> for LifeError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotAnOperator => Self::NotAnOperator,
            ReadError::Unknown => Self::Unknown,
            ReadError::Unreadable(problem) => Self::Unreadable(problem),
            ReadError::Storage(error) => Self::Storage(error),
        }
    }
}

/// Refuses a text that is empty or too long.
pub(super) fn check_text(field: &'static str, text: &str, most: usize) -> Result<(), LifeError> {
    let right = !text.trim().is_empty() && text.chars().count() <= most;
    if right { Ok(()) } else { Err(LifeError::Text(field, most)) }
}
