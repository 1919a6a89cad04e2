//! The story of a file: from bytes to a judged list.
//!
//! *Invariant:* every way out leads through a report; nothing here returns an error or stops in the middle.

use super::bounds::Bounds;
use super::columns::Columns;
use super::encoding::Decoded;
use super::report::{FleetList, Found, FoundBy, Report};
use super::row::{self, FleetRow, Judged, Standing};
use super::sniff::{Format, is_json, sniff};
use super::table::{Defect, Header, Record, Table};
use super::xlsx::{self, NoTable, Refusal};
use super::{Mapping, Problem, ProblemKind, delimiter, encoding, facts, give_back, header, json, proposal, twice};
use crate::plate::Scheme;

/// Reads an operator's fleet list.
///
/// Format, encoding, delimiter, header row and columns are found in the bytes themselves; `mapping` names columns whose
/// names are not known, plates are those of `scheme`. The answer depends on nothing else, so reading the same file again gives the same list.
#[must_use]
pub fn read(scheme: Scheme, bytes: &[u8], mapping: &Mapping) -> FleetList {
    read_within(bytes, mapping, &Bounds { scheme, ..Bounds::PROMISED })
}

/// Reads within other bounds than the promised ones.
pub(super) fn read_within(bytes: &[u8], mapping: &Mapping, bounds: &Bounds) -> FleetList {
    match sniff(bytes) {
        Format::Empty => refused("", Problem::new(ProblemKind::FileEmpty)),
        Format::Encrypted => refused("xlsx", Problem::new(ProblemKind::FileEncrypted)),
        Format::NotAccepted(name) => refused(&name.to_lowercase(), not_accepted(name)),
        Format::Archive => match xlsx::open(bytes, mapping, bounds) {
            Ok(table) => judge(table, mapping, bounds, Report::default()),
            Err(no_table) => no_workbook(&no_table),
        },
        Format::Text => read_text(&encoding::decode(bytes), mapping, bounds),
    }
}

fn read_text(decoded: &Decoded<'_>, mapping: &Mapping, bounds: &Bounds) -> FleetList {
    if decoded.text.trim().is_empty() {
        return refused("", Problem::new(ProblemKind::FileEmpty));
    }
    if encoding::is_binary(&decoded.text) {
        return refused("", Problem::new(ProblemKind::NotATable));
    }
    let mut report = Report::default();
    if decoded.replaced > 0 {
        report.file(Problem::new(ProblemKind::CharactersReplaced).with("count", &decoded.replaced.to_string()));
    }
    if is_json(&decoded.text) {
        return match json::open(decoded, bounds) {
            Ok(table) => judge(table, mapping, bounds, report),
            Err(problem) => refused("json", problem),
        };
    }
    judge(delimiter::open(decoded, |cells| header::hits(cells, mapping), bounds), mapping, bounds, report)
}

fn no_workbook(no_table: &NoTable) -> FleetList {
    let of_part = |kind, part: &str| refused("xlsx", Problem::new(kind).with("part", part));
    match no_table {
        NoTable::Other(name) => refused(&name.to_lowercase(), not_accepted(name)),
        NoTable::Empty => refused("xlsx", Problem::new(ProblemKind::SheetsEmpty)),
        NoTable::Refused(Refusal::Damaged(part)) => of_part(ProblemKind::WorkbookDamaged, part),
        NoTable::Refused(Refusal::TooLarge(part)) => of_part(ProblemKind::UnpacksTooLarge, part),
        NoTable::Refused(Refusal::Entities(part)) => of_part(ProblemKind::EntitiesDeclared, part),
    }
}

fn not_accepted(name: &str) -> Problem {
    Problem::new(ProblemKind::FormatNotAccepted).with("format", name)
}

/// The answer to a file of which no row can be read.
fn refused(format: &str, problem: Problem) -> FleetList {
    let found = Found { format: format.to_owned(), ..Found::default() };
    FleetList { found, rows: Vec::new(), problems: vec![problem] }
}

/// Judges a table of any format: its header, its rows, and the list as a whole.
fn judge(table: Table<'_>, mapping: &Mapping, bounds: &Bounds, mut report: Report) -> FleetList {
    let mut found = Found {
        format: table.format.to_owned(),
        encoding: table.encoding.to_owned(),
        delimiter: table.delimiter.map(String::from),
        sheet: table.sheet,
        ..Found::default()
    };
    report.file_all(table.problems);
    let mut records = table.records;
    let rows = match table.header {
        Header::Known(names) => read_below(&names, records, &mut found, mapping, bounds, &mut report),
        Header::Among => {
            let first: Vec<Record> = records.by_ref().take(header::LOOKED_AT).collect();
            let place = header::find(&first, mapping);
            let mut records = first.into_iter().skip(place.unwrap_or(0)).chain(records);
            match records.next() {
                None => refuse(&mut report, Problem::new(ProblemKind::FileEmpty)),
                Some(_) if place.is_none() => refuse(&mut report, Problem::new(ProblemKind::HeaderMissing)),
                Some(Record { defect: Some(Defect::TooManyCells), .. }) => {
                    refuse(&mut report, too_many_columns(bounds))
                }
                Some(header) => {
                    found.header_row = Some(header.row);
                    read_below(&header.cells, records, &mut found, mapping, bounds, &mut report)
                }
            }
        }
    };
    FleetList { found, rows, problems: report.into_problems() }
}

fn too_many_columns(bounds: &Bounds) -> Problem {
    Problem::new(ProblemKind::TooManyColumns).with("limit", &bounds.columns.to_string())
}

/// Gives the columns of a header their fields and reads the rows below it.
fn read_below(
    header: &[String],
    records: impl Iterator<Item = Record>,
    found: &mut Found,
    mapping: &Mapping,
    bounds: &Bounds,
    report: &mut Report,
) -> Vec<FleetRow> {
    if header.len() > bounds.columns {
        return refuse(report, too_many_columns(bounds));
    }
    let (columns, problems) = Columns::of(header, mapping);
    report.file_all(problems);
    found.columns = columns.found().to_vec();
    // What was given back as delimited text had its formulas made harmless; a returned file means what it meant before.
    let returned = found.delimiter.is_some() && columns.found().iter().any(|column| column.by == FoundBy::Registry);
    let records = records.map(|record| if returned { give_back::as_it_was(record) } else { record });
    let tally = Tally { of_text: ["csv", "tsv"].contains(&found.format.as_str()), ..Tally::default() };
    read_rows(records, &columns, tally, bounds, report)
}

fn refuse(report: &mut Report, problem: Problem) -> Vec<FleetRow> {
    report.file(problem);
    Vec::new()
}

/// What has to be known of all rows before the list can be judged.
#[derive(Debug, Default)]
struct Tally {
    /// Whether every row has to write down all of its cells, the blank ones too.
    of_text: bool,
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
        if self.of_text && judged.row.cells.len() < columns.width() {
            self.short += 1;
            self.first_short.get_or_insert(judged.row.row);
        }
    }
}

/// Reads the rows below the header and judges them together.
fn read_rows(
    mut records: impl Iterator<Item = Record>,
    columns: &Columns,
    mut tally: Tally,
    bounds: &Bounds,
    report: &mut Report,
) -> Vec<FleetRow> {
    let mut rows: Vec<FleetRow> = Vec::new();
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
