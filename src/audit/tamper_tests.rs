//! A small log, and every way of touching it: nothing that is changed, cut, moved or added goes unseen.
//!
//! *Invariant:* every test starts from a log that verifies without findings, so that a finding is due to the change.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "tests state what must hold"
)]

use proptest::prelude::*;

use super::{
    Action, Checkpoint, CompactRange, Decision, ENTRY_VERSION, Entry, Finding, Hash, LogVerifier, Report, SigningKey,
    consistency_proof, inclusion_proof, leaf_hash, tree_root, verify_consistency, verify_inclusion,
};

/// A plausible entry; the number shifts its id and its time.
pub(super) fn entry_number(number: u32) -> Entry {
    Entry {
        version: ENTRY_VERSION,
        id: format!("01981f6e-7c00-7000-8000-{number:012x}"),
        time: 1_783_452_111_000 + i64::from(number),
        actor: "officer-1".into(),
        authority: Some("police \"Алматы\"".into()),
        role: "officer".into(),
        action: Action::Lookup,
        purpose: Some("collision".into()),
        case_commitment: None,
        subject_commitment: None,
        question_digest: None,
        answer_digest: None,
        decision: Decision::Answered,
    }
}

/// A log as storage gives it back.
#[derive(Clone)]
struct Stored {
    rows: Vec<(u64, Vec<u8>, [u8; 32])>,
    checkpoints: Vec<Vec<u8>>,
    size: u64,
    root: [u8; 32],
    range: Vec<u8>,
}

fn key() -> SigningKey {
    SigningKey::from_seed("registry.example/log", [3; 32]).unwrap()
}

fn log(size: u32) -> Stored {
    let signed = |range: &CompactRange| {
        let head = Checkpoint { origin: key().name().to_owned(), size: range.size(), root: range.root() };
        head.sign(&key()).unwrap().text().as_bytes().to_vec()
    };
    let mut range = CompactRange::new();
    let mut checkpoints = vec![signed(&range)];
    let mut rows = Vec::new();
    for number in 0..size {
        let bytes = entry_number(number).canonical().unwrap();
        range.append(leaf_hash(&bytes));
        rows.push((u64::from(number), bytes.clone(), *leaf_hash(&bytes).as_bytes()));
        if number % 4 == 2 {
            checkpoints.push(signed(&range));
        }
    }
    Stored { rows, checkpoints, size: size.into(), root: *range.root().as_bytes(), range: range.to_bytes() }
}

fn check(log: &Stored) -> Report {
    let mut verifier = LogVerifier::new();
    for checkpoint in &log.checkpoints {
        verifier.check_checkpoint(&String::from_utf8_lossy(checkpoint), &key().verifier_key());
    }
    for (index, bytes, leaf) in &log.rows {
        verifier.push(*index, bytes, &Hash::from_bytes(*leaf));
    }
    verifier.finish(log.size, &Hash::from_bytes(log.root), &log.range)
}

fn sentences(log: &Stored) -> Vec<String> {
    check(log).findings.iter().map(ToString::to_string).collect()
}

#[test]
fn an_untouched_log_has_no_findings_at_any_size() {
    for size in 0..=20 {
        let report = check(&log(size));
        assert!(report.is_clean(), "{:?}", report.findings);
        assert_eq!((report.entries, report.checkpoints), (u64::from(size), 1 + (u64::from(size) + 1) / 4));
        assert_eq!(*report.root.as_bytes(), log(size).root);
    }
}

#[test]
fn an_entry_rewritten_with_its_hash_and_the_head_is_betrayed_by_the_signed_checkpoint() {
    let mut log = log(6);
    let mut forged = entry_number(4);
    forged.actor = "officer-2".into();
    log.rows[4].1 = forged.canonical().unwrap();
    log.rows[4].2 = *leaf_hash(&log.rows[4].1).as_bytes();
    let mut range = CompactRange::new();
    log.rows.iter().for_each(|row| range.append(leaf_hash(&row.1)));
    (log.root, log.range) = (*range.root().as_bytes(), range.to_bytes());
    assert!(check(&log).is_clean(), "nothing after the checkpoint of size 3 was signed");
    log.checkpoints = self::log(7).checkpoints;
    log.rows.push(self::log(7).rows[6].clone());
    let findings = check(&log).findings;
    assert!(
        findings.iter().any(|finding| matches!(finding, Finding::CheckpointDiffers { size: 7, .. })),
        "{findings:?}"
    );
}

#[test]
fn a_removed_entry_a_swap_and_a_cut_end_are_named() {
    let mut holed = log(8);
    holed.rows.remove(3);
    assert!(sentences(&holed).contains(&"entry 3 should come next, but entry 4 is stored there".to_owned()));
    let mut swapped = log(8);
    swapped.rows.swap(5, 6);
    assert!(sentences(&swapped).iter().any(|text| text.starts_with("entry 5 is dated ")), "{:?}", sentences(&swapped));
    let mut repeated = log(8);
    repeated.rows.insert(3, repeated.rows[2].clone());
    assert!(sentences(&repeated).contains(&"entry 3 should come next, but entry 2 is stored there".to_owned()));
    let mut cut = log(6);
    cut.checkpoints = log(7).checkpoints;
    assert_eq!(sentences(&cut), ["7 entries were signed, but the log has only 6"]);
}

#[test]
fn a_hole_hidden_by_new_numbers_is_betrayed_by_the_roots() {
    let mut log = log(8);
    log.rows.remove(3);
    log.rows.iter_mut().zip(0..).for_each(|(row, index)| row.0 = index);
    let report = check(&log);
    assert!(report.findings.iter().any(|finding| matches!(finding, Finding::CheckpointDiffers { size: 7, .. })));
    assert!(
        report.findings.iter().any(|finding| matches!(finding, Finding::HeadSizeDiffers { stated: 8, entries: 7 }))
    );
}

#[test]
fn a_checkpoint_given_after_its_entries_is_said_not_to_have_been_compared() {
    let log = log(4);
    let mut verifier = LogVerifier::new();
    for (index, bytes, leaf) in &log.rows {
        verifier.push(*index, bytes, &Hash::from_bytes(*leaf));
    }
    for checkpoint in &log.checkpoints {
        verifier.check_checkpoint(str::from_utf8(checkpoint).unwrap(), &key().verifier_key());
    }
    let report = verifier.finish(log.size, &Hash::from_bytes(log.root), &log.range);
    assert!(matches!(
        report.findings[..],
        [Finding::CheckpointTooLate { size: 0 }, Finding::CheckpointTooLate { size: 3 }]
    ));
}

#[test]
fn a_check_resumed_from_a_kept_edge_finds_what_was_rewritten_behind_it() {
    let resumed = |kept: u32, log: &Stored| {
        let mut range = CompactRange::new();
        self::log(kept).rows.iter().for_each(|row| range.append(leaf_hash(&row.1)));
        let mut verifier = LogVerifier::resume(range);
        for (index, bytes, leaf) in log.rows.iter().skip(kept as usize) {
            verifier.push(*index, bytes, &Hash::from_bytes(*leaf));
        }
        verifier.finish(log.size, &Hash::from_bytes(log.root), &log.range)
    };
    let honest = log(13);
    for kept in 0..=13 {
        assert!(resumed(kept, &honest).is_clean());
    }
    let mut rewritten = CompactRange::new();
    rewritten.append(leaf_hash(b"another first entry"));
    honest.rows.iter().skip(1).for_each(|row| rewritten.append(leaf_hash(&row.1)));
    let forged = Stored { root: *rewritten.root().as_bytes(), range: rewritten.to_bytes(), ..honest };
    assert!(matches!(resumed(5, &forged).findings[..], [Finding::HeadRootDiffers { .. }, Finding::HeadRangeDiffers]));
}

#[test]
fn findings_without_end_are_counted_and_not_kept() {
    let mut verifier = LogVerifier::new();
    for index in 0..3_000 {
        verifier.push(index, b"no entry", &leaf_hash(b"no entry"));
    }
    let report = verifier.finish(0, &leaf_hash(b""), &[]);
    assert_eq!((report.findings.len(), report.findings_total), (super::FINDINGS_LIMIT, 3_003));
}

fn flip(bytes: &mut [u8], place: prop::sample::Index, bit: u8) {
    *place.get_mut(bytes) ^= 1 << bit;
}

proptest! {
    #[test]
    fn any_flipped_bit_anywhere_in_a_log_is_found(
        size in 1_u32..12,
        part in 0..6,
        row in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let mut log = log(size);
        prop_assert!(check(&log).is_clean());
        match part {
            0 => flip(&mut row.get_mut(&mut log.rows).1, place, bit),
            1 => flip(&mut row.get_mut(&mut log.rows).2, place, bit),
            2 => flip(row.get_mut(log.checkpoints.as_mut_slice()).as_mut_slice(), place, bit),
            3 => flip(&mut log.root, place, bit),
            4 => flip(&mut log.range, place, bit),
            _ => row.get_mut(&mut log.rows).0 ^= 1 << bit,
        }
        prop_assert!(!check(&log).is_clean());
    }

    #[test]
    fn any_flipped_bit_in_a_proof_a_leaf_or_a_root_breaks_the_proof(
        (size, index) in (1_usize..200).prop_flat_map(|size| (Just(size), 0..size)),
        place in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let leaves: Vec<Hash> = (0..size).map(|number| leaf_hash(&number.to_be_bytes())).collect();
        let root = tree_root(&leaves);
        let mut bytes: Vec<[u8; 32]> = vec![*leaves[index].as_bytes(), *root.as_bytes()];
        bytes.extend(inclusion_proof(&leaves, index as u64).unwrap().iter().map(|hash| *hash.as_bytes()));
        flip(bytes.as_flattened_mut(), place, bit);
        let hashes: Vec<Hash> = bytes.into_iter().map(Hash::from_bytes).collect();
        prop_assert!(verify_inclusion(&hashes[0], index as u64, size as u64, &hashes[2..], &hashes[1]).is_err());

        let (old, old_root) = (index as u64 + 1, tree_root(&leaves[..=index]));
        let mut bytes: Vec<[u8; 32]> = vec![*old_root.as_bytes(), *root.as_bytes()];
        bytes.extend(consistency_proof(&leaves, old).unwrap().iter().map(|hash| *hash.as_bytes()));
        flip(bytes.as_flattened_mut(), place, bit);
        let hashes: Vec<Hash> = bytes.into_iter().map(Hash::from_bytes).collect();
        prop_assert!(verify_consistency(old, &hashes[0], size as u64, &hashes[1], &hashes[2..]).is_err());
    }

    #[test]
    fn a_proof_holds_for_no_other_index_and_with_no_hash_more_or_less(
        (size, index, other) in (2_usize..200).prop_flat_map(|size| (Just(size), 0..size, 0..size)),
    ) {
        let leaves: Vec<Hash> = (0..size).map(|number| leaf_hash(&number.to_be_bytes())).collect();
        let root = tree_root(&leaves);
        let mut proof = inclusion_proof(&leaves, index as u64).unwrap();
        let accepted = |place: usize, proof: &[Hash]| {
            verify_inclusion(&leaves[index], place as u64, size as u64, proof, &root).is_ok()
        };
        prop_assert_eq!(accepted(other, &proof), other == index);
        prop_assert!(!accepted(index, &proof[1..]));
        prop_assert!(!accepted(index, &proof[..proof.len() - 1]));
        proof.push(root);
        prop_assert!(!accepted(index, &proof));
    }
}
