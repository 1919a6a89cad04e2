//! The typeface of the plates: Overpass Bold as outlines, so that no output needs a font installed.
//!
//! Why Overpass Bold: the best of thirty typefaces that were measured with simulated readers, with a plain zero (a slashed
//! one was read as 8) and all nine letters that Kazakh adds to the Cyrillic alphabet.
//!
//! *Invariant:* the font is part of the program and is read once; its numbers are font units, y upward.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ttf_parser::{Face, OutlineBuilder};

use super::length::Length;
use super::outline::Step;

const FONT: &[u8] = include_bytes!("../../assets/fonts/Overpass-Bold.ttf");

static TYPEFACE: LazyLock<Typeface> = LazyLock::new(|| Typeface::read(FONT).unwrap_or_default());

/// A character as it is drawn, in font units.
#[derive(Clone, Debug, Default)]
pub(super) struct Glyph {
    /// Where its ink begins and ends.
    pub(super) ink: [i32; 2],
    /// How far its ink reaches down and up from the line on which it stands.
    pub(super) rise: [i32; 2],
    /// How far the next character of a text stands.
    pub(super) advance: i32,
    /// Its outline; to be filled by the non-zero rule.
    pub(super) outline: Vec<Step>,
}

#[derive(Debug, Default)]
struct Typeface {
    cap: i32,
    glyphs: BTreeMap<char, Glyph>,
}

impl Typeface {
    fn read(bytes: &[u8]) -> Option<Self> {
        let face = Face::parse(bytes, 0).ok()?;
        let cap = i32::from(face.capital_height()?);
        let mut glyphs = BTreeMap::new();
        let unicode = face.tables().cmap?.subtables.into_iter().filter(ttf_parser::cmap::Subtable::is_unicode);
        for subtable in unicode {
            subtable.codepoints(|code| {
                let found = char::from_u32(code).and_then(|it| Some((it, face.glyph_index(it)?)));
                if let Some((character, id)) = found {
                    let mut pen = Pen(Vec::new());
                    let bounds = face.outline_glyph(id, &mut pen);
                    let [ink, rise] = bounds.map_or([[0, 0]; 2], |bounds| {
                        [[bounds.x_min, bounds.x_max], [bounds.y_min, bounds.y_max]].map(|ends| ends.map(i32::from))
                    });
                    let advance = i32::from(face.glyph_hor_advance(id).unwrap_or_default());
                    glyphs.insert(character, Glyph { ink, rise, advance, outline: pen.0 });
                }
            });
        }
        Some(Self { cap, glyphs })
    }
}

struct Pen(Vec<Step>);

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.push(Step::Move([x, y]));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.push(Step::Line([x, y]));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.push(Step::Quadratic([x1, y1], [x, y]));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.push(Step::Cubic([x1, y1], [x2, y2], [x, y]));
    }

    fn close(&mut self) {
        self.0.push(Step::Close);
    }
}

/// Returns how a character is drawn, if the typeface has it.
pub(super) fn glyph(character: char) -> Option<&'static Glyph> {
    TYPEFACE.glyphs.get(&character)
}

/// Returns the height of capitals in font units.
pub(super) fn cap_units() -> i32 {
    TYPEFACE.cap
}

/// Returns font units as a length, for capitals of this height.
pub(super) fn reach(units: i32, cap: Length) -> Length {
    cap.scaled(units, cap_units())
}

/// Returns how far letters and digits of a kind reach below the line on which they stand, at the most, for capitals of this
/// height.
pub(super) fn overshoot(cap: Length, is_meant: impl Fn(char) -> bool) -> Length {
    let meant = TYPEFACE.glyphs.iter().filter(|(character, _)| character.is_alphanumeric() && is_meant(**character));
    reach(meant.map(|(_, glyph)| -glyph.rise[0]).max().unwrap_or_default(), cap)
}

/// Returns the width of a character's ink for capitals of this height.
pub(super) fn ink_width(character: char, cap: Length) -> Length {
    glyph(character).map_or(Length::ZERO, |glyph| {
        let [from, until] = glyph.ink;
        reach(until - from, cap)
    })
}

/// Returns the width of a text set with the typeface's own distances.
pub(super) fn text_width(text: &str, cap: Length) -> Length {
    reach(text.chars().filter_map(glyph).map(|glyph| glyph.advance).sum(), cap)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    #[test]
    fn the_letters_that_kazakh_adds_are_drawn() {
        for letter in "ӘҒҚҢӨҰҮҺІәғқңөұүһі".chars() {
            assert!(!glyph(letter).unwrap().outline.is_empty(), "{letter}");
        }
    }

    #[test]
    fn the_zero_is_plain_one_contour_within_another() {
        let contours = |character| {
            let outline = &glyph(character).unwrap().outline;
            outline.iter().filter(|step| matches!(step, Step::Move(_))).count()
        };
        assert_eq!((contours('0'), contours('O'), contours('8')), (2, 2, 3));
    }

    #[test]
    fn capitals_are_as_high_as_the_font_says() {
        let top = |character| {
            let ends = glyph(character).unwrap().outline.iter().filter_map(|step| match step {
                Step::Move([_, y]) | Step::Line([_, y]) => Some(*y),
                _ => None,
            });
            ends.fold(0.0, f32::max)
        };
        assert_eq!(cap_units(), 1400);
        assert!((top('K') - 1400.0).abs() < 0.5);
    }
}
