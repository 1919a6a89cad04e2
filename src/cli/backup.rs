//! `backup`: a copy of the database while it is in use.
//!
//! *Invariant:* the secrets are not in it, so that whoever finds the copy cannot open what is sealed in it.

use clap::Args;
use std::path::PathBuf;

use super::settings::SettingsFrom;
use super::{Exit, Failure, paper};
use crate::startup::store_settings;
use crate::storage::backup::{BackupError, backup};

/// Writes a copy of the database while it is in use.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to be written; it must not be there yet
    file: PathBuf,
    #[command(flatten)]
    settings: SettingsFrom,
}

impl Backup {
    /// Does it.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let settings = self.settings.for_a_command()?;
        let bytes = backup(&store_settings(&settings.database), &self.file).map_err(failure)?;
        paper::say(&format!("{}: {bytes} bytes", self.file.display()))?;
        paper::note(&format!(
            "the secrets are not in it: copy {} too, and keep it elsewhere",
            settings.secrets.directory.display()
        ));
        Ok(Exit::Done)
    }
}

fn failure(error: BackupError) -> Failure {
    let (exit, remedy) = match &error {
        BackupError::Server => (Exit::Wrong, "use pg_dump --format=custom, or the backup of your database server"),
        BackupError::Missing(_) => (Exit::Failed, "check database.url"),
        BackupError::Taken(_) => (Exit::Wrong, "choose a name that is free"),
        BackupError::Disk { .. } => (Exit::Failed, "see that the directory is there and may be written to"),
        BackupError::Database(_) => (Exit::Failed, "see whether the disk is full, and run `scooter-registry doctor`"),
    };
    Failure::new(exit, error, remedy)
}
