//! The shell of the demo: directory, settings, address; what happens in it is the story's.
//!
//! *Invariant:* with `--json` standard output is one line, written once the registry listens and its story is told.

use clap::Args;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::story::{Story, tell};
use crate::cli::settings::without_file;
use crate::cli::{Exit, Failure, paper};
use crate::config::Settings;
use crate::plate::KZ_158;
use crate::startup::{Running, StartError, begin_logging, start};

const LISTEN: &str = "127.0.0.1:8080";
const LISTEN_ANYWHERE: &str = "127.0.0.1:0";

/// Makes a registry to try out, and serves it until it is asked to stop (SIGINT, SIGTERM).
#[derive(Debug, Args)]
pub(in crate::cli) struct Demo {
    /// Address and port [default: 127.0.0.1:8080, or a free port if that one is taken]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Where the demo is kept, and found again
    #[arg(long, value_name = "DIR", default_value = "demo-registry")]
    directory: PathBuf,
    /// Prints addresses and keys as one line of JSON
    #[arg(long)]
    json: bool,
}

impl Demo {
    /// Does it.
    pub(in crate::cli) fn run(self) -> Result<Exit, Failure> {
        std::fs::create_dir_all(&self.directory).map_err(|error| {
            let remedy = format!("choose a directory that can be made instead of {}", self.directory.display());
            Failure::new(Exit::Failed, error, remedy)
        })?;
        let mut settings = settings(&self.directory)?;
        begin_logging(&settings.log)?;
        self.listen.as_deref().unwrap_or(LISTEN).clone_into(&mut settings.server.listen);
        let running = match start(&settings) {
            Err(StartError::Listen { source, .. })
                if self.listen.is_none() && source.kind() == ErrorKind::AddrInUse =>
            {
                paper::note(&format!("{LISTEN} is taken by another program; a free port is taken instead"));
                LISTEN_ANYWHERE.clone_into(&mut settings.server.listen);
                start(&settings)?
            }
            started => started?,
        };
        match tell(&running, &self.directory).and_then(|story| self.print(&story)) {
            Ok(()) => {
                running.wait()?;
                Ok(Exit::Done)
            }
            Err(failure) => {
                close(running);
                Err(failure)
            }
        }
    }

    fn print(&self, story: &Story) -> Result<(), Failure> {
        if self.json {
            let line =
                serde_json::to_string(story).map_err(|error| Failure::new(Exit::Failed, error, "leave --json out"))?;
            return paper::say(&line);
        }
        story.in_words().iter().try_for_each(|line| paper::say(line))?;
        paper::note(&format!("kept in {}; Ctrl-C stops it, the same command goes on", self.directory.display()));
        Ok(())
    }
}

fn settings(directory: &Path) -> Result<Settings, Failure> {
    let mut settings = without_file()?;
    // The story is Kazakhstan's: its lists name numbers that scooters bear.
    settings.registry.scheme = KZ_158;
    settings.database.url = format!("sqlite:{}", directory.join("registry.db").display());
    settings.secrets.directory = directory.join("secrets");
    settings.secrets.create = true;
    Ok(settings)
}

fn close(running: Running) {
    if let Err(error) = running.stop() {
        paper::note(&Failure::from(error).in_words());
    }
}
