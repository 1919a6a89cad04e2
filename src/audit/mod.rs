//! The tamper-evident log as arithmetic: entries, the tree over them, proofs, signed heads, and the check of it all.
//!
//! *Invariant:* this floor knows nobody. No clock, no chance, no I/O and no other room of the house: bytes and numbers
//! in, bytes, numbers and findings out.
//!
//! Every question about a rental leaves an entry that nobody can remove or rewrite unseen, the registry's own staff
//! included. The forms are public ones, so that receipts are checked without this code:
//!
//! - the Merkle tree of RFC 6962 section 2.1, restated in RFC 9162 section 2.1 (inclusion 2.1.3, consistency 2.1.4);
//! - canonical JSON of RFC 8785 for what is hashed;
//! - the C2SP specifications `signed-note`, `tlog-checkpoint`, `tlog-tiles`, `tlog-proof` for what is published.
//!
//! Reading order: what is hashed (`action`, `commitment`, `entry`, spelled by the room `spelling`), how hashes become a head (`tree`,
//! `compact`), how a head answers for one leaf or for an older head (`proof`, `prover`), how heads and trees are published (`signer`,
//! `checkpoint`, `tile`, `bundle`, `receipt`), and how a whole log is checked (`verify`).

mod action;
mod commitment;
mod entry;
mod tree;

mod compact;
mod proof;
mod prover;

mod signer;

mod checkpoint;

mod tile;

mod bundle;

mod receipt;

mod verify;

#[cfg(test)]
mod agreement_tests;
#[cfg(test)]
mod tamper_tests;

pub use action::{Action, Decision};
pub use bundle::{BundleProblem, decode_entries, encode_entries};
pub use checkpoint::{Checkpoint, CheckpointProblem, SignedCheckpoint};
pub use commitment::{Commitment, Salt, commit};
pub use compact::{CompactRange, CompactRangeProblem};
pub use entry::{ENTRY_BYTES_LIMIT, ENTRY_VERSION, Entry, EntryProblem, digest_of, digested};
pub use proof::{ProofProblem, verify_consistency, verify_inclusion};
pub use prover::{
    ProofFailure, consistency_proof, consistency_proof_from, inclusion_proof, inclusion_proof_from, root_from,
};
pub use receipt::{Receipt, ReceiptProblem};
pub use signer::{KeyProblem, SigningKey, VerifierKey};
pub use tile::{TILE_WIDTH, Tile, TileKind, TileProblem, subtree_from_tiles};
pub use tree::{Hash, HashProblem, Subtree, empty_root, leaf_hash, node_hash, tree_root};
pub use verify::{FINDINGS_LIMIT, Finding, LogVerifier, Report};
