//! The registry wired: settings become rules, a store and secrets; the jobs and the HTTP server are started and stopped.
//!
//! *Invariant:* no decision of the registry is made here; tests start this very thing.

mod error;
mod logging;
mod private_file;

mod numbering;
mod rules;
mod secrets;
mod tag_keys;

mod open;

mod running;
mod serve;

#[cfg(test)]
mod crew_tests;
#[cfg(test)]
mod secrets_tests;

pub use error::StartError;
pub use logging::{LoggingError, begin_logging};
pub use numbering::NumberingNeeds;
pub use open::{Opened, migrate, open};
pub use private_file::{create as create_private_file, replace as replace_private_file};
pub use rules::{rules, store_settings};
pub use running::{Running, start};
pub use secrets::{SecretFiles, SecretFinding, SecretsError};
pub use tag_keys::TagKeyNeeds;
