//! Disclosing: what was sealed is shown to a pure function, written down, and said after the commit.
//!
//! *Invariant:* nothing else looks into a [`Sealed`] and carries anything away; what is built here is an answer that only a commit
//! makes sayable.

use rand::Rng;

use super::audit_log::{Appended, Draft, Logged, hold, moved};
use super::connection::Tx;
use super::dialect::columns::apply;
use super::error::Error;
use super::sealed::{Sealed, Unsaid};
use crate::audit::{Decision, Hash};
use crate::model::{Moment, OperatorId, RideId};

/// A question with what is known so far, and the rides that must not be spoken of yet.
pub struct Asked<F, S> {
    /// The entry that will record the question.
    pub draft: Draft,
    /// What may be known freely.
    pub facts: F,
    /// What may not, before the entry is durable.
    pub sealed: Sealed<S>,
}

/// An answer as it was built, and what it shows.
pub struct Built<A> {
    /// The answer.
    pub answer: A,
    /// Its canonical bytes (RFC 8785), of which the digest was made.
    pub bytes: Vec<u8>,
    /// Its digest, for the entry.
    pub digest: Hash,
    /// What came of the question.
    pub decision: Decision,
    /// Which version of which ride the answer shows.
    pub shown: Vec<Shown>,
}

/// A version of a ride that an answer shows.
pub type Shown = (OperatorId, RideId, u32);

/// An answer that is on record.
pub struct OnRecord<A> {
    /// The answer.
    pub answer: A,
    /// Its canonical bytes (RFC 8785).
    pub bytes: Vec<u8>,
    /// Where its entry stands.
    pub logged: Logged,
    /// Which version of which ride the answer shows.
    pub shown: Vec<Shown>,
}

/// Answers that were built and are not on record yet: nobody can say them.
pub struct Prepared<A> {
    pub(super) drafts: Vec<Draft>,
    /// How many of the entries, the first ones, belong to no answer.
    besides: usize,
    pub(super) answers: Vec<Unrecorded<A>>,
}

/// An answer before its entry has a place.
pub(super) struct Unrecorded<A> {
    answer: A,
    pub(super) bytes: Vec<u8>,
    pub(super) shown: Vec<Shown>,
}

/// Opens what was sealed to the pure `build` (a plain function: it can carry nothing away). `besides`: other entries that are due,
/// first in the log.
///
/// # Errors
/// Those of `build`.
pub fn prepare<F, S, A, E>(
    besides: Vec<Draft>,
    questions: Vec<Asked<F, S>>,
    build: fn(F, S) -> std::result::Result<Built<A>, E>,
) -> std::result::Result<Prepared<A>, E> {
    let mut prepared =
        Prepared { besides: besides.len(), drafts: besides, answers: Vec::with_capacity(questions.len()) };
    for asked in questions {
        let answer = build(asked.facts, asked.sealed.open())?;
        let (digest, decision) = (answer.digest, answer.decision);
        prepared.drafts.push(Draft { answer_digest: Some(digest), decision, ..asked.draft });
        prepared.answers.push(Unrecorded { answer: answer.answer, bytes: answer.bytes, shown: answer.shown });
    }
    Ok(prepared)
}

impl<A> Prepared<A> {
    /// Which of the entries belong to the answers, in their order.
    pub(super) fn of_answers<'a>(&self, logged: &'a [Logged]) -> &'a [Logged] {
        logged.get(self.besides..).unwrap_or_default()
    }

    /// Answers whose entries have been written, to be said once that is durable.
    pub(super) fn recorded(self, logged: &[Logged]) -> Unsaid<Vec<OnRecord<A>>> {
        let places = self.of_answers(logged);
        let on_record = |(one, logged): (Unrecorded<A>, &Logged)| OnRecord {
            answer: one.answer,
            bytes: one.bytes,
            logged: *logged,
            shown: one.shown,
        };
        Unsaid::new(self.answers.into_iter().zip(places).map(on_record).collect())
    }
}

/// Looks, and writes down that it was looked: opens what was sealed to the pure `build`, appends the entries, and returns answers
/// that only the commit makes sayable. `besides`: other entries that are due, first in the log.
///
/// # Errors
/// As [`super::audit_log::append`], and those of `build`.
pub fn disclose<F, S, A, E: From<Error>>(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    besides: Vec<Draft>,
    questions: Vec<Asked<F, S>>,
    build: fn(F, S) -> std::result::Result<Built<A>, E>,
) -> std::result::Result<Unsaid<Vec<OnRecord<A>>>, E> {
    let prepared = prepare(besides, questions, build)?;
    let end = hold(tx)?;
    let appended = Appended::after(end, now, rng, &prepared.drafts)?;
    moved(apply(tx.db(), &appended.changes()).map_err(Error::from)?)?;
    Ok(prepared.recorded(&appended.logged))
}
