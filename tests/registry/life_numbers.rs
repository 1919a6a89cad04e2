//! Numbers in a scooter's life: out of service and back, corrected, swapped, wrongly issued.
//!
//! *Invariant:* officers' lookups and the operator's own reading agree about who bore a number when.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, fleet, ride};
use crate::life::{after, patch, text, told};
use crate::people::Person;

fn day(day: &str) -> String {
    format!("{day}T12:00:00+05:00")
}

/// The verdict's first half: whether somebody bore the number then.
fn borne(officer: &Person, number: &str, at: &str) -> bool {
    officer.look_up(number, at)["verdict"] != "not_in_service"
}

fn periods(operator: &Person, number: &str) -> Vec<(String, String, String)> {
    let plate = operator.get(&format!("/v1/plates/{number}")).expect(200)["plate"].clone();
    let short = |value: &Value| value.as_str().map_or("-".to_owned(), |text| text[..10].to_owned());
    let period = |one: &Value| (text(one, "device_id").to_owned(), short(&one["from"]), short(&one["until"]));
    plate["periods"].as_array().unwrap().iter().map(period).collect()
}

fn period(device: &str, from: &str, until: &str) -> (String, String, String) {
    (device.to_owned(), from.to_owned(), until.to_owned())
}

#[test]
fn a_scooter_goes_out_of_service_and_comes_back_under_its_number() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        operator.enroll("device_id,in_service\nk-1,2026-07-01\n");
        let change = |body: Value| patch(&operator, "/v1/vehicles/k-1", &body).expect(200)["vehicle"].clone();
        let out = change(json!({"out_of_service": "2026-08-10", "reason": "winter"}));
        assert_eq!((&out["status"], &out["plate"]["number"]), (&json!("out_of_service"), &json!("K00001")));
        assert_eq!(periods(&operator, "K00001"), [period("k-1", "2026-07-01", "2026-08-11")]);
        assert_eq!(operator.get("/v1/plates/K00001").json()["plate"]["status"], "annulled");
        let back = change(json!({"in_service": "2026-09-01", "reason": "spring"}));
        assert_eq!((&back["status"], &back["out_of_service"]), (&json!("in_service"), &Value::Null));
        let both = [period("k-1", "2026-07-01", "2026-08-11"), period("k-1", "2026-09-01", "-")];
        assert_eq!(periods(&operator, "K00001"), both);
        let days = ["2026-06-30", "2026-07-01", "2026-08-10", "2026-08-11", "2026-08-31", "2026-09-01"];
        let seen = days.map(|day_| (borne(&officer, "K00001", &day(day_)), status(&operator, &day(day_))));
        let word = |borne, word: &str| (borne, word.to_owned());
        let in_service = || word(true, "in_service");
        let out_of_service = || word(false, "out_of_service");
        let expected =
            [word(false, "not_yet"), in_service(), in_service(), out_of_service(), out_of_service(), in_service()];
        assert_eq!(seen, expected);
        let then = told(&operator, "k-1", &format!("at={}", day("2026-08-20")));
        assert_eq!((&then["in_service"], &then["out_of_service"]), (&json!("2026-07-01"), &json!("2026-08-10")));

        // To come: between two periods the number is out of service, not annulled.
        change(json!({"out_of_service": "2026-10-31", "reason": "winter"}));
        change(json!({"in_service": "2199-04-01", "reason": "spring"}));
        let plate = operator.get("/v1/plates/K00001").expect(200)["plate"].clone();
        assert_eq!(
            (&plate["status"], &plate["vehicle"]["status"]),
            (&json!("out_of_service"), &json!("out_of_service"))
        );
        assert_eq!(periods(&operator, "K00001").len(), 3);
    }
}

fn status(operator: &Person, at: &str) -> String {
    text(&told(operator, "k-1", &format!("at={at}")), "status").to_owned()
}

#[test]
fn a_wrong_last_day_is_erased_and_the_period_is_open_again() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        operator.enroll("device_id,in_service\nk-1,2026-07-01\n");
        let change = |body: Value| patch(&operator, "/v1/vehicles/k-1", &body).expect(200);
        change(json!({"out_of_service": "2026-08-10", "reason": "winter"}));
        let known = text(&operator.get("/v1/vehicles/k-1").json()["vehicle"], "at").to_owned();
        after(&operator, &known);
        assert!(!borne(&officer, "K00001", &day("2026-08-20")));
        change(json!({"out_of_service": null, "reason": "another one was meant"}));
        assert!(borne(&officer, "K00001", &day("2026-08-20")));
        assert_eq!(periods(&operator, "K00001"), [period("k-1", "2026-07-01", "-")]);
        let then = told(&operator, "k-1", &format!("at={}&known_at={known}", day("2026-08-20")));
        assert_eq!((&then["status"], &then["out_of_service"]), (&json!("out_of_service"), &json!("2026-08-10")));
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM plates WHERE number = 'K00001'"), [3]);
    }
}

#[test]
fn a_list_takes_scooters_out_of_service_and_brings_them_back_like_a_change_does() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll("device_id,in_service\nk-1,2026-07-01\nk-2,2026-07-01\n");
        operator.enroll("device_id,out_of_service\nk-1,2026-08-10\n");
        let back = operator.enroll("device_id,in_service,colour\nk-1,2026-09-01,red\nk-2,2026-07-01,\n");
        assert_eq!((&back["counts"]["changed"], &back["counts"]["unchanged"]), (&json!(1), &json!(1)), "{back}");
        let both = [period("k-1", "2026-07-01", "2026-08-11"), period("k-1", "2026-09-01", "-")];
        assert_eq!(periods(&operator, "K00001"), both);
        assert_eq!(status(&operator, &day("2026-08-20")), "out_of_service");
        assert_eq!(told(&operator, "k-1", &format!("at={}", day("2026-08-20")))["colour"], "red");
        // Out again by a change, back by a list that names the new last day too.
        let out = json!({"out_of_service": "2026-09-30", "reason": "r"});
        patch(&operator, "/v1/vehicles/k-1", &out).expect(200);
        operator.enroll("device_id,in_service,out_of_service\nk-1,2026-10-10,2026-10-20\n");
        let mut all = both.to_vec();
        all[1].2 = "2026-10-01".to_owned();
        all.push(period("k-1", "2026-10-10", "2026-10-21"));
        assert_eq!(periods(&operator, "K00001"), all);
        let again = operator.enroll("device_id,in_service,out_of_service\nk-1,2026-10-10,2026-10-20\n");
        assert_eq!(again["counts"]["unchanged"], 1, "{again}");
        assert_eq!(operator.numbers()["k-1"], "K00001");
    }
}

#[test]
fn swapped_numbers_are_mended_by_two_corrections_and_service_stays_with_the_scooter() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        operator.enroll("device_id,in_service,out_of_service\nk-1,2026-07-01,2026-08-10\nk-2,2026-07-05,\n");
        let known = text(&operator.get("/v1/vehicles/k-1").json()["vehicle"], "at").to_owned();
        after(&operator, &known);
        let correct = |number: &str, device: &str| {
            let body = json!({"device_id": device, "from": null, "reason": "fitted the wrong way round"});
            operator.post(&format!("/v1/plates/{number}/correction"), &body)
        };
        // K00001 is annulled as believed: that it is borne by another scooter today is for the regulator to say.
        let body = json!({"device_id": "k-2", "from": null, "reason": "fitted the wrong way round"});
        let by_regulator = registry.regulator().post("/v1/plates/K00001/correction", &body);
        let first = by_regulator.expect(201)["correction"].clone();
        assert_eq!(first["also_bears"][0]["number"], "K00002", "{first}");
        assert_eq!(first["without_number"], json!(["k-1"]));
        let second = correct("k%2000002", "k-1").expect(201)["correction"].clone();
        assert_eq!((&second["also_bears"], &second["without_number"]), (&json!([]), &json!([])), "{second}");
        assert_eq!(periods(&operator, "K00001"), [period("k-2", "2026-07-05", "-")]);
        assert_eq!(periods(&operator, "K00002"), [period("k-1", "2026-07-01", "2026-08-11")]);
        correct("K00002", "k-1").problem(409, "nothing-to-correct");
        let named = |number: &str| officer.look_up(number, &day("2026-08-01"))["vehicle"]["device_id"].clone();
        assert_eq!((named("K00001"), named("K00002")), (json!("k-2"), json!("k-1")));
        let number = |query: &str| told(&operator, "k-2", query)["plate"]["number"].clone();
        let august = format!("at={}", day("2026-08-01"));
        assert_eq!(number(&august), "K00001");
        assert_eq!(number(&format!("{august}&known_at={known}")), "K00002");
        // Later changes of service keep to the corrected numbers.
        let out = json!({"out_of_service": "2026-10-31", "reason": "r"});
        patch(&operator, "/v1/vehicles/k-2", &out).expect(200);
        assert_eq!(periods(&operator, "K00001"), [period("k-2", "2026-07-05", "2026-11-01")]);
        assert_eq!(periods(&operator, "K00002"), [period("k-1", "2026-07-01", "2026-08-11")]);
    }
}

#[test]
fn a_number_is_corrected_from_an_instant_and_rides_follow_who_bore_it_then() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let body = json!({"device_id": "k-2", "from": "2026-09-01", "reason": "refitted"});
        operator.post("/v1/plates/K00001/correction", &body).expect(201);
        let both = [period("k-1", "-", "2026-09-01"), period("k-2", "2026-09-01", "-")];
        assert_eq!(periods(&operator, "K00001"), both);
        let by_plate = |id: &str, at: &str| {
            let mut report = ride(id, "k-1", at, None);
            report.as_object_mut().unwrap().remove("device_id");
            report["plate"] = json!("K00001");
            report
        };
        let receipt = operator.report(&[
            by_plate("august", "2026-08-31T23:00:00+05:00"),
            by_plate("september", "2026-09-01T00:00:00+05:00"),
        ]);
        assert_eq!(receipt["recorded"], 2, "{receipt}");
        let sessions = operator.get("/v1/sessions").expect(200)["sessions"].clone();
        let of = |id: &str| {
            let found = sessions.as_array().unwrap().iter().find(|one| one["ride_id"] == id).unwrap();
            found["device_id"].clone()
        };
        assert_eq!((of("august"), of("september")), (json!("k-1"), json!("k-2")));
    }
}

#[test]
fn a_wrongly_issued_number_is_annulled_and_never_given_again() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        operator.enroll(&fleet("k", 2));
        let nobody = json!({"device_id": null, "reason": "issued twice for one scooter"});
        let corrected = operator.post("/v1/plates/K00002/correction", &nobody).expect(201)["correction"].clone();
        assert_eq!(corrected["without_number"], json!(["k-2"]), "{corrected}");
        assert_eq!(operator.get("/v1/plates/K00002").json()["plate"]["status"], "annulled");
        assert_eq!(operator.get("/v1/vehicles/k-2").json()["vehicle"]["plate"], Value::Null);
        assert!(!borne(&officer, "K00002", &day("2026-08-01")));
        operator.enroll("device_id\nk-3\n");
        assert_eq!(operator.numbers()["k-3"], "K00003");
        // The mistake was the correction: that too is corrected.
        let back = json!({"device_id": "k-2", "reason": "it was right"});
        operator.post("/v1/plates/K00002/correction", &back).expect(201);
        assert_eq!(operator.numbers()["k-2"], "K00002");
        assert!(borne(&officer, "K00002", &day("2026-08-01")));
    }
}

#[test]
fn no_correction_reaches_another_operator_or_past_the_end_of_a_number() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (k, z, regulator) = (registry.operator('K'), registry.operator('Z'), registry.regulator());
        k.enroll(&fleet("k", 3));
        z.enroll(&fleet("z", 1));
        let correct = |person: &Person, number: &str, device: &str, from: Option<&str>| {
            let body = json!({"device_id": device, "from": from, "reason": "r"});
            person.post(&format!("/v1/plates/{number}/correction"), &body)
        };
        correct(&k, "Z00001", "k-1", None).problem(404, "not-found");
        correct(&k, "K00001", "z-1", None).problem(404, "not-found");
        correct(&regulator, "K00001", "z-1", None).problem(404, "not-found");
        correct(&k, "K00099", "k-1", None).problem(404, "not-found");
        correct(&k, "K00001", "k-2", Some("2199-01-01")).problem(422, "invalid-request");
        let retirement = json!({"from": "2026-10-01", "reason": "scrapped"});
        k.post("/v1/vehicles/k-1/retirement", &retirement).expect(201);
        correct(&k, "K00001", "k-2", Some("2026-10-01")).problem(409, "number-annulled");
        correct(&k, "K00002", "k-1", Some("2026-10-01")).problem(409, "vehicle-retired");
        // Before that instant the truth may still be told, and the retired scooter bears a number only until then.
        correct(&regulator, "K00002", "k-1", None).expect(201);
        assert_eq!(periods(&k, "K00002"), [period("k-1", "-", "2026-10-01")]);
    }
}

#[test]
fn an_operator_tells_who_bore_an_annulled_number_and_cannot_revive_it() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        operator.enroll("device_id,in_service\nk-1,2026-07-01\nk-2,2026-07-01\nk-3,2026-07-01\n");
        operator.post("/v1/vehicles/k-1/retirement", &json!({"from": "2026-10-01", "reason": "scrapped"})).expect(201);
        let correct = |person: &Person, device: &str, from: Value| {
            let body = json!({"device_id": device, "from": from, "reason": "r"});
            person.post("/v1/plates/K00001/correction", &body).expect(201)["correction"].clone()
        };
        // One millisecond before its end.
        correct(&operator, "k-2", json!("2026-09-30T23:59:59.999+05:00"));
        let annulled = |number: &str| operator.get(&format!("/v1/plates/{number}")).json()["plate"]["status"].clone();
        assert_eq!(annulled("K00001"), "annulled");
        assert!(!borne(&officer, "K00001", &day("2026-10-02")));
        // Since ever, and again for the scooter that the correction has named.
        for device in ["k-2", "k-3", "k-2"] {
            correct(&operator, device, Value::Null);
            assert_eq!(periods(&operator, "K00001"), [period(device, "2026-07-01", "2026-10-01")]);
            assert_eq!(annulled("K00001"), "annulled");
        }
        correct(&registry.regulator(), "k-3", Value::Null);
        assert_eq!(periods(&operator, "K00001"), [period("k-3", "2026-07-01", "-")]);
    }
}

#[test]
fn a_nightly_list_that_goes_on_stating_the_first_day_leaves_the_periods_as_they_are() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll("device_id,in_service\nk-1,2026-07-01\n");
        operator.enroll("device_id,out_of_service\nk-1,2026-08-10\n");
        operator.enroll("device_id,in_service\nk-1,2026-09-01\n");
        let both = [period("k-1", "2026-07-01", "2026-08-11"), period("k-1", "2026-09-01", "-")];
        for list in [
            "device_id,in_service\nk-1,2026-07-01\n",
            "device_id,in_service,out_of_service\nk-1,2026-07-01,2026-08-10\n",
            "device_id,out_of_service\nk-1,2026-08-10\n",
        ] {
            let again = operator.enroll(list);
            assert_eq!(again["counts"]["unchanged"], 1, "{again}");
            assert_eq!(periods(&operator, "K00001"), both);
        }
        let early = operator.upload("", b"device_id,in_service\nk-1,2026-07-15\n");
        assert_eq!(early["counts"]["bad"], 1, "{early}");
        assert_eq!(early["problems"][0]["kind"], "service_period_over", "{early}");
    }
}
