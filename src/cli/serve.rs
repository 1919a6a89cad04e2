//! `serve`: the registry at work until it is asked to stop.
//!
//! *Invariant:* standard output is one line, once it listens: where. What happens then is in the log.

use clap::Args;

use super::settings::SettingsFrom;
use super::{Exit, Failure, paper};
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
        let running = start(&settings)?;
        let public = running.public_url.as_ref().map(|url| format!(", for the public at {url}"));
        paper::say(&format!("the registry listens at {}{}", running.url, public.unwrap_or_default()))?;
        running.wait()?;
        Ok(Exit::Done)
    }
}
