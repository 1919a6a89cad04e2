//! Why the registry did not start, and what to do about it.
//!
//! *Invariant:* every reason has its remedy here.

use std::io;
use thiserror::Error;

use super::SecretsError;
use crate::plate::Scheme;
use crate::registry::attest::AttestError;
use crate::render::FaceProblem;
use crate::render::press::PressProblem;
use crate::storage::{self, MigrationError};

/// Why the registry did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The database is not of this program's shape and could not be brought to it.
    #[error("the database could not be brought to this program's shape")]
    Migration(#[from] MigrationError),
    /// The database cannot be used.
    #[error("the database cannot be opened")]
    Storage(#[from] storage::Error),
    /// The secrets are missing or damaged.
    #[error("the secrets cannot be taken")]
    Secrets(#[from] SecretsError),
    /// The audit log was not founded with this key, or is damaged.
    #[error("the audit log cannot go on")]
    Log(#[from] AttestError),
    /// The settings of the plates do not fit together.
    #[error("plates cannot be drawn with these settings")]
    Plates(#[from] FaceProblem),
    /// The registry began under another scheme of plate numbers.
    #[error("this registry began with the plate numbers of {begun}, and registry.scheme says {configured}")]
    OtherScheme {
        /// The scheme that it keeps.
        begun: Scheme,
        /// The scheme of the settings.
        configured: Scheme,
    },
    /// The plates cannot be printed on every stock.
    #[error("plates cannot be printed with these settings")]
    Press(#[from] PressProblem),
    /// Nobody can listen there.
    #[error("nobody can listen on {address}")]
    Listen {
        /// The address of the settings.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// The system gave no thread or no way to listen for signals.
    #[error("the system gave no thread")]
    Thread(#[source] io::Error),
    /// The server ended by itself.
    #[error("the server ended by itself")]
    Ended(#[source] io::Error),
}

impl StartError {
    /// Returns what to do about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Migration(MigrationError::Newer(_)) => "start the version of the program that migrated this database",
            Self::Migration(MigrationError::Unreachable(_)) | Self::Storage(_) => {
                "check database.url, that the database runs, and that this account may use it"
            }
            Self::Migration(MigrationError::Failed(_)) => {
                "the database is as it was before the step that failed; see the cause above"
            }
            Self::Secrets(problem) => problem.remedy(),
            Self::Log(AttestError::OtherKey { .. }) => {
                "this database belongs to the registry of another key: check secrets.directory, registry.origin and \
                 database.url, and restore the key from its backup"
            }
            Self::Log(_) => "run `scooter-registry log verify` before anything else",
            Self::Plates(_) => {
                "change the length that is too small, or number_mm, or the host; config/base.toml explains them, and \
                                config/sparse-19.toml has lengths for numbers of seven symbols"
            }
            Self::OtherScheme { .. } => {
                "nothing was changed: set registry.scheme back to what the registry began with; another scheme needs a \
                 registry with a database of its own"
            }
            Self::Press(_) => "change the key that is named; config/base.toml explains it",
            Self::Listen { .. } => {
                "choose another address in server.listen (or server.public_listen), or stop the program that has it"
            }
            Self::Thread(_) => "see the limits that the system sets to this account",
            Self::Ended(_) => "see the log, and start again",
        }
    }
}
