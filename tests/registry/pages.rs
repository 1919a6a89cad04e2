//! What anyone can read: health, checkpoints, tiles, the description of the interface.
//!
//! *Invariant:* nothing here needs a key, and nothing here tells of a rider.

use serde_json::Value;

use crate::database::kinds;
use crate::house::{TestRegistry, fleet};
use crate::people::Person;

#[test]
fn the_log_can_be_followed_from_outside_by_tiles() {
    use scooter_registry::audit::{Hash, SignedCheckpoint, tree_root};
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        registry.operator('K').enroll(&fleet("k", 2));
        let anyone = Person::nobody(registry.url());
        let size = || u64::try_from(registry.database.query_i64("SELECT size FROM log_head")[0]).unwrap();
        let key = registry.running().registry().secrets.verifier_key();
        let checkpoint = loop {
            let note = anyone.get("/log/checkpoint").text();
            let signed = SignedCheckpoint::parse(&note).unwrap().verify(&key).expect("the checkpoint is signed");
            if signed.size == size() {
                break signed;
            }
        };
        let tile = anyone.get(&format!("/log/tile/0/000.p/{}", checkpoint.size));
        assert_eq!(tile.status, 200);
        let leaves: Vec<_> = tile.bytes.chunks(32).map(|hash| Hash::from_slice(hash).unwrap()).collect();
        assert_eq!(tree_root(&leaves), checkpoint.root, "the tile gives the root that was signed");
        let entries = registry.auditor().get(&format!("/log/tile/entries/000.p/{}", checkpoint.size));
        assert_eq!(entries.status, 200, "{}", entries.text());
        let bundle = scooter_registry::audit::decode_entries(&entries.bytes).unwrap();
        let hashes: Vec<_> = bundle.iter().map(|entry| scooter_registry::audit::leaf_hash(entry)).collect();
        assert_eq!(hashes, leaves);
    }
}

#[test]
fn the_interface_is_described_by_the_code() {
    let registry = TestRegistry::start(crate::database::Kind::Sqlite);
    let anyone = Person::nobody(registry.url());
    let described = anyone.get("/openapi.json").expect(200);
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"), "{}", described["openapi"]);
    let paths = described["paths"].as_object().unwrap();
    for route in scooter_registry::web::ROUTES.iter().filter(|route| route.path.starts_with("/v1/")) {
        let verbs = paths.get(route.path).unwrap_or_else(|| panic!("{} is not described", route.path));
        assert!(verbs.get(route.verb.name().to_lowercase()).is_some(), "{} {}", route.verb.name(), route.path);
    }
    let summary: Vec<String> = paths
        .iter()
        .flat_map(|(path, verbs)| verbs.as_object().unwrap().keys().map(move |verb| format!("{verb} {path}")))
        .collect();
    insta::assert_snapshot!("interface", summary.join("\n"));
}

#[test]
fn the_documentation_makes_no_request_to_the_outside() {
    let registry = TestRegistry::start(crate::database::Kind::Sqlite);
    let anyone = Person::nobody(registry.url());
    let page = anyone.get("/docs");
    assert_eq!(page.status, 200, "{}", page.text());
    for outside in ["https://", "http://"] {
        for (place, _) in page.text().match_indices(outside) {
            let text = page.text();
            let link: String = text[place..].chars().take(60).collect();
            assert!(!text[..place].ends_with("src=\"") && !text[..place].ends_with("href=\""), "{link}");
        }
    }
    assert!(page.header("content-security-policy").is_some());
}

#[test]
fn health_is_told_without_a_key() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let anyone = Person::nobody(registry.url());
        assert_eq!(anyone.get("/livez").status, 200);
        let ready = anyone.get("/readyz");
        assert_eq!(ready.status, 200, "{}", ready.text());
    }
}

#[test]
fn every_answer_carries_a_request_id_and_no_cache_keeps_answers() {
    let registry = TestRegistry::start(crate::database::Kind::Sqlite);
    let regulator = registry.regulator();
    let reply = regulator.get("/v1/operators");
    assert!(reply.header("x-request-id").is_some(), "{:?}", reply.headers);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let _: Value = reply.expect(200);
}
