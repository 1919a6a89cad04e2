//! Print jobs: plates of many numbers drawn file by file for a print shop, and given out as files.
//!
//! [`judge`] reads and [`order`] freezes what is to be printed; [`work`] records it by plate and makes one file at a time until
//! none is missing; [`fetch`] gives the files out, and records that it did; [`erase_old`] lets their bytes go when they have
//! served their time.
//!
//! *Invariant:* what is drawn follows from the frozen order and the settings it was accepted under: a job that was broken
//! off goes on with the next missing file, and the same order gives the same bytes.
//! *Invariant:* a plate item is printed a second time for a reason only, and that is on record.

mod asked;
mod error;
mod frozen;
mod lay_out;
mod numbers;
mod order;

mod draw;
mod kept;
mod take_down;
mod work;

mod download;
mod fetch;
mod report;

pub use asked::{Asked, Output, Wanted};
pub use download::Download;
pub use error::{OrderFault, OrderWrong, PrintJobError, Spot};
pub use fetch::{ARCHIVE, fetch};
pub use kept::{cancel, erase_old};
pub use order::{Judged, judge, order};
pub use report::{PrintFile, PrintJobReport, list_jobs, read_job};
pub use work::{JOB, Worked, give_up, work};
