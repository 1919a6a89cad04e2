//! Looking: the facts of a slice of questions, and their rides, sealed; all in one view of the database.
//!
//! *Invariant:* a fixed number of exchanges with the database, however many questions, but for those that want positions or
//! what was known at another instant.

use std::borrow::Cow;

use super::asking::{Asking, Subject};
use super::facts::Facts;
use super::gather::{Gathered, Instants, Posed};
use super::issued::IssuedNumbers;
use super::question::{Understood, too_few_known};
use super::second::Named;
use super::seek::{Sought, is_plain, seek};
use super::{FieldProblem, ResolveError};
use crate::audit::Decision;
use crate::model::{LookupId, Moment};
use crate::plate::{Reading, Recollection, TooMany};
use crate::registry::Registry;
use crate::registry::access::InForce;
use crate::storage::audit_log::{Draft, Seen};
use crate::storage::disclosure::Asked;
use crate::storage::rides_found::{self, FoundRides, Look, Reach};
use crate::storage::{Db, Sealed};

/// A question with its facts and its sealed rides, to be written down and told.
pub(super) type ToTell = Asked<Facts, Vec<FoundRides>>;

/// What a question came to.
pub(super) enum Looked {
    /// Its facts, and the rides that must not be spoken of yet.
    Found(Box<Facts>, Sealed<Vec<FoundRides>>),
    /// The caller's key is not valid any more: nobody asked.
    KeyInvalid,
    /// It is refused: its entry, and what is wrong with it.
    Refused(Box<Draft>, Vec<FieldProblem>),
}

/// Looks up what questions lead to, in order, and the log as it stood then.
pub(super) fn look(
    db: &mut Db,
    registry: &Registry,
    now: Moment,
    questions: &[Asking],
    ids: &[LookupId],
) -> Result<(Vec<Looked>, Seen), ResolveError> {
    let rules = &registry.rules;
    // What is to be ranked still asks which numbers were issued; what stands as it is asks how probable that is, later.
    let issued = if questions.iter().all(Asking::is_ready) {
        IssuedNumbers::none()
    } else {
        IssuedNumbers::find(db, rules.scheme, registry.secrets.shuffle())?
    };
    let mut sought: Vec<_> = questions.iter().map(|asking| sought(asking, &issued)).collect();
    let sound: Vec<_> = sought
        .iter()
        .filter_map(|one| one.as_ref().ok())
        .map(|(understood, sought)| {
            let question = &understood.question;
            let instants = Instants { at: question.window.at, as_known: question.as_known, asked_at: now };
            Posed { sought, instants, link: understood.link }
        })
        .collect();
    let keys = InForce::ids(questions.iter().map(|asking| &asking.caller));
    let gathered = Gathered::find(db, now, &keys, &sound)?;
    let instants: Vec<_> = sound.into_iter().map(|posed| posed.instants).collect();
    weigh_again(&mut sought, &gathered.heads());
    let mut facts = Vec::new();
    let mut looks = Vec::new();
    let answerable = questions.iter().zip(ids).zip(&sought).filter_map(|((asking, id), one)| {
        let (understood, sought) = one.as_ref().ok()?;
        Some((asking, id, *understood, sought))
    });
    for ((asking, id, understood, sought), instants) in answerable.zip(instants) {
        let one = facts_of(registry, now, asking, id, (understood, sought), &gathered, instants);
        looks.push(wanted(&one));
        facts.push(one);
    }
    let reach = Reach { max_ride_s: rules.max_ride_s, neighbour_s: rules.neighbour_s };
    let mut found = facts.into_iter().zip(rides_found::around(db, &looks, reach)?);
    let outcome = |(asking, one): (&Asking, Result<_, Vec<FieldProblem>>)| match one {
        _ if !gathered.admits(&asking.caller) => {
            // Its facts, where it has any, were found in vain.
            if one.is_ok() {
                drop(found.next());
            }
            Some(Looked::KeyInvalid)
        }
        Ok(_) => found.next().map(|(facts, sealed)| Looked::Found(Box::new(facts), sealed)),
        Err(problems) => {
            let unsaid = asking.draft.decision == Decision::Done;
            let decision = if unsaid { Decision::Malformed } else { asking.draft.decision };
            Some(Looked::Refused(Box::new(Draft { decision, ..asking.draft.clone() }), problems))
        }
    };
    let looked = questions.iter().zip(sought).map(outcome).collect::<Option<_>>().ok_or(ResolveError::Unknown)?;
    Ok((looked, gathered.into_seen()))
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

/// The numbers that a question may mean, or what is wrong with it.
type Meant<'a> = Result<(&'a Understood, Cow<'a, Sought>), Vec<FieldProblem>>;

/// Weighs what was taken as it stands once more, now that it is known how far numbers were issued.
fn weigh_again(sought: &mut [Meant<'_>], issued: &IssuedNumbers<'_>) {
    for one in sought.iter_mut().flatten() {
        if let Cow::Owned(own) = &mut one.1
            && is_plain(one.0)
            && let Ok(again) = seek(one.0, issued)
        {
            *own = again;
        }
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
