//! The command line: what is asked, who answers it, how the answer is written and with which exit code.
//!
//! *Invariant:* a command translates words and prints answers; what the registry decides is decided below. Standard
//! output holds the answer, standard error everything else.

mod arguments;
mod failure;
mod paper;
mod run;

mod serve;
mod settings;

mod account;
mod backup;
mod doctor;
mod log;
mod migrate;
mod operator;
mod sessions;

mod api;
mod fleet;
mod import;
mod import_report;
mod lookup;
mod outline;
mod print;

pub mod demo;

pub use failure::{Exit, Failure};
pub use run::run;
