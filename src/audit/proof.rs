//! The checking of proofs that a leaf is in a tree, and that a tree only grew: RFC 9162 sections 2.1.3.2 and 2.1.4.2.
//!
//! *Invariant:* what a prover knows never reaches this file: it takes hashes and numbers only and walks the algorithms of
//! the verifier's sections, not the prover's recursion, so that one mistake cannot hide in both.

use thiserror::Error;

use super::tree::{Hash, empty_root, node_hash};

/// Checks that a leaf stands at an index of the tree with this size and root (RFC 9162 section 2.1.3.2).
///
/// The size is part of the claim: take it from the same signed checkpoint as the root.
///
/// # Errors
/// [`ProofProblem::IndexBeyondTree`], [`ProofProblem::Length`] or [`ProofProblem::RootDiffers`].
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), ProofProblem> {
    if index >= size {
        return Err(ProofProblem::IndexBeyondTree { index, size });
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofProblem::Length(proof.len()));
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // A node without a right neighbour rises unhashed until it is a right child.
            let rise = node.trailing_zeros();
            (node, last) = (node >> rise, last >> rise);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    conclude(last == 0, proof, &[(&hash, root)])
}

/// Checks that the tree of `new_size` leaves starts with the very leaves of the older one (RFC 9162 section 2.1.4.2).
///
/// From the empty tree every tree grows: then the proof is empty, and so it is between equal sizes.
///
/// # Errors
/// [`ProofProblem::Shrunk`], [`ProofProblem::Length`] or [`ProofProblem::RootDiffers`].
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofProblem> {
    if old_size > new_size {
        return Err(ProofProblem::Shrunk { old: old_size, new: new_size });
    }
    if old_size == new_size {
        return conclude(proof.is_empty(), proof, &[(old_root, new_root)]);
    }
    if old_size == 0 {
        return conclude(proof.is_empty(), proof, &[(old_root, &empty_root())]);
    }
    // An old size that is a power of two is itself a node of the new tree, and the proof leaves it out.
    let (seed, siblings) = match proof.split_first() {
        _ if old_size.is_power_of_two() => (old_root, proof),
        Some((first, rest)) => (first, rest),
        None => return Err(ProofProblem::Length(0)),
    };
    let rise = (old_size - 1).trailing_ones();
    let (mut node, mut last) = ((old_size - 1) >> rise, (new_size - 1) >> rise);
    let (mut old, mut new) = (*seed, *seed);
    for sibling in siblings {
        if last == 0 {
            return Err(ProofProblem::Length(proof.len()));
        }
        if node % 2 == 1 || node == last {
            (old, new) = (node_hash(sibling, &old), node_hash(sibling, &new));
            let rise = node.trailing_zeros();
            (node, last) = (node >> rise, last >> rise);
        } else {
            new = node_hash(&new, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    conclude(last == 0, proof, &[(&old, old_root), (&new, new_root)])
}

/// Why a proof cannot be made, or proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofProblem {
    /// There is no such leaf.
    #[error("entry {index} is not among the first {size} entries")]
    IndexBeyondTree {
        /// The index asked about, counted from 0.
        index: u64,
        /// The number of leaves.
        size: u64,
    },
    /// The newer tree is the smaller one.
    #[error("a log of {old} entries cannot have become one of {new}")]
    Shrunk {
        /// The size of the older tree.
        old: u64,
        /// The size of the newer tree.
        new: u64,
    },
    /// A proof for these sizes has another number of hashes.
    #[error("a proof of {0} hashes does not fit these sizes")]
    Length(usize),
    /// The hashes lead elsewhere.
    #[error("the proof does not lead to the root")]
    RootDiffers,
}

fn conclude(complete: bool, proof: &[Hash], pairs: &[(&Hash, &Hash)]) -> Result<(), ProofProblem> {
    if !complete {
        return Err(ProofProblem::Length(proof.len()));
    }
    if pairs.iter().all(|(found, stated)| found == stated) { Ok(()) } else { Err(ProofProblem::RootDiffers) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::audit::prover::consistency_proof;
    use crate::audit::tree::{leaf_hash, tree_root};

    #[test]
    fn from_the_empty_tree_every_tree_grows_and_the_empty_root_is_checked() {
        let new = [b"a", b"b", b"c", b"d", b"e"].map(|bytes| leaf_hash(bytes));
        let root = tree_root(&new);
        assert_eq!(consistency_proof(&new, 0), Ok(vec![]));
        assert_eq!(verify_consistency(0, &empty_root(), 5, &root, &[]), Ok(()));
        assert_eq!(verify_consistency(0, &root, 5, &root, &[]), Err(ProofProblem::RootDiffers));
        assert_eq!(verify_consistency(0, &empty_root(), 5, &root, &[root]), Err(ProofProblem::Length(1)));
        assert_eq!(verify_consistency(5, &root, 5, &root, &[root]), Err(ProofProblem::Length(1)));
        assert_eq!(verify_consistency(3, &root, 5, &root, &[]), Err(ProofProblem::Length(0)));
    }

    proptest! {
        #[test]
        fn no_sizes_and_hashes_make_the_verifiers_panic(
            one in prop_oneof![any::<u64>(), 0..70_u64, Just(u64::MAX)],
            two in prop_oneof![any::<u64>(), 0..70_u64, Just(u64::MAX)],
            length in 0..70_usize,
        ) {
            let proof = vec![Hash::from_bytes([1; 32]); length];
            let root = Hash::from_bytes([2; 32]);
            prop_assert!(verify_inclusion(&root, one, two, &proof, &Hash::from_bytes([3; 32])).is_err());
            prop_assert!(verify_consistency(one, &root, two, &Hash::from_bytes([3; 32]), &proof).is_err() || one == 0);
        }
    }
}
