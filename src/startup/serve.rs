//! The HTTP server on a thread of its own, and the signals that end it.
//!
//! *Invariant:* no route is named here; what is served is `web`'s business.

use actix_web::dev::ServerHandle;
use actix_web::rt::signal::unix::{SignalKind, signal};
use actix_web::rt::{System, time};
use actix_web::{App, HttpServer, web};
use futures_util::future::select_all;
use futures_util::{FutureExt, pin_mut};
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::StartError;
use crate::config::ServerSettings;
use crate::web::{Entrance, WebState, configure, stand_back};

/// How often it is seen to that the server still stands while a signal is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A server that listens.
pub(super) struct Listening {
    /// Where, with the port that was given for port 0.
    pub(super) address: SocketAddr,
    /// Where the public comes in, if at an address of its own.
    pub(super) public: Option<SocketAddr>,
    doors: Vec<Door>,
}

/// An entrance that is open.
struct Door {
    address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<io::Result<()>>,
}

/// What an entrance is to be.
struct Plan {
    entrance: Entrance,
    listen: String,
    workers: usize,
    stop_within_s: u64,
}

/// Starts the server; returns once it listens.
///
/// # Errors
/// [`StartError::Listen`], [`StartError::Thread`].
pub(super) fn listen(state: &web::Data<WebState>, settings: &ServerSettings) -> Result<Listening, StartError> {
    let plan = |entrance, listen: &str, workers: NonZeroUsize| Plan {
        entrance,
        listen: listen.to_owned(),
        workers: workers.get(),
        stop_within_s: settings.stop_within_s,
    };
    let main = open(state, plan(Entrance::Main, &settings.listen, settings.workers))?;
    let mut listening = Listening { address: main.address, public: None, doors: vec![main] };
    let apart = settings.public_listen.trim();
    if !apart.is_empty() {
        match open(state, plan(Entrance::Public, apart, settings.public_workers)) {
            Ok(door) => {
                listening.public = Some(door.address);
                listening.doors.push(door);
            }
            Err(error) => {
                // What is said is why it did not start.
                let _ended = listening.stop();
                return Err(error);
            }
        }
    }
    Ok(listening)
}

fn open(state: &web::Data<WebState>, plan: Plan) -> Result<Door, StartError> {
    let (told, news) = sync_channel(1);
    let (state, address) = (state.clone(), plan.listen.clone());
    let thread = Builder::new()
        .name("http".to_owned())
        .spawn(move || System::new().block_on(run(state, plan, told)))
        .map_err(StartError::Thread)?;
    match news.recv() {
        Ok(Ok((address, handle))) => Ok(Door { address, handle, thread }),
        Ok(Err(source)) => Err(StartError::Listen { address, source }),
        Err(_) => Err(StartError::Ended(io::Error::other("the server's thread ended before it listened"))),
    }
}

type Told = io::Result<(SocketAddr, ServerHandle)>;

async fn run(state: web::Data<WebState>, plan: Plan, told: SyncSender<Told>) -> io::Result<()> {
    let entrance = plan.entrance;
    let server = HttpServer::new(move || {
        // Called once by each thread that will answer requests.
        if entrance == Entrance::Public {
            stand_back();
        }
        App::new().app_data(state.clone()).app_data(entrance).configure(configure)
    });
    let server = server.workers(plan.workers).shutdown_timeout(plan.stop_within_s).disable_signals().bind(&plan.listen);
    let server = match server {
        Ok(server) => server,
        Err(error) => {
            let _ = told.send(Err(error));
            return Ok(());
        }
    };
    let address = server.addrs().first().copied();
    let server = server.run();
    let news = address.map(|address| (address, server.handle())).ok_or_else(|| io::ErrorKind::AddrNotAvailable.into());
    let _ = told.send(news);
    server.await
}

impl Listening {
    /// Waits until the process is asked to end (SIGINT, SIGTERM), or the server ended by itself.
    ///
    /// # Errors
    /// [`StartError::Thread`] where the system lets nobody listen for signals.
    pub(super) fn wait_for_signal(&self) -> Result<(), StartError> {
        System::new().block_on(async {
            let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::Thread)?;
            let mut terminate = signal(SignalKind::terminate()).map_err(StartError::Thread)?;
            while !self.doors.iter().any(|door| door.thread.is_finished()) {
                let asked = select_all([
                    interrupt.recv().map(|_| ()).boxed_local(),
                    terminate.recv().map(|_| ()).boxed_local(),
                ]);
                pin_mut!(asked);
                if time::timeout(LOOK_EVERY, asked).await.is_ok() {
                    tracing::info!("asked to stop: requests that have begun are finished");
                    break;
                }
            }
            Ok(())
        })
    }

    /// Takes no more requests, finishes those that have begun, and ends.
    ///
    /// # Errors
    /// [`StartError::Ended`] where it had ended by itself before.
    pub(super) fn stop(self) -> Result<(), StartError> {
        let mut outcome = Ok(());
        // The command is sent by the call; the thread's end is waited for instead of the answer. All are told before any is waited for.
        for door in &self.doors {
            drop(door.handle.stop(true));
        }
        for door in self.doors {
            let ended = match door.thread.join() {
                Ok(ended) => ended.map_err(StartError::Ended),
                Err(_) => Err(StartError::Ended(io::Error::other("the server's thread ended by a panic"))),
            };
            outcome = outcome.and(ended);
        }
        outcome
    }
}
