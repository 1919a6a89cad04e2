//! Rides and positions as operators report them: judged one by one, recorded in one transaction, never dropped.
//!
//! *Invariant:* a report that cannot become a ride is refused by name and kept as it came; one that looks wrong is
//! recorded and marked.

mod error;
mod judge;

pub mod back_fill;

mod enter;
mod fleet;
mod insured;
mod list;
mod locate;
mod point;
mod receipt;
mod report;
mod step;
mod watermark;

pub use error::{RecordError, ReportProblem};
pub use list::{ListRides, list_sessions};
pub use locate::{PointResult, TelemetryReceipt, locate};
pub use receipt::{ReportResult, SessionsReceipt};
pub use report::{MOST_REPORTS, report};
pub use watermark::watermark;
