//! An operator's fleet list: bytes in, what was found, rows and problems out.
//!
//! Reading order: a file is sniffed and decoded, a reader turns it into a table of cells, the header row is found and
//! its columns get their fields, every record becomes a row of typed cells, and the list is judged as a whole. A new
//! format is one more reader that gives a `Table`; nothing after it changes.
//!
//! *Invariant:* reading never fails as a whole: whatever the bytes are, the answer says what is wrong and how to mend it.
//! *Invariant:* no storage, no clock, no chance: a file is judged by itself first, and always in the same way.

mod read;

mod bounds;
mod csv;
mod delimiter;
mod encoding;
mod json;
mod sniff;
mod table;
mod xlsx;

mod alias;
mod columns;
mod field;
mod header;
mod mapping;

mod cell;
mod date;
mod facts;
mod plate_cell;
mod proposal;
mod row;
mod twice;

mod kind;
mod problem;
mod report;

mod give_back;
mod give_text;
mod give_workbook;
mod given_back;

mod template;

#[cfg(test)]
mod any_file_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests state what must hold")]
mod any_workbook_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests state what must hold")]
mod read_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod workbook_samples;

pub use field::{Field, UnknownField};
pub use give_back::{Form, GivenFile, give_back};
pub use given_back::{GivenColumn, OF_A_RECEIPT, OF_BAD_ROWS};
pub use kind::{ProblemKind, Severity};
pub use mapping::{Mapping, MappingProblem};
pub use problem::Problem;
pub use read::read;
pub use report::{FleetList, Found, FoundBy, FoundColumn};
pub use row::{FleetRow, PlateCell, RowKey};
pub use template::{Template, template};
