//! Cover: on which days policies cover a vehicle, by name or with the whole fleet, as known at an instant.
//!
//! *Invariant:* pure. Days are those of the registry's zone and half-open: a policy whose last day is 31 July and one that
//! begins on 1 August adjoin without a gap.

use chrono::{Days as DayCount, NaiveDate};
use std::sync::Arc;

use super::{AsKnown, CheckOutcome, Moment, Policy, VehicleId, Zone};

/// A stretch of whole days, `[from, until)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days {
    /// The first day.
    pub from: NaiveDate,
    /// The first day that no longer belongs to it.
    pub until: NaiveDate,
}

impl Days {
    /// Returns the days from one until before another.
    #[must_use]
    pub const fn new(from: NaiveDate, until: NaiveDate) -> Self {
        Self { from, until }
    }

    /// Returns the days from a first to a last one, which belongs to them.
    #[must_use]
    pub fn through(first: NaiveDate, last: NaiveDate) -> Self {
        Self { from: first, until: day_after(last) }
    }

    /// Returns whether the day belongs to them.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from <= day && day < self.until
    }

    /// Returns whether no day belongs to them.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.until <= self.from
    }

    /// Returns the days that belong to both.
    #[must_use]
    pub fn shared_with(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), until: self.until.min(other.until) }
    }
}

/// Returns the day after another; the last day of the calendar is its own.
#[must_use]
pub fn day_after(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(DayCount::new(1)).unwrap_or(day)
}

/// Returns the day before another; the first day of the calendar is its own.
#[must_use]
pub fn day_before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(DayCount::new(1)).unwrap_or(day)
}

/// How a vehicle comes to be covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CoverBy {
    /// The policy covers the whole fleet.
    Fleet,
    /// The policy names the vehicle.
    Named,
}

/// Whom a policy covers on which days, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverSpan {
    /// The vehicle; `None`: the whole fleet.
    pub vehicle: Option<VehicleId>,
    /// The first day; `None`: the policy's own.
    pub first_day: Option<NaiveDate>,
    /// The last day; `None`: the policy's own.
    pub last_day: Option<NaiveDate>,
    /// When the registry learned of it.
    pub recorded_at: Moment,
    /// When it was found to be otherwise.
    pub superseded_at: Option<Moment>,
}

/// One policy version's cover of one vehicle, or of a fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// The version of the policy.
    pub policy: Arc<Policy>,
    /// How the vehicle comes to be covered.
    pub by: CoverBy,
    /// On which days.
    pub days: Days,
    /// Since when the registry knew it.
    pub recorded_at: Moment,
    /// Until when it believed it.
    pub superseded_at: Option<Moment>,
}

impl Cover {
    /// Returns what a version of a policy and a span of it amount to; `None` where they were never believed together, or
    /// share no day.
    #[must_use]
    pub fn of(policy: &Arc<Policy>, span: &CoverSpan) -> Option<Self> {
        let own = Days::through(policy.valid_from, policy.valid_until);
        let stated =
            Days { from: span.first_day.unwrap_or(own.from), until: span.last_day.map_or(own.until, day_after) };
        let days = own.shared_with(stated);
        let recorded_at = policy.recorded_at.max(span.recorded_at);
        let superseded_at = [policy.superseded_at, span.superseded_at].into_iter().flatten().min();
        if days.is_empty() || superseded_at.is_some_and(|superseded| superseded <= recorded_at) {
            return None;
        }
        let by = if span.vehicle.is_some() { CoverBy::Named } else { CoverBy::Fleet };
        Some(Self { policy: Arc::clone(policy), by, days, recorded_at, superseded_at })
    }

    /// How good a cover is beside others on the same day: confirmed by the insurers before unchecked before
    /// contradicted, named before the whole fleet, then the one recorded last. The ids make it total.
    fn rank(&self) -> impl Ord + use<'_> {
        let checked = match self.policy.check {
            Some(CheckOutcome::Confirmed) => 2,
            None => 1,
            Some(CheckOutcome::NotFound | CheckOutcome::Differs) => 0,
        };
        (checked, self.by, self.policy.recorded_at, self.policy.id.as_str(), self.days)
    }
}

/// What covers one vehicle, as known at an instant.
#[derive(Debug, Clone)]
pub struct Coverage<'a> {
    covers: Vec<&'a Cover>,
    /// The days on which some cover holds, apart from each other and in order.
    stretches: Vec<Days>,
}

impl<'a> Coverage<'a> {
    /// Takes the covers of a vehicle, its own and those of its fleet, that were known.
    #[must_use]
    pub fn as_known(covers: impl IntoIterator<Item = &'a Cover>, known: AsKnown) -> Self {
        Self::of(covers.into_iter().filter(|cover| known.holds(cover.recorded_at, cover.superseded_at)))
    }

    /// Takes the covers of a vehicle, all of which were known.
    #[must_use]
    pub fn of(covers: impl IntoIterator<Item = &'a Cover>) -> Self {
        let mut covers: Vec<_> = covers.into_iter().collect();
        covers.sort_by_key(|cover| cover.days);
        let mut stretches: Vec<Days> = Vec::new();
        for cover in &covers {
            match stretches.last_mut() {
                Some(last) if cover.days.from <= last.until => last.until = last.until.max(cover.days.until),
                _ => stretches.push(cover.days),
            }
        }
        Self { covers, stretches }
    }

    /// Returns the best policy in force on a day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<&'a Cover> {
        self.covers
            .iter()
            .copied()
            .filter(|cover| cover.days.contains(day))
            .max_by(|one, other| one.rank().cmp(&other.rank()))
    }

    /// Returns the best policy in force at an instant, by its day in the zone.
    #[must_use]
    pub fn at(&self, zone: Zone, at: Moment) -> Option<&'a Cover> {
        self.on(zone.date_of(at))
    }

    /// Returns the first day without cover, counted from a day that has it: renewals that adjoin or overlap are one
    /// cover. `None` where the day itself has none.
    #[must_use]
    pub fn until(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.stretches.iter().find(|stretch| stretch.contains(day)).map(|stretch| stretch.until)
    }

    /// Returns how many days after this one the last day with cover lies: 0 on the last one itself. `None` where the day
    /// has none.
    #[must_use]
    pub fn days_left(&self, day: NaiveDate) -> Option<i64> {
        self.until(day).map(|until| until.signed_duration_since(day).num_days() - 1)
    }

    /// Returns the days of service that have no cover, in order.
    #[must_use]
    pub fn gaps(&self, service: Days) -> Vec<Days> {
        let mut gaps = Vec::new();
        let mut open = service.from;
        for stretch in &self.stretches {
            gaps.push(Days::new(open, stretch.from.min(service.until)));
            open = open.max(stretch.until);
        }
        gaps.push(Days::new(open, service.until));
        gaps.retain(|gap| !gap.is_empty());
        gaps
    }

    /// Returns the cover that ended last before a day.
    #[must_use]
    pub fn last_before(&self, day: NaiveDate) -> Option<&'a Cover> {
        self.covers
            .iter()
            .copied()
            .filter(|cover| cover.days.until <= day)
            .max_by(|one, other| (one.days.until, one.rank()).cmp(&(other.days.until, other.rank())))
    }

    /// Returns the policies, those of earlier days first.
    pub fn policies(&self) -> impl Iterator<Item = &'a Policy> {
        self.covers.iter().map(|cover| cover.policy.as_ref())
    }

    /// Returns the first day with cover.
    #[must_use]
    pub fn first_day(&self) -> Option<NaiveDate> {
        self.stretches.first().map(|stretch| stretch.from)
    }

    /// Returns the first day of the next stretch of cover that begins after a day.
    #[must_use]
    pub fn next_after(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.stretches.iter().map(|stretch| stretch.from).find(|from| *from > day)
    }
}
