//! Logging: begun once, by the door.
//!
//! *Invariant:* the log goes to standard error; standard output belongs to the answer of a command.

use std::io::{self, IsTerminal};
use thiserror::Error;
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, LogSettings};

/// Why logging did not begin.
#[derive(Debug, Error)]
pub enum LoggingError {
    /// The filter cannot be read.
    #[error("log.filter cannot be read")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody logs already.
    #[error("logging has begun already")]
    Begun(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Begins to log, for the whole process.
///
/// # Errors
/// [`LoggingError`].
pub fn begin_logging(settings: &LogSettings) -> Result<(), LoggingError> {
    let filter = EnvFilter::try_new(&settings.filter)?;
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    match settings.format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    }
    .map_err(LoggingError::Begun)
}
