//! What an upload came to, in the caller's language.
//!
//! *Invariant:* an operator reads its own uploads; another's is unknown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Diff, EnrollError};
use crate::fleet_list::Problem;
use crate::model::{Caller, ImportId, Moment, Zone};
use crate::storage::Db;
use crate::storage::fleet_imports::{self, StoredImport};
use crate::words::Language;

/// What an upload came to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// The import's id.
    pub id: String,
    /// `reading, checked, committing, committed, refused, failed`.
    pub status: String,
    /// `all_or_nothing` or `good_rows`.
    pub mode: String,
    /// Format, encoding, delimiter, sheet, columns and their fields.
    #[schema(value_type = Option<Object>)]
    pub found: Option<serde_json::Value>,
    /// Rows, new, changed, unchanged, bad; missing from the list; and how many problems of which kind.
    #[schema(value_type = Option<Object>)]
    pub counts: Option<serde_json::Value>,
    /// The first thousand problems.
    pub problems: Vec<ImportProblem>,
    /// How many there are in all.
    pub problems_total: i64,
    /// Which facts of which vehicles the list changes, and which vehicles it does not name.
    #[serde(flatten)]
    pub diff: Diff,
    /// Why it failed.
    pub failure: Option<String>,
    /// When it was received.
    pub created_at: String,
}

/// Something that is wrong with a file, a row or a cell.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ImportProblem {
    /// The row as a spreadsheet counts, of NDJSON the line, of JSON the place in the array from 1; absent for the file as
    /// a whole.
    pub row: Option<u32>,
    /// The column as the file names it.
    pub column: Option<String>,
    /// What stands there.
    pub value: Option<String>,
    /// `error` or `warning`.
    pub severity: String,
    /// What kind of problem it is, for programs.
    pub kind: String,
    /// What is wrong, in the caller's language.
    pub problem: String,
    /// How to mend it, in the caller's language.
    pub remedy: String,
}

impl ImportProblem {
    pub(super) fn say(problem: &Problem, language: Language) -> Self {
        Self {
            row: problem.row,
            column: problem.column.clone(),
            value: problem.value.clone(),
            severity: serde_json::to_value(problem.severity)
                .ok()
                .and_then(|value| value.as_str().map(ToOwned::to_owned))
                .unwrap_or_default(),
            kind: problem.kind.name().to_owned(),
            problem: problem.problem(language),
            remedy: problem.remedy(language),
        }
    }
}

impl ImportReport {
    /// Returns whether the work has ended, well or not.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        !matches!(self.status.as_str(), "reading" | "committing")
    }
}

pub(super) fn problems(import: &StoredImport) -> Result<Vec<Problem>, EnrollError> {
    Ok(import.problems.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default())
}

/// Reads what an upload came to.
///
/// # Errors
/// [`EnrollError::Unknown`] where there is no such upload of the caller's.
pub fn read_import(
    db: &mut Db,
    zone: Zone,
    caller: &Caller,
    language: Language,
    id: &ImportId,
) -> Result<ImportReport, EnrollError> {
    let operator = caller.operator_id.as_ref().ok_or(EnrollError::NotAnOperator)?;
    let import = fleet_imports::find(db, id, Some(operator))?.ok_or(EnrollError::Unknown)?;
    let problems = problems(&import)?;
    Ok(ImportReport {
        id: import.id,
        status: import.status,
        mode: import.mode,
        found: import.found.as_deref().map(serde_json::from_str).transpose()?,
        counts: import.counts.as_deref().map(serde_json::from_str).transpose()?,
        problems: problems.iter().map(|problem| ImportProblem::say(problem, language)).collect(),
        problems_total: import.problems_total,
        diff: import.diff.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default(),
        failure: import.failure,
        created_at: zone.stamp(Moment::from_millis(import.created_at)),
    })
}
