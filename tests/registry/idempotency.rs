//! Idempotency keys: a creation that is repeated creates once.
//!
//! *Invariant:* the second answer is the first one, byte for byte.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, bin};
use crate::people::{Person, Reply};

fn create(person: &Person, path: &str, key: &str, body: &Value) -> Reply {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    person.send("POST", path, &headers, body.to_string().as_bytes())
}

fn operator(letter: char) -> Value {
    json!({"legal_name": format!("Operator {letter}"), "bin": bin(letter), "contact_phone": "1",
           "contact_email": "a@b.kz", "custody": "deposited"})
}

#[test]
fn a_repeated_creation_is_answered_as_before() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let regulator = registry.regulator();
        let first = create(&regulator, "/v1/operators", "one", &operator('A'));
        let again = create(&regulator, "/v1/operators", "one", &operator('A'));
        assert_eq!((first.status, again.status), (201, 201), "{}", again.text());
        assert_eq!(first.json(), again.json());
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM operators"), [1]);
        assert_eq!(create(&regulator, "/v1/operators", "one", &operator('B')).status, 422);
        assert_eq!(create(&registry.regulator(), "/v1/operators", "one", &operator('B')).status, 201);
    }
}

#[test]
fn a_creation_that_failed_may_be_repeated_with_the_same_key() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let regulator = registry.regulator();
        let mut wrong = operator('A');
        wrong["bin"] = json!("180240012347");
        assert_eq!(create(&regulator, "/v1/operators", "one", &wrong).status, 422);
        assert_eq!(create(&regulator, "/v1/operators", "one", &operator('A')).status, 201);
    }
}

#[test]
fn a_key_is_shown_once_also_to_who_repeats_the_call() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let regulator = registry.regulator();
        let id = registry.admitted('A').id;
        let path = format!("/v1/operators/{id}/keys");
        let body = json!({"name": "k", "scopes": ["fleet"]});
        let first = create(&regulator, &path, "k", &body).expect(201);
        let secret = first["key"]["secret"].as_str().unwrap().to_owned();
        let again = create(&regulator, &path, "k", &body);
        assert_eq!(again.status, 409, "{}", again.text());
        assert!(!again.text().contains(&secret));
        let kept = registry.database.query_text("SELECT COALESCE(body, '') FROM idempotency");
        assert!(kept.iter().all(|body| !body.contains(&secret)));
    }
}

#[test]
fn the_same_key_at_once_creates_once() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let regulator = registry.regulator();
        let replies: Vec<_> = std::thread::scope(|scope| {
            let calls: Vec<_> =
                (0..6).map(|_| scope.spawn(|| create(&regulator, "/v1/operators", "same", &operator('A')))).collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        for reply in &replies {
            assert!(matches!(reply.status, 201 | 409), "{}", reply.text());
        }
        assert!(replies.iter().any(|reply| reply.status == 201));
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM operators"), [1]);
    }
}
