//! `migrate`: brings the database to this program's shape.
//!
//! *Invariant:* no secret is touched: an account that owns the schema need not be able to read them.

use clap::Args;

use super::settings::SettingsFrom;
use super::{Exit, Failure, paper};
use crate::startup;

/// Brings the database to this program's shape.
#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    settings: SettingsFrom,
}

impl Migrate {
    /// Does it.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let settings = self.settings.for_a_command()?;
        let steps = startup::migrate(&settings.database.url)?;
        for step in &steps {
            paper::say(&format!("migrated: {step}"))?;
        }
        if steps.is_empty() {
            paper::say("the database is up to date")?;
        }
        Ok(Exit::Done)
    }
}
