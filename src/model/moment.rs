//! Instants: whole milliseconds UTC.
//!
//! *Invariant:* an instant without an offset never becomes a [`Moment`]: in Almaty 23:00 to 23:59 of 29 February 2024
//! happened twice, and only the offset tells which one is meant.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An instant in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

/// Why a text is not an instant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MomentProblem {
    /// Date and time stand there, but not the offset.
    #[error("the instant has no offset: write for example 2026-07-07T20:21:51+05:00")]
    NoOffset,
    /// The text is no RFC 3339 instant at all.
    #[error("an instant is written as RFC 3339 with offset, for example 2026-07-07T20:21:51+05:00")]
    Unreadable,
    /// The year lies outside 1970 to 2200.
    #[error("the instant lies outside the years 1970 to 2200")]
    OutOfRange,
}

impl Moment {
    const LAST: i64 = 7_258_118_400_000;

    /// Takes milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Reads an RFC 3339 instant with offset; fractions are cut to milliseconds.
    ///
    /// # Errors
    /// [`MomentProblem::NoOffset`] where only the offset is missing.
    pub fn parse(text: &str) -> Result<Self, MomentProblem> {
        let text = text.trim();
        let Ok(read) = DateTime::parse_from_rfc3339(text) else {
            let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
            return Err(if local.iter().any(|form| NaiveDateTime::parse_from_str(text, form).is_ok()) {
                MomentProblem::NoOffset
            } else {
                MomentProblem::Unreadable
            });
        };
        let millis = read.timestamp_millis();
        if (0..Self::LAST).contains(&millis) { Ok(Self(millis)) } else { Err(MomentProblem::OutOfRange) }
    }

    /// Returns the instant that many seconds later (earlier, if negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Returns the whole seconds from `earlier` to this instant; negative if it is later.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(1000)
    }

    /// Returns the instant as RFC 3339 in UTC, with milliseconds.
    #[must_use]
    pub fn to_utc_text(self) -> String {
        DateTime::<Utc>::from_timestamp_millis(self.0)
            .unwrap_or_default()
            .to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;

    #[test]
    fn an_instant_without_offset_is_refused_by_that_name() {
        assert_eq!(Moment::parse("2024-02-29T23:30:00"), Err(MomentProblem::NoOffset));
        assert_eq!(Moment::parse("2024-02-29 23:30:00"), Err(MomentProblem::NoOffset));
        assert_eq!(Moment::parse("yesterday"), Err(MomentProblem::Unreadable));
    }

    #[test]
    fn the_hour_that_happened_twice_is_told_apart_by_its_offset() {
        let first = Moment::parse("2024-02-29T23:30:00+06:00").unwrap();
        let second = Moment::parse("2024-02-29T23:30:00+05:00").unwrap();
        assert_eq!(second.seconds_since(first), 3600);
    }

    #[test]
    fn fractions_are_cut_to_milliseconds() {
        let cut = Moment::parse("2026-07-07T20:21:51.123999+05:00").unwrap();
        assert_eq!(cut, Moment::parse("2026-07-07T15:21:51.123Z").unwrap());
        assert_eq!(cut.to_utc_text(), "2026-07-07T15:21:51.123Z");
    }
}
