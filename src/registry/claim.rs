//! Letters: claimed or adopted by an operator, objected to by the others, decided by the regulator.
//!
//! *Invariant:* only a confirmed letter gives numbers, and a confirmed letter is never decided again.

use rand::Rng;
use thiserror::Error;

use crate::audit::Action;
use crate::model::{Caller, Moment, OperatorId, OperatorStatus, Series, SeriesStatus, new_id};
use crate::plate::SeriesLetter;
use crate::storage::audit_log::{self, Draft};
use crate::storage::{self, Db, Tx, operators, series};

use super::Rules;

/// A letter that an operator wants.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The letter.
    pub letter: SeriesLetter,
    /// Since when scooters bear it, where it is in use (adoption).
    pub in_use_since: Option<Moment>,
    /// The notice once given to the others, as stated.
    pub notice: Option<String>,
}

/// The regulator's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesDecision {
    /// The letter is the operator's.
    Confirm,
    /// It is not.
    Reject,
}

/// Why a claim, objection or decision was refused.
#[derive(Debug, Error)]
pub enum ClaimError {
    /// The caller is no operator.
    #[error("only an operator can do this")]
    NotAnOperator,
    /// The operator is suspended or closed.
    #[error("the operator is suspended: it receives no new numbers")]
    Suspended,
    /// Numbers have no letters here: there is nothing to claim, and a claim would promise what no plate ever shows.
    #[error("the plate numbers of this registry have no letters")]
    NoLetters,
    /// The letter is another's.
    #[error("the letter {0} is taken")]
    Taken(SeriesLetter),
    /// The operator holds as many letters as it may.
    #[error("the operator holds as many letters as the rules allow")]
    Enough,
    /// Scooters cannot bear it since later than now.
    #[error("in_use_since lies in the future")]
    InFuture,
    /// Nobody claimed the letter.
    #[error("nobody claims the letter {0}")]
    Unknown(SeriesLetter),
    /// One cannot object to one's own claim.
    #[error("an operator cannot object to its own claim")]
    Own,
    /// The time to object is over, or the claim is decided.
    #[error("objections to the letter {0} are no longer taken")]
    Over(SeriesLetter),
    /// It is decided.
    #[error("the claim to the letter {0} is decided")]
    Decided(SeriesLetter),
    /// An objection or decision without a reason.
    #[error("a reason of 1 to 2000 characters is needed")]
    ReasonMissing,
    /// The database failed.
    #[error("the letter could not be recorded")]
    Storage(#[from] storage::Error),
}

fn reason(text: &str) -> Result<&str, ClaimError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 2000 { Err(ClaimError::ReasonMissing) } else { Ok(text) }
}

fn own(caller: &Caller) -> Result<&OperatorId, ClaimError> {
    caller.operator_id.as_ref().ok_or(ClaimError::NotAnOperator)
}

/// Claims a letter, or asks that a letter in use be confirmed.
///
/// # Errors
/// [`ClaimError`].
pub fn claim(
    tx: &mut Tx<'_>,
    rules: &Rules,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    claim: Claim,
) -> Result<Series, ClaimError> {
    if !rules.scheme.has_letters() {
        return Err(ClaimError::NoLetters);
    }
    let operator = operators::take_turn(tx, own(caller)?)?;
    if operator.status() != OperatorStatus::Admitted {
        return Err(ClaimError::Suspended);
    }
    if claim.in_use_since.is_some_and(|since| since > now) {
        return Err(ClaimError::InFuture);
    }
    if series::find(tx.db(), claim.letter)?.is_some() {
        return Err(ClaimError::Taken(claim.letter));
    }
    if series::list(tx.db(), Some(&operator.id), None, 26)?.len() >= rules.letters_per_operator {
        return Err(ClaimError::Enough);
    }
    // A letter that is in use was announced once; confirming it starts no new clock.
    let objections_until = match claim.in_use_since {
        Some(_) => None,
        None => Some(rules.working_days.deadline(rules.zone, now, rules.objection_days)),
    };
    let new = Series {
        letter: claim.letter,
        operator_id: operator.id,
        status: SeriesStatus::Claimed,
        claimed_at: now,
        in_use_since: claim.in_use_since,
        notice: claim.notice,
        objections_until,
        decided_at: None,
        decision_reason: None,
        next_serial: 1,
    };
    series::insert(tx, &new).map_err(|error| match error {
        storage::Error::Conflict(_) => ClaimError::Taken(new.letter),
        other => ClaimError::Storage(other),
    })?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::SeriesClaimed, &new.letter.to_string())])?;
    Ok(new)
}

/// Lists letters and claims; everybody who may read them sees all, or nobody could object.
///
/// # Errors
/// Those of the database.
pub fn list_series(db: &mut Db, after: Option<&str>, rows: usize) -> Result<Vec<Series>, storage::Error> {
    series::list(db, None, after, rows)
}

/// Objects to another operator's claim.
///
/// # Errors
/// [`ClaimError`].
pub fn object(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    letter: SeriesLetter,
    text: &str,
) -> Result<Series, ClaimError> {
    let operator = own(caller)?;
    let text = reason(text)?;
    let claim = series::find(tx.db(), letter)?.ok_or(ClaimError::Unknown(letter))?;
    if claim.operator_id == *operator {
        return Err(ClaimError::Own);
    }
    if claim.status != SeriesStatus::Claimed || claim.objections_until.is_none_or(|until| until <= now) {
        return Err(ClaimError::Over(letter));
    }
    series::insert_objection(tx, &new_id(now, rng), letter, operator, text, now)?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::SeriesObjected, &letter.to_string())])?;
    Ok(claim)
}

/// Confirms or rejects a claim, also before the time to object is over.
///
/// # Errors
/// [`ClaimError`].
pub fn decide(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    letter: SeriesLetter,
    decision: SeriesDecision,
    text: &str,
) -> Result<Series, ClaimError> {
    let text = reason(text)?;
    let claim = series::find(tx.db(), letter)?.ok_or(ClaimError::Unknown(letter))?;
    let done = match decision {
        SeriesDecision::Confirm => series::confirm(tx, letter, now, &caller.account_id, text),
        SeriesDecision::Reject => series::reject(tx, &new_id(now, rng), &claim, now, &caller.account_id, text),
    };
    done.map_err(|error| match error {
        storage::Error::Missing => ClaimError::Decided(letter),
        other => ClaimError::Storage(other),
    })?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::SeriesDecided, &letter.to_string())])?;
    let status = match decision {
        SeriesDecision::Confirm => SeriesStatus::Confirmed,
        SeriesDecision::Reject => SeriesStatus::Rejected,
    };
    Ok(Series { status, decided_at: Some(now), decision_reason: Some(text.to_owned()), ..claim })
}
