//! The registry opened: database, secrets, audit log; nobody listens yet.
//!
//! *Invariant:* a registry whose log belongs to another key is not opened.

use super::{SecretFiles, StartError, rules, store_settings};
use crate::clock;
use crate::config::Settings;
use crate::registry::{Registry, attest};
use crate::storage::{Store, migrate};

/// A registry that was opened.
pub struct Opened {
    /// The registry.
    pub registry: Registry,
    /// Where its secrets lie.
    pub secret_files: SecretFiles,
}

/// Opens the registry of the settings: brings the database to this program's shape, takes the secrets (or makes them,
/// if the settings say so) and founds the audit log if there is none.
///
/// # Errors
/// [`StartError`].
pub fn open(settings: &Settings) -> Result<Opened, StartError> {
    for step in migrate(&settings.database.url)? {
        tracing::info!(step, "the database was migrated");
    }
    let store = Store::open(&store_settings(&settings.database))?;
    let (secret_files, secrets) =
        SecretFiles::take(&settings.secrets, &settings.registry.origin, &mut clock::chance())?;
    for finding in secret_files.findings() {
        tracing::warn!(path = %finding.path.display(), wrong = finding.wrong, "a secret is not kept as it should be");
    }
    let registry = Registry {
        store,
        rules: rules(settings),
        secrets,
    };
    attest::found_log(&registry, clock::now())?;
    Ok(Opened { registry, secret_files })
}
