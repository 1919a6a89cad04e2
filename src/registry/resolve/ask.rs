//! Asking: a slice of questions, whoever asks them; looked up in one view, written down in one transaction, answered after its
//! commit.
//!
//! *Invariant:* the order is look, write it down, commit, speak; the types of `storage` allow no other. The number of statements
//! does not grow with the number of questions.

use rand::Rng;

use super::asking::{Asking, Subject};
use super::build::build;
use super::look::{Looked, look};
use super::{FieldProblem, ResolveError};
use crate::model::{Answer, LookupId, Moment, Receipt};
use crate::registry::{Registry, access};
use crate::storage::audit_log::{self, Asked, Draft, OnRecord};
use crate::storage::lookups::{self, NewLookup};
use crate::storage::rides_found;

/// What came of a question.
#[derive(Debug)]
pub enum Resolved {
    /// The answer, on record.
    Answered(Box<Answer>),
    /// What is wrong with the question (nothing, where whoever sent it knows); that it was asked is on record.
    Refused(Vec<FieldProblem>),
    /// The key was revoked or ran out since the caller came in: nothing is on record, as for any unknown caller.
    KeyInvalid,
}

/// Answers a slice of questions, in order.
///
/// # Errors
/// [`ResolveError`]; then no question of the slice is answered. [`crate::storage::Error::Unsettled`]: their entries may be on
/// record all the same, and they must not be asked again for their callers.
pub fn resolve(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    questions: &[Asking],
) -> Result<Vec<Resolved>, ResolveError> {
    for _ in 0..LOOKS {
        match once(registry, now, rng, questions) {
            Err(ResolveError::Overtaken) => {}
            other => return other,
        }
    }
    Err(ResolveError::Overtaken)
}

/// How often questions are looked up whose rides are being corrected meanwhile.
const LOOKS: usize = 5;

fn once(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    questions: &[Asking],
) -> Result<Vec<Resolved>, ResolveError> {
    let ids: Vec<_> = questions.iter().map(|_| LookupId::new(now, rng)).collect();
    let (looked, in_force) = registry.store.read(|db| -> Result<_, ResolveError> {
        let in_force = access::keys_in_force(db, now, questions.iter().map(|asking| &asking.caller))?;
        Ok((look(db, registry, now, questions, &ids)?, in_force))
    })?;
    let mut outcomes = Vec::with_capacity(questions.len());
    let mut asked = Vec::new();
    let mut refused = Vec::new();
    let mut new = Vec::new();
    for ((asking, looked), id) in questions.iter().zip(looked).zip(ids) {
        if !in_force.holds(&asking.caller) {
            outcomes.push(Some(Resolved::KeyInvalid));
            continue;
        }
        match looked {
            Looked::Found(facts, sealed) => {
                new.push(new_lookup(registry, now, asking, id));
                asked.push(Asked { draft: asking.draft.clone(), facts: *facts, sealed });
                outcomes.push(None);
            }
            Looked::Refused(draft, problems) => {
                refused.push(*draft);
                outcomes.push(Some(Resolved::Refused(problems)));
            }
        }
    }
    let mut said = record(registry, now, rng, refused, asked, &new)?.into_iter();
    let outcomes = outcomes
        .into_iter()
        .map(|known| known.or_else(|| said.next().map(|answer| Resolved::Answered(Box::new(answer)))));
    outcomes.collect::<Option<_>>().ok_or(ResolveError::Unknown)
}

fn record(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    refused: Vec<Draft>,
    asked: Vec<super::look::ToTell>,
    new: &[NewLookup],
) -> Result<Vec<Answer>, ResolveError> {
    if refused.is_empty() && asked.is_empty() {
        return Ok(Vec::new());
    }
    let (said, checkpoint) = registry.store.write_then_say(|tx| -> Result<_, ResolveError> {
        let looked: Vec<_> = asked
            .iter()
            .filter(|asked| asked.facts.question.as_known.instant().is_none())
            .map(|asked| &asked.sealed)
            .collect();
        if !rides_found::still_stand(tx.db(), &looked)? {
            return Err(ResolveError::Overtaken);
        }
        let checkpoint = crate::storage::log_reading::newest_checkpoint(tx.db())?;
        let unsaid = audit_log::disclose(tx, now, rng, refused, asked, build)?;
        let kept = lookups::keep(tx, now, new, unsaid, |id, bytes| -> Result<_, ResolveError> {
            Ok(registry.secrets.encrypt(id.as_str(), bytes, rng)?)
        })?;
        Ok(kept.beside(checkpoint))
    })?;
    Ok(said.into_iter().map(|said| with_receipt(said, &checkpoint)).collect())
}

fn with_receipt(said: OnRecord<Answer>, checkpoint: &str) -> Answer {
    let receipt = Receipt {
        index: said.logged.index,
        entry_hash: said.logged.entry_hash.to_hex(),
        checkpoint: checkpoint.to_owned(),
    };
    Answer { receipt: Some(receipt), ..said.answer }
}

fn new_lookup(registry: &Registry, now: Moment, asking: &Asking, id: LookupId) -> NewLookup {
    let case_number = match &asking.of {
        Subject::Question { understood, .. } => understood.question.case_number.clone(),
        Subject::Refused(_) => None,
    };
    let case_due = case_number.is_none().then(|| now.plus_seconds(registry.rules.case_due_s));
    NewLookup {
        id,
        account_id: asking.caller.account_id.clone(),
        authority_id: asking.caller.authority.as_ref().map(|(id, _)| id.clone()),
        case_number,
        case_due,
    }
}
