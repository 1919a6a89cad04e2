//! Lookups: what an officer is warned of beside the ride: the scanned code, the physical plates, the insurance.
//!
//! *Invariant:* a warning is of the instant asked about, not of today.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, fleet};
use crate::people::Person;

const JULY: &str = "2026-07-07T12:05:00+05:00";
const AUGUST: &str = "2026-08-07T12:05:00+05:00";

fn ask(officer: &Person, at: &str, what: &Value) -> Value {
    let mut question = json!({"at": at, "purpose": "hit_and_run", "case_number": "2026-000001"});
    for (name, value) in what.as_object().unwrap() {
        question[name] = value.clone();
    }
    officer.post("/v1/lookups", &question).expect(200)["lookup"].clone()
}

fn warns(answer: &Value, code: &str) -> bool {
    let told = answer["warnings"].as_array().unwrap().contains(&json!(code));
    let sentence = answer["explanations"][code].as_str();
    assert_eq!(told, sentence.is_some_and(|text| !text.starts_with("lookup.")), "{code}: {answer}");
    told
}

fn link_of(operator: &Person, number: &str, item: usize) -> String {
    let plate = operator.get(&format!("/v1/plates/{number}")).expect(200)["plate"].clone();
    let found = plate["items"].as_array().unwrap().iter().find(|one| one["item"] == json!(item));
    found.unwrap_or_else(|| panic!("no item {item}: {plate}"))["qr"].as_str().unwrap().to_owned()
}

#[test]
fn a_scanned_code_is_judged_and_a_false_or_replaced_one_is_told_first() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        operator.enroll(&fleet("k", 2));
        let code = link_of(&operator, "K00001", 1);
        let good = ask(&officer, JULY, &json!({"qr": code}));
        assert_eq!(good["reading"]["number"], "K00001");
        assert!(!warns(&good, "qr_false_tag") && !warns(&good, "qr_replaced"));
        let mut false_code = code.clone();
        let last = false_code.pop().unwrap();
        false_code.push(if last == 'A' { 'B' } else { 'A' });
        let false_one = ask(&officer, JULY, &json!({"qr": false_code}));
        assert_eq!(false_one["reading"]["number"], "K00001", "the number is still looked up");
        assert_eq!(false_one["warnings"][0], "qr_false_tag", "{false_one}");
        let replacement = json!({"position": "rear", "reason": "stolen", "at": "2026-08-01T00:00:00+05:00"});
        operator.post("/v1/plates/K00001/items", &replacement).expect(201);
        let replaced = ask(&officer, AUGUST, &json!({"qr": code.to_lowercase()}));
        assert_eq!(replaced["warnings"][0], "qr_replaced", "{replaced}");
        assert!(warns(&replaced, "plate_item_lost") && warns(&replaced, "plate_item_replaced"));
        let before = ask(&officer, JULY, &json!({"qr": code}));
        assert!(!warns(&before, "qr_replaced") && !warns(&before, "plate_item_lost"), "in July it was the right one");
        let young = ask(&officer, JULY, &json!({"qr": link_of(&operator, "K00001", 4)}));
        assert!(!warns(&young, "qr_false_tag"), "it is genuine, and only younger than July: {young}");
        let disagreeing = ask(&officer, JULY, &json!({"qr": code, "plate": "K00002"}));
        assert_eq!(disagreeing["warnings"][0], "qr_differs_from_face", "{disagreeing}");
    }
}

#[test]
fn a_number_on_two_scooters_is_told_until_the_alarm_is_settled() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        operator.enroll(&fleet("k", 2));
        for (item, device) in [(1, "k-1"), (2, "k-2")] {
            let fitting = json!({"qr": link_of(&operator, "K00001", item), "device_id": device});
            operator.post("/v1/fittings", &fitting).expect(201);
        }
        let told = ask(&officer, JULY, &json!({"plate": "K00001"}));
        assert!(warns(&told, "number_on_two_scooters"), "{told}");
        let alarms = operator.get("/v1/alarms").expect(200)["alarms"].as_array().unwrap().clone();
        assert!(!alarms.is_empty());
        for alarm in alarms {
            let path = format!("/v1/alarms/{}/settlement", alarm["id"].as_str().unwrap());
            operator.post(&path, &json!({"reason": "the plate was moved back"})).expect(201);
        }
        let settled = ask(&officer, JULY, &json!({"plate": "K00001"}));
        assert!(!warns(&settled, "number_on_two_scooters") && !warns(&settled, "plate_on_other_scooter"));
    }
}

#[test]
fn no_competitor_taints_a_number_once_its_owner_has_settled() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, other, officer) = (registry.operator('K'), registry.operator('Z'), registry.officer());
        operator.enroll(&fleet("k", 1));
        other.enroll(&fleet("z", 1));
        let fitting = json!({"qr": link_of(&operator, "K00001", 1), "device_id": "z-1"});
        other.post("/v1/fittings", &fitting).expect(201);
        assert!(warns(&ask(&officer, JULY, &json!({"plate": "K00001"})), "plate_on_other_scooter"));
        let alarms = operator.get("/v1/alarms").expect(200)["alarms"].as_array().unwrap().clone();
        for alarm in alarms {
            let path = format!("/v1/alarms/{}/settlement", alarm["id"].as_str().unwrap());
            operator.post(&path, &json!({"reason": "the plate is where it belongs"})).expect(201);
        }
        assert_eq!(other.get("/v1/alarms").expect(200)["alarms"][0]["settled_at"], Value::Null);
        assert!(!warns(&ask(&officer, JULY, &json!({"plate": "K00001"})), "plate_on_other_scooter"));
    }
}

#[test]
fn the_policy_is_the_one_in_force_then_and_what_the_insurers_say_of_it_is_told() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        operator.enroll(&fleet("k", 2));
        let policy = |number: &str, from: &str, until: &str, vehicles: Value| {
            let new = json!({"insurer": "АО Полис", "policy_number": number, "valid_from": from, "valid_until": until,
                             "vehicles": vehicles});
            operator.post("/v1/policies", &new).expect(201)["policy"]["id"].as_str().unwrap().to_owned()
        };
        let july = policy("П-7", "2026-07-01", "2026-07-31", json!("all"));
        policy("П-8", "2026-08-01", "2026-08-31", json!(["k-1"]));
        let of = |plate: &str, at: &str| ask(&officer, at, &json!({"plate": plate}));
        assert_eq!(of("K00001", JULY)["policy"]["number"], "П-7");
        assert_eq!(of("K00001", AUGUST)["policy"]["number"], "П-8");
        let uncovered = of("K00002", AUGUST);
        assert_eq!(uncovered["policy"], Value::Null);
        assert!(warns(&uncovered, "insurance_gap"));
        let regulator = registry.regulator();
        let check = |outcome: &str| {
            regulator.post(&format!("/v1/policies/{july}/checks"), &json!({"outcome": outcome})).expect(201)
        };
        check("not_found");
        assert!(warns(&of("K00001", JULY), "policy_contradicted"));
        check("confirmed");
        let confirmed = of("K00001", JULY);
        assert!(!warns(&confirmed, "policy_contradicted"));
        assert_eq!(confirmed["policy"]["source"], "insurer");
        assert!(confirmed["policy"]["checked_at"].is_string(), "{confirmed}");
    }
}

#[test]
fn the_scooter_is_told_as_it_was_and_as_it_stood_then() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        operator.enroll(&fleet("k", 2));
        let repainted = json!({"colour": "red", "since": "2026-08-01T00:00:00+05:00", "reason": "repainted"});
        let json_body = [("content-type", "application/json")];
        operator.send("PATCH", "/v1/vehicles/k-1", &json_body, repainted.to_string().as_bytes()).expect(200);
        for (status, since) in [("stolen", "2026-07-05T00:00:00+05:00"), ("in_service", "2026-07-20T00:00:00+05:00")] {
            operator.post("/v1/vehicles/k-1/statuses", &json!({"status": status, "since": since})).expect(201);
        }
        let july = ask(&officer, JULY, &json!({"plate": "K00001"}));
        assert_eq!((&july["vehicle"]["colour"], &july["vehicle"]["status"]), (&json!("green"), &json!("stolen")));
        assert!(warns(&july, "vehicle_stolen") && warns(&july, "description_changed_since"), "{july}");
        let august = ask(&officer, AUGUST, &json!({"plate": "K00001"}));
        assert_eq!((&august["vehicle"]["colour"], &august["vehicle"]["status"]), (&json!("red"), &json!("in_service")));
        assert!(!warns(&august, "vehicle_stolen") && !warns(&august, "description_changed_since"), "{august}");
        let retired = json!({"from": "2026-09-01T00:00:00+05:00", "reason": "scrapped"});
        operator.post("/v1/vehicles/k-1/retirement", &retired).expect(201);
        let gone = ask(&officer, "2026-09-02T00:00:00+05:00", &json!({"plate": "K00001"}));
        assert_eq!((&gone["verdict"], &gone["reason"]), (&json!("not_in_service"), &json!("annulled")), "{gone}");
        assert_eq!(gone["vehicle"]["status"], "retired");
    }
}

#[test]
fn swapped_numbers_that_were_mended_lead_to_the_right_scooter_and_say_so() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        operator.enroll(&fleet("k", 2));
        for (number, device) in [("K00001", "k-2"), ("K00002", "k-1")] {
            let correction = json!({"device_id": device, "reason": "swapped in the workshop"});
            operator.post(&format!("/v1/plates/{number}/correction"), &correction).expect(201);
        }
        for (number, device) in [("K00001", "k-2"), ("K00002", "k-1")] {
            let told = ask(&officer, JULY, &json!({"plate": number}));
            assert_eq!(told["vehicle"]["device_id"], device, "{told}");
            assert!(warns(&told, "bearer_corrected"), "{told}");
        }
    }
}
