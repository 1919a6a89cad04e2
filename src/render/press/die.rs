//! What is cut: a die has one shape, so that plates of different shapes go into different files.
//!
//! *Invariant:* names are those of the files: `rear`, `side`, `rear-label`, `side-label`.

use serde::{Serialize, Serializer};
use std::fmt;

use crate::model::Position;
use crate::render::{FaceKind, Part};

/// A shape that is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Die {
    /// The kind of plate.
    pub kind: FaceKind,
    /// The plate, or its label.
    pub part: Part,
}

impl Die {
    /// All there can be, in the order of the files of a batch.
    pub const ALL: [Self; 4] = [
        Self { kind: FaceKind::Rear, part: Part::Plate },
        Self { kind: FaceKind::Side, part: Part::Plate },
        Self { kind: FaceKind::Rear, part: Part::Label },
        Self { kind: FaceKind::Side, part: Part::Label },
    ];

    /// Returns what a plate at this place is cut with.
    #[must_use]
    pub const fn of(position: Position, part: Part) -> Self {
        let kind = match position {
            Position::Rear => FaceKind::Rear,
            Position::Left | Position::Right => FaceKind::Side,
        };
        Self { kind, part }
    }

    /// Returns its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match (self.kind, self.part) {
            (FaceKind::Rear, Part::Plate) => "rear",
            (FaceKind::Side, Part::Plate) => "side",
            (FaceKind::Rear, Part::Label) => "rear-label",
            (FaceKind::Side, Part::Label) => "side-label",
        }
    }
}

impl fmt::Display for Die {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for Die {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
