//! The keys of tags as files beside the other secrets, one for each id: `plate-tags-1.key`.
//!
//! *Invariant:* a key that the database knows is never made anew, nor exchanged for another: the plates that bear its tags
//! are made of metal, and every one of them would answer as false.

use rand::Rng;
use std::path::PathBuf;

use super::secrets::{SecretFiles, SecretsError};
use crate::model::Moment;
use crate::plate::TagKey;
use crate::registry::TagKeys;
use crate::storage::tag_keys::{self, KnownTagKey};
use crate::storage::{self, Store};

/// Which keys of tags a registry needs.
#[derive(Debug, Clone)]
pub struct TagKeyNeeds {
    /// The id of the key for new plates.
    pub current: u16,
    /// Whether that one may be made, if the database knows none of its id.
    pub create: bool,
    /// What the database knows: those keys must be there.
    pub known: Vec<KnownTagKey>,
}

impl SecretFiles {
    /// Reads the keys of tags; makes the one for new plates, if it never was there and may be made.
    pub(super) fn take_tag_keys(&self, needs: &TagKeyNeeds, rng: &mut impl Rng) -> Result<TagKeys, SecretsError> {
        let is_known = |id| needs.known.iter().any(|key| key.id == id);
        let path = self.tag_key_path(needs.current);
        if !path.exists() && !is_known(needs.current) {
            if !needs.create {
                return Err(SecretsError::NoTagKey { path });
            }
            self.make_key(&tag_key_name(needs.current), rng)?;
        }
        let current = self.tag_key(needs.current)?;
        let earlier = needs.known.iter().filter(|key| key.id != needs.current).map(|key| self.tag_key(key.id));
        Ok(TagKeys::new(current, earlier.collect::<Result<_, _>>()?))
    }

    fn tag_key(&self, id: u16) -> Result<TagKey, SecretsError> {
        let path = self.tag_key_path(id);
        if !path.exists() {
            return Err(SecretsError::TagKeyLost { path });
        }
        Ok(TagKey::new(id, self.key(&tag_key_name(id))?))
    }

    fn tag_key_path(&self, id: u16) -> PathBuf {
        self.path(&tag_key_name(id))
    }

    /// Compares the keys of tags with the fingerprints in the database, which learns of the one for new plates.
    ///
    /// # Errors
    /// [`SecretsError::OtherTagKey`] where a file holds another key than the one that made the tags of plates.
    pub(super) fn hold_tag_keys(&self, store: &Store, keys: &TagKeys, now: Moment) -> Result<(), HoldError> {
        let mut known = store.read(tag_keys::list)?;
        if !known.iter().any(|key| key.id == keys.current().id()) {
            let new = KnownTagKey { id: keys.current().id(), fingerprint: keys.current().fingerprint().to_vec() };
            store.write(|tx| tag_keys::insert(tx, &new, now))?;
            // Read again: another server may have been first, with another key.
            known = store.read(tag_keys::list)?;
        }
        let other = known.iter().find(|known| {
            keys.find(known.id).is_none_or(|key| key.fingerprint().as_slice() != known.fingerprint.as_slice())
        });
        other.map_or(Ok(()), |key| {
            Err(HoldError::Secrets(SecretsError::OtherTagKey { path: self.tag_key_path(key.id) }))
        })
    }
}

/// Why the keys of tags were not held against the database.
#[derive(Debug)]
pub(super) enum HoldError {
    /// They are others.
    Secrets(SecretsError),
    /// The database failed.
    Storage(storage::Error),
}

impl From<storage::Error> for HoldError {
    fn from(error: storage::Error) -> Self {
        Self::Storage(error)
    }
}

fn tag_key_name(id: u16) -> String {
    format!("plate-tags-{id}.key")
}

/// Returns whether a file of this name holds a key of tags.
pub(super) fn is_tag_key(name: &str) -> bool {
    name.strip_prefix("plate-tags-").is_some_and(|rest| rest.strip_suffix(".key").is_some())
}
