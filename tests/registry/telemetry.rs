//! Positions: taken in, narrowing a lookup, erased in time.
//!
//! *Invariant:* nothing that was sent is lost without being told, and nothing that a lookup has shown is erased early.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, fleet};
use crate::narrowing::{ask, at, east, trip};
use crate::people::Person;

fn point(device: &str, time: &str, metres: f64) -> Value {
    let mut point = east(metres);
    point["device_id"] = json!(device);
    point["at"] = json!(at(time));
    point
}

fn send(operator: &Person, points: &[Value]) -> Value {
    operator.post("/v1/telemetry", &json!(points)).expect(200)["telemetry"].clone()
}

fn counts(receipt: &Value) -> [u64; 5] {
    ["total", "recorded", "repeated", "contradicting", "refused"].map(|name| receipt[name].as_u64().unwrap())
}

/// Two scooters on long rides that both may have come by.
fn two(registry: &TestRegistry) -> (Person, Person) {
    let operator = registry.operator('K');
    operator.enroll(&fleet("k", 2));
    let ride = |id: &str, device: &str| trip(id, device, "11:30:00", "12:40:00", east(-900.0), east(900.0));
    operator.report(&[ride("r1", "k-1"), ride("r2", "k-2")]);
    operator.complete_until(&at("15:00:00"));
    (operator, registry.officer())
}

#[test]
fn every_position_is_recorded_repeated_contradicting_or_refused() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, _) = two(&registry);
        let mut by_plate = point("k-2", "12:00:00", 10.0);
        by_plate.as_object_mut().unwrap().remove("device_id");
        by_plate["plate"] = json!("k 00002");
        let mut no_offset = point("k-1", "12:00:00", 0.0);
        no_offset["at"] = json!("2026-07-07T12:00:00");
        let mut nowhere = point("k-1", "12:00:00", 0.0);
        nowhere["lat"] = json!(91);
        let first = point("k-1", "12:00:00", 0.0);
        let sent = [
            first.clone(),
            first.clone(),
            point("k-1", "12:00:00", 400.0),
            by_plate,
            no_offset,
            nowhere,
            point("z-1", "12:00:00", 0.0),
            json!(7),
        ];
        let receipt = send(&operator, &sent);
        assert_eq!(counts(&receipt), [8, 3, 1, 1, 4], "{receipt}");
        let told: Vec<_> = receipt["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["index"].as_u64().unwrap(), one["code"].as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (2, None),
                (4, Some("no_offset")),
                (5, Some("bad_place")),
                (6, Some("unknown_vehicle")),
                (7, Some("not_an_object"))
            ]
        );
        assert_eq!(counts(&send(&operator, &sent)), [8, 0, 4, 0, 4], "a replay changes nothing");
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM telemetry"), [3]);
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM refused_reports"), [8]);
        assert_eq!(operator.post("/v1/telemetry", &json!([])).status, 422);
        assert_eq!(operator.post("/v1/telemetry", &json!(vec![first; 10_001])).status, 413);
    }
}

#[test]
fn a_position_beats_the_ellipse_and_a_contradicted_one_counts_for_nothing() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = two(&registry);
        let tie = ask(&officer, "K0000?", json!({}));
        assert_eq!(tie["candidates"][0]["probability"], tie["candidates"][1]["probability"], "{tie}");
        let then = scooter_registry::clock::now();
        while scooter_registry::clock::now() <= then {}
        send(
            &operator,
            &[point("k-2", "12:04:00", -80.0), point("k-2", "12:06:00", 80.0), point("k-1", "12:05:00", 5_000.0)],
        );
        let told = ask(&officer, "K0000?", json!({}));
        assert_eq!((&told["verdict"], &told["session"]["ride_id"]), (&json!("riding"), &json!("r2")), "{told}");
        assert!(told["candidates"][0]["reasons"].to_string().contains("told a position 80 m away"), "{told}");
        let before = ask(&officer, "K0000?", json!({"known_at": then.to_utc_text()}));
        assert_eq!(before["candidates"][0]["probability"], before["candidates"][1]["probability"], "{before}");
        send(
            &operator,
            &[point("k-2", "12:04:00", 9_000.0), point("k-2", "12:06:00", 9_000.0), point("k-1", "12:05:00", 0.0)],
        );
        let doubted = ask(&officer, "K0000?", json!({}));
        assert_eq!(doubted["candidates"][0]["probability"], doubted["candidates"][1]["probability"], "{doubted}");
    }
}

#[test]
fn old_positions_are_erased_but_not_those_around_a_ride_that_a_lookup_has_shown() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        let (operator, officer) = two(&registry);
        send(&operator, &[point("k-1", "12:05:00", 0.0), point("k-2", "12:05:00", 0.0), point("k-1", "20:00:00", 0.0)]);
        officer.look_up("K00001", &at("12:05:00"));
        let redactions = |registry: &TestRegistry| registry.database.query_i64("SELECT size FROM log_head")[0];
        let before = redactions(&registry);
        // The housekeeper looks when the server starts.
        registry.restart();
        while registry.database.query_i64("SELECT COUNT(*) FROM telemetry")[0] > 1 {
            std::thread::yield_now();
        }
        let left = registry.database.query_i64("SELECT at FROM telemetry");
        let noon = scooter_registry::model::Moment::parse(&at("12:05:00")).unwrap();
        assert_eq!(left, [noon.as_millis()], "only what the lookup holds is left");
        assert!(redactions(&registry) > before, "an erasure is an entry");
    }
}
