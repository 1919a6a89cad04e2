//! The life of a vehicle: its status, maintenance, description, service, retirement, corrections; told as of any
//! instant, and as known at any earlier one.
//!
//! *Invariant:* nothing is overwritten. Each deed waits for the operator's turn, records what was stated, lets the
//! periods of numbers follow from it, and enters itself into the audit log last.

mod error;

mod follow;

mod correct;
mod describe;
mod maintain;
mod report_status;
mod retire;

mod history;
mod story;

pub use correct::{Corrected, Correction, correct};
pub use describe::{VehicleChange, change};
pub use error::LifeError;
pub use history::{Event, What, history};
pub use maintain::{list_maintenance, record_maintenance};
pub use report_status::{NewStatus, list_statuses, report_status};
pub use retire::{retire, withdraw_retirement};
pub use story::{NumberThen, Present, Story, present, tell};

pub(in crate::registry) use follow::{Cause, follow, numbers_of};
