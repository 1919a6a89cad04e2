//! A face as a PDF of one page of its size: outlines, pure black ink.
//!
//! *Invariant:* no date, no producer, no random id: the same face gives the same bytes.

use pdf_writer::{Content, Finish, Pdf, Rect, Ref};

use super::face::{Face, Ink, Mark};
use super::layout::Area;
use super::length::Length;
use super::outline::Step;
use super::symbol::Symbol;
use super::typeface::{cap_units, glyph};

/// A point of PDF is 1/72 inch (ISO 32000-1, 8.3.2.3), an inch 25 400 micrometres.
pub(super) const POINTS_A_MICROMETRE: f32 = 72.0 / 25_400.0;

/// Returns the file. Its page is as large as the plate, and cut where the page ends.
#[must_use]
pub fn pdf(face: &Face) -> Vec<u8> {
    let [catalog, pages, page, content] = [1, 2, 3, 4].map(Ref::new);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let width = face.width.single() * POINTS_A_MICROMETRE;
    let height = face.height.single() * POINTS_A_MICROMETRE;
    let whole = Rect::new(0.0, 0.0, width, height);
    let mut written = pdf.page(page);
    written.parent(pages).media_box(whole).trim_box(whole).contents(content);
    written.resources().finish();
    written.finish();
    pdf.stream(content, &draw(face, height));
    pdf.finish()
}

fn draw(face: &Face, height: f32) -> Vec<u8> {
    let mut content = Content::new();
    // From now on micrometres, downward from the top left corner.
    content.transform([POINTS_A_MICROMETRE, 0.0, 0.0, -POINTS_A_MICROMETRE, 0.0, height]);
    content.set_fill_cmyk(0.0, 0.0, 0.0, 1.0);
    for mark in &face.marks {
        match mark {
            Mark::Glyph { character, origin, baseline, cap } => {
                draw_glyph(&mut content, *character, *origin, *baseline, *cap);
            }
            Mark::Bar(area) => {
                rectangle(&mut content, area);
                content.fill_nonzero();
            }
            Mark::Code { symbol, area, module } => {
                draw_code(&mut content, symbol, area, *module);
            }
            Mark::Outline(steps, ink) => {
                let key = if *ink == Ink::White { 0.0 } else { 1.0 };
                content.set_fill_cmyk(0.0, 0.0, 0.0, key);
                outline(&mut content, steps);
                content.fill_nonzero();
            }
        }
    }
    content.finish().into_vec()
}

fn draw_glyph(content: &mut Content, character: char, origin: Length, baseline: Length, cap: Length) {
    let Some(glyph) = glyph(character) else { return };
    let unit = cap.single() / Length::micrometres(cap_units()).single();
    content.save_state();
    content.transform([unit, 0.0, 0.0, -unit, origin.single(), baseline.single()]);
    outline(content, &glyph.outline);
    content.fill_nonzero();
    content.restore_state();
}

/// All runs of dark modules as one path: what touches within one path has no seam.
fn draw_code(content: &mut Content, symbol: &Symbol, area: &Area, module: Length) {
    let at = |count: usize| module * i32::try_from(count).unwrap_or_default();
    for (row, runs) in symbol.runs() {
        for (from, until) in runs {
            let (left, top) = (area.left + at(from), area.top + at(row));
            rectangle(content, &Area { left, top, width: at(until - from), height: module });
        }
    }
    content.fill_nonzero();
}

/// The same where a module is the unit: the shortest numbers there are.
pub(super) fn draw_modules(content: &mut Content, symbol: &Symbol) {
    let single = |count: usize| u16::try_from(count).map_or(0.0, f32::from);
    for (row, runs) in symbol.runs() {
        for (from, until) in runs {
            content.rect(single(from), single(row), single(until - from), 1.0);
        }
    }
    content.fill_nonzero();
}

pub(super) fn rectangle(content: &mut Content, area: &Area) {
    content.rect(area.left.single(), area.top.single(), area.width.single(), area.height.single());
}

pub(super) fn outline(content: &mut Content, steps: &[Step]) {
    let mut from = [0.0, 0.0];
    for step in steps {
        match *step {
            Step::Move([x, y]) => {
                content.move_to(x, y);
                from = [x, y];
            }
            Step::Line([x, y]) => {
                content.line_to(x, y);
                from = [x, y];
            }
            Step::Quadratic(control, end) => {
                // PDF has cubic curves only; raising the degree changes nothing of the curve.
                let [a, b] = [from, end].map(|end| third(end, control));
                content.cubic_to(a[0], a[1], b[0], b[1], end[0], end[1]);
                from = end;
            }
            Step::Cubic(a, b, end) => {
                content.cubic_to(a[0], a[1], b[0], b[1], end[0], end[1]);
                from = end;
            }
            Step::Close => {
                content.close_path();
            }
        }
    }
}

/// The point two thirds of the way from an end to the control point.
fn third(end: [f32; 2], control: [f32; 2]) -> [f32; 2] {
    let [[x, y], [cx, cy]] = [end, control];
    [x + (cx - x) * 2.0 / 3.0, y + (cy - y) * 2.0 / 3.0]
}
