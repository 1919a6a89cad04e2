//! Asking: a slice of questions, whoever asks them; looked up in one view, written down in one transaction, answered after its
//! commit.
//!
//! *Invariant:* the order is look, write it down, commit, speak; the types of `storage` allow no other. The number of exchanges
//! with the database does not grow with the number of questions, but for what `look` and `gather` say.

use rand::Rng;

use super::asking::{Asking, Subject};
use super::build::build;
use super::look::{Looked, ToTell, look};
use super::{FieldProblem, ResolveError};
use crate::model::{Answer, LookupId, Moment, Receipt};
use crate::registry::Registry;
use crate::storage::audit_log::{self, Draft, End, Seen};
use crate::storage::disclosure::{self, Asked, OnRecord};
use crate::storage::lookups::{self, NewLookup, ToKeep};
use crate::storage::{Alone, Db, Tx, Unsaid};

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
        let ids = ids(questions, now, rng);
        let recorded = registry.store.look_then_settle(
            |db| Sorted::look(db, registry, now, &ids, questions),
            |sorted, alone| sorted.settle(alone, registry, now, rng),
        );
        match recorded {
            Err(ResolveError::Overtaken) => {}
            other => return tell(other?),
        }
    }
    // Whoever corrects waits now, for it asks who was told behind the end of the log, which is held; whoever only adds an end to a
    // ride contradicts nobody.
    tell(registry.store.write_then_say(|tx| {
        let end = audit_log::hold(tx)?;
        let ids = ids(questions, now, rng);
        Sorted::look(tx.db(), registry, now, &ids, questions)?.record(tx, end, registry, now, rng)
    })?)
}

fn ids(questions: &[Asking], now: Moment, rng: &mut impl Rng) -> Vec<LookupId> {
    questions.iter().map(|_| LookupId::new(now, rng)).collect()
}

/// How often questions whose rides are being corrected meanwhile are looked up without keeping anybody from it.
const LOOKS: usize = 2;

/// What comes of questions, in their order; `None` for those that are to be answered.
type Outcomes = Vec<Option<Resolved>>;

/// Answers, the other outcomes, and the checkpoint of the receipts.
type Recorded = (Vec<OnRecord<Answer>>, (Outcomes, String));

fn tell((said, (outcomes, checkpoint)): Recorded) -> Result<Vec<Resolved>, ResolveError> {
    let mut said = said.into_iter().map(|said| Resolved::Answered(Box::new(with_receipt(said, &checkpoint))));
    outcomes.into_iter().map(|known| known.or_else(|| said.next())).collect::<Option<_>>().ok_or(ResolveError::Unknown)
}

/// Questions that were looked up: those to be answered, and what comes of the others.
struct Sorted {
    outcomes: Outcomes,
    asked: Vec<ToTell>,
    refused: Vec<Draft>,
    new: Vec<NewLookup>,
    seen: Seen,
}

impl Sorted {
    fn look(
        db: &mut Db,
        registry: &Registry,
        now: Moment,
        ids: &[LookupId],
        questions: &[Asking],
    ) -> Result<Self, ResolveError> {
        let (looked, seen) = look(db, registry, now, questions, ids)?;
        let mut sorted = Self { outcomes: Vec::new(), asked: Vec::new(), refused: Vec::new(), new: Vec::new(), seen };
        for ((asking, looked), id) in questions.iter().zip(looked).zip(ids) {
            let outcome = match looked {
                Looked::KeyInvalid => Some(Resolved::KeyInvalid),
                Looked::Found(facts, sealed) => {
                    sorted.new.push(new_lookup(registry, now, asking, id.clone()));
                    sorted.asked.push(Asked { draft: asking.draft.clone(), facts: *facts, sealed });
                    None
                }
                Looked::Refused(draft, problems) => {
                    sorted.refused.push(*draft);
                    Some(Resolved::Refused(problems))
                }
            };
            sorted.outcomes.push(outcome);
        }
        Ok(sorted)
    }

    /// Writes it down behind the end of the log that is held, where it was held already when the rides were looked at.
    fn record(
        self,
        tx: &mut Tx<'_>,
        end: End,
        registry: &Registry,
        now: Moment,
        rng: &mut impl Rng,
    ) -> Result<Unsaid<Recorded>, ResolveError> {
        let (to_keep, outcomes, seen) = self.encrypted(registry, rng)?;
        let kept = lookups::keep(tx, end, now, rng, to_keep)?;
        Ok(kept.beside((outcomes, seen.checkpoint)))
    }

    /// Writes it down by itself, if no ride was corrected since it was looked at.
    fn settle(
        self,
        alone: &mut Alone<'_>,
        registry: &Registry,
        now: Moment,
        rng: &mut impl Rng,
    ) -> Result<Unsaid<Recorded>, ResolveError> {
        let (to_keep, outcomes, seen) = self.encrypted(registry, rng)?;
        let kept = lookups::keep_alone(alone, &seen, now, rng, to_keep)?.ok_or(ResolveError::Overtaken)?;
        Ok(kept.beside((outcomes, seen.checkpoint)))
    }

    /// Everything that can be done before the end of the log is known is done before: until the commit others wait for it.
    fn encrypted(
        self,
        registry: &Registry,
        rng: &mut impl Rng,
    ) -> Result<(ToKeep<Answer>, Outcomes, Seen), ResolveError> {
        let prepared = disclosure::prepare(self.refused, self.asked, build)?;
        let encrypt = |id: &LookupId, bytes: &[u8]| registry.secrets.encrypt(id.as_str(), bytes, rng);
        Ok((lookups::encrypt(prepared, self.new, encrypt)?, self.outcomes, self.seen))
    }
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
