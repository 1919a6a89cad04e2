//! The geometry of a plate, computed from the settings: where number, pair, code and text stand.
//!
//! *Invariant:* made for the widest number of the scheme, so that every number fits; settings that do not fit are refused
//! with the length that is too small and what it lacks.

use thiserror::Error;

use super::grid::{Grid, pair_width};
use super::length::Length;
use super::settings::{CodeUse, FaceKind, FaceSettings, PairUse, Part, PlateSettings};
use super::symbol::{CodeVersion, QUIET_MODULES};
use super::typeface::overshoot;
use crate::plate::Scheme;

/// Settings that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{section}: {what} needs {needs}, and {key} leaves {has}: {} too little", *.needs - *.has)]
pub struct LayoutProblem {
    /// The section of the settings.
    pub section: &'static str,
    /// The length that is too small.
    pub key: &'static str,
    /// What does not fit.
    pub what: &'static str,
    /// How much it needs.
    pub needs: Length,
    /// How much there is.
    pub has: Length,
}

/// A rectangle on a plate, counted from its top left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// Where it begins.
    pub left: Length,
    /// Where it begins.
    pub top: Length,
    /// How wide it is.
    pub width: Length,
    /// How high it is.
    pub height: Length,
}

impl Area {
    /// Returns where it ends.
    #[must_use]
    pub fn right(&self) -> Length {
        self.left + self.width
    }

    /// Returns where it ends.
    #[must_use]
    pub fn bottom(&self) -> Length {
        self.top + self.height
    }
}

/// Where everything stands on one kind of plate or sticker.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The whole.
    pub(super) size: Area,
    /// The grid of the number, and where it stands; its top is the top of the capitals.
    pub(super) number: Option<(Grid, Area)>,
    /// The thin bar between the number and the pair. It lies, for a standing one is read as the letter I.
    pub(super) bar: Option<Area>,
    /// The pair; its top is the top of the capitals.
    pub(super) pair: Option<Area>,
    /// The code without its quiet zone, and the side of a module.
    pub(super) code: Option<(Area, Length)>,
    /// The lines of text, aligned at its bottom.
    pub(super) text: Area,
}

/// The letters of which no pair is made; the tail of a Q would be taken for its depth.
const NO_CONTROL_LETTERS: &str = "IOQ";

impl Layout {
    /// Returns what stands on it, with text of this height, each with the least white between its ink and an edge. Round
    /// characters reach a little over their lines, and letters of a text hang below theirs; a label has no text but the
    /// number.
    pub(super) fn whites(&self, text: Length) -> Vec<(&'static str, Length)> {
        let inked = |area: Area, unused: &str| {
            let is_used = |it: char| (it.is_ascii_uppercase() || it.is_ascii_digit()) && !unused.contains(it);
            let over = overshoot(area.height, is_used);
            Area { top: area.top - over, height: area.height + over * 2, ..area }
        };
        let is_plate = self.number.is_some();
        let hanging = overshoot(text, |character| is_plate || character.is_ascii_uppercase());
        let text = Area { height: self.text.height + hanging, ..self.text };
        let number = self.number.map(|(_, area)| inked(area, ""));
        let drawn = [
            ("the number", number),
            ("the bar", self.bar),
            ("the control pair", self.pair.map(|area| inked(area, NO_CONTROL_LETTERS))),
            ("the QR code", self.code.map(|(area, _)| area)),
            ("the text", (text.width > Length::ZERO).then_some(text)),
        ];
        drawn.into_iter().filter_map(|(what, area)| Some((what, self.white_around(&area?)))).collect()
    }

    pub(super) fn white_around(&self, area: &Area) -> Length {
        let [right, bottom] = [self.size.width - area.right(), self.size.height - area.bottom()];
        area.left.min(area.top).min(right).min(bottom)
    }
}

/// What all the steps need.
struct Measures<'a> {
    face: &'a FaceSettings,
    section: &'static str,
    grid: Grid,
    /// Width of the pair, and thickness of the bar above it; zero where the pair is not printed.
    pair: Length,
    bar: Length,
    /// Side of the code; zero where it is not printed.
    code: Length,
    quiet: Length,
    /// What must lie between the code and an edge.
    code_margin: Length,
}

impl<'a> Measures<'a> {
    fn new(scheme: Scheme, settings: &'a PlateSettings, kind: FaceKind, version: CodeVersion, part: Part) -> Self {
        let (pair, code) = shown(scheme, settings, part);
        let face = settings.of(kind);
        let quiet = if code { face.module_mm * QUIET_MODULES } else { Length::ZERO };
        let (pair, bar) = if pair {
            (pair_width(face.pair_mm, settings.tracking), settings.bar_mm)
        } else {
            (Length::ZERO, Length::ZERO)
        };
        Self {
            face,
            section: kind.section(),
            grid: Grid::new(scheme, face.number_mm, settings.tracking),
            pair,
            bar,
            code: if code { face.module_mm * i32::from(version.modules()) } else { Length::ZERO },
            quiet,
            code_margin: if code { face.margin_mm.max(quiet + settings.cut_tolerance_mm) } else { face.margin_mm },
        }
    }

    fn fits(&self, key: &'static str, what: &'static str, needs: Length, has: Length) -> Result<(), LayoutProblem> {
        let problem = LayoutProblem { section: self.section, key, what, needs, has };
        if needs <= has { Ok(()) } else { Err(problem) }
    }

    fn pair_at(&self, left: Length, bottom: Length) -> Option<Area> {
        let height = self.face.pair_mm;
        (self.pair > Length::ZERO).then_some(Area { left, top: bottom - height, width: self.pair, height })
    }

    /// The bar, half way between the number and the pair.
    fn bar_between(&self, number: Area, pair: Option<Area>, right: Length) -> Option<Area> {
        let pair = pair?;
        let top = number.bottom() + (pair.top - number.bottom() - self.bar) / 2;
        (self.bar > Length::ZERO).then_some(Area {
            left: number.left,
            top,
            width: right - number.left,
            height: self.bar,
        })
    }

    /// What must lie between the number and what stands below it.
    fn below_number(&self) -> Length {
        if self.bar > Length::ZERO { self.face.gap_mm * 2 + self.bar } else { self.face.gap_mm }
    }

    fn code_at(&self, left: Length, top: Length) -> Option<(Area, Length)> {
        let area = Area { left, top, width: self.code, height: self.code };
        (self.code > Length::ZERO).then_some((area, self.face.module_mm))
    }

    /// The text: from the end of the pair (or the left of the number) to `right`, ending with the pair or at `bottom`.
    fn text_between(&self, left: Length, right: Length, bottom: Length, height: Length) -> Area {
        let indent = if self.pair > Length::ZERO { self.pair + self.face.gap_mm * 2 } else { Length::ZERO };
        let left = left + indent;
        Area { left, top: bottom - height, width: (right - left).max(Length::ZERO), height }
    }
}

/// Whether a part bears the pair, which only numbers with a letter have, and whether it bears the code.
fn shown(scheme: Scheme, settings: &PlateSettings, part: Part) -> (bool, bool) {
    let (pair, code) = match part {
        Part::Plate => (PairUse::Print, CodeUse::Face),
        Part::Label => (PairUse::Label, CodeUse::Label),
    };
    (scheme.has_letters() && settings.control_pair == pair, settings.qr == code)
}

/// Computes the geometry of a plate.
///
/// # Errors
/// A [`LayoutProblem`].
pub(super) fn plate(
    scheme: Scheme,
    settings: &PlateSettings,
    kind: FaceKind,
    version: CodeVersion,
) -> Result<Layout, LayoutProblem> {
    let measures = Measures::new(scheme, settings, kind, version, Part::Plate);
    match kind {
        FaceKind::Rear => number_above_all(&measures),
        FaceKind::Side => number_beside_code(&measures),
    }
}

/// The rear plate: the number over the whole width; below it a bar, then pair, text and code in a row.
fn number_above_all(measures: &Measures<'_>) -> Result<Layout, LayoutProblem> {
    let face = measures.face;
    let margins = face.margin_mm * 2;
    let width = measures.grid.width();
    measures.fits("width_mm", "the widest number with its margins", width + margins, face.width_mm)?;
    let left = (face.width_mm - width) / 2;
    let right = left + width;
    let code_left = right.min(face.width_mm - measures.code_margin) - measures.code;
    let row_needs = measures.pair + face.gap_mm + measures.quiet;
    measures.fits("width_mm", "the pair beside the QR code", row_needs, code_left - left)?;

    let row = measures.code.max(if measures.pair > Length::ZERO { face.pair_mm } else { face.text_mm * 3 });
    let around_code = |needed: Length| (needed - (row - measures.code) / 2).max(Length::ZERO);
    let pair_indent = if measures.pair > Length::ZERO { (row - face.pair_mm) / 2 } else { Length::ZERO };
    let least_gap = (face.gap_mm + around_code(measures.quiet)).max(measures.below_number() - pair_indent);
    let least_below = face.margin_mm.max(around_code(measures.code_margin));
    let needs = face.margin_mm + face.number_mm + least_gap + row + least_below;
    measures.fits("height_mm", "the number above the pair and the QR code", needs, face.height_mm)?;
    // White above, between and below as even as the least ones allow.
    let white = face.height_mm - face.number_mm - row;
    let below = (white / 3).max(least_below);
    let between = ((white - below) / 2).max(least_gap);
    let top = white - below - between;

    let row_top = top + face.number_mm + between;
    let pair_bottom = row_top + (row + face.pair_mm.min(row)) / 2;
    let text_right = if measures.code > Length::ZERO { code_left - measures.quiet.max(face.gap_mm) } else { right };
    let number = Area { left, top, width, height: face.number_mm };
    let pair = measures.pair_at(left, pair_bottom);
    Ok(Layout {
        size: Area { width: face.width_mm, height: face.height_mm, ..Area::default() },
        number: Some((measures.grid, number)),
        bar: measures.bar_between(number, pair, text_right),
        pair,
        code: measures.code_at(code_left, row_top + (row - measures.code) / 2),
        text: measures.text_between(left, text_right, pair_bottom, face.pair_mm.min(row)),
    })
}

/// The side plate: the code at the left; beside it the number above bar, pair and text.
fn number_beside_code(measures: &Measures<'_>) -> Result<Layout, LayoutProblem> {
    let face = measures.face;
    let row = if measures.pair > Length::ZERO { face.pair_mm } else { face.text_mm * 3 };
    let column = face.number_mm + measures.below_number() + row;
    measures.fits("height_mm", "the number above the pair", column + face.margin_mm * 2, face.height_mm)?;
    let width = measures.grid.width();
    let is_coded = measures.code > Length::ZERO;
    let code_needs = measures.code + measures.code_margin * 2;
    measures.fits("height_mm", "the QR code with its quiet zone", code_needs, face.height_mm)?;
    let code_top = (face.height_mm - measures.code) / 2;
    let code_left = code_top.min(face.width_mm - measures.code_margin - measures.code);
    let beside = if is_coded { code_left + measures.code } else { Length::ZERO };
    let least_left = if is_coded { beside + measures.quiet + face.gap_mm } else { face.margin_mm };
    let needs = least_left + width + face.margin_mm;
    measures.fits("width_mm", "the widest number beside the QR code, with its margins", needs, face.width_mm)?;
    let left = (beside + (face.width_mm - beside - width) / 2).max(least_left);

    // Number and pair end where the code does; without it, or where they are higher, they stand in the middle.
    let height = if is_coded && measures.code >= column {
        measures.code
    } else {
        column.max(face.number_mm + row + (face.height_mm - face.number_mm - row) / 3)
    };
    let top = (face.height_mm - height) / 2;
    let bottom = top + height;
    let number = Area { left, top, width, height: face.number_mm };
    let pair = measures.pair_at(left, bottom);
    Ok(Layout {
        size: Area { width: face.width_mm, height: face.height_mm, ..Area::default() },
        number: Some((measures.grid, number)),
        bar: measures.bar_between(number, pair, number.right()),
        pair,
        code: measures.code_at(code_left, code_top),
        text: measures.text_between(left, left + width, bottom, row),
    })
}

/// Computes the geometry of the sticker that bears what does not stand on the plate; `None` where nothing is left for it.
/// It is as large as its content asks, and bears the number in small, so that it is put where it belongs.
pub(super) fn label(scheme: Scheme, settings: &PlateSettings, kind: FaceKind, version: CodeVersion) -> Option<Layout> {
    let (pair, code) = shown(scheme, settings, Part::Label);
    if !pair && !code {
        return None;
    }
    let measures = Measures::new(scheme, settings, kind, version, Part::Label);
    let face = measures.face;
    let text = face.text_mm * 10;
    let column = measures.pair.max(text);
    let row = if pair { face.pair_mm + face.gap_mm + face.text_mm } else { face.text_mm };
    let height = (measures.code + measures.code_margin * 2).max(row + face.margin_mm * 2);
    let code_top = (height - measures.code) / 2;
    let left = if code { code_top + measures.code + measures.quiet + face.gap_mm } else { face.margin_mm };
    let top = (height - row) / 2;
    let bottom = top + row;
    Some(Layout {
        size: Area { width: left + column + face.margin_mm, height, ..Area::default() },
        number: None,
        bar: None,
        pair: measures.pair_at(left, top + face.pair_mm),
        code: measures.code_at(code_top, code_top),
        text: Area { left, top: bottom - face.text_mm, width: column, height: face.text_mm },
    })
}
