//! The story of a file: from bytes to a judged list.
//!
//! *Invariant:* every way out leads through a report; nothing here returns an error or stops in the middle.

use super::bounds::Bounds;
use super::columns::Columns;
use super::report::{FleetList, Found, Report};
use super::row::{self, FleetRow, Judged, Standing};
use super::sniff::{Format, sniff};
use super::table::{Defect, Record, Table};
use super::{Mapping, Problem, ProblemKind, delimiter, encoding, facts, header, proposal, twice};

/// Reads an operator's fleet list.
///
/// Format, encoding, delimiter, header row and columns are found in the bytes themselves; `mapping` names columns whose
/// names are not known. The answer depends on nothing else, so reading the same file again gives the same list.
#[must_use]
pub fn read(bytes: &[u8], mapping: &Mapping) -> FleetList {
    read_within(bytes, mapping, &Bounds::PROMISED)
}

/// Reads within other bounds than the promised ones.
pub(super) fn read_within(bytes: &[u8], mapping: &Mapping, bounds: &Bounds) -> FleetList {
    match sniff(bytes) {
        Format::Empty => refused("", Problem::new(ProblemKind::FileEmpty)),
        Format::NotAccepted(name) => {
            refused(&name.to_lowercase(), Problem::new(ProblemKind::FormatNotAccepted).with("format", name))
        }
        Format::Csv => {
            let decoded = encoding::decode(bytes);
            if decoded.text.trim().is_empty() {
                return refused("", Problem::new(ProblemKind::FileEmpty));
            }
            if encoding::is_binary(&decoded.text) {
                return refused("", Problem::new(ProblemKind::NotATable));
            }
            let mut report = Report::default();
            if decoded.replaced > 0 {
                let count = decoded.replaced.to_string();
                report.file(Problem::new(ProblemKind::CharactersReplaced).with("count", &count));
            }
            judge(delimiter::open(&decoded, |cells| header::hits(cells, mapping), bounds), mapping, bounds, report)
        }
    }
}

/// The answer to a file of which no row can be read.
fn refused(format: &str, problem: Problem) -> FleetList {
    let found = Found { format: format.to_owned(), ..Found::default() };
    FleetList { found, rows: Vec::new(), problems: vec![problem] }
}

/// Judges a table of any format: its header, its rows, and the list as a whole.
fn judge(mut table: Table<'_>, mapping: &Mapping, bounds: &Bounds, mut report: Report) -> FleetList {
    let mut found = Found {
        format: table.format.to_owned(),
        encoding: table.encoding.to_owned(),
        delimiter: table.delimiter.map(String::from),
        ..Found::default()
    };
    let first: Vec<Record> = table.records.by_ref().take(header::LOOKED_AT).collect();
    let place = header::find(&first, mapping);
    let mut records = first.into_iter().skip(place.unwrap_or(0)).chain(table.records);
    let rows = match records.next() {
        None => refuse(&mut report, Problem::new(ProblemKind::FileEmpty)),
        Some(_) if place.is_none() => refuse(&mut report, Problem::new(ProblemKind::HeaderMissing)),
        Some(header) if header.cells.len() > bounds.columns || header.defect == Some(Defect::TooManyCells) => {
            let limit = bounds.columns.to_string();
            refuse(&mut report, Problem::new(ProblemKind::TooManyColumns).with("limit", &limit))
        }
        Some(header) => {
            let (columns, problems) = Columns::of(&header.cells, mapping);
            report.file_all(problems);
            found.header_row = Some(header.row);
            found.columns = columns.found().to_vec();
            read_rows(records, &columns, bounds, &mut report)
        }
    };
    FleetList { found, rows, problems: report.into_problems() }
}

fn refuse(report: &mut Report, problem: Problem) -> Vec<FleetRow> {
    report.file(problem);
    Vec::new()
}

/// What has to be known of all rows before the list can be judged.
#[derive(Debug, Default)]
struct Tally {
    /// Rows whose cells could be told apart.
    sound: usize,
    /// Places of the rows that do not say which scooter they are about.
    keyless: Vec<usize>,
    /// Rows with fewer cells than the header: how many, and the first.
    short: usize,
    first_short: Option<u32>,
}

impl Tally {
    fn count(&mut self, judged: &Judged, place: usize, columns: &Columns) {
        if judged.standing == Standing::Broken {
            return;
        }
        self.sound += 1;
        if judged.standing == Standing::Keyless {
            self.keyless.push(place);
        }
        if judged.row.cells.len() < columns.width() {
            self.short += 1;
            self.first_short.get_or_insert(judged.row.row);
        }
    }
}

/// Reads the rows below the header and judges them together.
fn read_rows(
    mut records: impl Iterator<Item = Record>,
    columns: &Columns,
    bounds: &Bounds,
    report: &mut Report,
) -> Vec<FleetRow> {
    let mut rows: Vec<FleetRow> = Vec::new();
    let mut tally = Tally::default();
    for record in records.by_ref().take(bounds.rows) {
        let mut judged = row::read(record, columns, bounds);
        tally.count(&judged, rows.len(), columns);
        report.row(&mut judged.row, judged.problems, bounds.problems);
        rows.push(judged.row);
    }
    if rows.is_empty() {
        report.file(Problem::new(ProblemKind::NoRows));
    }
    if records.next().is_some() {
        report.file(Problem::new(ProblemKind::TooManyRows).with("limit", &bounds.rows.to_string()));
    }
    if let Some(first) = tally.first_short {
        let problem = Problem::new(ProblemKind::RowsShort).with("count", &tally.short.to_string());
        report.file(problem.with("first", &first.to_string()));
    }
    for repeated in twice::find(&rows) {
        if let Some(row) = rows.get_mut(repeated.place) {
            let problem = repeated.problem(row, columns);
            report.row(row, vec![problem], bounds.problems);
        }
    }
    tell_keyless(&mut rows, &tally, columns, bounds, report);
    report.file_all(facts::absent(&rows, columns));
    rows
}

/// Tells the rows that do not say which scooter they are about: one by one, or, if no row says it, once for the file and
/// with the column that could.
fn tell_keyless(rows: &mut [FleetRow], tally: &Tally, columns: &Columns, bounds: &Bounds, report: &mut Report) {
    let all = !tally.keyless.is_empty() && tally.keyless.len() == tally.sound;
    if all {
        report.file(match proposal::device_id_column(rows, columns, bounds) {
            Some(column) => Problem::new(ProblemKind::KeyProposed).in_column(column),
            None => Problem::new(ProblemKind::KeyMissing),
        });
    }
    for place in &tally.keyless {
        if let Some(row) = rows.get_mut(*place) {
            let problem = Problem::new(ProblemKind::RowWithoutKey).at_row(row.row);
            row.bad = true;
            if !all {
                report.row(row, vec![problem], bounds.problems);
            }
        }
    }
}
