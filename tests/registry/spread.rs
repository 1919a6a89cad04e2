//! The deployment hint: near-twins of one fleet that stand close together.
//!
//! *Invariant:* an operator sees its own scooters only, and each look is an entry.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, fleet};
use crate::narrowing::{east, trip};
use crate::people::Person;

fn spread(operator: &Person, query: &str) -> Value {
    operator.get(&format!("/v1/fleet/spread{query}")).expect(200)["spread"].clone()
}

/// A ride of today that ended so many metres east of the place.
fn left(device: &str, metres: f64) -> Value {
    let now = scooter_registry::clock::now();
    let mut ride = trip(&format!("to {device} {metres}"), device, "00:00:00", "00:00:00", east(metres), east(metres));
    ride["started_at"] = json!(now.plus_seconds(-7_200).to_utc_text());
    ride["ended_at"] = json!(now.plus_seconds(-3_600).to_utc_text());
    ride
}

#[test]
fn scooters_beside_a_near_twin_are_counted_grouped_and_named() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, other) = (registry.operator('K'), registry.operator('Z'));
        operator.enroll(&fleet("k", 30));
        other.enroll(&fleet("z", 2));
        assert!(spread(&operator, "")["advice"].as_str().unwrap().contains("none of your scooters"));
        other.report(&[left("z-1", 0.0), left("z-2", 10.0)]);
        // 1, 7 and 11 stand together, 12 and 21 as well; 2 is like 1 and far away; 30 rides, of the rest nothing is known.
        let mut riding = left("k-30", 0.0);
        riding["ended_at"] = Value::Null;
        riding["end"] = Value::Null;
        operator.report(&[
            left("k-1", 0.0),
            left("k-7", 20.0),
            left("k-11", 30.0),
            left("k-12", 5_000.0),
            left("k-21", 5_030.0),
            left("k-2", 3_000.0),
            riding,
        ]);
        let entries = registry.database.query_i64("SELECT size FROM log_head")[0];
        let found = spread(&operator, "");
        assert_eq!(registry.database.query_i64("SELECT size FROM log_head")[0], entries + 1, "a look is an entry");
        assert_eq!((&found["known"], &found["elsewhere"]), (&json!(6), &json!(24)), "{found}");
        assert_eq!(
            (&found["beside_a_twin"], &found["pairs"], &found["groups"]),
            (&json!(5), &json!(3), &json!(2)),
            "{found}"
        );
        let group: Vec<_> = found["worst_groups"][0]["scooters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["number"].as_str().unwrap())
            .collect();
        assert_eq!(group, ["K00001", "K00007", "K00011"]);
        let pair = &found["worst_pairs"][0];
        assert_eq!((&pair["one"]["number"], &pair["other"]["number"]), (&json!("K00001"), &json!("K00007")), "{found}");
        assert!((pair["metres"].as_f64().unwrap() - 20.0).abs() < 0.5 && pair["one"]["from"] == "ride_end");
        assert!(found["advice"].as_str().unwrap().starts_with("5 of 6 scooters"));
        assert!(spread(&operator.speaking("ru"), "")["advice"].as_str().unwrap().contains("5 из 6"));
        assert_eq!(spread(&operator, "?within_m=25&limit=1")["pairs"], json!(1));
        for wrong in ["?within_m=0", "?within_m=2001", "?limit=201", "?within=5"] {
            operator.get(&format!("/v1/fleet/spread{wrong}")).expect(422);
        }
    }
}

#[test]
fn a_newer_position_moves_a_scooter_and_a_doubted_one_does_not() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        operator.report(&[left("k-1", 0.0), left("k-2", 10.0)]);
        assert_eq!(spread(&operator, "")["pairs"], 1);
        let now = scooter_registry::clock::now();
        let mut moved = east(4_000.0);
        moved["device_id"] = json!("k-2");
        moved["at"] = json!(now.plus_seconds(-600).to_utc_text());
        operator.post("/v1/telemetry", &json!([moved])).expect(200);
        assert_eq!(spread(&operator, "")["pairs"], 0);
        moved["lat"] = json!(43.5);
        operator.post("/v1/telemetry", &json!([moved])).expect(200);
        assert_eq!(spread(&operator, "")["pairs"], 1, "two positions of one instant: neither counts");
    }
}
