//! Why a question was not answered.
//!
//! *Invariant:* what an officer can mend is a [`FieldProblem`]; the rest is the registry's.

use thiserror::Error;

use crate::registry::secrets::SecretProblem;
use crate::storage;

/// Why a question was not answered, or an answer not read again.
#[derive(Debug, Error)]
pub enum ResolveError {
    /// There is no such lookup of the caller's.
    #[error("there is no such lookup")]
    Unknown,
    /// Its case was named before.
    #[error("the case of this lookup was named before")]
    NotPending,
    /// The kept answer does not open.
    #[error("the kept answer cannot be opened")]
    Kept(#[from] SecretProblem),
    /// The kept answer is no answer.
    #[error("the kept answer cannot be read")]
    Unreadable(#[from] serde_json::Error),
    /// A ride was corrected between the look and its record: nothing is on record, and it is looked up again.
    #[error("a ride was corrected while it was looked up")]
    Overtaken,
    /// The program is at fault: it ended in the middle of a question.
    #[error("answering a question ended by a panic")]
    Fault,
    /// The entry of the audit log cannot be written.
    #[error("the question cannot be entered into the audit log")]
    Entry(#[from] crate::audit::EntryProblem),
    /// The database failed.
    #[error("the question could not be recorded")]
    Storage(#[from] storage::Error),
}

/// What is wrong with a field of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's name.
    pub field: &'static str,
    /// What is wrong, for programs.
    pub code: &'static str,
    /// What is wrong and how to mend it, in the caller's language.
    pub text: String,
}
