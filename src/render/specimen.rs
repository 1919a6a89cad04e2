//! SPECIMEN, across a face from corner to corner.
//!
//! *Invariant:* black with a white border, over number and code: seen also where there are only black and white.

use tiny_skia::{Path, PathSegment, Stroke, Transform};

use super::face::{Ink, Mark};
use super::layout::Area;
use super::outline::{Step, path};
use super::typeface::glyph;

const WORD: &str = "SPECIMEN";
/// The white border, as a part of the height of capitals.
const BORDER: f32 = 0.16;

/// Returns the marks that make a face of this size a specimen.
pub(super) fn over(size: Area) -> Vec<Mark> {
    let Some(word) = word() else {
        return Vec::new();
    };
    let (width, height) = (size.width.single(), size.height.single());
    let diagonal = (width * width + height * height).sqrt();
    if diagonal <= 0.0 {
        return Vec::new();
    }
    // Downward from the left: the code of the rear plate stands at the bottom right. No angle is computed, for the sine
    // and cosine of a machine's library need not be those of another.
    let (cos, sin) = (width / diagonal, height / diagonal);
    let bounds = word.bounds();
    let (length, cap) = (bounds.width(), bounds.height());
    let scale = (width / (length * cos + cap * sin)).min(height / (length * sin + cap * cos)) * 0.94;
    let turned = Transform::from_row(cos, sin, -sin, cos, width / 2.0, height / 2.0);
    let centred = Transform::from_translate(-bounds.left() - length / 2.0, -bounds.top() - cap / 2.0);
    let placed = centred.post_scale(scale, scale).post_concat(turned);
    let Some(word) = word.transform(placed) else {
        return Vec::new();
    };
    let stroke = Stroke { width: cap * scale * BORDER * 2.0, ..Stroke::default() };
    let border = word.stroke(&stroke, 0.001).map(|border| Mark::Outline(steps(&border), Ink::White));
    border.into_iter().chain([Mark::Outline(steps(&word), Ink::Black)]).collect()
}

/// The word in font units, y downward.
fn word() -> Option<Path> {
    let mut steps = Vec::new();
    let mut right = 0_i16;
    for character in WORD.chars() {
        let glyph = glyph(character)?;
        let left = f32::from(right);
        steps.extend(glyph.outline.iter().map(|step| step.moved(|[x, y]| [left + x, -y])));
        right = right.checked_add(i16::try_from(glyph.advance).ok()?)?;
    }
    path(&steps)
}

fn steps(path: &Path) -> Vec<Step> {
    let point = |at: tiny_skia::Point| [at.x, at.y];
    path.segments()
        .map(|segment| match segment {
            PathSegment::MoveTo(end) => Step::Move(point(end)),
            PathSegment::LineTo(end) => Step::Line(point(end)),
            PathSegment::QuadTo(control, end) => Step::Quadratic(point(control), point(end)),
            PathSegment::CubicTo(one, two, end) => Step::Cubic(point(one), point(two), point(end)),
            PathSegment::Close => Step::Close,
        })
        .collect()
}
