//! Facts that are absent: told once a column, because a list of ten thousand scooters lacks them ten thousand times.
//!
//! *Invariant:* an absent fact never makes a row bad: a scooter without a known model must still be found by its plate.

use super::columns::Columns;
use super::{Field, FleetRow, Problem, ProblemKind, cell};

/// What the record of a scooter must hold by the Interior Minister's order No. 158 of 3 March 2026, beside its number:
/// serial number, make, model, year, and the day it went into service.
pub(super) const ASKED_BY_LAW: [Field; 5] =
    [Field::SerialNumber, Field::Make, Field::Model, Field::Year, Field::InService];

/// What a policy cannot be recorded without.
const OF_A_POLICY: [Field; 4] = [Field::PolicyNumber, Field::Insurer, Field::PolicyFrom, Field::PolicyUntil];

/// Returns a warning for every fact that all rows or some of them lack.
pub(super) fn absent(rows: &[FleetRow], columns: &Columns) -> Vec<Problem> {
    let of_the_law = ASKED_BY_LAW.into_iter().filter_map(|field| asked_by_law(field, rows, columns));
    let of_a_policy = OF_A_POLICY.into_iter().filter_map(|field| of_a_policy(field, rows, columns));
    of_the_law.chain(of_a_policy).collect()
}

fn asked_by_law(field: Field, rows: &[FleetRow], columns: &Columns) -> Option<Problem> {
    let Some(name) = columns.name(field) else {
        return Some(Problem::new(ProblemKind::FactColumnMissing).with("field", field.name()));
    };
    let blank = rows.iter().filter(|row| is_blank(row, field, columns));
    counted(blank, ProblemKind::FactCellsBlank, field).map(|problem| problem.in_column(name))
}

fn of_a_policy(field: Field, rows: &[FleetRow], columns: &Columns) -> Option<Problem> {
    let of_part = rows.iter().filter(|row| {
        is_blank(row, field, columns) && OF_A_POLICY.into_iter().any(|other| !is_blank(row, other, columns))
    });
    let problem = counted(of_part, ProblemKind::PolicyIncomplete, field)?;
    Some(match columns.name(field) {
        Some(name) => problem.in_column(name),
        None => problem,
    })
}

fn counted<'a>(mut rows: impl Iterator<Item = &'a FleetRow>, kind: ProblemKind, field: Field) -> Option<Problem> {
    let first = rows.next()?.row;
    let count = 1 + rows.count();
    Some(
        Problem::new(kind)
            .with("field", field.name())
            .with("count", &count.to_string())
            .with("first", &first.to_string()),
    )
}

fn is_blank(row: &FleetRow, field: Field, columns: &Columns) -> bool {
    columns.place(field).and_then(|place| row.cells.get(place)).is_none_or(|cell| cell::is_blank(cell))
}
