//! What the registry knew when: the second of the two times of every record.
//!
//! A record says when something was *true* (its period) and when the registry *knew* it (`recorded_at` until
//! `superseded_at`). "As of an instant" asks about the first, [`AsKnown`] about the second.
//!
//! *Invariant:* knowledge is half-open like every period: at the instant at which a version is superseded, the next one
//! is what is known.

use super::Moment;

/// Whose knowledge an answer is told from: today's, or the registry's at an earlier instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum AsKnown {
    /// What is known now: records that nothing has superseded.
    #[default]
    Now,
    /// What was known at that instant.
    At(Moment),
}

impl AsKnown {
    /// Returns whether a record with these times was what the registry knew.
    #[must_use]
    pub fn holds(self, recorded_at: Moment, superseded_at: Option<Moment>) -> bool {
        match self {
            Self::Now => superseded_at.is_none(),
            Self::At(instant) => recorded_at <= instant && superseded_at.is_none_or(|superseded| instant < superseded),
        }
    }

    /// Returns the instant, where it is not now.
    #[must_use]
    pub const fn instant(self) -> Option<Moment> {
        match self {
            Self::Now => None,
            Self::At(instant) => Some(instant),
        }
    }
}

impl From<Option<Moment>> for AsKnown {
    fn from(instant: Option<Moment>) -> Self {
        instant.map_or(Self::Now, Self::At)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_every_instant_exactly_one_of_two_versions_is_known() {
        let at = Moment::from_millis;
        let (first, second) = ((at(10), Some(at(20))), (at(20), None));
        for (instant, known) in [(9, [false, false]), (10, [true, false]), (19, [true, false]), (20, [false, true])] {
            let as_known = AsKnown::At(at(instant));
            assert_eq!([as_known.holds(first.0, first.1), as_known.holds(second.0, second.1)], known, "{instant}");
        }
        assert_eq!([AsKnown::Now.holds(first.0, first.1), AsKnown::Now.holds(second.0, second.1)], [false, true]);
    }
}
