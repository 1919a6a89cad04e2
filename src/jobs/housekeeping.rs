//! Housekeeping: what has served its time is put away.
//!
//! *Invariant:* nothing that is evidence is touched here.

use super::causes::causes;
use crate::clock;
use crate::model::Moment;
use crate::registry::{Registry, press};
use crate::storage::Error as StorageError;
use crate::storage::idempotency;

/// How long a repeated creation is recognised, in seconds: seven days, as the interface promises.
const REPEATS_KNOWN_S: i64 = 7 * 24 * 3600;

/// Forgets the creations that were made so long ago that nobody repeats them, and erases print files that have served their
/// time.
pub(super) fn tidy(registry: &Registry, now: Moment) {
    let before = now.plus_seconds(-REPEATS_KNOWN_S);
    let forgotten: Result<usize, StorageError> = registry.store.write(|tx| idempotency::forget_before(tx, before));
    match forgotten {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "old idempotency keys were forgotten"),
        Err(error) => {
            tracing::warn!(why = causes(&error), "old idempotency keys could not be forgotten");
        }
    }
    match press::erase_old(registry, now, &mut clock::chance()) {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "the files of old print jobs were erased"),
        Err(error) => {
            tracing::warn!(why = causes(&error), "the files of old print jobs could not be erased");
        }
    }
}
