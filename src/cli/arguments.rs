//! The commands and their arguments: the whole face of the command line on one page.
//!
//! *Invariant:* every command stands here, and each has a file of its own.

use clap::{Parser, Subcommand};

use super::{account, backup, demo, doctor, fleet, import, log, lookup, migrate, operator, print, serve, sessions};

/// What the exit codes mean, for the end of every help.
const EXIT_CODES: &str = "Exit codes:
  0  done
  1  something wrong was found, or the request was refused
  2  the command line or the settings are wrong
  3  the database, the server or a file cannot be reached, or something failed

Settings come from the program itself, then --config FILE, then environment variables
SCOOTER_REGISTRY__SECTION__KEY, for example SCOOTER_REGISTRY__DATABASE__URL=sqlite:registry.db";

/// The registry of shared electric scooters: plates, insurance, rides, and a record of who asked.
#[derive(Debug, Parser)]
#[command(name = "scooter-registry", version, about, after_help = EXIT_CODES, max_term_width = 100)]
pub(super) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serves the registry until it is asked to stop (SIGINT, SIGTERM)
    Serve(serve::Serve),
    /// Makes a registry to try out, and serves it: operators, fleets, a day of rides
    Demo(demo::Demo),
    /// Brings the database to this program's shape
    Migrate(migrate::Migrate),
    /// Makes accounts for people and systems
    #[command(subcommand)]
    Account(account::Account),
    /// Admits operators and lists them
    #[command(subcommand)]
    Operator(operator::Operator),
    /// Enters files of rides at the machine's own console
    #[command(subcommand)]
    Sessions(sessions::Sessions),
    /// Uploads a fleet list to a server
    Import(import::Import),
    /// Asks a server about one's own fleet
    #[command(subcommand)]
    Fleet(fleet::Fleet),
    /// Fetches plates from a server: a picture, or sheets for a print shop
    Print(print::Print),
    /// Asks a server about a plate; the question is recorded
    Lookup(lookup::Lookup),
    /// Verifies the audit log, and proves what stands in it
    #[command(subcommand)]
    Log(log::Log),
    /// Writes a copy of the database while it is in use
    Backup(backup::Backup),
    /// Looks whether everything is in order, and says what to do where it is not
    Doctor(doctor::Doctor),
}

impl Command {
    /// Does it.
    pub(super) fn run(self) -> Result<super::Exit, super::Failure> {
        match self {
            Self::Serve(command) => command.run(),
            Self::Demo(command) => command.run(),
            Self::Migrate(command) => command.run(),
            Self::Account(command) => command.run(),
            Self::Operator(command) => command.run(),
            Self::Sessions(command) => command.run(),
            Self::Import(command) => command.run(),
            Self::Fleet(command) => command.run(),
            Self::Print(command) => command.run(),
            Self::Lookup(command) => command.run(),
            Self::Log(command) => command.run(),
            Self::Backup(command) => command.run(),
            Self::Doctor(command) => command.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_do_not_contradict_one_another() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_command_line_that_is_none_ends_with_2() {
        let code =
            Arguments::try_parse_from(["scooter-registry", "import"]).map_or_else(|error| error.exit_code(), |_| 0);
        assert_eq!(code, 2);
    }
}
