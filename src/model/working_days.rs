//! Working days: how long the other operators have to object to a letter.
//!
//! *Invariant:* a day counts only if it is neither a Saturday, a Sunday nor a holiday of the settings.

use chrono::{Datelike, NaiveDate, Weekday};
use std::collections::BTreeSet;

use super::{Moment, Zone};

/// A working-day calendar: the country's days off besides Saturdays and Sundays.
#[derive(Debug, Clone, Default)]
pub struct WorkingDays {
    days_off: BTreeSet<NaiveDate>,
}

impl WorkingDays {
    /// Returns the calendar with these days off.
    #[must_use]
    pub fn new(days_off: impl IntoIterator<Item = NaiveDate>) -> Self {
        Self { days_off: days_off.into_iter().collect() }
    }

    /// Returns whether people work on that date.
    #[must_use]
    pub fn is_working(&self, date: NaiveDate) -> bool {
        !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && !self.days_off.contains(&date)
    }

    /// Returns the end of the last of `days` working days after the date of `start`: a claim made at 23:50 begins to
    /// count on the next working day.
    #[must_use]
    pub fn deadline(&self, zone: Zone, start: Moment, days: u32) -> Moment {
        let mut date = zone.date_of(start);
        let mut left = days;
        while left > 0 {
            let Some(next) = date.succ_opt() else { break };
            date = next;
            if self.is_working(date) {
                left -= 1;
            }
        }
        zone.end_of(date)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn five_working_days_skip_the_weekend_and_the_holidays() {
        let almaty = Zone::find("Asia/Almaty").unwrap();
        let calendar = WorkingDays::new([day("2026-12-16")]);
        let friday_night = Moment::parse("2026-12-11T23:50:00+05:00").unwrap();
        let deadline = calendar.deadline(almaty, friday_night, 5);
        assert_eq!(almaty.stamp(deadline), "2026-12-22T00:00:00.000+05:00");
    }
}
