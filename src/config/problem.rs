//! Why the settings are no settings.
//!
//! *Invariant:* no value of a setting stands in a message but the one that is wrong; the database's URL never does.

use std::path::PathBuf;
use thiserror::Error;

/// Why the settings could not be taken.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("the settings file {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("the settings file {} is not TOML", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Where it stops being TOML.
        source: Box<config::ConfigError>,
    },
    /// A key that no code reads.
    #[error("{origin} sets {key}, which is no setting{}", hint(nearest.as_ref()))]
    UnknownKey {
        /// The key, with its section.
        key: String,
        /// The file, or the environment variable.
        origin: String,
        /// The setting that was probably meant.
        nearest: Option<String>,
    },
    /// A list of tables, or a whole section, given by an environment variable.
    #[error("{key} can be set in a file only, not by the environment")]
    FileOnly {
        /// The key, with its section.
        key: String,
    },
    /// A value that its key cannot have.
    #[error("a setting has a value that it cannot have")]
    Value(#[source] Box<config::ConfigError>),
}

fn hint(nearest: Option<&String>) -> String {
    nearest.map_or_else(String::new, |key| format!(" (did you mean {key}?)"))
}
