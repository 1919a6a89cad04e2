//! The audit log: entries and head in the same transaction as the effect they record.
//!
//! *Invariant:* an entry is never changed or removed; the head moves once a transaction, from exactly the size and root that were
//! read: under its lock, or compared and swapped with everything else in one statement. Two servers on one database queue up; they
//! cannot fork the log.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use rand::Rng;

use super::connection::Tx;
use super::db::Db;
use super::dialect::bundle::Slice;
use super::dialect::columns::{Change, Values, What, apply, load};
use super::dialect::for_update;
use super::error::{Error, Result};
use super::schema::log_head as head;
use super::values::{size, stored_size};
use crate::audit::{Action, Commitment, CompactRange, Decision, ENTRY_VERSION, Entry, Hash, Salt, commit, leaf_hash};
use crate::model::{Caller, Moment, new_id};

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

/// The end of the log, as it was read or left.
#[derive(Debug, Clone, QueryableByName)]
pub struct End {
    #[diesel(sql_type = BigInt)]
    size: i64,
    #[diesel(sql_type = Binary)]
    root: Vec<u8>,
    #[diesel(sql_type = Binary)]
    frontier: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    last_time: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) corrections: i64,
}

/// What a look at rides finds of the log: whether they were corrected since can be told by it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub(super) corrections: i64,
    /// The newest signed checkpoint.
    pub checkpoint: String,
}

/// [`Seen`], beside everything else that is looked at.
pub(super) const SEEN: Slice = Slice {
    columns: "t.corrections, (SELECT c.note FROM log_checkpoints c ORDER BY c.size DESC LIMIT 1)",
    from: "log_head t WHERE t.id = 1",
};

pub(super) fn of_slice(mut rows: Vec<(i64, Option<String>)>) -> Result<Seen> {
    let (corrections, checkpoint) = rows.pop().ok_or(Error::Missing)?;
    Ok(Seen { corrections, checkpoint: checkpoint.ok_or(Error::Missing)? })
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
pub fn append(tx: &mut Tx<'_>, now: Moment, rng: &mut impl Rng, drafts: &[Draft]) -> Result<Vec<Logged>> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let end = hold(tx)?;
    let appended = Appended::after(end, now, rng, drafts)?;
    moved(apply(tx.db(), &appended.changes())?)?;
    Ok(appended.logged)
}

/// Entries with their places, and the head behind them; not written yet.
pub(super) struct Appended {
    pub(super) logged: Vec<Logged>,
    old: End,
    rows: Vec<EntryRow>,
    salts: Vec<SaltRow>,
    size: i64,
    root: Hash,
    frontier: Vec<u8>,
    time: i64,
}

impl Appended {
    pub(super) fn after(old: End, now: Moment, rng: &mut impl Rng, drafts: &[Draft]) -> Result<Self> {
        let mut range = CompactRange::from_bytes(&old.frontier).map_err(|error| Error::Broken(Box::new(error)))?;
        if range.size() != size(old.size)? || range.root().as_bytes().as_slice() != old.root.as_slice() {
            return Err(Error::corrupt("the head of the audit log contradicts itself: run `log verify`"));
        }
        // Entries never go back in time, even if this server's clock does.
        let time = now.as_millis().max(old.last_time);
        let mut logged = Vec::with_capacity(drafts.len());
        let mut rows = Vec::with_capacity(drafts.len());
        let mut salts = Vec::new();
        for draft in drafts {
            let index = range.size();
            let entry = entry_of(draft, stored_size(index)?, time, rng, &mut salts);
            let bytes = entry.canonical().map_err(|error| Error::Broken(Box::new(error)))?;
            let hash = leaf_hash(&bytes);
            range.append(hash);
            rows.push(EntryRow { idx: stored_size(index)?, entry: bytes, leaf_hash: hash });
            logged.push(Logged { index, entry_hash: hash });
        }
        let (size, root, frontier) = (stored_size(range.size())?, range.root(), range.to_bytes());
        Ok(Self { logged, old, rows, salts, size, root, frontier, time })
    }

    /// The end of the log behind the entries.
    pub(super) fn end(&self) -> End {
        let (root, frontier) = (self.root.as_bytes().to_vec(), self.frontier.clone());
        End { size: self.size, root, frontier, last_time: self.time, corrections: self.old.corrections }
    }

    /// What is to be written; the last of it moves the head, and has to touch one row.
    pub(super) fn changes(&self) -> [Change<'_>; 3] {
        let entries = vec![
            ("idx", Values::Numbers(self.rows.iter().map(|row| row.idx).collect())),
            ("entry", Values::Bytes(self.rows.iter().map(|row| row.entry.as_slice()).collect())),
            ("leaf_hash", Values::Bytes(self.rows.iter().map(|row| row.leaf_hash.as_bytes().as_slice()).collect())),
        ];
        let salts = vec![
            ("idx", Values::Numbers(self.salts.iter().map(|row| row.idx).collect())),
            ("subject", Values::Texts(self.salts.iter().map(|row| row.subject).collect())),
            ("salt", Values::Bytes(self.salts.iter().map(|row| row.salt.as_slice()).collect())),
        ];
        let head = vec![
            ("size", Values::Numbers(vec![self.size])),
            ("root", Values::Bytes(vec![self.root.as_bytes().as_slice()])),
            ("frontier", Values::Bytes(vec![&self.frontier])),
            ("last_time", Values::Numbers(vec![self.time])),
            ("old_size", Values::Numbers(vec![self.old.size])),
            ("old_root", Values::Bytes(vec![&self.old.root])),
            ("old_corrections", Values::Numbers(vec![self.old.corrections])),
        ];
        [
            Change { what: What::Insert("log_entries"), columns: entries },
            Change { what: What::Insert("log_salts"), columns: salts },
            Change { what: What::Swap("log_head"), columns: head },
        ]
    }
}

/// Judges how many heads were moved.
pub(super) fn moved(heads: usize) -> Result<()> {
    if heads == 1 { Ok(()) } else { Err(Error::Conflict("the head of the audit log was moved meanwhile".to_owned())) }
}

/// Keeps every other writer of the log waiting from here to the end of the transaction, and with them whoever records anything:
/// for what must be read and recorded with nothing in between.
///
/// # Errors
/// Those of the database.
pub fn hold(tx: &mut Tx<'_>) -> Result<End> {
    let words = format!("{END}{}", for_update(tx.db()));
    load(tx.db(), &words)?.pop().ok_or(Error::Missing)
}

/// As [`hold`], to correct rides: whoever has looked at them and not recorded it yet will look again.
///
/// # Errors
/// Those of the database.
pub fn hold_to_correct(tx: &mut Tx<'_>) -> Result<()> {
    let counted = diesel::update(head::table.filter(head::id.eq(1))).set(head::corrections.eq(head::corrections + 1));
    if counted.execute(tx.db())? == 1 { Ok(()) } else { Err(Error::Missing) }
}

/// Reads the end of the log, which may move at once.
pub(super) fn end(db: &mut Db) -> Result<End> {
    load(db, END)?.pop().ok_or(Error::Missing)
}

const END: &str = "SELECT size, root, frontier, last_time, corrections FROM log_head WHERE id = 1";

fn entry_of(draft: &Draft, index: i64, time: i64, rng: &mut impl Rng, kept: &mut Vec<SaltRow>) -> Entry {
    let mut committed = |subject: &'static str, value: &Option<String>| -> Option<Commitment> {
        value.as_ref().map(|value| {
            let mut bytes = [0_u8; 32];
            rng.fill_bytes(&mut bytes);
            let salt = Salt::from_bytes(bytes);
            kept.push(SaltRow { idx: index, subject, salt: bytes });
            commit(&salt, value)
        })
    };
    let case_commitment = committed("case", &draft.case_number);
    let subject_commitment = committed("subject", &draft.subject);
    Entry {
        version: ENTRY_VERSION,
        id: new_id(Moment::from_millis(time), rng),
        time,
        actor: draft.actor.clone(),
        authority: draft.authority.clone(),
        role: draft.role.clone(),
        action: draft.action,
        purpose: draft.purpose.clone(),
        case_commitment,
        subject_commitment,
        question_digest: draft.question_digest,
        answer_digest: draft.answer_digest,
        decision: draft.decision,
    }
}
