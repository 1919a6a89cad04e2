//! What every reader gives: records of cells, numbered as a spreadsheet numbers its rows.
//!
//! *Invariant:* nothing here knows where the cells came from, and no cell has a meaning yet.

/// A file as a table of texts.
pub(super) struct Table<'a> {
    /// The name of the format: `csv`.
    pub(super) format: &'static str,
    /// The label of the encoding the text was in.
    pub(super) encoding: &'static str,
    /// What separates cells, if anything had to.
    pub(super) delimiter: Option<char>,
    /// The records that are not blank, in the order of the file; bounded in width and length by their reader.
    pub(super) records: Box<dyn Iterator<Item = Record> + 'a>,
}

/// One record: a line of the file, or several where quotes hold line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// Number of the row as a spreadsheet shows it: the first is 1, blank rows count.
    pub(super) row: u32,
    /// The cells as they stand, without the quotes around them.
    pub(super) cells: Vec<String>,
    /// Why the cells cannot be trusted, if they cannot.
    pub(super) defect: Option<Defect>,
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
}
