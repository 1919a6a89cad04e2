//! The making of proofs, from all leaves or from a few stored hashes: RFC 9162 sections 2.1.3.1 and 2.1.4.1.
//!
//! *Invariant:* only hashes of full subtrees are asked for, and only of those within the tree: they never change, so
//! they may come from a tile, a cache or a table of any age.
//!
//! A server with millions of leaves answers from tiles; a proof costs it at most about 2·log₂(n) hashes.

use std::ops::Range;

use thiserror::Error;

use super::compact::join;
use super::proof::ProofProblem;
use super::tree::{Hash, Subtree, tree_root};

/// Returns the proof that the leaf at an index is in the tree over these leaf hashes, the leaf's sibling first.
///
/// # Errors
/// [`ProofProblem::IndexBeyondTree`].
pub fn inclusion_proof(leaves: &[Hash], index: u64) -> Result<Vec<Hash>, ProofProblem> {
    let path = inclusion_path(length(leaves), index)?;
    Ok(path.iter().map(|range| range_root(leaves, range)).collect())
}

/// Returns the proof that the tree over these leaf hashes grew from its first `old_size` leaves.
///
/// # Errors
/// [`ProofProblem::Shrunk`].
pub fn consistency_proof(leaves: &[Hash], old_size: u64) -> Result<Vec<Hash>, ProofProblem> {
    let path = consistency_path(old_size, length(leaves))?;
    Ok(path.iter().map(|range| range_root(leaves, range)).collect())
}

/// Returns the proof of [`inclusion_proof`] from stored subtree hashes.
///
/// `fetch` is asked for full subtrees of the tree of `size` leaves only.
///
/// # Errors
/// [`ProofFailure::Asked`] for an index beyond the tree, [`ProofFailure::Source`] with what `fetch` failed with.
pub fn inclusion_proof_from<E>(
    size: u64,
    index: u64,
    fetch: &mut impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Vec<Hash>, ProofFailure<E>> {
    let path = inclusion_path(size, index).map_err(ProofFailure::Asked)?;
    fetch_all(&path, fetch).map_err(ProofFailure::Source)
}

/// Returns the proof of [`consistency_proof`] from stored subtree hashes.
///
/// # Errors
/// [`ProofFailure::Asked`] if the new size is the smaller one, [`ProofFailure::Source`] with what `fetch` failed with.
pub fn consistency_proof_from<E>(
    old_size: u64,
    new_size: u64,
    fetch: &mut impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Vec<Hash>, ProofFailure<E>> {
    let path = consistency_path(old_size, new_size).map_err(ProofFailure::Asked)?;
    fetch_all(&path, fetch).map_err(ProofFailure::Source)
}

/// Returns the root of the tree of `size` leaves from stored subtree hashes.
///
/// # Errors
/// What `fetch` failed with.
pub fn root_from<E>(size: u64, fetch: &mut impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Hash, E> {
    fetch_range(&(0..size), fetch)
}

/// Why a proof could not be made from stored hashes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProofFailure<E> {
    /// No such proof exists.
    #[error("there is no such proof")]
    Asked(#[source] ProofProblem),
    /// The hashes could not be had.
    #[error("a stored hash could not be fetched")]
    Source(#[source] E),
}

/// Returns the ranges whose hashes prove the leaf, the nearest first: PATH of RFC 9162 section 2.1.3.1.
fn inclusion_path(size: u64, index: u64) -> Result<Vec<Range<u64>>, ProofProblem> {
    if index >= size {
        return Err(ProofProblem::IndexBeyondTree { index, size });
    }
    let mut path = Vec::new();
    let mut range = 0..size;
    while let Some(middle) = split(&range) {
        if index < middle {
            path.push(middle..range.end);
            range.end = middle;
        } else {
            path.push(range.start..middle);
            range.start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// Returns the ranges whose hashes prove the growth, the lowest first: SUBPROOF of RFC 9162 section 2.1.4.1.
fn consistency_path(old: u64, new: u64) -> Result<Vec<Range<u64>>, ProofProblem> {
    if old > new {
        return Err(ProofProblem::Shrunk { old, new });
    }
    let mut path = Vec::new();
    let mut range = 0..new;
    if old == 0 {
        return Ok(path);
    }
    while old != range.end
        && let Some(middle) = split(&range)
    {
        if old <= middle {
            path.push(middle..range.end);
            range.end = middle;
        } else {
            path.push(range.start..middle);
            range.start = middle;
        }
    }
    // The verifier knows the hash of the whole old tree already, of no other range.
    if range.start != 0 {
        path.push(range);
    }
    path.reverse();
    Ok(path)
}

/// Returns where a range of two leaves or more divides: after the largest power of two strictly below its length.
fn split(range: &Range<u64>) -> Option<u64> {
    let length = range.end - range.start;
    (length > 1).then(|| range.start + (1 << (length - 1).ilog2()))
}

fn fetch_all<E>(path: &[Range<u64>], fetch: &mut impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Vec<Hash>, E> {
    path.iter().map(|range| fetch_range(range, fetch)).collect()
}

fn fetch_range<E>(range: &Range<u64>, fetch: &mut impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Hash, E> {
    let nodes: Vec<Hash> = Subtree::cover(range).into_iter().map(&mut *fetch).collect::<Result<_, E>>()?;
    Ok(join(&nodes))
}

fn range_root(leaves: &[Hash], range: &Range<u64>) -> Hash {
    let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    tree_root(leaves.get(place(range.start)..place(range.end)).unwrap_or_default())
}

fn length(leaves: &[Hash]) -> u64 {
    u64::try_from(leaves.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;

    use super::*;
    use crate::audit::tree::leaf_hash;

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|number| leaf_hash(&number.to_be_bytes())).collect()
    }

    #[test]
    fn a_proof_from_subtrees_equals_the_proof_from_leaves_and_asks_for_few() {
        let leaves = leaves(300);
        for size in 1..=300_u64 {
            let tree = &leaves[..usize::try_from(size).unwrap()];
            let asked = Cell::new(0);
            let mut fetch = |subtree: Subtree| {
                asked.set(asked.get() + 1);
                assert!(subtree.leaves().end <= size, "only what is in the tree is asked for");
                Ok::<_, Infallible>(range_root(tree, &subtree.leaves()))
            };
            assert_eq!(root_from(size, &mut fetch), Ok(tree_root(tree)));
            for number in [0, size / 3, size / 2, size - 1] {
                asked.set(0);
                assert_eq!(
                    inclusion_proof_from(size, number, &mut fetch).unwrap(),
                    inclusion_proof(tree, number).unwrap()
                );
                assert_eq!(
                    consistency_proof_from(number, size, &mut fetch).unwrap(),
                    consistency_proof(tree, number).unwrap()
                );
                assert!(asked.get() <= 4 * 9, "{} hashes for a tree of {size}", asked.get());
            }
        }
    }

    #[test]
    fn a_proof_for_billions_of_leaves_asks_for_some_dozens() {
        let size = 5_000_000_123_u64;
        let asked = Cell::new(0);
        let mut fetch = |subtree: Subtree| {
            asked.set(asked.get() + 1);
            Ok::<_, Infallible>(Hash::from_bytes([subtree.level().to_be_bytes()[3]; 32]))
        };
        inclusion_proof_from(size, 3_123_456_789, &mut fetch).unwrap();
        assert!(asked.get() <= 66, "{}", asked.get());
    }

    #[test]
    fn questions_without_a_proof_are_told_apart_from_broken_storage() {
        let mut broken = |_: Subtree| Err::<Hash, _>("broken");
        assert_eq!(inclusion_proof_from(8, 3, &mut broken), Err(ProofFailure::Source("broken")));
        assert_eq!(
            inclusion_proof_from(8, 8, &mut broken),
            Err(ProofFailure::Asked(ProofProblem::IndexBeyondTree { index: 8, size: 8 }))
        );
        assert_eq!(
            consistency_proof_from(9, 8, &mut broken),
            Err(ProofFailure::Asked(ProofProblem::Shrunk { old: 9, new: 8 }))
        );
    }
}
