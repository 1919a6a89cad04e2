//! The registry's time zone: how instants leave the house.
//!
//! *Invariant:* only output and dates use the zone; what is stored and compared is a [`Moment`].

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;

use super::Moment;

/// A time zone of the IANA database, for example `Asia/Almaty` (UTC+5 since 1 March 2024).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Tz);

impl Zone {
    /// Finds a zone by its IANA name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    fn local(self, moment: Moment) -> DateTime<Tz> {
        DateTime::<Utc>::from_timestamp_millis(moment.as_millis()).unwrap_or_default().with_timezone(&self.0)
    }

    /// Returns the instant for machines: `2026-07-07T20:21:51.000+05:00`.
    #[must_use]
    pub fn stamp(self, moment: Moment) -> String {
        self.local(moment).to_rfc3339_opts(SecondsFormat::Millis, false)
    }

    /// Returns the instant for people: `22.11.2026 14:32 (UTC+5)`.
    #[must_use]
    pub fn for_people(self, moment: Moment) -> String {
        let local = self.local(moment);
        let offset = chrono::Offset::fix(local.offset()).local_minus_utc();
        let (sign, offset) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
        let minutes = match (offset / 60) % 60 {
            0 => String::new(),
            minutes => format!(":{minutes:02}"),
        };
        format!("{} (UTC{sign}{}{minutes})", local.format("%d.%m.%Y %H:%M"), offset / 3600)
    }

    /// Returns the date that the instant falls on.
    #[must_use]
    pub fn date_of(self, moment: Moment) -> NaiveDate {
        self.local(moment).date_naive()
    }

    /// Returns the first instant of a date. Where a clock change skips midnight, the first instant after it.
    #[must_use]
    pub fn start_of(self, date: NaiveDate) -> Moment {
        let midnight = date.and_time(NaiveTime::MIN);
        let found = (0..4)
            .find_map(|hours| self.0.from_local_datetime(&(midnight + chrono::Duration::hours(hours))).earliest());
        let millis = found.map_or_else(|| midnight.and_utc().timestamp_millis(), |local| local.timestamp_millis());
        Moment::from_millis(millis)
    }

    /// Returns the first instant after a date: a date that is named as the last one is included.
    #[must_use]
    pub fn end_of(self, date: NaiveDate) -> Moment {
        self.start_of(date.succ_opt().unwrap_or(date))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;

    #[test]
    fn almaty_is_written_with_its_offset() {
        let almaty = Zone::find("Asia/Almaty").unwrap();
        let moment = Moment::parse("2026-07-07T15:21:51Z").unwrap();
        assert_eq!(almaty.stamp(moment), "2026-07-07T20:21:51.000+05:00");
        assert_eq!(almaty.for_people(moment), "07.07.2026 20:21 (UTC+5)");
    }

    #[test]
    fn the_day_on_which_the_clock_went_back_has_twenty_five_hours() {
        let almaty = Zone::find("Asia/Almaty").unwrap();
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        assert_eq!(almaty.end_of(day).seconds_since(almaty.start_of(day)), 25 * 3600);
    }

    #[test]
    fn an_unknown_zone_is_not_found() {
        assert!(Zone::find("Asia/Nowhere").is_none());
    }
}
