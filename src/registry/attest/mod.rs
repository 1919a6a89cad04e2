//! Attesting: the audit log signed, proved and verified.
//!
//! *Invariant:* what is signed was read back from storage and recomputed by other code than that which wrote it.

mod error;
mod found;
mod kept;
mod prove;
mod sign;
mod tile;
mod verify;

pub use error::AttestError;
pub use found::{found_log, is_founded};
pub use prove::{ProofReceipt, prove};
pub use sign::{SignerState, newest_checkpoint, sign_checkpoint};
pub use tile::{TileReader, tile};
pub use verify::{LogReport, verify_log};
