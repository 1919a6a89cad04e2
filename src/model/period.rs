//! Periods, half-open: `[from, until)`.
//!
//! *Invariant:* the instant at which one period ends and the next begins belongs to the next one only.

use super::Moment;

/// A stretch of time; an absent end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first instant that belongs to the period; `None`: since ever.
    pub from: Option<Moment>,
    /// The first instant that no longer belongs to it; `None`: until further notice.
    pub until: Option<Moment>,
}

impl Period {
    /// Returns the period from one instant until another.
    #[must_use]
    pub const fn new(from: Option<Moment>, until: Option<Moment>) -> Self {
        Self { from, until }
    }

    /// Returns whether the instant belongs to the period.
    #[must_use]
    pub fn contains(self, at: Moment) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Returns the instants that belong to both periods; where there are none, an empty period.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        let until = match (self.until, other.until) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Self::new(self.from.max(other.from), until)
    }

    /// Returns whether some instant belongs to both periods.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let begins_before = |a: Option<Moment>, b: Option<Moment>| match (a, b) {
            (Some(from), Some(until)) => from < until,
            _ => true,
        };
        !self.is_empty()
            && !other.is_empty()
            && begins_before(self.from, other.until)
            && begins_before(other.from, self.until)
    }

    /// Returns whether no instant belongs to the period.
    #[must_use]
    pub fn is_empty(self) -> bool {
        matches!((self.from, self.until), (Some(from), Some(until)) if until <= from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn periods() -> impl Strategy<Value = Period> {
        let end = || proptest::option::of((0_i64..40).prop_map(Moment::from_millis));
        (end(), end()).prop_map(|(from, until)| Period::new(from, until))
    }

    proptest! {
        #[test]
        fn two_periods_overlap_exactly_when_they_share_an_instant(a in periods(), b in periods()) {
            let shared = (-1_i64..41).map(Moment::from_millis).any(|at| a.contains(at) && b.contains(at));
            prop_assert_eq!(a.overlaps(b), shared);
        }

        #[test]
        fn what_two_periods_have_in_common_belongs_to_both(a in periods(), b in periods()) {
            for at in (-1_i64..41).map(Moment::from_millis) {
                prop_assert_eq!(a.common(b).contains(at), a.contains(at) && b.contains(at));
            }
        }

        #[test]
        fn an_instant_belongs_to_exactly_one_of_two_adjoining_periods(cut in 0_i64..40, at in 0_i64..40) {
            let (cut, at) = (Moment::from_millis(cut), Moment::from_millis(at));
            let (before, after) = (Period::new(None, Some(cut)), Period::new(Some(cut), None));
            prop_assert!(before.contains(at) != after.contains(at));
            prop_assert!(!before.overlaps(after));
        }

        #[test]
        fn a_period_is_empty_exactly_when_nothing_belongs_to_it(a in periods()) {
            prop_assert_eq!(a.is_empty(), !(-1_i64..41).any(|at| a.contains(Moment::from_millis(at))));
        }
    }
}
