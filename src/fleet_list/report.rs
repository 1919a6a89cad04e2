//! What a reading gives: what was found, the rows, and the problems, bounded and in order.
//!
//! *Invariant:* a row with an error is never unmarked, even where its problem is no longer told.

use serde::{Deserialize, Serialize};

use super::{Field, FleetRow, Problem, ProblemKind, Severity};

/// An operator's file, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetList {
    /// What the file turned out to be.
    pub found: Found,
    /// Every row that is not blank, good or bad, in the order of the file.
    pub rows: Vec<FleetRow>,
    /// The problems: those of the file first, then by row.
    pub problems: Vec<Problem>,
}

/// What a file turned out to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The format: `csv`, `tsv` (its cells are separated by tabs), `xlsx`, `json`, `ndjson`, or the name of one that is
    /// not accepted, or nothing.
    pub format: String,
    /// The encoding by its WHATWG label: `utf-8`, `utf-16le`, `utf-16be`, `windows-1251`; empty for a workbook.
    pub encoding: String,
    /// What separates cells: `,`, `;`, a tab or `|`; none if there is a single column, or in a format without any.
    pub delimiter: Option<String>,
    /// The sheet of the workbook that was read.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Number of the row that holds the names of the columns; none where every row names its own (JSON).
    pub header_row: Option<u32>,
    /// The columns, in the order of the file.
    pub columns: Vec<FoundColumn>,
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundColumn {
    /// Its name, as in the file.
    pub column: String,
    /// The field it holds, if any.
    pub field: Option<Field>,
    /// How the field was found.
    pub by: FoundBy,
}

/// How the field of a column was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FoundBy {
    /// The name is one we know.
    #[serde(rename = "alias")]
    Alias,
    /// The operator said so.
    #[serde(rename = "map")]
    Map,
    /// The registry wrote the column itself, into a receipt or beside bad rows; it is neither used nor given back.
    #[serde(rename = "registry")]
    Registry,
    /// It was not found: the column is kept with the row and not used.
    #[serde(rename = "none")]
    Nothing,
}

/// Problems, gathered; those of the file are all kept, those of rows up to a bound.
#[derive(Debug, Default)]
pub(super) struct Report {
    of_file: Vec<Problem>,
    of_rows: Vec<Problem>,
    left_out: usize,
}

impl Report {
    /// Adds the problem of the file or of a column.
    pub(super) fn file(&mut self, problem: Problem) {
        self.of_file.push(problem);
    }

    /// Adds problems of the file or of its columns.
    pub(super) fn file_all(&mut self, problems: Vec<Problem>) {
        self.of_file.extend(problems);
    }

    /// Adds problems of a row and marks the row if one of them is an error.
    pub(super) fn row(&mut self, row: &mut FleetRow, problems: Vec<Problem>, bound: usize) {
        row.bad |= problems.iter().any(|problem| problem.severity == Severity::Error);
        let room = bound.saturating_sub(self.of_rows.len());
        self.left_out += problems.len().saturating_sub(room);
        self.of_rows.extend(problems.into_iter().take(room));
    }

    /// Returns the problems in order: errors of the file, its warnings, then by row.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        if self.left_out > 0 {
            self.of_file.push(Problem::new(ProblemKind::MoreProblems).with("count", &self.left_out.to_string()));
        }
        self.of_file.sort_by_key(|problem| problem.severity);
        self.of_rows.sort_by_key(|problem| problem.row);
        self.of_file.append(&mut self.of_rows);
        self.of_file
    }
}
