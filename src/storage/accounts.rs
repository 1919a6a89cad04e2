//! Accounts, the police bodies they belong to, and their keys.
//!
//! *Invariant:* the secret of a key is never stored; only its keyed hash is.

use diesel::prelude::*;
use std::collections::HashSet;

use super::connection::Tx;
use super::db::Db;
use super::dialect::bundle::Slice;
use super::error::{Error, Result};
use super::schema::{accounts, api_keys, authorities};
use super::values::{known, limit};
use crate::model::{Account, AccountId, AuthorityId, KeyId, Moment, OperatorId, Role, Scope};

/// A key as recorded.
#[derive(Debug, Clone)]
pub struct StoredKey {
    /// Its public part.
    pub id: KeyId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What people call it.
    pub name: String,
    /// The keyed hash of its secret.
    pub secret_hash: Vec<u8>,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Moment,
    /// From when on it is refused.
    pub expires_at: Option<Moment>,
    /// When it was revoked.
    pub revoked_at: Option<Moment>,
}

type AccountRow = (String, String, String, Option<String>, Option<String>, Option<String>, i64);
type KeyRow = (String, String, String, Vec<u8>, String, i64, Option<i64>, Option<i64>);

fn account(row: AccountRow) -> Result<Account> {
    let (id, role, name, authority_id, authority_name, operator_id, created_at) = row;
    Ok(Account {
        id: AccountId::from_text(&id),
        role: known(Role::find(&role), "role", &role)?,
        name,
        authority: authority_id.map(|id| AuthorityId::from_text(&id)).zip(authority_name),
        operator_id: operator_id.map(|id| OperatorId::from_text(&id)),
        created_at: Moment::from_millis(created_at),
    })
}

fn key(row: KeyRow) -> Result<StoredKey> {
    let (id, account_id, name, secret_hash, scopes, created_at, expires_at, revoked_at) = row;
    Ok(StoredKey {
        id: KeyId::from_text(&id),
        account_id: AccountId::from_text(&account_id),
        name,
        secret_hash,
        scopes: scopes.split_whitespace().map(|name| known(Scope::find(name), "scope", name)).collect::<Result<_>>()?,
        created_at: Moment::from_millis(created_at),
        expires_at: expires_at.map(Moment::from_millis),
        revoked_at: revoked_at.map(Moment::from_millis),
    })
}

/// Finds a police body by name, or records it under the id given. Of many that name it at once the first records it, and
/// the others wait for that and find it.
///
/// # Errors
/// Those of the database.
pub fn authority_named(tx: &mut Tx<'_>, new: &AuthorityId, name: &str, now: Moment) -> Result<AuthorityId> {
    if let Some(id) = find_authority(tx.db(), name)? {
        return Ok(id);
    }
    let row =
        (authorities::id.eq(new.as_str()), authorities::name.eq(name), authorities::created_at.eq(now.as_millis()));
    on_each!(tx.db(), connection => {
        diesel::insert_into(authorities::table).values(row).on_conflict_do_nothing().execute(connection)
    })?;
    find_authority(tx.db(), name)?.ok_or(Error::Missing)
}

fn find_authority(db: &mut Db, name: &str) -> Result<Option<AuthorityId>> {
    let id: Option<String> =
        authorities::table.filter(authorities::name.eq(name)).select(authorities::id).first(db).optional()?;
    Ok(id.map(|id| AuthorityId::from_text(&id)))
}

/// Records an account.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, new: &Account) -> Result<()> {
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(new.id.as_str()),
            accounts::role.eq(new.role.name()),
            accounts::name.eq(&new.name),
            accounts::authority_id.eq(new.authority.as_ref().map(|(id, _)| id.as_str())),
            accounts::operator_id.eq(new.operator_id.as_ref().map(OperatorId::as_str)),
            accounts::created_at.eq(new.created_at.as_millis()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Finds an account that is not closed.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, id: &AccountId) -> Result<Option<Account>> {
    rows_of(db, Some(id.as_str()), None)?.into_iter().next().map(account).transpose()
}

/// Finds the oldest staff account of an operator: its keys belong to it.
///
/// # Errors
/// Those of the database.
pub fn find_staff(db: &mut Db, operator: &OperatorId) -> Result<Option<Account>> {
    rows_of(db, None, Some(operator.as_str()))?.into_iter().next().map(account).transpose()
}

fn rows_of(db: &mut Db, id: Option<&str>, operator: Option<&str>) -> Result<Vec<AccountRow>> {
    let mut query = accounts::table
        .left_join(authorities::table.on(accounts::authority_id.eq(authorities::id.nullable())))
        .filter(accounts::closed_at.is_null())
        .select((
            accounts::id,
            accounts::role,
            accounts::name,
            accounts::authority_id,
            authorities::name.nullable(),
            accounts::operator_id,
            accounts::created_at,
        ))
        .order((accounts::created_at, accounts::id))
        .limit(1)
        .into_boxed();
    if let Some(id) = id {
        query = query.filter(accounts::id.eq(id.to_owned()));
    }
    if let Some(operator) = operator {
        query = query.filter(accounts::operator_id.eq(operator.to_owned()));
    }
    Ok(query.load(db)?)
}

/// Records a key.
///
/// # Errors
/// Those of the database.
pub fn insert_key(tx: &mut Tx<'_>, new: &StoredKey) -> Result<()> {
    let scopes: Vec<_> = new.scopes.iter().map(|scope| scope.name()).collect();
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(new.id.as_str()),
            api_keys::account_id.eq(new.account_id.as_str()),
            api_keys::name.eq(&new.name),
            api_keys::secret_hash.eq(&new.secret_hash),
            api_keys::scopes.eq(scopes.join(" ")),
            api_keys::created_at.eq(new.created_at.as_millis()),
            api_keys::expires_at.eq(new.expires_at.map(Moment::as_millis)),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Finds a key by its public part, revoked and expired ones too.
///
/// # Errors
/// Those of the database.
pub fn find_key(db: &mut Db, id: &str) -> Result<Option<StoredKey>> {
    api_keys::table.filter(api_keys::id.eq(id)).first::<KeyRow>(db).optional()?.map(key).transpose()
}

/// Keys that nobody revoked, of accounts that are open, with the instant at which they run out.
pub(super) const KEYS: Slice = Slice {
    columns: "t.id, t.expires_at",
    from: "qk CROSS JOIN api_keys t CROSS JOIN accounts a WHERE t.id = qk.id AND a.id = t.account_id AND a.closed_at IS NULL \
           AND t.revoked_at IS NULL",
};

pub(super) fn in_force(rows: Vec<(String, Option<i64>)>, now: Moment) -> HashSet<KeyId> {
    let valid = rows.into_iter().filter(|(_, until)| until.is_none_or(|until| until > now.as_millis()));
    valid.map(|(id, _)| KeyId::from_text(&id)).collect()
}

/// Lists the keys of an account, newest last.
///
/// # Errors
/// Those of the database.
pub fn list_keys(db: &mut Db, account: &AccountId, rows: usize) -> Result<Vec<StoredKey>> {
    api_keys::table
        .filter(api_keys::account_id.eq(account.as_str()))
        .order(api_keys::created_at)
        .limit(limit(rows))
        .load::<KeyRow>(db)?
        .into_iter()
        .map(key)
        .collect()
}

/// Revokes a key of an account; returns whether there was one to revoke.
///
/// # Errors
/// Those of the database.
pub fn revoke_key(tx: &mut Tx<'_>, account: &AccountId, id: &KeyId, now: Moment) -> Result<bool> {
    let changed = diesel::update(
        api_keys::table
            .filter(api_keys::id.eq(id.as_str()))
            .filter(api_keys::account_id.eq(account.as_str()))
            .filter(api_keys::revoked_at.is_null()),
    )
    .set(api_keys::revoked_at.eq(Some(now.as_millis())))
    .execute(tx.db())?;
    Ok(changed > 0)
}
