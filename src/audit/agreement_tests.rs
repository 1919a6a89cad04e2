//! The tree and its proofs against `ct-merkle`, an independent implementation of RFC 6962, at every size up to 512.
//!
//! *Invariant:* nothing here is compared with itself: one side of every comparison is the other implementation.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "tests state what must hold"
)]

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2::Sha256;

use super::{
    CompactRange, Hash, consistency_proof, inclusion_proof, leaf_hash, tree_root, verify_consistency, verify_inclusion,
};

const LARGEST: usize = 512;

fn entry(number: usize) -> Vec<u8> {
    format!("entry {number}").into_bytes()
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|number| leaf_hash(&entry(number))).collect()
}

fn theirs(root: &Hash, size: usize) -> RootHash<Sha256> {
    RootHash::new((*root.as_bytes()).into(), size as u64)
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks(32).map(|chunk| Hash::from_slice(chunk).unwrap()).collect()
}

fn flat(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// The ends, the middle and its neighbours, and three places that wander with the size.
fn places(size: usize) -> Vec<usize> {
    let mut places =
        vec![0, size / 2, (size / 2).saturating_sub(1), size * 7 / 11, size * 3 / 13, (size * 31) % size, size - 1];
    places.sort_unstable();
    places.dedup();
    places
}

#[test]
fn roots_agree_at_every_size() {
    let leaves = leaves(LARGEST);
    let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let mut range = CompactRange::new();
    for size in 1..=LARGEST {
        other.push(entry(size - 1));
        range.append(leaves[size - 1]);
        assert_eq!(other.root().as_bytes().as_slice(), tree_root(&leaves[..size]).as_bytes(), "size {size}");
        assert_eq!(other.root().as_bytes().as_slice(), range.root().as_bytes(), "size {size}");
    }
}

#[test]
fn inclusion_proofs_are_equal_and_each_side_accepts_the_others() {
    let leaves = leaves(LARGEST);
    let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for size in 1..=LARGEST {
        other.push(entry(size - 1));
        let root = Hash::from_slice(other.root().as_bytes()).unwrap();
        for index in places(size) {
            let ours = inclusion_proof(&leaves[..size], index as u64).unwrap();
            let their = hashes(other.prove_inclusion(index).as_bytes());
            assert_eq!(ours, their, "index {index} of {size}");
            verify_inclusion(&leaves[index], index as u64, size as u64, &their, &root).unwrap();
            let proof = InclusionProof::<Sha256>::from_bytes(flat(&ours));
            theirs(&root, size).verify_inclusion(&entry(index), index as u64, &proof).unwrap();
        }
    }
}

#[test]
fn consistency_proofs_are_equal_and_each_side_accepts_the_others() {
    let leaves = leaves(LARGEST);
    let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for new in 1..=LARGEST {
        other.push(entry(new - 1));
        let new_root = Hash::from_slice(other.root().as_bytes()).unwrap();
        for old in places(new).into_iter().map(|place| place + 1) {
            let old_root = tree_root(&leaves[..old]);
            let ours = consistency_proof(&leaves[..new], old as u64).unwrap();
            let their = hashes(other.prove_consistency(new - old).as_bytes());
            assert_eq!(ours, their, "from {old} to {new}");
            verify_consistency(old as u64, &old_root, new as u64, &new_root, &their).unwrap();
            let proof = ConsistencyProof::<Sha256>::try_from_bytes(flat(&ours)).unwrap();
            theirs(&new_root, new).verify_consistency(&theirs(&old_root, old), &proof).unwrap();
        }
    }
}

#[test]
fn every_pair_of_sizes_and_every_index_up_to_seventy_holds() {
    let leaves = leaves(70);
    for new in 1..=leaves.len() {
        let new_root = tree_root(&leaves[..new]);
        for other in 0..new {
            let proof = inclusion_proof(&leaves[..new], other as u64).unwrap();
            verify_inclusion(&leaves[other], other as u64, new as u64, &proof, &new_root).unwrap();
            let accepted = InclusionProof::<Sha256>::from_bytes(flat(&proof));
            theirs(&new_root, new).verify_inclusion(&entry(other), other as u64, &accepted).unwrap();
            let old_root = tree_root(&leaves[..=other]);
            let proof = consistency_proof(&leaves[..new], other as u64 + 1).unwrap();
            verify_consistency(other as u64 + 1, &old_root, new as u64, &new_root, &proof).unwrap();
            let accepted = ConsistencyProof::<Sha256>::try_from_bytes(flat(&proof)).unwrap();
            theirs(&new_root, new).verify_consistency(&theirs(&old_root, other + 1), &accepted).unwrap();
        }
    }
}
