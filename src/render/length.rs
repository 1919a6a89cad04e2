//! Lengths on a plate, and how far a thing of the font or of the settings reaches on it.
//!
//! *Invariant:* whole micrometres: every place of a drawing is exact, whatever machine computes it.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Div, Mul, Sub};

/// A length or a place in micrometres; read from settings as millimetres.
///
/// ```
/// use scooter_registry::render::Length;
///
/// assert_eq!(Length::millimetres(22) + Length::micrometres(800), Length::micrometres(22_800));
/// assert_eq!(Length::micrometres(22_800).to_string(), "22.8 mm");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(i32);

/// A part of a whole in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio(i32);

/// Longer than any plate: two metres.
const LONGEST: f64 = 2_000.0;
const WHOLE: i32 = 1_000;

impl Length {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Takes micrometres.
    #[must_use]
    pub const fn micrometres(value: i32) -> Self {
        Self(value)
    }

    /// Takes millimetres.
    #[must_use]
    pub const fn millimetres(value: i16) -> Self {
        // `i32::from` is not const yet; sixteen bits times a thousand fit.
        let [high, low] = value.to_be_bytes();
        let fill = if value < 0 { 0xff } else { 0 };
        Self(i32::from_be_bytes([fill, fill, high, low]) * WHOLE)
    }

    /// Returns the micrometres.
    #[must_use]
    pub const fn as_micrometres(self) -> i32 {
        self.0
    }

    /// Returns the millimetres, for formats that are written in decimals.
    #[must_use]
    pub fn as_millimetres(self) -> f64 {
        f64::from(self.0) / f64::from(WHOLE)
    }

    /// Returns the part `numerator / denominator` of this length, to the nearest micrometre.
    #[must_use]
    pub fn scaled(self, numerator: i32, denominator: i32) -> Self {
        Self(divided(i64::from(self.0) * i64::from(numerator), i64::from(denominator)))
    }

    /// Returns how many pixels the length has at `dpi` dots an inch, to the nearest.
    #[must_use]
    pub fn pixels(self, dpi: u32) -> i32 {
        divided(i64::from(self.0) * i64::from(dpi), MICROMETRES_AN_INCH)
    }

    /// Returns the length as a small number of single precision, exact below sixteen metres.
    #[must_use]
    pub(super) fn single(self) -> f32 {
        let [a, b, c, d] = self.0.to_be_bytes();
        f32::from(i16::from_be_bytes([a, b])) * 65_536.0 + f32::from(u16::from_be_bytes([c, d]))
    }
}

/// An inch is 25.4 mm (ISO 2955; since 1959 the same everywhere).
const MICROMETRES_AN_INCH: i64 = 25_400;

/// Divides to the nearest, halves upward; zero where nothing can be divided.
fn divided(value: i64, by: i64) -> i32 {
    let rounded = value.saturating_mul(2).saturating_add(by).checked_div_euclid(by.saturating_mul(2));
    rounded.and_then(|whole| i32::try_from(whole).ok()).unwrap_or_default()
}

impl Ratio {
    /// Takes thousandths.
    #[must_use]
    pub const fn thousandths(value: i32) -> Self {
        Self(value)
    }

    /// Returns this part of a length.
    #[must_use]
    pub fn of(self, length: Length) -> Length {
        length.scaled(self.0, WHOLE)
    }
}

impl Add for Length {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Length {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Mul<i32> for Length {
    type Output = Self;

    fn mul(self, times: i32) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl Div<i32> for Length {
    type Output = Self;

    fn div(self, parts: i32) -> Self {
        self.scaled(1, parts)
    }
}

impl Sum for Length {
    fn sum<I: Iterator<Item = Self>>(lengths: I) -> Self {
        lengths.fold(Self::ZERO, Self::add)
    }
}

impl fmt::Display for Length {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} mm", self.as_millimetres())
    }
}

/// Reads a decimal with at most three places as thousandths.
fn thousandths<E: Error>(value: f64, most: f64) -> Result<i32, E> {
    let text = format!("{value:.3}");
    let read = text.replace('.', "").parse().ok().filter(|_| (0.0..=most).contains(&value));
    match read {
        Some(read) if text.parse() == Ok(value) => Ok(read),
        _ => Err(E::custom(format_args!("{value} must be 0 to {most} with at most three places"))),
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        thousandths(f64::deserialize(deserializer)?, LONGEST).map(Self)
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        thousandths(f64::deserialize(deserializer)?, 10.0).map(Self)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Length, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn millimetres_of_the_settings_are_whole_micrometres() {
        assert_eq!(read("0.8").unwrap(), Length::micrometres(800));
        assert_eq!(read("134").unwrap(), Length::millimetres(134));
        assert_eq!(read("22.125").unwrap().to_string(), "22.125 mm");
        for wrong in ["-1", "2000.5", "0.0001", "\"wide\""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_inch_has_as_many_pixels_as_the_resolution_says() {
        assert_eq!(Length::micrometres(25_400).pixels(300), 300);
        assert_eq!(Length::millimetres(100).pixels(300), 1181);
        assert_eq!(Length::millimetres(-100).pixels(300), -1181);
    }

    proptest! {
        #[test]
        fn single_precision_is_exact_on_every_plate(value in -10_000_000_i32..10_000_000) {
            let read = f64::from(Length::micrometres(value).single());
            prop_assert!((read - f64::from(value)).abs() < 0.5);
        }
    }
}
