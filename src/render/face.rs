//! A plate drawn: marks in their places, from which every output is made.
//!
//! *Invariant:* a face is a function of the settings and of what is to stand on it; no output adds or moves a mark.

use thiserror::Error;

use super::layout::{self, Area, Layout, LayoutProblem};
use super::length::{Length, Ratio};
use super::outline::Step;
use super::settings::{CodeUse, FaceKind, Part, PlateSettings};
use super::specimen;
use super::symbol::{self, CodeProblem, CodeVersion, Symbol};
use super::text::fit;
use super::typeface::{glyph, reach};
use crate::plate::sparse::PLACES;
use crate::plate::{PlateNumber, Scheme};

/// Black, or white over what is black already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Black.
    Black,
    /// White.
    White,
}

/// Something drawn; later ones lie over earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A character of the typeface, black.
    Glyph {
        /// Which.
        character: char,
        /// Where the character's own zero lies.
        origin: Length,
        /// The line on which it stands.
        baseline: Length,
        /// The height of capitals.
        cap: Length,
    },
    /// A black rectangle.
    Bar(Area),
    /// A QR code, black.
    Code {
        /// The modules.
        symbol: Box<Symbol>,
        /// Where they stand, without the quiet zone.
        area: Area,
        /// The side of a module.
        module: Length,
    },
    /// Any outline, in micrometres from the top left corner; filled by the non-zero rule.
    Outline(Vec<Step>, Ink),
}

/// A drawing in its true size.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// How wide it is.
    pub width: Length,
    /// How high it is.
    pub height: Length,
    /// What it shows, in words.
    pub title: String,
    /// What is drawn.
    pub marks: Vec<Mark>,
}

/// For whom a picture is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// For the operator, to be printed.
    Valid,
    /// For anybody else: SPECIMEN lies over it.
    Specimen,
}

/// What is to stand on a plate.
#[derive(Clone, Copy, Debug)]
pub struct Inscription<'a> {
    /// The number.
    pub number: PlateNumber,
    /// What the QR code says.
    pub code: &'a str,
    /// Whose scooter it is.
    pub operator: &'a str,
    /// For whom the picture is made.
    pub validity: Validity,
}

/// Why there are no faces with these settings.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaceProblem {
    /// The lengths do not fit together.
    #[error("the plate does not fit")]
    Layout(#[from] LayoutProblem),
    /// The link does not fit into a QR code.
    #[error("registry.qr_host cannot stand in a QR code")]
    Host(#[source] CodeProblem),
}

/// All kinds of faces of one registry, measured once.
#[derive(Clone, Debug)]
pub struct Faces {
    scheme: Scheme,
    settings: PlateSettings,
    host: String,
    version: CodeVersion,
    plates: [Layout; 2],
    labels: [Option<Layout>; 2],
}

/// How many characters the link has without its host: `HTTPS://`, `/P/`, number and pair, `/`, tag.
const fn link_without_host(scheme: Scheme) -> usize {
    let plate = match scheme {
        Scheme::Kz158 => 8,
        Scheme::Sparse19 => PLACES,
    };
    8 + 3 + plate + 1 + 10
}

impl Faces {
    /// Measures the plates of a registry whose numbers are of this scheme and whose codes lead to this host.
    ///
    /// # Errors
    /// A [`FaceProblem`], which says what to change.
    pub fn new(scheme: Scheme, settings: &PlateSettings, host: &str) -> Result<Self, FaceProblem> {
        let host = host.to_ascii_uppercase();
        let version = match settings.qr {
            CodeUse::Omit => CodeVersion::holding(0),
            CodeUse::Face | CodeUse::Label => symbol::judge(&host)
                .and_then(|()| CodeVersion::holding(link_without_host(scheme) + host.chars().count())),
        };
        let version = version.map_err(FaceProblem::Host)?;
        let plate = |kind| layout::plate(scheme, settings, kind, version);
        Ok(Self {
            plates: [plate(FaceKind::Rear)?, plate(FaceKind::Side)?],
            labels: FaceKind::ALL.map(|kind| layout::label(scheme, settings, kind, version)),
            scheme,
            settings: settings.clone(),
            host,
            version,
        })
    }

    /// Returns the version of the QR code that all plates bear.
    #[must_use]
    pub const fn version(&self) -> CodeVersion {
        self.version
    }

    /// Returns the scheme of the numbers.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Returns the settings that were measured.
    #[must_use]
    pub const fn settings(&self) -> &PlateSettings {
        &self.settings
    }

    /// Returns the geometry of a part; `None` for a label that the settings do not ask for.
    pub(super) fn layout(&self, kind: FaceKind, part: Part) -> Option<&Layout> {
        let [rear, side] = &self.plates;
        let [rear_label, side_label] = &self.labels;
        match (part, kind) {
            (Part::Plate, FaceKind::Rear) => Some(rear),
            (Part::Plate, FaceKind::Side) => Some(side),
            (Part::Label, FaceKind::Rear) => rear_label.as_ref(),
            (Part::Label, FaceKind::Side) => side_label.as_ref(),
        }
    }

    /// Draws a part of a plate; `None` for a label that the settings do not ask for.
    ///
    /// # Errors
    /// A [`CodeProblem`], where the content does not fit the code of this registry.
    pub fn draw(&self, kind: FaceKind, part: Part, what: &Inscription<'_>) -> Result<Option<Face>, CodeProblem> {
        let Some(layout) = self.layout(kind, part) else {
            return Ok(None);
        };
        let face = self.settings.of(kind);
        let mut marks = Vec::with_capacity(64);
        if let Some((grid, area)) = &layout.number {
            for (character, left) in grid.place(what.number) {
                marks.extend(inked(character, area.left + left, area.bottom(), face.number_mm));
            }
        }
        marks.extend(layout.bar.map(Mark::Bar));
        if let Some(pair) = layout.pair {
            marks.extend(pair_marks(&what.number.control_text(), pair, self.settings.tracking));
        }
        if let Some((area, module)) = layout.code {
            marks.push(Mark::Code { symbol: Box::new(Symbol::encode(what.code, self.version)?), area, module });
        }
        let lines = match part {
            Part::Plate => self.settings.text.iter().map(|line| self.filled(line, what)).collect(),
            Part::Label => vec![what.number.shown()],
        };
        marks.extend(text_marks(&lines, layout.text, face.text_mm, face.text_least_mm));
        if what.validity == Validity::Specimen {
            marks.extend(specimen::over(layout.size));
        }
        let size = layout.size;
        let title = what.number.human_form();
        Ok(Some(Face { width: size.width, height: size.height, title, marks }))
    }

    fn filled(&self, line: &str, what: &Inscription<'_>) -> String {
        line.replace("{host}", &self.host.to_ascii_lowercase()).replace("{operator}", what.operator)
    }
}

/// A character whose ink begins at `left`.
fn inked(character: char, left: Length, baseline: Length, cap: Length) -> Option<Mark> {
    let [from, _] = glyph(character)?.ink;
    Some(Mark::Glyph { character, origin: left - reach(from, cap), baseline, cap })
}

/// The pair stands together, not in cells: its letters are read as one.
fn pair_marks(pair: &str, area: Area, tracking: Ratio) -> Vec<Mark> {
    let mut left = area.left;
    let mut marks = Vec::with_capacity(2);
    for character in pair.chars() {
        marks.extend(inked(character, left, area.bottom(), area.height));
        left = left + super::typeface::ink_width(character, area.height) + tracking.of(area.height);
    }
    marks
}

/// Lines of text, one above the other, the last one on the bottom of the area. Where they would be too high together, all
/// are made smaller.
fn text_marks(lines: &[String], area: Area, cap: Length, least: Length) -> Vec<Mark> {
    let lines: Vec<&String> = lines.iter().filter(|line| !line.trim().is_empty()).collect();
    let steps = i32::try_from(lines.len()).unwrap_or(i32::MAX).saturating_sub(1);
    let cap = cap.min(area.height.scaled(4, steps.saturating_mul(5).saturating_add(4)));
    let pitch = if steps == 0 { Length::ZERO } else { cap.scaled(17, 10).min((area.height - cap) / steps) };
    let mut marks = Vec::new();
    for (line, up) in lines.iter().zip((0..=steps).rev()) {
        let (line, cap) = fit(line, area.width, cap, least);
        let first = line.chars().next().and_then(glyph).map_or(0, |glyph| glyph.ink[0]);
        let mut units = -first;
        for character in line.chars() {
            let Some(glyph) = glyph(character) else { continue };
            if !glyph.outline.is_empty() {
                let origin = area.left + reach(units, cap);
                marks.push(Mark::Glyph { character, origin, baseline: area.bottom() - pitch * up, cap });
            }
            units += glyph.advance;
        }
    }
    marks
}
