//! What can go wrong in storage, as far as a caller can act on it.
//!
//! *Invariant:* a unique violation is an answer (taken, replayed), not a fault.

use diesel::result::{DatabaseErrorKind, Error as Diesel};
use thiserror::Error;

/// What went wrong in storage.
#[derive(Debug, Error)]
pub enum Error {
    /// The row is not there.
    #[error("the record is missing")]
    Missing,
    /// A unique or foreign key was violated; the message names the constraint.
    #[error("the record conflicts with another: {0}")]
    Conflict(String),
    /// The database is locked, or every connection is taken; trying again later helps.
    #[error("the database is busy")]
    Busy(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The connection was lost before the transaction was to become durable: nothing was written.
    #[error("the connection to the database was lost")]
    Lost(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The connection was lost while the transaction was to become durable: nobody knows whether it did.
    #[error("the connection to the database was lost during a commit")]
    Unsettled(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Anything else.
    #[error("the database failed")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The result of a storage call.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Returns a fault found in stored values: they cannot be what this program wrote.
    pub(super) fn corrupt(what: impl Into<String>) -> Self {
        Self::Broken(what.into().into())
    }

    /// Returns the error of a commit. Where the database did not say plainly that it refused, nobody knows what became of it.
    pub(super) fn of_commit(error: Diesel) -> Self {
        match Self::from(error) {
            Self::Lost(source) | Self::Broken(source) => Self::Unsettled(source),
            other => other,
        }
    }
}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match error {
            Diesel::NotFound => Self::Missing,
            Diesel::DatabaseError(
                DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::ForeignKeyViolation,
                ref information,
            ) => {
                let text = information.constraint_name().unwrap_or_else(|| information.message()).to_owned();
                Self::Conflict(text)
            }
            Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection, _) | Diesel::BrokenTransactionManager => {
                Self::Lost(Box::new(error))
            }
            // What an administrator, a shutdown and a crash say (PostgreSQL, class 57P).
            Diesel::DatabaseError(_, ref information)
                if ["terminating connection", "server closed the connection", "no connection to the server"]
                    .iter()
                    .any(|words| information.message().contains(words)) =>
            {
                Self::Lost(Box::new(error))
            }
            Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Busy(Box::new(error)),
            Diesel::DatabaseError(_, ref information)
                if ["locked", "deadlock", "lock timeout", "statement timeout"]
                    .iter()
                    .any(|word| information.message().contains(word)) =>
            {
                Self::Busy(Box::new(error))
            }
            other => Self::Broken(Box::new(other)),
        }
    }
}
