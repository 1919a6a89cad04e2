//! The settings that are more than numbers and texts: zone, days off, tolerance, shapes of case numbers.
//!
//! *Invariant:* a value that cannot be meant is refused at the start, not at the first question.

use chrono::NaiveDate;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::model::{CasePatterns, Window, WorkingDays, Zone};

/// Reads a zone by its IANA name.
pub(super) fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zone, D::Error> {
    let name = String::deserialize(deserializer)?;
    Zone::find(&name).ok_or_else(|| {
        Error::custom(format_args!("\"{name}\" is no zone of the IANA database, which has for example Asia/Almaty"))
    })
}

/// Reads dates as `YYYY-MM-DD`.
pub(super) fn days_off<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WorkingDays, D::Error> {
    let dates = Vec::<String>::deserialize(deserializer)?;
    let read = |date: &String| {
        NaiveDate::parse_from_str(date.trim(), "%Y-%m-%d")
            .map_err(|problem| Error::custom(format_args!("\"{date}\" is no date of the form 2026-12-16 ({problem})")))
    };
    Ok(WorkingDays::new(dates.iter().map(read).collect::<Result<Vec<_>, _>>()?))
}

/// Reads a tolerance in seconds.
pub(super) fn tolerance<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let seconds = u32::deserialize(deserializer)?;
    if seconds <= Window::MOST {
        return Ok(seconds);
    }
    Err(Error::custom(format_args!("{seconds} seconds are more than a question may have, {}", Window::MOST)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CasePattern {
    name: String,
    pattern: String,
}

/// Reads the shapes of case numbers.
pub(super) fn case_patterns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CasePatterns, D::Error> {
    let patterns: Vec<_> =
        Vec::<CasePattern>::deserialize(deserializer)?.into_iter().map(|it| (it.name, it.pattern)).collect();
    if patterns.is_empty() {
        return Err(Error::custom("without any shape no case number is accepted and nobody can ask"));
    }
    CasePatterns::compile(&patterns).map_err(Error::custom)
}
