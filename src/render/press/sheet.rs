//! One page: plates in their places, cut lines, crop marks, and the line that tells what it is.
//!
//! *Invariant:* two inks, black and the cut line; white is not drawn, for there is nothing below it.

use pdf_writer::{Content, Name};

use super::geometry::{Grid, Page};
use super::writer::{BLACK, CUT, Writer};
use crate::render::pdf::{POINTS_A_MICROMETRE, draw_modules, outline, rectangle};
use crate::render::text::fit;
use crate::render::typeface::{cap_units, glyph, reach};
use crate::render::{Area, Face, Ink, Length, Mark};

/// A page that is being drawn.
pub(super) struct Sheet<'w, 's, 'g> {
    writer: &'w mut Writer<'s>,
    grid: &'g Grid,
    content: Content,
}

impl<'w, 's, 'g> Sheet<'w, 's, 'g> {
    pub(super) fn new(writer: &'w mut Writer<'s>, grid: &'g Grid) -> Self {
        Self { writer, grid, content: Content::with_capacity(16 * 1024) }
    }

    /// Draws a plate in its place.
    pub(super) fn plate(&mut self, place: i32, face: &Face) {
        let at = self.grid.plate(place);
        for mark in &face.marks {
            match mark {
                Mark::Glyph { character, origin, baseline, cap } => {
                    self.glyph(*character, at.left + *origin, at.top + *baseline, *cap);
                }
                Mark::Bar(area) => {
                    rectangle(&mut self.content, &moved(area, &at));
                    self.content.fill_nonzero();
                }
                Mark::Code { symbol, area, module } => {
                    let (area, side) = (moved(area, &at), module.single());
                    self.content.save_state();
                    self.content.transform([side, 0.0, 0.0, side, area.left.single(), area.top.single()]);
                    draw_modules(&mut self.content, symbol);
                    self.content.restore_state();
                }
                // White would need an ink of its own; it stands on specimens only, which do not go to press.
                Mark::Outline(_, Ink::White) => {}
                Mark::Outline(steps, Ink::Black) => {
                    self.content.save_state();
                    self.content.transform([1.0, 0.0, 0.0, 1.0, at.left.single(), at.top.single()]);
                    outline(&mut self.content, steps);
                    self.content.fill_nonzero();
                    self.content.restore_state();
                }
            }
        }
    }

    /// Ends the page.
    pub(super) fn finish(mut self, slug: &str, plates: i32) {
        let page = self.grid.page(plates, self.writer.settings.bleed_mm);
        self.slug(slug, &page.slug);
        let frame = self.writer.frame(plates, |settings| {
            let mut content = Content::new();
            content.set_stroke_cmyk(0.0, 0.0, 0.0, 1.0);
            content.set_line_width(settings.mark_line_mm.single());
            for [[x, y], [right, bottom]] in self.grid.marks(plates) {
                content.move_to(x.single(), y.single()).line_to(right.single(), bottom.single());
            }
            content.stroke();
            content.set_parameters(Name(CUT));
            content.set_stroke_color_space(Name(CUT)).set_stroke_color([1.0]);
            content.set_line_width(settings.cut_line_mm.single());
            for place in 0..plates {
                rectangle(&mut content, &self.grid.plate(place));
            }
            content.stroke();
            (content.finish().into_vec(), page.size)
        });
        self.content.x_object(Name(frame.as_bytes()));
        let [head, content] = [begin(&page), self.content.finish().into_vec()];
        self.writer.page(&page, &[head, content].concat());
    }

    fn slug(&mut self, line: &str, area: &Area) {
        let (line, cap) = fit(line, area.width, area.height, area.height / 2);
        let mut units = 0;
        for character in line.chars() {
            self.glyph(character, area.left + reach(units, cap), area.bottom(), cap);
            units += glyph(character).map_or(0, |glyph| glyph.advance);
        }
    }

    fn glyph(&mut self, character: char, origin: Length, baseline: Length, cap: Length) {
        let Some(name) = self.writer.glyph(character) else { return };
        let unit = cap.single() / Length::micrometres(cap_units()).single();
        self.content.save_state();
        self.content.transform([unit, 0.0, 0.0, -unit, origin.single(), baseline.single()]);
        self.content.x_object(Name(name.as_bytes()));
        self.content.restore_state();
    }
}

/// From here on micrometres, downward from the top left corner, in pure black.
fn begin(page: &Page) -> Vec<u8> {
    let [_, height] = page.size;
    let mut content = Content::new();
    let unit = POINTS_A_MICROMETRE;
    content.transform([unit, 0.0, 0.0, -unit, 0.0, height.single() * unit]);
    let [cyan, magenta, yellow, black] = BLACK;
    content.set_fill_cmyk(cyan, magenta, yellow, black);
    let mut bytes = content.finish().into_vec();
    bytes.push(b'\n');
    bytes
}

fn moved(area: &Area, to: &Area) -> Area {
    Area { left: area.left + to.left, top: area.top + to.top, ..*area }
}
