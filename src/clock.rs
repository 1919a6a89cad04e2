//! The one place that reads the clock and the system's source of chance.
//!
//! *Invariant:* everything below the doors takes `now` and `rng` as arguments; clippy's `disallowed-methods` holds it.

use rand::rngs::ThreadRng;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::Moment;

/// Returns the present instant, in milliseconds UTC.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one clock")]
pub fn now() -> Moment {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_millis(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
}

/// Returns the source of chance for keys, salts and ids: cryptographically secure, reseeded by the system.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one source of chance")]
pub fn chance() -> ThreadRng {
    rand::rng()
}
