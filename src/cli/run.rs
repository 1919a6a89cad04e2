//! From the command line to an exit code.
//!
//! *Invariant:* the only place where a failure is written.

use clap::Parser;
use std::process::ExitCode;

use super::arguments::Arguments;
use super::paper;

/// Runs the command of the process's own command line.
#[must_use]
pub fn run() -> ExitCode {
    match Arguments::parse().command.run() {
        Ok(exit) => exit.into(),
        Err(failure) => {
            paper::note(&failure.in_words());
            failure.exit().into()
        }
    }
}
