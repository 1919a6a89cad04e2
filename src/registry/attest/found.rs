//! The beginning of a log: an empty tree, the key that signs it, a checkpoint of size 0.
//!
//! *Invariant:* a log has one key; a program with another one does not start on it.

use super::AttestError;
use crate::audit::{Checkpoint, empty_root};
use crate::model::Moment;
use crate::registry::Registry;
use crate::storage::{self, Db, audit_log, log_reading, lookups};

/// Returns whether the log was ever founded here. An entry or a kept answer tells it as well as the recorded key does:
/// whoever takes the key's record away does not make a used registry a new one.
///
/// # Errors
/// Those of the database.
pub fn is_founded(db: &mut Db) -> storage::Result<bool> {
    Ok(log_reading::verifier_key(db)?.is_some()
        || !log_reading::stored_entries(db, 0, 1)?.is_empty()
        || lookups::are_kept(db)?)
}

/// Begins the log where there is none, and checks that its key is the one in hand.
///
/// # Errors
/// [`AttestError::OtherKey`].
pub fn found_log(registry: &Registry, now: Moment) -> Result<(), AttestError> {
    let ours = registry.secrets.verifier_key().to_string();
    registry.store.write(|tx| -> Result<(), AttestError> {
        audit_log::found(tx)?;
        log_reading::insert_verifier_key(tx, &ours)?;
        let recorded = log_reading::verifier_key(tx.db())?.unwrap_or_default();
        if recorded != ours {
            return Err(AttestError::OtherKey { recorded, ours: ours.clone() });
        }
        if log_reading::stored_checkpoints(tx.db(), None, 1)?.is_empty() {
            let root = empty_root();
            let origin = registry.secrets.log_key().name().to_owned();
            let signed = Checkpoint { origin, size: 0, root }
                .sign(registry.secrets.log_key())
                .map_err(|error| AttestError::Broken(error.to_string()))?;
            log_reading::insert_checkpoint(tx, 0, root, signed.text(), now)?;
        }
        Ok(())
    })
}
