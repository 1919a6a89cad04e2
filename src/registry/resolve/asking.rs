//! A question on its way to be answered: who asks, what was understood, what its entry will say.
//!
//! *Invariant:* pure but for what ranking asks of the sequences. What was refused is on its way too: it is to be recorded like
//! any other, and shows nothing.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::issued::IssuedNumbers;
use super::question::{RawQuestion, Understood, has_control_characters, too_few_known, understand};
use super::seek::{Sought, is_plain, seek};
use super::{FieldProblem, ResolveError};
use crate::audit::{Action, Decision, Hash, digest_of};
use crate::model::{Caller, Moment};
use crate::registry::{Registry, Rules};
use crate::storage::audit_log::Draft;
use crate::words::Language;

/// Something that somebody asked, ready to be answered or at least recorded.
#[derive(Debug)]
pub struct Asking {
    pub(super) caller: Caller,
    pub(super) language: Language,
    pub(super) draft: Draft,
    pub(super) of: Subject,
}

/// What is asked.
#[derive(Debug)]
pub(super) enum Subject {
    /// A question that was understood; the numbers that it may mean, where they were ranked already.
    Question { understood: Box<Understood>, ranked: Option<Box<Sought>> },
    /// No question, with what is wrong with it; empty where whoever sent it knows.
    Refused(Vec<FieldProblem>),
}

impl Asking {
    /// Understands a question. `now` is the instant beyond which nothing can have been known.
    #[must_use]
    pub fn new(rules: &Rules, now: Moment, caller: Caller, language: Language, raw: &RawQuestion) -> Self {
        let digest = question_digest(raw);
        match understand(rules, now, language, raw) {
            Ok(understood) => {
                let draft = Draft { question_digest: digest, ..of_question(&caller, &understood) };
                let of = Subject::Question { understood: Box::new(understood), ranked: None };
                Self { caller, language, draft, of }
            }
            Err(problems) => {
                let fields = [&raw.plate, &raw.qr, &raw.case_number].map(Option::as_ref);
                let draft = Draft { question_digest: digest, ..of_refused(&caller, fields) };
                Self { caller, language, draft, of: Subject::Refused(problems) }
            }
        }
    }

    /// What is no question: something else than JSON, or an object with a field that no question has. `body` is what was
    /// received; `None` where it was not received whole.
    #[must_use]
    pub fn unreadable(caller: Caller, language: Language, body: Option<&[u8]>) -> Self {
        let value: Option<Value> = body.and_then(|body| serde_json::from_slice(body).ok());
        let field = |name| value.as_ref().and_then(|value| value.get(name));
        let fields = [field("plate"), field("qr"), field("case_number")];
        let question_digest = body.map(|body| body_digest(value.as_ref(), body));
        let draft = Draft { question_digest, ..of_refused(&caller, fields) };
        Self { caller, language, draft, of: Subject::Refused(Vec::new()) }
    }

    /// The question of somebody who may not ask.
    #[must_use]
    pub fn denied(caller: Caller, language: Language) -> Self {
        let draft = Draft { decision: Decision::Denied, subject: None, ..Draft::of(&caller, Action::Lookup, "") };
        Self { caller, language, draft, of: Subject::Refused(Vec::new()) }
    }

    /// Returns whether it is answered without ranking: the text names a number as it stands, or there is nothing to answer.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        match &self.of {
            Subject::Question { understood, ranked } => ranked.is_none() && is_plain(understood),
            Subject::Refused(_) => true,
        }
    }

    /// Returns whether nothing about it is left to be ranked.
    pub(super) fn is_ready(&self) -> bool {
        self.is_plain() || matches!(self.of, Subject::Question { ranked: Some(_), .. })
    }

    /// Ranks the numbers that an uncertain reading may mean. That may take milliseconds, and holds up nobody else: it asks for
    /// no more than the heads of the sequences. Where too little is known it becomes a refusal.
    ///
    /// # Errors
    /// [`ResolveError::Storage`].
    pub fn ranked(mut self, registry: &Registry) -> Result<Self, ResolveError> {
        if self.is_plain() {
            return Ok(self);
        }
        let Subject::Question { understood, .. } = &self.of else { return Ok(self) };
        let (scheme, shuffle) = (registry.rules.scheme, registry.secrets.shuffle());
        let issued = registry.store.read(|db| IssuedNumbers::find(db, scheme, shuffle))?;
        self.of = if let Ok(sought) = seek(understood, &issued) {
            Subject::Question { understood: understood.clone(), ranked: Some(Box::new(sought)) }
        } else {
            self.draft.decision = Decision::Malformed;
            Subject::Refused(vec![too_few_known(self.language, understood)])
        };
        Ok(self)
    }
}

fn of_question(caller: &Caller, understood: &Understood) -> Draft {
    let question = &understood.question;
    let subject = question.plate.as_deref().or(question.qr.as_deref()).unwrap_or_default();
    Draft {
        purpose: Some(question.purpose.name().to_owned()),
        case_number: question.case_number.clone(),
        ..Draft::of(caller, Action::Lookup, subject)
    }
}

/// What a question that is refused says of itself: plate, code and case, as far as they are texts that can be stored.
fn of_refused(caller: &Caller, [plate, qr, case_number]: [Option<&Value>; 3]) -> Draft {
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

/// The digest of a body's canonical JSON, or, where it has none, of its bytes.
fn body_digest(value: Option<&Value>, body: &[u8]) -> Hash {
    value.and_then(|value| digest_of(value).ok()).unwrap_or_else(|| Hash::from_bytes(Sha256::digest(body).into()))
}
