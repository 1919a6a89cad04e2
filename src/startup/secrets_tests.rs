//! Keys as files: made once, never anew, for their owner alone.
//!
//! *Invariant:* every test has a directory of its own.
#![allow(clippy::unwrap_used, reason = "tests state what must hold")]

use super::numbering::NumberingNeeds;
use super::secrets::{ACCESS_KEY, ANSWER_KEY, KEYS, LOG_KEY, SecretFiles, SecretsError};
use super::tag_keys::TagKeyNeeds;
use crate::audit::{CompactRange, leaf_hash};
use crate::config::SecretSettings;
use crate::plate::KZ_158;
use crate::registry::Secrets;
use crate::registry::attest::SignerState;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

fn settings(directory: &TempDir, create: bool) -> SecretSettings {
    SecretSettings { directory: directory.path().join("secrets"), create, accept_lost_signer_state: false }
}

fn take(settings: &SecretSettings, seed: u64) -> Result<(SecretFiles, Secrets), SecretsError> {
    let tags = TagKeyNeeds { current: 1, create: settings.create, known: Vec::new() };
    let numbers = NumberingNeeds { scheme: KZ_158, create: settings.create, known: None };
    SecretFiles::take(settings, "registry.test/log", &tags, &numbers, &mut StdRng::seed_from_u64(seed))
}

#[test]
fn keys_are_made_once_for_their_owner_alone() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(&directory, true);
    let (files, first) = take(&settings, 1).unwrap();
    let (_, again) = take(&settings, 2).unwrap();
    assert_eq!(first.verifier_key(), again.verifier_key());
    assert_eq!(first.hash_access_secret("x"), again.hash_access_secret("x"));
    assert_eq!(files.findings(), []);
    for name in KEYS.iter().chain([&"plate-tags-1.key"]) {
        let text = fs::read_to_string(files.path(name)).unwrap();
        assert_eq!(text.trim().len(), 64);
    }
}

#[test]
fn where_none_may_be_made_a_missing_key_is_an_error_that_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let problem = take(&settings(&directory, false), 1).unwrap_err();
    assert!(matches!(problem, SecretsError::NoneMade { .. }));
    assert!(problem.remedy().contains("restore"));
    assert!(!directory.path().join("secrets").exists(), "nothing was made");
}

#[test]
fn one_missing_key_is_not_made_anew_beside_the_others() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(&directory, true);
    let (files, _) = take(&settings, 1).unwrap();
    fs::remove_file(files.path(ANSWER_KEY)).unwrap();
    assert!(matches!(take(&settings, 2), Err(SecretsError::Missing { path }) if path.ends_with(ANSWER_KEY)));
}

#[test]
fn a_cut_key_is_refused_and_its_text_not_shown() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(&directory, true);
    let (files, _) = take(&settings, 1).unwrap();
    fs::write(files.path(ACCESS_KEY), "c0ffee").unwrap();
    let problem = take(&settings, 1).unwrap_err();
    assert!(matches!(problem, SecretsError::Unreadable { .. }));
    assert!(!format!("{problem:?}{problem}").contains("c0ffee"));
}

#[test]
fn a_key_that_others_may_read_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let (files, _) = take(&settings(&directory, true), 1).unwrap();
    fs::set_permissions(files.path(LOG_KEY), fs::Permissions::from_mode(0o644)).unwrap();
    let findings = files.findings();
    assert!(matches!(findings.as_slice(), [one] if one.path.ends_with(LOG_KEY) && one.wrong.contains("644")));
}

#[test]
fn what_the_signer_keeps_is_begun_once_and_read_back() {
    let directory = tempfile::tempdir().unwrap();
    let files = SecretFiles::at(directory.path());
    files.begin_signer_state().unwrap();
    assert_eq!(files.signer_state().unwrap(), SignerState::default());
    let mut range = CompactRange::new();
    range.append(leaf_hash(b"an entry"));
    files.save_signer_state(&range.to_bytes()).unwrap();
    files.begin_signer_state().unwrap();
    assert_eq!(files.signer_state().unwrap().size(), 1, "an account that is there stays");
    files.save_signer_state(b"?").unwrap();
    assert!(matches!(files.signer_state(), Err(SecretsError::Unreadable { .. })));
}

#[test]
fn an_account_that_is_gone_is_begun_anew_only_where_that_is_accepted() {
    let directory = tempfile::tempdir().unwrap();
    let files = SecretFiles::at(directory.path());
    let mut settings = settings(&directory, false);
    let problem = files.resume_signer_state(&settings).unwrap_err();
    assert!(matches!(problem, SecretsError::SignerStateLost { .. }));
    assert!(problem.remedy().contains("accept_lost_signer_state"));
    settings.accept_lost_signer_state = true;
    assert_eq!(files.resume_signer_state(&settings).unwrap().size(), 0);
    settings.accept_lost_signer_state = false;
    assert!(files.resume_signer_state(&settings).is_ok(), "it was accepted once and for all");
}
