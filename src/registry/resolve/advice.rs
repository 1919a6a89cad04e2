//! Advice: what to ask for next, so that the candidates that are left can be told apart.
//!
//! *Invariant:* nothing is asked for that was given, and nothing that would leave all of them as they are.

use std::collections::BTreeSet;

use super::facts::Facts;
use super::rank::{Entry, Ranking};
use super::second::course_of;
use super::seen_words::{colours, folded};
use crate::model::VehicleFacts;
use crate::words::say;

/// Candidates less probable than this part of the best one are not worth a question.
const WORTH_ASKING: f64 = 0.02;

/// Returns what would tell the most probable candidates apart, in the caller's language, the best question first.
pub(super) fn distinguishing(facts: &Facts, ranking: &Ranking<'_>) -> Vec<String> {
    let best = ranking.entries.first().map_or(0.0, |entry| entry.posterior);
    let worth: Vec<_> = ranking
        .entries
        .iter()
        .take(facts.most_candidates)
        .filter(|entry| entry.posterior >= best * WORTH_ASKING)
        .collect();
    let features = &facts.question.features;
    let mut asked = Vec::new();
    let mut ask = |code: &str, values: &BTreeSet<String>| {
        let values = values.iter().cloned().collect::<Vec<_>>().join(", ");
        asked.push(say(facts.language, &format!("lookup.step.{code}"), &[("values", &values)]));
    };
    if facts.question.near.is_none() {
        ask("ask_place", &BTreeSet::new());
    }
    let of = |pick: fn(&VehicleFacts) -> Option<&String>| different(&worth, pick);
    let looks = of(|facts| facts.colour.as_ref());
    let shades: BTreeSet<_> = looks.iter().map(|text| colours(text).0).collect();
    if features.colour.is_none() && shades.len() > 1 {
        ask("ask_colour", &looks);
    }
    let (makes, models) = (of(|facts| facts.make.as_ref()), of(|facts| facts.model.as_ref()));
    if features.make.is_none() && makes.len() > 1 {
        ask("ask_make", &makes);
    }
    if features.model.is_none() && models.len() > 1 {
        ask("ask_model", &models);
    }
    let course = |entry: &&Entry<'_>| entry.rides.and_then(|rides| course_of(rides, facts.question.window));
    if features.direction.is_none() && worth.iter().filter_map(course).count() > 1 {
        ask("ask_direction", &BTreeSet::new());
    }
    if features.photo.is_none() {
        ask("ask_photo", &BTreeSet::new());
    } else {
        ask("compare_photo", &BTreeSet::new());
    }
    asked
}

/// The values of a feature that candidates have, those that are one when folded only once.
fn different(worth: &[&Entry<'_>], pick: fn(&VehicleFacts) -> Option<&String>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let values = worth.iter().filter_map(|entry| pick(&entry.candidate.vehicle.as_ref()?.facts));
    values.filter(|value| !value.trim().is_empty() && seen.insert(folded(value))).cloned().collect()
}
