//! The crew at work on a real registry: what it signs, and what it gives up.
//!
//! *Invariant:* no fixed pauses: what is waited for is the thing itself.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests state what must hold")]

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tempfile::TempDir;

use super::{Opened, open};
use crate::clock;
use crate::jobs::{Crew, Pace, SaveState};
use crate::model::{Moment, Role};
use crate::registry::Registry;
use crate::registry::access::{self, AccountError, NewAccount};
use crate::registry::attest::{SignerState, verify_log};
use crate::storage::{self, jobs};

const PACE: Pace = Pace { workers: 2, lease_s: 60, poll: Duration::from_mins(1) };
const PATIENCE: Duration = Duration::from_secs(30);

fn registry() -> (TempDir, Registry) {
    let directory = tempfile::tempdir().unwrap();
    let mut settings = crate::config::load(None, []).unwrap();
    settings.database.url = format!("sqlite:{}", directory.path().join("registry.db").display());
    settings.secrets.directory = directory.path().join("secrets");
    let Opened { registry, .. } = open(&settings).unwrap();
    (directory, registry)
}

fn start(registry: &Registry) -> (Crew, Receiver<SignerState>) {
    let (told, news) = channel();
    let save: SaveState =
        Box::new(move |bytes| told.send(SignerState::from_bytes(bytes).unwrap()).map_err(std::io::Error::other));
    (Crew::start(registry, PACE, SignerState::default(), save).unwrap(), news)
}

fn make_account(registry: &Registry) {
    let new = NewAccount { role: Role::Auditor, name: "auditor".to_owned(), authority: None, operator_id: None };
    let (now, rng, console) = (clock::now(), &mut clock::chance(), access::console());
    registry
        .store
        .write(|tx| -> Result<_, AccountError> { access::create_account(tx, now, rng, &console, new) })
        .unwrap();
}

#[test]
fn what_is_recorded_is_signed_and_what_was_signed_is_kept_outside_the_database() {
    let (_directory, registry) = registry();
    make_account(&registry);
    let (crew, news) = start(&registry);
    assert_eq!(news.recv_timeout(PATIENCE).unwrap().size(), 1);
    make_account(&registry);
    assert_eq!(news.recv_timeout(PATIENCE).unwrap().size(), 2);
    crew.stop();
    assert!(verify_log(&registry, None).unwrap().is_clean());
}

#[test]
fn what_was_recorded_in_the_last_moment_is_signed_before_the_crew_goes_home() {
    let (_directory, registry) = registry();
    make_account(&registry);
    let (crew, news) = start(&registry);
    assert_eq!(news.recv_timeout(PATIENCE).unwrap().size(), 1);
    make_account(&registry);
    crew.stop();
    assert_eq!(news.try_iter().last().unwrap().size(), 2);
}

#[test]
fn a_job_over_which_five_workers_died_is_ended_and_not_begun_again() {
    let (_directory, registry) = registry();
    let long_ago = Moment::from_millis(1_000);
    registry.store.write(|tx| jobs::enqueue(tx, "job", "nobody_knows_this_kind", "subject", long_ago)).unwrap();
    for attempt in 1..=5 {
        let now = long_ago.plus_seconds(10 * attempt);
        let taken = registry.store.write(|tx| jobs::take(tx, now, now.plus_seconds(1))).unwrap();
        assert_eq!(taken.map(|job| i64::from(job.attempt)), Some(attempt));
    }
    let (crew, _news) = start(&registry);
    crew.bell().ring();
    // A job that was given back would wait again at the end of time; an ended one does not.
    let the_end_of_time = Moment::from_millis(i64::MAX);
    let is_open = || registry.store.read(|db| -> storage::Result<_> { jobs::is_waiting(db, the_end_of_time) }).unwrap();
    let mut turns = 0;
    while is_open() {
        turns += 1;
        assert!(turns < 3_000, "the job was never ended");
        std::thread::park_timeout(Duration::from_millis(10));
    }
    crew.stop();
}
