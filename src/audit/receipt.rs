//! The receipt that is handed out: C2SP `tlog-proof`, one text that proves an entry without asking anyone.
//!
//! *Invariant:* a receipt holds no part of the entry, so it may be shown to those who may not read the entry; and it
//! convinces only whoever brings the entry and the public key of the log.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use super::checkpoint::{Checkpoint, CheckpointProblem, SignedCheckpoint, decimal};
use super::proof::{ProofProblem, verify_inclusion};
use super::signer::VerifierKey;
use super::tree::{Hash, leaf_hash};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// The longest proof that is read: a tree of 64-bit size is at most 64 levels high.
const PROOF_HASHES_LIMIT: usize = 64;

/// Where an entry stands, the hashes from its leaf up to the root, and the signed root.
///
/// Its text form ([`Display`](fmt::Display), [`parse`](Self::parse)) is the content of a `.tlog-proof` file:
///
/// ```text
/// c2sp.org/tlog-proof@v1
/// index 5
/// (a line of Base64 for each hash, the leaf's sibling first)
///
/// (the signed checkpoint)
/// ```
///
/// ```
/// use scooter_registry::audit::{Checkpoint, Receipt, SigningKey, inclusion_proof, leaf_hash, tree_root};
///
/// let leaves = [leaf_hash(b"first"), leaf_hash(b"second")];
/// let key = SigningKey::from_seed("registry.example/log", [7; 32])?;
/// let head = Checkpoint { origin: key.name().to_owned(), size: 2, root: tree_root(&leaves) };
/// let receipt = Receipt::new(1, inclusion_proof(&leaves, 1)?, head.sign(&key)?);
///
/// let read = Receipt::parse(&receipt.to_string())?;
/// assert!(read.verify(b"second", &key.verifier_key()).is_ok());
/// assert!(read.verify(b"forged", &key.verifier_key()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    index: u64,
    proof: Vec<Hash>,
    checkpoint: SignedCheckpoint,
    extra: Option<Vec<u8>>,
}

impl Receipt {
    /// Returns the receipt for the entry at an index, with its inclusion proof in the tree of the checkpoint.
    #[must_use]
    pub const fn new(index: u64, proof: Vec<Hash>, checkpoint: SignedCheckpoint) -> Self {
        Self { index, proof, checkpoint, extra: None }
    }

    /// Returns the receipt with further bytes for whoever reads it. Nothing vouches for them.
    #[must_use]
    pub fn with_extra(self, extra: Vec<u8>) -> Self {
        Self { extra: Some(extra), ..self }
    }

    /// Returns the index of the entry, counted from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Returns the hashes from the leaf's sibling up to a child of the root.
    #[must_use]
    pub fn proof(&self) -> &[Hash] {
        &self.proof
    }

    /// Returns the checkpoint as published, unverified.
    #[must_use]
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Returns the bytes that nothing vouches for.
    #[must_use]
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// Returns the receipt of a `.tlog-proof` text.
    ///
    /// # Errors
    /// [`ReceiptProblem::Form`] or, for the part after the empty line, [`ReceiptProblem::Checkpoint`].
    pub fn parse(text: &str) -> Result<Self, ReceiptProblem> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ReceiptProblem::Form)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(ReceiptProblem::Form);
        }
        let extra = match lines.next_if(|line| line.starts_with("extra ")).and_then(|line| line.strip_prefix("extra "))
        {
            None => None,
            Some(encoded) => match STANDARD.decode(encoded) {
                Ok(bytes) => Some(bytes),
                Err(_) => return Err(ReceiptProblem::Form),
            },
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal);
        let proof: Option<Vec<Hash>> =
            lines.by_ref().take(PROOF_HASHES_LIMIT).map(|line| Hash::from_base64(line).ok()).collect();
        let (Some(index), Some(proof), None) = (index, proof, lines.next()) else {
            return Err(ReceiptProblem::Form);
        };
        let checkpoint = SignedCheckpoint::parse(checkpoint).map_err(ReceiptProblem::Checkpoint)?;
        Ok(Self { index, proof, checkpoint, extra })
    }

    /// Returns the verified checkpoint once these entry bytes are found to stand in the log it was signed for.
    ///
    /// # Errors
    /// [`ReceiptProblem::Checkpoint`] if the head is not signed by the key, [`ReceiptProblem::Proof`] if the entry is
    /// not under it; an index beyond the checkpoint means that the receipt was written before the head was signed.
    pub fn verify(&self, entry: &[u8], key: &VerifierKey) -> Result<Checkpoint, ReceiptProblem> {
        let head = self.checkpoint.verify(key).map_err(ReceiptProblem::Checkpoint)?;
        verify_inclusion(&leaf_hash(entry), self.index, head.size, &self.proof, &head.root)
            .map_err(ReceiptProblem::Proof)?;
        Ok(head)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(formatter, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(formatter, "index {}", self.index)?;
        for hash in &self.proof {
            writeln!(formatter, "{}", hash.to_base64())?;
        }
        write!(formatter, "\n{}", self.checkpoint.text())
    }
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReceiptProblem {
    /// The text is no `tlog-proof`.
    #[error("this is not a receipt of the form {FIRST_LINE}")]
    Form,
    /// The signed head in it is not to be believed.
    #[error("the checkpoint of the receipt does not hold")]
    Checkpoint(#[source] CheckpointProblem),
    /// The entry is not where the receipt says.
    #[error("the entry is not in the log where the receipt says")]
    Proof(#[source] ProofProblem),
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::audit::prover::inclusion_proof;
    use crate::audit::signer::SigningKey;
    use crate::audit::tree::tree_root;

    fn key() -> SigningKey {
        SigningKey::from_seed("registry.example/log", [9; 32]).unwrap()
    }

    fn receipt(index: u8, size: u8) -> Receipt {
        let leaves: Vec<Hash> = (0..size).map(|number| leaf_hash(&[number])).collect();
        let head = Checkpoint { origin: key().name().to_owned(), size: size.into(), root: tree_root(&leaves) };
        let proof = inclusion_proof(&leaves, index.into()).unwrap();
        Receipt::new(index.into(), proof, head.sign(&key()).unwrap())
    }

    #[test]
    fn a_receipt_proves_its_entry_offline_at_every_place() {
        for size in 1..=40 {
            for index in 0..size {
                let read = Receipt::parse(&receipt(index, size).to_string()).unwrap();
                assert_eq!(read, receipt(index, size));
                assert_eq!(read.verify(&[index], &key().verifier_key()).unwrap().size, u64::from(size));
                assert!(read.verify(&[index + 1], &key().verifier_key()).is_err());
            }
        }
    }

    #[test]
    fn the_text_has_the_lines_of_the_specification() {
        let text = receipt(0, 2).with_extra(b"note".to_vec()).to_string();
        let expected = format!(
            "c2sp.org/tlog-proof@v1\nextra bm90ZQ==\nindex 0\n{}\n\nregistry.example/log\n2\n",
            leaf_hash(&[1]).to_base64()
        );
        assert!(text.starts_with(&expected), "{text}");
        assert_eq!(Receipt::parse(&text).unwrap().extra(), Some(b"note".as_slice()));
        assert!(receipt(0, 1).to_string().starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nregistry.example/log\n1\n"));
    }

    #[test]
    fn texts_beside_the_form_are_refused() {
        let text = receipt(0, 2).to_string();
        let line = format!("{}\n", leaf_hash(&[1]).to_base64());
        let overlong = text.replacen(&line, &line.repeat(PROOF_HASHES_LIMIT + 1), 1);
        let longest = text.replacen(&line, &line.repeat(PROOF_HASHES_LIMIT), 1);
        assert_eq!(Receipt::parse(&longest).unwrap().proof().len(), PROOF_HASHES_LIMIT);
        for other in [
            overlong,
            text.replacen("@v1", "@v2", 1),
            text.replacen("index 0", "index 00", 1),
            text.replacen("index 0\n", "", 1),
            text.replacen("index 0", "extra ?\nindex 0", 1),
            text.replacen("\n\n", "\n", 1),
        ] {
            assert_eq!(Receipt::parse(&other), Err(ReceiptProblem::Form), "{other}");
        }
    }

    #[test]
    fn an_entry_newer_than_the_checkpoint_is_told_as_such() {
        let early = Receipt { index: 5, ..receipt(1, 3) };
        let problem = ProofProblem::IndexBeyondTree { index: 5, size: 3 };
        assert_eq!(early.verify(&[5], &key().verifier_key()), Err(ReceiptProblem::Proof(problem)));
    }

    proptest! {
        #[test]
        fn a_receipt_with_any_flipped_bit_proves_nothing(index in 0_u8..11, place in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let mut bytes = receipt(index, 11).to_string().into_bytes();
            *place.get_mut(&mut bytes) ^= 1 << bit;
            let believed = String::from_utf8(bytes)
                .ok()
                .and_then(|text| Receipt::parse(&text).ok())
                .is_some_and(|receipt| receipt.verify(&[index], &key().verifier_key()).is_ok());
            prop_assert!(!believed);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*|c2sp.org/tlog-proof@v1\n(extra [A-Za-z=]{0,8}\n)?index [0-9]{0,3}\n([A-Za-z]{43}=\n){0,70}\n\\PC*") {
            if let Ok(receipt) = Receipt::parse(&text) {
                prop_assert_eq!(receipt.to_string(), text);
            }
        }
    }
}
