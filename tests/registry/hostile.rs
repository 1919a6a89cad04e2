//! Input that nobody means: encoded paths, control characters, many at once.
//!
//! *Invariant:* whatever is sent, the answer is a refusal that says why, and never a fault of ours.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, bin};
use crate::people::Person;

#[test]
fn an_encoded_path_is_judged_like_the_path_that_it_means() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let nobody = Person::nobody(registry.url());
        let operator = registry.admitted('K');
        for (verb, path) in [("POST", "/v1/%6cookups"), ("GET", "/v1/%73eries"), ("GET", "/log/tile/%65ntries/000.p/1")]
        {
            assert_eq!(nobody.send(verb, path, &[], b"").status, 401, "{path}");
        }
        assert_eq!(operator.post("/v1/%6cookups", &json!({})).status, 403);
        assert_eq!(operator.get("/v1/%73eries").status, 200);
    }
}

#[test]
fn a_control_character_is_refused_by_the_name_of_its_field() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let regulator = registry.regulator();
        let operator = registry.admitted('K');
        let bad = "a\u{0}b";
        let with = |field: &str| {
            let mut body = json!({"legal_name": "New", "bin": bin('N'), "contact_phone": "1",
                                  "contact_email": "a@b.kz", "custody": "deposited"});
            body[field] = Value::from(bad);
            body
        };
        for field in ["legal_name", "contact_phone", "contact_email"] {
            let refused = regulator.post("/v1/operators", &with(field)).problem(422, "invalid-request");
            assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"), "{refused}");
        }
        let account = json!({"role": "officer", "name": bad, "authority": bad});
        assert_eq!(regulator.post("/v1/accounts", &account).status, 422);
        let keys = format!("/v1/operators/{}/keys", operator.id);
        assert_eq!(regulator.post(&keys, &json!({"name": bad, "scopes": ["fleet"]})).status, 422);
        assert_eq!(operator.post("/v1/series", &json!({"letter": "K", "notice": bad})).status, 422);
        assert_eq!(registry.officer().ask(bad, "2026-07-07T12:00:00+05:00").status, 422);
        for path in ["/v1/fleet-imports/%00", "/v1/vehicles/%00", "/v1/plates/%00"] {
            let status = operator.get(path).status;
            assert!(matches!(status, 404 | 422), "{path}: {status}");
        }
        assert_eq!(registry.officer().get("/v1/lookups/%00").status, 404);
        assert_eq!(regulator.post("/v1/accounts/%00/keys", &json!({"name": "k"})).status / 100, 4);
    }
}

#[test]
fn the_same_new_authority_named_at_once_is_one_authority() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let regulator = registry.regulator();
        let body = json!({"role": "officer", "name": "O", "authority": "New police"});
        std::thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| regulator.post("/v1/accounts", &body).expect(201));
            }
        });
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM authorities"), [1]);
    }
}

#[test]
fn a_question_with_a_surplus_field_is_entered_as_it_was_asked() {
    use sha2::{Digest, Sha256};
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let body = json!({"plate": "K00001", "at": "2026-07-07T12:00:00+05:00", "purpose": "theft",
                          "case_number": "2026-000001", "surplus": 1});
        registry.officer().post("/v1/lookups", &body).problem(422, "invalid-request");
        let last = "FROM log_entries ORDER BY idx DESC LIMIT 1";
        let entry = registry.database.query_text(&match kind {
            crate::database::Kind::Sqlite => format!("SELECT CAST(entry AS TEXT) {last}"),
            crate::database::Kind::Postgres => format!("SELECT convert_from(entry, 'UTF8') {last}"),
        });
        let entry: Value = serde_json::from_str(&entry[0]).unwrap();
        let digest = hex::encode(Sha256::digest(serde_json_canonicalizer::to_vec(&body).unwrap()));
        assert_eq!((&entry["decision"], &entry["question_digest"]), (&json!("malformed"), &json!(digest)), "{entry}");
        assert!(entry["subject_commitment"].is_string() && entry["case_commitment"].is_string(), "{entry}");
    }
}
