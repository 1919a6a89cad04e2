//! Settings: the floor that is built in, then a file, then the environment.
//!
//! *Invariant:* a key that no code reads is refused by its name, wherever it came from; nothing is read after the start.

mod load;
mod problem;
mod settings;
mod value;

pub use load::{PREFIX, load};
pub use problem::SettingsError;
pub use settings::{
    CalendarSettings, DatabaseSettings, FleetSettings, JobSettings, LogFormat, LogSettings, LookupSettings,
    RegistrySettings, RideSettings, SecretSettings, ServerSettings, Settings, TagSettings,
};
