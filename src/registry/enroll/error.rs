//! Why an upload was not taken, or not carried out.
//!
//! *Invariant:* what is wrong *inside* a file is never an error here but a problem in its report.

use thiserror::Error;

use crate::fleet_list::MappingProblem;
use crate::storage;

/// Why an upload was not taken, or not carried out.
#[derive(Debug, Error)]
pub enum EnrollError {
    /// The caller is no operator.
    #[error("only an operator has a fleet")]
    NotAnOperator,
    /// The operator is suspended or closed.
    #[error("the operator is suspended: it receives no new numbers")]
    Suspended,
    /// No letter of the operator is confirmed.
    #[error("the operator has no confirmed series")]
    NoConfirmedSeries,
    /// There is no such import, or it is another operator's.
    #[error("there is no such import")]
    Unknown,
    /// Only a checked import can be committed.
    #[error("the import is {status}, and only a checked one can be committed")]
    NotChecked {
        /// Its status.
        status: String,
    },
    /// The work on it has not ended, or has not ended well.
    #[error("the import is {status}, and has no receipt")]
    NotReady {
        /// Its status.
        status: String,
    },
    /// The explicit mapping of columns makes no sense.
    #[error("the mapping of columns cannot be read")]
    Mapping(#[source] MappingProblem),
    /// `adopt_up_to` is no number.
    #[error("adopt_up_to must be a plate number such as A05000")]
    AdoptUpTo,
    /// A stored report cannot be read back.
    #[error("the stored report of the import cannot be read")]
    Report(#[from] serde_json::Error),
    /// The entry of the audit log cannot be written.
    #[error("the import cannot be entered into the audit log")]
    Entry(#[from] crate::audit::EntryProblem),
    /// The database failed.
    #[error("the import could not be recorded")]
    Storage(#[from] storage::Error),
}

impl EnrollError {
    /// Returns whether trying again later may help.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        use storage::Error::{Broken, Busy, Lost, Unsettled};
        // Of a commit that nobody knows the end of, the next attempt finds what became of it.
        matches!(self, Self::Storage(Busy(_) | Broken(_) | Lost(_) | Unsettled(_)))
    }
}
