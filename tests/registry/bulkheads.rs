//! A crowd at the public's pages, or of one operator: it is turned away at its own door, and stands in nobody else's way.
//!
//! *Invariant:* whoever is turned away is told when to come again; no question of an officer is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use tempfile::TempDir;

use crate::database::{Kind, TestDatabase, kinds};
use crate::house::{TestRegistry, fleet, ride};
use crate::people::{Person, Reply};
use crate::plate_items::code;
use crate::server::Server;

const AT: &str = "2026-07-07T12:05:00+05:00";
const NARROW: [(&str, &str); 2] = [("SERVER__PUBLIC_THREADS", "1"), ("SERVER__PUBLIC_WAITING", "1")];

/// An operator with a scooter that is ridden at [`AT`], an officer, and the path behind the scooter's code.
fn town(registry: &TestRegistry) -> (Person, Person, String) {
    let operator = registry.operator('K');
    operator.enroll(&fleet("k", 2));
    operator.report(&[ride("ride-1", "k-1", "2026-07-07T12:00:00+05:00", Some("2026-07-07T12:20:00+05:00"))]);
    let path = format!("/p/{}", code(&operator, "K00001", false));
    (operator, registry.officer(), path)
}

/// Lets so many people at once ask for these paths again and again until `over`, and returns what they were answered.
fn crowd(person: &Person, people: usize, paths: &[&str], over: &AtomicBool) -> Vec<Option<Reply>> {
    thread::scope(|scope| {
        let one = |place: usize| {
            let mut replies = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let path = paths[(place + replies.len()) % paths.len()];
                replies.push(person.try_send("GET", path, &[], &[]).ok());
            }
            replies
        };
        let there: Vec<_> = (0..people).map(|place| scope.spawn(move || one(place))).collect();
        there.into_iter().flat_map(|one| one.join().unwrap()).collect()
    })
}

/// Counts those who were answered and those who were turned away; there must be no others.
#[track_caller]
fn counted(replies: &[Option<Reply>]) -> (usize, usize) {
    let (answered, refused): (Vec<_>, Vec<_>) = replies.iter().flatten().partition(|reply| reply.status == 200);
    for reply in &refused {
        reply.problem(503, "busy");
        assert_eq!(reply.header("retry-after"), Some("1"));
    }
    (answered.len(), refused.len())
}

#[test]
fn a_crowd_of_the_public_is_turned_away_at_its_own_door_while_officers_and_operators_are_served() {
    for kind in kinds() {
        let registry = TestRegistry::kz_with(kind, &NARROW);
        let (operator, officer, path) = town(&registry);
        let anyone = Person::nobody(registry.url());
        let paths = [path.as_str(), "/series", "/log/checkpoint"];
        let over = AtomicBool::new(false);
        let replies = thread::scope(|scope| {
            let there = scope.spawn(|| crowd(&anyone, 6, &paths, &over));
            for _ in 0..5 {
                assert_eq!(officer.look_up("K00001", AT)["session"]["ride_id"], "ride-1");
                operator.get("/v1/vehicles/k-1").expect(200);
                anyone.get("/readyz").expect(200);
            }
            over.store(true, Ordering::Relaxed);
            there.join().unwrap()
        });
        assert!(replies.iter().all(Option::is_some), "nobody is left without an answer");
        let (answered, refused) = counted(&replies);
        assert!(answered > 0 && refused > 0, "{answered} were answered, {refused} turned away");
        anyone.get(&path).text().find("GENUINE").expect("who comes later is served");
    }
}

#[test]
fn the_public_can_have_an_entrance_of_its_own_where_only_what_needs_no_key_is_to_be_had() {
    let registry = TestRegistry::kz_with(Kind::Sqlite, &[("SERVER__PUBLIC_LISTEN", "127.0.0.1:0")]);
    let (operator, officer, path) = town(&registry);
    let public = registry.running().public_url.clone().expect("an entrance for the public");
    assert_ne!(public, registry.url());
    let anyone = Person::nobody(&public);
    assert!(anyone.get(&path).text().contains("GENUINE"));
    for path in ["/series", "/log/checkpoint", "/readyz"] {
        assert_eq!(anyone.get(path).status, 200, "{path}");
    }
    for person in [&officer, &operator] {
        for path in ["/v1/vehicles", "/v1/vehicles/k-1", "/v1/plates/K00001", "/v1/lookups/none"] {
            person.at(&public).get(path).problem(404, "not-found");
        }
    }
    let question = br#"{"plate":"K00001"}"#;
    let asked = officer.at(&public).send("POST", "/v1/lookups", &[("content-type", "application/json")], question);
    asked.problem(404, "not-found");
    assert_eq!(officer.look_up("K00001", AT)["session"]["ride_id"], "ride-1");
    assert!(
        Person::nobody(registry.url()).get(&path).text().contains("GENUINE"),
        "who comes in with everybody is served too"
    );
}

#[test]
fn a_crowd_of_an_operator_is_turned_away_while_officers_and_the_public_are_served() {
    for kind in kinds() {
        let few = [("DATABASE__CONNECTIONS", "2"), ("SERVER__REQUESTS_WAITING", "1")];
        let registry = TestRegistry::kz_with(kind, &few);
        let (operator, officer, path) = town(&registry);
        let anyone = Person::nobody(registry.url());
        let over = AtomicBool::new(false);
        let replies = thread::scope(|scope| {
            let there = scope.spawn(|| crowd(&operator, 8, &["/v1/vehicles", "/v1/policies/coverage"], &over));
            for _ in 0..5 {
                officer.look_up("K00001", AT);
                assert!(anyone.get(&path).text().contains("GENUINE"));
            }
            over.store(true, Ordering::Relaxed);
            there.join().unwrap()
        });
        assert!(replies.iter().all(Option::is_some), "nobody is left without an answer");
        let (answered, refused) = counted(&replies);
        assert!(answered > 0 && refused > 0, "{answered} were answered, {refused} turned away");
        operator.get("/v1/vehicles").expect(200);
    }
}

#[test]
fn a_server_that_stops_answers_or_refuses_everybody_in_the_publics_room() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        let (_, _, path) = town(&registry);
        let anyone = Person::nobody(registry.url());
        let (begun, over) = (AtomicBool::new(false), AtomicBool::new(false));
        let replies = thread::scope(|scope| {
            let there = scope.spawn(|| crowd(&anyone, 16, &[path.as_str()], &over));
            let first = scope.spawn(|| {
                assert_eq!(anyone.get(&path).status, 200);
                begun.store(true, Ordering::Relaxed);
            });
            while !begun.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            first.join().unwrap();
            registry.stop();
            over.store(true, Ordering::Relaxed);
            there.join().unwrap()
        });
        // Whoever comes after it has stopped meets no server; nobody waits for an answer that never comes.
        let (answered, _) = counted(&replies);
        assert!(answered > 0);
        registry.begin_again(&[]);
        assert!(anyone.at(registry.url()).get(&path).text().contains("GENUINE"));
    }
}

#[test]
fn the_room_can_be_filled_and_emptied_many_times_over() {
    let registry = TestRegistry::kz_with(Kind::Sqlite, &NARROW);
    let (_, _, path) = town(&registry);
    let anyone = Person::nobody(registry.url());
    for _ in 0..3 {
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let there = scope.spawn(|| crowd(&anyone, 8, &[path.as_str()], &over));
            while anyone.get(&path).status != 503 {}
            over.store(true, Ordering::Relaxed);
            counted(&there.join().unwrap())
        });
        assert!(anyone.get(&path).text().contains("GENUINE"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_public_is_served_at_a_lower_priority_than_everybody_else() {
    let (database, secrets) = (TestDatabase::create(Kind::Sqlite), TempDir::new().unwrap());
    let server = Server::start_with(&database.url, secrets.path(), &[("SERVER__PUBLIC_THREADS", "2")]);
    // As many as there are threads have to have begun before it can be looked at.
    let own = server.niceness("http")[0];
    while server.niceness("public").contains(&own) {
        Person::nobody(&server.url).get("/series");
    }
    assert_eq!(server.niceness("public"), [(own + 10).min(19); 2]);
    assert!(server.niceness("lookup-desk").iter().all(|nice| *nice == own));
}
