//! Where questions come in: two bounded queues, and the threads behind them.
//!
//! *Invariant:* a question that finds its queue full is refused at once; one that was taken is answered or refused, also while the
//! server stops.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel, error::TrySendError};
use tokio::sync::{Semaphore, oneshot};

use super::batch::{Taken, Waiting, answer};
use super::figures::DeskFigures;
use crate::clock;
use crate::registry::Registry;
use crate::registry::resolve::{Asking, Resolved};
use crate::web::kind::Kind;
use crate::web::problem::Problem;
use crate::web::room::RoomProblem;

/// How much a desk takes on.
#[derive(Debug, Clone, Copy)]
pub struct DeskRules {
    /// How many questions may wait, in each of the two queues.
    pub waiting: usize,
    /// How many are answered in one transaction at most.
    pub batch: usize,
    /// How many uncertain ones are answered in one transaction at most: each may mean many numbers.
    pub uncertain_batch: usize,
    /// How many readings are ranked at the same time.
    pub ranking: usize,
    /// A question that has waited longer than this is refused, in milliseconds.
    pub patience_ms: u32,
}

/// The desk. Its handle may be given to whoever asks.
pub struct LookupDesk {
    /// `None` once nobody is let in any more.
    doors: Mutex<Option<Doors>>,
    /// Places for uncertain readings that wait to be ranked, and for those that are.
    unranked: Semaphore,
    ranking: Arc<Semaphore>,
    figures: Arc<DeskFigures>,
    registry: Registry,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// Where questions come in.
struct Doors {
    plain: Sender<Waiting>,
    uncertain: Sender<Waiting>,
}

impl LookupDesk {
    /// Opens the desk, with connections and threads of its own: whatever else the server does, an officer's question does not
    /// wait for it.
    ///
    /// # Errors
    /// [`RoomProblem`].
    pub fn open(registry: &Registry, rules: DeskRules) -> Result<Self, RoomProblem> {
        let figures = Arc::new(DeskFigures::default());
        let mut threads = Vec::new();
        let mut serve = |name: &str, clerks: usize, batch: usize| -> Result<Sender<Waiting>, RoomProblem> {
            let (sender, receiver) = channel(rules.waiting.max(1));
            let receiver = Arc::new(Mutex::new(receiver));
            for _ in 0..clerks {
                let registry = Registry { store: registry.store.apart(1)?, ..registry.clone() };
                let (receiver, figures) = (Arc::clone(&receiver), Arc::clone(&figures));
                let desk = move || serve(&registry, &receiver, batch, rules.patience_ms, &figures);
                threads.push(Builder::new().name(name.to_owned()).spawn(desk)?);
            }
            Ok(sender)
        };
        let plain = serve("lookup-desk", CLERKS, rules.batch)?;
        let uncertain = serve("lookup-uncertain", 1, rules.uncertain_batch)?;
        let unranked = Semaphore::new(rules.waiting.max(1));
        let ranking = Arc::new(Semaphore::new(rules.ranking.max(1)));
        let registry = Registry { store: registry.store.apart(1)?, ..registry.clone() };
        let (doors, threads) = (Mutex::new(Some(Doors { plain, uncertain })), Mutex::new(threads));
        Ok(Self { doors, unranked, ranking, figures, registry, threads })
    }

    /// Returns the registry on a connection that is the desk's own.
    pub(crate) const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Asks, and waits for what comes of it.
    ///
    /// # Errors
    /// [`Kind::Busy`] where too many are waiting, it took too long, or the database was lost; whether the question is on record is
    /// then not known, and no answer was given. Else as the deed's.
    pub(crate) async fn ask(&self, asking: Asking) -> Result<Resolved, Problem> {
        let is_plain = asking.is_plain();
        let asking = if is_plain { asking } else { self.rank(asking).await? };
        let (tell, told) = oneshot::channel();
        self.let_in(is_plain, Waiting { asking, since: clock::now(), tell })
            .inspect_err(|_| self.figures.turned_away())?;
        told.await.map_err(|lost| Problem::new(Kind::Busy).because(lost))?
    }

    fn let_in(&self, is_plain: bool, waiting: Waiting) -> Result<(), Problem> {
        let busy = |why: &'static str| Problem::new(Kind::Busy).because(why);
        let doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        let doors = doors.as_ref().ok_or_else(|| busy("the desk is closed"))?;
        let door = if is_plain { &doors.plain } else { &doors.uncertain };
        door.try_send(waiting).map_err(|refused| match refused {
            TrySendError::Full(_) => busy("too many questions are waiting at the desk"),
            TrySendError::Closed(_) => busy("nobody is left at the desk"),
        })
    }

    /// Ranks an uncertain reading on a thread that may take its time.
    async fn rank(&self, asking: Asking) -> Result<Asking, Problem> {
        let Ok(_place) = self.unranked.try_acquire() else {
            self.figures.turned_away();
            return Err(Problem::new(Kind::Busy).because("too many uncertain readings wait to be ranked"));
        };
        let permit = Arc::clone(&self.ranking).acquire_owned().await;
        let permit = permit.map_err(|closed| Problem::new(Kind::Busy).because(closed))?;
        let registry = self.registry.clone();
        let ranked = actix_web::web::block(move || {
            let ranked = asking.ranked(&registry);
            drop(permit);
            ranked
        });
        ranked.await.map_err(|lost| Problem::new(Kind::Internal).because(lost))?.map_err(Problem::from)
    }

    /// Closes the desk: nobody is let in any more, and what is waiting is answered first.
    pub fn close(&self) {
        drop(self.doors.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a lookup desk ended by a panic");
            }
        }
        tracing::info!(done = ?self.figures.read(), "the lookup desk is closed");
    }
}

/// How many threads answer plain questions: while one batch is being recorded the next one is looked up.
const CLERKS: usize = 2;

/// A batch of so many is worth waiting for when the one before it was as large.
const CROWD: usize = 4;
/// For how long a clerk looks whether more come in, and how often.
const GLANCE: Duration = Duration::from_micros(300);
const GLANCES: usize = 8;

/// Waits for a question, and takes it with all that wait behind it; `None` once nobody can come in any more. `before`: how many were
/// answered together last. Those who were come again together: while they come in, and no longer than two milliseconds and a half, a
/// clerk lets them, for what a batch costs is nearly the same however large it is. A lone question waits for nobody.
fn next(queue: &Mutex<Receiver<Waiting>>, most: usize, before: usize) -> Option<Vec<Waiting>> {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    let mut batch = vec![queue.blocking_recv()?];
    let mut come = queue.len();
    for _ in 0..GLANCES {
        if before < CROWD || come >= before.saturating_add(before.div_euclid(2)) {
            break;
        }
        #[allow(
            clippy::disallowed_methods,
            reason = "nothing tells that somebody is on the way; what is asked is whether they come"
        )]
        std::thread::sleep(GLANCE);
        if queue.len() == come {
            break;
        }
        come = queue.len();
    }
    while batch.len() < most {
        let Ok(next) = queue.try_recv() else { break };
        batch.push(next);
    }
    Some(batch)
}

/// Takes what is waiting, again and again, until nobody can come in.
fn serve(registry: &Registry, queue: &Mutex<Receiver<Waiting>>, most: usize, patience_ms: u32, figures: &DeskFigures) {
    let mut before = 0;
    while let Some(batch) = next(queue, most, before) {
        before = batch.len();
        let taken = Taken::of(batch, clock::now(), patience_ms, figures);
        answer(registry, taken, figures);
    }
}
