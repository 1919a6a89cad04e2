//! Answers as they would have been given earlier: from what the registry knew at another instant.
//!
//! *Invariant:* what arrived after that instant leaves no trace in such an answer.

use serde_json::{Value, json};

use scooter_registry::clock;
use scooter_registry::model::Moment;

use crate::database::kinds;
use crate::house::{TestRegistry, fleet, ride};
use crate::people::Person;

const NOON: &str = "2026-07-07T12:00:00+05:00";
const AT: &str = "2026-07-07T12:05:00+05:00";
const LATER: &str = "2026-07-07T12:20:00+05:00";

/// Returns an instant that everything before the call precedes and everything after it follows.
fn cut() -> String {
    let wait = |after: Moment| {
        let mut now = clock::now();
        while now <= after {
            now = clock::now();
        }
        now
    };
    let between = wait(clock::now());
    wait(between);
    between.to_utc_text()
}

fn ask_as_known(officer: &Person, plate: &str, known_at: &str) -> Value {
    let question = json!({"plate": plate, "at": AT, "known_at": known_at, "purpose": "court",
                          "case_number": "2026-000001"});
    officer.post("/v1/lookups", &question).expect(200)["lookup"].clone()
}

/// What an answer says of the facts, without what belongs to the one time it was given.
fn facts(answer: &Value) -> Value {
    let mut facts = answer.clone();
    for name in ["id", "asked_at", "known_at", "receipt", "explanations", "next_steps"] {
        facts.as_object_mut().unwrap().remove(name);
    }
    let warnings = facts["warnings"].as_array_mut().unwrap();
    warnings.retain(|warning| warning != "as_known_then");
    facts
}

#[test]
fn an_answer_can_be_told_as_it_was_when_it_was_asked() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        let empty = cut();
        operator.enroll(&fleet("k", 2));
        let enrolled = (facts(&officer.look_up("K00001", AT)), cut());
        operator.report(&[ride("r", "k-1", NOON, None)]);
        let open = (facts(&officer.look_up("K00001", AT)), cut());
        operator.report(&[ride("r", "k-1", NOON, Some(LATER))]);
        operator.complete_until("2026-07-07T15:00:00+05:00");
        let closed = (facts(&officer.look_up("K00001", AT)), cut());
        operator.report(&[ride("r", "k-2", NOON, Some(LATER))]);
        operator.complete_until("2026-07-08T15:00:00+05:00");
        let moved = facts(&officer.look_up("K00001", AT));
        assert_eq!(
            [&enrolled.0, &open.0, &closed.0, &moved].map(|answer| answer["verdict"].clone()),
            ["not_reported", "riding", "riding", "idle"]
        );
        for (told, cut) in [&enrolled, &open, &closed] {
            let again = ask_as_known(&officer, "K00001", cut);
            assert_eq!(facts(&again), *told, "as known at {cut}");
            assert!(again["known_at"].is_string(), "{again}");
            assert_eq!(again["warnings"][0], "as_known_then");
        }
        assert_eq!(ask_as_known(&officer, "K00001", &empty)["verdict"], "unknown_number");
        assert_eq!(facts(&ask_as_known(&officer, "K00001", &cut())), facts(&officer.look_up("K00001", AT)));
    }
}

#[test]
fn a_ride_of_two_days_is_found_as_it_was_known() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        operator.enroll(&fleet("k", 1));
        let (from, until) = ("2026-07-06T10:00:00+05:00", "2026-07-08T10:00:00+05:00");
        operator.report(&[ride("long", "k-1", from, Some(until))]);
        let known = cut();
        operator.report(&[ride("long", "k-1", from, Some("2026-07-06T10:30:00+05:00"))]);
        assert_eq!(officer.look_up("K00001", AT)["session"], Value::Null);
        let then = ask_as_known(&officer, "K00001", &known);
        assert_eq!((&then["verdict"], &then["session"]["version"]), (&json!("riding"), &json!(1)), "{then}");
    }
}

#[test]
fn what_will_be_known_tomorrow_cannot_be_asked() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let officer = registry.officer();
        let question = |known_at: &str| {
            json!({"plate": "K00001", "at": AT, "known_at": known_at, "purpose": "court",
                   "case_number": "2026-000001"})
        };
        for (known_at, code) in [
            ("2198-01-01T00:00:00+05:00", "known_in_future"),
            ("2026-07-07T12:00:00", "no_offset"),
            ("yesterday", "bad_instant"),
        ] {
            let refused = officer.post("/v1/lookups", &question(known_at)).problem(422, "invalid-request");
            assert_eq!(refused["errors"][0]["pointer"], "/known_at", "{refused}");
            assert_eq!(refused["errors"][0]["code"], code, "{refused}");
        }
    }
}
