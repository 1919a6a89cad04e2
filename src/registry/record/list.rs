//! Rides listed for the operator that reported them.
//!
//! *Invariant:* also this look is written down before it is answered.

use rand::Rng;

use super::RecordError;
use crate::audit::{Action, Decision, digested};
use crate::model::{Caller, Moment, RideSession};
use crate::registry::Registry;
use crate::storage::audit_log::Draft;
use crate::storage::disclosure::{self, Asked, Built};
use crate::storage::rides_found::{self, After};

/// Which rides are wanted.
#[derive(Debug, Clone, Default)]
pub struct ListRides {
    /// Those that began at or after this instant.
    pub from: Option<Moment>,
    /// Those that began before this instant.
    pub until: Option<Moment>,
    /// Those after this start and ride id.
    pub after: Option<(Moment, String)>,
    /// How many at most.
    pub rows: usize,
}

/// Lists the newest versions of the caller's rides, by start.
///
/// # Errors
/// [`RecordError`].
pub fn list_sessions(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    wanted: &ListRides,
) -> Result<Vec<RideSession>, RecordError> {
    let operator = caller.operator_id.clone().ok_or(RecordError::NotAnOperator)?;
    let said = registry.store.write_then_say(|tx| {
        let after = wanted.after.clone().map(|(started_at, ride_id)| After { started_at, ride_id });
        let sealed = rides_found::list(tx.db(), &operator, wanted.from, wanted.until, after.as_ref(), wanted.rows)?;
        let draft = Draft::of(caller, Action::ReadSessions, operator.as_str());
        disclosure::disclose(tx, now, rng, Vec::new(), vec![Asked { draft, facts: (), sealed }], build)
    })?;
    Ok(said.into_iter().next().map(|said| said.answer).unwrap_or_default())
}

fn build((): (), rides: Vec<RideSession>) -> Result<Built<Vec<RideSession>>, RecordError> {
    let shown: Vec<_> = rides.iter().map(|ride| (ride.ride_id.as_str(), ride.version)).collect();
    let decision = if rides.is_empty() { Decision::Empty } else { Decision::Answered };
    let (digest, bytes) = digested(&shown)?;
    Ok(Built { digest, bytes, answer: rides, decision, shown: Vec::new() })
}
