//! The settings that a command starts from, and the log it writes.
//!
//! *Invariant:* the environment is read here and nowhere else.

use clap::Args;
use std::path::PathBuf;

use super::{Exit, Failure};
use crate::config::{Settings, load};
use crate::startup::begin_logging;

/// Where the settings come from.
#[derive(Debug, Args)]
pub(super) struct SettingsFrom {
    /// A file of settings; it says only what differs from the built-in ones
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl SettingsFrom {
    /// Reads the settings and begins to log as they say.
    pub(super) fn for_serving(&self) -> Result<Settings, Failure> {
        let settings = load(self.config.as_deref(), environment()?)?;
        begin_logging(&settings.log)?;
        Ok(settings)
    }

    /// Reads the settings for a command that answers and ends: only warnings are logged.
    pub(super) fn for_a_command(&self) -> Result<Settings, Failure> {
        let mut settings = load(self.config.as_deref(), environment()?)?;
        "warn".clone_into(&mut settings.log.filter);
        begin_logging(&settings.log)?;
        Ok(settings)
    }
}

/// Reads the built-in settings and those of the environment, without a file.
pub(super) fn without_file() -> Result<Settings, Failure> {
    Ok(load(None, environment()?)?)
}

/// Returns the environment; a variable of ours that is no text is refused, those of others are passed over.
fn environment() -> Result<Vec<(String, String)>, Failure> {
    let mut pairs = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => pairs.push((name, value)),
            Err(_) if name.starts_with(crate::config::PREFIX) => {
                let wrong = format!("the environment variable {name} is not UTF-8");
                return Err(Failure::new(Exit::Usage, wrong, "write it in UTF-8"));
            }
            Err(_) => {}
        }
    }
    Ok(pairs)
}
