//! Print jobs put an end to: cancelled by their operator, and their bytes let go when they have served their time.
//!
//! *Invariant:* what was printed stays on record: only bytes are erased, and they can be drawn again.

use rand::Rng;

use super::error::PrintJobError;
use crate::audit::{Action, Decision};
use crate::model::{Caller, Moment, PrintJobId};
use crate::registry::Registry;
use crate::storage::audit_log::{self, Draft};
use crate::storage::{Tx, operators, print_jobs};

/// How many jobs are gone through at once.
const JOBS_AT_ONCE: usize = 100;

/// Cancels a job of the caller's that has not ended: files that were made stay, no further one is made. Goes on while the
/// operator is suspended.
///
/// # Errors
/// [`PrintJobError::Ended`] where it had.
pub fn cancel(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    id: &PrintJobId,
) -> Result<(), PrintJobError> {
    let own = caller.operator_id.as_ref().ok_or(PrintJobError::NotAnOperator)?;
    let operator = operators::take_turn(tx, own)?;
    let job = print_jobs::find(tx.db(), id, Some(&operator.id))?.ok_or(PrintJobError::Unknown)?;
    if !print_jobs::end(tx, id, "cancelled", None, now)? {
        return Err(PrintJobError::Ended { status: job.status });
    }
    let draft = Draft { decision: Decision::Refused, ..Draft::of(caller, Action::Print, id.as_str()) };
    audit_log::append(tx, now, rng, &[draft])?;
    Ok(())
}

/// Erases the bytes of jobs that ended so long ago that they are no longer kept; returns of how many.
///
/// # Errors
/// Those of the database.
pub fn erase_old(registry: &Registry, now: Moment, rng: &mut impl Rng) -> Result<usize, PrintJobError> {
    let before = now.plus_seconds(-registry.rules.print_files_kept_s);
    let old = registry.store.read(|db| print_jobs::kept_since(db, before, JOBS_AT_ONCE))?;
    for id in &old {
        // One at a time: the bytes of a large batch take their time to go.
        registry.store.write(|tx| {
            print_jobs::erase_contents(tx, id)?;
            print_jobs::mark_erased(tx, id, now)?;
            audit_log::append(tx, now, rng, &[erased(id)]).map(drop).map_err(PrintJobError::from)
        })?;
    }
    Ok(old.len())
}

fn erased(id: &PrintJobId) -> Draft {
    Draft {
        actor: "housekeeping".to_owned(),
        authority: None,
        role: "registry".to_owned(),
        action: Action::Redaction,
        purpose: Some("print files".to_owned()),
        case_number: None,
        subject: Some(id.to_string()),
        question_digest: None,
        answer_digest: None,
        decision: Decision::Done,
    }
}
