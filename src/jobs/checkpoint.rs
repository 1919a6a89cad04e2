//! The signer of checkpoints: each second, if the log has grown.
//!
//! *Invariant:* the signer's own account of what it signed lies outside the database, and is saved after each signing.
//! A log that no longer agrees with it is not signed, and that is said at every attempt: it never stops the service,
//! whose answers go on being recorded.

use std::io;

use super::causes::causes;
use crate::model::Moment;
use crate::registry::Registry;
use crate::registry::attest::{SignerState, sign_checkpoint};

/// Keeps the bytes of the signer's state outside the database, durably.
pub type SaveState = Box<dyn Fn(&[u8]) -> io::Result<()> + Send>;

/// Signs a checkpoint if the log has grown, and saves the signer's state.
pub(super) fn sign(registry: &Registry, now: Moment, state: &mut SignerState, save: &SaveState) {
    match sign_checkpoint(registry, now, state) {
        Ok(None) => {}
        Ok(Some(size)) => {
            tracing::debug!(size, "a checkpoint was signed");
            if let Err(error) = save(&state.to_bytes()) {
                tracing::error!(
                    size,
                    why = causes(&error),
                    "the signer's state could not be saved; free the disk or mend the rights of the secrets directory"
                );
            }
        }
        Err(error) if error.is_passing() => {
            tracing::warn!(why = causes(&error), "no checkpoint was signed this time: the database was busy or lost");
        }
        Err(error) => tracing::error!(
            why = causes(&error),
            "NO CHECKPOINT WAS SIGNED; answers go on being recorded; run `scooter-registry log verify`"
        ),
    }
}
