//! Insurance: versions, checks, gaps, notices, policies from lists, rides without.
//!
//! *Invariant:* what a registry was told later never changes what it knew before.

use serde_json::{Value, json};

use scooter_registry::clock;
use scooter_registry::model::Moment;
use scooter_registry::registry::insure;

use crate::database::kinds;
use crate::house::{TestRegistry, fleet, open, ride};
use crate::people::{Person, Reply};

fn policy(number: &str, from: &str, until: &str, vehicles: &Value) -> Value {
    json!({"insurer": "АО «Полис»", "policy_number": number, "valid_from": from, "valid_until": until,
           "vehicles": vehicles})
}

fn insure(operator: &Person, number: &str, from: &str, until: &str, vehicles: &Value) -> String {
    let made = operator.post("/v1/policies", &policy(number, from, until, vehicles)).expect(201);
    made["policy"]["id"].as_str().unwrap().to_owned()
}

fn patch(operator: &Person, id: &str, change: &Value) -> Reply {
    let headers = [("content-type", "application/json")];
    operator.send("PATCH", &format!("/v1/policies/{id}"), &headers, change.to_string().as_bytes())
}

fn coverage(operator: &Person, query: &str) -> Value {
    operator.get(&format!("/v1/policies/coverage?{query}")).expect(200)["coverage"].clone()
}

fn open_notices(person: &Person) -> Vec<(String, i64)> {
    let notices = person.get("/v1/policies/notices").expect(200)["notices"].clone();
    let told = notices.as_array().unwrap().iter();
    told.map(|one| (one["kind"].as_str().unwrap().to_owned(), one["count"].as_i64().unwrap())).collect()
}

/// Returns a day that many days from now in the registry's zone.
fn day(registry: &TestRegistry, days: i64) -> String {
    let zone = registry.running().registry().rules.zone;
    zone.date_of(clock::now().plus_seconds(days * 24 * 3600)).to_string()
}

fn look_on(registry: &TestRegistry, day: &str) -> usize {
    let registry = registry.running().registry();
    let noon = Moment::parse(&format!("{day}T12:00:00+05:00")).unwrap();
    insure::look_at_all(registry, noon, &mut clock::chance()).unwrap()
}

/// Returns an instant that everything before the call precedes and everything after it follows.
fn cut() -> String {
    let begun = clock::now();
    let mut between = clock::now();
    while between <= begun {
        between = clock::now();
    }
    while clock::now() <= between {}
    between.to_utc_text()
}

#[test]
fn a_renewal_that_adjoins_leaves_no_gap() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let first = insure(&operator, "П-1", "2026-07-01", "2026-07-31", &json!(["k-1", "k-2"]));
        let mut next = policy("П-2", "2026-08-01", "2026-12-31", &json!("all"));
        next["renews"] = json!(first);
        let next = operator.post("/v1/policies", &next).expect(201)["policy"].clone();
        assert_eq!((&next["renews"], &next["version"]), (&json!(first), &json!(1)));
        let july = coverage(&operator, "at=2026-07-30T12:00:00%2B05:00");
        assert_eq!((&july["vehicles"], &july["covered"], &july["uncovered"]), (&json!(2), &json!(2), &json!(0)));
        assert_eq!(
            (&july["covered_until"], &july["gaps"], &july["expiring"]),
            (&json!("2026-12-31"), &json!([]), &json!([]))
        );
        let mut unknown = policy("П-3", "2027-01-01", "2027-12-31", &json!("all"));
        unknown["renews"] = json!("nothing");
        assert_eq!(
            operator.post("/v1/policies", &unknown).problem(422, "invalid-request")["errors"][0]["code"],
            "policy_unknown"
        );
    }
}

#[test]
fn a_gap_of_a_week_is_told_in_coverage_and_in_notices_and_settled_when_it_is_mended() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 3));
        let (past, soon, later, far) =
            (day(&registry, -40), day(&registry, 5), day(&registry, 13), day(&registry, 300));
        insure(&operator, "П-1", &past, &soon, &json!(["k-1", "k-2"]));
        insure(&operator, "П-2", &later, &far, &json!("all"));
        let mut told = open_notices(&operator);
        told.sort();
        assert_eq!(told, [("expires_in_7".to_owned(), 2), ("uncovered_vehicles".to_owned(), 1)]);
        let now = coverage(&operator, "");
        assert_eq!((&now["covered"], &now["uncovered_vehicles"]), (&json!(2), &json!(["k-3"])), "{now}");
        assert_eq!(now["covered_until"], json!(soon));
        let (gap_from, gap_until) = (day(&registry, 6), later.clone());
        let gaps = now["gaps"].as_array().unwrap();
        assert!(gaps.contains(&json!({"from": gap_from, "until": gap_until, "vehicles": 2})), "{now}");
        assert_eq!((&now["expiring"][0]["days"], &now["expiring"][0]["vehicles"]), (&json!(5), &json!(2)), "{now}");
        // The gap is closed, and the third scooter insured.
        insure(&operator, "П-3", &past, &day(&registry, 12), &json!("all"));
        assert_eq!(open_notices(&operator), []);
        assert_eq!(coverage(&operator, "")["uncovered"], 0);
        let all = operator.get("/v1/policies/notices?state=all").expect(200)["notices"].clone();
        assert!(all.as_array().unwrap().iter().all(|notice| notice["settled_at"].is_string()), "{all}");
    }
}

#[test]
fn the_daily_look_taken_twice_or_by_two_servers_raises_one_notice() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, regulator) = (registry.operator('K'), registry.regulator());
        operator.enroll(&fleet("k", 2));
        let id = insure(&operator, "П-1", "2026-01-01", "2027-03-31", &json!("all"));
        assert_eq!(open_notices(&operator), []);
        assert_eq!(look_on(&registry, "2027-03-10"), 1);
        assert_eq!(look_on(&registry, "2027-03-10"), 0);
        // Opened and not served: a second server would take its own look, today, and settle what is raised for that day.
        let second = open(&registry.database.url, registry.secrets.path());
        let together: usize = std::thread::scope(|scope| {
            let looks = [registry.running().registry(), &second].map(|registry| {
                let noon = Moment::parse("2027-03-31T12:00:00+05:00").unwrap();
                scope.spawn(move || insure::look_at_all(registry, noon, &mut clock::chance()).unwrap())
            });
            looks.into_iter().map(|look| look.join().unwrap()).sum()
        });
        assert_eq!(together, 1, "of the days ahead the nearest stands, once");
        assert_eq!(open_notices(&regulator), [("expires_in_1".to_owned(), 2)]);
        look_on(&registry, "2027-04-01");
        let notices = operator.get("/v1/policies/notices").expect(200)["notices"].clone();
        assert_eq!(
            (&notices[0]["kind"], &notices[0]["policy"], &notices[0]["due"]),
            (&json!("expired"), &json!(id), &json!("2027-03-31"))
        );
        patch(&operator, &id, &json!({"valid_until": "2028-12-31", "reason": "prolonged"})).expect(200);
        look_on(&registry, "2027-04-02");
        assert_eq!(open_notices(&operator), []);
    }
}

#[test]
fn a_policy_ended_early_is_a_new_version_and_the_old_one_stays() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let id = insure(&operator, "П-1", "2026-07-01", "2026-12-31", &json!("all"));
        let before = cut();
        let ended = patch(&operator, &id, &json!({"valid_until": "2026-07-10", "reason": "the insurer withdrew"}));
        assert_eq!((&ended.expect(200)["policy"]["version"], &ended.json()["policy"]["id"]), (&json!(2), &json!(id)));
        let again = patch(&operator, &id, &json!({"valid_until": "2026-07-10", "reason": "again"})).expect(200);
        assert_eq!(again["policy"]["version"], 2, "what changes nothing makes no version");
        let found = operator.get(&format!("/v1/policies/{id}")).expect(200)["policy"].clone();
        let until: Vec<_> = found["versions"].as_array().unwrap().iter().map(|one| &one["valid_until"]).collect();
        assert_eq!(until, ["2026-12-31", "2026-07-10"]);
        assert!(found["versions"][0]["superseded_at"].is_string() && found["superseded_at"].is_null(), "{found}");
        assert_eq!(found["versions"][1]["reason"], "the insurer withdrew");
        let at = "at=2026-07-20T12:00:00%2B05:00";
        assert_eq!(coverage(&operator, at)["covered"], 0);
        assert_eq!(coverage(&operator, &format!("{at}&known_at={before}"))["covered"], 1, "as it was known");
        let listed = operator.get("/v1/policies").expect(200)["policies"].clone();
        assert_eq!(listed.as_array().unwrap().len(), 1);
        for (change, code) in [
            (json!({"valid_until": "2026-06-30", "reason": "r"}), "backwards"),
            (json!({"vehicles": ["nobody"], "reason": "r"}), "vehicle_unknown"),
            (json!({"reason": " "}), "length"),
        ] {
            assert_eq!(patch(&operator, &id, &change).problem(422, "invalid-request")["errors"][0]["code"], code);
        }
    }
}

#[test]
fn vehicles_join_and_leave_on_a_day_and_were_covered_before_it() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 3));
        let id = insure(&operator, "П-1", "2026-07-01", "2026-12-31", &json!(["k-1", "k-2"]));
        let change = json!({"vehicles": ["k-2", "k-3"], "vehicles_from": "2026-08-01", "reason": "k-1 was sold"});
        assert_eq!(patch(&operator, &id, &change).expect(200)["policy"]["version"], 2);
        let uncovered =
            |at: &str| coverage(&operator, &format!("at={at}T12:00:00%2B05:00"))["uncovered_vehicles"].clone();
        assert_eq!((uncovered("2026-07-31"), uncovered("2026-08-01")), (json!(["k-3"]), json!(["k-1"])));
        let back = json!({"vehicles": "all", "vehicles_from": "2026-09-01", "reason": "the whole fleet"});
        assert_eq!(patch(&operator, &id, &back).expect(200)["policy"]["covers_all"], true);
        assert_eq!((uncovered("2026-08-31"), uncovered("2026-09-01")), (json!(["k-1"]), json!([])));
        let found = operator.get(&format!("/v1/policies/{id}")).expect(200)["policy"].clone();
        let whole = json!({"device_id": null, "from": "2026-09-01", "until": "2026-12-31"});
        assert!(found["covers"].as_array().unwrap().contains(&whole), "{found}");
        let officer = registry.officer();
        let policy = |at: &str| officer.look_up("K00001", &format!("{at}T12:00:00+05:00"))["policy"]["number"].clone();
        assert_eq!(
            (policy("2026-07-31"), policy("2026-08-15"), policy("2026-09-01")),
            (json!("П-1"), Value::Null, json!("П-1"))
        );
    }
}

#[test]
fn what_the_insurers_say_is_kept_shown_and_warned_about() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, regulator) = (registry.operator('K'), registry.regulator());
        operator.enroll(&fleet("k", 1));
        let id = insure(&operator, "П-1", "2026-07-01", &day(&registry, 300), &json!("all"));
        let check = |body: Value| regulator.post(&format!("/v1/policies/{id}/checks"), &body);
        let confirmed =
            json!({"outcome": "confirmed", "checked_at": "2026-07-02T10:00:00+05:00", "reference": "ЕСБД 17"});
        let done = check(confirmed).expect(201)["check"].clone();
        assert_eq!(
            (&done["version"], &done["policy"]["version"], &done["policy"]["source"]),
            (&json!(1), &json!(2), &json!("insurer"))
        );
        let answer = registry.officer().look_up("K00001", "2026-07-07T12:00:00+05:00");
        assert_eq!(
            (&answer["policy"]["source"], &answer["policy"]["checked_at"]),
            (&json!("insurer"), &json!("2026-07-02T10:00:00.000+05:00"))
        );
        assert_eq!(
            check(json!({"outcome": "not_found", "note": "no such number"})).expect(201)["check"]["policy"]["source"],
            "operator"
        );
        assert_eq!(open_notices(&operator), [("check_contradicts".to_owned(), 1)]);
        let found = operator.get(&format!("/v1/policies/{id}")).expect(200)["policy"].clone();
        let outcomes: Vec<_> = found["checks"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
        assert_eq!(outcomes, ["confirmed", "not_found"]);
        assert_eq!(found["check"], "not_found");
        patch(&operator, &id, &json!({"policy_number": "П-10", "reason": "mistyped"})).expect(200);
        assert_eq!(open_notices(&operator), [], "the corrected policy is another text");
        let tomorrow = json!({"outcome": "confirmed", "checked_at": "2199-01-01T00:00:00Z"});
        assert_eq!(check(tomorrow).problem(422, "invalid-request")["errors"][0]["code"], "in_future");
        assert_eq!(check(json!({"outcome": "perhaps"})).status, 422);
        assert_eq!(operator.post(&format!("/v1/policies/{id}/checks"), &json!({"outcome": "confirmed"})).status, 403);
    }
}

#[test]
fn a_contract_is_recorded_once_and_a_foreign_one_is_unknown() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let (k, z) = (registry.operator('K'), registry.operator('Z'));
        let id = insure(&k, "П-1", "2026-07-01", "2026-07-31", &json!("all"));
        let mut again = policy("П-1", "2026-07-31", "2026-08-31", &json!("all"));
        again["insurer"] = json!("ао ПОЛИС");
        let refused = k.post("/v1/policies", &again);
        assert!(refused.problem(409, "policy-exists")["detail"].as_str().unwrap().contains(&id));
        assert_eq!(refused.header("location"), Some(format!("/v1/policies/{id}").as_str()));
        insure(&z, "П-1", "2026-07-01", "2026-07-31", &json!("all"));
        let next = insure(&k, "П-1", "2026-08-01", "2026-08-31", &json!("all"));
        let onto = patch(&k, &next, &json!({"valid_from": "2026-07-15", "reason": "r"}));
        onto.problem(409, "policy-exists");
        let change = json!({"valid_until": "2026-07-02", "reason": "r"});
        patch(&z, &id, &change).problem(404, "not-found");
        z.get(&format!("/v1/policies/{id}")).problem(404, "not-found");
        z.get("/v1/policies/nothing").problem(404, "not-found");
        let theirs = json!({"insurer": "i", "policy_number": "n", "valid_from": "2026-09-01", "valid_until": "2026-09-02",
                            "vehicles": "all", "renews": id});
        assert_eq!(z.post("/v1/policies", &theirs).status, 422);
        assert_eq!(z.get("/v1/policies").expect(200)["policies"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_ride_without_insurance_is_marked_and_a_policy_dated_back_leaves_the_mark() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        insure(&operator, "П-1", "2026-07-07", "2026-07-07", &json!(["k-1"]));
        let at = |time: &str, device: &str| ride(&format!("{device} {time}"), device, time, None);
        let rides = [
            at("2026-07-07T00:00:00+05:00", "k-1"),
            at("2026-07-07T23:59:59+05:00", "k-1"),
            at("2026-07-08T00:00:00+05:00", "k-1"),
            at("2026-07-07T12:00:00+05:00", "k-2"),
        ];
        let marked = |receipt: &Value| -> Vec<bool> {
            let results = receipt["results"].as_array().unwrap().iter();
            results.map(|one| one["marks"].as_array().unwrap().contains(&json!("uninsured"))).collect()
        };
        assert_eq!(marked(&operator.report(&rides)), [false, false, true, true]);
        let before = cut();
        insure(&operator, "П-2", "2026-07-01", "2026-07-31", &json!("all"));
        let count = "SELECT COUNT(*) FROM rides WHERE marks LIKE '%uninsured%'";
        assert_eq!(registry.database.query_i64(count), [2], "it looked so when it came");
        let again = operator.report(&rides);
        assert_eq!((&again["repeated"], registry.database.query_i64(count)), (&json!(4), vec![2]));
        assert_eq!(marked(&operator.report(&[at("2026-07-09T00:00:00+05:00", "k-2")])), [false]);
        let at = "at=2026-07-20T12:00:00%2B05:00";
        assert_eq!(coverage(&operator, at)["uncovered"], 0);
        assert_eq!(coverage(&operator, &format!("{at}&known_at={before}"))["uncovered"], 2);
    }
}
