//! `serve`: the registry at work until it is asked to stop.
//!
//! *Invariant:* standard output stays empty: what happens is in the log.

use clap::Args;

use super::settings::SettingsFrom;
use super::{Exit, Failure};
use crate::startup::start;

/// Serves the registry.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    settings: SettingsFrom,
}

impl Serve {
    /// Does it.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let settings = self.settings.for_serving()?;
        start(&settings)?.wait()?;
        Ok(Exit::Done)
    }
}
