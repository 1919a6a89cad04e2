//! `lookup`: asks a server about a plate and an instant.
//!
//! *Invariant:* nothing is judged here, not even the instant: a question that is wrong is on record too.

use clap::Args;
use serde_json::{Map, Value};

use super::api::Api;
use super::import_report::text;
use super::{Exit, Failure, outline, paper};
use crate::model::Purpose;

/// Asks a server about a plate; the question is recorded. The key is taken from the environment variable
/// `SCOOTER_REGISTRY_KEY`.
#[derive(Debug, Args)]
pub(super) struct Lookup {
    /// What was read on the plate; ? for a sign that could not be read
    plate: String,
    /// When: RFC 3339 with offset, for example 2026-07-07T20:21:51+05:00
    #[arg(long, value_name = "INSTANT")]
    at: String,
    /// Why it is asked.
    #[arg(long, value_name = "P", help = purposes())]
    purpose: String,
    /// The number of the case, or pending
    #[arg(long, value_name = "N")]
    case: String,
    /// Seconds before and after the instant, 0 to 21600
    #[arg(long, value_name = "S")]
    tolerance: Option<u32>,
    /// Whatever else; required for the purpose other
    #[arg(long)]
    comment: Option<String>,
    /// What the code on the plate said
    #[arg(long, value_name = "TEXT")]
    qr: Option<String>,
    /// Where: latitude, longitude and, if not 500, within how many metres, for example 43.238,76.945,200
    #[arg(long, value_name = "LAT,LNG[,M]", allow_hyphen_values = true)]
    near: Option<String>,
    /// How well the plate was seen: clear or poor
    #[arg(long, value_name = "HOW")]
    sight: Option<String>,
    /// The colour of the scooter, in Kazakh, Russian or English
    #[arg(long)]
    colour: Option<String>,
    /// Its make, or the name on its side
    #[arg(long)]
    make: Option<String>,
    /// Its model
    #[arg(long)]
    model: Option<String>,
    /// Where it was going: a word of the compass, or degrees
    #[arg(long)]
    direction: Option<String>,
    /// The server, for example <https://registry.example.kz>
    #[arg(long, value_name = "URL")]
    server: String,
    /// Prints the whole answer as one line of JSON
    #[arg(long)]
    json: bool,
}

fn purposes() -> String {
    let names: Vec<&str> = Purpose::ALL.iter().map(|purpose| purpose.name()).collect();
    format!("Why: {}", names.join(", "))
}

impl Lookup {
    /// Does it.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let answer = Api::of(&self.server)?.post_json("/v1/lookups", &self.question())?;
        if self.json {
            paper::say(&answer.get("lookup").unwrap_or(&answer).to_string())?;
            return Ok(Exit::Done);
        }
        let lookup = answer.get("lookup").unwrap_or(&answer);
        // The verdict first, then the facts behind it.
        paper::say(&format!("verdict: {}", text(lookup, "verdict")))?;
        let mut facts = lookup.clone();
        if let Some(fields) = facts.as_object_mut() {
            fields.remove("verdict");
        }
        outline::lines(&facts).iter().try_for_each(|line| paper::say(line))?;
        Ok(Exit::Done)
    }

    fn question(&self) -> Value {
        let mut question = Map::new();
        for (name, value) in [("plate", &self.plate), ("at", &self.at), ("purpose", &self.purpose)] {
            question.insert(name.to_owned(), Value::from(value.as_str()));
        }
        question.insert("case_number".to_owned(), Value::from(self.case.as_str()));
        if let Some(tolerance) = self.tolerance {
            question.insert("tolerance".to_owned(), Value::from(tolerance));
        }
        for (name, value) in [("comment", &self.comment), ("qr", &self.qr), ("sight", &self.sight)] {
            question.extend(value.as_deref().map(|value| (name.to_owned(), Value::from(value))));
        }
        question.extend(self.near.as_deref().map(|near| ("near".to_owned(), place(near))));
        let named =
            [("colour", &self.colour), ("make", &self.make), ("model", &self.model), ("direction", &self.direction)];
        let named =
            named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value.as_deref()?))));
        let features: Map<_, _> = named.collect();
        if !features.is_empty() {
            question.insert("features".to_owned(), Value::Object(features));
        }
        Value::Object(question)
    }
}

/// A place as the interface takes it. What is no number is passed on as it is, to be refused there by its name.
fn place(text: &str) -> Value {
    let parts = ["lat", "lng", "radius_m"].into_iter().zip(text.split(','));
    let value = |part: &str| part.trim().parse::<f64>().map_or_else(|_| Value::from(part.trim()), Value::from);
    Value::Object(parts.map(|(name, part)| (name.to_owned(), value(part))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_place_is_passed_on_and_what_is_none_is_left_to_the_server() {
        assert_eq!(place("43.238, 76.945,200"), json!({"lat": 43.238, "lng": 76.945, "radius_m": 200.0}));
        assert_eq!(place("here"), json!({"lat": "here"}));
    }
}
