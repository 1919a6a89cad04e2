//! The audit log: entries and head in the same transaction as the effect they record.
//!
//! *Invariant:* an entry is never changed or removed; the head moves once a transaction, last, from exactly the size
//! and root that were read under its lock. Two servers on one database queue up; they cannot fork the log.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use rand::Rng;

use super::columns::{Taken, Values, insert};
use super::connection::Tx;
use super::db::Db;
use super::dialect::for_update;
use super::error::{Error, Result};
use super::schema::log_head as head;
use super::sealed::{Sealed, Unsaid};
use super::values::{size, stored_size};
use crate::audit::{Action, Commitment, CompactRange, Decision, ENTRY_VERSION, Entry, Hash, Salt, commit, leaf_hash};
use crate::model::{Caller, Moment, OperatorId, RideId, new_id};

/// An entry before it has its place: who did what, to what, and what came of it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Who: an account, or a part of the registry itself.
    pub actor: String,
    /// The police body of an officer.
    pub authority: Option<String>,
    /// The actor's role.
    pub role: String,
    /// What was done.
    pub action: Action,
    /// Why, for questions.
    pub purpose: Option<String>,
    /// The case, committed to under a salt that can be erased.
    pub case_number: Option<String>,
    /// What it was done to, committed to likewise.
    pub subject: Option<String>,
    /// The digest of the question.
    pub question_digest: Option<Hash>,
    /// The digest of the answer.
    pub answer_digest: Option<Hash>,
    /// What came of it.
    pub decision: Decision,
}

impl Draft {
    /// Returns a draft for a deed of this caller on this subject.
    #[must_use]
    pub fn of(caller: &Caller, action: Action, subject: &str) -> Self {
        Self {
            actor: caller.account_id.as_str().to_owned(),
            authority: caller.authority.as_ref().map(|(id, _)| id.as_str().to_owned()),
            role: caller.role.name().to_owned(),
            action,
            purpose: None,
            case_number: None,
            subject: Some(subject.to_owned()),
            question_digest: None,
            answer_digest: None,
            decision: Decision::Done,
        }
    }
}

/// Where an entry stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logged {
    /// Its index, from 0.
    pub index: u64,
    /// Its RFC 6962 leaf hash.
    pub entry_hash: Hash,
}

struct EntryRow {
    idx: i64,
    entry: Vec<u8>,
    leaf_hash: Hash,
}

struct SaltRow {
    idx: i64,
    subject: &'static str,
    salt: [u8; 32],
}

#[derive(QueryableByName)]
struct HeadRow {
    #[diesel(sql_type = BigInt)]
    size: i64,
    #[diesel(sql_type = Binary)]
    root: Vec<u8>,
    #[diesel(sql_type = Binary)]
    frontier: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    last_time: i64,
}

/// Begins an empty log, where there is none.
///
/// # Errors
/// Those of the database.
pub fn found(tx: &mut Tx<'_>) -> Result<()> {
    let empty = CompactRange::new();
    let row = (
        head::id.eq(1),
        head::size.eq(0_i64),
        head::root.eq(empty.root().as_bytes().to_vec()),
        head::frontier.eq(empty.to_bytes()),
        head::last_time.eq(0_i64),
    );
    on_each!(tx.db(), connection => {
        diesel::insert_into(head::table).values(row).on_conflict_do_nothing().execute(connection)
    })?;
    Ok(())
}

/// Appends entries and moves the head, once. To be called last in a transaction: from here to its end every other
/// writer of the log waits.
///
/// # Errors
/// Those of the database; [`Error::Broken`] where the stored head contradicts itself.
pub fn append(tx: &mut Tx<'_>, now: Moment, rng: &mut impl Rng, drafts: Vec<Draft>) -> Result<Vec<Logged>> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let old = held_head(tx)?;
    let mut range = CompactRange::from_bytes(&old.frontier).map_err(|error| Error::Broken(Box::new(error)))?;
    if range.size() != size(old.size)? || range.root().as_bytes().as_slice() != old.root.as_slice() {
        return Err(Error::corrupt("the head of the audit log contradicts itself: run `log verify`"));
    }
    // Entries never go back in time, even if this server's clock does.
    let time = now.as_millis().max(old.last_time);
    let mut logged = Vec::with_capacity(drafts.len());
    let mut rows = Vec::with_capacity(drafts.len());
    let mut salt_rows = Vec::new();
    for draft in drafts {
        let index = range.size();
        let entry = entry_of(draft, stored_size(index)?, time, rng, &mut salt_rows);
        let bytes = entry.canonical().map_err(|error| Error::Broken(Box::new(error)))?;
        let hash = leaf_hash(&bytes);
        range.append(hash);
        rows.push(EntryRow { idx: stored_size(index)?, entry: bytes, leaf_hash: hash });
        logged.push(Logged { index, entry_hash: hash });
    }
    write(tx.db(), &rows, &salt_rows)?;
    let moved = diesel::update(head::table.filter(head::size.eq(old.size)).filter(head::root.eq(old.root)))
        .set((
            head::size.eq(stored_size(range.size())?),
            head::root.eq(range.root().as_bytes().to_vec()),
            head::frontier.eq(range.to_bytes()),
            head::last_time.eq(time),
        ))
        .execute(tx.db())?;
    if moved == 1 {
        Ok(logged)
    } else {
        Err(Error::Conflict("the head of the audit log was moved meanwhile".to_owned()))
    }
}

fn write(db: &mut Db, rows: &[EntryRow], salts: &[SaltRow]) -> Result<()> {
    let entries = [
        ("idx", Values::Numbers(rows.iter().map(|row| row.idx).collect())),
        ("entry", Values::Bytes(rows.iter().map(|row| row.entry.as_slice()).collect())),
        ("leaf_hash", Values::Bytes(rows.iter().map(|row| row.leaf_hash.as_bytes().as_slice()).collect())),
    ];
    insert(db, "log_entries", &entries, Taken::Fails)?;
    let salts = [
        ("idx", Values::Numbers(salts.iter().map(|row| row.idx).collect())),
        ("subject", Values::Texts(salts.iter().map(|row| row.subject).collect())),
        ("salt", Values::Bytes(salts.iter().map(|row| row.salt.as_slice()).collect())),
    ];
    insert(db, "log_salts", &salts, Taken::Fails)?;
    Ok(())
}

fn held_head(tx: &mut Tx<'_>) -> Result<HeadRow> {
    let lock = format!("SELECT size, root, frontier, last_time FROM log_head WHERE id = 1{}", for_update(tx.db()));
    Ok(diesel::sql_query(lock).get_result(tx.db())?)
}

/// Keeps every other writer of the log waiting from here to the end of the transaction, and with them whoever records anything:
/// for what must be read and recorded with nothing in between.
///
/// # Errors
/// Those of the database.
pub fn hold(tx: &mut Tx<'_>) -> Result<()> {
    held_head(tx).map(drop)
}

fn entry_of(draft: Draft, index: i64, time: i64, rng: &mut impl Rng, kept: &mut Vec<SaltRow>) -> Entry {
    let mut committed = |subject: &'static str, value: Option<String>| -> Option<Commitment> {
        value.map(|value| {
            let mut bytes = [0_u8; 32];
            rng.fill_bytes(&mut bytes);
            let salt = Salt::from_bytes(bytes);
            kept.push(SaltRow { idx: index, subject, salt: bytes });
            commit(&salt, &value)
        })
    };
    let case_commitment = committed("case", draft.case_number);
    let subject_commitment = committed("subject", draft.subject);
    Entry {
        version: ENTRY_VERSION,
        id: new_id(Moment::from_millis(time), rng),
        time,
        actor: draft.actor,
        authority: draft.authority,
        role: draft.role,
        action: draft.action,
        purpose: draft.purpose,
        case_commitment,
        subject_commitment,
        question_digest: draft.question_digest,
        answer_digest: draft.answer_digest,
        decision: draft.decision,
    }
}

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
    pub shown: Vec<(OperatorId, RideId, u32)>,
}

/// An answer that is on record.
pub struct OnRecord<A> {
    /// The answer.
    pub answer: A,
    /// Its canonical bytes (RFC 8785).
    pub bytes: Vec<u8>,
    /// Where its entry stands.
    pub logged: Logged,
    /// Which version of which ride the answer shows.
    pub shown: Vec<(OperatorId, RideId, u32)>,
}

/// Looks, and writes down that it was looked: opens what was sealed to the pure `build` (a plain function: it can carry
/// nothing away), appends the entries, and returns answers that only the commit makes sayable. `besides`: other entries that are
/// due, first in the log.
///
/// # Errors
/// As [`append`], and those of `build`.
pub fn disclose<F, S, A, E: From<Error>>(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    besides: Vec<Draft>,
    questions: Vec<Asked<F, S>>,
    build: fn(F, S) -> std::result::Result<Built<A>, E>,
) -> std::result::Result<Unsaid<Vec<OnRecord<A>>>, E> {
    let first = besides.len();
    let mut drafts = besides;
    let mut answers = Vec::with_capacity(questions.len());
    for asked in questions {
        let answer = build(asked.facts, asked.sealed.open())?;
        drafts.push(Draft { answer_digest: Some(answer.digest), decision: answer.decision, ..asked.draft });
        answers.push((answer.answer, answer.bytes, answer.shown));
    }
    let logged = append(tx, now, rng, drafts)?;
    let on_record = answers
        .into_iter()
        .zip(logged.into_iter().skip(first))
        .map(|((answer, bytes, shown), logged)| OnRecord { answer, bytes, logged, shown })
        .collect();
    Ok(Unsaid::new(on_record))
}
