//! How often a key may ask: a bucket of tokens for each, kept in this process.
//!
//! *Invariant:* no clock: `now` comes with the question. A key that is silent for a minute is forgotten.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::model::Moment;

/// Above how many keys the silent ones are looked for.
const FORGET_ABOVE: usize = 4_096;
const MINUTE_MS: i64 = 60_000;

/// Tokens in thousandths of a millisecond's share: `per_minute` of them make a token each `MINUTE_MS`.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// What is left, in units of 1/60 000 token.
    left: i64,
    at: Moment,
}

/// A limit on questions a minute, for each key by itself. A bucket holds one minute's worth, so that a burst after
/// silence is served at once.
#[derive(Debug)]
pub(crate) struct Limit {
    per_minute: i64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

/// What came of taking a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It may ask; so many more are left now.
    Yes(i64),
    /// It has to wait so many whole seconds.
    Wait(u64),
}

impl Limit {
    /// Allows so many questions a minute; 0: as many as one likes.
    #[must_use]
    pub(crate) fn per_minute(questions: u32) -> Self {
        Self { per_minute: i64::from(questions), buckets: Mutex::default() }
    }

    /// Returns how many a minute; 0: as many as one likes.
    #[must_use]
    pub(crate) const fn most(&self) -> i64 {
        self.per_minute
    }

    /// Takes a token of this key.
    pub(crate) fn take(&self, key: &str, now: Moment) -> Taken {
        if self.per_minute == 0 {
            return Taken::Yes(i64::MAX);
        }
        let full = self.per_minute.saturating_mul(MINUTE_MS);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > FORGET_ABOVE {
            buckets.retain(|_, bucket| now.as_millis() - bucket.at.as_millis() < MINUTE_MS);
        }
        let bucket = buckets.entry(key.to_owned()).or_insert(Bucket { left: full, at: now });
        let passed = (now.as_millis() - bucket.at.as_millis()).clamp(0, MINUTE_MS);
        bucket.left = bucket.left.saturating_add(passed.saturating_mul(self.per_minute)).min(full);
        bucket.at = bucket.at.max(now);
        if bucket.left >= MINUTE_MS {
            bucket.left -= MINUTE_MS;
            return Taken::Yes(bucket.left / MINUTE_MS);
        }
        let wait_ms = (MINUTE_MS - bucket.left).div_euclid(self.per_minute);
        Taken::Wait(u64::try_from(wait_ms / 1000 + 1).unwrap_or(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: i64) -> Moment {
        Moment::from_millis(1_800_000_000_000 + millis)
    }

    #[test]
    fn a_minutes_worth_is_served_at_once_and_the_next_waits() {
        let limit = Limit::per_minute(3);
        for left in [2, 1, 0] {
            assert_eq!(limit.take("a", at(0)), Taken::Yes(left));
        }
        assert!(matches!(limit.take("a", at(0)), Taken::Wait(20 | 21)));
        assert_eq!(limit.take("b", at(0)), Taken::Yes(2), "each key by itself");
        assert_eq!(limit.take("a", at(20_000)), Taken::Yes(0));
        assert!(matches!(limit.take("a", at(20_001)), Taken::Wait(_)));
    }

    #[test]
    fn over_an_hour_no_more_than_the_limit_passes() {
        let limit = Limit::per_minute(600);
        let passed = (0..360_000).filter(|step| matches!(limit.take("a", at(step * 10)), Taken::Yes(_))).count();
        assert!((36_000..=36_600).contains(&passed), "{passed}");
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_away() {
        let limit = Limit::per_minute(1);
        assert_eq!(limit.take("a", at(0)), Taken::Yes(0));
        assert!(matches!(limit.take("a", at(-3_600_000)), Taken::Wait(_)));
        assert!(matches!(limit.take("a", at(0)), Taken::Wait(_)));
    }

    #[test]
    fn without_a_limit_everybody_asks() {
        let limit = Limit::per_minute(0);
        assert!((0..10_000).all(|_| matches!(limit.take("a", at(0)), Taken::Yes(_))));
    }
}
