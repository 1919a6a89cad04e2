//! Stored values back as the model's types.
//!
//! *Invariant:* a value that this program cannot have written is reported as corrupt, never guessed at.

use chrono::NaiveDate;

use super::error::{Error, Result};
use crate::model::{DeviceId, RideId};
use crate::plate::{PlateNumber, SeriesLetter};

pub(super) fn unsigned(value: i32) -> Result<u32> {
    u32::try_from(value).map_err(|error| Error::corrupt(format!("a stored count is negative: {value} ({error})")))
}

pub(super) fn signed(value: u32) -> Result<i32> {
    i32::try_from(value).map_err(|error| Error::corrupt(format!("a count is too large to store: {value} ({error})")))
}

pub(super) fn size(value: i64) -> Result<u64> {
    u64::try_from(value).map_err(|error| Error::corrupt(format!("a stored size is negative: {value} ({error})")))
}

pub(super) fn stored_size(value: u64) -> Result<i64> {
    i64::try_from(value).map_err(|error| Error::corrupt(format!("a size is too large to store: {value} ({error})")))
}

pub(super) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

pub(super) fn known<T>(found: Option<T>, what: &str, value: &str) -> Result<T> {
    found.ok_or_else(|| Error::corrupt(format!("a stored {what} is unknown: {value}")))
}

pub(super) fn number(text: &str) -> Result<PlateNumber> {
    known(PlateNumber::parse(text).ok(), "plate number", text)
}

pub(super) fn letter(text: &str) -> Result<SeriesLetter> {
    known(SeriesLetter::parse(text).ok(), "series letter", text)
}

pub(super) fn device_id(text: &str) -> Result<DeviceId> {
    known(DeviceId::parse(text).ok(), "device id", text)
}

pub(super) fn ride_id(text: &str) -> Result<RideId> {
    known(RideId::parse(text).ok(), "ride id", text)
}

pub(super) fn date(text: Option<String>) -> Result<Option<NaiveDate>> {
    text.map(|text| known(text.parse().ok(), "date", &text)).transpose()
}
