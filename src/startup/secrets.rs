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

pub(super) const LOG_KEY: &str = "audit-log-signing.key";
pub(super) const ACCESS_KEY: &str = "access-keys.key";
pub(super) const ANSWER_KEY: &str = "answers.key";
pub(super) const KEYS: [&str; 3] = [LOG_KEY, ACCESS_KEY, ANSWER_KEY];
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
