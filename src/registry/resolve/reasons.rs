//! Reasons: why a candidate stands where it stands, in the caller's language.
//!
//! *Invariant:* every reason tells one fact that weighed, and none tells a weight.

use super::facts::Facts;
use super::rank::{Entry, traces};
use super::say::reason;
use super::second::Outcome;
use crate::model::{RideSession, can_have_been_there};
use crate::plate::Difference;
use crate::words::{Language, say};

/// Returns the reasons of a candidate, or of one of its rides.
pub(super) fn reasons(facts: &Facts, entry: &Entry<'_>, ride: Option<&RideSession>) -> Vec<String> {
    let language = facts.language;
    let mut reasons = of_reading(language, &entry.candidate.differences);
    reasons.extend(match ride {
        Some(ride) => of_ride(facts, entry, ride),
        None => of_standing(facts, entry),
    });
    reasons.extend(of_features(facts, entry));
    reasons
}

fn of_reading(language: Language, differences: &[Difference]) -> Vec<String> {
    if differences.is_empty() {
        return vec![reason(language, "reads_as", &[])];
    }
    let told = |difference: &Difference| match difference {
        Difference::Misread { position, read, stands } => {
            let (position, read, stands) = (position.to_string(), read.to_string(), stands.to_string());
            reason(language, "misread", &[("position", &position), ("read", &read), ("stands", &stands)])
        }
        Difference::Unread { position, stands } => {
            let (position, stands) = (position.to_string(), stands.to_string());
            reason(language, "unread", &[("position", &position), ("stands", &stands)])
        }
        Difference::Exchanged { position } => reason(language, "exchanged", &[("position", &position.to_string())]),
    };
    differences.iter().map(told).collect()
}

fn of_ride(facts: &Facts, entry: &Entry<'_>, ride: &RideSession) -> Vec<String> {
    let language = facts.language;
    let (seen, window) = (facts.seen(), facts.question.window);
    let verdict = entry.verdict.map_or("riding", |verdict| verdict.name());
    let mut told = vec![reason(language, verdict, &[])];
    let Some((place, _)) = seen.near else { return told };
    let Some(rides) = entry.rides else { return told };
    // The position of the ride that was told next to the instant says more than its ends.
    let covered = ride.covered(facts.max_ride_s);
    let own =
        rides.fixes.iter().filter(|fix| window.from() <= fix.at && fix.at <= window.to() && covered.contains(fix.at));
    if let Some(fix) = own.min_by_key(|fix| fix.at.seconds_since(window.at).abs()) {
        let (metres, at) = (metres(language, place.metres_to(fix.place)), facts.zone.for_people(fix.at));
        told.push(reason(language, "position_told", &[("distance", &metres), ("at", &at)]));
    }
    let traces = traces(facts, entry.candidate, rides);
    let fits = can_have_been_there(seen, facts.pace, traces, ride);
    let ends = [("start", ride.start, Some(ride.started_at)), ("end", ride.end, ride.ended_at)];
    let known = ends.into_iter().find_map(|(name, end, at)| Some((name, end?, at?)));
    match (fits, known) {
        (None, _) => told.push(reason(language, "no_positions", &[])),
        (Some(fits), Some((name, end, at))) => {
            let minutes = (window.at.seconds_since(at).abs() / 60).to_string();
            let distance = metres(language, place.metres_to(end));
            let code = format!("{}_{name}", if fits { "within_reach" } else { "out_of_reach" });
            told.push(reason(language, &code, &[("distance", &distance), ("minutes", &minutes)]));
        }
        (Some(false), None) => told.push(reason(language, "out_of_reach_by_position", &[])),
        (Some(true), None) => {}
    }
    told
}

fn of_standing(facts: &Facts, entry: &Entry<'_>) -> Vec<String> {
    let language = facts.language;
    let Some(verdict) = entry.verdict else { return vec![reason(language, "not_borne", &[])] };
    let mut told = vec![reason(language, verdict.name(), &[])];
    if facts.seen().near.is_some() {
        told.push(entry.fit.stood_m.map_or_else(
            || reason(language, "no_positions", &[]),
            |stood| reason(language, "stood", &[("distance", &metres(language, stood))]),
        ));
    }
    told
}

fn of_features(facts: &Facts, entry: &Entry<'_>) -> Vec<String> {
    let features = &facts.question.features;
    let told = entry.compared.iter().map(|compared| {
        let named = match compared.feature {
            "colour" => &features.colour,
            "make" => &features.make,
            "model" => &features.model,
            _ => &features.direction,
        };
        let outcome = match compared.outcome {
            Outcome::Fits => "fits",
            Outcome::Near => "near",
            Outcome::Differs => "differs",
            Outcome::Unknown => "unknown",
        };
        let feature = say(facts.language, &format!("lookup.feature.{}", compared.feature), &[]);
        let args =
            [("feature", feature.as_str()), ("named", named.as_deref().unwrap_or_default()), ("is", &compared.is)];
        reason(facts.language, &format!("feature_{outcome}"), &args)
    });
    told.collect()
}

/// A distance as people say it: tens of metres below a kilometre, tenths of a kilometre above.
fn metres(language: Language, metres: f64) -> String {
    let (unit, number) = if metres < 995.0 {
        ("m", format!("{:.0}", (metres / 10.0).round() * 10.0))
    } else {
        ("km", format!("{:.1}", metres / 1000.0))
    };
    // The decimal sign of Kazakh and Russian is the comma.
    let number = if language == Language::En { number } else { number.replace('.', ",") };
    say(language, &format!("lookup.distance.{unit}"), &[("number", &number)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_told_as_people_say_them() {
        assert_eq!(metres(Language::En, 347.0), "350 m");
        assert_eq!(metres(Language::En, 2_149.0), "2.1 km");
        assert_eq!(metres(Language::Ru, 2_149.0), "2,1 км");
        assert_eq!(metres(Language::Kk, 3.0), "0 м");
    }

    #[test]
    fn how_a_number_differs_from_what_was_read_is_told_character_by_character() {
        let told = of_reading(Language::En, &[Difference::Misread { position: 3, read: '7', stands: '1' }]);
        assert!(told.iter().any(|text| text.contains('7') && text.contains('1') && text.contains('3')), "{told:?}");
        assert_eq!(of_reading(Language::Ru, &[]).len(), 1);
    }
}
