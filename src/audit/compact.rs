//! The growing edge of the tree: everything needed to append a leaf and to name the root, in at most 64 hashes.
//!
//! *Invariant:* no leaf is kept; the number of hashes always equals the number of one-bits of the size.
//!
//! RFC 9162 section 2.1.2 computes a root from a stack of full subtrees; this is that stack, kept. The head of the log
//! stores it, and the signer keeps a second one of its own, extended from re-read entries, so that a bit flipped in the
//! database is noticed before it is signed.

use thiserror::Error;

use super::tree::{Hash, empty_root, node_hash};

/// The largest size that is accepted from outside: databases keep sizes as signed 64-bit integers.
const SIZE_LIMIT: u64 = i64::MAX.cast_unsigned();

/// The full subtrees of a tree, from the largest on the left to the smallest on the right.
///
/// ```
/// use scooter_registry::audit::{CompactRange, leaf_hash, node_hash};
///
/// let mut range = CompactRange::new();
/// range.append(leaf_hash(b"one"));
/// range.append(leaf_hash(b"two"));
/// assert_eq!(range.root(), node_hash(&leaf_hash(b"one"), &leaf_hash(b"two")));
/// assert_eq!(CompactRange::from_bytes(&range.to_bytes()), Ok(range));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompactRange {
    size: u64,
    nodes: Vec<Hash>,
}

impl CompactRange {
    /// Returns the range of the tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends one leaf hash. Costs one hash on average, and never more than 63.
    pub fn append(&mut self, leaf: Hash) {
        // Every full subtree that the new leaf completes stands as a one-bit at the low end of the old size.
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.nodes.push(node);
        self.size += 1;
    }

    /// Returns the number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Returns the root of the tree: the subtrees joined from right to left.
    #[must_use]
    pub fn root(&self) -> Hash {
        join(&self.nodes)
    }

    /// Returns the size (8 bytes, big-endian) followed by the hashes, 32 bytes each, the largest subtree first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        for node in &self.nodes {
            bytes.extend_from_slice(node.as_bytes());
        }
        bytes
    }

    /// Returns the range that [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// See [`CompactRangeProblem`]. Which hashes stand in it cannot be judged here: compare the root.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CompactRangeProblem> {
        let (size, hashes) = bytes.split_first_chunk::<8>().ok_or(CompactRangeProblem::Truncated)?;
        let size = u64::from_be_bytes(*size);
        if size > SIZE_LIMIT {
            return Err(CompactRangeProblem::SizeBeyondLimit(size));
        }
        let (chunks, rest) = hashes.as_chunks::<32>();
        if !rest.is_empty() || u32::try_from(chunks.len()) != Ok(size.count_ones()) {
            return Err(CompactRangeProblem::HashCount { size, bytes: hashes.len() });
        }
        Ok(Self { size, nodes: chunks.iter().copied().map(Hash::from_bytes).collect() })
    }
}

/// Returns the hash over neighbouring subtrees that shrink from left to right.
pub(super) fn join(nodes: &[Hash]) -> Hash {
    let mut from_the_right = nodes.iter().rev();
    match from_the_right.next() {
        None => empty_root(),
        Some(last) => from_the_right.fold(*last, |right, left| node_hash(left, &right)),
    }
}

/// Why bytes are no compact range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CompactRangeProblem {
    /// There are not even the eight bytes of the size.
    #[error("a compact range starts with eight bytes of size")]
    Truncated,
    /// The size is beyond signed 64 bits.
    #[error("no log has {0} entries")]
    SizeBeyondLimit(u64),
    /// The hashes do not fit the size.
    #[error("a tree of {size} entries has {} subtree hashes of 32 bytes each, not {bytes} bytes", size.count_ones())]
    HashCount {
        /// The size as stated.
        size: u64,
        /// The bytes after it.
        bytes: usize,
    },
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::audit::tree::{leaf_hash, tree_root};

    #[test]
    fn the_root_equals_the_recursive_definition_at_every_size() {
        let leaves: Vec<Hash> = (0..512_u32).map(|number| leaf_hash(&number.to_be_bytes())).collect();
        let mut range = CompactRange::new();
        assert_eq!(range.root(), tree_root(&[]));
        for size in 1..=leaves.len() {
            range.append(leaves[size - 1]);
            assert_eq!(range.root(), tree_root(&leaves[..size]), "size {size}");
            assert_eq!(range.size(), u64::try_from(size).unwrap());
            range = CompactRange::from_bytes(&range.to_bytes()).unwrap();
        }
    }

    #[test]
    fn hashes_must_fit_the_size() {
        let mut bytes = 3_u64.to_be_bytes().to_vec();
        bytes.extend([0; 64]);
        assert!(CompactRange::from_bytes(&bytes).is_ok());
        bytes.push(0);
        assert_eq!(CompactRange::from_bytes(&bytes), Err(CompactRangeProblem::HashCount { size: 3, bytes: 65 }));
        assert_eq!(
            CompactRange::from_bytes(&bytes[..40]).unwrap_err().to_string().split(',').next().unwrap(),
            "a tree of 3 entries has 2 subtree hashes of 32 bytes each"
        );
        assert_eq!(CompactRange::from_bytes(&[0; 7]), Err(CompactRangeProblem::Truncated));
        assert_eq!(
            CompactRange::from_bytes(&(1_u64 << 63).to_be_bytes()),
            Err(CompactRangeProblem::SizeBeyondLimit(1 << 63))
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic_and_what_it_takes_it_writes_back(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..80),
                (0..40_u64, 0..6_usize).prop_map(|(size, hashes)| {
                    [size.to_be_bytes().to_vec(), vec![7; hashes * 32]].concat()
                }),
            ],
        ) {
            if let Ok(range) = CompactRange::from_bytes(&bytes) {
                prop_assert_eq!(range.to_bytes(), bytes);
            }
        }
    }
}
