//! Insurance: policies as operators state them, compared with the insurers' records, and what they leave uncovered.
//!
//! *Invariant:* a policy is the operator's word until it was checked with the insurers, and says so; every change is a new
//! version; whatever changes what is covered also looks at what the operator must be told.

mod error;

mod change;
mod check;
mod record;

mod from_list;

mod fleet;

mod coverage;
mod look;
mod read;

#[cfg(test)]
mod look_tests;

pub use change::change;
pub use check::{NewCheck, check};
pub use coverage::{CoverageReport, Expiring, Gap, coverage};
pub use error::InsureError;
pub use from_list::{Listed, ListedOutcome, ListedPolicy, StatedPolicy, record_listed};
pub use look::{look, look_at_all};
pub use read::{PolicyRecord, get_policy, list_notices, list_policies};
pub use record::insure;

pub use crate::storage::insurance_notices::WantedNotices;
