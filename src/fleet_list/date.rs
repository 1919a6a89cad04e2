//! A date as people and spreadsheets write it here: `2026-12-31`, `31.12.2026`, `31/12/2026`, each also with a time of day.
//!
//! *Invariant:* a date that could mean two days is refused, and so is one without a century: a wrong day would decide
//! later whose insurance pays.

use chrono::{Datelike, NaiveDate};

use super::cell::YEARS;

/// Why a text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateProblem {
    /// It means one day where the day goes first and another where the month does.
    Ambiguous(NaiveDate, NaiveDate),
    /// It is no day of the calendar in a form that is read, or lies outside 1990-2100.
    Unreadable,
}

/// Reads a date.
pub(super) fn read(text: &str) -> Result<NaiveDate, DateProblem> {
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    if !is_time_of_day(time.trim()) {
        return Err(DateProblem::Unreadable);
    }
    let forms: [(char, Order); 3] = [('-', year_first), ('.', day_first), ('/', slashed)];
    for (separator, order) in forms {
        if date.contains(separator) {
            let mut parts = date.split(separator);
            return match (parts.next(), parts.next(), parts.next(), parts.next()) {
                (Some(first), Some(second), Some(third), None) => order([first, second, third]),
                _ => Err(DateProblem::Unreadable),
            };
        }
    }
    Err(DateProblem::Unreadable)
}

type Order = fn([&str; 3]) -> Result<NaiveDate, DateProblem>;

fn year_first([year, month, day]: [&str; 3]) -> Result<NaiveDate, DateProblem> {
    calendar(year, month, day).ok_or(DateProblem::Unreadable)
}

fn day_first([day, month, year]: [&str; 3]) -> Result<NaiveDate, DateProblem> {
    calendar(year, month, day).ok_or(DateProblem::Unreadable)
}

/// Slashes are written with the day first in Kazakhstan and with the month first by programs set to American English.
fn slashed([first, second, year]: [&str; 3]) -> Result<NaiveDate, DateProblem> {
    match (calendar(year, second, first), calendar(year, first, second)) {
        (Some(ours), Some(american)) if ours != american => Err(DateProblem::Ambiguous(ours, american)),
        (Some(ours), _) => Ok(ours),
        (None, _) => Err(DateProblem::Unreadable),
    }
}

fn calendar(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let number = |text: &str, widths: std::ops::RangeInclusive<usize>| {
        let lawful = widths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| lawful)
    };
    let year = i32::try_from(number(year, 4..=4)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(month, 1..=2)?, number(day, 1..=2)?)?;
    u16::try_from(date.year()).is_ok_and(|year| YEARS.contains(&year)).then_some(date)
}

/// Whether the text is nothing, or a time of day without an offset: `0:00`, `00:00:00`, `00:00:00.000`. An offset could
/// move the moment into another day of the registry's zone, so it is not passed over.
fn is_time_of_day(text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let in_range = |(part, limit): (&&str, u8)| part.len() <= 2 && part.parse::<u8>().is_ok_and(|value| value < limit);
    (2..=3).contains(&parts.len())
        && parts.iter().zip([24, 60, 60]).all(in_range)
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_date_is_read_in_the_forms_of_people_and_spreadsheets() {
        for text in [
            "2026-12-31",
            "31.12.2026",
            "31/12/2026",
            "2026-12-31 00:00:00",
            "2026-12-31T00:00:00.000",
            "31.12.2026 0:00",
            "31.12.2026 23:59:59",
        ] {
            assert_eq!(read(text), Ok(day(2026, 12, 31)), "{text:?}");
        }
        assert_eq!(read("1.7.2026"), Ok(day(2026, 7, 1)));
        assert_eq!(read("05/05/2026"), Ok(day(2026, 5, 5)));
        assert_eq!(read("29.02.2024"), Ok(day(2024, 2, 29)));
    }

    #[test]
    fn a_date_that_could_mean_two_days_is_refused_with_both() {
        assert_eq!(read("07/01/2026"), Err(DateProblem::Ambiguous(day(2026, 1, 7), day(2026, 7, 1))));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "12/31/2026",
            "29.02.2026",
            "31.12.26",
            "2026-13-01",
            "46387",
            "31.12.1989",
            "01.01.2101",
            "31 декабря 2026",
            "2026-12-31Z",
            "2026-12-31T00:00:00Z",
            "2026-12-31T23:00:00+05:00",
            "2026-12-31 24:00",
            "1-2-2026",
            "31.12.2026.1",
            "+1.12.2026",
            "２026-12-31",
            "2026-12-31 x",
        ] {
            assert_eq!(read(text), Err(DateProblem::Unreadable), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_day_is_read_back_from_every_form(days in 0_i32..40_540) {
            let date = day(1990, 1, 1) + chrono::Duration::days(i64::from(days));
            prop_assume!(date.year() <= 2100);
            for form in ["%Y-%m-%d", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S", "%-d.%-m.%Y"] {
                let text = date.and_hms_opt(0, 0, 0).unwrap().format(form).to_string();
                prop_assert_eq!(read(&text), Ok(date), "{}", text);
            }
            let slashed = read(&date.format("%d/%m/%Y").to_string());
            if date.day() > 12 || date.day() == date.month() {
                prop_assert_eq!(slashed, Ok(date));
            } else {
                prop_assert!(matches!(slashed, Err(DateProblem::Ambiguous(ours, _)) if ours == date));
            }
        }

        #[test]
        fn any_text_can_be_asked(text in "[0-9./ T:\\-x]{0,20}") {
            prop_assert!(read(&text).is_err() || text.len() >= 8);
        }
    }
}
