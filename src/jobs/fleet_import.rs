//! The job of an upload: the deed does the work, this file only brings it there.
//!
//! *Invariant:* no rule of the deed stands here.

use super::causes::causes;
use crate::clock;
use crate::model::ImportId;
use crate::registry::{Registry, enroll};

/// Works on an upload; the text says why it did not work, with all causes.
pub(super) fn work(registry: &Registry, subject: &str) -> Result<(), String> {
    enroll::work(registry, clock::now(), &mut clock::chance(), &ImportId::from_text(subject))
        .map_err(|error| causes(&error))
}

/// Tells whoever waits for the upload that it failed for good: what the database said stays in our log.
pub(super) fn give_up(registry: &Registry, subject: &str) {
    if let Err(error) = enroll::give_up(registry, clock::now(), &ImportId::from_text(subject), "internal") {
        tracing::error!(import = subject, why = causes(&error), "an upload that failed could not be marked as failed");
    }
}
