//! The registry opened: database, secrets, audit log; nobody listens yet.
//!
//! *Invariant:* a registry whose log belongs to another key is not opened, and no key is made for it.

use std::path::Path;

use super::numbering::NumberingNeeds;
use super::private_file;
use super::tag_keys::{HoldError, TagKeyNeeds};
use super::{SecretFiles, StartError, rules, store_settings};
use crate::clock;
use crate::config::{SecretSettings, Settings};
use crate::registry::{Registry, attest};
use crate::storage::{self, Store, tag_keys};

/// A registry that was opened.
pub struct Opened {
    /// The registry.
    pub registry: Registry,
    /// Where its secrets lie.
    pub secret_files: SecretFiles,
}

/// Brings the database of a URL to this program's shape; returns the names of the steps that it took. An embedded
/// database that is made by this is its owner's alone.
///
/// # Errors
/// [`StartError::Migration`].
pub fn migrate(url: &str) -> Result<Vec<String>, StartError> {
    if let Some(path) = url.strip_prefix("sqlite:").filter(|path| !path.starts_with(':')) {
        // Where that fails, opening it fails too, and says why.
        let _ = private_file::reserve(Path::new(path));
    }
    Ok(storage::migrate(url)?)
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
    // Keys made for a registry that has had its own would only be in the way of those that are to be restored.
    let founded = store.read(attest::is_founded)?;
    let wanted = SecretSettings { create: settings.secrets.create && !founded, ..settings.secrets.clone() };
    let tags = TagKeyNeeds {
        current: settings.tags.key.get(),
        // Unlike the other keys this one may be made for a founded log: the release before had none.
        create: settings.secrets.create,
        known: store.read(tag_keys::list)?,
    };
    let scheme = settings.registry.scheme;
    let numbers = NumberingNeeds { create: wanted.create, ..NumberingNeeds::find(&store, scheme, founded)? };
    let (secret_files, secrets) =
        SecretFiles::take(&wanted, &settings.registry.origin, &tags, &numbers, &mut clock::chance())?;
    for finding in secret_files.findings() {
        tracing::warn!(path = %finding.path.display(), wrong = finding.wrong, "a secret is not kept as it should be");
    }
    if !founded {
        secret_files.begin_signer_state()?;
    }
    secret_files.hold_numbering(&store, scheme, secrets.shuffle(), clock::now())?;
    let registry = Registry { store, rules: rules(settings)?, secrets };
    attest::found_log(&registry, clock::now())?;
    let held = secret_files.hold_tag_keys(&registry.store, registry.secrets.tag_keys(), clock::now());
    held.map_err(|error| match error {
        HoldError::Secrets(problem) => StartError::Secrets(problem),
        HoldError::Storage(problem) => StartError::Storage(problem),
    })?;
    Ok(Opened { registry, secret_files })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;
    use crate::startup::SecretsError;
    use std::os::unix::fs::PermissionsExt;

    fn settings(directory: &Path) -> Settings {
        let mut settings = crate::config::load(None, []).unwrap();
        settings.database.url = format!("sqlite:{}", directory.join("registry.db").display());
        settings.secrets.directory = directory.join("secrets");
        settings
    }

    #[test]
    fn a_registry_is_reopened_with_the_keys_of_its_first_start() {
        let directory = tempfile::tempdir().unwrap();
        let settings = settings(directory.path());
        let first = open(&settings).unwrap().registry.secrets.verifier_key();
        let database = std::fs::metadata(directory.path().join("registry.db")).unwrap();
        assert_eq!(database.permissions().mode() & 0o777, 0o600, "rides are nobody else's to read");
        assert_eq!(open(&settings).unwrap().registry.secrets.verifier_key(), first);
    }

    #[test]
    fn what_vouches_for_the_log_is_begun_with_it_and_never_made_again() {
        let directory = tempfile::tempdir().unwrap();
        let settings = settings(directory.path());
        assert_eq!(open(&settings).unwrap().secret_files.signer_state().unwrap().size(), 0);
        std::fs::remove_file(settings.secrets.directory.join("audit-log-signed.state")).unwrap();
        let lost = open(&settings).unwrap().secret_files.signer_state();
        assert!(matches!(lost, Err(SecretsError::SignerStateLost { .. })));
    }

    #[test]
    fn a_first_start_that_died_before_the_log_was_founded_is_taken_up() {
        let directory = tempfile::tempdir().unwrap();
        let settings = settings(directory.path());
        let tags = TagKeyNeeds { current: 1, create: true, known: Vec::new() };
        let numbers = NumberingNeeds { scheme: settings.registry.scheme, create: true, known: None };
        let (files, _) =
            SecretFiles::take(&settings.secrets, &settings.registry.origin, &tags, &numbers, &mut clock::chance())
                .unwrap();
        files.begin_signer_state().unwrap();
        migrate(&settings.database.url).unwrap();
        assert_eq!(open(&settings).unwrap().secret_files.signer_state().unwrap().size(), 0);
    }

    #[test]
    fn a_registry_that_lost_its_keys_is_given_no_others() {
        let directory = tempfile::tempdir().unwrap();
        let mut settings = settings(directory.path());
        drop(open(&settings).unwrap());
        settings.secrets.directory = directory.path().join("elsewhere");
        let refused = open(&settings).err().unwrap();
        assert!(matches!(refused, StartError::Secrets(SecretsError::NoneMade { .. })));
        assert!(!settings.secrets.directory.exists());
    }

    #[test]
    fn a_registry_does_not_open_with_the_keys_of_another() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut settings = settings(one.path());
        drop(open(&settings).unwrap());
        drop(open(&self::settings(other.path())).unwrap());
        settings.secrets.directory = other.path().join("secrets");
        assert!(matches!(open(&settings).err().unwrap(), StartError::Log(attest::AttestError::OtherKey { .. })));
    }

    #[test]
    fn a_lost_or_exchanged_key_of_tags_is_never_replaced() {
        let (directory, aside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let settings = settings(directory.path());
        drop(open(&settings).unwrap());
        let (file, kept) = (settings.secrets.directory.join("plate-tags-1.key"), aside.path().join("kept"));
        std::fs::rename(&file, &kept).unwrap();
        let lost = open(&settings).err().unwrap();
        assert!(matches!(lost, StartError::Secrets(SecretsError::TagKeyLost { .. })));
        assert!(lost.remedy().contains("restore") && !file.exists());
        std::fs::write(&file, "ab".repeat(32)).unwrap();
        let other = open(&settings).err().unwrap();
        assert!(matches!(other, StartError::Secrets(SecretsError::OtherTagKey { .. })));
        std::fs::rename(&kept, &file).unwrap();
        assert!(open(&settings).is_ok());
    }

    #[test]
    fn a_second_key_makes_the_tags_of_new_plates_and_the_first_stays_needed() {
        let directory = tempfile::tempdir().unwrap();
        let mut settings = settings(directory.path());
        let first = open(&settings).unwrap().registry.secrets.tag_keys().current().fingerprint();
        settings.tags.key = std::num::NonZeroU16::new(2).unwrap();
        let secrets = open(&settings).unwrap().registry.secrets;
        assert_eq!(secrets.tag_keys().current().id(), 2);
        assert_eq!(secrets.tag_key(1).unwrap().fingerprint(), first);
        std::fs::remove_file(settings.secrets.directory.join("plate-tags-1.key")).unwrap();
        assert!(matches!(open(&settings).err().unwrap(), StartError::Secrets(SecretsError::TagKeyLost { .. })));
    }
}
