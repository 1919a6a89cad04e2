//! `log`: the audit log verified in plain words, and the proof of one entry.
//!
//! *Invariant:* everything is recomputed; a log that is not clean ends with exit code 1, also among a thousand lines.

use clap::{Args, Subcommand};
use std::path::PathBuf;

use super::settings::SettingsFrom;
use super::{Exit, Failure, paper};
use crate::model::LookupId;
use crate::registry::access;
use crate::registry::attest::{self, AttestError};
use crate::startup::{self, Opened, SecretsError, StartError};
use crate::storage::{self, lookups};

/// The audit log.
#[derive(Debug, Subcommand)]
pub(super) enum Log {
    /// Recomputes the whole audit log and says what is wrong with it
    Verify(Verify),
    /// Writes the proof that a lookup stands in the audit log (C2SP tlog-proof)
    Prove(Prove),
}

/// The verification of the whole log.
#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    settings: SettingsFrom,
}

/// The proof of one lookup.
#[derive(Debug, Args)]
pub(super) struct Prove {
    /// The id of the lookup
    lookup_id: String,
    /// Where to write it [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingsFrom,
}

impl Log {
    /// Does it.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        match self {
            Self::Verify(verify) => verify.run(),
            Self::Prove(prove) => prove.run(),
        }
    }
}

impl Verify {
    fn run(self) -> Result<Exit, Failure> {
        let Opened { registry, secret_files } = startup::open(&self.settings.for_a_command()?)?;
        let (state, lost) = match secret_files.signer_state() {
            Ok(state) => (Some(state), None),
            Err(lost @ SecretsError::SignerStateLost { .. }) => (None, Some(lost)),
            Err(problem) => return Err(StartError::from(problem).into()),
        };
        let mut report = attest::verify_log(&registry, state.as_ref()).map_err(failure)?;
        if let Some(lost) = lost {
            report = report.with_finding(format!("{lost}: a log rewritten as a whole could not be told from this one"));
        }
        paper::say(&format!("log: {}", registry.secrets.log_key().name()))?;
        paper::say(&format!("entries recomputed: {}", report.entries))?;
        paper::say(&format!("signed checkpoints checked: {}", report.checkpoints))?;
        let vouched = state.map_or(0, |state| state.size());
        paper::say(&format!("entries that the signer vouches for: {vouched}"))?;
        for finding in &report.findings {
            paper::say(&format!("WRONG: {finding}"))?;
        }
        if report.is_clean() {
            paper::say("clean: nothing was removed, rewritten or put in between")?;
            return Ok(Exit::Done);
        }
        paper::say(&format!(
            "NOT CLEAN, findings: {}. Stop the server, keep database and secrets as they are, and compare them with \
             the last backup and with receipts that were handed out.",
            report.findings_total
        ))?;
        Ok(Exit::Wrong)
    }
}

impl Prove {
    fn run(self) -> Result<Exit, Failure> {
        let registry = startup::open(&self.settings.for_a_command()?)?.registry;
        let id = LookupId::from_text(&self.lookup_id);
        let (lookup, _) = registry
            .store
            .read(|db| -> storage::Result<_> { lookups::find(db, &id) })?
            .ok_or_else(|| failure(AttestError::Unknown))?;
        let proof = attest::prove(&registry, &access::console(), lookup.log_index).map_err(failure)?;
        match &self.output {
            None => paper::say(proof.tlog_proof.trim_end())?,
            Some(path) => std::fs::write(path, &proof.tlog_proof)
                .map_err(|error| Failure::new(Exit::Failed, error, "choose a file that can be written"))?,
        }
        paper::note(&format!("entry {} of {}, leaf hash {}", proof.index, proof.tree_size, proof.entry_hash));
        Ok(Exit::Done)
    }
}

fn failure(error: AttestError) -> Failure {
    match error {
        AttestError::Storage(error) => error.into(),
        AttestError::Unknown => Failure::new(Exit::Wrong, error, "check the id of the lookup"),
        AttestError::NotSignedYet => {
            Failure::new(Exit::Wrong, error, "a running server signs each second: start it, or ask again")
        }
        other => Failure::new(Exit::Wrong, other, "run `scooter-registry log verify`"),
    }
}
