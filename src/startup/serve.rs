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
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::StartError;
use crate::config::ServerSettings;
use crate::web::{WebState, configure};

/// How often it is seen to that the server still stands while a signal is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A server that listens.
pub(super) struct Listening {
    /// Where, with the port that was given for port 0.
    pub(super) address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<io::Result<()>>,
}

/// Starts the server; returns once it listens.
///
/// # Errors
/// [`StartError::Listen`], [`StartError::Thread`].
pub(super) fn listen(state: web::Data<WebState>, settings: &ServerSettings) -> Result<Listening, StartError> {
    let (told, news) = sync_channel(1);
    let of_thread = settings.clone();
    let thread = Builder::new()
        .name("http".to_owned())
        .spawn(move || System::new().block_on(run(state, of_thread, told)))
        .map_err(StartError::Thread)?;
    let refused = |source| StartError::Listen { address: settings.listen.clone(), source };
    match news.recv() {
        Ok(Ok((address, handle))) => Ok(Listening { address, handle, thread }),
        Ok(Err(source)) => Err(refused(source)),
        Err(_) => Err(StartError::Ended(io::Error::other("the server's thread ended before it listened"))),
    }
}

type Told = io::Result<(SocketAddr, ServerHandle)>;

async fn run(state: web::Data<WebState>, settings: ServerSettings, told: SyncSender<Told>) -> io::Result<()> {
    let server = HttpServer::new(move || App::new().app_data(state.clone()).configure(configure))
        .workers(settings.workers.get())
        .shutdown_timeout(settings.stop_within_s)
        .disable_signals()
        .bind(&settings.listen);
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
            while !self.thread.is_finished() {
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
        // The command is sent by the call; the thread's end is waited for instead of the answer.
        drop(self.handle.stop(true));
        match self.thread.join() {
            Ok(ended) => ended.map_err(StartError::Ended),
            Err(_) => Err(StartError::Ended(io::Error::other("the server's thread ended by a panic"))),
        }
    }
}
