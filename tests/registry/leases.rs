//! The queue of work: one worker at a time holds a job, and one that comes back too late changes nothing.
//!
//! *Invariant:* the instants are the tests' own; no worker of a server is at the queue.

use scooter_registry::model::Moment;
use scooter_registry::storage::jobs::{self, HeldJob, Hold};
use scooter_registry::storage::{Result, Store, StoreSettings, Tx};
use std::time::Duration;

use crate::database::{TestDatabase, kinds};

const LEASE_S: i64 = 60;
const NOON: Moment = Moment::from_millis(1_795_000_000_000);

/// A queue with nobody at it but the test.
struct Queue {
    store: Store,
    _database: TestDatabase,
}

impl Queue {
    /// One on each database, with one job in it.
    fn each() -> impl Iterator<Item = Self> {
        kinds().into_iter().map(|kind| {
            let database = TestDatabase::create(kind);
            let settings = StoreSettings { url: database.url.clone(), connections: 2, wait: Duration::from_secs(10) };
            let queue = Self { store: Store::open(&settings).unwrap(), _database: database };
            queue.write(|tx| jobs::enqueue(tx, "job", "print_job", "subject", NOON));
            queue
        })
    }

    fn write<T>(&self, write: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> T {
        self.store.write(write).unwrap()
    }

    fn take(&self, now: Moment) -> Option<HeldJob> {
        self.write(|tx| jobs::take(tx, now, now.plus_seconds(LEASE_S)))
    }

    fn is_waiting(&self, now: Moment) -> bool {
        self.store.read(|db| jobs::is_waiting(db, now)).unwrap()
    }

    /// Two workers: the lease of the first ran out, and the second holds the job.
    fn lost_and_held(&self) -> (HeldJob, HeldJob, Moment) {
        let lost = self.take(NOON).expect("a job waits");
        let later = NOON.plus_seconds(LEASE_S + 1);
        let held = self.take(later).expect("the lease of the first ran out");
        assert_eq!((lost.attempt, held.attempt), (1, 2));
        (lost, held, later.plus_seconds(1))
    }
}

#[test]
fn a_worker_whose_lease_ran_out_neither_ends_nor_requeues_nor_gives_back_what_another_holds() {
    for queue in Queue::each() {
        let (mut lost, held, now) = queue.lost_and_held();
        let (before, long) = (lost.leased_until, now.plus_seconds(LEASE_S * 100));
        assert_eq!(queue.write(|tx| jobs::end(tx, &lost, now, None)), Hold::Lost);
        assert_eq!(queue.write(|tx| jobs::queue_again(tx, &lost, now)), Hold::Lost);
        assert_eq!(queue.write(|tx| jobs::give_back(tx, &lost, now)), Hold::Lost);
        assert_eq!(queue.write(|tx| jobs::hold_on(tx, &mut lost, long)), Hold::Lost);
        assert_eq!(lost.leased_until, before);
        assert!(queue.take(now).is_none(), "the second worker still holds it");
        let third = queue.take(held.leased_until.plus_seconds(1)).expect("until its own lease runs out");
        assert_eq!(third.attempt, 3, "and no attempt was forgotten");
        assert_eq!(queue.write(|tx| jobs::end(tx, &third, now, None)), Hold::Kept);
        assert_eq!(queue.write(|tx| jobs::queue_again(tx, &third, now)), Hold::Lost, "what ended stays ended");
        assert!(!queue.is_waiting(Moment::from_millis(i64::MAX)));
    }
}

#[test]
fn a_worker_is_not_taken_for_the_next_one_although_both_are_at_their_first_attempt() {
    for queue in Queue::each() {
        let (lost, held, now) = queue.lost_and_held();
        assert_eq!(queue.write(|tx| jobs::queue_again(tx, &held, now)), Hold::Kept);
        assert_eq!(queue.write(|tx| jobs::end(tx, &lost, now, None)), Hold::Lost, "what waits is nobody's");
        let third = queue.take(now).expect("it was queued again");
        assert_eq!(third.attempt, lost.attempt);
        assert_eq!(queue.write(|tx| jobs::end(tx, &lost, now, None)), Hold::Lost);
        assert_eq!(queue.write(|tx| jobs::end(tx, &third, now, None)), Hold::Kept);
    }
}

#[test]
fn a_worker_that_is_late_and_whom_nobody_replaced_still_speaks_for_its_job() {
    for queue in Queue::each() {
        let mut late = queue.take(NOON).unwrap();
        let now = NOON.plus_seconds(LEASE_S * 2);
        assert_eq!(queue.write(|tx| jobs::hold_on(tx, &mut late, now.plus_seconds(LEASE_S))), Hold::Kept);
        assert!(queue.take(now).is_none(), "it holds it for longer");
        assert_eq!(queue.write(|tx| jobs::give_back(tx, &late, now.plus_seconds(5))), Hold::Kept);
        assert!(queue.take(now.plus_seconds(4)).is_none());
        let again = queue.take(now.plus_seconds(6)).expect("it was given back until then");
        assert_eq!(queue.write(|tx| jobs::end(tx, &again, now, Some("in vain"))), Hold::Kept);
    }
}
