//! What a command writes: answers to standard output, everything else to standard error.
//!
//! *Invariant:* a reader that went away (`| head`) is no failure of the command.

use std::io::{self, IsTerminal, Write};

use super::{Exit, Failure};

/// Writes a line of the answer.
pub(super) fn say(line: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Failed, error, "see where standard output leads"))
        }
        _ => Ok(()),
    }
}

/// Writes a line beside the answer. Where it cannot be written nobody reads it.
pub(super) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// A line that is written over and over while something takes its time; only on a terminal.
#[derive(Debug)]
pub(super) struct ProgressLine {
    shown: bool,
}

impl ProgressLine {
    /// Begins, without writing yet.
    pub(super) const fn new() -> Self {
        Self { shown: false }
    }

    /// Shows how far it is.
    pub(super) fn show(&mut self, text: &str) {
        let mut out = io::stderr().lock();
        if out.is_terminal() {
            // Carriage return and "erase in line" (ECMA-48, EL).
            let _ = write!(out, "\r\u{1b}[K{text}").and_then(|()| out.flush());
            self.shown = true;
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}
