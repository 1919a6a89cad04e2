//! An operator that would shield a rider, and accidents that look like one: nothing disappears from an answer silently.
//!
//! *Invariant:* every change that matters to an answer is told in the answer.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::database::kinds;
use crate::house::{TestRegistry, fleet, ride};

const NOON: &str = "2026-07-07T12:00:00+05:00";
const LATER: &str = "2026-07-07T12:20:00+05:00";
const AT: &str = "2026-07-07T12:05:00+05:00";

fn warns(answer: &Value, code: &str) -> bool {
    answer["warnings"].as_array().unwrap().contains(&json!(code))
}

#[test]
fn a_rider_swapped_while_closing_a_ride_is_told() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let officer = registry.officer();
        for (device, swap) in [("k-1", true), ("k-2", false)] {
            let id = format!("of {device}");
            operator.report(&[ride(&id, device, NOON, None)]);
            let plate = operator.numbers()[device].clone();
            officer.look_up(&plate, AT);
            let mut closed = ride(&id, device, NOON, Some(LATER));
            if swap {
                closed["rider_handle"] = json!("mallory");
            }
            operator.report(&[closed]);
            let answer = officer.look_up(&plate, AT);
            assert_eq!(warns(&answer, "changed_after_question"), swap, "{answer}");
        }
    }
}

#[test]
fn closing_a_ride_without_naming_the_rider_again_keeps_the_rider() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        operator.report(&[ride("r", "k-1", NOON, None)]);
        let bare = json!({"ride_id": "r", "device_id": "k-1", "started_at": NOON, "ended_at": LATER});
        let closed = operator.report(std::slice::from_ref(&bare));
        assert_eq!(closed["results"][0]["outcome"], "versioned", "{closed}");
        let kept = registry.database.query_i64("SELECT COUNT(DISTINCT rider_commitment) FROM rides");
        assert_eq!(kept, [1]);
        let without = registry.database.query_i64("SELECT COUNT(*) FROM rides WHERE rider_commitment IS NULL");
        assert_eq!(without, [0]);
        assert_eq!(operator.report(&[bare])["repeated"], 1);
        assert_eq!(operator.report(&[ride("r", "k-1", NOON, Some(LATER))])["versioned"], 1, "the end place is new");
    }
}

#[test]
fn a_ride_moved_to_another_scooter_or_time_leaves_its_trace_in_the_answer() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        operator.report(&[ride("r", "k-1", NOON, Some(LATER))]);
        operator.complete_until("2026-07-08T00:00:00+05:00");
        let officer = registry.officer();
        assert_eq!(officer.look_up("K00001", AT)["verdict"], "riding");
        operator.report(&[ride("r", "k-2", NOON, Some(LATER))]);
        let answer = officer.look_up("K00001", AT);
        assert_eq!(answer["verdict"], "idle", "{answer}");
        assert!(warns(&answer, "older_version_covered") && warns(&answer, "changed_after_question"), "{answer}");
        assert_eq!((&answer["withdrawn"][0]["ride_id"], &answer["withdrawn"][0]["version"]), (&json!("r"), &json!(1)));
    }
}

#[test]
fn service_dates_moved_past_a_ride_do_not_hide_it() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        operator.report(&[ride("r", "k-1", NOON, Some(LATER))]);
        let officer = registry.officer();
        assert_eq!(officer.look_up("K00001", AT)["verdict"], "riding");
        operator.enroll("device_id,in_service\nk-1,2026-07-08\n");
        let answer = officer.look_up("K00001", AT);
        assert_eq!(answer["verdict"], "not_in_service");
        assert!(warns(&answer, "service_changed_since") && warns(&answer, "ride_outside_service"), "{answer}");
        assert_eq!(answer["candidates"][0]["session"]["ride_id"], "r");
    }
}

#[test]
fn a_ride_dated_ahead_clears_nobody() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let ahead = ("2198-01-01T00:00:00+05:00", "2198-01-01T00:10:00+05:00");
        operator.report(&[ride("r", "k-1", ahead.0, Some(ahead.1))]);
        let officer = registry.officer();
        assert_eq!(officer.look_up("K00001", AT)["verdict"], "not_reported");
        let future = officer.look_up("K00001", "2197-12-31T00:00:00+05:00");
        assert_eq!(future["verdict"], "not_reported");
        assert!(warns(&future, "instant_in_future"), "{future}");
    }
}

#[test]
fn a_ride_that_never_ended_is_found_however_old_it_is() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        operator.report(&[ride("old", "k-1", "2026-01-01T12:00:00+05:00", None)]);
        operator.complete_until("2026-08-01T00:00:00+05:00");
        let answer = registry.officer().look_up("K00001", AT);
        assert_eq!((&answer["verdict"], &answer["session"]["ride_id"]), (&json!("ended_unknown"), &json!("old")));
    }
}

#[test]
fn the_ride_before_is_the_last_to_end() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        operator.report(&[
            ride("long", "k-1", "2026-07-07T10:00:00+05:00", Some(NOON)),
            ride("short", "k-1", "2026-07-07T10:30:00+05:00", Some("2026-07-07T10:40:00+05:00")),
        ]);
        operator.complete_until("2026-07-08T00:00:00+05:00");
        let answer = registry.officer().look_up("K00001", "2026-07-07T13:00:00+05:00");
        assert_eq!((&answer["before"]["ride_id"], &answer["before"]["gap_s"]), (&json!("long"), &json!(3600)));
    }
}

#[test]
fn a_shorter_longest_ride_in_the_settings_does_not_hide_rides_on_record() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        operator.report(&[ride("r", "k-1", "2026-07-07T00:00:00+05:00", Some("2026-07-07T20:00:00+05:00"))]);
        let six = [("RIDES__MAX_RIDE_HOURS", "6")];
        let settings = registry.settings(&six);
        let other = scooter_registry::startup::start(&settings).unwrap();
        let answer = registry.officer().at(&other.url).look_up("K00001", "2026-07-07T19:00:00+05:00");
        assert_eq!(answer["verdict"], "riding", "{answer}");
        other.stop().unwrap();
    }
}

#[test]
fn a_thousand_open_rides_of_one_scooter_are_marked_once_each() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let rides: Vec<_> = (0..1_000).map(|n| ride(&format!("r{n}"), "k-1", NOON, None)).collect();
        assert_eq!(operator.report(&rides)["recorded"], 1_000);
        let marks = registry.database.query_i64("SELECT COUNT(*) FROM ride_marks WHERE mark = 'overlaps'");
        assert_eq!(marks, [1_000]);
    }
}

#[test]
fn a_plate_that_contradicts_the_scooter_is_marked_and_a_mistyped_field_is_named() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let mut contradicted = ride("r1", "k-1", NOON, Some(LATER));
        contradicted["plate"] = json!("K00002");
        let mut mistyped = ride("r2", "k-2", NOON, None);
        mistyped["endedat"] = json!(LATER);
        let receipt = operator.report(&[contradicted, mistyped]);
        assert_eq!(receipt["recorded"], 2);
        assert!(receipt["results"][0]["marks"].as_array().unwrap().contains(&json!("plate_differs")), "{receipt}");
        assert_eq!(receipt["results"][1]["unread"], json!(["endedat"]));
    }
}

#[test]
fn a_ride_that_is_closed_while_somebody_asks_is_seen_exactly_once() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let end = |minute: usize| format!("2026-07-07T12:{:02}:00+05:00", 20 + minute % 30);
        operator.report(&[ride("race", "k-1", NOON, None)]);
        operator.complete_until("2026-07-08T00:00:00+05:00");
        let officer = registry.officer();
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for turn in 0..60 {
                    operator.report(&[ride("race", "k-1", NOON, Some(&end(turn)))]);
                    operator.report(&[ride("race", "k-1", NOON, None)]);
                }
                ended.store(true, Ordering::SeqCst);
            });
            while !ended.load(Ordering::SeqCst) {
                let answer = officer.look_up("K00001", AT);
                assert_eq!(answer["verdict"], "riding", "{answer}");
            }
        });
    }
}
