//! What happens to a scooter: statuses, repairs, descriptions, retirement.
//!
//! *Invariant:* every answer is asked for through the door, as of instants before, at and after each change.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, fleet};
use crate::people::{Person, Reply};

/// Changes a vehicle.
#[track_caller]
pub(crate) fn patch(person: &Person, path: &str, body: &Value) -> Reply {
    person.send("PATCH", path, &[("content-type", "application/json")], body.to_string().as_bytes())
}

/// Reads a vehicle with parameters; a plus sign is a space unless escaped.
#[track_caller]
pub(crate) fn told(person: &Person, device: &str, query: &str) -> Value {
    let query = query.replace('+', "%2B");
    person.get(&format!("/v1/vehicles/{device}?{query}")).expect(200)["vehicle"].clone()
}

/// The text under a name.
#[track_caller]
pub(crate) fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_else(|| panic!("{name} is no text in {of}"))
}

/// Waits until the clock of the registry has moved past an instant, so that two records differ in when they were made.
pub(crate) fn after(person: &Person, instant: &str) {
    let then = chrono::DateTime::parse_from_rfc3339(instant).unwrap();
    loop {
        let answer = told(person, "k-1", "");
        if chrono::DateTime::parse_from_rfc3339(text(&answer, "at")).unwrap() > then {
            return;
        }
        std::thread::yield_now();
    }
}

fn day(day: &str) -> String {
    format!("{day}T12:00:00+05:00")
}

#[test]
fn a_status_is_told_by_period_and_its_correction_supersedes_it() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let report = |body: Value| operator.post("/v1/vehicles/k-1/statuses", &body);
        let stolen = json!({"status": "stolen", "since": day("2026-08-03"), "reported_by": "a courier",
                            "note": "the lock was cut", "place": {"lat": 43.2, "lng": 76.9}});
        let stolen = report(stolen).expect(201)["status"].clone();
        assert_eq!((&stolen["entry"], &stolen["reported_by"]), (&json!(1), &json!("a courier")));
        report(json!({"status": "in_store", "since": day("2026-08-20"), "until": day("2026-08-25")})).expect(201);
        let found = report(json!({"status": "in_service", "since": day("2026-08-10")})).expect(201)["status"].clone();
        let status = |day_: &str| text(&told(&operator, "k-1", &format!("at={}", day(day_))), "status").to_owned();
        let days = ["2026-08-02", "2026-08-03", "2026-08-09", "2026-08-10", "2026-08-20", "2026-08-25"];
        let expected = ["in_service", "stolen", "stolen", "in_service", "in_store", "in_service"];
        assert_eq!(days.map(status), expected);

        // It was stolen a day earlier, and was found two days later; both are corrected, neither is forgotten.
        after(&operator, text(&found, "recorded_at"));
        let earlier = json!({"status": "stolen", "since": day("2026-08-02"), "replaces": 1});
        let corrected = report(earlier.clone()).expect(201)["status"].clone();
        assert_eq!((&corrected["entry"], &corrected["replaces"]), (&json!(4), &json!(1)));
        report(json!({"status": "in_service", "since": day("2026-08-12"), "replaces": 3})).expect(201);
        assert_eq!(days.map(status), ["stolen", "stolen", "stolen", "stolen", "in_store", "in_service"]);
        let before =
            told(&operator, "k-1", &format!("at={}&known_at={}", day("2026-08-10"), text(&found, "recorded_at")));
        assert_eq!(before["status"], "in_service", "{before}");
        assert_eq!(report(earlier).problem(422, "invalid-request")["errors"][0]["code"], "not_current");

        let listed = operator.get("/v1/vehicles/k-1/statuses?limit=3").expect(200);
        let entries: Vec<_> = listed["statuses"].as_array().unwrap().iter().map(|one| one["entry"].clone()).collect();
        assert_eq!(entries, [1, 2, 3]);
        assert!(listed["statuses"][0]["superseded_at"].is_string(), "{listed}");
        let rest = operator.get(listed["next"].as_str().unwrap()).expect(200);
        assert_eq!((&rest["statuses"][0]["entry"], &rest["next"]), (&json!(4), &Value::Null));
    }
}

#[test]
fn a_status_that_cannot_be_is_refused_with_its_field() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let wrong = |body: Value| {
            let problem = operator.post("/v1/vehicles/k-1/statuses", &body).problem(422, "invalid-request");
            (problem["errors"][0]["pointer"].clone(), problem["errors"][0]["code"].clone())
        };
        let refused = |pointer: &str, code: &str| (json!(pointer), json!(code));
        assert_eq!(wrong(json!({"status": "lost", "since": day("2026-08-03")})), refused("/status", "one_of"));
        let backwards = json!({"status": "stolen", "since": day("2026-08-03"), "until": day("2026-08-03")});
        assert_eq!(wrong(backwards), refused("/until", "ends_before_beginning"));
        assert_eq!(wrong(json!({"status": "stolen", "since": day("2199-01-01")})), refused("/since", "in_future"));
        let nowhere = json!({"status": "stolen", "since": day("2026-08-03"), "place": {"lat": 100, "lng": 0}});
        assert_eq!(wrong(nowhere), refused("/place", "place"));
    }
}

#[test]
fn a_scooter_is_in_repair_while_the_repair_goes_on() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let record = |body: Value| operator.post("/v1/vehicles/k-1/maintenance", &body);
        let status = |day_: &str| text(&told(&operator, "k-1", &format!("at={}", day(day_))), "status").to_owned();
        let inspection = json!({"kind": "inspection", "began_at": day("2026-08-01"), "ended_at": day("2026-08-02"),
                                "description": "looked at"});
        record(inspection).expect(201);
        assert_eq!(status("2026-08-01"), "in_service", "an inspection takes no scooter off the street");
        let repair = json!({"kind": "repair", "began_at": day("2026-08-05"), "description": "brake", "odometer_km": 812.5,
                            "performed_by": "workshop 2", "parts": ["lever", "cable"]});
        let begun = record(repair.clone()).expect(201)["maintenance"].clone();
        assert_eq!((status("2026-08-04"), status("2026-08-09")), ("in_service".into(), "in_repair".into()));
        let under_way = told(&operator, "k-1", &format!("at={}", day("2026-08-06")));
        assert_eq!(under_way["maintenance"][0]["parts"], json!(["lever", "cable"]), "{under_way}");
        assert_eq!(under_way["reported_status"]["maintenance"], begun["id"]);

        after(&operator, text(&begun, "recorded_at"));
        let mut ended = repair;
        ended["ended_at"] = json!(day("2026-08-07"));
        ended["replaces"] = begun["id"].clone();
        let closed = record(ended.clone()).expect(201)["maintenance"].clone();
        assert_eq!((&closed["id"], &closed["version"]), (&begun["id"], &json!(2)));
        let days = ["2026-08-05", "2026-08-06", "2026-08-07", "2026-08-09"];
        assert_eq!(days.map(status), ["in_repair", "in_repair", "in_service", "in_service"]);
        let known = text(&begun, "recorded_at");
        let as_believed = told(&operator, "k-1", &format!("at={}&known_at={known}", day("2026-08-09")));
        assert_eq!(
            (&as_believed["status"], &as_believed["maintenance"][0]["version"]),
            (&json!("in_repair"), &json!(1))
        );

        ended["replaces"] = json!("01890000-0000-7000-8000-000000000000");
        assert_eq!(record(ended).problem(422, "invalid-request")["errors"][0]["code"], "not_current");
        let listed = operator.get("/v1/vehicles/k-1/maintenance?limit=2").expect(200);
        assert_eq!(listed["maintenance"].as_array().unwrap().len(), 2, "{listed}");
        let last = operator.get(listed["next"].as_str().unwrap()).expect(200);
        assert_eq!((&last["maintenance"][0]["version"], &last["next"]), (&json!(2), &Value::Null));
    }
}

#[test]
fn a_repainted_scooter_shows_its_old_colour_in_august_and_a_correction_always_held() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let path = "/v1/vehicles/k-1";
        let first = operator.get(path);
        assert_eq!(first.header("etag"), Some("\"1\""));
        let known_first = text(&first.json()["vehicle"], "at").to_owned();
        after(&operator, &known_first);
        let red = patch(&operator, path, &json!({"colour": "red", "since": "2026-09-01", "reason": "repainted"}));
        assert_eq!((red.header("etag"), red.expect(200)["vehicle"]["version"].clone()), (Some("\"2\""), json!(2)));
        let make = json!({"make": "Okai", "year": null, "reason": "misread"});
        let stale = |tag: &str, body: &Value| {
            let headers = [("content-type", "application/json"), ("if-match", tag)];
            operator.send("PATCH", path, &headers, body.to_string().as_bytes())
        };
        stale("\"1\"", &make).problem(412, "version-moved");
        assert_eq!(stale("\"2\"", &make).expect(200)["vehicle"]["version"], 3);
        let seen = |query: &str| {
            let told = told(&operator, "k-1", query);
            (text(&told, "colour").to_owned(), text(&told, "make").to_owned(), told["year"].clone())
        };
        let august = format!("at={}", day("2026-08-20"));
        assert_eq!(seen(&august), ("green".into(), "Okai".into(), Value::Null));
        assert_eq!(seen("at=2026-08-31T23:59:59.999+05:00"), ("green".into(), "Okai".into(), Value::Null));
        assert_eq!(seen("at=2026-09-01T00:00:00+05:00"), ("red".into(), "Okai".into(), Value::Null));
        let as_first_known = format!("at={}&known_at={known_first}", day("2026-10-01"));
        assert_eq!(seen(&as_first_known), ("green".into(), "Ninebot".into(), json!(2025)));

        // Saying it again says nothing new; saying that it was always red does.
        assert_eq!(patch(&operator, path, &make).expect(200)["vehicle"]["version"], 3);
        let always = json!({"colour": "red", "reason": "it never was green"});
        assert_eq!(patch(&operator, path, &always).expect(200)["vehicle"]["version"], 4);
        assert_eq!(seen(&august).0, "red");
        let taken = json!({"serial_number": "SN-k-2", "reason": "r"});
        patch(&operator, path, &taken).problem(409, "serial-number-taken");
        for (body, pointer) in [
            (json!({"reason": "r"}), ""),
            (json!({"colour": "red"}), "/reason"),
            (json!({"colour": "", "reason": "r"}), "/colour"),
            (json!({"year": 1066, "reason": "r"}), "/year"),
            (json!({"colour": "blue", "since": "2199-01-01", "reason": "r"}), "/since"),
            (json!({"in_service": "2026-08-02", "out_of_service": "2026-08-01", "reason": "r"}), "/out_of_service"),
        ] {
            let problem = patch(&operator, path, &body).problem(422, "invalid-request");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
    }
}

#[test]
fn before_it_was_registered_a_scooter_is_said_to_be_unknown_then() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        operator.get("/v1/vehicles/k-1?known_at=2026-01-01T00:00:00Z").problem(404, "not-known-then");
        registry.operator('Z').get("/v1/vehicles/k-1?known_at=2026-01-01T00:00:00Z").problem(404, "not-found");
        // What is known now reaches back to before it was registered.
        assert_eq!(told(&operator, "k-1", "at=2026-01-01T00:00:00Z")["make"], "Ninebot");
        assert_eq!(operator.get("/v1/vehicles/k-1?at=2026-01-01").status, 422);
    }
}

#[test]
fn a_retired_scooter_does_not_come_back_unless_the_regulator_finds_that_it_never_left() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, regulator) = (registry.operator('K'), registry.regulator());
        operator.enroll(&fleet("k", 1));
        let retire =
            |from: &str| operator.post("/v1/vehicles/k-1/retirement", &json!({"from": from, "reason": "scrapped"}));
        assert_eq!(retire("2199-01-01").status, 422);
        let retired = retire("2026-10-01").expect(201)["vehicle"].clone();
        assert_eq!(
            (&retired["status"], &retired["retired_from"]),
            (&json!("retired"), &json!("2026-10-01T00:00:00.000+05:00"))
        );
        let plate = operator.get("/v1/plates/K00001").expect(200)["plate"].clone();
        assert_eq!((&plate["status"], &plate["until"]), (&json!("annulled"), &retired["retired_from"]), "{plate}");
        let versions = || registry.database.query_i64("SELECT COUNT(*) FROM plates");
        let before = versions();
        retire("2026-10-01").expect(201);
        assert_eq!(versions(), before, "the same retirement again changes nothing");
        retire("2026-10-02").problem(409, "vehicle-retired");
        let back = json!({"in_service": "2026-11-01", "reason": "r"});
        patch(&operator, "/v1/vehicles/k-1", &back).problem(409, "vehicle-retired");
        let found = json!({"status": "in_service", "since": day("2026-11-01")});
        operator.post("/v1/vehicles/k-1/statuses", &found).problem(409, "vehicle-retired");
        let list = operator.upload("dry_run=true", b"device_id,colour,in_service\nk-1,red,2026-11-01\n");
        assert_eq!(list["problems"][0]["kind"], "vehicle_retired", "{list}");
        assert_eq!(operator.upload("dry_run=true", b"device_id,colour\nk-1,green\n")["counts"]["unchanged"], 1);
        let late = crate::house::ride("r", "k-1", "2026-10-05T12:00:00+05:00", None);
        assert_eq!(operator.report(&[late])["recorded"], 1, "what is reported is kept, and marked");
        assert_eq!(told(&operator, "k-1", &format!("at={}", day("2026-09-30")))["status"], "in_service");

        let known = text(&operator.get("/v1/vehicles/k-1").json()["vehicle"], "at").to_owned();
        after(&operator, &known);
        let withdraw = |whose: &str| {
            let body = json!({"operator_id": whose, "reason": "another scooter was meant"});
            let headers = [("content-type", "application/json")];
            regulator.send("DELETE", "/v1/vehicles/k-1/retirement", &headers, body.to_string().as_bytes())
        };
        withdraw("nobody").problem(404, "not-found");
        assert_eq!(withdraw(&operator.id).expect(200)["vehicle"]["status"], "in_service");
        withdraw(&operator.id).problem(409, "not-retired");
        assert_eq!(operator.get("/v1/plates/K00001").expect(200)["plate"]["status"], "in_service");
        let then = told(&operator, "k-1", &format!("known_at={known}"));
        assert_eq!((&then["status"], &then["numbers"][0]["status"]), (&json!("retired"), &json!("annulled")), "{then}");
    }
}
