//! Lookups as they are kept: the exact bytes of question and answer, encrypted; and which rides were shown to whom.
//!
//! *Invariant:* nothing of an answer stands here in clear but the ids of the rides that it showed.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;
use rand::Rng;
use std::collections::BTreeMap;
use std::sync::PoisonError;

use super::audit_log::{self, Appended, End, Logged, Seen, moved};
use super::connection::{Alone, Tx};
use super::db::Db;
use super::dialect::columns::{Change, Values, What, apply};
use super::dialect::rows_a_statement;
use super::disclosure::{OnRecord, Prepared, Shown, Unrecorded};
use super::error::Result;
use super::schema::{lookup_rides as shown, lookups};
use super::sealed::{Sealed, Unsaid};
use super::values::{limit, signed, size, stored_size};
use crate::audit::Hash;
use crate::model::{AccountId, AuthorityId, LookupId, Moment, OperatorId, RideId};

/// A lookup to be kept, but for its answer.
#[derive(Debug, Clone)]
pub struct NewLookup {
    /// Its id.
    pub id: LookupId,
    /// Who asked.
    pub account_id: AccountId,
    /// The police body.
    pub authority_id: Option<AuthorityId>,
    /// The case; `None`: pending.
    pub case_number: Option<String>,
    /// Until when a pending case must be named.
    pub case_due: Option<Moment>,
}

impl NewLookup {
    fn authority(&self) -> Option<&str> {
        self.authority_id.as_ref().map(AuthorityId::as_str)
    }
}

/// A lookup as kept.
#[derive(Debug, Clone)]
pub struct StoredLookup {
    /// Its id.
    pub id: LookupId,
    /// When it was asked.
    pub asked_at: Moment,
    /// Who asked.
    pub account_id: AccountId,
    /// The police body.
    pub authority_id: Option<AuthorityId>,
    /// Where its entry stands.
    pub log_index: u64,
    /// The case; `None`: pending.
    pub case_number: Option<String>,
    /// Until when a pending case must be named.
    pub case_due: Option<Moment>,
}

/// A kept answer: nonce and ciphertext, not to be opened before the look is on record.
pub type KeptAnswer = Sealed<(Vec<u8>, Vec<u8>)>;

type Row = (String, i64, String, Option<String>, i64, Option<String>, Option<i64>, Vec<u8>, Vec<u8>);

/// Answers that are encrypted to be kept, before their entries have their places.
pub struct ToKeep<A> {
    prepared: Prepared<A>,
    new: Vec<NewLookup>,
    encrypted: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Encrypts the bytes of answers; `new` is in their order. `encrypt` turns the id of a lookup and the bytes of its answer into nonce
/// and ciphertext.
///
/// # Errors
/// Those of `encrypt`.
pub fn encrypt<A, E>(
    prepared: Prepared<A>,
    new: Vec<NewLookup>,
    mut encrypt: impl FnMut(&LookupId, &[u8]) -> std::result::Result<(Vec<u8>, Vec<u8>), E>,
) -> std::result::Result<ToKeep<A>, E> {
    let each = new.iter().zip(&prepared.answers);
    let encrypted =
        each.map(|(lookup, answer)| encrypt(&lookup.id, &answer.bytes)).collect::<std::result::Result<_, E>>()?;
    Ok(ToKeep { prepared, new, encrypted })
}

/// Writes entries and answers behind the end of the log that is held.
///
/// # Errors
/// As [`super::audit_log::append`].
pub fn keep<A>(
    tx: &mut Tx<'_>,
    end: End,
    now: Moment,
    rng: &mut impl Rng,
    to_keep: ToKeep<A>,
) -> Result<Unsaid<Vec<OnRecord<A>>>> {
    let appended = Appended::after(end, now, rng, &to_keep.prepared.drafts)?;
    let (head, rows) = to_keep.changes(now, &appended)?;
    let [entries, salts, lookups, rides] = rows;
    moved(apply(tx.db(), &[entries, salts, lookups, rides, head])?)?;
    Ok(to_keep.prepared.recorded(&appended.logged))
}

/// Writes entries and answers behind the end of the log, wherever that is by then, in a transaction of its own; `None`, and nothing
/// is written, where rides were corrected since they were looked at (`seen`), or others kept being first.
///
/// # Errors
/// As [`super::audit_log::append`].
pub fn keep_alone<A>(
    alone: &mut Alone<'_>,
    seen: &Seen,
    now: Moment,
    rng: &mut impl Rng,
    to_keep: ToKeep<A>,
) -> Result<Option<Unsaid<Vec<OnRecord<A>>>>> {
    // Whoever of this program records next waits here and not in the database, and goes on from where this one ends.
    let mut left = alone.end_of_log().lock().unwrap_or_else(PoisonError::into_inner);
    let mut remembered = left.take().filter(|end| end.corrections == seen.corrections);
    for _ in 0..TRIES {
        let end = match remembered.take() {
            Some(end) => end,
            None => audit_log::end(alone.db())?,
        };
        if end.corrections != seen.corrections {
            return Ok(None);
        }
        let appended = Appended::after(end, now, rng, &to_keep.prepared.drafts)?;
        let (head, rows) = to_keep.changes(now, &appended)?;
        if alone.swap_and_write(&head, &rows)? {
            *left = Some(appended.end());
            return Ok(Some(to_keep.prepared.recorded(&appended.logged)));
        }
    }
    Ok(None)
}

/// How often an end of the log is taken for what it is without being held.
const TRIES: usize = 3;

impl<A> ToKeep<A> {
    /// What moves the head of the log, and what is to be written with it.
    fn changes<'a>(&'a self, now: Moment, appended: &'a Appended) -> Result<(Change<'a>, [Change<'a>; 4])> {
        let [entries, salts, head] = appended.changes();
        let logged = self.prepared.of_answers(&appended.logged);
        let lookups = kept(now, &self.new, logged, &self.encrypted)?;
        Ok((head, [entries, salts, lookups, shown_to(now, &self.new, &self.prepared.answers)?]))
    }
}

fn kept<'a>(
    now: Moment,
    new: &'a [NewLookup],
    logged: &[Logged],
    encrypted: &'a [(Vec<u8>, Vec<u8>)],
) -> Result<Change<'a>> {
    let indexes = logged.iter().map(|logged| stored_size(logged.index)).collect::<Result<_>>()?;
    let columns = vec![
        ("id", Values::Texts(new.iter().map(|lookup| lookup.id.as_str()).collect())),
        ("asked_at", Values::Numbers(new.iter().map(|_| now.as_millis()).collect())),
        ("account_id", Values::Texts(new.iter().map(|lookup| lookup.account_id.as_str()).collect())),
        ("authority_id", Values::MaybeTexts(new.iter().map(NewLookup::authority).collect())),
        ("log_index", Values::Numbers(indexes)),
        ("case_number", Values::MaybeTexts(new.iter().map(|lookup| lookup.case_number.as_deref()).collect())),
        ("case_due", Values::MaybeNumbers(new.iter().map(|lookup| lookup.case_due.map(Moment::as_millis)).collect())),
        ("answer_nonce", Values::Bytes(encrypted.iter().map(|(nonce, _)| nonce.as_slice()).collect())),
        ("answer_sealed", Values::Bytes(encrypted.iter().map(|(_, bytes)| bytes.as_slice()).collect())),
    ];
    Ok(Change { what: What::Insert("lookups"), columns })
}

fn shown_to<'a, A>(now: Moment, new: &'a [NewLookup], answers: &'a [Unrecorded<A>]) -> Result<Change<'a>> {
    let mut shown: Vec<(&str, &Shown)> = Vec::with_capacity(answers.len());
    for (lookup, said) in new.iter().zip(answers) {
        // An answer may show a ride in several places; it is told once.
        let once: BTreeMap<_, _> = said.shown.iter().map(|one| ((&one.0, &one.1), one)).collect();
        shown.extend(once.into_values().map(|one| (lookup.id.as_str(), one)));
    }
    let columns = vec![
        ("operator_id", Values::Texts(shown.iter().map(|(_, (operator, _, _))| operator.as_str()).collect())),
        ("ride_id", Values::Texts(shown.iter().map(|(_, (_, ride, _))| ride.as_str()).collect())),
        ("lookup_id", Values::Texts(shown.iter().map(|(lookup, _)| *lookup).collect())),
        (
            "version",
            Values::Integers(shown.iter().map(|(_, (_, _, version))| signed(*version)).collect::<Result<_>>()?),
        ),
        ("asked_at", Values::Numbers(shown.iter().map(|_| now.as_millis()).collect())),
    ];
    Ok(Change { what: What::Insert("lookup_rides"), columns })
}

fn stored(row: Row) -> Result<(StoredLookup, KeptAnswer)> {
    let (id, asked_at, account_id, authority_id, log_index, case_number, case_due, nonce, bytes) = row;
    let lookup = StoredLookup {
        id: LookupId::from_text(&id),
        asked_at: Moment::from_millis(asked_at),
        account_id: AccountId::from_text(&account_id),
        authority_id: authority_id.map(|id| AuthorityId::from_text(&id)),
        log_index: size(log_index)?,
        case_number,
        case_due: case_due.map(Moment::from_millis),
    };
    Ok((lookup, Sealed::new((nonce, bytes))))
}

/// Finds a lookup; its answer is sealed, as nonce and ciphertext.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, id: &LookupId) -> Result<Option<(StoredLookup, KeptAnswer)>> {
    lookups::table.filter(lookups::id.eq(id.as_str())).first::<Row>(db).optional()?.map(stored).transpose()
}

/// What the verification of the log learns of a kept answer: where its entry should stand, and its digest.
#[derive(Debug, Clone)]
pub struct KeptDigest {
    /// The id of the lookup.
    pub id: LookupId,
    /// The index of its entry, as it stands there.
    pub log_index: i64,
    /// The digest of the answer; `None` where the bytes do not open.
    pub digest: Option<Hash>,
}

/// Digests kept answers in the order of their ids, beyond the one given: for the verification of the log only. That
/// shows nothing of a ride, so it leaves no entry: `digest` is given id, nonce and ciphertext, and can hand out nothing
/// but a hash.
///
/// # Errors
/// Those of the database.
pub fn kept_digests(
    db: &mut Db,
    beyond: Option<&LookupId>,
    rows: usize,
    digest: impl Fn(&str, &[u8], &[u8]) -> Option<Hash>,
) -> Result<Vec<KeptDigest>> {
    let wanted = lookups::table.order(lookups::id).limit(limit(rows)).select((
        lookups::id,
        lookups::log_index,
        lookups::answer_nonce,
        lookups::answer_sealed,
    ));
    let found: Vec<(String, i64, Vec<u8>, Vec<u8>)> = match beyond {
        None => wanted.load(db)?,
        Some(id) => wanted.filter(lookups::id.gt(id.as_str())).load(db)?,
    };
    let digested = found.into_iter().map(|(id, log_index, nonce, bytes)| {
        let digest = digest(&id, &nonce, &bytes);
        KeptDigest { id: LookupId::from_text(&id), log_index, digest }
    });
    Ok(digested.collect())
}

/// Returns whether any lookup is kept.
///
/// # Errors
/// Those of the database.
pub fn are_kept(db: &mut Db) -> Result<bool> {
    Ok(lookups::table.select(lookups::log_index).first::<i64>(db).optional()?.is_some())
}

/// Finds who asked the question that an entry records.
///
/// # Errors
/// Those of the database.
pub fn asked_by(db: &mut Db, log_index: u64) -> Result<Option<AccountId>> {
    let found: Option<String> = lookups::table
        .filter(lookups::log_index.eq(stored_size(log_index)?))
        .select(lookups::account_id)
        .first(db)
        .optional()?;
    Ok(found.map(|id| AccountId::from_text(&id)))
}

/// Names the case of a lookup that was asked while it was pending; returns whether it was.
///
/// # Errors
/// Those of the database.
pub fn set_case(tx: &mut Tx<'_>, id: &LookupId, case_number: &str) -> Result<bool> {
    let changed =
        diesel::update(lookups::table.filter(lookups::id.eq(id.as_str())).filter(lookups::case_number.is_null()))
            .set((lookups::case_number.eq(Some(case_number)), lookups::case_due.eq(None::<i64>)))
            .execute(tx.db())?;
    Ok(changed > 0)
}

/// Lists pending lookups of a police body whose case should have been named by now.
///
/// # Errors
/// Those of the database.
pub fn list_overdue(db: &mut Db, authority: &AuthorityId, now: Moment, rows: usize) -> Result<Vec<StoredLookup>> {
    lookups::table
        .filter(lookups::authority_id.eq(authority.as_str()))
        .filter(lookups::case_due.lt(now.as_millis()))
        .order(lookups::case_due)
        .limit(limit(rows))
        .load::<Row>(db)?
        .into_iter()
        .map(|row| Ok(stored(row)?.0))
        .collect()
}

/// Finds when rides were first shown by a lookup; a ride that never was is absent.
///
/// # Errors
/// Those of the database.
pub(super) fn first_shown(db: &mut Db, rides: &[(OperatorId, RideId)]) -> Result<Vec<((OperatorId, RideId), Moment)>> {
    let mut first: BTreeMap<(String, String), i64> = BTreeMap::new();
    for chunk in rides.chunks(rows_a_statement(2)) {
        let rows: Vec<(String, String, i64)> = shown::table
            .filter(shown::operator_id.eq_any(chunk.iter().map(|(operator, _)| operator.as_str())))
            .filter(shown::ride_id.eq_any(chunk.iter().map(|(_, ride)| ride.as_str())))
            .select((shown::operator_id, shown::ride_id, shown::asked_at))
            .load(db)?;
        for (operator, ride, asked) in rows {
            let earliest = first.entry((operator, ride)).or_insert(asked);
            *earliest = asked.min(*earliest);
        }
    }
    let of = |(operator, ride): &(OperatorId, RideId)| {
        let asked = first.get(&(operator.as_str().to_owned(), ride.as_str().to_owned()))?;
        Some(((operator.clone(), ride.clone()), Moment::from_millis(*asked)))
    };
    Ok(rides.iter().filter_map(of).collect())
}
