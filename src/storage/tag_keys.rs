//! Which keys the tags of plates were made with, known by their fingerprints; the keys themselves are never here.
//!
//! *Invariant:* a row is written once and never changed: a key is not replaced under its id.

use diesel::prelude::*;

use super::connection::Tx;
use super::db::Db;
use super::error::{Error, Result};
use super::schema::tag_keys;
use crate::model::Moment;

/// A key as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTagKey {
    /// Its id.
    pub id: u16,
    /// Its fingerprint, [`crate::plate::TagKey::fingerprint`].
    pub fingerprint: Vec<u8>,
}

/// Lists the keys by id.
///
/// # Errors
/// Those of the database.
pub fn list(db: &mut Db) -> Result<Vec<KnownTagKey>> {
    let rows: Vec<(i32, Vec<u8>)> =
        tag_keys::table.select((tag_keys::id, tag_keys::fingerprint)).order(tag_keys::id).load(db)?;
    rows.into_iter().map(|(id, fingerprint)| Ok(KnownTagKey { id: stored_id(id)?, fingerprint })).collect()
}

/// Records a key; one that is recorded under its id stays.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, new: &KnownTagKey, now: Moment) -> Result<()> {
    let row = (
        tag_keys::id.eq(i32::from(new.id)),
        tag_keys::fingerprint.eq(new.fingerprint.clone()),
        tag_keys::founded_at.eq(now.as_millis()),
    );
    on_each!(tx.db(), connection => {
        diesel::insert_into(tag_keys::table).values(row).on_conflict_do_nothing().execute(connection)
    })?;
    Ok(())
}

pub(super) fn stored_id(id: i32) -> Result<u16> {
    u16::try_from(id).map_err(|error| Error::corrupt(format!("a stored id of a key is none: {id} ({error})")))
}
