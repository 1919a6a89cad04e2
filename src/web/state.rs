//! What every handler is given: the registry, the bell of the jobs, the limits.
//!
//! *Invariant:* built once at start; the only thing in it that changes is the count of questions.

use actix_web::web::{self, Data};
use rand::rngs::ThreadRng;
use std::sync::Arc;

use super::kind::Kind;
use super::limit::Limit;
use super::lookup_desk::LookupDesk;
use super::problem::Problem;
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
}

impl WebState {
    /// Takes the registry, its lookup desk, what wakes its workers, and how often callers may call.
    #[must_use]
    pub fn new(registry: Registry, desk: Arc<LookupDesk>, ring: Arc<dyn Fn() + Send + Sync>, limits: Limits) -> Self {
        Self {
            registry,
            desk,
            officers: Remembered::default(),
            ring,
            lookups: Limit::per_minute(limits.lookups_per_minute),
            public_pages: Limit::per_minute(limits.public_pages_per_minute),
            address_header: limits.address_header,
        }
    }
}

/// Does a deed on a thread that may wait for the database.
///
/// # Errors
/// The deed's, as a problem.
pub(crate) async fn act<T, E>(
    state: &Data<WebState>,
    deed: impl FnOnce(&Registry, Moment, &mut ThreadRng) -> Result<T, E> + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    let state = Data::clone(state);
    let done = web::block(move || deed(&state.registry, clock::now(), &mut clock::chance())).await;
    done.map_err(|lost| Problem::new(Kind::Internal).because(lost))?.map_err(Into::into)
}

/// Reads in one view of the database, on a thread that may wait for it.
///
/// # Errors
/// The reader's, as a problem.
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
