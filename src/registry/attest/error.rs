//! Why the log could not be signed, proved or read.
//!
//! *Invariant:* a log that contradicts itself is never signed over.

use thiserror::Error;

use crate::storage;

/// Why the log could not be signed, proved or read.
#[derive(Debug, Error)]
pub enum AttestError {
    /// There is no such entry or tile, or it is not the caller's to know.
    #[error("there is no such entry")]
    Unknown,
    /// The entry is younger than the newest signed checkpoint.
    #[error("the entry is not yet covered by a signed checkpoint")]
    NotSignedYet,
    /// Entries are for auditors only.
    #[error("entries are for auditors")]
    Forbidden,
    /// Another key signs this log.
    #[error("this log is signed by the key {recorded}, and this program holds {ours}: restore the right key file")]
    OtherKey {
        /// The key on record.
        recorded: String,
        /// The key in hand.
        ours: String,
    },
    /// What is stored contradicts itself.
    #[error("the audit log contradicts itself: {0}")]
    Broken(String),
    /// The entry of the audit log cannot be written.
    #[error("the entry cannot be written")]
    Entry(#[from] crate::audit::EntryProblem),
    /// The database failed.
    #[error("the audit log could not be read")]
    Storage(#[from] storage::Error),
}

impl AttestError {
    /// Returns whether the database was only busy or out of reach: the next attempt may find it again.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        use storage::Error::{Busy, Lost, Unsettled};
        matches!(self, Self::Storage(Busy(_) | Lost(_) | Unsettled(_)))
    }
}
