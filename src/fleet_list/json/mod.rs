//! JSON and NDJSON (one object a line) as a table of texts: the keys of the objects are its columns.
//!
//! Why not `serde_json` here: it reads long numbers as floating point, keeps the last of two equal keys in silence, and
//! stops for good where one line of many is broken. Tests hold this scanner to what it accepts.
//!
//! *Invariant:* the digits of a number stay as they are written, and no value within a value is taken for a text.

mod scan;

mod elements;
mod open;

pub(super) use elements::{Element, elements, members};
pub(super) use open::open;
pub(super) use scan::quoted;
