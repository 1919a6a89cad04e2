//! The job of an upload: the deed does the work, this file only brings it there.
//!
//! *Invariant:* no rule of the deed stands here.

use crate::clock;
use crate::model::ImportId;
use crate::registry::{Registry, enroll};

/// Works on an upload; the text says why it did not work, with all causes.
pub(super) fn work(registry: &Registry, subject: &str) -> Result<(), String> {
    enroll::work(registry, clock::now(), &mut clock::chance(), &ImportId::from_text(subject))
        .map_err(|error| chain(&error))
}

/// Tells whoever waits for the upload that it failed for good.
pub(super) fn give_up(registry: &Registry, subject: &str, why: &str) {
    if let Err(error) = enroll::give_up(registry, clock::now(), &ImportId::from_text(subject), why) {
        tracing::error!(import = subject, why = chain(&error), "an upload that failed could not be marked as failed");
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text = format!("{text}: {source}");
        cause = source.source();
    }
    text
}
