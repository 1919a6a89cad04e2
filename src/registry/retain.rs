//! Retention: what has served its time is erased, unless a lookup holds it.
//!
//! *Invariant:* an erasure is an entry of the audit log, in the transaction that erases.

use rand::Rng;

use super::Registry;
use crate::audit::{Action, Decision};
use crate::model::Moment;
use crate::storage::audit_log::{self, Draft};
use crate::storage::{self, telemetry};

/// Erases the positions of scooters that are older than they are kept for; returns how many. Positions around a ride that
/// a lookup has shown stay as long as that lookup holds them. It goes by a few hours of positions at a time, so that
/// nobody waits long for the database.
///
/// # Errors
/// Those of the database; what was erased before stays erased.
pub fn erase_positions(registry: &Registry, now: Moment, rng: &mut impl Rng) -> storage::Result<usize> {
    let before = now.plus_seconds(-registry.rules.telemetry_kept_s);
    let held_since = now.plus_seconds(-registry.rules.held_s);
    let mut from = Moment::from_millis(0);
    let mut all = 0;
    loop {
        let (erased, until) = registry.store.write(|tx| -> storage::Result<_> {
            let (erased, until) = telemetry::erase_some(tx, from, before, held_since)?;
            if erased > 0 {
                audit_log::append(tx, now, rng, &[draft()])?;
            }
            Ok((erased, until))
        })?;
        all += erased;
        match until {
            Some(until) => from = until,
            None => return Ok(all),
        }
    }
}

/// Nobody asks for an erasure: the registry does it by its settings.
fn draft() -> Draft {
    Draft {
        actor: "registry".to_owned(),
        authority: None,
        role: "registry".to_owned(),
        action: Action::Redaction,
        purpose: None,
        case_number: None,
        subject: Some("telemetry".to_owned()),
        question_digest: None,
        answer_digest: None,
        decision: Decision::Done,
    }
}
