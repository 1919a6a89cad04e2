//! What an operator asks to have printed.
//!
//! *Invariant:* only values; nothing is looked up yet.

use crate::model::{ImportId, Position};
use crate::render::press::Stock;
use crate::render::{Dpi, Part};

/// Of which numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These; each text is anything that reads as one number.
    Numbers(Vec<String>),
    /// Those that an upload brought into the registry.
    Import(ImportId),
    /// All that were given from one to another, both included.
    Range {
        /// The first.
        from: String,
        /// The last.
        to: String,
    },
}

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Sheets for a print shop.
    Pdf(Stock),
    /// A picture a plate, of outlines.
    Svg,
    /// A picture a plate, of pixels.
    Png(Dpi),
}

/// What is to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Of which numbers.
    pub wanted: Wanted,
    /// Which plates of each; never empty, in their order, each once.
    pub positions: Vec<Position>,
    /// The plates, or their labels.
    pub part: Part,
    /// In which form.
    pub output: Output,
    /// How many of each, from 1.
    pub copies: u32,
    /// Why something is printed that was printed before, or more than once.
    pub reason: Option<String>,
}

impl Output {
    /// Returns the name of the form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pdf(_) => "pdf",
            Self::Svg => "svg",
            Self::Png(_) => "png",
        }
    }

    /// Returns on what is printed; pictures lie on pages of their own.
    #[must_use]
    pub const fn stock(self) -> Option<Stock> {
        match self {
            Self::Pdf(stock) => Some(stock),
            Self::Svg | Self::Png(_) => None,
        }
    }

    /// Returns the resolution, where there is one.
    #[must_use]
    pub const fn dpi(self) -> Option<Dpi> {
        match self {
            Self::Png(dpi) => Some(dpi),
            Self::Pdf(_) | Self::Svg => None,
        }
    }
}

/// Returns the name of a part.
pub(super) const fn part_name(part: Part) -> &'static str {
    match part {
        Part::Plate => "plate",
        Part::Label => "label",
    }
}
