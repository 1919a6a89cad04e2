//! An error with all its causes, on one line, for the log.
//!
//! *Invariant:* what an error says of itself is not repeated by its causes, so that joining them is enough.

use std::error::Error;

/// Returns the error and its causes, from the outermost to the first.
pub(super) fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text = format!("{text}: {source}");
        cause = source.source();
    }
    text
}
