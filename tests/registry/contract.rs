//! The contract as outsiders see it: shapes, refusals, limits.
//!
//! *Invariant:* what is asserted here may be added to and not changed.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, bin, fleet};
use crate::people::Person;

#[test]
fn every_answer_has_one_key_and_lists_have_a_next_beside_it() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 3));
        let keys = |value: Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let regulator = registry.regulator();
        assert_eq!(keys(operator.get("/v1/vehicles/k-1").expect(200)), ["vehicle"]);
        assert_eq!(keys(operator.get("/v1/plates/K00001").expect(200)), ["plate"]);
        assert_eq!(keys(regulator.get("/v1/operators").expect(200)), ["next", "operators"]);
        assert_eq!(keys(operator.get("/v1/series").expect(200)), ["next", "series"]);
        let plate = operator.get("/v1/plates/k%2000001").expect(200)["plate"].clone();
        assert_eq!((&plate["number"], &plate["status"]), (&json!("K00001"), &json!("in_service")));
        assert_eq!(plate["control"].as_str().unwrap().len(), 2);
    }
}

#[test]
fn an_operator_is_admitted_once_and_its_bin_is_checked() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let regulator = registry.regulator();
        let body = |number: &str| {
            json!({"legal_name": "A", "bin": number, "contact_phone": "1", "contact_email": "a@b.kz",
                   "custody": "deposited"})
        };
        let operator = regulator.post("/v1/operators", &body("180240012342")).expect(201)["operator"].clone();
        assert_eq!(operator["status"], "admitted");
        assert_eq!(regulator.post("/v1/operators", &body("180240012342")).status, 409);
        let wrong = regulator.post("/v1/operators", &body("180240012347"));
        let problem = wrong.problem(422, "invalid-request");
        assert_eq!(problem["errors"][0]["pointer"], "/bin", "{problem}");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains('2'), "{problem}");
    }
}

#[test]
fn a_letter_is_claimed_objected_to_and_decided() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (a, b) = (registry.admitted('A'), registry.admitted('B'));
        let claimed = a.post("/v1/series", &json!({"letter": "A"})).expect(201)["series"].clone();
        assert_eq!((&claimed["letter"], &claimed["status"]), (&json!("A"), &json!("claimed")));
        assert!(claimed["objections_until"].as_str().unwrap().ends_with("+05:00"), "{claimed}");
        assert_eq!(b.post("/v1/series", &json!({"letter": "a"})).status, 409);
        b.post("/v1/series/A/objections", &json!({"reason": "ours"})).expect(201);
        let regulator = registry.regulator();
        let decide = |decision: &str| {
            regulator.post("/v1/series/A/decision", &json!({"decision": decision, "reason": "because"}))
        };
        assert_eq!(decide("maybe").status, 422);
        decide("reject").expect(200);
        let adopted = json!({"letter": "A", "in_use_since": "2026-07-01T00:00:00+05:00", "notice": "10.06.2026"});
        let adopted = b.post("/v1/series", &adopted).expect(201)["series"].clone();
        assert_eq!(adopted["objections_until"], Value::Null);
        assert_eq!(a.post("/v1/series/A/objections", &json!({"reason": "late"})).status, 409);
        assert_eq!(decide("confirm").expect(200)["series"]["status"], "confirmed");
        assert_eq!(decide("confirm").status, 409);
    }
}

#[test]
fn refusals_are_problem_documents_in_the_callers_language() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let regulator = registry.regulator();
        regulator.get("/v1/nothing").problem(404, "not-found");
        let method = regulator.send("PUT", "/v1/operators", &[], b"");
        method.problem(405, "wrong-method");
        assert!(method.header("allow").unwrap().contains("POST"));
        let json = [("content-type", "application/json")];
        let broken =
            regulator.send("POST", "/v1/operators", &json, b"{\"legal_name\": }").problem(400, "malformed-json");
        assert!(broken["detail"].as_str().unwrap().contains('1'), "says where: {broken}");
        let (en, ru, kk) = ("en", "ru, en;q=0.5", "kk-KZ");
        let titles =
            [en, ru, kk].map(|language| regulator.speaking(language).get("/v1/nothing").json()["title"].clone());
        assert!(titles[0] != titles[1] && titles[1] != titles[2] && titles[0] != titles[2], "{titles:?}");
        let slug = regulator.get("/v1/nothing").json()["type"].as_str().unwrap().to_owned();
        let path = slug.strip_prefix(registry.url()).unwrap_or(&slug).to_owned();
        let page = Person::nobody(registry.url()).get(&path);
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").unwrap().starts_with("text/html"));
        assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    }
}

#[test]
fn instants_without_offset_are_refused_everywhere() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.admitted('K');
        let naive = "2024-02-29T23:30:00";
        assert_eq!(operator.post("/v1/sessions/watermark", &json!({"complete_until": naive})).status, 422);
        assert_eq!(operator.post("/v1/series", &json!({"letter": "K", "in_use_since": naive})).status, 422);
        assert_eq!(registry.officer().ask("K00001", naive).status, 422);
    }
}

#[test]
fn a_cursor_is_bound_to_who_received_it() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let (k, z) = (registry.operator('K'), registry.operator('Z'));
        k.enroll(&fleet("k", 3));
        z.enroll(&fleet("z", 3));
        let page = k.get("/v1/vehicles?limit=2");
        let next = page.expect(200)["next"].as_str().unwrap().to_owned();
        assert!(page.header("link").unwrap().contains("rel=\"next\""));
        assert_eq!(k.get(&next).expect(200)["vehicles"][0]["device_id"], "k-3");
        assert!(z.get(&next).status >= 400);
        assert!(k.get(&next.replace("cursor=", "cursor=x")).status >= 400);
        assert!(k.get("/v1/vehicles?limit=0").status >= 400 && k.get("/v1/vehicles?limit=1001").status >= 400);
    }
}

#[test]
fn limits_of_bodies_hold() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        let json = [("content-type", "application/json")];
        let huge = vec![b' '; (16 << 20) + 1];
        assert_eq!(operator.send("POST", "/v1/sessions", &json, &huge).status, 413);
        let many = format!("[{}]", vec!["{}"; 10_001].join(","));
        assert_eq!(operator.send("POST", "/v1/sessions", &json, many.as_bytes()).status, 413);
    }
}

#[test]
fn an_account_and_its_key_are_made_by_the_regulator() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let regulator = registry.regulator();
        let without = regulator.post("/v1/accounts", &json!({"role": "officer", "name": "O"}));
        assert_eq!(without.status, 422, "{}", without.text());
        let body = json!({"role": "officer", "name": "O", "authority": "Almaty"});
        let account = regulator.post("/v1/accounts", &body).expect(201)["account"].clone();
        let path = format!("/v1/accounts/{}/keys", account["id"].as_str().unwrap());
        let key = regulator.post(&path, &json!({"name": "phone", "scopes": ["lookups"]})).expect(201)["key"].clone();
        let officer = Person::new(registry.url(), key["secret"].as_str().unwrap());
        assert_eq!(officer.look_up("K00001", "2026-07-07T12:00:00+05:00")["verdict"], "unknown_number");
        let _ = bin('A');
    }
}

#[test]
fn an_officer_receives_a_proof_that_verifies_offline() {
    use scooter_registry::audit::Receipt;
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        registry.operator('K').enroll(&fleet("k", 1));
        let officer = registry.officer();
        let answer = officer.look_up("K00001", "2026-07-07T12:00:00+05:00");
        let index = answer["receipt"]["index"].as_i64().unwrap();
        let path = format!("/v1/log/proofs/{index}");
        let proof = loop {
            let reply = officer.get(&path);
            if reply.status != 409 {
                break reply.expect(200);
            }
            std::thread::yield_now();
        };
        let proof = proof.as_object().unwrap().values().next().unwrap().clone();
        assert_eq!(proof["entry_hash"], answer["receipt"]["entry_hash"]);
        let select = match kind {
            crate::database::Kind::Sqlite => format!("SELECT hex(entry) FROM log_entries WHERE idx = {index}"),
            crate::database::Kind::Postgres => {
                format!("SELECT encode(entry, 'hex') FROM log_entries WHERE idx = {index}")
            }
        };
        let mut entry = hex::decode(&registry.database.query_text(&select)[0]).unwrap();
        let receipt = Receipt::parse(proof["tlog_proof"].as_str().unwrap()).unwrap();
        let key = registry.running().registry().secrets.verifier_key();
        receipt.verify(&entry, &key).expect("the proof verifies");
        entry[10] ^= 1;
        assert!(receipt.verify(&entry, &key).is_err());
    }
}
