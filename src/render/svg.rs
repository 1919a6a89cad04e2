//! A face as SVG 1.1: millimetres, outlines, no font.
//!
//! *Invariant:* nothing is loaded from anywhere, and the ground stays unpainted: the material of a plate is retroreflective.

use std::fmt::Write;

use super::face::{Face, Ink, Mark};
use super::layout::Area;
use super::length::Length;
use super::outline::Step;
use super::symbol::Symbol;
use super::typeface::{cap_units, glyph};

/// Returns the picture, which is as large as the plate.
#[must_use]
pub fn svg(face: &Face) -> String {
    let (width, height) = (face.width.as_millimetres(), face.height.as_millimetres());
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"0 0 {width} {height}\">\n<title>{}</title>\n",
        face.title
    );
    for mark in &face.marks {
        let (path, ink) = match mark {
            Mark::Glyph { character, origin, baseline, cap } => {
                let steps = glyph(*character).map_or(&[][..], |glyph| &glyph.outline);
                (outline(steps, &Place::of_glyph(*origin, *baseline, *cap)), Ink::Black)
            }
            Mark::Bar(area) => (rectangle(area), Ink::Black),
            Mark::Code { symbol, area, module } => (code(symbol, area, *module), Ink::Black),
            Mark::Outline(steps, ink) => (outline(steps, &Place::MICROMETRES), *ink),
        };
        let fill = if ink == Ink::White { " fill=\"#fff\"" } else { "" };
        // A text that is written cannot fail to be written.
        let _ = writeln!(text, "<path{fill} d=\"{path}\"/>");
    }
    text.push_str("</svg>\n");
    text
}

/// How the units of an outline become millimetres.
struct Place {
    left: f64,
    top: f64,
    along: f64,
    down: f64,
}

impl Place {
    const MICROMETRES: Self = Self { left: 0.0, top: 0.0, along: 0.001, down: 0.001 };

    fn of_glyph(origin: Length, baseline: Length, cap: Length) -> Self {
        let unit = cap.as_millimetres() / f64::from(cap_units());
        Self { left: origin.as_millimetres(), top: baseline.as_millimetres(), along: unit, down: -unit }
    }

    fn write(&self, command: char, points: &[[f32; 2]], path: &mut String) {
        path.push(command);
        for (place, [x, y]) in points.iter().enumerate() {
            if place > 0 {
                path.push(' ');
            }
            path.push_str(&decimal(self.left + f64::from(*x) * self.along));
            path.push(' ');
            path.push_str(&decimal(self.top + f64::from(*y) * self.down));
        }
    }
}

fn outline(steps: &[Step], place: &Place) -> String {
    let mut path = String::new();
    for step in steps {
        match *step {
            Step::Move(end) => place.write('M', &[end], &mut path),
            Step::Line(end) => place.write('L', &[end], &mut path),
            Step::Quadratic(control, end) => place.write('Q', &[control, end], &mut path),
            Step::Cubic(one, two, end) => place.write('C', &[one, two, end], &mut path),
            Step::Close => path.push('Z'),
        }
    }
    path
}

fn rectangle(area: &Area) -> String {
    let [left, top, width, height] =
        [area.left, area.top, area.width, area.height].map(|length| decimal(length.as_millimetres()));
    format!("M{left} {top}h{width}v{height}h-{width}Z")
}

/// All runs of dark modules as one path: what touches within one path has no seam.
fn code(symbol: &Symbol, area: &Area, module: Length) -> String {
    let at = |count: usize| module * i32::try_from(count).unwrap_or_default();
    let mut path = String::new();
    for (row, runs) in symbol.runs() {
        for (from, until) in runs {
            let run =
                Area { left: area.left + at(from), top: area.top + at(row), width: at(until - from), height: module };
            path.push_str(&rectangle(&run));
        }
    }
    path
}

/// A number to the micrometre, without needless zeros.
fn decimal(value: f64) -> String {
    let text = format!("{value:.3}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        assert_eq!([0.8, -0.000_1, 134.0, 12.345_6].map(decimal), ["0.8", "0", "134", "12.346"]);
    }
}
