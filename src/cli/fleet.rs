//! `fleet`: what an operator asks about its own fleet.
//!
//! *Invariant:* nothing is judged here: the server finds, this prints.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::api::Api;
use super::import_report::text;
use super::{Exit, Failure, paper};

/// One's own fleet.
#[derive(Debug, Subcommand)]
pub(super) enum Fleet {
    /// Shows where scooters with nearly the same number stand close together. The key is taken from the environment
    /// variable `SCOOTER_REGISTRY_KEY`
    Spread(Spread),
}

/// Where near-twins stand close together.
#[derive(Debug, Args)]
pub(super) struct Spread {
    /// How close, in metres
    #[arg(long, value_name = "M")]
    within: Option<u32>,
    /// How many groups and pairs are listed
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// The server, for example <https://registry.example.kz>
    #[arg(long, value_name = "URL")]
    server: String,
    /// Prints the whole answer as one line of JSON
    #[arg(long)]
    json: bool,
}

impl Fleet {
    /// Does it.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        match self {
            Self::Spread(spread) => spread.run(),
        }
    }
}

impl Spread {
    fn run(self) -> Result<Exit, Failure> {
        let stated = [("within_m", self.within), ("limit", self.limit)];
        let query: Vec<_> =
            stated.iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}"))).collect();
        let answer = Api::of(&self.server)?.get(&format!("/v1/fleet/spread?{}", query.join("&")), 0)?;
        let spread = answer.get("spread").unwrap_or(&answer);
        if self.json {
            paper::say(&spread.to_string())?;
            return Ok(Exit::Done);
        }
        paper::say(text(spread, "advice"))?;
        for pair in list(spread, "worst_pairs") {
            let number = |side: &str| pair.get(side).map(|stand| text(stand, "number").to_owned()).unwrap_or_default();
            let metres = pair.get("metres").and_then(Value::as_f64).unwrap_or_default();
            paper::say(&format!("{}\t{}\t{metres:.0} m", number("one"), number("other")))?;
        }
        Ok(Exit::Done)
    }
}

fn list<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}
