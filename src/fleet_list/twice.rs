//! What may stand only once in a file: a device id, a serial number, a plate.
//!
//! *Invariant:* the first row keeps the value; every later one is told which row that is.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use super::columns::Columns;
use super::{Field, FleetRow, Problem, ProblemKind};

/// A value that an earlier row had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Repeated {
    /// The place of the later row among the rows.
    pub(super) place: usize,
    /// What it repeats.
    field: Field,
    /// Number of the row that had the value first.
    first: u32,
}

impl Repeated {
    /// Returns the problem that the later row has.
    pub(super) fn problem(&self, row: &FleetRow, columns: &Columns) -> Problem {
        let (kind, value) = match self.field {
            Field::DeviceId => (ProblemKind::DeviceIdTwiceInFile, row.device_id.as_deref()),
            Field::SerialNumber => (ProblemKind::SerialNumberTwiceInFile, row.serial_number.as_deref()),
            _ => (ProblemKind::PlateTwiceInFile, row.plate.as_ref().map(|plate| plate.text.as_str())),
        };
        Problem::new(kind)
            .at_row(row.row)
            .in_column(columns.name(self.field).unwrap_or_default())
            .with_value(value.unwrap_or_default())
            .with("first", &self.first.to_string())
    }
}

/// Returns every value that an earlier row had.
///
/// Two plates are the same here if they can mean the same numbers; `Н00001`, which may be H or N, and `H00001` are
/// compared by the registry, which knows the operator's letters.
pub(super) fn find(rows: &[FleetRow]) -> Vec<Repeated> {
    let device_ids = repeated(rows, Field::DeviceId, |row| row.device_id.as_deref());
    let serial_numbers = repeated(rows, Field::SerialNumber, |row| row.serial_number.as_deref());
    let plates = repeated(rows, Field::Plate, |row| row.plate.as_ref().map(|plate| plate.numbers.as_slice()));
    [device_ids, serial_numbers, plates].concat()
}

fn repeated<'a, V: Eq + Hash>(
    rows: &'a [FleetRow],
    field: Field,
    value_of: impl Fn(&'a FleetRow) -> Option<V>,
) -> Vec<Repeated> {
    let mut seen: HashMap<V, u32> = HashMap::new();
    let mut repeated = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let Some(value) = value_of(row) else { continue };
        match seen.entry(value) {
            Entry::Occupied(first) => repeated.push(Repeated { place, field, first: *first.get() }),
            Entry::Vacant(first) => {
                first.insert(row.row);
            }
        }
    }
    repeated
}
