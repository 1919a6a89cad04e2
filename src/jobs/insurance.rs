//! The daily look at what lacks insurance: at start, and soon after each midnight of the registry's zone.
//!
//! *Invariant:* several servers on one database may all look: a look raises only what no look has raised, so that nobody
//! is told twice.

use chrono::NaiveDate;

use super::causes::causes;
use crate::clock;
use crate::model::Moment;
use crate::registry::{Registry, insure};

/// Looks, unless that was done on this day; one that failed is done again next time.
pub(super) fn look(registry: &Registry, now: Moment, looked: &mut Option<NaiveDate>) {
    let today = registry.rules.zone.date_of(now);
    if *looked == Some(today) {
        return;
    }
    match insure::look_at_all(registry, now, &mut clock::chance()) {
        Ok(raised) => {
            *looked = Some(today);
            if raised > 0 {
                tracing::info!(raised, "operators have new notices about their insurance");
            }
        }
        Err(error) => {
            tracing::warn!(why = causes(&error), "the insurance of the fleets was not looked at; it is tried again");
        }
    }
}
