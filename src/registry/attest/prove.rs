//! Inclusion proofs: that an entry stands in the log that a checkpoint signs.
//!
//! *Invariant:* an officer receives proofs of that officer's own questions only; auditors and the regulator of any.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AttestError;
use super::sign::subtree;
use crate::audit::{Receipt, SignedCheckpoint, inclusion_proof_from};
use crate::model::{Caller, Role};
use crate::registry::Registry;
use crate::storage::{Db, log_reading, lookups};

/// A proof that an entry stands in the log.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProofReceipt {
    /// The entry's index.
    pub index: u64,
    /// How many entries the checkpoint signs.
    pub tree_size: u64,
    /// The RFC 6962 leaf hash, hexadecimal.
    pub entry_hash: String,
    /// The audit path from the leaf to the root, hexadecimal.
    pub hashes: Vec<String>,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// The same as a C2SP `.tlog-proof` file, which verifies offline.
    pub tlog_proof: String,
}

/// Proves that an entry stands in the log.
///
/// # Errors
/// [`AttestError::NotSignedYet`] for an entry younger than the newest checkpoint.
pub fn prove(registry: &Registry, caller: &Caller, index: u64) -> Result<ProofReceipt, AttestError> {
    registry.store.read(|db| prove_from(db, caller, index))
}

fn prove_from(db: &mut Db, caller: &Caller, index: u64) -> Result<ProofReceipt, AttestError> {
    if matches!(caller.role, Role::Officer | Role::Supervisor)
        && lookups::asked_by(db, index)?.as_ref() != Some(&caller.account_id)
    {
        return Err(AttestError::Unknown);
    }
    if index >= log_reading::log_size(db)? {
        return Err(AttestError::Unknown);
    }
    let text = log_reading::newest_checkpoint(db)?;
    let signed = SignedCheckpoint::parse(&text).map_err(|error| AttestError::Broken(error.to_string()))?;
    let size = signed.claimed().size;
    if index >= size {
        return Err(AttestError::NotSignedYet);
    }
    let leaf = log_reading::leaf_hashes(db, index, index.saturating_add(1))?.pop().ok_or(AttestError::Unknown)?;
    let hashes = inclusion_proof_from(size, index, &mut |of| subtree(db, of))
        .map_err(|error| AttestError::Broken(error.to_string()))?;
    let receipt = Receipt::new(index, hashes.clone(), signed);
    Ok(ProofReceipt {
        index,
        tree_size: size,
        entry_hash: leaf.to_hex(),
        hashes: hashes.iter().map(crate::audit::Hash::to_hex).collect(),
        checkpoint: text,
        tlog_proof: receipt.to_string(),
    })
}
