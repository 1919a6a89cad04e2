//! A large order recorded by plate: some numbers at a time, so that no lookup waits long for it.
//!
//! *Invariant:* numbers are looked at once more in the transaction that records their plates; an order to which something
//! happened meanwhile fails and says so.

use super::error::PrintJobError;
use super::frozen::Frozen;
use super::lay_out::look;
use super::work::Worked;
use crate::model::{Moment, OperatorId, OperatorStatus, PrintJobId};
use crate::registry::Registry;
use crate::storage::{operators, print_jobs};

/// Records the plates of the next numbers of an order; `None` where all are recorded.
///
/// # Errors
/// Those of the database.
pub(super) fn take_down(
    registry: &Registry,
    now: Moment,
    id: &PrintJobId,
    frozen: &Frozen<'_>,
) -> Result<Option<Worked>, PrintJobError> {
    if registry.store.read(|db| print_jobs::next_part(db, id))?.is_none() {
        return Ok(None);
    }
    registry.store.write(|tx| {
        let operator = operators::take_turn(tx, &OperatorId::from_text(&frozen.job.operator_id))?;
        let open = print_jobs::find(tx.db(), id, None)?.is_some_and(|job| job.ended_at.is_none());
        let part = print_jobs::next_part(tx.db(), id)?.filter(|_| open);
        // Otherwise the job was cancelled, or another worker was faster: the next step finds out.
        let Some(part) = part else { return Ok(Some(Worked::AStep)) };
        let found = look(tx.db(), now, frozen.pieces(), part.plates.iter().map(|wanted| wanted.number))?;
        let barred = match operator.status() {
            OperatorStatus::Admitted => found.bar(&part.plates, frozen.job.reason.as_deref()),
            _ => Some("operator_suspended"),
        };
        if let Some(why) = barred {
            print_jobs::end(tx, id, "failed", Some(why), now)?;
            return Ok(Some(Worked::ToTheEnd));
        }
        print_jobs::begin(tx, id)?;
        print_jobs::insert_items(tx, id, &frozen.pieces().rows(&part, &found.before))?;
        print_jobs::take_part(tx, id, part.first)?;
        Ok(Some(Worked::AStep))
    })
}
