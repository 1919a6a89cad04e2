//! What may stand only once in a file: a device id, a serial number, a plate.
//!
//! *Invariant:* the first row keeps the value; every later one is told which row that is.

use std::collections::HashMap;

use super::columns::Columns;
use super::{Field, FleetRow, Problem, ProblemKind};
use crate::plate::PlateNumber;

/// The values seen so far, with the row that had each of them first.
#[derive(Debug, Default)]
pub(super) struct Seen {
    device_ids: HashMap<String, u32>,
    serial_numbers: HashMap<String, u32>,
    plates: HashMap<Vec<PlateNumber>, u32>,
}

impl Seen {
    /// Remembers the values of a row and tells those that an earlier row had.
    ///
    /// Two plates are the same here if they can mean the same numbers; `Н00001`, which may be H or N, and `H00001` are
    /// compared by the registry, which knows the operator's letters.
    pub(super) fn look(&mut self, row: &FleetRow, columns: &Columns) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut tell = |field: Field, kind, value: &str, first: Option<u32>| {
            if let Some(first) = first {
                let problem = Problem::new(kind)
                    .at_row(row.row)
                    .with_value(value)
                    .with("first", &first.to_string());
                problems.push(problem.in_column(columns.name(field).unwrap_or_default()));
            }
        };
        if let Some(device_id) = &row.device_id {
            let first = first_row(&mut self.device_ids, device_id, row.row);
            tell(Field::DeviceId, ProblemKind::DeviceIdTwiceInFile, device_id, first);
        }
        if let Some(serial_number) = &row.serial_number {
            let first = first_row(&mut self.serial_numbers, serial_number, row.row);
            tell(
                Field::SerialNumber,
                ProblemKind::SerialNumberTwiceInFile,
                serial_number,
                first,
            );
        }
        if let Some(plate) = &row.plate {
            let first = first_row(&mut self.plates, &plate.numbers, row.row);
            tell(Field::Plate, ProblemKind::PlateTwiceInFile, &plate.text, first);
        }
        problems
    }
}

/// Returns the row that had the value before; a value that nobody had is remembered for this row.
fn first_row<V: Clone + Eq + std::hash::Hash>(seen: &mut HashMap<V, u32>, value: &V, row: u32) -> Option<u32> {
    let first = seen.get(value).copied();
    if first.is_none() {
        seen.insert(value.clone(), row);
    }
    first
}
