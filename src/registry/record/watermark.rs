//! The operator's word that everything up to an instant was reported.
//!
//! *Invariant:* a watermark never goes back: only what was once said to be complete lets a lookup say `idle`.

use rand::Rng;

use super::RecordError;
use crate::audit::Action;
use crate::model::{AsKnown, Caller, Moment};
use crate::storage::audit_log::{self, Draft};
use crate::storage::{Tx, operators, watermarks};

/// Records a watermark and returns the one in force.
///
/// # Errors
/// [`RecordError::InFuture`].
pub fn watermark(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    until: Moment,
) -> Result<Moment, RecordError> {
    let operator = caller.operator_id.clone().ok_or(RecordError::NotAnOperator)?;
    if until > now {
        return Err(RecordError::InFuture);
    }
    operators::take_turn(tx, &operator)?;
    let before = watermarks::newest(tx.db(), std::slice::from_ref(&operator), AsKnown::Now)?.remove(&operator);
    if before.is_some_and(|before| before >= until) {
        return Ok(before.unwrap_or(until));
    }
    watermarks::insert(tx, &operator, until, now)?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::Watermark, &until.to_utc_text())])?;
    Ok(until)
}
