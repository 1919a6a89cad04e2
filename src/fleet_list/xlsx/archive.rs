//! The archive of a workbook: its parts by name, each unpacked in a stream that is counted.
//!
//! *Invariant:* what the archive says about sizes is only ever a reason to refuse, never a reason to reserve or to trust.
//! *Invariant:* a part is stopped as soon as it has grown past its bounds, not when it has been unpacked.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::ZipArchive;
use zip::read::ZipFile;

use super::super::bounds::Bounds;

/// Why the archive or a part of it is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Refusal {
    /// It cannot be unpacked, or is no XML.
    Damaged(String),
    /// It is larger than is read.
    TooLarge(String),
    /// It declares a document type, in which entities are declared.
    Entities(String),
}

/// The bytes of the file, and how many of them were read.
#[derive(Debug, Clone)]
pub(super) struct Packed<'a> {
    bytes: Cursor<&'a [u8]>,
    read: Rc<Cell<u64>>,
}

impl Read for Packed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.read.set(self.read.get().saturating_add(u64::try_from(count).unwrap_or(u64::MAX)));
        Ok(count)
    }
}

impl Seek for Packed<'_> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(position)
    }
}

/// An archive, opened.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Packed<'a>>,
    /// The parts by their names in small letters with slashes: some programs write `XL\Workbook.xml`.
    places: HashMap<String, usize>,
    read: Rc<Cell<u64>>,
    /// Bytes that may still be unpacked, of all parts together: they may overlap in the file and be opened again.
    left: Rc<Cell<u64>>,
    bounds: &'a Bounds,
}

impl<'a> Archive<'a> {
    /// Opens an archive whose directory promises nothing that would be refused.
    pub(super) fn open(bytes: &'a [u8], bounds: &'a Bounds) -> Result<Self, Refusal> {
        if entries_at_most(bytes) > bounds.parts {
            return Err(Refusal::TooLarge("zip".to_owned()));
        }
        let read = Rc::new(Cell::new(0));
        let packed = Packed { bytes: Cursor::new(bytes), read: Rc::clone(&read) };
        let mut zip = ZipArchive::new(packed).map_err(|_broken| Refusal::Damaged("zip".to_owned()))?;
        let mut places = HashMap::with_capacity(zip.len());
        for place in 0..zip.len() {
            let damaged = |_| Refusal::Damaged("zip".to_owned());
            let part = zip.by_index_raw(place).map_err(damaged)?;
            let name = plain(&part.name().map_err(damaged)?);
            let most = bounds.free_bytes.saturating_add(part.compressed_size().saturating_mul(bounds.inflation));
            // Pictures may be as empty as they like: only what would be read is refused.
            let is_xml = [".xml", ".rels"].iter().any(|ending| name.ends_with(ending));
            if is_xml && (part.size() > most || part.size() > bounds.part_bytes) {
                return Err(Refusal::TooLarge(name));
            }
            places.entry(name).or_insert(place);
        }
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let all = bounds.free_bytes.saturating_mul(PARTS_READ).saturating_add(length.saturating_mul(bounds.inflation));
        Ok(Self { zip, places, read, left: Rc::new(Cell::new(all)), bounds })
    }

    /// Returns whether there is a part of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(&plain(name))
    }

    /// Opens a part; nothing if there is none of that name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Part<'_, 'a>>, Refusal> {
        let Some(place) = self.places.get(&plain(name)) else { return Ok(None) };
        self.read.set(0);
        let file = self.zip.by_index(*place).map_err(|_broken| Refusal::Damaged(name.to_owned()))?;
        Ok(Some(Part {
            file,
            packed: Rc::clone(&self.read),
            left: Rc::clone(&self.left),
            unpacked: 0,
            token: 0,
            window: vec![0; WINDOW].into_boxed_slice(),
            from: 0,
            until: 0,
            overrun: false,
            bounds: self.bounds,
        }))
    }
}

/// The most entries that the directory of an archive can have: each begins with these four bytes (APPNOTE 4.3.12).
///
/// Asked of the bytes and not of the directory's end, which says a number of its own: the directory is read as a whole.
fn entries_at_most(bytes: &[u8]) -> usize {
    bytes.windows(4).filter(|window| *window == b"PK\x01\x02").count()
}

fn plain(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

/// How many parts of a workbook are read, about: what it says of itself, and each sheet twice.
const PARTS_READ: u64 = 64;

const WINDOW: usize = 32 * 1024;

/// A part as it is unpacked.
pub(super) struct Part<'z, 'a> {
    file: ZipFile<'z, Packed<'a>>,
    packed: Rc<Cell<u64>>,
    left: Rc<Cell<u64>>,
    unpacked: u64,
    /// How much was taken since the last token began.
    token: u64,
    window: Box<[u8]>,
    from: usize,
    until: usize,
    overrun: bool,
    bounds: &'a Bounds,
}

impl Part<'_, '_> {
    /// Says that what comes next is another tag or text.
    pub(super) fn begin_token(&mut self) {
        self.token = 0;
    }

    /// Returns whether the part was stopped because it was too large.
    pub(super) fn is_overrun(&self) -> bool {
        self.overrun
    }

    /// Returns how many elements may stand within each other.
    pub(super) fn nesting(&self) -> usize {
        self.bounds.nesting
    }

    /// Returns how many bytes were unpacked.
    pub(super) fn unpacked(&self) -> u64 {
        self.unpacked
    }

    fn is_too_large(&self) -> bool {
        // The unpacker reads ahead, so what it has read is at least what it has unpacked from.
        let most = self.bounds.free_bytes.saturating_add(self.packed.get().saturating_mul(self.bounds.inflation));
        self.unpacked > most || self.unpacked > self.bounds.part_bytes || self.token > self.bounds.token_bytes
    }
}

impl Read for Part<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Part<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.from >= self.until {
            self.from = 0;
            self.until = self.file.read(&mut self.window)?;
            let count = u64::try_from(self.until).unwrap_or(u64::MAX);
            self.unpacked = self.unpacked.saturating_add(count);
            self.overrun |= count > self.left.get();
            self.left.set(self.left.get().saturating_sub(count));
        }
        if self.overrun || self.is_too_large() {
            self.overrun = true;
            return Err(io::Error::other("the part is larger than is read"));
        }
        Ok(self.window.get(self.from..self.until).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.from = self.from.saturating_add(count).min(self.until);
        self.token = self.token.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }
}
