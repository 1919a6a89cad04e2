//! The crew: which threads there are, and how they begin and end.
//!
//! *Invariant:* a thread of the crew ends only when it is sent home; a panic in one piece of work is a failure of that
//! piece.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::bell::{Bell, Heard, Listener};
use super::checkpoint::{SaveState, sign};
use super::{housekeeping, insurance, queue};
use crate::clock;
use crate::registry::Registry;
use crate::registry::attest::SignerState;

/// How often a checkpoint is signed: at most once a second, as the published log promises.
const SIGN_EVERY: Duration = Duration::from_secs(1);
const TIDY_EVERY: Duration = Duration::from_hours(1);
/// How often it is asked whether a new day has begun.
const NEW_DAY_EVERY: Duration = Duration::from_mins(5);

/// How the workers of the queue go about it.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How many there are.
    pub workers: usize,
    /// For how many seconds one holds a job.
    pub lease_s: u32,
    /// How long an idle one sleeps before it looks again.
    pub poll: Duration,
}

/// The threads at work.
#[derive(Debug)]
pub struct Crew {
    bell: Bell,
    closing: Bell,
    threads: Vec<JoinHandle<()>>,
}

impl Crew {
    /// Starts the workers of the queue, the signer of checkpoints, the daily look at insurance and the housekeeper. `save` keeps the signer's state
    /// outside the database after each signing.
    ///
    /// # Errors
    /// The system gave no thread; those that had begun are sent home.
    pub fn start(registry: &Registry, pace: Pace, state: SignerState, save: SaveState) -> io::Result<Self> {
        let mut crew = Self { bell: Bell::default(), closing: Bell::default(), threads: Vec::new() };
        match crew.begin(registry, pace, state, save) {
            Ok(()) => Ok(crew),
            Err(error) => {
                crew.stop();
                Err(error)
            }
        }
    }

    fn begin(&mut self, registry: &Registry, pace: Pace, mut state: SignerState, save: SaveState) -> io::Result<()> {
        for place in 0..pace.workers {
            let (registry, listener) = (registry.clone(), self.bell.listener());
            self.spawn(format!("jobs-{place}"), move || worker(&registry, pace, listener))?;
        }
        let (of_signer, listener) = (registry.clone(), self.closing.listener());
        self.spawn("checkpoint".to_owned(), move || {
            every(SIGN_EVERY, listener, || {
                sign(&of_signer, clock::now(), &mut state, &save);
            });
            // What was recorded since the last second is signed before the door closes.
            sign(&of_signer, clock::now(), &mut state, &save);
        })?;
        let (of_insurance, listener) = (registry.clone(), self.closing.listener());
        let mut looked = None;
        self.spawn("insurance".to_owned(), move || {
            every(NEW_DAY_EVERY, listener, || insurance::look(&of_insurance, clock::now(), &mut looked));
        })?;
        let (registry, listener) = (registry.clone(), self.closing.listener());
        self.spawn("housekeeping".to_owned(), move || {
            every(TIDY_EVERY, listener, || housekeeping::tidy(&registry, clock::now()));
        })
    }

    fn spawn(&mut self, name: String, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        self.threads.push(Builder::new().name(name).spawn(work)?);
        Ok(())
    }

    /// Returns the bell to be rung when a job was enqueued.
    #[must_use]
    pub fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// Sends everybody home and waits until they went: the job in hand is finished first.
    pub fn stop(self) {
        self.bell.close();
        self.closing.close();
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the jobs had ended by a panic");
            }
        }
    }
}

/// Takes jobs until sent home.
fn worker(registry: &Registry, pace: Pace, mut listener: Listener) {
    while !listener.is_closing() {
        let worked = unharmed(|| queue::work_on_one(registry, pace.lease_s)).unwrap_or_default();
        if worked == queue::Worked::NotAtAll && listener.wait(pace.poll) == Heard::Closing {
            return;
        }
    }
}

/// Does something at once, and then again whenever the time has passed, until sent home.
fn every(period: Duration, mut listener: Listener, mut work: impl FnMut()) {
    while !listener.is_closing() {
        let _ = unharmed(&mut work);
        if listener.wait(period) == Heard::Closing {
            return;
        }
    }
}

/// Does a piece of work; `None` if it ended by a panic, which is a fault of the program and is logged as one.
pub(super) fn unharmed<T>(work: impl FnOnce() -> T) -> Option<T> {
    // Nothing that the work touched is used afterwards but the pool, which drops a connection left in a transaction.
    catch_unwind(AssertUnwindSafe(work))
        .inspect_err(|_| tracing::error!("a piece of work ended by a panic; this is a fault of the program"))
        .ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests state what must hold")]
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn what_acts_by_the_clock_goes_on_after_a_panic_and_ends_when_sent_home() {
        let closing = Bell::default();
        let listener = closing.listener();
        let (told, news) = channel();
        let thread = std::thread::spawn(move || {
            every(Duration::from_millis(1), listener, || {
                told.send(()).unwrap();
                panic!("planted");
            });
        });
        assert_eq!((news.recv(), news.recv()), (Ok(()), Ok(())));
        closing.close();
        thread.join().unwrap();
    }
}
