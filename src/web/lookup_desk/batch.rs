//! A batch: questions that are answered together, or halved until the one that cannot be answered stands alone.
//!
//! *Invariant:* asked again is only what certainly left no entry.

use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot::Sender;

use super::figures::DeskFigures;
use crate::clock;
use crate::model::Moment;
use crate::registry::Registry;
use crate::registry::resolve::{Asking, ResolveError, Resolved, resolve};
use crate::storage::Error as StorageError;
use crate::web::kind::Kind;
use crate::web::problem::Problem;

/// A question at the desk.
pub(super) struct Waiting {
    pub(super) asking: Asking,
    pub(super) since: Moment,
    pub(super) tell: Sender<Result<Resolved, Problem>>,
}

/// Questions taken together, each beside who waits for it.
pub(super) struct Taken {
    questions: Vec<Asking>,
    waiting: Vec<Option<Sender<Result<Resolved, Problem>>>>,
}

impl Taken {
    /// Takes those that have not waited too long.
    pub(super) fn of(batch: Vec<Waiting>, now: Moment, patience_ms: u32, figures: &DeskFigures) -> Self {
        let mut taken = Self { questions: Vec::with_capacity(batch.len()), waiting: Vec::with_capacity(batch.len()) };
        for one in batch {
            let waited = now.as_millis().saturating_sub(one.since.as_millis());
            figures.waited(waited);
            if waited > i64::from(patience_ms) {
                figures.turned_away();
                let _gone = one.tell.send(Err(Problem::new(Kind::Busy).because("a question waited too long")));
            } else {
                // Also of those who have gone meanwhile: what was asked is on record.
                taken.questions.push(one.asking);
                taken.waiting.push(Some(one.tell));
            }
        }
        taken
    }
}

/// Answers a batch.
pub(super) fn answer(registry: &Registry, mut taken: Taken, figures: &DeskFigures) {
    let mut chances = CHANCES;
    part(registry, &taken.questions, &mut taken.waiting, true, &mut chances, figures);
}

/// How many parts of a batch may fail. One question at fault among 512 takes ten; where many more fail it is not the questions, and
/// halving on would ask a database that is ill a thousand times.
const CHANCES: u32 = 64;

/// What can be done about a failure.
enum Remedy {
    /// The database is busy, or nobody knows what became of the entries: everybody is told to come again.
    TurnAway,
    /// Nothing was written: it is tried once more, on a new connection.
    Again,
    /// One of them may be at fault.
    Halve,
}

fn remedy(error: &ResolveError, first: bool) -> Remedy {
    match error {
        ResolveError::Storage(StorageError::Lost(_)) if first => Remedy::Again,
        ResolveError::Overtaken => Remedy::TurnAway,
        ResolveError::Storage(StorageError::Busy(_) | StorageError::Lost(_) | StorageError::Unsettled(_)) => {
            Remedy::TurnAway
        }
        _ => Remedy::Halve,
    }
}

fn part(
    registry: &Registry,
    questions: &[Asking],
    waiting: &mut [Option<Sender<Result<Resolved, Problem>>>],
    first: bool,
    chances: &mut u32,
    figures: &DeskFigures,
) {
    if questions.is_empty() {
        return;
    }
    let began = clock::now();
    let error = match attempt(registry, questions) {
        Ok(resolved) => {
            figures.answered(questions.len(), clock::now().as_millis().saturating_sub(began.as_millis()));
            for (waiting, resolved) in waiting.iter_mut().zip(resolved) {
                tell(waiting, Ok(resolved));
            }
            return;
        }
        Err(error) => error,
    };
    *chances = chances.saturating_sub(1);
    match remedy(&error, first) {
        Remedy::Again => part(registry, questions, waiting, false, chances, figures),
        Remedy::Halve if questions.len() > 1 && *chances > 0 => {
            let middle = questions.len().div_euclid(2);
            let (left, right) = questions.split_at(middle);
            let (left_waiting, right_waiting) = waiting.split_at_mut(middle);
            part(registry, left, left_waiting, first, chances, figures);
            part(registry, right, right_waiting, first, chances, figures);
        }
        Remedy::TurnAway | Remedy::Halve => {
            figures.failed(questions.len());
            let kind = Problem::from(error);
            let (kind, cause) = (kind.kind(), kind.chain().unwrap_or_default());
            for waiting in waiting {
                tell(waiting, Err(Problem::new(kind).because(cause.clone())));
            }
        }
    }
}

/// A panic is a fault of ours; it must not take the desk with it.
fn attempt(registry: &Registry, questions: &[Asking]) -> Result<Vec<Resolved>, ResolveError> {
    let asked = catch_unwind(AssertUnwindSafe(|| resolve(registry, clock::now(), &mut clock::chance(), questions)));
    asked.unwrap_or(Err(ResolveError::Fault))
}

/// Whoever has gone meanwhile is told nothing.
fn tell(waiting: &mut Option<Sender<Result<Resolved, Problem>>>, what: Result<Resolved, Problem>) {
    if let Some(waiting) = waiting.take() {
        let _gone = waiting.send(what);
    }
}
