//! The entrance: from a credential to a caller.
//!
//! *Invariant:* a wrong secret, an unknown id, a revoked and an expired key are told apart inward only; outward they
//! are one refusal.

use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::model::{AccessKey, AccessKeyProblem, AccountId, Caller, Moment, Role};
use crate::registry::Registry;
use crate::storage::{self, accounts};

/// Why a credential was not accepted.
#[derive(Debug, Error)]
pub enum AccessError {
    /// It is no key, or was mistyped.
    #[error("the key cannot be read")]
    Unreadable(#[source] AccessKeyProblem),
    /// No such key, another secret, revoked, or expired.
    #[error("the key is not valid")]
    Invalid,
    /// The database failed.
    #[error("the key could not be looked up")]
    Storage(#[from] storage::Error),
}

/// Finds who holds this key.
///
/// # Errors
/// [`AccessError`].
pub fn authenticate(registry: &Registry, now: Moment, key: &str) -> Result<Caller, AccessError> {
    let key = AccessKey::parse(key).map_err(AccessError::Unreadable)?;
    let hash = registry.secrets.hash_access_secret(key.secret());
    let found = registry.store.read(|db| -> storage::Result<_> {
        let Some(stored) = accounts::find_key(db, key.id())? else {
            return Ok(None);
        };
        Ok(accounts::find(db, &stored.account_id)?.map(|account| (stored, account)))
    })?;
    let (stored, account) = found.ok_or(AccessError::Invalid)?;
    let fits = bool::from(stored.secret_hash.as_slice().ct_eq(&hash));
    let in_force = stored.revoked_at.is_none() && stored.expires_at.is_none_or(|until| now < until);
    if !(fits && in_force) {
        return Err(AccessError::Invalid);
    }
    Ok(Caller {
        account_id: account.id,
        role: account.role,
        authority: account.authority,
        operator_id: account.operator_id,
        key_id: Some(stored.id),
        scopes: stored.scopes,
    })
}

/// Returns the caller who sits at the machine's own console: whoever runs the program there can read its keys anyway,
/// and the log names the console.
#[must_use]
pub fn console() -> Caller {
    Caller {
        account_id: AccountId::from_text("console"),
        role: Role::Regulator,
        authority: None,
        operator_id: None,
        key_id: None,
        scopes: Role::Regulator.scopes().to_vec(),
    }
}
