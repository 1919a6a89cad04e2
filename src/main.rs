//! The door: one command, one exit code.
//!
//! *Invariant:* nothing is done here.

use std::process::ExitCode;

fn main() -> ExitCode {
    scooter_registry::cli::run()
}
