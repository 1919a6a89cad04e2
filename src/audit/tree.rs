//! Hashes and the shape of the tree: the leaf, node and root rules of RFC 9162 section 2.1.1.
//!
//! *Invariant:* a leaf and an inner node can never be mistaken for each other (their hashes start from different bytes),
//! and nothing here remembers a tree: these are functions of their arguments.

use std::fmt;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// A SHA-256 value: of a leaf, of an inner node, of a whole tree, or of a document an entry points to.
///
/// Written as 64 lower-case hexadecimal digits, also in JSON. Upper case is refused, so that one hash has one spelling
/// and a canonical entry cannot be respelt.
///
/// ```
/// use scooter_registry::audit::{Hash, leaf_hash};
///
/// let leaf = leaf_hash(b"");
/// assert_eq!(leaf.to_string(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
/// assert_eq!(Hash::from_hex(&leaf.to_hex()), Ok(leaf));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash([u8; 32]);

impl Hash {
    /// Returns the hash made of these very bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the hash held in a slice, as a database column gives it.
    ///
    /// # Errors
    /// [`HashProblem::Length`] unless the slice has 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, HashProblem> {
        match <[u8; 32]>::try_from(bytes) {
            Ok(array) => Ok(Self(array)),
            Err(_) => Err(HashProblem::Length(bytes.len())),
        }
    }

    /// Returns the hash spelt as 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`HashProblem::Spelling`] for any other text.
    pub fn from_hex(text: &str) -> Result<Self, HashProblem> {
        let mut bytes = [0_u8; 32];
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) || hex::decode_to_slice(text, &mut bytes).is_err() {
            return Err(HashProblem::Spelling);
        }
        Ok(Self(bytes))
    }

    /// Returns the hash spelt in padded standard Base64, as checkpoints and proofs carry it.
    ///
    /// # Errors
    /// [`HashProblem::Spelling`] for text that is not the one Base64 spelling of 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self, HashProblem> {
        match STANDARD.decode(text) {
            Ok(bytes) => Self::from_slice(&bytes),
            Err(_) => Err(HashProblem::Spelling),
        }
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// Returns 44 characters of padded standard Base64.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Hash({self})")
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_hex()
    }
}

impl TryFrom<String> for Hash {
    type Error = HashProblem;

    fn try_from(text: String) -> Result<Self, HashProblem> {
        Self::from_hex(&text)
    }
}

/// Why something is no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HashProblem {
    /// The value has this many bytes.
    #[error("a hash has 32 bytes, not {0}")]
    Length(usize),
    /// The text is no spelling of a hash.
    #[error("this is not the spelling of a hash")]
    Spelling,
}

/// Returns SHA-256(0x00 ‖ entry), the leaf rule.
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0x00]).chain_update(bytes).finalize().into())
}

/// Returns SHA-256(0x01 ‖ left ‖ right), the inner-node rule.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(Sha256::new().chain_update([0x01]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// Returns SHA-256 of nothing, the root of the tree without leaves.
#[must_use]
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// Returns the root over leaf hashes by the recursive definition itself.
///
/// Costs one hash per leaf; a growing log keeps a [`CompactRange`](super::CompactRange) instead.
#[must_use]
pub fn tree_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            // The largest power of two strictly below the length.
            let (left, right) = leaves.split_at(leaves.len().div_ceil(2).next_power_of_two());
            node_hash(&tree_root(left), &tree_root(right))
        }
    }
}

/// A full subtree: `2^level` leaves starting at leaf `index * 2^level`.
///
/// Its hash never changes once its last leaf is in, which makes it the thing to store, to cache and to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subtree {
    level: u32,
    index: u64,
}

impl Subtree {
    /// Returns the subtree, or nothing if its leaves would be numbered beyond 64 bits.
    #[must_use]
    pub fn new(level: u32, index: u64) -> Option<Self> {
        let width = 1_u64.checked_shl(level)?;
        index.checked_add(1)?.checked_mul(width).map(|_| Self { level, index })
    }

    /// Returns the height above the leaves: 0 is a leaf.
    #[must_use]
    pub const fn level(self) -> u32 {
        self.level
    }

    /// Returns the number of subtrees of the same level to its left.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.index
    }

    /// Returns the half-open range of leaf indexes below it.
    #[must_use]
    pub const fn leaves(self) -> Range<u64> {
        let start = self.index << self.level;
        start..start + (1 << self.level)
    }

    /// Returns the full subtrees that make up a range of leaves, from left to right.
    ///
    /// The range is one that occurs in the tree: its start is a multiple of a power of two that is not below its length.
    /// Then the pieces shrink strictly, as in the binary notation of the length, and there are at most 64 of them.
    pub(super) fn cover(range: &Range<u64>) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut start = range.start;
        while start < range.end {
            let level = (range.end - start).ilog2().min(start.trailing_zeros());
            pieces.push(Self { level, index: start >> level });
            start += 1 << level;
        }
        pieces
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::*;

    /// The eight inputs with which every implementation of RFC 6962 is tried.
    const INPUTS: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn the_well_known_inputs_give_the_well_known_roots() {
        let leaves: Vec<Hash> = INPUTS.iter().map(|text| leaf_hash(&hex::decode(text).unwrap())).collect();
        for (size, root) in (1..).zip(ROOTS) {
            assert_eq!(tree_root(&leaves[..size]).to_hex(), root, "size {size}");
        }
        assert_eq!(empty_root().to_hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn a_pair_of_hashes_as_an_entry_is_not_the_node_over_them() {
        let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
        let pair = [*left.as_bytes(), *right.as_bytes()].concat();
        assert_ne!(leaf_hash(&pair), node_hash(&left, &right));
        assert_ne!(node_hash(&left, &right), node_hash(&right, &left));
    }

    #[test]
    fn a_hash_has_one_spelling() {
        let hash = leaf_hash(b"x");
        assert_eq!(Hash::from_hex(&hash.to_hex().to_uppercase()), Err(HashProblem::Spelling));
        assert_eq!(Hash::from_hex(""), Err(HashProblem::Spelling));
        assert_eq!(Hash::from_hex(&"0".repeat(66)), Err(HashProblem::Spelling));
        assert_eq!(Hash::from_slice(&[0; 31]), Err(HashProblem::Length(31)));
        assert_eq!(Hash::from_base64(&hash.to_base64()), Ok(hash));
        assert_eq!(Hash::from_base64(hash.to_base64().trim_end_matches('=')), Err(HashProblem::Spelling));
        assert_eq!(serde_json::from_str::<Hash>(&serde_json::to_string(&hash).unwrap()).unwrap(), hash);
    }

    #[test]
    fn a_range_is_covered_by_full_subtrees_without_gap_or_overlap() {
        for size in 0..=300_u64 {
            let pieces = Subtree::cover(&(0..size));
            assert_eq!(pieces.len(), usize::try_from(size.count_ones()).unwrap());
            let end = pieces.iter().fold(0, |end, piece| {
                assert_eq!(piece.leaves().start, end);
                piece.leaves().end
            });
            assert_eq!(end, size);
        }
    }

    #[test]
    fn subtrees_beyond_sixty_four_bits_do_not_exist() {
        assert!(Subtree::new(63, 0).is_some());
        assert!(Subtree::new(63, 1).is_none());
        assert!(Subtree::new(64, 0).is_none());
        assert!(Subtree::new(0, u64::MAX).is_none());
        assert_eq!(Subtree::new(3, 5).unwrap().leaves(), 40..48);
    }
}
