//! A face as PNG: black and white, two colours of a palette, the resolution recorded.
//!
//! Characters are drawn once for each size and copied from then on; the borders of the modules of a code lie on whole
//! pixels, so that every one is crisp and the whole has its true size to half a pixel.
//!
//! *Invariant:* the same face and resolution give the same bytes, whatever was drawn before.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use thiserror::Error;

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter, PixelDimensions, Unit};
use tiny_skia::Transform;

use super::bitmap::Bitmap;
use super::face::{Face, Ink, Mark};
use super::length::Length;
use super::symbol::Symbol;
use super::typeface::{cap_units, glyph, reach};

/// Dots an inch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dpi(u16);

/// Why there is no picture.
#[derive(Debug, Error)]
pub enum PngProblem {
    /// The plate has no pixels, or more than can be counted.
    #[error("a plate of this size has no pixels")]
    Size,
    /// The bytes could not be written.
    #[error("the picture could not be written")]
    Written(#[from] EncodingError),
}

impl Dpi {
    /// The fewest: a screen's.
    pub const LEAST: u16 = 72;
    /// The most: an image-setter's.
    pub const MOST: u16 = 1200;
    /// What is drawn where nobody asks for another.
    pub const USUAL: Self = Self(300);

    /// Takes a resolution between the least and the most.
    #[must_use]
    pub fn new(value: u16) -> Option<Self> {
        (Self::LEAST..=Self::MOST).contains(&value).then_some(Self(value))
    }

    /// Returns the dots an inch.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    fn pixels(self, length: Length) -> i32 {
        length.pixels(u32::from(self.0))
    }

    /// In the only unit that PNG knows, to the nearest (PNG, 11.3.4.3).
    fn per_metre(self) -> PixelDimensions {
        let dots = (u32::from(self.0) * 10_000 + 127) / 254;
        PixelDimensions { xppu: dots, yppu: dots, unit: Unit::Meter }
    }
}

/// A character drawn at one size, and where it lies about its origin.
#[derive(Debug)]
struct Stamp {
    bitmap: Bitmap,
    /// From the border of bytes before the origin to that of the bitmap, in bytes.
    left: i32,
    top: i32,
}

/// Draws faces at one resolution; keeps the characters that it has drawn.
#[derive(Debug)]
pub struct Plotter {
    dpi: Dpi,
    /// By character, height in micrometres, and the origin's place within its byte.
    stamps: HashMap<(char, Length, i32), Option<Stamp>>,
    page: Bitmap,
}

impl Plotter {
    /// Begins, without having drawn anything.
    #[must_use]
    pub fn new(dpi: Dpi) -> Self {
        Self { dpi, stamps: HashMap::new(), page: Bitmap::default() }
    }

    /// Draws a face; returns the file.
    ///
    /// # Errors
    /// A [`PngProblem`].
    pub fn draw(&mut self, face: &Face) -> Result<Vec<u8>, PngProblem> {
        let pixels = |length| usize::try_from(self.dpi.pixels(length)).ok().filter(|pixels| *pixels > 0);
        let size = pixels(face.width).zip(pixels(face.height)).ok_or(PngProblem::Size)?;
        if self.page.size() == size {
            self.page.clear();
        } else {
            self.page = Bitmap::new(size.0, size.1);
        }
        for mark in &face.marks {
            self.mark(mark);
        }
        encode(&self.page, self.dpi)
    }

    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Glyph { character, origin, baseline, cap } => {
                let (x, y) = (self.dpi.pixels(*origin), self.dpi.pixels(*baseline));
                self.stamp(*character, *cap, x, y);
            }
            Mark::Bar(area) => {
                let [left, top] = [area.left, area.top].map(|length| self.pixel(length));
                let [right, bottom] = [area.right(), area.bottom()].map(|length| self.pixel(length));
                // However thin, a bar is seen.
                self.page.fill_runs(&[(left, right.max(left + 1))], top, bottom.max(top + 1));
            }
            Mark::Code { symbol, area, module } => self.code(symbol, area.left, area.top, *module),
            Mark::Outline(steps, ink) => {
                let (width, height) = self.page.size();
                let scale = f32::from(self.dpi.0) / 25_400.0;
                let drawn = Bitmap::of_outline(width, height, steps, Transform::from_scale(scale, scale));
                match (drawn, ink) {
                    (Some(drawn), Ink::Black) => self.page.stamp(&drawn, 0, 0),
                    (Some(drawn), Ink::White) => self.page.take_away(&drawn),
                    (None, _) => {}
                }
            }
        }
    }

    fn pixel(&self, length: Length) -> usize {
        usize::try_from(self.dpi.pixels(length)).unwrap_or_default()
    }

    fn code(&mut self, symbol: &Symbol, left: Length, top: Length, module: Length) {
        let borders = |from: Length| -> Vec<usize> {
            (0..=symbol.width())
                .map(|count| self.pixel(from + module * i32::try_from(count).unwrap_or_default()))
                .collect()
        };
        let (columns, rows) = (borders(left), borders(top));
        let column = |at: usize| columns.get(at).copied().unwrap_or_default();
        let heights = rows.iter().zip(rows.iter().skip(1));
        for ((_, runs), (top, bottom)) in symbol.runs().zip(heights) {
            let runs: Vec<_> = runs.into_iter().map(|(from, until)| (column(from), column(until))).collect();
            self.page.fill_runs(&runs, *top, *bottom);
        }
    }

    fn stamp(&mut self, character: char, cap: Length, x: i32, y: i32) {
        let within = x.rem_euclid(8);
        let stamp = match self.stamps.entry((character, cap, within)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(draw_character(character, cap, self.dpi, within)),
        };
        let Some(stamp) = stamp else { return };
        let left = usize::try_from(x.div_euclid(8) + stamp.left);
        let top = usize::try_from(y + stamp.top);
        if let (Ok(left), Ok(top)) = (left, top) {
            self.page.stamp(&stamp.bitmap, left, top);
        }
    }
}

/// Draws a character whose origin lies `within` pixels after a border of bytes.
fn draw_character(character: char, cap: Length, dpi: Dpi, within: i32) -> Option<Stamp> {
    let glyph = glyph(character)?;
    let [from, until] = glyph.ink.map(|units| dpi.pixels(reach(units, cap)));
    let [down, up] = glyph.rise.map(|units| dpi.pixels(reach(units, cap)));
    // A pixel more on each side, for what was rounded.
    let (left, top) = (from - 1, -up - 1);
    let width = usize::try_from(until - from + 3).ok()?;
    let height = usize::try_from(up - down + 3).ok()?;
    let unit = cap.single() * f32::from(dpi.0) / (25_400.0 * Length::micrometres(cap_units()).single());
    let [x, y] = [left, top].map(|pixels| -Length::micrometres(pixels).single());
    let placed = Transform::from_row(unit, 0.0, 0.0, -unit, x, y);
    let drawn = Bitmap::of_outline(width, height, &glyph.outline, placed)?;
    let begins = within + left;
    let bitmap = drawn.shifted(u8::try_from(begins.rem_euclid(8)).ok()?);
    Some(Stamp { bitmap, left: begins.div_euclid(8), top })
}

fn encode(page: &Bitmap, dpi: Dpi) -> Result<Vec<u8>, PngProblem> {
    let (width, height) = page.size();
    let [width, height] = [width, height].map(u32::try_from);
    let (Ok(width), Ok(height)) = (width, height) else {
        return Err(PngProblem::Size);
    };
    let mut file = Vec::with_capacity(page.bytes().len() / 4);
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::One);
    encoder.set_palette(&[0xff, 0xff, 0xff, 0, 0, 0][..]);
    encoder.set_pixel_dims(Some(dpi.per_metre()));
    encoder.set_compression(Compression::Fast);
    // Most rows are like the one above: the difference is nothing.
    encoder.set_filter(Filter::Up);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(page.bytes())?;
    writer.finish()?;
    Ok(file)
}
