//! A registry at work: started in one call, stopped in one call.
//!
//! *Invariant:* it ends in the order in which nothing is lost: first nobody is let in, then the jobs finish, then the
//! last checkpoint is signed.

use actix_web::web::Data;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::serve::{Listening, listen};
use super::{Opened, StartError, open};
use crate::config::{JobSettings, ServerSettings, Settings};
use crate::jobs::{Crew, Pace, SaveState};
use crate::registry::Registry;
use crate::web::{DeskRules, Limits, LookupDesk, Room, RoomProblem, RoomRules, TurnRules, WebState};

/// A registry at work.
pub struct Running {
    /// Where it listens, with the port that was given for port 0.
    pub address: SocketAddr,
    /// The same as a URL, without a slash at the end.
    pub url: String,
    /// The URL at which whoever needs no key comes in, if that is another one.
    pub public_url: Option<String>,
    registry: Registry,
    listening: Listening,
    desk: Arc<LookupDesk>,
    public: Arc<Room>,
    crew: Crew,
}

/// Opens the registry, starts its jobs, and listens; returns once it does.
///
/// # Errors
/// [`StartError`]; then nothing is left running.
pub fn start(settings: &Settings) -> Result<Running, StartError> {
    let Opened { registry, secret_files } = open(settings)?;
    let signed = secret_files.resume_signer_state(&settings.secrets)?;
    let save: SaveState = Box::new(move |bytes| secret_files.save_signer_state(bytes));
    let crew = Crew::start(&registry, pace(&settings.jobs), signed, save).map_err(StartError::Thread)?;
    let bell = crew.bell();
    let ring = Arc::new(move || bell.ring());
    let opened = LookupDesk::open(&registry, desk_rules(&settings.server))
        .and_then(|desk| Ok((Arc::new(desk), Arc::new(Room::open(&registry, public_rules(&settings.server))?))));
    let (desk, public) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            crew.stop();
            return Err(match error {
                RoomProblem::Storage(error) => StartError::Storage(error),
                RoomProblem::Thread(error) => StartError::Thread(error),
            });
        }
    };
    let limits = limits(settings);
    let state = Data::new(WebState::new(registry.clone(), Arc::clone(&desk), Arc::clone(&public), ring, limits));
    match listen(&state, &settings.server) {
        Ok(listening) => {
            let (address, url) = (listening.address, url_of(listening.address));
            let public_url = listening.public.map(url_of);
            tracing::info!(url, public_url, log = %registry.secrets.verifier_key(), "the registry is open");
            Ok(Running { address, url, public_url, registry, listening, desk, public, crew })
        }
        Err(error) => {
            crew.stop();
            Err(error)
        }
    }
}

impl Running {
    /// Returns the registry itself.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Serves until the process is asked to end (SIGINT, SIGTERM), then stops.
    ///
    /// # Errors
    /// [`StartError::Ended`] where the server ended by itself.
    pub fn wait(self) -> Result<(), StartError> {
        let waited = self.listening.wait_for_signal();
        self.stop().and(waited)
    }

    /// Stops: requests and jobs that have begun are finished, the last checkpoint is signed.
    ///
    /// # Errors
    /// [`StartError::Ended`] where the server had ended by itself before.
    pub fn stop(self) -> Result<(), StartError> {
        let ended = self.listening.stop();
        self.desk.close();
        self.public.close();
        self.crew.stop();
        tracing::info!("the registry is closed");
        ended
    }
}

fn limits(settings: &Settings) -> Limits {
    let server = &settings.server;
    Limits {
        lookups_per_minute: server.lookups_per_minute,
        public_pages_per_minute: server.public_pages_per_minute,
        address_header: Some(server.client_address_header.trim().to_owned()).filter(|name| !name.is_empty()),
        turns: TurnRules {
            // What waits for more than that would wait for a connection.
            at_once: usize::try_from(settings.database.connections.get()).unwrap_or(usize::MAX),
            waiting: server.requests_waiting,
            patience: Duration::from_secs(settings.database.wait_s.get()),
        },
    }
}

fn public_rules(server: &ServerSettings) -> RoomRules {
    RoomRules {
        threads: server.public_threads.get(),
        waiting: server.public_waiting.get(),
        patience_ms: server.public_patience_ms.get(),
    }
}

fn desk_rules(server: &ServerSettings) -> DeskRules {
    DeskRules {
        waiting: server.lookups_waiting.get(),
        batch: server.lookups_a_transaction.get(),
        uncertain_batch: 8,
        ranking: server.workers.get(),
        patience_ms: server.lookup_patience_ms.get(),
    }
}

fn pace(jobs: &JobSettings) -> Pace {
    Pace { workers: jobs.workers.get(), lease_s: jobs.lease_s.get(), poll: Duration::from_millis(jobs.poll_ms.get()) }
}

/// Returns a URL that works on this machine: every address means the loopback one too.
fn url_of(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;

    #[test]
    fn the_url_of_every_address_can_be_called() {
        assert_eq!(url_of("0.0.0.0:81".parse().unwrap()), "http://127.0.0.1:81");
        assert_eq!(url_of("[::]:81".parse().unwrap()), "http://[::1]:81");
        assert_eq!(url_of("10.1.2.3:81".parse().unwrap()), "http://10.1.2.3:81");
    }
}
