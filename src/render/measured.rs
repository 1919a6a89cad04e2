//! What the geometry of a plate comes to, for whoever sets it up.
//!
//! *Invariant:* says what is drawn, from the very layout that is drawn by.

use super::face::Faces;
use super::grid::widest_number;
use super::length::Length;
use super::settings::{FaceKind, Part};
use super::symbol::QUIET_MODULES;
use crate::plate::PlateNumber;

/// What the geometry of a kind of plate comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The kind.
    pub kind: FaceKind,
    /// Width and height.
    pub size: [Length; 2],
    /// The widest number of the scheme, and its width.
    pub widest: Option<(PlateNumber, Length)>,
    /// What it leaves at the left and the right.
    pub left_of_number: Length,
    /// What it leaves at the right.
    pub right_of_number: Length,
    /// Side of a module of the QR code, and of the code with its quiet zone; on the plate or on its label.
    pub code: Option<(Length, Length)>,
}

impl Faces {
    /// Returns what the geometry of each kind of plate comes to.
    #[must_use]
    pub fn measured(&self) -> Vec<Measured> {
        FaceKind::ALL.into_iter().filter_map(|kind| self.measure(kind)).collect()
    }

    fn measure(&self, kind: FaceKind) -> Option<Measured> {
        let layout = self.layout(kind, Part::Plate)?;
        let label = self.layout(kind, Part::Label);
        let (grid, number) = layout.number?;
        let code = layout.code.or_else(|| label.and_then(|label| label.code));
        Some(Measured {
            kind,
            size: [layout.size.width, layout.size.height],
            widest: widest_number(self.scheme()).map(|widest| (widest, grid.width())),
            left_of_number: number.left,
            right_of_number: layout.size.width - number.right(),
            code: code.map(|(area, module)| (module, area.width + module * (QUIET_MODULES * 2))),
        })
    }
}
