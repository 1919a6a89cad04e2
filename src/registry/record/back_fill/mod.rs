//! Back-fill: files of rides of any length, entered straight into the database, step by step.
//!
//! *Invariant:* a file costs memory for a window of its rows and sixteen bytes for each ride, and no step holds up others for
//! long; the same file again changes nothing, so that what was cut short is taken up by beginning anew.

mod rows;
mod told;

mod place;
mod run;
mod step;

pub use place::{Placed, Placer};
pub use rows::{Row, Rows, RowsProblem};
pub use run::{BackFill, Counts, Hands, Pace, Refused};
