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
