//! The secrets as files: three keys, those of the plates' tags, and the account that the signer of the log keeps of what
//! it signed.
//!
//! *Invariant:* a key that is missing beside others is never made anew: what it opened would be closed for good. Nor is
//! the signer's account, once the log was founded: an empty one would vouch for whatever the database holds.

use rand::Rng;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

use super::numbering::{NUMBER_KEY, NumberingNeeds};
use super::private_file;
use super::tag_keys::{TagKeyNeeds, is_tag_key};
use crate::audit::{KeyProblem, SigningKey};
use crate::config::SecretSettings;
use crate::registry::Secrets;
use crate::registry::attest::SignerState;

const LOG_KEY: &str = "audit-log-signing.key";
const ACCESS_KEY: &str = "access-keys.key";
const ANSWER_KEY: &str = "answers.key";
const KEYS: [&str; 3] = [LOG_KEY, ACCESS_KEY, ANSWER_KEY];
const SIGNED: &str = "audit-log-signed.state";

/// The directory of the secrets.
#[derive(Debug, Clone)]
pub struct SecretFiles {
    directory: PathBuf,
}

/// Why the secrets could not be taken.
#[derive(Debug, Error)]
pub enum SecretsError {
    /// No key is there, and none may be made.
    #[error("there are no keys in {}, and none may be made", directory.display())]
    NoneMade {
        /// Where they were looked for.
        directory: PathBuf,
    },
    /// Some keys are there, others are not.
    #[error("the key {} is missing beside the others", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is no key for the tags of plates, and none may be made.
    #[error("there is no key for the tags of plates: {} is missing", path.display())]
    NoTagKey {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A key that made the tags of plates is gone.
    #[error("{}, which made the tags of plates, is missing", path.display())]
    TagKeyLost {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Another key stands where the one should that made the tags of plates.
    #[error("{} holds another key than the one that made the tags of plates", path.display())]
    OtherTagKey {
        /// The file.
        path: PathBuf,
    },
    /// There is no key for plate numbers, and none may be made.
    #[error("there is no key for plate numbers: {} is missing", path.display())]
    NoNumberKey {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The key that made the plate numbers is gone.
    #[error("{}, which made the plate numbers, is missing", path.display())]
    NumberKeyLost {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Another key stands where the one should that made the plate numbers.
    #[error("{} holds another key than the one that made the plate numbers", path.display())]
    OtherNumberKey {
        /// The file.
        path: PathBuf,
    },
    /// The log was founded, and what its signer keeps of it is gone.
    #[error("{}, which vouches for the audit log, is missing", path.display())]
    SignerStateLost {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file that does not hold what it should.
    #[error("{} does not hold {expected}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
    },
    /// The disk failed, or the rights do not suffice.
    #[error("{} cannot be read or written", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The log cannot be called so.
    #[error("registry.origin is no name for a log")]
    Origin(#[source] KeyProblem),
}

/// Something about the files that works, and should not be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFinding {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub wrong: String,
}

impl SecretsError {
    /// Returns what to do about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::NoneMade { .. } => {
                "check secrets.directory; for a new registry set secrets.create to true for its first start; for one \
                 that ran before, restore the directory from its backup"
            }
            Self::Missing { .. } => {
                "restore it from the backup; only if this registry was never used, delete the whole directory and \
                 start again"
            }
            Self::NoTagKey { .. } => {
                "a registry that made no tags yet, as one of an earlier release, needs it once: start once with \
                 secrets.create set to true; a further server needs a copy of the first one's file"
            }
            Self::TagKeyLost { .. } | Self::OtherTagKey { .. } => {
                "restore it from its backup or from another server of this registry; it is never made anew, for every \
                 plate in the street that bears its tag would answer as false"
            }
            Self::NoNumberKey { .. } => {
                "a new registry needs it once: start once with secrets.create set to true; a further server needs a copy of \
                 the first one's file"
            }
            Self::NumberKeyLost { .. } | Self::OtherNumberKey { .. } => {
                "restore it from its backup or from another server of this registry; it is never made anew: under another \
                 key the sequence would come upon numbers that scooters bear already"
            }
            Self::SignerStateLost { .. } => {
                "restore it from its backup or from another server of this registry; if there is none, run \
                 `scooter-registry log verify`, compare with receipts that were handed out, and start once with \
                 secrets.accept_lost_signer_state set to true, as for the first start of a further server"
            }
            Self::Unreadable { .. } => "restore the file from its backup",
            Self::Disk { .. } => "see that the account of the program owns the directory and that the disk is not full",
            Self::Origin(_) => "set registry.origin to a name such as registry.example.kz/log",
        }
    }
}

impl SecretFiles {
    /// Returns the files of a directory; none is touched yet.
    #[must_use]
    pub fn at(directory: &Path) -> Self {
        Self { directory: directory.to_path_buf() }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Reads the keys; makes them, if there are none and the settings say so.
    ///
    /// # Errors
    /// [`SecretsError`].
    pub fn take(
        settings: &SecretSettings,
        origin: &str,
        tags: &TagKeyNeeds,
        numbering: &NumberingNeeds,
        rng: &mut impl Rng,
    ) -> Result<(Self, Secrets), SecretsError> {
        let files = Self::at(&settings.directory);
        if KEYS.iter().all(|name| !files.path(name).exists()) {
            if !settings.create {
                return Err(SecretsError::NoneMade { directory: files.directory });
            }
            files.make(rng)?;
        }
        let log_key = SigningKey::from_seed(origin, files.key(LOG_KEY)?).map_err(SecretsError::Origin)?;
        let (pepper, answers) = (files.key(ACCESS_KEY)?, files.key(ANSWER_KEY)?);
        let secrets = Secrets::new(log_key, pepper, answers, files.take_tag_keys(tags, rng)?);
        let secrets = secrets.with_shuffle(files.take_shuffle(numbering, rng)?);
        Ok((files, secrets))
    }

    fn make(&self, rng: &mut impl Rng) -> Result<(), SecretsError> {
        KEYS.iter().try_for_each(|name| self.make_key(name, rng))
    }

    pub(super) fn make_key(&self, name: &str, rng: &mut impl Rng) -> Result<(), SecretsError> {
        let mut key = [0_u8; 32];
        rng.fill_bytes(&mut key);
        let path = self.path(name);
        match private_file::create(&path, format!("{}\n", hex::encode(key)).as_bytes()) {
            Ok(()) => tracing::info!(path = %path.display(), "a key was made; back it up apart from the database"),
            // Another process is making the same registry: its keys are as good.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(SecretsError::Disk { path, source }),
        }
        Ok(())
    }

    pub(super) fn key(&self, name: &str) -> Result<[u8; 32], SecretsError> {
        let path = self.path(name);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(SecretsError::Missing { path }),
            Err(source) => return Err(SecretsError::Disk { path, source }),
        };
        let mut key = [0_u8; 32];
        // The cause names a character of the key.
        hex::decode_to_slice(text.trim(), &mut key)
            .map_err(|_hidden| SecretsError::Unreadable { path, expected: "a key: 64 hexadecimal digits" })?;
        Ok(key)
    }

    /// Begins the signer's account of a log that is about to be founded; one that is there stays. Made before the log
    /// is, so that a process that dies in between leaves a registry that starts.
    ///
    /// # Errors
    /// [`SecretsError::Disk`].
    pub(super) fn begin_signer_state(&self) -> Result<(), SecretsError> {
        let path = self.path(SIGNED);
        match private_file::create(&path, &SignerState::default().to_bytes()) {
            Err(source) if source.kind() != io::ErrorKind::AlreadyExists => Err(SecretsError::Disk { path, source }),
            _ => Ok(()),
        }
    }

    /// Reads the signer's account for the server that will go on with it; a lost one is begun anew if the settings
    /// accept that.
    ///
    /// # Errors
    /// As [`Self::signer_state`].
    pub(super) fn resume_signer_state(&self, settings: &SecretSettings) -> Result<SignerState, SecretsError> {
        match self.signer_state() {
            Err(SecretsError::SignerStateLost { path }) if settings.accept_lost_signer_state => {
                tracing::warn!(
                    path = %path.display(),
                    "nobody vouches for the audit log up to here: its signer begins a new account, as \
                     secrets.accept_lost_signer_state says; set that back to false now"
                );
                self.begin_signer_state()?;
                self.signer_state()
            }
            other => other,
        }
    }

    /// Reads the signer's own account of what it signed.
    ///
    /// # Errors
    /// [`SecretsError::SignerStateLost`] where there is none; [`SecretsError::Unreadable`] where the file is none that
    /// the signer wrote.
    pub fn signer_state(&self) -> Result<SignerState, SecretsError> {
        let path = self.path(SIGNED);
        match fs::read(&path) {
            Ok(bytes) => SignerState::from_bytes(&bytes).map_err(|_damaged| SecretsError::Unreadable {
                path,
                expected: "what the signer of the log keeps there",
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(SecretsError::SignerStateLost { path }),
            Err(source) => Err(SecretsError::Disk { path, source }),
        }
    }

    /// Keeps the bytes of the signer's state.
    ///
    /// # Errors
    /// Those of the disk; what was kept before then stays.
    pub fn save_signer_state(&self, bytes: &[u8]) -> io::Result<()> {
        private_file::replace(&self.path(SIGNED), bytes)
    }

    /// Lists what others than the owner can get at, and what is missing.
    #[must_use]
    pub fn findings(&self) -> Vec<SecretFinding> {
        let mut findings = Vec::new();
        let tags = fs::read_dir(&self.directory).into_iter().flatten().filter_map(Result::ok).map(|file| file.path());
        let tags = tags.filter(|path| {
            path.file_name().and_then(OsStr::to_str).is_some_and(|name| is_tag_key(name) || name == NUMBER_KEY)
        });
        let looked_at = KEYS.iter().map(|name| self.path(name)).chain(tags).chain([self.directory.clone()]);
        for path in looked_at {
            match fs::metadata(&path) {
                Ok(found) if found.permissions().mode() & 0o077 != 0 => {
                    let wrong =
                        format!("others than its owner may use it (mode {:03o})", found.permissions().mode() & 0o777);
                    findings.push(SecretFinding { path, wrong });
                }
                Ok(_) => {}
                Err(error) => findings.push(SecretFinding { path, wrong: format!("it cannot be looked at: {error}") }),
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;
    use crate::audit::{CompactRange, leaf_hash};
    use crate::plate::KZ_158;
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use tempfile::TempDir;

    fn settings(directory: &TempDir, create: bool) -> SecretSettings {
        SecretSettings { directory: directory.path().join("secrets"), create, accept_lost_signer_state: false }
    }

    fn take(settings: &SecretSettings, seed: u64) -> Result<(SecretFiles, Secrets), SecretsError> {
        let tags = TagKeyNeeds { current: 1, create: settings.create, known: Vec::new() };
        let numbers = NumberingNeeds { scheme: KZ_158, create: settings.create, known: None };
        SecretFiles::take(settings, "registry.test/log", &tags, &numbers, &mut StdRng::seed_from_u64(seed))
    }

    #[test]
    fn keys_are_made_once_for_their_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let settings = settings(&directory, true);
        let (files, first) = take(&settings, 1).unwrap();
        let (_, again) = take(&settings, 2).unwrap();
        assert_eq!(first.verifier_key(), again.verifier_key());
        assert_eq!(first.hash_access_secret("x"), again.hash_access_secret("x"));
        assert_eq!(files.findings(), []);
        for name in KEYS.iter().chain([&"plate-tags-1.key"]) {
            let text = fs::read_to_string(files.path(name)).unwrap();
            assert_eq!(text.trim().len(), 64);
        }
    }

    #[test]
    fn where_none_may_be_made_a_missing_key_is_an_error_that_says_what_to_do() {
        let directory = tempfile::tempdir().unwrap();
        let problem = take(&settings(&directory, false), 1).unwrap_err();
        assert!(matches!(problem, SecretsError::NoneMade { .. }));
        assert!(problem.remedy().contains("restore"));
        assert!(!directory.path().join("secrets").exists(), "nothing was made");
    }

    #[test]
    fn one_missing_key_is_not_made_anew_beside_the_others() {
        let directory = tempfile::tempdir().unwrap();
        let settings = settings(&directory, true);
        let (files, _) = take(&settings, 1).unwrap();
        fs::remove_file(files.path(ANSWER_KEY)).unwrap();
        assert!(matches!(take(&settings, 2), Err(SecretsError::Missing { path }) if path.ends_with(ANSWER_KEY)));
    }

    #[test]
    fn a_cut_key_is_refused_and_its_text_not_shown() {
        let directory = tempfile::tempdir().unwrap();
        let settings = settings(&directory, true);
        let (files, _) = take(&settings, 1).unwrap();
        fs::write(files.path(ACCESS_KEY), "c0ffee").unwrap();
        let problem = take(&settings, 1).unwrap_err();
        assert!(matches!(problem, SecretsError::Unreadable { .. }));
        assert!(!format!("{problem:?}{problem}").contains("c0ffee"));
    }

    #[test]
    fn a_key_that_others_may_read_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let (files, _) = take(&settings(&directory, true), 1).unwrap();
        fs::set_permissions(files.path(LOG_KEY), fs::Permissions::from_mode(0o644)).unwrap();
        let findings = files.findings();
        assert!(matches!(findings.as_slice(), [one] if one.path.ends_with(LOG_KEY) && one.wrong.contains("644")));
    }

    #[test]
    fn what_the_signer_keeps_is_begun_once_and_read_back() {
        let directory = tempfile::tempdir().unwrap();
        let files = SecretFiles::at(directory.path());
        files.begin_signer_state().unwrap();
        assert_eq!(files.signer_state().unwrap(), SignerState::default());
        let mut range = CompactRange::new();
        range.append(leaf_hash(b"an entry"));
        files.save_signer_state(&range.to_bytes()).unwrap();
        files.begin_signer_state().unwrap();
        assert_eq!(files.signer_state().unwrap().size(), 1, "an account that is there stays");
        files.save_signer_state(b"?").unwrap();
        assert!(matches!(files.signer_state(), Err(SecretsError::Unreadable { .. })));
    }

    #[test]
    fn an_account_that_is_gone_is_begun_anew_only_where_that_is_accepted() {
        let directory = tempfile::tempdir().unwrap();
        let files = SecretFiles::at(directory.path());
        let mut settings = settings(&directory, false);
        let problem = files.resume_signer_state(&settings).unwrap_err();
        assert!(matches!(problem, SecretsError::SignerStateLost { .. }));
        assert!(problem.remedy().contains("accept_lost_signer_state"));
        settings.accept_lost_signer_state = true;
        assert_eq!(files.resume_signer_state(&settings).unwrap().size(), 0);
        settings.accept_lost_signer_state = false;
        assert!(files.resume_signer_state(&settings).is_ok(), "it was accepted once and for all");
    }
}
