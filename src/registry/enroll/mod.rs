//! Fleet upload: a file is recorded, checked, and made true in one transaction.
//!
//! *Invariant:* a file is judged by itself before the database is touched; a commit makes all of its good rows true or
//! none; the same file twice changes nothing.

mod error;
mod upload;

mod known;

mod diff;
mod judge;
mod plan;
mod served;
mod stated_policies;
mod supply;
mod used;

mod apply;
mod work;

mod receipt;
mod report;

#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod stated_policies_tests;

pub use crate::fleet_list::{Form, GivenFile, Template, template};
pub use diff::{Diff, FieldChange, RowChange};
pub use error::EnrollError;
pub use receipt::{bad_rows, receipt};
pub use report::{ImportProblem, ImportReport, read_import};
pub use upload::{Intent, JOB, Mode, Upload, request_commit, upload};
pub use work::{give_up, work};
