//! A room of its own for callers of one kind: their own threads, their own connections, and only so many who wait.
//!
//! *Invariant:* whoever finds the room full is refused at once; whoever was let in is answered or refused, also while the server
//! stops. However many come, they take no connection from anybody else, and no thread but those that read requests where they come in.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

use super::kind::Kind;
use super::problem::Problem;
use super::stand_back::stand_back;
use crate::clock;
use crate::model::Moment;
use crate::registry::Registry;
use crate::storage::{Db, Error as StorageError};

/// How much a room takes on.
#[derive(Debug, Clone, Copy)]
pub struct RoomRules {
    /// How many threads serve it, each with a connection.
    pub threads: u32,
    /// How many may wait in it.
    pub waiting: usize,
    /// Whoever has waited longer than this is refused, in milliseconds.
    pub patience_ms: u32,
}

/// Why a room, or the lookup desk, could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum RoomProblem {
    /// It has no connection of its own.
    #[error("a part of the server could not connect to the database")]
    Storage(#[from] StorageError),
    /// It has no thread.
    #[error("a part of the server could not be started")]
    Thread(#[from] io::Error),
}

/// Does what somebody wants, or tells him that it is not done; returns whether it was done, or was not wanted any more.
type Wish = Box<dyn FnOnce(Turn<'_>) -> bool + Send>;

/// What becomes of a wish.
enum Turn<'a> {
    Done(&'a mut Db, &'a Registry),
    Refused(Problem),
}

/// How many are served within one view of the database. To begin one takes locks that officers' questions take too (`SQLite`), and
/// an exchange (`PostgreSQL`): a crowd that waits shares it, whoever comes alone has one to himself.
const TOGETHER: usize = 64;

/// Why a view was ended before its time.
enum Ended {
    Unusable(StorageError),
    /// Something failed in it: nobody else is served within it.
    Failed,
}

impl From<StorageError> for Ended {
    fn from(error: StorageError) -> Self {
        Self::Unusable(error)
    }
}

/// Somebody in the room.
struct Visitor {
    wish: Wish,
    since: Moment,
}

#[derive(Debug, Default)]
struct RoomFigures {
    served: AtomicU64,
    turned_away: AtomicU64,
}

/// The room.
pub struct Room {
    /// `None` once nobody is let in any more.
    door: Mutex<Option<Sender<Visitor>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    figures: Arc<RoomFigures>,
}

impl Room {
    /// Opens the room of the public. When processors are short, everybody else is served before it.
    ///
    /// # Errors
    /// [`RoomProblem`].
    pub fn open(registry: &Registry, rules: RoomRules) -> Result<Self, RoomProblem> {
        let (door, visitors) = channel(rules.waiting.max(1));
        let visitors = Arc::new(Mutex::new(visitors));
        let figures = Arc::new(RoomFigures::default());
        let registry = Registry { store: registry.store.apart(rules.threads)?, ..registry.clone() };
        let mut threads = Vec::new();
        for _ in 0..rules.threads {
            let (registry, visitors, figures) = (registry.clone(), Arc::clone(&visitors), Arc::clone(&figures));
            let serving = move || {
                stand_back();
                serve(&registry, &visitors, rules.patience_ms, &figures);
            };
            threads.push(Builder::new().name("public".to_owned()).spawn(serving)?);
        }
        Ok(Self { door: Mutex::new(Some(door)), threads: Mutex::new(threads), figures })
    }

    /// Does a deed in the room, in a view of the database, and waits for what comes of it.
    ///
    /// # Errors
    /// [`Kind::Busy`] where the room is full or closed, or it took too long; else the deed's, as a problem.
    pub(crate) async fn act<T, E>(
        &self,
        deed: impl FnOnce(&mut Db, &Registry, Moment) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        let (tell, told) = oneshot::channel::<Result<T, Problem>>();
        let wish = Box::new(move |turn: Turn<'_>| {
            // Whoever has gone meanwhile needs nothing any more.
            if tell.is_closed() {
                return true;
            }
            let done = match turn {
                Turn::Done(db, registry) => deed(db, registry, clock::now()).map_err(Into::into),
                Turn::Refused(problem) => Err(problem),
            };
            let is_done = done.is_ok();
            let _gone = tell.send(done);
            is_done
        });
        // No cause: a crowd that is turned away must not fill the log with one more line for each.
        if !self.let_in(Visitor { wish, since: clock::now() }) {
            self.figures.turned_away.fetch_add(1, Ordering::Relaxed);
            return Err(Problem::new(Kind::Busy));
        }
        told.await.map_err(|lost| Problem::new(Kind::Internal).because(lost))?
    }

    /// Lets somebody in; returns whether there was a place.
    fn let_in(&self, visitor: Visitor) -> bool {
        let door = self.door.lock().unwrap_or_else(PoisonError::into_inner);
        door.as_ref().is_some_and(|door| door.try_send(visitor).is_ok())
    }

    /// Closes the room: nobody is let in any more, and whoever is in it is served first.
    pub fn close(&self) {
        drop(self.door.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the public's room ended by a panic");
            }
        }
        let of = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
        let (served, turned_away) = (of(&self.figures.served), of(&self.figures.turned_away));
        tracing::info!(served, turned_away, "the public's room is closed");
    }
}

/// Serves one after the other, until nobody can come in.
fn serve(registry: &Registry, visitors: &Mutex<Receiver<Visitor>>, patience_ms: u32, figures: &RoomFigures) {
    while let Some(visitor) = next(visitors) {
        let mut first = Some(visitor);
        let viewed = registry.store.read(|db| {
            for _ in 0..TOGETHER {
                let Some(visitor) = first.take().or_else(|| next_at_once(visitors)) else { break };
                if !serve_one(db, registry, visitor, patience_ms, figures) {
                    return Err(Ended::Failed);
                }
            }
            Ok(())
        });
        if let (Err(Ended::Unusable(error)), Some(Visitor { wish, .. })) = (viewed, first) {
            figures.turned_away.fetch_add(1, Ordering::Relaxed);
            wish(Turn::Refused(Problem::from(error)));
        }
    }
}

/// Serves somebody; returns whether the view still serves.
fn serve_one(db: &mut Db, registry: &Registry, visitor: Visitor, patience_ms: u32, figures: &RoomFigures) -> bool {
    let Visitor { wish, since } = visitor;
    let waited = clock::now().as_millis().saturating_sub(since.as_millis());
    if waited > i64::from(patience_ms) {
        figures.turned_away.fetch_add(1, Ordering::Relaxed);
        wish(Turn::Refused(Problem::new(Kind::Busy)));
        return true;
    }
    figures.served.fetch_add(1, Ordering::Relaxed);
    // A panic is a fault of ours; it must not take the room with it. Whoever waits learns of it by being told nothing.
    catch_unwind(AssertUnwindSafe(|| wish(Turn::Done(db, registry)))).unwrap_or_else(|_| {
        tracing::error!("a request of the public ended by a panic");
        false
    })
}

fn next(visitors: &Mutex<Receiver<Visitor>>) -> Option<Visitor> {
    visitors.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
}

/// Whoever waits already; nobody, where another thread waits for somebody.
fn next_at_once(visitors: &Mutex<Receiver<Visitor>>) -> Option<Visitor> {
    visitors.try_lock().ok()?.try_recv().ok()
}
