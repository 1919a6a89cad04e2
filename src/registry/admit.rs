//! Admission: operators are admitted, suspended, and let go on.
//!
//! *Invariant:* a suspension stops new numbers and printing, and nothing else.

use rand::Rng;
use thiserror::Error;

use crate::audit::Action;
use crate::model::{Account, AccountId, Caller, Moment, NewOperator, Operator, OperatorId, Role, new_id};
use crate::storage::audit_log::{self, Draft};
use crate::storage::{self, Db, Tx, accounts, operators};

/// Why an operator was not admitted, suspended or let go on.
#[derive(Debug, Error)]
pub enum AdmitError {
    /// An operator with this BIN is admitted.
    #[error("an operator with this BIN is admitted already")]
    BinTaken,
    /// There is no such operator.
    #[error("there is no such operator")]
    Unknown,
    /// A suspension needs a reason.
    #[error("a suspension needs a reason of 1 to 2000 characters")]
    ReasonMissing,
    /// It is suspended.
    #[error("the operator is suspended already")]
    Suspended,
    /// It is not suspended.
    #[error("the operator is not suspended")]
    NotSuspended,
    /// The database failed.
    #[error("the operator could not be recorded")]
    Storage(#[from] storage::Error),
}

/// Admits an operator and makes the account that its keys will belong to.
///
/// # Errors
/// [`AdmitError::BinTaken`].
pub fn admit(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    new: NewOperator,
) -> Result<Operator, AdmitError> {
    let operator = Operator {
        id: OperatorId::new(now, rng),
        legal_name: new.legal_name,
        bin: new.bin.as_str().to_owned(),
        contact_phone: new.contact_phone,
        contact_email: new.contact_email,
        custody: new.custody,
        admitted_at: now,
        suspension: None,
        closed_at: None,
    };
    operators::insert(tx, &operator).map_err(|error| match error {
        storage::Error::Conflict(_) => AdmitError::BinTaken,
        other => AdmitError::Storage(other),
    })?;
    let staff = Account {
        id: AccountId::new(now, rng),
        role: Role::OperatorStaff,
        name: operator.legal_name.clone(),
        authority: None,
        operator_id: Some(operator.id.clone()),
        created_at: now,
    };
    accounts::insert(tx, &staff)?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::OperatorAdmitted, operator.id.as_str())])?;
    Ok(operator)
}

/// Lists operators; the caller's own, if it is an operator.
///
/// # Errors
/// Those of the database.
pub fn list_operators(
    db: &mut Db,
    caller: &Caller,
    after: Option<&str>,
    rows: usize,
) -> Result<Vec<Operator>, storage::Error> {
    operators::list(db, caller.operator_id.as_ref(), after, rows)
}

/// Suspends an operator.
///
/// # Errors
/// [`AdmitError`].
pub fn suspend(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    operator: &OperatorId,
    reason: &str,
) -> Result<Operator, AdmitError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 2000 {
        return Err(AdmitError::ReasonMissing);
    }
    let before = take_turn(tx, operator)?;
    if before.suspension.is_some() {
        return Err(AdmitError::Suspended);
    }
    operators::suspend(tx, &new_id(now, rng), operator, now, reason, &caller.account_id)?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::OperatorSuspended, operator.as_str())])?;
    Ok(Operator { suspension: Some((now, reason.to_owned())), ..before })
}

/// Lets a suspended operator go on.
///
/// # Errors
/// [`AdmitError`].
pub fn lift_suspension(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    operator: &OperatorId,
) -> Result<Operator, AdmitError> {
    let before = take_turn(tx, operator)?;
    operators::lift_suspension(tx, operator, now, &caller.account_id).map_err(|error| match error {
        storage::Error::Missing => AdmitError::NotSuspended,
        other => AdmitError::Storage(other),
    })?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::SuspensionLifted, operator.as_str())])?;
    Ok(Operator { suspension: None, ..before })
}

fn take_turn(tx: &mut Tx<'_>, operator: &OperatorId) -> Result<Operator, AdmitError> {
    operators::take_turn(tx, operator).map_err(|error| match error {
        storage::Error::Missing => AdmitError::Unknown,
        other => AdmitError::Storage(other),
    })
}
