//! Housekeeping: what has served its time is put away.
//!
//! *Invariant:* nothing that is evidence is touched here, but by [`retain`], which holds what lookups have shown.

use super::causes::causes;
use crate::clock;
use crate::model::Moment;
use crate::registry::{Registry, press, retain};
use crate::storage::Error as StorageError;
use crate::storage::idempotency;

/// How long a repeated creation is recognised, in seconds: seven days, as the interface promises.
const REPEATS_KNOWN_S: i64 = 7 * 24 * 3600;

/// Puts away what has served its time: old idempotency keys, old positions, the bytes of old print files.
pub(super) fn tidy(registry: &Registry, now: Moment) {
    forget_creations(registry, now);
    match retain::erase_positions(registry, now, &mut clock::chance()) {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "old positions of scooters were erased"),
        Err(error) => tracing::warn!(why = causes(&error), "old positions of scooters could not be erased"),
    }
    match press::erase_old(registry, now, &mut clock::chance()) {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "the files of old print jobs were erased"),
        Err(error) => {
            tracing::warn!(why = causes(&error), "the files of old print jobs could not be erased");
        }
    }
}

/// Forgets the creations that were made so long ago that nobody repeats them.
fn forget_creations(registry: &Registry, now: Moment) {
    let before = now.plus_seconds(-REPEATS_KNOWN_S);
    let forgotten: Result<usize, StorageError> = registry.store.write(|tx| idempotency::forget_before(tx, before));
    match forgotten {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "old idempotency keys were forgotten"),
        Err(error) => {
            tracing::warn!(why = causes(&error), "old idempotency keys could not be forgotten");
        }
    }
}
