//! A page of a PDF as pixels, and the plates cut out of it along their cut lines: a reader is shown one plate, as a scanner
//! is. (Shown a whole sheet, one of the readers confuses the corners of neighbouring codes.)
//!
//! *Invariant:* where a plate lies is what the drawing says; what stands there is read from the pixels.

use std::path::Path;
use std::process::Command;

use scooter_registry::render::Area;

/// Grey pixels, row by row; 255 is white.
pub(crate) struct Pixels {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

impl Pixels {
    /// Turns a page, counted from one, into pixels with `pdftoppm`.
    pub(crate) fn of(pdf: &Path, page: u32, dpi: u32) -> Self {
        let page = page.to_string();
        let done = Command::new("pdftoppm")
            .args(["-r", &dpi.to_string(), "-gray", "-singlefile", "-f", &page, "-l", &page])
            .arg(pdf)
            .output()
            .expect("pdftoppm runs");
        assert!(done.status.success(), "{} is no PDF to pdftoppm", pdf.display());
        // PGM: P5, width, height and 255, each ended by white space; then a byte a pixel.
        let mut fields = done.stdout.splitn(5, u8::is_ascii_whitespace);
        assert_eq!(fields.next(), Some(&b"P5"[..]), "pdftoppm writes PGM");
        let mut number = || -> usize {
            let digits = fields.next().expect("a PGM has a head");
            std::str::from_utf8(digits).expect("the head is text").parse().expect("the head has numbers")
        };
        let [width, height, most] = [number(), number(), number()];
        let grey = fields.next().expect("a PGM has pixels").to_vec();
        assert_eq!((most, grey.len()), (255, width * height), "{}, page {page}", pdf.display());
        Self { width, height, grey }
    }

    /// Returns what lies in this place of a page that was drawn at `dpi` dots an inch.
    pub(crate) fn cut(&self, area: &Area, dpi: u32) -> Self {
        let [left, top, right, bottom] = [area.left, area.top, area.right(), area.bottom()]
            .map(|length| usize::try_from(length.pixels(dpi)).expect("a plate lies on its page"));
        let rows = self.grey.chunks(self.width).take(bottom).skip(top);
        let grey = rows.flat_map(|row| row[left..right].iter().copied()).collect();
        Self { width: right - left, height: bottom - top, grey }
    }

    /// Reads the codes with `rqrr`.
    pub(crate) fn read_by_rqrr(&self) -> Vec<String> {
        let grey = |x: usize, y: usize| self.grey[y * self.width + x];
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, grey);
        prepared.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, content)| content).collect()
    }

    /// Writes a PGM, for a reader that takes files.
    pub(crate) fn save(&self, file: &Path) {
        let mut bytes = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        bytes.extend_from_slice(&self.grey);
        std::fs::write(file, bytes).expect("a picture is written");
    }
}
