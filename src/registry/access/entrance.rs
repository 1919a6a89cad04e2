//! The entrance: from a credential to a caller.
//!
//! *Invariant:* a wrong secret, an unknown id, a revoked and an expired key are told apart inward only; outward they
//! are one refusal.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::model::{AccessKey, AccessKeyProblem, AccountId, Caller, KeyId, Moment, Role};
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
    Ok(find(registry, now, key)?.caller)
}

/// A caller with what was proved of the key.
#[derive(Debug, Clone)]
struct Proved {
    caller: Caller,
    secret_hash: Vec<u8>,
}

fn find(registry: &Registry, now: Moment, key: &str) -> Result<Proved, AccessError> {
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
    let caller = Caller {
        account_id: account.id,
        role: account.role,
        authority: account.authority,
        operator_id: account.operator_id,
        key_id: Some(stored.id),
        scopes: stored.scopes,
    };
    Ok(Proved { caller, secret_hash: stored.secret_hash })
}

/// Callers who came in a moment ago, so that many questions of one officer ask the database once. Who remembers a caller has to
/// ask once more whether the key is still in force where that matters: [`InForce`].
#[derive(Debug, Default)]
pub struct Remembered {
    callers: Mutex<HashMap<KeyId, (Proved, Moment)>>,
}

/// For how long a caller is remembered, in milliseconds.
const REMEMBERED_MS: i64 = 60_000;
/// How many callers are remembered.
const MOST_REMEMBERED: usize = 10_000;

impl Remembered {
    /// Finds a caller who was remembered. A key that cannot be read or does not fit is nobody's.
    #[must_use]
    pub fn find(&self, registry: &Registry, now: Moment, key: &str) -> Option<Caller> {
        let key = AccessKey::parse(key).ok()?;
        let (proved, since) = {
            let callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
            callers.get(&KeyId::from_text(key.id())).cloned()?
        };
        let age = now.as_millis().saturating_sub(since.as_millis());
        let hash = registry.secrets.hash_access_secret(key.secret());
        let fits = bool::from(proved.secret_hash.as_slice().ct_eq(&hash));
        ((0..REMEMBERED_MS).contains(&age) && fits).then_some(proved.caller)
    }

    /// Finds who holds this key, and remembers that.
    ///
    /// # Errors
    /// As [`authenticate`].
    pub fn authenticate(&self, registry: &Registry, now: Moment, key: &str) -> Result<Caller, AccessError> {
        let proved = find(registry, now, key)?;
        let caller = proved.caller.clone();
        if let Some(id) = caller.key_id.clone() {
            let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
            if callers.len() >= MOST_REMEMBERED {
                callers.clear();
            }
            callers.insert(id, (proved, now));
        }
        Ok(caller)
    }

    /// Forgets a caller whose key turned out to be invalid.
    pub fn forget(&self, caller: &Caller) {
        if let Some(id) = &caller.key_id {
            self.callers.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        }
    }
}

/// Which keys are valid.
#[derive(Debug)]
pub struct InForce(HashSet<KeyId>);

impl InForce {
    /// Returns whether this caller's key is. The console has none and needs none.
    #[must_use]
    pub fn holds(&self, caller: &Caller) -> bool {
        caller.key_id.as_ref().is_none_or(|id| self.0.contains(id))
    }
}

impl InForce {
    /// The ids of the callers' keys, each once.
    pub fn ids<'a>(callers: impl Iterator<Item = &'a Caller>) -> Vec<&'a str> {
        let ids: BTreeSet<_> = callers.filter_map(|caller| caller.key_id.as_ref()).map(KeyId::as_str).collect();
        ids.into_iter().collect()
    }

    /// Takes the keys that were found valid.
    #[must_use]
    pub const fn of(valid: HashSet<KeyId>) -> Self {
        Self(valid)
    }
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
