//! `account`: makes an account at the machine's own console, and its first key.
//!
//! *Invariant:* the key is the only line on standard output, and is shown this once.

use clap::{Args, Subcommand};

use super::settings::SettingsFrom;
use super::{Exit, Failure, paper};
use crate::clock;
use crate::model::{OperatorId, Role};
use crate::registry::access::{self, AccountError, KeyRequest, NewAccount};
use crate::startup;

/// Accounts.
#[derive(Debug, Subcommand)]
pub(super) enum Account {
    /// Makes an account and prints its first key, which is shown this once
    Create(Create),
}

/// An account to be made.
#[derive(Debug, Args)]
pub(super) struct Create {
    /// What it is for.
    #[arg(long, value_parser = role, help = format!("What it is for: {}", roles()))]
    role: Role,
    /// The police body, for officers and supervisors
    #[arg(long)]
    authority: Option<String>,
    /// The id of the operator, for its staff
    #[arg(long, value_name = "ID")]
    operator: Option<String>,
    /// What people call it [default: the role]
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    settings: SettingsFrom,
}

fn role(text: &str) -> Result<Role, String> {
    Role::find(&text.to_lowercase().replace('-', "_")).ok_or_else(|| format!("the roles are {}", roles()))
}

fn roles() -> String {
    Role::ALL.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ")
}

impl Account {
    /// Does it.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let Self::Create(create) = self;
        create.run()
    }
}

impl Create {
    fn run(self) -> Result<Exit, Failure> {
        let registry = startup::open(&self.settings.for_a_command()?)?.registry;
        let name = self.name.unwrap_or_else(|| self.role.name().to_owned());
        let new = NewAccount {
            role: self.role,
            name,
            authority: self.authority,
            operator_id: self.operator.as_deref().map(OperatorId::from_text),
        };
        let (now, rng, console) = (clock::now(), &mut clock::chance(), access::console());
        let (account, key) = registry
            .store
            .write(|tx| -> Result<_, AccountError> {
                let account = access::create_account(tx, now, rng, &console, new)?;
                let request = KeyRequest { name: "first key".to_owned(), scopes: None, expires_at: None };
                let key = access::create_key(tx, &registry, now, rng, &console, &account.id, request)?;
                Ok((account, key))
            })
            .map_err(failure)?;
        paper::note(&format!("account {} ({}); its key is shown this once:", account.id, account.role));
        paper::say(&key.key.reveal())?;
        Ok(Exit::Done)
    }
}

/// Returns the failure to make an account or a key, with what to do.
pub(super) fn failure(error: AccountError) -> Failure {
    let remedy = match &error {
        AccountError::Storage(_) => return Failure::new(Exit::Failed, error, "run `scooter-registry doctor`"),
        AccountError::AuthorityMissing => "name the police body: --authority \"Almaty police\"",
        AccountError::OperatorMissing => "name the operator by its id: --operator ID (see `operator list`)",
        AccountError::Unknown => "see `operator list` for the ids",
        _ => "correct it and try again",
    };
    Failure::new(Exit::Wrong, error, remedy)
}
