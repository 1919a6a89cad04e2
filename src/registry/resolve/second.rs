//! Second features: what else was seen of the scooter, and how well a candidate fits it.
//!
//! *Invariant:* a mismatch lowers and never excludes: scooters are repainted, lamps are yellow, lists are wrong. What is not
//! known of a scooter neither lifts nor lowers it much: it weighs like the average scooter.
//!
//! The weights are probabilities of what a witness says, given what the scooter is. They rest on judgement, and only their
//! ratios matter.

use std::collections::BTreeSet;

use super::facts::Candidate;
use super::seen_words::{Compared, colours, compare, course, folded};
use crate::model::{Features, RideSession, Window};
use crate::storage::rides_found::FoundRides;

/// A witness names the colour that the scooter has, one easily taken for it, another one; or nothing is known of it.
const COLOUR: [f64; 4] = [0.8, 0.12, 0.03, 0.2];
/// A witness names the make or model that it is, another one; or nothing is known of it.
const MAKE: [f64; 3] = [0.8, 0.1, 0.3];
/// A witness names the course within 45 degrees, within 90, or another one; or nothing is known of it. Streets bend.
const COURSE: [f64; 4] = [0.5, 0.3, 0.15, 0.25];
/// From how many metres on two positions make a course.
const COURSE_LENGTH_M: f64 = 100.0;
/// The longest part of a word that is handed back.
const MOST_CHARACTERS: usize = 100;

/// How a candidate compares with what was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// As named.
    Fits,
    /// Easily taken for what was named.
    Near,
    /// Otherwise.
    Differs,
    /// Not known of this scooter.
    Unknown,
}

/// How a candidate compares in one feature.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    /// Which one: `colour, make, model, direction`.
    pub(super) feature: &'static str,
    pub(super) outcome: Outcome,
    /// What the scooter has.
    pub(super) is: String,
}

/// What was named, understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Named {
    colours: BTreeSet<&'static str>,
    make: Option<String>,
    model: Option<String>,
    course: Option<f64>,
    /// Words that were not understood.
    pub(super) unknown: Vec<String>,
}

impl Named {
    /// Understands what was named, as far as that goes.
    pub(super) fn of(features: &Features) -> Self {
        let mut unknown = features.not_read.clone();
        let mut named = BTreeSet::new();
        if let Some(text) = &features.colour {
            let (found, strange) = colours(text);
            // "Green like a frog" names a colour.
            if found.is_empty() {
                unknown.extend(if strange.is_empty() { vec![text.clone()] } else { strange });
            }
            named = found;
        }
        let course = features.direction.as_deref().and_then(course);
        if course.is_none() {
            unknown.extend(features.direction.clone());
        }
        let mut text = |value: &Option<String>| {
            let text = value.as_deref()?;
            let short = folded(text);
            // A single character is part of every name.
            if short.chars().count() < 2 {
                unknown.push(text.to_owned());
                return None;
            }
            Some(short)
        };
        let (make, model) = (text(&features.make), text(&features.model));
        for word in &mut unknown {
            *word = word.chars().take(MOST_CHARACTERS).collect();
        }
        Self { colours: named, make, model, course, unknown }
    }

    /// Compares a candidate with what was named; returns the weight of all of it, and each comparison.
    pub(super) fn compare(
        &self,
        candidate: &Candidate,
        rides: Option<&FoundRides>,
        window: Window,
    ) -> (f64, Vec<Comparison>) {
        let facts = candidate.vehicle.as_ref().map(|vehicle| &vehicle.facts);
        let mut all = Vec::new();
        let mut weight = 1.0;
        let mut note = |feature, (outcome, of, is): (Outcome, f64, String)| {
            weight *= of;
            all.push(Comparison { feature, outcome, is });
        };
        if !self.colours.is_empty() {
            note("colour", self.colour(facts.and_then(|facts| facts.colour.as_deref())));
        }
        // Who asks for a make may mean the name on the side, which is the operator's.
        let operator = candidate.operator.as_ref().map(|operator| operator.legal_name.as_str());
        if let Some(make) = &self.make {
            note("make", by_name(make, facts.and_then(|facts| facts.make.as_deref()), operator));
        }
        if let Some(model) = &self.model {
            note("model", by_name(model, facts.and_then(|facts| facts.model.as_deref()), None));
        }
        if let Some(course) = self.course {
            note("direction", by_course(course, rides.and_then(|rides| course_of(rides, window))));
        }
        (weight, all)
    }

    /// The weight of a scooter of which nothing is known.
    pub(super) fn unknown_weight(&self) -> f64 {
        let of = |named: bool, unknown: f64| if named { unknown } else { 1.0 };
        of(!self.colours.is_empty(), COLOUR[3])
            * of(self.make.is_some(), MAKE[2])
            * of(self.model.is_some(), MAKE[2])
            * of(self.course.is_some(), COURSE[3])
    }

    fn colour(&self, text: Option<&str>) -> (Outcome, f64, String) {
        let [same, near, other, unknown] = COLOUR;
        let of_scooter = text.map(|text| colours(text).0).unwrap_or_default();
        let text = text.unwrap_or_default().to_owned();
        if of_scooter.is_empty() {
            return (Outcome::Unknown, unknown, text);
        }
        match compare(&self.colours, &of_scooter) {
            Compared::Same => (Outcome::Fits, same, text),
            Compared::Near => (Outcome::Near, near, text),
            Compared::Differ => (Outcome::Differs, other, text),
        }
    }
}

fn by_name(named: &str, is: Option<&str>, also: Option<&str>) -> (Outcome, f64, String) {
    let [same, other, unknown] = MAKE;
    let fits = |text: &str| {
        let text = folded(text);
        !text.is_empty() && (text.contains(named) || named.contains(&text))
    };
    let text = is.unwrap_or_default().to_owned();
    if is.is_some_and(fits) || also.is_some_and(fits) {
        (Outcome::Fits, same, text)
    } else if folded(&text).is_empty() {
        (Outcome::Unknown, unknown, text)
    } else {
        (Outcome::Differs, other, text)
    }
}

fn by_course(named: f64, is: Option<f64>) -> (Outcome, f64, String) {
    let [same, near, other, unknown] = COURSE;
    let Some(is) = is else { return (Outcome::Unknown, unknown, String::new()) };
    let apart = (named - is).rem_euclid(360.0);
    let apart = apart.min(360.0 - apart);
    let (outcome, weight) = match apart {
        apart if apart <= 45.0 => (Outcome::Fits, same),
        apart if apart <= 90.0 => (Outcome::Near, near),
        _ => (Outcome::Differs, other),
    };
    (outcome, weight, format!("{is:.0}°"))
}

/// Where a scooter was going at the instant: as it said itself, between its positions around it, or from the start of the
/// ride to its end.
pub(super) fn course_of(rides: &FoundRides, window: Window) -> Option<f64> {
    let within = |at| window.from() <= at && at <= window.to();
    let nearest = rides.fixes.iter().filter(|fix| within(fix.at) && fix.heading.is_some() && fix.speed != Some(0.0));
    let nearest = nearest.min_by_key(|fix| fix.at.seconds_since(window.at).abs());
    if let Some(heading) = nearest.and_then(|fix| fix.heading) {
        return Some(heading);
    }
    let before = rides.fixes.iter().rfind(|fix| fix.at <= window.at).map(|fix| fix.place);
    let after = rides.fixes.iter().find(|fix| fix.at > window.at).map(|fix| fix.place);
    let of_ride = |ride: &RideSession| ride.start.zip(ride.end);
    let ends = before.zip(after).or_else(|| rides.touching.first().and_then(of_ride));
    let (from, to) = ends?;
    (from.metres_to(to) >= COURSE_LENGTH_M).then(|| from.course_to(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(colour: &str, direction: &str) -> Features {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Features { colour: some(colour), direction: some(direction), ..Features::default() }
    }

    #[test]
    fn what_is_not_understood_is_told_and_weighs_nothing() {
        let named = Named::of(&features("шалфейный", "towards the river"));
        assert_eq!(named.unknown, ["шалфейный", "towards the river"]);
        assert!(named.colours.is_empty() && named.course.is_none());
        assert!(Named::of(&features("green like a frog", "")).unknown.is_empty());
    }

    #[test]
    fn a_mismatch_lowers_and_never_excludes_and_an_unknown_colour_lies_between() {
        let named = Named::of(&features("зелёный", ""));
        let of = |colour: Option<&str>| named.colour(colour);
        assert_eq!((of(Some("green")).0, of(Some("жасыл")).0), (Outcome::Fits, Outcome::Fits));
        assert_eq!((of(Some("белый")).0, of(None).0), (Outcome::Differs, Outcome::Unknown));
        assert!(of(Some("green")).1 > of(None).1 && of(None).1 > of(Some("белый")).1 && of(Some("белый")).1 > 0.0);
    }

    #[test]
    fn names_fit_in_part_and_a_make_may_be_the_operator() {
        let is = |named: &str, is, also| by_name(&folded(named), is, also).0;
        assert_eq!(is("Segway-Ninebot", Some("ninebot"), None), Outcome::Fits);
        assert_eq!(is("Max", Some("Ninebot MAX Plus"), None), Outcome::Fits);
        assert_eq!(is("Jet", Some("Ninebot"), Some("ТОО Jet Sharing")), Outcome::Fits);
        assert_eq!(is("Okai", Some("Ninebot"), None), Outcome::Differs);
        assert_eq!(is("Okai", None, None), Outcome::Unknown);
    }

    #[test]
    fn courses_compare_across_north() {
        assert_eq!(by_course(350.0, Some(20.0)).0, Outcome::Fits);
        assert_eq!(by_course(350.0, Some(170.0)).0, Outcome::Differs);
        assert_eq!(by_course(0.0, Some(80.0)).0, Outcome::Near);
    }
}
