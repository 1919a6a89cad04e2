//! Physical plates: what a scanned code is worth, what became of each plate, who fitted it where, and the alarms that
//! contradictions raise.
//!
//! *Invariant:* a tag leaves the house for the operator whose number it covers, and for nobody else.

mod error;
mod judge;

mod alarms;
mod fit;
mod record;
mod replace;

pub use alarms::{NamedAlarm, list_alarms, settle};
pub use error::ItemError;
pub use fit::{FittingDone, FittingsOf, NewFitting, fit, list_fittings};
pub use judge::{code_of, judge, judge_link, link_of, rear_codes};
pub use record::{ItemStatement, NewState, record_state};
pub use replace::{NewReplacement, replace};
