//! The deployment hint: which of an operator's scooters stand beside one whose number is easily taken for theirs.
//!
//! *Invariant:* ends of rides are looked at, so this look is written down like any other before it is answered.

use rand::Rng;

use super::Registry;
use super::record::RecordError;
use crate::audit::{Action, Decision, digested};
use crate::model::{Caller, Moment, Spread, Stand, spread};
use crate::storage::audit_log::Draft;
use crate::storage::disclosure::{self, Asked, Built};
use crate::storage::standing_places::{self, Standing};

/// What an operator is told of its scooters.
#[derive(Debug, Clone)]
pub struct FleetSpread {
    /// The scooters whose place is known, in the order of their numbers.
    pub stands: Vec<Stand>,
    /// How many others bear a number: ridden now, or of unknown place.
    pub elsewhere: usize,
    /// Which of them stand beside a near-twin.
    pub spread: Spread,
    /// How many do.
    pub beside: usize,
}

/// Finds near-twins of the caller's fleet that stand within so many metres of each other.
///
/// # Errors
/// [`RecordError`].
pub fn fleet_spread(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    within_m: f64,
) -> Result<FleetSpread, RecordError> {
    let operator = caller.operator_id.clone().ok_or(RecordError::NotAnOperator)?;
    let since = now.plus_seconds(-registry.rules.neighbour_s);
    let said = registry.store.write_then_say(|tx| {
        let sealed = standing_places::of_operator(tx.db(), &operator, now, since)?;
        let draft = Draft::of(caller, Action::ReadSessions, operator.as_str());
        disclosure::disclose(tx, now, rng, Vec::new(), vec![Asked { draft, facts: (), sealed }], build)
    })?;
    let standing = said.into_iter().next().map(|said| said.answer);
    // Comparing comes after the commit: nobody waits for it.
    Ok(standing.map_or_else(
        || compared(Standing { stands: Vec::new(), elsewhere: 0 }, within_m),
        |standing| compared(standing, within_m),
    ))
}

fn build((): (), standing: Standing) -> Result<Built<Standing>, RecordError> {
    let shown: Vec<_> = standing.stands.iter().map(|stand| (stand.number.to_string(), stand.at.as_millis())).collect();
    let decision = if shown.is_empty() { Decision::Empty } else { Decision::Answered };
    let (digest, bytes) = digested(&shown)?;
    Ok(Built { digest, bytes, answer: standing, decision, shown: Vec::new() })
}

fn compared(standing: Standing, within_m: f64) -> FleetSpread {
    let spread = spread(&standing.stands, within_m);
    let beside = spread.groups.iter().map(Vec::len).sum();
    FleetSpread { stands: standing.stands, elsewhere: standing.elsewhere, spread, beside }
}
