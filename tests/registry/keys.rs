//! Keys: what they open, what they do not hand on, and what is on record of those that open nothing.
//!
//! *Invariant:* a refused key says nothing about why.

use serde_json::json;

use crate::database::kinds;
use crate::house::TestRegistry;
use crate::people::Person;

#[test]
fn keys_are_refused_when_mistyped_revoked_expired_or_another_registrys() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let regulator = registry.regulator();
        let account = regulator.post("/v1/accounts", &json!({"role": "auditor", "name": "a"})).expect(201);
        let keys = format!("/v1/accounts/{}/keys", account["account"]["id"].as_str().unwrap());
        let key = regulator.post(&keys, &json!({"name": "k", "scopes": ["audit"]})).expect(201)["key"].clone();
        let (id, secret) = (key["id"].as_str().unwrap(), key["secret"].as_str().unwrap());
        let tries = |secret: &str| Person::new(registry.url(), secret).get("/log/tile/entries/000.p/1").status;
        assert_ne!(tries(secret), 401);
        let mut mistyped = secret.to_owned();
        mistyped.pop();
        assert_eq!(tries(&mistyped), 401);
        let foreign = scooter_registry::model::AccessKey::new(&mut scooter_registry::clock::chance()).reveal();
        assert_eq!(tries(&foreign), 401);
        assert_eq!(regulator.delete(&format!("{keys}/{id}")).status, 204);
        assert_eq!(tries(secret), 401);
        let past = json!({"name": "k", "scopes": ["audit"], "expires_at": "2020-01-01T00:00:00Z"});
        assert_eq!(regulator.post(&keys, &past).status, 422);
        let beyond = json!({"name": "k", "scopes": ["lookups"]});
        assert!(matches!(regulator.post(&keys, &beyond).status, 403 | 422));
        let unauthenticated = Person::nobody(registry.url()).get("/v1/operators");
        unauthenticated.problem(401, "unauthenticated");
        assert!(unauthenticated.header("www-authenticate").unwrap().starts_with("Bearer"));
    }
}

#[test]
fn an_operators_key_hands_on_no_more_than_it_carries() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.admitted('K');
        let path = format!("/v1/operators/{}/keys", operator.id);
        let made = operator.post(&path, &json!({"name": "k", "scopes": ["keys", "fleet"]})).expect(201);
        let narrow = Person::new(registry.url(), made["key"]["secret"].as_str().unwrap());
        assert_eq!(narrow.post(&path, &json!({"name": "k", "scopes": ["fleet"]})).status, 201);
        assert!(matches!(narrow.post(&path, &json!({"name": "k", "scopes": ["sessions"]})).status, 403 | 422));
    }
}

#[test]
fn a_question_by_somebody_who_may_not_ask_is_an_entry() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.admitted('K');
        let size = || registry.database.query_i64("SELECT size FROM log_head")[0];
        let before = size();
        assert_eq!(operator.ask("K00001", "2026-07-07T12:00:00+05:00").status, 403);
        assert_eq!(size(), before + 1);
        assert_eq!(Person::nobody(registry.url()).ask("K00001", "2026-07-07T12:00:00+05:00").status, 401);
        assert_eq!(size(), before + 1, "unauthenticated questions are counted, not entered");
    }
}
