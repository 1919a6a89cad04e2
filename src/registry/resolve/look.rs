//! Looking: the facts of a slice of questions, and their rides, sealed; all in one view of the database.
//!
//! *Invariant:* a fixed number of statements, however many questions, but for those that want positions.

use std::borrow::Cow;

use super::asking::{Asking, Subject};
use super::facts::Facts;
use super::gather::{Gathered, Instants, Posed};
use super::issued::IssuedNumbers;
use super::question::{Understood, too_few_known};
use super::second::Named;
use super::seek::{Sought, seek};
use super::{FieldProblem, ResolveError};
use crate::audit::Decision;
use crate::model::{LookupId, Moment};
use crate::plate::{Reading, Recollection, TooMany};
use crate::registry::Registry;
use crate::storage::audit_log::Draft;
use crate::storage::disclosure::Asked;
use crate::storage::rides_found::{self, FoundRides, Look, Reach};
use crate::storage::{Db, Sealed};

/// A question with its facts and its sealed rides, to be written down and told.
pub(super) type ToTell = Asked<Facts, Vec<FoundRides>>;

/// What a question came to.
pub(super) enum Looked {
    /// Its facts, and the rides that must not be spoken of yet.
    Found(Box<Facts>, Sealed<Vec<FoundRides>>),
    /// It is refused: its entry, and what is wrong with it.
    Refused(Box<Draft>, Vec<FieldProblem>),
}

/// Looks up what questions lead to, in order.
pub(super) fn look(
    db: &mut Db,
    registry: &Registry,
    now: Moment,
    questions: &[Asking],
    ids: &[LookupId],
) -> Result<Vec<Looked>, ResolveError> {
    let rules = &registry.rules;
    let issued = IssuedNumbers::find(db, rules.scheme, registry.secrets.shuffle())?;
    let sought: Vec<_> = questions.iter().map(|asking| sought(asking, &issued)).collect();
    let sound: Vec<_> = sought
        .iter()
        .filter_map(|one| one.as_ref().ok())
        .map(|(understood, sought)| {
            let question = &understood.question;
            let instants = Instants { at: question.window.at, as_known: question.as_known, asked_at: now };
            Posed { sought, instants, link: understood.link }
        })
        .collect();
    let gathered = Gathered::find(db, &issued, &sound)?;
    let mut facts = Vec::new();
    let mut looks = Vec::new();
    let answerable = questions.iter().zip(ids).zip(&sought).filter_map(|((asking, id), one)| {
        let (understood, sought) = one.as_ref().ok()?;
        Some((asking, id, *understood, sought))
    });
    for ((asking, id, understood, sought), posed) in answerable.zip(&sound) {
        let one = facts_of(registry, now, asking, id, (understood, sought), &gathered, posed.instants);
        looks.push(wanted(&one));
        facts.push(one);
    }
    let reach = Reach { max_ride_s: rules.max_ride_s, neighbour_s: rules.neighbour_s };
    let mut found = facts.into_iter().zip(rides_found::around(db, &looks, reach)?);
    let outcome = |(asking, one): (&Asking, Result<_, Vec<FieldProblem>>)| match one {
        Ok(_) => found.next().map(|(facts, sealed)| Looked::Found(Box::new(facts), sealed)),
        Err(problems) => {
            let unsaid = asking.draft.decision == Decision::Done;
            let decision = if unsaid { Decision::Malformed } else { asking.draft.decision };
            Some(Looked::Refused(Box::new(Draft { decision, ..asking.draft.clone() }), problems))
        }
    };
    questions.iter().zip(sought).map(outcome).collect::<Option<_>>().ok_or(ResolveError::Unknown)
}

/// The numbers that a question may mean, or what is wrong with it.
fn sought<'a>(
    asking: &'a Asking,
    issued: &IssuedNumbers<'_>,
) -> Result<(&'a Understood, Cow<'a, Sought>), Vec<FieldProblem>> {
    match &asking.of {
        Subject::Refused(problems) => Err(problems.clone()),
        Subject::Question { understood, ranked: Some(ranked) } => Ok((understood, Cow::Borrowed(ranked))),
        Subject::Question { understood, ranked: None } => match seek(understood, issued) {
            Ok(sought) => Ok((understood, Cow::Owned(sought))),
            Err(TooMany) => Err(vec![too_few_known(asking.language, understood)]),
        },
    }
}

fn facts_of(
    registry: &Registry,
    now: Moment,
    asking: &Asking,
    id: &LookupId,
    (understood, sought): (&Understood, &Sought),
    gathered: &Gathered,
    instants: Instants,
) -> Facts {
    let rules = &registry.rules;
    let scanned = understood.qr.iter().filter_map(Recollection::reading).flat_map(Reading::hypotheses);
    Facts {
        id: id.as_str().to_owned(),
        language: asking.language,
        zone: rules.zone,
        max_ride_s: rules.max_ride_s,
        late_after_s: rules.late_after_s,
        most_candidates: rules.candidates,
        asked_at: now,
        question: understood.question.clone(),
        exact: sought.exact,
        differ: sought.differ,
        elsewhere: sought.elsewhere,
        of_code: scanned.map(|one| one.number).collect(),
        named: Named::of(&understood.question.features),
        pace: rules.pace,
        link: understood.link.map(|link| gathered.judge_link(registry.secrets.tag_keys(), &link, instants)),
        meant: gathered.meant(rules.zone, sought, instants),
    }
}

/// What is to be looked for of rides.
fn wanted(facts: &Facts) -> Look {
    let question = &facts.question;
    let riding = facts.meant.riding(question.window.at);
    Look {
        vehicles: riding.into_iter().map(|candidate| candidate.plate.vehicle_id).collect(),
        window: question.window,
        as_known: question.as_known,
        positions: question.near.is_some() || question.features.direction.is_some(),
    }
}
