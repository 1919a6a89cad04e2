//! What a registry decides about its print files: on what is printed, and what lies around the plates.
//!
//! *Invariant:* no length is written in code; the defaults stand in `config/base.toml` and nowhere else.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

use super::PressProblem;
use crate::render::Length;

/// On what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stock {
    /// Sheets of A4, for a proof or an office printer.
    A4,
    /// Sheets of SRA3 (ISO 217), for a digital press.
    Sra3,
    /// A roll of material, printed by lengths.
    Roll,
    /// A page a plate, with bleed and marks, for a print shop that imposes by itself.
    Single,
}

/// A text that names no stock.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no stock {0:?}; there are a4, sra3, roll and single")]
pub struct UnknownStock(pub String);

impl Stock {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::A4, Self::Sra3, Self::Roll, Self::Single];

    /// Returns its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::Sra3 => "sra3",
            Self::Roll => "roll",
            Self::Single => "single",
        }
    }
}

impl fmt::Display for Stock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Stock {
    type Err = UnknownStock;

    fn from_str(text: &str) -> Result<Self, UnknownStock> {
        let found = Self::ALL.into_iter().find(|stock| stock.as_str() == text);
        found.ok_or_else(|| UnknownStock(text.to_owned()))
    }
}

/// What a registry decides about its print files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PressSettings {
    /// How many plates a file holds at most.
    pub plates_a_file: u32,
    /// What stays unprinted along the edges of a sheet.
    pub margin_mm: Length,
    /// The distance of plates on a sheet.
    pub gap_mm: Length,
    /// How far around a plate belongs to it, should the cut stray.
    pub bleed_mm: Length,
    /// What stays free of ink inside the cut.
    pub safety_mm: Length,
    /// How far from the cut a crop mark begins.
    pub mark_offset_mm: Length,
    /// How long a crop mark is.
    pub mark_length_mm: Length,
    /// How thick a crop mark is.
    pub mark_line_mm: Length,
    /// The height of capitals of the line that tells what a sheet is.
    pub slug_mm: Length,
    /// The name of the spot colour of the cut line.
    pub cut_colour: String,
    /// In what the cut line is shown where there is no such colour: percent of cyan, magenta, yellow and black.
    pub cut_shown_as: [u8; 4],
    /// How thick the cut line is.
    pub cut_line_mm: Length,
    /// The side of a module of the QR code below which the report warns.
    pub module_least_mm: Length,
    /// Sheets of A4.
    pub a4: SheetSettings,
    /// Sheets of SRA3.
    pub sra3: SheetSettings,
    /// A roll.
    pub roll: RollSettings,
}

/// The size of a sheet.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetSettings {
    /// Its shorter side.
    pub width_mm: Length,
    /// Its longer side.
    pub height_mm: Length,
}

/// The size of a roll.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollSettings {
    /// How wide it is.
    pub width_mm: Length,
    /// How long a sheet of it is at most.
    pub longest_mm: Length,
}

/// The most plates that a file holds, whatever the settings say: memory is bounded by it.
const MOST_PLATES: u32 = 5_000;
/// The longest name that a reader of PDF must take (ISO 32000-1, annex C).
const LONGEST_NAME: usize = 127;
/// Names that are no spot colour (ISO 32000-1, 8.6.6.4), and the inks of the process, which would be mixed with it.
const NO_SPOT: [&str; 6] = ["All", "None", "Cyan", "Magenta", "Yellow", "Black"];
/// Nothing thinner is drawn by a press, and nothing thicker is a line to a cutter.
const LINES: [Length; 2] = [Length::micrometres(20), Length::millimetres(1)];

impl PressSettings {
    /// Refuses what cannot be meant, whatever the plates are.
    ///
    /// # Errors
    /// [`PressProblem::Value`], which names the key.
    pub fn judge(&self) -> Result<(), PressProblem> {
        let refuse = |key: &'static str, why: String| Err(PressProblem::Value { key, why });
        if !(1..=MOST_PLATES).contains(&self.plates_a_file) {
            return refuse("plates_a_file", format!("{} must be 1 to {MOST_PLATES}", self.plates_a_file));
        }
        let name = self.cut_colour.as_str();
        let is_name = (1..=LONGEST_NAME).contains(&name.len()) && name.trim() == name && !name.contains('\0');
        if !is_name || NO_SPOT.iter().any(|ink| ink.eq_ignore_ascii_case(name)) {
            let why =
                format!("{name:?} must be the name of a spot colour: 1 to {LONGEST_NAME} bytes, and no process ink");
            return refuse("cut_colour", why);
        }
        if self.cut_shown_as.iter().any(|percent| *percent > 100) || self.cut_shown_as == [0; 4] {
            let why = "it must be four percentages of cyan, magenta, yellow and black, not all of them zero";
            return refuse("cut_shown_as", why.to_owned());
        }
        let [thinnest, thickest] = LINES;
        for (key, line) in [("mark_line_mm", self.mark_line_mm), ("cut_line_mm", self.cut_line_mm)] {
            if line < thinnest || line > thickest {
                return refuse(key, format!("{line} must be {thinnest} to {thickest}"));
            }
        }
        if self.slug_mm < Length::millimetres(1) || self.slug_mm > Length::millimetres(10) {
            return refuse("slug_mm", format!("{} must be 1 mm to 10 mm, or nobody reads it", self.slug_mm));
        }
        if self.mark_length_mm == Length::ZERO {
            return refuse("mark_length_mm", "a crop mark has a length".to_owned());
        }
        if self.mark_offset_mm < self.bleed_mm || self.mark_offset_mm == Length::ZERO {
            let why = format!("{} must not be less than bleed_mm ({})", self.mark_offset_mm, self.bleed_mm);
            return refuse("mark_offset_mm", format!("{why}, nor zero: marks would be cut into the plate"));
        }
        if self.gap_mm < self.bleed_mm * 2 || self.gap_mm < Length::millimetres(1) {
            let why = format!("{} must be at least twice bleed_mm ({}) and 1 mm", self.gap_mm, self.bleed_mm);
            return refuse("gap_mm", format!("{why}: a knife that runs twice along one line tears"));
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    #[test]
    fn a_stock_is_read_by_the_name_it_is_shown_by() {
        for stock in Stock::ALL {
            assert_eq!(stock.to_string().parse(), Ok(stock));
            assert_eq!(serde_json::to_string(&stock).unwrap(), format!("\"{stock}\""));
        }
        assert_eq!("A4".parse::<Stock>(), Err(UnknownStock("A4".to_owned())));
    }
}
