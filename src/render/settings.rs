//! What a registry decides about its plates: how large they are, and what stands on them.
//!
//! *Invariant:* no length is written in code; the defaults stand in `config/base.toml` and nowhere else.

use serde::Deserialize;

use super::length::{Length, Ratio};

/// What a registry decides about its plates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlateSettings {
    /// Where the control pair is printed.
    pub control_pair: PairUse,
    /// Where the QR code is printed.
    pub qr: CodeUse,
    /// The distance of characters, as part of their height.
    pub tracking: Ratio,
    /// The thickness of the bar that divides the number from the pair.
    pub bar_mm: Length,
    /// How far the cut may stray: the quiet zone of the code stays whole even then.
    pub cut_tolerance_mm: Length,
    /// The lines of small text; `{operator}` and `{host}` are filled in.
    pub text: Vec<String>,
    /// The plate above the rear wheel.
    pub rear: FaceSettings,
    /// The plates left and right of the steering column.
    pub side: FaceSettings,
}

/// Where the control pair is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PairUse {
    /// On the plate, below a thin bar.
    Print,
    /// Nowhere.
    Omit,
    /// On a sticker beside the plate.
    Label,
}

/// Where the QR code is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CodeUse {
    /// On the plate.
    Face,
    /// On a sticker beside the plate.
    Label,
    /// Nowhere.
    Omit,
}

/// The lengths of one kind of plate.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaceSettings {
    /// Its width.
    pub width_mm: Length,
    /// Its height.
    pub height_mm: Length,
    /// What stays white along its edges.
    pub margin_mm: Length,
    /// The least distance of things on it.
    pub gap_mm: Length,
    /// The height of the number.
    pub number_mm: Length,
    /// The height of the control pair.
    pub pair_mm: Length,
    /// The side of one module of the QR code.
    pub module_mm: Length,
    /// The height of capitals in the lines of text.
    pub text_mm: Length,
    /// To which height a long line shrinks before it is cut.
    pub text_least_mm: Length,
}

/// The two kinds of plates; the left and the right one are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaceKind {
    /// Above the rear wheel.
    Rear,
    /// Left or right of the steering column.
    Side,
}

/// Which part is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The plate.
    Plate,
    /// The sticker that bears what the settings keep off the plate.
    Label,
}

impl FaceKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Rear, Self::Side];

    /// Returns the name of its section in the settings.
    #[must_use]
    pub const fn section(self) -> &'static str {
        match self {
            Self::Rear => "plates.rear",
            Self::Side => "plates.side",
        }
    }
}

impl PlateSettings {
    /// Returns the lengths of a kind of plate.
    #[must_use]
    pub const fn of(&self, kind: FaceKind) -> &FaceSettings {
        match kind {
            FaceKind::Rear => &self.rear,
            FaceKind::Side => &self.side,
        }
    }
}
