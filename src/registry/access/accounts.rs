//! Accounts and keys: made, shown once, revoked.
//!
//! *Invariant:* the whole key leaves this file once, in [`NewKey`], and is kept nowhere. No key carries a scope that its
//! account's role, or the key of an operator that made it, does not have, and none lives longer than that key.

use rand::Rng;
use thiserror::Error;

use crate::audit::Action;
use crate::model::{AccessKey, Account, AccountId, AuthorityId, Caller, KeyId, Moment, OperatorId, Role, Scope};
use crate::registry::Registry;
use crate::storage::accounts::{self, StoredKey};
use crate::storage::audit_log::{self, Draft};
use crate::storage::{self, Tx, operators};

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What it is for.
    pub role: Role,
    /// What people call it.
    pub name: String,
    /// The police body, which officers and supervisors need.
    pub authority: Option<String>,
    /// The operator, which its staff needs.
    pub operator_id: Option<OperatorId>,
}

/// A key to be made.
#[derive(Debug, Clone)]
pub struct KeyRequest {
    /// What people call it.
    pub name: String,
    /// What it may be used for; `None`: all that its role can carry.
    pub scopes: Option<Vec<Scope>>,
    /// From when on it is refused; `None`: never, or with the operator's key that makes it.
    pub expires_at: Option<Moment>,
}

/// A key that was made: the one time that it is whole.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// As recorded.
    pub stored: StoredKey,
    /// For its owner.
    pub key: AccessKey,
}

/// Why an account or a key was not made.
#[derive(Debug, Error)]
pub enum AccountError {
    /// There is no such account, operator or key, or not one that this caller may know of.
    #[error("there is no such account, operator or key")]
    Unknown,
    /// An officer or supervisor without a police body.
    #[error("an account of this role needs an authority")]
    AuthorityMissing,
    /// Staff of an operator without the operator.
    #[error("an account of this role needs an operator")]
    OperatorMissing,
    /// A name without characters, or with too many.
    #[error("name must have 1 to 200 characters")]
    Name,
    /// A key without any scope.
    #[error("a key needs at least one scope")]
    NoScope,
    /// A scope that the role, or the key that asks, does not carry.
    #[error("the scope {0} cannot be given by this key to this account")]
    Scope(Scope),
    /// An expiry that has passed.
    #[error("expires_at lies in the past")]
    Expired,
    /// An expiry after that of the key that asks.
    #[error("expires_at lies after the expiry of the key that asks")]
    Outlives(Moment),
    /// The database failed.
    #[error("the account could not be recorded")]
    Storage(#[from] storage::Error),
}

fn checked_name(name: &str) -> Result<String, AccountError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 { Err(AccountError::Name) } else { Ok(name.to_owned()) }
}

/// Makes an account.
///
/// # Errors
/// [`AccountError`].
pub fn create_account(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    new: NewAccount,
) -> Result<Account, AccountError> {
    let name = checked_name(&new.name)?;
    let police = matches!(new.role, Role::Officer | Role::Supervisor);
    let authority = match (police, new.authority.as_deref().map(str::trim).filter(|name| !name.is_empty())) {
        (true, None) => return Err(AccountError::AuthorityMissing),
        (true, Some(name)) => {
            let id = accounts::authority_named(tx, &AuthorityId::new(now, rng), name, now)?;
            Some((id, name.to_owned()))
        }
        (false, _) => None,
    };
    let operator_id = match (new.role, new.operator_id) {
        (Role::OperatorStaff, None) => return Err(AccountError::OperatorMissing),
        (Role::OperatorStaff, Some(id)) => {
            operators::find(tx.db(), &id)?.ok_or(AccountError::Unknown)?;
            Some(id)
        }
        _ => None,
    };
    let account =
        Account { id: AccountId::new(now, rng), role: new.role, name, authority, operator_id, created_at: now };
    accounts::insert(tx, &account)?;
    let draft = Draft::of(caller, Action::AccountCreated, account.id.as_str());
    audit_log::append(tx, now, rng, &[draft])?;
    Ok(account)
}

/// Makes a key for an account.
///
/// # Errors
/// [`AccountError`].
pub fn create_key(
    tx: &mut Tx<'_>,
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    account: &AccountId,
    request: KeyRequest,
) -> Result<NewKey, AccountError> {
    let account = accounts::find(tx.db(), account)?.ok_or(AccountError::Unknown)?;
    let name = checked_name(&request.name)?;
    let scopes = request.scopes.unwrap_or_else(|| account.role.scopes().to_vec());
    if scopes.is_empty() {
        return Err(AccountError::NoScope);
    }
    let own = caller.role == Role::OperatorStaff;
    if let Some(scope) =
        scopes.iter().find(|scope| !account.role.scopes().contains(scope) || (own && !caller.may(**scope)))
    {
        return Err(AccountError::Scope(*scope));
    }
    if request.expires_at.is_some_and(|until| until <= now) {
        return Err(AccountError::Expired);
    }
    let most = if own { expiry_of(tx, caller)? } else { None };
    if let (Some(wanted), Some(most)) = (request.expires_at, most)
        && wanted > most
    {
        return Err(AccountError::Outlives(most));
    }
    let key = AccessKey::new(rng);
    let stored = StoredKey {
        id: KeyId::from_text(key.id()),
        account_id: account.id,
        name,
        secret_hash: registry.secrets.hash_access_secret(key.secret()),
        scopes,
        created_at: now,
        expires_at: request.expires_at.or(most),
        revoked_at: None,
    };
    accounts::insert_key(tx, &stored)?;
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::KeyCreated, stored.id.as_str())])?;
    Ok(NewKey { stored, key })
}

/// When the key that asks ends, if ever.
fn expiry_of(tx: &mut Tx<'_>, caller: &Caller) -> Result<Option<Moment>, AccountError> {
    let Some(id) = &caller.key_id else { return Ok(None) };
    Ok(accounts::find_key(tx.db(), id.as_str())?.ok_or(AccountError::Unknown)?.expires_at)
}

/// Makes a key for an operator: asked for by the regulator, or by the operator's own staff, never beyond the scopes and
/// the life of the key that asks.
///
/// # Errors
/// [`AccountError`]; a foreign operator is unknown.
pub fn create_operator_key(
    tx: &mut Tx<'_>,
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    operator: &OperatorId,
    request: KeyRequest,
) -> Result<NewKey, AccountError> {
    if caller.role == Role::OperatorStaff && caller.operator_id.as_ref() != Some(operator) {
        return Err(AccountError::Unknown);
    }
    let account = if caller.role == Role::OperatorStaff {
        caller.account_id.clone()
    } else {
        accounts::find_staff(tx.db(), operator)?.ok_or(AccountError::Unknown)?.id
    };
    create_key(tx, registry, now, rng, caller, &account, request)
}

/// Revokes a key.
///
/// # Errors
/// [`AccountError::Unknown`] where the account has no such key in force.
pub fn revoke_key(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    account: &AccountId,
    key: &KeyId,
) -> Result<(), AccountError> {
    if !accounts::revoke_key(tx, account, key, now)? {
        return Err(AccountError::Unknown);
    }
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::KeyRevoked, key.as_str())])?;
    Ok(())
}
