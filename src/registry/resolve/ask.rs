//! Asking: a slice of questions, one transaction, answers after the commit.
//!
//! *Invariant:* the order is look, write it down, commit, speak; the types of `storage` allow no other.

use rand::Rng;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::build::build;
use super::facts::Facts;
use super::gather::{Gathered, Instants};
use super::issued::IssuedNumbers;
use super::question::{RawQuestion, Understood, has_control_characters, too_few_known, understand};
use super::second::Named;
use super::seek::{Sought, seek};
use super::{FieldProblem, ResolveError};
use crate::audit::{Action, Decision, Hash, digest_of};
use crate::model::{Answer, Caller, LookupId, Moment, Receipt};
use crate::plate::{Reading, Recollection, TooMany};
use crate::registry::Registry;
use crate::storage::audit_log::{self, Asked, Draft, OnRecord};
use crate::storage::lookups::{self, NewLookup};
use crate::storage::rides_found::{self, Reach};
use crate::storage::{Tx, log_reading};
use crate::words::Language;

/// What came of a question.
#[derive(Debug)]
pub enum Resolved {
    /// The answer, on record.
    Answered(Box<Answer>),
    /// What is wrong with the question; that it was asked is on record.
    Malformed(Vec<FieldProblem>),
}

/// Answers a slice of questions of one caller, in order.
///
/// # Errors
/// [`ResolveError`]; then no question of the slice is answered.
pub fn resolve(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    language: Language,
    questions: &[RawQuestion],
) -> Result<Vec<Resolved>, ResolveError> {
    let issued =
        registry.store.read(|db| IssuedNumbers::find(db, registry.rules.scheme, registry.secrets.shuffle()))?;
    let understand_one = |raw| {
        let understood = understand(&registry.rules, now, language, raw)?;
        match seek(&understood, &issued) {
            Ok(sought) => Ok((understood, sought)),
            Err(TooMany) => Err(vec![too_few_known(language, &understood)]),
        }
    };
    let understood: Vec<_> = questions.iter().map(understand_one).collect();
    let mut ids = Vec::new();
    let (said, checkpoint) = registry.store.write_then_say(|tx| -> Result<_, ResolveError> {
        let mut asked = Vec::new();
        let mut malformed = Vec::new();
        let sound: Vec<_> = questions
            .iter()
            .zip(&understood)
            .filter_map(|(raw, understood)| Some((raw, understood.as_ref().ok()?)))
            .collect();
        for (raw, understood) in questions.iter().zip(&understood) {
            if understood.is_err() {
                malformed.push(malformed_draft(caller, raw));
            }
        }
        ids = sound.iter().map(|_| LookupId::new(now, rng)).collect();
        gather(tx, registry, now, caller, language, &sound, &ids, &mut asked)?;
        audit_log::append(tx, now, rng, malformed)?;
        let checkpoint = log_reading::newest_checkpoint(tx.db())?;
        let unsaid = audit_log::disclose(tx, now, rng, asked, build)?;
        let new: Vec<_> =
            sound.iter().zip(&ids).map(|((_, (one, _)), id)| new_lookup(registry, now, caller, one, id)).collect();
        let mut number = new.iter();
        let kept = lookups::keep(tx, now, &new, unsaid, |answer: &Answer| -> Result<_, ResolveError> {
            let id = number.next().map_or("", |new| new.id.as_str());
            Ok(registry.secrets.encrypt(id, &serde_json_canonicalizer::to_vec(answer)?, rng)?)
        })?;
        Ok(kept.beside(checkpoint))
    })?;
    let mut said = said.into_iter();
    Ok(understood
        .into_iter()
        .filter_map(|one| match one {
            Err(problems) => Some(Resolved::Malformed(problems)),
            Ok(_) => said.next().map(|said| Resolved::Answered(Box::new(with_receipt(said, &checkpoint)))),
        })
        .collect())
}

fn with_receipt(said: OnRecord<Answer>, checkpoint: &str) -> Answer {
    let receipt = Receipt {
        index: said.logged.index,
        entry_hash: said.logged.entry_hash.to_hex(),
        checkpoint: checkpoint.to_owned(),
    };
    Answer { receipt: Some(receipt), ..said.answer }
}

type Sound<'a> = (&'a RawQuestion, &'a (Understood, Sought));

#[allow(clippy::too_many_arguments, reason = "the context of a question, then the questions")]
fn gather(
    tx: &mut Tx<'_>,
    registry: &Registry,
    now: Moment,
    caller: &Caller,
    language: Language,
    sound: &[Sound<'_>],
    ids: &[LookupId],
    asked: &mut Vec<Asked<Facts, Vec<rides_found::FoundRides>>>,
) -> Result<(), ResolveError> {
    let rules = &registry.rules;
    let by_knowledge: Vec<_> =
        sound.iter().map(|(_, (understood, sought))| (sought, understood.question.as_known)).collect();
    let links: Vec<_> = sound.iter().filter_map(|(_, (understood, _))| understood.link).collect();
    let gathered = Gathered::find(tx.db(), &by_knowledge, &links)?;
    for ((raw, (understood, sought)), id) in sound.iter().zip(ids) {
        let (window, as_known) = (understood.question.window, understood.question.as_known);
        let instants = Instants { at: window.at, as_known, asked_at: now };
        let meant = gathered.meant(rules.zone, sought, instants);
        let wanted: Vec<_> = meant.riding(window.at).into_iter().map(|candidate| candidate.plate.vehicle_id).collect();
        let features = &understood.question.features;
        let positions = understood.question.near.is_some() || features.direction.is_some();
        let reach = Reach { max_ride_s: rules.max_ride_s, neighbour_s: rules.neighbour_s, as_known, positions };
        let sealed = rides_found::around(tx.db(), &wanted, window, reach)?;
        let facts = Facts {
            id: id.as_str().to_owned(),
            language,
            zone: rules.zone,
            max_ride_s: rules.max_ride_s,
            late_after_s: rules.late_after_s,
            most_candidates: rules.candidates,
            asked_at: now,
            question: understood.question.clone(),
            exact: sought.exact,
            differ: sought.differ,
            elsewhere: sought.elsewhere,
            of_code: understood
                .qr
                .iter()
                .filter_map(Recollection::reading)
                .flat_map(Reading::hypotheses)
                .map(|one| one.number)
                .collect(),
            named: Named::of(features),
            pace: rules.pace,
            link: understood.link.map(|link| gathered.judge_link(registry.secrets.tag_keys(), &link, instants)),
            meant,
        };
        asked.push(Asked { draft: draft(caller, raw, understood), facts, sealed });
    }
    Ok(())
}

fn draft(caller: &Caller, raw: &RawQuestion, understood: &Understood) -> Draft {
    let question = &understood.question;
    let subject = question.plate.as_deref().or(question.qr.as_deref()).unwrap_or_default();
    Draft {
        purpose: Some(question.purpose.name().to_owned()),
        case_number: question.case_number.clone(),
        question_digest: question_digest(raw),
        ..Draft::of(caller, Action::Lookup, subject)
    }
}

fn malformed_draft(caller: &Caller, raw: &RawQuestion) -> Draft {
    Draft {
        question_digest: question_digest(raw),
        ..refused(caller, [&raw.plate, &raw.qr, &raw.case_number].map(Option::as_ref))
    }
}

/// What a question that is refused says of itself: plate, code and case, as far as they are texts that can be stored.
fn refused(caller: &Caller, [plate, qr, case_number]: [Option<&Value>; 3]) -> Draft {
    let text = |value: Option<&Value>| {
        let text = value?.as_str()?;
        (!has_control_characters(text)).then(|| text.to_owned())
    };
    Draft {
        subject: text(plate).or_else(|| text(qr)),
        case_number: text(case_number),
        decision: Decision::Malformed,
        ..Draft::of(caller, Action::Lookup, "")
    }
}

/// The digest of the question as it was sent. Numbers that canonical JSON cannot hold exactly are digested as the text
/// that they came in.
fn question_digest(raw: &RawQuestion) -> Option<Hash> {
    digest_of(raw).ok().or_else(|| {
        let text = serde_json::to_string(raw).ok()?;
        Some(Hash::from_bytes(Sha256::digest(text).into()))
    })
}

fn new_lookup(registry: &Registry, now: Moment, caller: &Caller, understood: &Understood, id: &LookupId) -> NewLookup {
    let case_number = understood.question.case_number.clone();
    let case_due = case_number.is_none().then(|| now.plus_seconds(registry.rules.case_due_s));
    NewLookup {
        id: id.clone(),
        account_id: caller.account_id.clone(),
        authority_id: caller.authority.as_ref().map(|(id, _)| id.clone()),
        case_number,
        case_due,
    }
}

/// Puts on record that somebody sent what is no question: something else than JSON, or an object with a field that no
/// question has. `body` is what was received; `None` where it was not received whole.
///
/// # Errors
/// [`ResolveError`].
pub fn record_unreadable(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    body: Option<&[u8]>,
) -> Result<(), ResolveError> {
    let value: Option<Value> = body.and_then(|body| serde_json::from_slice(body).ok());
    let field = |name| value.as_ref().and_then(|value| value.get(name));
    let draft = Draft {
        question_digest: body.map(|body| body_digest(value.as_ref(), body)),
        ..refused(caller, [field("plate"), field("qr"), field("case_number")])
    };
    registry.store.write(|tx| -> Result<(), ResolveError> {
        audit_log::append(tx, now, rng, vec![draft])?;
        Ok(())
    })
}

/// The digest of a body's canonical JSON, or, where it has none, of its bytes.
fn body_digest(value: Option<&Value>, body: &[u8]) -> Hash {
    value.and_then(|value| digest_of(value).ok()).unwrap_or_else(|| Hash::from_bytes(Sha256::digest(body).into()))
}

/// Puts on record that somebody asked who may not.
///
/// # Errors
/// [`ResolveError`].
pub fn record_denied(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
) -> Result<(), ResolveError> {
    let draft = Draft { decision: Decision::Denied, subject: None, ..Draft::of(caller, Action::Lookup, "") };
    registry.store.write(|tx| -> Result<(), ResolveError> {
        audit_log::append(tx, now, rng, vec![draft])?;
        Ok(())
    })
}
