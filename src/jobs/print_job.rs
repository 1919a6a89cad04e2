//! The job of an order of plates: the deed does the work, this file only brings it there.
//!
//! *Invariant:* no rule of the deed stands here.

use super::causes::causes;
use super::queue::Came;
use crate::clock;
use crate::model::PrintJobId;
use crate::registry::Registry;
use crate::registry::press::{self, Worked};

/// Does the next step of a print job; the text says why it was not done, with all causes.
pub(super) fn work(registry: &Registry, subject: &str) -> Result<Came, String> {
    let worked = press::work(registry, clock::now(), &mut clock::chance(), &PrintJobId::from_text(subject));
    worked.map_err(|error| causes(&error)).map(|worked| match worked {
        Worked::ToTheEnd => Came::ToTheEnd,
        Worked::AStep => Came::AStep,
    })
}

/// Tells whoever waits for the print job that it failed for good: what the database said stays in our log.
pub(super) fn give_up(registry: &Registry, subject: &str) {
    if let Err(error) = press::give_up(registry, clock::now(), &PrintJobId::from_text(subject), "internal") {
        tracing::error!(print_job = subject, why = causes(&error), "a print job that failed could not be marked so");
    }
}
