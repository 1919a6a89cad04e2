//! Why something about a plate was refused.
//!
//! *Invariant:* a foreign number or item answers exactly like one that does not exist.

use thiserror::Error;

use crate::model::DeviceId;
use crate::storage;

/// Why something about a plate was refused.
#[derive(Debug, Error)]
pub enum ItemError {
    /// The caller is no operator.
    #[error("only an operator has plates")]
    NotAnOperator,
    /// There is no such number, item or alarm of the caller's.
    #[error("there is no such plate or alarm")]
    Unknown,
    /// The operator is suspended: no plate is made for it.
    #[error("the operator is suspended: no plates are made for it")]
    Suspended,
    /// The number is annulled: it gets no more plates.
    #[error("the number is annulled")]
    Annulled,
    /// The item was withdrawn, which is final.
    #[error("the plate was withdrawn, and that is final")]
    Withdrawn,
    /// The instant lies in the future.
    #[error("the instant lies in the future")]
    InFuture,
    /// The instant lies before there was such an item.
    #[error("the instant lies before there was such a plate")]
    TooEarly,
    /// Withdrawing needs a reason.
    #[error("a reason is needed")]
    ReasonMissing,
    /// A text is too long.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// The scooter is not in the caller's fleet.
    #[error("the scooter is not in the fleet")]
    UnknownVehicle(DeviceId),
    /// The alarm was settled before.
    #[error("the alarm is settled")]
    Settled,
    /// The database failed.
    #[error("it could not be recorded")]
    Storage(#[from] storage::Error),
}
