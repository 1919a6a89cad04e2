//! One worker, one job: taken by lease, done, and ended or given back.
//!
//! *Invariant:* an idle worker only reads; a job that failed five times is not tried again, and whoever waits for it is
//! told.
//! *Invariant:* a worker that lost its job to another says nothing about it.

use super::causes::causes;
use super::crew::unharmed;
use super::{fleet_import, print_job};
use crate::clock;
use crate::registry::Registry;
use crate::registry::{enroll, press};
use crate::storage::Error as StorageError;
use crate::storage::jobs::{self, HeldJob, Hold};

/// How often a job is tried.
const ATTEMPTS: u32 = 5;
/// After how many seconds a job is tried again for the first time; each time four times as many.
const FIRST_PAUSE_S: i64 = 2;

/// Whether a worker found something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Worked {
    /// It had a job; there may be more.
    OnOne,
    /// There was nothing, or the database did not answer.
    #[default]
    NotAtAll,
}

/// Takes the oldest job that waits, if there is one, and works on it.
pub(super) fn work_on_one(registry: &Registry, lease_s: u32) -> Worked {
    match take(registry, lease_s) {
        Ok(None) => Worked::NotAtAll,
        Ok(Some(job)) => {
            work_on(registry, lease_s, job);
            Worked::OnOne
        }
        Err(error) => {
            tracing::warn!(why = causes(&error), "the queue of jobs cannot be read");
            Worked::NotAtAll
        }
    }
}

fn take(registry: &Registry, lease_s: u32) -> Result<Option<HeldJob>, StorageError> {
    let now = clock::now();
    if !registry.store.read(|db| jobs::is_waiting(db, now))? {
        return Ok(None);
    }
    registry.store.write(|tx| jobs::take(tx, now, now.plus_seconds(i64::from(lease_s))))
}

fn work_on(registry: &Registry, lease_s: u32, mut job: HeldJob) {
    let outcome = if job.attempt > ATTEMPTS {
        // Each worker that had it died over it.
        Err("the work was begun too often without an end".to_owned())
    } else {
        unharmed(|| perform(registry, &job)).unwrap_or_else(|| Err("the work ended by a panic".to_owned()))
    };
    match settle(registry, lease_s, &mut job, &outcome) {
        Ok(Hold::Kept) => {}
        Ok(Hold::Lost) => {
            tracing::warn!(
                job = job.id,
                kind = job.kind,
                "a job took longer than its lease and is another worker's now"
            );
        }
        // Another worker takes it when the lease runs out.
        Err(error) => tracing::warn!(job = job.id, why = causes(&error), "the end of a job was not recorded"),
    }
}

fn settle(
    registry: &Registry,
    lease_s: u32,
    job: &mut HeldJob,
    outcome: &Result<Came, String>,
) -> Result<Hold, StorageError> {
    let now = clock::now();
    match outcome {
        Ok(Came::ToTheEnd) => registry.store.write(|tx| jobs::end(tx, job, now, None)),
        Ok(Came::AStep) => registry.store.write(|tx| jobs::queue_again(tx, job, now)),
        Err(why) if job.attempt < ATTEMPTS => {
            let (id, kind, attempt) = (&job.id, &job.kind, job.attempt);
            tracing::warn!(job = id, kind, attempt, why, "a job failed and is tried again");
            registry.store.write(|tx| jobs::give_back(tx, job, now.plus_seconds(pause_s(attempt))))
        }
        Err(why) => {
            tracing::error!(job = job.id, kind = job.kind, attempt = job.attempt, why, "a job failed for good");
            // Whoever waits for it is told before the job ends, so that nobody waits for ever if the program dies here; but
            // by nobody who lost the job to another worker.
            let until = now.plus_seconds(i64::from(lease_s));
            if registry.store.write(|tx| jobs::hold_on(tx, job, until))? == Hold::Lost {
                return Ok(Hold::Lost);
            }
            give_up(registry, job);
            registry.store.write(|tx| jobs::end(tx, job, clock::now(), Some(why)))
        }
    }
}

/// How far a worker came with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// To its end.
    ToTheEnd,
    /// A step further; the next one may be another worker's.
    AStep,
}

fn perform(registry: &Registry, job: &HeldJob) -> Result<Came, String> {
    match job.kind.as_str() {
        enroll::JOB => fleet_import::work(registry, &job.subject).map(|()| Came::ToTheEnd),
        press::JOB => print_job::work(registry, &job.subject),
        other => Err(format!("this program knows no job of the kind {other}")),
    }
}

fn give_up(registry: &Registry, job: &HeldJob) {
    match job.kind.as_str() {
        enroll::JOB => fleet_import::give_up(registry, &job.subject),
        press::JOB => print_job::give_up(registry, &job.subject),
        _ => {}
    }
}

fn pause_s(attempt: u32) -> i64 {
    FIRST_PAUSE_S.saturating_mul(4_i64.saturating_pow(attempt.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_until_the_last_attempt() {
        assert_eq!((1..ATTEMPTS).map(pause_s).collect::<Vec<_>>(), [2, 8, 32, 128]);
    }
}
