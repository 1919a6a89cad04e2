//! Physical plates: three a number, replaced, fitted, lost; and what contradicts raises an alarm.
//!
//! *Invariant:* nothing that was scanned is thrown away, and nothing withdrawn comes back.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, fleet};
use crate::life::after;
use crate::people::Person;

/// The plates of a number, as its operator reads them.
pub(crate) fn items(operator: &Person, number: &str) -> Vec<Value> {
    operator.get(&format!("/v1/plates/{number}")).expect(200)["plate"]["items"].as_array().unwrap().clone()
}

/// What the QR code of a plate says.
pub(crate) fn qr(operator: &Person, number: &str, item: u64) -> String {
    let items = items(operator, number);
    let item = items.iter().find(|found| found["item"] == item).unwrap();
    item["qr"].as_str().unwrap().to_owned()
}

/// Number, control pair and tag of a rear plate as they stand in its path; or of a code that nobody made.
pub(crate) fn code(operator: &Person, number: &str, is_false: bool) -> String {
    let qr = qr(operator, number, 1);
    let code = qr.split("/P/").nth(1).unwrap().to_owned();
    if is_false { changed(&code) } else { code }
}

/// The same with another last character.
pub(crate) fn changed(code: &str) -> String {
    let (rest, last) = code.split_at(code.len() - 1);
    format!("{rest}{}", if last == "0" { "1" } else { "0" })
}

/// Scans a false code on a scooter; returns the alarm.
pub(crate) fn false_alarm(operator: &Person, device: &str) -> String {
    let qr = "HTTPS://REG.TEST/P/A00001LN/0000000000";
    let fitting = operator.post("/v1/fittings", &json!({"qr": qr, "device_id": device})).expect(201);
    fitting["fitting"]["alarms"][0]["id"].as_str().unwrap().to_owned()
}

fn replace(operator: &Person, number: &str, position: &str, reason: &str) -> Value {
    let body = json!({"position": position, "reason": reason});
    operator.post(&format!("/v1/plates/{number}/items"), &body).expect(201)["item"].clone()
}

fn state(operator: &Person, number: &str, item: u64, body: &Value) -> crate::people::Reply {
    operator.post(&format!("/v1/plates/{number}/items/{item}/states"), body)
}

fn fit(operator: &Person, qr: &str, device: &str) -> Value {
    operator.post("/v1/fittings", &json!({"qr": qr, "device_id": device})).expect(201)["fitting"].clone()
}

/// In the order of their names: ids of one millisecond stand in any order.
fn kinds_of(alarms: &Value) -> Vec<&str> {
    let mut kinds: Vec<_> = alarms.as_array().unwrap().iter().map(|alarm| alarm["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    kinds
}

#[test]
fn a_number_has_three_plates_with_three_codes() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let items = items(&operator, "K00001");
        let shape: Vec<_> =
            items.iter().map(|item| (item["item"].clone(), item["position"].clone(), item["state"].clone())).collect();
        let expected = [(1, "rear"), (2, "left"), (3, "right")];
        assert_eq!(shape, expected.map(|(item, position)| (json!(item), json!(position), json!("ordered"))));
        let codes: std::collections::BTreeSet<_> = items.iter().map(|item| item["qr"].as_str().unwrap()).collect();
        assert_eq!(codes.len(), 3);
        for code in codes {
            assert!(code.starts_with("HTTPS://REG.TEST/P/K00001") && code.len() == 38, "{code}");
        }
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM plate_items"), [0], "they follow from the number");
    }
}

#[test]
fn the_receipt_of_a_fleet_list_carries_the_code_of_the_rear_plate() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        let import = operator.enroll(&fleet("k", 2));
        let receipt = operator.get(import["receipt_url"].as_str().unwrap()).text();
        for number in ["K00001", "K00002"] {
            assert!(receipt.contains(&qr(&operator, number, 1)), "{receipt}");
        }
    }
}

#[test]
fn a_replacement_has_a_code_of_its_own_and_the_old_plate_is_withdrawn_for_good() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let old = qr(&operator, "K00001", 1);
        let new = replace(&operator, "K00001", "rear", "stolen");
        assert_eq!((&new["item"], &new["copy"], &new["replaces"]), (&json!(4), &json!(2), &json!(1)), "{new}");
        assert_ne!(new["qr"], old);
        let before = items(&operator, "K00001")[0].clone();
        let found = (&before["state"], &before["reason"], &before["replaced_by"]);
        assert_eq!(found, (&json!("withdrawn"), &json!("stolen"), &json!(4)));
        state(&operator, "K00001", 1, &json!({"state": "fitted"})).problem(409, "plate-withdrawn");
        let third = replace(&operator, "K00001", "rear", "damaged");
        assert_eq!((&third["item"], &third["copy"], &third["replaces"]), (&json!(5), &json!(3), &json!(4)));
        assert_eq!(items(&operator, "K00001").len(), 5);
    }
}

#[test]
fn a_state_is_corrected_by_another_one_for_the_same_instant() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let at = "2026-07-07T12:00:00.000+05:00";
        let lost = state(&operator, "K00001", 2, &json!({"state": "lost", "at": at, "reason": "fell off"})).expect(201);
        assert_eq!((&lost["item"]["state"], &lost["item"]["since"]), (&json!("lost"), &json!(at)));
        let fitted = state(&operator, "K00001", 2, &json!({"state": "fitted", "at": at})).expect(201);
        assert_eq!((&fitted["item"]["state"], &fitted["item"]["since"]), (&json!("fitted"), &json!(at)));
        let versions = "SELECT COUNT(*) FROM plate_item_states WHERE item = 2";
        assert_eq!(registry.database.query_i64(versions), [2], "nothing is overwritten");
        assert_eq!(registry.database.query_i64(&format!("{versions} AND superseded_at IS NULL")), [1]);
        for (body, wrong) in [
            (json!({"state": "lost", "at": "2036-07-07T12:00:00+05:00"}), "in_future"),
            (json!({"state": "withdrawn"}), "length"),
            (json!({"state": "eaten"}), "one_of"),
        ] {
            let refused = state(&operator, "K00001", 2, &body).problem(422, "invalid-request");
            assert_eq!(refused["errors"][0]["code"], wrong, "{refused}");
        }
        assert_eq!(state(&operator, "K00001", 9, &json!({"state": "lost"})).status, 404);
        replace(&operator, "K00001", "left", "renewed");
        let early =
            state(&operator, "K00001", 4, &json!({"state": "fitted", "at": at})).problem(422, "invalid-request");
        assert_eq!(early["errors"][0]["code"], "before_plate", "{early}");
    }
}

#[test]
fn a_suspended_operator_orders_no_plate_but_goes_on_fitting() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let path = format!("/v1/operators/{}/suspension", operator.id);
        registry.regulator().post(&path, &json!({"reason": "test"})).expect(201);
        let body = json!({"position": "rear", "reason": "lost"});
        operator.post("/v1/plates/K00001/items", &body).problem(409, "operator-suspended");
        state(&operator, "K00001", 1, &json!({"state": "lost"})).expect(201);
        assert_eq!(fit(&operator, &qr(&operator, "K00001", 2), "k-1")["verdict"], "valid");
    }
}

#[test]
fn a_fitting_is_who_put_which_plate_on_which_scooter() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let scanned = qr(&operator, "K00001", 2).to_lowercase();
        let body = json!({"qr": scanned, "device_id": "k-1", "at": "2026-07-07T12:00:00+05:00",
                          "place": {"lat": 43.238, "lng": 76.945}, "note": "Second shift"});
        let fitting = operator.post("/v1/fittings", &body).expect(201)["fitting"].clone();
        assert_eq!(fitting["alarms"], json!([]), "{fitting}");
        assert_eq!((&fitting["item"], &fitting["device_id"]), (&json!(2), &json!("k-1")));
        assert_eq!(items(&operator, "K00001")[1]["state"], "fitted");
        fit(&operator, &qr(&operator, "K00002", 1), "k-2");
        for (query, found) in [("", 2), ("?number=k00001", 1), ("?device_id=k-2", 1), ("?device_id=none", 0)] {
            let listed = operator.get(&format!("/v1/fittings{query}")).expect(200);
            assert_eq!(listed["fittings"].as_array().unwrap().len(), found, "{query}: {listed}");
        }
        let first = operator.get("/v1/fittings?limit=1").expect(200);
        let second = operator.get(first["next"].as_str().unwrap()).expect(200);
        assert_ne!(first["fittings"][0]["id"], second["fittings"][0]["id"]);
        let stored = registry.database.query_text("SELECT scanned FROM fittings").join(" ");
        let tag = scanned.rsplit('/').next().unwrap().to_uppercase();
        assert!(!stored.to_uppercase().contains(&tag), "a true tag does not stand in the database: {stored}");
        for (body, wrong) in [
            (json!({"qr": "K00001", "device_id": "k-1"}), "qr_code"),
            (json!({"qr": scanned, "device_id": "none"}), "vehicle_unknown"),
            (json!({"qr": scanned, "device_id": "k-1", "place": {"lat": 91, "lng": 0}}), "place"),
        ] {
            let refused = operator.post("/v1/fittings", &body).problem(422, "invalid-request");
            assert_eq!(refused["errors"][0]["code"], wrong, "{refused}");
        }
    }
}

#[test]
fn one_number_on_two_scooters_raises_an_alarm_that_is_settled_once() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let [rear, left] = [1, 2].map(|item| qr(&operator, "K00001", item));
        assert_eq!(fit(&operator, &rear, "k-1")["alarms"], json!([]));
        let wrong = fit(&operator, &left, "k-2");
        assert_eq!(kinds_of(&wrong["alarms"]), ["number_on_two_vehicles", "other_vehicle"], "{wrong}");
        let again = fit(&operator, &left, "k-2");
        assert_eq!(again["alarms"], wrong["alarms"], "what stands open is not raised again");
        let listed = operator.get("/v1/alarms").expect(200)["alarms"].clone();
        assert_eq!(kinds_of(&listed), ["number_on_two_vehicles", "other_vehicle"]);
        assert_eq!(registry.regulator().get("/v1/alarms").expect(200)["alarms"], listed);
        let path = format!("/v1/alarms/{}/settlement", listed[1]["id"].as_str().unwrap());
        let settled = operator.post(&path, &json!({"reason": "moved back"})).expect(201)["alarm"].clone();
        assert_eq!(settled["settlement"], "moved back");
        operator.post(&path, &json!({"reason": "again"})).problem(409, "alarm-settled");
        assert_eq!(fit(&operator, &left, "k-1")["alarms"], json!([]), "both are where they belong");
        assert_eq!(registry.operator('Z').post(&path, &json!({"reason": "x"})).status, 404);
    }
}

#[test]
fn a_false_a_withdrawn_and_a_foreign_plate_are_recorded_and_alarm() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, other) = (registry.operator('K'), registry.operator('Z'));
        operator.enroll(&fleet("k", 1));
        other.enroll(&fleet("z", 1));
        let old = qr(&operator, "K00001", 1);
        replace(&operator, "K00001", "rear", "lost");
        let withdrawn = fit(&operator, &old, "k-1");
        assert_eq!((&withdrawn["verdict"], &withdrawn["item"]), (&json!("replaced"), &json!(1)));
        assert_eq!(kinds_of(&withdrawn["alarms"]), ["withdrawn_item_fitted"]);
        assert_eq!(items(&operator, "K00001")[0]["state"], "withdrawn");
        let forged = fit(&operator, &changed(&qr(&operator, "K00001", 2)), "k-1");
        assert_eq!((&forged["verdict"], &forged["item"]), (&json!("false_tag"), &Value::Null));
        assert_eq!(kinds_of(&forged["alarms"]), ["false_tag"]);
        let foreign = fit(&operator, &qr(&other, "Z00001", 2), "k-1");
        assert_eq!(kinds_of(&foreign["alarms"]), ["other_vehicle"]);
        assert_eq!(items(&other, "Z00001")[1]["state"], "ordered", "nobody states anything about another's plate");
        let told = other.get("/v1/alarms").expect(200)["alarms"].clone();
        assert_eq!(kinds_of(&told), ["other_vehicle"]);
        assert_eq!((&told[0]["device_id"], &told[0]["fitting_id"]), (&Value::Null, &Value::Null), "{told}");
        assert_eq!(operator.get("/v1/fittings").expect(200)["fittings"].as_array().unwrap().len(), 3);
    }
}

#[test]
fn an_order_that_is_sent_twice_makes_one_plate() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let headers = [("content-type", "application/json"), ("idempotency-key", "one")];
        let body = json!({"position": "rear", "reason": "lost"}).to_string();
        let order = || operator.send("POST", "/v1/plates/K00001/items", &headers, body.as_bytes());
        let (mut first, again) = (order().expect(201), order().expect(201));
        let qr = first["item"]["qr"].take();
        assert_eq!(first, again, "but for the code");
        let saved = registry.database.query_text("SELECT body FROM idempotency").join(" ");
        let tag = qr.as_str().unwrap().rsplit('/').next().unwrap();
        assert!(saved.contains("copy") && !saved.contains(tag), "a true tag does not stand in the database: {saved}");
        assert_eq!(items(&operator, "K00001").len(), 4);
    }
}

#[test]
fn what_may_mean_several_numbers_writes_and_prints_none() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let order = json!({"position": "rear", "reason": "lost"});
        let lost = json!({"state": "lost"});
        let correction = json!({"device_id": "k-2", "reason": "swapped"});
        for refused in [
            operator.post("/v1/plates/K0000%3F/items", &order),
            state(&operator, "K0000%3F", 1, &lost),
            operator.post("/v1/plates/K0000%3F/correction", &correction),
            operator.get("/v1/plates/K0000%3F.svg"),
        ] {
            let refused = refused.problem(422, "invalid-request");
            assert_eq!(refused["errors"][0]["code"], "several_numbers", "{refused}");
            assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("K00001, K00002"), "{refused}");
        }
        state(&operator, "K%200000l", 1, &lost).expect(201);
        assert_eq!(items(&operator, "K00001")[0]["state"], "lost", "what can be read as one number only is one");
    }
}

#[test]
fn an_annulled_number_gets_no_further_plate() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll("device_id,in_service,out_of_service\nk-1,2026-07-01,2026-07-31\n");
        let order = json!({"position": "rear", "reason": "lost"});
        operator.post("/v1/plates/K00001/items", &order).problem(409, "annulled-not-printed");
        assert_eq!(items(&operator, "K00001").len(), 3);
    }
}

#[test]
fn a_fitting_is_compared_with_who_bore_the_number_then_and_judged_as_of_then() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll("device_id,in_service\nk-1,2026-07-01\nk-2,2026-07-01\n");
        let correction = json!({"device_id": "k-2", "from": "2026-08-01T00:00:00+05:00", "reason": "moved"});
        operator.post("/v1/plates/K00001/correction", &correction).expect(201);
        let stolen = json!({"position": "left", "reason": "stolen", "at": "2026-09-01T00:00:00+05:00"});
        let codes = [1, 2, 3].map(|item| qr(&operator, "K00001", item));
        operator.post("/v1/plates/K00001/items", &stolen).expect(201);
        for (item, device, day, kinds) in [
            (2, "k-1", "2026-07-05", vec![]),
            (2, "k-1", "2026-08-05", vec!["other_vehicle"]),
            (1, "k-2", "2026-08-06", vec![]),
            (2, "k-2", "2026-09-02", vec!["withdrawn_item_fitted"]),
        ] {
            let body = json!({"qr": codes[item - 1], "device_id": device, "at": format!("{day}T12:00:00+05:00")});
            let fitting = operator.post("/v1/fittings", &body).expect(201)["fitting"].clone();
            assert_eq!(kinds_of(&fitting["alarms"]), kinds, "{day}: {fitting}");
        }
    }
}

#[test]
fn a_plate_that_was_withdrawn_since_or_settled_is_on_no_scooter_any_more() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let [rear, left] = [1, 2].map(|item| qr(&operator, "K00001", item));
        fit(&operator, &rear, "k-2");
        let alarms = fit(&operator, &left, "k-1")["alarms"].clone();
        assert_eq!(kinds_of(&alarms), ["number_on_two_vehicles"]);
        let settle = |alarm: &Value| {
            let path = format!("/v1/alarms/{}/settlement", alarm["id"].as_str().unwrap());
            operator.post(&path, &json!({"reason": "taken off"})).expect(201)["alarm"]["settled_at"].clone()
        };
        after(&operator, settle(&alarms[0]).as_str().unwrap());
        assert_eq!(fit(&operator, &left, "k-1")["alarms"], json!([]), "what was settled is not raised again");
        let alarms = fit(&operator, &rear, "k-2")["alarms"].clone();
        assert_eq!(kinds_of(&alarms), ["number_on_two_vehicles", "other_vehicle"], "but what is seen anew is");
        let again = operator.post("/v1/plates/K00001/items", &json!({"position": "rear", "reason": "stolen"}));
        let fourth = again.expect(201)["item"]["qr"].as_str().unwrap().to_owned();
        assert_eq!(fit(&operator, &fourth, "k-1")["alarms"], json!([]), "the stolen one is on no scooter any more");
    }
}
