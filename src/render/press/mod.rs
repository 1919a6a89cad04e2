//! Print files for a print shop: many plates on sheets, as PDF, with the list and the report that go with them.
//!
//! [`Press::new`] measures a stock; [`Press::plan`] says into which files a number of plates goes; [`Press::draw_file`]
//! draws one of them; [`Manifest`] lists what lies where; [`Press::preflight`] says what a printer would ask.
//!
//! *Invariant:* a file is a function of settings, stock and items: no date, no chance, no name of a machine. One file is
//! in memory at a time, whatever the batch.

mod die;
mod file;
mod geometry;
mod manifest;
mod plan;
mod preflight;
mod problem;
mod sheet;
mod slug;
mod stock;
mod writer;

#[cfg(test)]
mod tests;

pub use die::Die;
pub use file::{Placement, PressFile, PressItem};
pub use manifest::Manifest;
pub use plan::{PlannedFile, Press};
pub use preflight::{CodeReport, DieReport, Ordered, Preflight, PressWarning};
pub use problem::{PressError, PressProblem};
pub use slug::Slug;
pub use stock::{PressSettings, RollSettings, SheetSettings, Stock, UnknownStock};
