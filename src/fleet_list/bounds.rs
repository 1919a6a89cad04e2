//! How much of a file is read: every quantity that a stranger's file could make large has its bound here.
//!
//! *Invariant:* no bound is checked against what a file says about itself, only against what was really read.

/// Bounds of one reading; past each of them stands a problem, never a silence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
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
}

impl Bounds {
    /// What the interface promises: a million rows, ids of 128 characters, and room that no honest list fills.
    pub(super) const PROMISED: Self = Self {
        rows: 1_000_000,
        columns: 200,
        record_bytes: 64 * 1024,
        cell_characters: 4096,
        identifier_characters: 128,
        problems: 200_000,
    };
}
