//! How a file is read, and how much of it: every quantity that a stranger's file could make large has its bound here.
//!
//! *Invariant:* no bound is checked against what a file says about itself, only against what was really read.

use crate::plate::{KZ_158, Scheme};

/// Bounds of one reading; past each of them stands a problem, never a silence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// The scheme of the numbers in the column of plates.
    pub(super) scheme: Scheme,
    /// Rows after the header.
    pub(super) rows: usize,
    /// Columns of the header, and cells of any record.
    pub(super) columns: usize,
    /// Bytes of one record in UTF-8, line breaks inside quotes included.
    pub(super) record_bytes: usize,
    /// Characters of one cell.
    pub(super) cell_characters: usize,
    /// Characters of an identifier: device id, serial number, policy number.
    pub(super) identifier_characters: usize,
    /// Rows that are told one by one what is wrong with them, counted in problems.
    pub(super) problems: usize,
    /// Parts of a workbook's archive.
    pub(super) parts: usize,
    /// Bytes of one part of a workbook, unpacked.
    pub(super) part_bytes: u64,
    /// Bytes that one packed byte may become, once a part is larger than `free_bytes`.
    pub(super) inflation: u64,
    /// Bytes that a part may have whatever its inflation.
    pub(super) free_bytes: u64,
    /// Bytes of one tag or one piece of text in a workbook's XML.
    pub(super) token_bytes: u64,
    /// Looks of cells in a workbook.
    pub(super) looks: usize,
    /// Strings that the cells of a workbook share.
    pub(super) strings: usize,
    /// Bytes that what is kept of a workbook may take: its strings and its records.
    pub(super) kept_bytes: u64,
    /// Elements within each other in a workbook's XML.
    pub(super) nesting: usize,
    /// The number of the last row of a sheet.
    pub(super) last_row: u32,
    /// Objects and arrays within each other in JSON.
    pub(super) depth: usize,
}

impl Bounds {
    /// What the interface promises: a million rows, ids of 128 characters, and room that no honest list fills.
    pub(super) const PROMISED: Self = Self {
        scheme: KZ_158,
        rows: 1_000_000,
        columns: 200,
        record_bytes: 64 * 1024,
        cell_characters: 4096,
        identifier_characters: 128,
        problems: 200_000,
        // A workbook of a spreadsheet has some dozens, with a sheet for every week some hundreds.
        parts: 10_000,
        // A million rows of every field come to some 600 MB.
        part_bytes: 2 * 1024 * 1024 * 1024,
        // Sheets come to 10 to 30; Apache POI draws the same line (`ZipSecureFile.setMinInflateRatio`), deflate ends at 1032.
        inflation: 100,
        free_bytes: 1024 * 1024,
        token_bytes: 1024 * 1024,
        // Excel writes 65 490 at most.
        looks: 65_536,
        // A million rows with four texts each that no other row has.
        strings: 4_000_000,
        kept_bytes: 1024 * 1024 * 1024,
        // A cell of rich text stands ten deep.
        nesting: 64,
        // Excel ends at 1 048 576, LibreOffice at sixteen times that if asked to.
        last_row: 16_777_216,
        depth: 64,
    };
}
