//! A workbook (Office Open XML, ECMA-376) as a table of texts.
//!
//! Reading order: the archive and its bounds, its XML, what the workbook says about its sheets, shared strings and number
//! formats, and the cells of one sheet.
//!
//! Why not a reader of workbooks that is at hand (calamine): it reserves memory by what a file says about itself, which
//! ends the whole process where the file lies; it cannot be stopped while it unpacks; and it gives numbers as floating
//! point, in which a long serial number is another one. It stands beside this reader in the tests, which must agree.
//!
//! *Invariant:* whatever is unpacked is counted while it is unpacked, and nothing is reserved by what the file declares.

mod archive;
mod xml;

mod looks;
mod strings;
mod workbook;

mod number;
mod sheet;

mod open;

pub(super) use archive::Refusal;
pub(super) use open::{NoTable, open};
