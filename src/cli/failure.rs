//! How a command ends: an exit code, and for a failure its causes and what to do.
//!
//! *Invariant:* no failure without advice.

use std::error::Error;
use std::process::ExitCode;

use crate::config::SettingsError;
use crate::startup::{LoggingError, StartError};
use crate::storage;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Something wrong was found, or the request was refused.
    Wrong,
    /// The command line or the settings are wrong.
    Usage,
    /// The database, the server or a file cannot be reached, or something failed.
    Failed,
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    error: Box<dyn Error + Send + Sync>,
    remedy: String,
}

impl Exit {
    /// Returns the code for the shell.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Wrong => 1,
            Self::Usage => 2,
            Self::Failed => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl Failure {
    /// Takes how the command ends, why, and what to do about it.
    #[must_use]
    pub fn new(exit: Exit, error: impl Into<Box<dyn Error + Send + Sync>>, remedy: impl Into<String>) -> Self {
        Self { exit, error: error.into(), remedy: remedy.into() }
    }

    /// Returns how the command ends.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        self.exit
    }

    /// Returns the failure in plain words: what, each cause on a line of its own, what to do.
    #[must_use]
    pub fn in_words(&self) -> String {
        let causes = with_causes(self.error.as_ref(), "\n  because: ");
        format!("error: {causes}\n  what to do: {}", self.remedy)
    }
}

/// Returns the error and its causes, with something between them.
pub(super) fn with_causes(error: &dyn Error, between: &str) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        // Database servers say what they have to say in several lines.
        let said = source.to_string();
        let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        text = format!("{text}{between}{}", lines.join(" "));
        cause = source.source();
    }
    text
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let remedy = error.remedy();
        Self::new(Exit::Failed, error, remedy)
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::new(Exit::Usage, error, "correct the setting; every setting is explained in config/base.toml")
    }
}

impl From<LoggingError> for Failure {
    fn from(error: LoggingError) -> Self {
        Self::new(Exit::Usage, error, "write log.filter like info or info,scooter_registry::jobs=debug")
    }
}

impl From<storage::Error> for Failure {
    fn from(error: storage::Error) -> Self {
        let remedy = match &error {
            storage::Error::Busy(_) => "try again; if it stays so, see what else uses the database",
            _ => "run `scooter-registry doctor`",
        };
        Self::new(Exit::Failed, error, remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_with_its_causes_and_what_to_do() {
        let cause = std::io::Error::other("the disk is full");
        let failure = Failure::from(StartError::Thread(cause));
        assert_eq!(
            failure.in_words(),
            "error: the system gave no thread\n  because: the disk is full\n  \
             what to do: see the limits that the system sets to this account"
        );
        assert_eq!(failure.exit().code(), 3);
    }
}
