//! Idempotency keys: a creation that is repeated creates once.
//!
//! *Invariant:* the key is taken in the transaction of the deed, so that deed and answer are saved together or not at
//! all.

use diesel::prelude::*;

use super::connection::Tx;
use super::db::Db;
use super::error::Result;
use super::schema::idempotency as keys;
use crate::model::{AccountId, Moment};

/// A call that came with an idempotency key.
#[derive(Debug, Clone)]
pub struct Keyed {
    /// Who called.
    pub account_id: AccountId,
    /// The key that was sent.
    pub key: String,
    /// Method and path.
    pub route: String,
    /// SHA-256 of the body.
    pub body_digest: Vec<u8>,
}

/// An answer that was saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Method and path of the first call.
    pub route: String,
    /// SHA-256 of the first call's body.
    pub body_digest: Vec<u8>,
    /// The HTTP status of the answer.
    pub status: Option<i32>,
    /// The body; `None` where it holds a secret.
    pub body: Option<String>,
}

type SavedRow = (String, Vec<u8>, Option<i32>, Option<String>);

/// Finds the answer saved under a caller's key.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, account: &AccountId, key: &str) -> Result<Option<Saved>> {
    let row: Option<SavedRow> = keys::table
        .filter(keys::account_id.eq(account.as_str()))
        .filter(keys::key.eq(key))
        .select((keys::route, keys::body_digest, keys::status, keys::body))
        .first(db)
        .optional()?;
    Ok(row.map(|(route, body_digest, status, body)| Saved { route, body_digest, status, body }))
}

/// Takes the key. A second transaction with the same key waits here until the first ends.
///
/// # Errors
/// [`super::Error::Conflict`] where it is taken.
pub fn take(tx: &mut Tx<'_>, call: &Keyed, now: Moment) -> Result<()> {
    diesel::insert_into(keys::table)
        .values((
            keys::account_id.eq(call.account_id.as_str()),
            keys::key.eq(&call.key),
            keys::route.eq(&call.route),
            keys::body_digest.eq(&call.body_digest),
            keys::saved_at.eq(now.as_millis()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Saves the answer under a key taken in this transaction.
///
/// # Errors
/// Those of the database.
pub fn save(tx: &mut Tx<'_>, call: &Keyed, status: i32, body: Option<&str>) -> Result<()> {
    diesel::update(keys::table.filter(keys::account_id.eq(call.account_id.as_str())).filter(keys::key.eq(&call.key)))
        .set((keys::status.eq(Some(status)), keys::body.eq(body)))
        .execute(tx.db())?;
    Ok(())
}

/// Forgets the keys saved before an instant; returns how many.
///
/// # Errors
/// Those of the database.
pub fn forget_before(tx: &mut Tx<'_>, before: Moment) -> Result<usize> {
    Ok(diesel::delete(keys::table.filter(keys::saved_at.lt(before.as_millis()))).execute(tx.db())?)
}
