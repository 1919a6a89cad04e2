//! One record as the facts about one scooter.
//!
//! *Invariant:* what cannot be read is absent and told, never replaced by a guess.
//! *Invariant:* no row is compared with another here.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::bounds::Bounds;
use super::columns::Columns;
use super::date::{self, DateProblem};
use super::plate_cell::Plates;
use super::table::{Defect, Fault, Record};
use super::{Field, Problem, ProblemKind, cell, plate_cell};
use crate::plate::PlateNumber;

/// What one row of the file says about one scooter; a fact that is absent or could not be read is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetRow {
    /// Number of the row as a spreadsheet shows it, from 1.
    pub row: u32,
    /// The operator's id, 1-128 characters.
    pub device_id: Option<String>,
    /// The manufacturer's number, 1-128 characters.
    pub serial_number: Option<String>,
    /// The make.
    pub make: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The colour.
    pub colour: Option<String>,
    /// The year of manufacture, 1990-2100.
    pub year: Option<u16>,
    /// The day it went into service.
    pub in_service: Option<NaiveDate>,
    /// The day it went out of service.
    pub out_of_service: Option<NaiveDate>,
    /// The first day of the policy.
    pub policy_from: Option<NaiveDate>,
    /// The last day of the policy.
    pub policy_until: Option<NaiveDate>,
    /// The number it already bears.
    pub plate: Option<PlateCell>,
    /// The number of its policy, 1-128 characters.
    pub policy_number: Option<String>,
    /// Who insures it.
    pub insurer: Option<String>,
    /// The operator's remark.
    pub comment: Option<String>,
    /// Whether the row has an error.
    pub bad: bool,
    /// The record as read, for giving it back.
    pub cells: Vec<String>,
}

/// A plate as the file writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlateCell {
    /// The text of the cell.
    pub text: String,
    /// The numbers it can mean, the likeliest first, at least one.
    pub numbers: Vec<PlateNumber>,
}

/// By what a row is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKey<'a> {
    /// The operator's id.
    DeviceId(&'a str),
    /// The manufacturer's number, where there is no id.
    SerialNumber(&'a str),
    /// The numbers its plate can mean, where there is neither.
    Plate(&'a [PlateNumber]),
}

impl FleetRow {
    /// Returns by what the row is known: its device id, else its serial number, else its plate.
    #[must_use]
    pub fn key(&self) -> Option<RowKey<'_>> {
        let device_id = self.device_id.as_deref().map(RowKey::DeviceId);
        let serial_number = || self.serial_number.as_deref().map(RowKey::SerialNumber);
        let plate = || self.plate.as_ref().map(|plate| RowKey::Plate(&plate.numbers));
        device_id.or_else(serial_number).or_else(plate)
    }
}

/// One row, judged by itself.
pub(super) struct Judged {
    pub(super) row: FleetRow,
    pub(super) problems: Vec<Problem>,
    /// Whether the record is sound.
    pub(super) standing: Standing,
}

/// What a record is worth to the judgement of the whole list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Its cells are those of its columns.
    Sound,
    /// As sound, and every cell that could say which scooter is meant is blank.
    Keyless,
    /// Its cells cannot be told apart.
    Broken,
}

/// Reads a record under its columns.
pub(super) fn read(record: Record, columns: &Columns, bounds: &Bounds) -> Judged {
    let too_wide =
        record.cells.iter().enumerate().any(|(place, cell)| columns.is_beyond(place) && !cell::is_blank(cell));
    let defect = record.defect.or(too_wide.then_some(Defect::TooManyCells));
    if let Some(defect) = defect {
        let problem = broken(defect, columns, bounds).at_row(record.row);
        let row = FleetRow { row: record.row, cells: record.cells, ..FleetRow::default() };
        return Judged { row, problems: vec![problem], standing: Standing::Broken };
    }
    let mut reader =
        RowReader { record: &record, columns, bounds, faults: faults(&record, columns), problems: Vec::new() };
    reader.tell_faults();
    let row = reader.row();
    let keyless = Field::KEYS.into_iter().all(|field| reader.cell(field).is_none() && !reader.is_faulty(field));
    let problems = reader.problems;
    let standing = if keyless { Standing::Keyless } else { Standing::Sound };
    Judged { row: FleetRow { cells: record.cells, ..row }, problems, standing }
}

fn broken(defect: Defect, columns: &Columns, bounds: &Bounds) -> Problem {
    match defect {
        Defect::TooLong => {
            Problem::new(ProblemKind::RowTooLong).with("limit", &(bounds.record_bytes / 1024).to_string())
        }
        Defect::QuoteNotClosed => Problem::new(ProblemKind::QuoteNotClosed),
        Defect::NoJson => Problem::new(ProblemKind::LineBroken),
        Defect::NoObject => Problem::new(ProblemKind::RowNoObject),
        Defect::TooManyCells => Problem::new(ProblemKind::TooManyCells).with("expected", &columns.width().to_string()),
    }
}

/// The cells of used columns that hold no text that could be read, by the reader of the format or by what they say.
fn faults(record: &Record, columns: &Columns) -> Vec<(Field, Fault)> {
    let errors = record.cells.iter().enumerate().filter(|(_, cell)| cell::is_formula_error(cell.trim()));
    let errors = errors.map(|(place, _)| Fault { place, kind: ProblemKind::FormulaError, args: Vec::new() });
    let all = record.faults.iter().cloned().chain(errors);
    all.filter_map(|fault| Some((columns.field(fault.place)?, fault))).collect()
}

/// Reads the cells of one record and gathers what is wrong with them.
struct RowReader<'a> {
    record: &'a Record,
    columns: &'a Columns,
    bounds: &'a Bounds,
    faults: Vec<(Field, Fault)>,
    problems: Vec<Problem>,
}

impl<'a> RowReader<'a> {
    fn tell_faults(&mut self) {
        for (field, fault) in self.faults.clone() {
            let value = self.record.cells.get(fault.place).map(String::as_str).unwrap_or_default();
            let problem =
                fault.args.iter().fold(Problem::new(fault.kind), |problem, (name, value)| problem.with(name, value));
            self.tell(field, value, problem);
        }
    }

    fn is_faulty(&self, field: Field) -> bool {
        self.faults.iter().any(|(faulty, _)| *faulty == field)
    }

    fn row(&mut self) -> FleetRow {
        let row = FleetRow {
            row: self.record.row,
            device_id: self.identifier(Field::DeviceId),
            serial_number: self.identifier(Field::SerialNumber),
            make: self.text(Field::Make),
            model: self.text(Field::Model),
            colour: self.text(Field::Colour),
            year: self.year(),
            in_service: self.date(Field::InService),
            out_of_service: self.date(Field::OutOfService),
            policy_from: self.date(Field::PolicyFrom),
            policy_until: self.date(Field::PolicyUntil),
            plate: self.plate(),
            policy_number: self.identifier(Field::PolicyNumber),
            insurer: self.text(Field::Insurer),
            comment: self.text(Field::Comment),
            bad: false,
            cells: Vec::new(),
        };
        self.in_order(Field::InService, row.in_service, Field::OutOfService, row.out_of_service);
        self.in_order(Field::PolicyFrom, row.policy_from, Field::PolicyUntil, row.policy_until);
        row
    }

    /// What stands in the cell of a field, if anything.
    fn cell(&self, field: Field) -> Option<&'a str> {
        if self.is_faulty(field) {
            return None;
        }
        self.record.cells.get(self.columns.place(field)?).and_then(|cell| cell::content(cell))
    }

    fn tell(&mut self, field: Field, value: &str, problem: Problem) {
        let column = self.columns.name(field).unwrap_or_default();
        self.problems.push(problem.at_row(self.record.row).in_column(column).with_value(value));
    }

    fn text(&mut self, field: Field) -> Option<String> {
        let text = self.cell(field)?;
        let longest = self.bounds.cell_characters;
        let may_break_lines = |character: char| field == Field::Comment && matches!(character, '\n' | '\r' | '\t');
        if text.len() > longest && text.chars().count() > longest {
            let problem = Problem::new(ProblemKind::CellTooLong).with("limit", &longest.to_string());
            self.tell(field, text, problem);
            None
        } else if text.chars().any(|character| character.is_control() && !may_break_lines(character)) {
            self.tell(field, text, Problem::new(ProblemKind::ControlCharacters));
            None
        } else {
            Some(text.to_owned())
        }
    }

    fn identifier(&mut self, field: Field) -> Option<String> {
        let text = self.text(field)?;
        let longest = self.bounds.identifier_characters;
        if text.chars().count() > longest {
            let problem = Problem::new(ProblemKind::IdentifierTooLong).with("limit", &longest.to_string());
            self.tell(field, &text, problem);
            None
        } else if cell::is_rounded_number(&text) {
            self.tell(field, &text, Problem::new(ProblemKind::NumberRounded));
            None
        } else if text.contains(char::REPLACEMENT_CHARACTER) {
            // What is left of a broken id is another id, and would be a scooter of its own.
            self.tell(field, &text, Problem::new(ProblemKind::CharactersBroken));
            None
        } else {
            Some(text)
        }
    }

    fn year(&mut self) -> Option<u16> {
        let text = self.cell(Field::Year)?;
        let year = cell::year(text);
        if year.is_none() {
            self.tell(Field::Year, text, Problem::new(ProblemKind::YearUnreadable));
        }
        year
    }

    fn date(&mut self, field: Field) -> Option<NaiveDate> {
        let text = self.cell(field)?;
        match date::read(text) {
            Ok(date) => Some(date),
            Err(DateProblem::Unreadable) => {
                self.tell(field, text, Problem::new(ProblemKind::DateUnreadable));
                None
            }
            Err(DateProblem::Ambiguous(day_first, month_first)) => {
                let problem = Problem::new(ProblemKind::DateAmbiguous)
                    .with("day_first", &day_first.to_string())
                    .with("month_first", &month_first.to_string());
                self.tell(field, text, problem);
                None
            }
        }
    }

    fn plate(&mut self) -> Option<PlateCell> {
        let text = self.cell(Field::Plate)?;
        let unsound = if text.chars().any(char::is_control) {
            Some(ProblemKind::ControlCharacters)
        } else {
            text.contains(char::REPLACEMENT_CHARACTER).then_some(ProblemKind::CharactersBroken)
        };
        if let Some(kind) = unsound {
            self.tell(Field::Plate, text, Problem::new(kind));
            return None;
        }
        let sample = self.bounds.scheme.sample();
        let (numbers, problem) = match plate_cell::read(self.bounds.scheme, text) {
            Plates::Plain(numbers) => (Some(numbers), None),
            Plates::Assumed(numbers) => {
                let told = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                (
                    Some(numbers),
                    Some(Problem::new(ProblemKind::PlateReadAs).with("numbers", &told).with("sample", sample)),
                )
            }
            Plates::Contradiction if self.bounds.scheme.has_letters() => {
                (None, Some(Problem::new(ProblemKind::PlateContradictsPair)))
            }
            // Without letters there is no pair beside the number: its own characters contradict each other.
            Plates::Contradiction | Plates::Nothing => {
                (None, Some(Problem::new(ProblemKind::PlateUnreadable).with("sample", sample)))
            }
        };
        if let Some(problem) = problem {
            self.tell(Field::Plate, text, problem);
        }
        Some(PlateCell { text: text.to_owned(), numbers: numbers? })
    }

    /// Tells a period that ends before it begins; the two may be the same day.
    fn in_order(&mut self, start: Field, from: Option<NaiveDate>, end: Field, until: Option<NaiveDate>) {
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            let kind = match start {
                Field::PolicyFrom => ProblemKind::PolicyEndsBeforeStart,
                _ => ProblemKind::ServiceEndsBeforeStart,
            };
            self.tell(end, &until.to_string(), Problem::new(kind).with(start.name(), &from.to_string()));
        }
    }
}
