//! `operator`: admits an operator at the machine's own console, and lists the operators.
//!
//! *Invariant:* what is judged by the interface is judged here by the same words.

use clap::{Args, Subcommand};

use super::account::failure;
use super::settings::SettingsFrom;
use super::{Exit, Failure, paper};
use crate::clock;
use crate::model::NewOperator;
use crate::registry::access::{self, KeyRequest};
use crate::registry::admit::{self, AdmitError};
use crate::startup;
use crate::storage;

const AT_ONCE: usize = 500;

/// Operators.
#[derive(Debug, Subcommand)]
pub(super) enum Operator {
    /// Admits an operator and prints its id and its first key, which is shown this once
    Admit(Admit),
    /// Lists the operators: id, status, identification number, name
    List(List),
}

/// An operator to be admitted.
#[derive(Debug, Args)]
pub(super) struct Admit {
    /// Its name in law
    #[arg(long, value_name = "NAME")]
    legal_name: String,
    /// Its business or individual identification number
    #[arg(long, value_name = "BIN")]
    bin: String,
    /// The telephone number that is answered at any hour
    #[arg(long, value_name = "NUMBER")]
    phone: String,
    /// Where it is written to
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// Where its rides are kept: deposited (here) or held (by itself)
    #[arg(long, default_value = "deposited")]
    custody: String,
    #[command(flatten)]
    settings: SettingsFrom,
}

/// The list of operators.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    settings: SettingsFrom,
}

impl Operator {
    /// Does it.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        match self {
            Self::Admit(admit) => admit.run(),
            Self::List(list) => list.run(),
        }
    }
}

impl Admit {
    fn run(self) -> Result<Exit, Failure> {
        let new = NewOperator::parse(&self.legal_name, &self.bin, &self.phone, &self.email, &self.custody).map_err(
            |problems| {
                let all: Vec<String> = problems
                    .iter()
                    .map(|problem| match std::error::Error::source(problem) {
                        Some(cause) => format!("{problem}: {cause}"),
                        None => problem.to_string(),
                    })
                    .collect();
                Failure::new(Exit::Usage, all.join("; "), "correct it and try again")
            },
        )?;
        let registry = startup::open(&self.settings.for_a_command()?)?.registry;
        let (now, rng, console) = (clock::now(), &mut clock::chance(), access::console());
        let (operator, key) = registry.store.write(|tx| -> Result<_, Failure> {
            let operator = admit::admit(tx, now, rng, &console, new).map_err(refused)?;
            let request = KeyRequest { name: "first key".to_owned(), scopes: None, expires_at: None };
            let key = access::create_operator_key(tx, &registry, now, rng, &console, &operator.id, request)
                .map_err(failure)?;
            Ok((operator, key))
        })?;
        paper::say(&format!("operator {}", operator.id))?;
        paper::say(&format!("key {}", key.key.reveal()))?;
        Ok(Exit::Done)
    }
}

fn refused(error: AdmitError) -> Failure {
    match error {
        AdmitError::Storage(error) => error.into(),
        other => Failure::new(Exit::Wrong, other, "see `operator list`"),
    }
}

impl List {
    fn run(self) -> Result<Exit, Failure> {
        let registry = startup::open(&self.settings.for_a_command()?)?.registry;
        let console = access::console();
        let mut after = None;
        loop {
            let page = registry
                .store
                .read(|db| -> storage::Result<_> { admit::list_operators(db, &console, after.as_deref(), AT_ONCE) })?;
            for operator in &page {
                let line = [operator.id.as_str(), operator.status().name(), &operator.bin, &operator.legal_name];
                paper::say(&line.join("\t"))?;
            }
            match page.last() {
                Some(last) if page.len() == AT_ONCE => after = Some(last.id.as_str().to_owned()),
                _ => return Ok(Exit::Done),
            }
        }
    }
}
