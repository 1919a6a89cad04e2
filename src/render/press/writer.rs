//! The objects of a PDF: pages, characters drawn once and shown often, the two inks.
//!
//! *Invariant:* objects are numbered in the order in which they are needed, so that the same pages give the same bytes.

use std::collections::BTreeMap;

use flate2::{Compress, Compression, FlushCompress, Status};
use pdf_writer::types::OverprintMode;
use pdf_writer::writers::{ColorSpace, ExtGraphicsState};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref};

use super::PressSettings;
use super::geometry::Page;
use crate::render::pdf::{POINTS_A_MICROMETRE, outline};
use crate::render::typeface::glyph;
use crate::render::{Area, Length};

/// Cyan, magenta, yellow and black of everything that is read: a dark mixed of four inks is blurred by their misfit.
pub(super) const BLACK: [f32; 4] = [0.0, 0.0, 0.0, 1.0];
/// Under what the colour and the overprinting of the cut line are known to the pages.
pub(super) const CUT: &[u8] = b"Cut";

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const RESOURCES: Ref = Ref::new(3);
const COLOUR: Ref = Ref::new(4);
const OVERPRINT: Ref = Ref::new(5);
const FIRST_FREE: i32 = 6;

/// A PDF that is being written.
pub(super) struct Writer<'s> {
    pub(super) settings: &'s PressSettings,
    pdf: Pdf,
    next: i32,
    pages: Vec<Ref>,
    /// The characters drawn so far, each with its name.
    glyphs: BTreeMap<char, (Ref, String)>,
    /// Cut lines and marks by the number of plates on a page: all full pages share theirs.
    frames: BTreeMap<i32, (Ref, String)>,
    squeeze: Squeeze,
}

impl<'s> Writer<'s> {
    pub(super) fn new(settings: &'s PressSettings) -> Self {
        Self {
            settings,
            pdf: Pdf::with_capacity(64 * 1024),
            next: FIRST_FREE,
            pages: Vec::new(),
            glyphs: BTreeMap::new(),
            frames: BTreeMap::new(),
            squeeze: Squeeze::new(),
        }
    }

    /// Returns the name under which a character is shown; `None` for one without ink.
    pub(super) fn glyph(&mut self, character: char) -> Option<&str> {
        if !self.glyphs.contains_key(&character) {
            let drawn = glyph(character).filter(|glyph| !glyph.outline.is_empty())?;
            let mut content = Content::new();
            outline(&mut content, &drawn.outline);
            content.fill_nonzero();
            let [[left, right], [bottom, top]] = [drawn.ink, drawn.rise].map(|ends| ends.map(Length::micrometres));
            let bounds = Rect::new(left.single(), bottom.single(), right.single(), top.single());
            let shape = self.form(&content.finish(), bounds, false);
            self.glyphs.insert(character, (shape, format!("G{:X}", u32::from(character))));
        }
        self.glyphs.get(&character).map(|(_, name)| name.as_str())
    }

    /// Returns the name of what lies around so many plates; `draw` says what that is, and how large the page.
    pub(super) fn frame(&mut self, plates: i32, draw: impl FnOnce(&PressSettings) -> (Vec<u8>, [Length; 2])) -> String {
        if let Some((_, name)) = self.frames.get(&plates) {
            return name.clone();
        }
        let (content, [width, height]) = draw(self.settings);
        let shape = self.form(&content, Rect::new(0.0, 0.0, width.single(), height.single()), true);
        let name = format!("F{plates}");
        self.frames.insert(plates, (shape, name.clone()));
        name
    }

    /// Writes a page.
    pub(super) fn page(&mut self, page: &Page, content: &[u8]) {
        let id = self.free();
        let parts: Vec<_> = parts(content).into_iter().map(|part| (self.free(), part)).collect();
        let [width, height] = page.size;
        let mut written = self.pdf.page(id);
        written.parent(PAGES);
        written.media_box(in_points(&Area { width, height, ..Area::default() }, height));
        written.bleed_box(in_points(&page.bleed, height));
        written.trim_box(in_points(&page.trim, height));
        written.contents_array(parts.iter().map(|(stream, _)| *stream));
        written.finish();
        for (stream, part) in parts {
            self.pdf.stream(stream, self.squeeze.of(part)).filter(Filter::FlateDecode);
        }
        self.pages.push(id);
    }

    /// Ends the file.
    pub(super) fn finish(mut self, identity: [u8; 16]) -> Vec<u8> {
        let mut catalog = self.pdf.catalog(CATALOG);
        catalog.pages(PAGES);
        // Whoever prints from a viewer gets true millimetres.
        catalog.viewer_preferences().pair(Name(b"PrintScaling"), Name(b"None"));
        catalog.finish();
        let count = i32::try_from(self.pages.len()).unwrap_or(i32::MAX);
        let mut pages = self.pdf.pages(PAGES);
        pages.kids(self.pages.iter().copied()).count(count);
        // What all pages need stands once: pages inherit it (ISO 32000-1, 7.7.3.4).
        pages.pair(Name(b"Resources"), RESOURCES);
        pages.finish();
        self.inks();
        let mut resources = self.pdf.indirect(RESOURCES).dict();
        resources.insert(Name(b"ColorSpace")).dict().pair(Name(CUT), COLOUR);
        resources.insert(Name(b"ExtGState")).dict().pair(Name(CUT), OVERPRINT);
        let mut shapes = resources.insert(Name(b"XObject")).dict();
        for (id, name) in self.glyphs.values().chain(self.frames.values()) {
            shapes.pair(Name(name.as_bytes()), *id);
        }
        shapes.finish();
        resources.finish();
        self.pdf.set_file_id((identity.to_vec(), identity.to_vec()));
        self.pdf.finish()
    }

    /// The spot colour of the cut line; and that it lies over what is there instead of leaving a white line in it, should
    /// a plate ever be printed to its edge.
    fn inks(&mut self) {
        let shown_as = self.settings.cut_shown_as.map(|percent| f32::from(percent) / 100.0);
        let mut colour =
            self.pdf.indirect(COLOUR).start::<ColorSpace<'_>>().separation(Name(self.settings.cut_colour.as_bytes()));
        colour.alternate_color_space().device_cmyk();
        colour.tint_exponential().domain([0.0, 1.0]).c0([0.0; 4]).c1(shown_as).n(1.0);
        colour.finish();
        let mut state = self.pdf.indirect(OVERPRINT).start::<ExtGraphicsState<'_>>();
        state.overprint(true).overprint_fill(true).overprint_mode(OverprintMode::IgnoreZeroChannel);
        state.finish();
    }

    fn form(&mut self, content: &[u8], bounds: Rect, is_inked: bool) -> Ref {
        let id = self.free();
        let mut form = self.pdf.form_xobject(id, self.squeeze.of(content));
        form.filter(Filter::FlateDecode);
        form.bbox(bounds);
        if is_inked {
            form.pair(Name(b"Resources"), RESOURCES);
        } else {
            form.resources().finish();
        }
        form.finish();
        id
    }

    fn free(&mut self) -> Ref {
        let id = Ref::new(self.next);
        self.next += 1;
        id
    }
}

/// A rectangle in points, upward from the bottom left corner. Each end is computed for itself: within a thousandth of a
/// point, which is a third of a micrometre.
fn in_points(area: &Area, page_height: Length) -> Rect {
    let points = |length: Length| length.single() * POINTS_A_MICROMETRE;
    let [bottom, top] = [page_height - area.bottom(), page_height - area.top];
    Rect::new(points(area.left), points(bottom), points(area.right()), points(top))
}

/// Deflate with the same tables and the same buffer for all streams of a file.
struct Squeeze {
    deflate: Compress,
    output: Vec<u8>,
}

impl Squeeze {
    fn new() -> Self {
        Self { deflate: Compress::new(Compression::new(LEVEL), true), output: Vec::new() }
    }

    fn of(&mut self, content: &[u8]) -> &[u8] {
        self.deflate.reset();
        self.output.clear();
        // Deflate adds five bytes a block of 64 kB at most, and its frame.
        self.output.reserve(content.len() + content.len() / 1000 + 64);
        let mut read = 0;
        while let Some(rest) = content.get(read..) {
            let done = self.deflate.compress_vec(rest, &mut self.output, FlushCompress::Finish);
            if !matches!(done, Ok(Status::Ok | Status::BufError)) {
                break;
            }
            read = usize::try_from(self.deflate.total_in()).unwrap_or(usize::MAX);
            self.output.reserve(1024);
        }
        &self.output
    }
}

/// Higher levels take three times as long for a tenth less.
const LEVEL: u32 = 2;

/// The most bytes of content in one stream. Unpacked, a larger one meets the end of a buffer of 64 KiB in readers that warn of it
/// (qpdf 11), and a print shop's preflight may stop at a warning.
const PART: usize = 60_000;

/// Cuts the content of a page between two lines; the streams of a page are read as one (ISO 32000-1, 7.8.2).
fn parts(content: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = content;
    while rest.len() > PART {
        let line = rest.iter().take(PART).rposition(|byte| *byte == b'\n');
        let Some((part, after)) = line.and_then(|line| rest.split_at_checked(line.saturating_add(1))) else { break };
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}
