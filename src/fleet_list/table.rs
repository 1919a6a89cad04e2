//! What every reader gives: records of cells, numbered as a spreadsheet numbers its rows.
//!
//! *Invariant:* nothing here knows where the cells came from, and no cell has a meaning yet.

use super::{Problem, ProblemKind};

/// A file as a table of texts.
pub(super) struct Table<'a> {
    /// The name of the format: `csv`, `tsv`, `xlsx`, `json`, `ndjson`.
    pub(super) format: &'static str,
    /// The label of the encoding the text was in; empty for a workbook, which is no text.
    pub(super) encoding: &'static str,
    /// What separates cells, if anything had to.
    pub(super) delimiter: Option<char>,
    /// The sheet that the records stand on, in a workbook.
    pub(super) sheet: Option<String>,
    /// Where the names of the columns stand.
    pub(super) header: Header,
    /// What the reader has to tell about the file as a whole.
    pub(super) problems: Vec<Problem>,
    /// The records that are not blank, in the order of the file; bounded in width and length by their reader.
    pub(super) records: Box<dyn Iterator<Item = Record> + 'a>,
}

/// Where the names of the columns stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Header {
    /// Somewhere among the first records: it has to be looked for.
    Among,
    /// In the format itself: the keys of objects, in the order in which they first appear.
    Known(Vec<String>),
}

/// One record: a line of the file, or several where quotes hold line breaks; a row of a sheet; an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// Number of the row as a spreadsheet shows it: the first is 1, blank rows count. Of NDJSON it is the line, of JSON
    /// the place in the array, from 1.
    pub(super) row: u32,
    /// The cells as they stand, without the quotes around them.
    pub(super) cells: Vec<String>,
    /// Why the cells cannot be trusted, if they cannot.
    pub(super) defect: Option<Defect>,
    /// Cells that hold no text that could be read.
    pub(super) faults: Vec<Fault>,
}

impl Record {
    /// A record of which every cell is a text.
    pub(super) fn sound(row: u32, cells: Vec<String>) -> Self {
        Self { row, cells, defect: None, faults: Vec::new() }
    }

    /// Whether nothing stands in it.
    pub(super) fn is_blank(&self) -> bool {
        self.defect.is_none() && self.faults.is_empty() && self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    /// Takes away blank cells at the end, where a format writes them for their looks only.
    pub(super) fn trim_end(&mut self) {
        let width = self.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
        self.cells.truncate(width);
    }
}

/// A cell that holds no text that could be read. It counts only where its column is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The place of the cell, the first column being 0.
    pub(super) place: usize,
    /// What is wrong with it.
    pub(super) kind: ProblemKind,
    /// What the sentences about it need to know.
    pub(super) args: Vec<(&'static str, String)>,
}

/// Why a record could not be read as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Defect {
    /// Longer than a record may be; the cells hold its beginning.
    TooLong,
    /// A quotation mark opens a cell and nothing closes it; the cells are those of the line with the mark kept.
    QuoteNotClosed,
    /// More cells than any record may have; the cells hold the first ones.
    TooManyCells,
    /// A line of NDJSON that is no JSON; the only cell holds its beginning.
    NoJson,
    /// A line of NDJSON or an element of an array that is JSON, but no object.
    NoObject,
}
