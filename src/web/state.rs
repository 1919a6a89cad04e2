//! What every handler is given: the registry, the bell of the jobs, the limits.
//!
//! *Invariant:* built once at start; the only thing in it that changes is the count of questions.

use actix_web::web::{self, Data};
use rand::rngs::ThreadRng;
use std::sync::Arc;
use tokio::sync::Mutex;

use super::api::health::Readiness;
use super::kind::Kind;
use super::limit::Limit;
use super::lookup_desk::LookupDesk;
use super::problem::Problem;
use super::room::Room;
use super::turns::{TurnRules, Turns};
use crate::clock;
use crate::model::Moment;
use crate::registry::Registry;
use crate::registry::access::Remembered;
use crate::storage::{Db, Error as StorageError};

/// What every handler is given.
pub struct WebState {
    /// The registry.
    pub(crate) registry: Registry,
    /// Where lookups are answered.
    pub(crate) desk: Arc<LookupDesk>,
    /// Where the public is served.
    pub(crate) public: Arc<Room>,
    /// The turns of everybody else.
    turns: Turns,
    /// Whether the database answered a moment ago.
    pub(crate) readiness: Mutex<Readiness>,
    /// Officers who asked a moment ago.
    pub(crate) officers: Remembered,
    /// Wakes the workers after something was enqueued.
    pub(crate) ring: Arc<dyn Fn() + Send + Sync>,
    /// How many questions a key may ask a minute.
    pub(crate) lookups: Limit,
    /// How many public pages an address may see a minute.
    pub(crate) public_pages: Limit,
    /// The header in which a proxy names the caller's address.
    pub(crate) address_header: Option<String>,
}

/// How often callers may call.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Lookups that one key may ask in a minute; 0: as many as it likes.
    pub lookups_per_minute: u32,
    /// Public pages that one address may see in a minute; 0: as many as it likes.
    pub public_pages_per_minute: u32,
    /// The header in which a proxy names the caller's address; `None`: whoever connects is the caller.
    pub address_header: Option<String>,
    /// How many operators and regulators are served at once.
    pub turns: TurnRules,
}

impl WebState {
    /// Takes the registry, its lookup desk, the public's room, what wakes its workers, and how often callers may call.
    #[must_use]
    pub fn new(
        registry: Registry,
        desk: Arc<LookupDesk>,
        public: Arc<Room>,
        ring: Arc<dyn Fn() + Send + Sync>,
        limits: Limits,
    ) -> Self {
        Self {
            registry,
            desk,
            public,
            turns: Turns::new(limits.turns),
            readiness: Mutex::new(None),
            officers: Remembered::default(),
            ring,
            lookups: Limit::per_minute(limits.lookups_per_minute),
            public_pages: Limit::per_minute(limits.public_pages_per_minute),
            address_header: limits.address_header,
        }
    }
}

/// Does a deed on a thread that may wait for the database, when it is the caller's turn.
///
/// # Errors
/// [`Kind::Busy`] where too many wait for theirs; else the deed's, as a problem.
pub(crate) async fn act<T, E>(
    state: &Data<WebState>,
    deed: impl FnOnce(&Registry, Moment, &mut ThreadRng) -> Result<T, E> + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    let turn = state.turns.take().await?;
    let state = Data::clone(state);
    let done = web::block(move || {
        let done = deed(&state.registry, clock::now(), &mut clock::chance());
        drop(turn);
        done
    });
    let done = done.await;
    done.map_err(|lost| Problem::new(Kind::Internal).because(lost))?.map_err(Into::into)
}

/// Reads in one view of the database, on a thread that may wait for it.
///
/// # Errors
/// As [`act`], with the reader's.
pub(crate) async fn read<T, E>(
    state: &Data<WebState>,
    reader: impl FnOnce(&mut Db, &Registry) -> Result<T, E> + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: From<StorageError> + Into<Problem> + Send + 'static,
{
    act(state, move |registry, _, _| registry.store.read(|db| reader(db, registry))).await
}
