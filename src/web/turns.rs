//! Turns for operators and the regulator: as many at once as there are connections for them, and only so many who wait.
//!
//! *Invariant:* a turn is held until its work is done, also where whoever asked has gone meanwhile: no thread waits for a connection
//! behind more than its turn.

use actix_web::rt::time::timeout;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::kind::Kind;
use super::problem::Problem;

/// How many are served at once.
#[derive(Debug, Clone, Copy)]
pub struct TurnRules {
    /// How many are served at once.
    pub at_once: usize,
    /// How many may wait for their turn.
    pub waiting: usize,
    /// Whoever has waited longer than this is refused.
    pub patience: Duration,
}

/// The turns.
#[derive(Debug)]
pub(crate) struct Turns {
    /// A place for everybody who is served or waits.
    places: Arc<Semaphore>,
    served: Arc<Semaphore>,
    patience: Duration,
}

/// Somebody's turn; it is over when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _served: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl Turns {
    pub(crate) fn new(rules: TurnRules) -> Self {
        let at_once = rules.at_once.clamp(1, Semaphore::MAX_PERMITS);
        let places = at_once.saturating_add(rules.waiting).min(Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(places)),
            served: Arc::new(Semaphore::new(at_once)),
            patience: rules.patience,
        }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Kind::Busy`] where too many wait, or it took too long.
    pub(crate) async fn take(&self) -> Result<Turn, Problem> {
        let busy = || Problem::new(Kind::Busy);
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|full| busy().because(full))?;
        let served = timeout(self.patience, Arc::clone(&self.served).acquire_owned()).await;
        let served = served.map_err(|late| busy().because(late))?.map_err(|closed| busy().because(closed))?;
        Ok(Turn { _served: served, _place: place })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;

    const RULES: TurnRules = TurnRules { at_once: 1, waiting: 1, patience: Duration::from_mins(1) };

    #[actix_web::test]
    async fn whoever_finds_every_place_taken_is_refused_and_a_turn_that_is_over_is_the_next_ones() {
        let turns = Turns::new(RULES);
        let first = turns.take().await.unwrap();
        let (second, third) = futures_util::future::join(
            async {
                let second = turns.take().await;
                drop(second.unwrap());
            },
            async {
                let third = turns.take().await;
                drop(first);
                third.map(drop)
            },
        )
        .await;
        assert_eq!(((), Kind::Busy), (second, third.unwrap_err().kind()));
        assert!(turns.take().await.is_ok());
    }

    #[actix_web::test]
    async fn whoever_waits_too_long_is_refused_and_leaves_his_place() {
        let turns = Turns::new(TurnRules { patience: Duration::ZERO, ..RULES });
        let first = turns.take().await.unwrap();
        for _ in 0..3 {
            assert_eq!(turns.take().await.unwrap_err().kind(), Kind::Busy);
        }
        drop(first);
        assert!(turns.take().await.is_ok());
    }
}
