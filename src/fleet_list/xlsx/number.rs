//! A number of a sheet as the text that a person sees in its cell.
//!
//! *Invariant:* digits that a spreadsheet has lost are not made up: such a number comes out in the form `8.6E+14`, which
//! the row then refuses as rounded.

use chrono::{Duration, NaiveDate};

use super::looks::Look;

/// Spreadsheets keep 15 digits of a number.
const KEPT: usize = 15;

/// Returns the text of a number as it is shown; nothing if it is none.
pub(super) fn shown(written: &str, look: Look, is_1904: bool) -> Option<String> {
    let written = written.trim();
    let value: f64 = written.parse().ok().filter(|value: &f64| value.is_finite())?;
    match look {
        Look::Day => day(value, is_1904).or_else(|| Some(plain(written, value))),
        Look::Time => Some(time(value)),
        Look::Percent => {
            let percent = rounded(value * 100.0);
            Some(format!("{percent}%"))
        }
        Look::Digits(least) => Some(format!("{:0>least$}", plain(written, value))),
        Look::Number => Some(plain(written, value)),
    }
}

/// A whole number by its digits, any other by the 15 that are kept.
fn plain(written: &str, value: f64) -> String {
    let (sign, digits) = written.strip_prefix('-').map_or(("", written), |digits| ("-", digits));
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = digits.trim_start_matches('0');
        let digits = if digits.is_empty() { "0" } else { digits };
        return if digits.len() > KEPT { lost(value) } else { format!("{sign}{digits}") };
    }
    let rounded = rounded(value);
    if rounded.abs() >= 1e15 { lost(rounded) } else { format!("{rounded}") }
}

/// 0.1 + 0.2 is shown as 0.3.
fn rounded(value: f64) -> f64 {
    format!("{value:.*e}", KEPT - 1).parse().unwrap_or(value)
}

/// A number of which not every digit is known, in the form of spreadsheets: `8.60123456789012E+17`.
fn lost(value: f64) -> String {
    let text = format!("{value:.*E}", KEPT - 1);
    match text.split_once('E') {
        Some((mantissa, exponent)) if !exponent.starts_with('-') => format!("{mantissa}E+{exponent}"),
        _ => text,
    }
}

/// The day that is counted so many days from the beginning, with the time if there is one.
///
/// The calendar that begins in 1900 has a 29 February 1900 that never was: before it, days are one later.
fn day(value: f64, is_1904: bool) -> Option<String> {
    let seconds = whole_seconds(value)?;
    let (days, seconds) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let first = match (is_1904, days) {
        (true, _) => NaiveDate::from_ymd_opt(1904, 1, 1)?,
        (false, ..60) => NaiveDate::from_ymd_opt(1899, 12, 31)?,
        (false, _) => NaiveDate::from_ymd_opt(1899, 12, 30)?,
    };
    let date = first.checked_add_signed(Duration::try_days(days)?)?;
    Some(if seconds == 0 { date.to_string() } else { format!("{date} {}", clock(seconds)) })
}

fn time(value: f64) -> String {
    whole_seconds(value).map_or_else(String::new, clock)
}

fn clock(seconds: i64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// The seconds in so many days; none beyond the year 9999, where spreadsheets end.
fn whole_seconds(days: f64) -> Option<i64> {
    if !(0.0..2_958_466.0).contains(&days) {
        return None;
    }
    format!("{:.0}", days * 86_400.0).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet_list::cell;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_they_are_shown() {
        for (written, look, text) in [
            ("2026", Look::Number, "2026"),
            ("2026.0", Look::Number, "2026"),
            ("0042", Look::Number, "42"),
            ("42", Look::Digits(6), "000042"),
            ("0", Look::Number, "0"),
            ("-7", Look::Number, "-7"),
            ("0.30000000000000004", Look::Number, "0.3"),
            ("1.5", Look::Number, "1.5"),
            ("860123456789012", Look::Number, "860123456789012"),
            ("8.60123456789012E14", Look::Number, "860123456789012"),
            ("8601234567890123", Look::Number, "8.60123456789012E+15"),
            ("8.6012345678901197E+17", Look::Number, "8.60123456789012E+17"),
            ("0.95", Look::Percent, "95%"),
            ("46204", Look::Day, "2026-07-01"),
            ("46204.5", Look::Day, "2026-07-01 12:00:00"),
            ("46203.999999999", Look::Day, "2026-07-01"),
            ("1", Look::Day, "1900-01-01"),
            ("61", Look::Day, "1900-03-01"),
            ("-1", Look::Day, "-1"),
            ("1e300", Look::Day, "1.00000000000000E+300"),
            ("0.75", Look::Time, "18:00:00"),
            ("1.5", Look::Time, "36:00:00"),
        ] {
            assert_eq!(shown(written, look, false).as_deref(), Some(text), "{written} {look:?}");
        }
        assert_eq!(shown("44742", Look::Day, true).as_deref(), Some("2026-07-01"));
        for written in ["", "x", "NaN", "inf", "1,5"] {
            assert_eq!(shown(written, Look::Number, false), None, "{written:?}");
        }
    }

    #[test]
    fn a_number_that_lost_digits_is_refused_as_an_identifier() {
        assert!(cell::is_rounded_number(&shown("8601234567890123456", Look::Number, false).unwrap_or_default()));
    }

    proptest! {
        #[test]
        fn any_number_can_be_shown(value in any::<f64>(), look in 0_u8..5, is_1904 in any::<bool>()) {
            let looks = [Look::Number, Look::Day, Look::Time, Look::Percent, Look::Digits(9)];
            let look = looks.into_iter().nth(usize::from(look)).unwrap_or_default();
            prop_assert_eq!(shown(&value.to_string(), look, is_1904).is_some(), value.is_finite());
        }

        #[test]
        fn whole_numbers_of_fifteen_digits_keep_them(value in 0_u64..1_000_000_000_000_000) {
            prop_assert_eq!(shown(&value.to_string(), Look::Number, false), Some(value.to_string()));
        }
    }
}
