//! The bell: wakes the idle workers of this process when there is work, and sends them home at the end.
//!
//! *Invariant:* a ring is never lost: one that comes while a worker is busy is heard when it listens again. The bell
//! carries no work; who misses it altogether (another server) finds the work by looking.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The bell. Clones are the same bell.
#[derive(Debug, Clone, Default)]
pub struct Bell {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    rings: u64,
    closed: bool,
}

/// Somebody who listens to a bell, and remembers what was heard.
#[derive(Debug)]
pub(super) struct Listener {
    bell: Bell,
    heard: u64,
}

/// Why a listener stopped listening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// The bell was rung.
    Ring,
    /// Nothing, for the whole time.
    Nothing,
    /// The bell was closed: time to go home.
    Closing,
}

impl Bell {
    /// Wakes every worker that waits.
    pub fn ring(&self) {
        let mut state = self.lock();
        state.rings = state.rings.wrapping_add(1);
        drop(state);
        self.shared.changed.notify_all();
    }

    /// Sends every worker home, for good.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.shared.changed.notify_all();
    }

    /// Returns a listener, to whom every ring from now on is news.
    pub(super) fn listener(&self) -> Listener {
        Listener { bell: self.clone(), heard: self.lock().rings }
    }

    /// A panic of another thread cannot leave two numbers half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// Returns whether the bell was closed.
    pub(super) fn is_closing(&self) -> bool {
        self.bell.lock().closed
    }

    /// Waits for a ring that was not heard yet, for the closing, or for the time to pass.
    pub(super) fn wait(&mut self, at_most: Duration) -> Heard {
        let heard = self.heard;
        let silent = |state: &mut State| !state.closed && state.rings == heard;
        let (state, _) = self
            .bell
            .shared
            .changed
            .wait_timeout_while(self.bell.lock(), at_most, silent)
            .unwrap_or_else(PoisonError::into_inner);
        let (closed, rings) = (state.closed, state.rings);
        drop(state);
        let news = rings != heard;
        self.heard = rings;
        match (closed, news) {
            (true, _) => Heard::Closing,
            (false, true) => Heard::Ring,
            (false, false) => Heard::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;

    const LONG: Duration = Duration::from_mins(10);

    #[test]
    fn a_ring_that_came_while_nobody_listened_is_heard_at_once() {
        let bell = Bell::default();
        let mut listener = bell.listener();
        bell.ring();
        assert_eq!(listener.wait(LONG), Heard::Ring);
        assert_eq!(listener.wait(Duration::ZERO), Heard::Nothing, "and is heard once");
    }

    #[test]
    fn every_listener_hears_every_ring() {
        let bell = Bell::default();
        let mut listeners = [bell.listener(), bell.listener()];
        bell.clone().ring();
        assert!(listeners.iter_mut().all(|listener| listener.wait(LONG) == Heard::Ring));
    }

    #[test]
    fn one_who_waits_is_woken_by_a_ring_and_sent_home_by_the_closing() {
        let bell = Bell::default();
        let mut listener = bell.listener();
        let (told, news) = std::sync::mpsc::channel();
        let worker = std::thread::spawn(move || {
            loop {
                let heard = listener.wait(LONG);
                told.send(heard).unwrap();
                if heard == Heard::Closing {
                    break;
                }
            }
        });
        bell.ring();
        assert_eq!(news.recv(), Ok(Heard::Ring));
        bell.close();
        assert_eq!(news.recv(), Ok(Heard::Closing));
        worker.join().unwrap();
    }

    #[test]
    fn a_closed_bell_lets_nobody_wait_again() {
        let bell = Bell::default();
        bell.close();
        let mut late = bell.listener();
        assert!(late.is_closing());
        assert_eq!(late.wait(LONG), Heard::Closing);
    }
}
