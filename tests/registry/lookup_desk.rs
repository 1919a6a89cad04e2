//! Many questions at once: gathered into few transactions, each answered to whoever asked it.
//!
//! *Invariant:* answers and entries are the same number, whatever goes wrong in between.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::database::{Kind, kinds};
use crate::house::{TestRegistry, fleet, ride};
use crate::people::{Person, Reply};

const AT: &str = "2026-07-07T12:05:00+05:00";
const SCOOTERS: usize = 40;

/// An operator whose every scooter is ridden at [`AT`], and an officer.
fn town(registry: &TestRegistry) -> (Person, Person) {
    let operator = registry.operator('K');
    operator.enroll(&fleet("k", SCOOTERS));
    let rides: Vec<_> = (1..=SCOOTERS)
        .map(|place| {
            let (ride_id, device) = (format!("ride-{place}"), format!("k-{place}"));
            ride(&ride_id, &device, "2026-07-07T12:00:00+05:00", Some("2026-07-07T12:20:00+05:00"))
        })
        .collect();
    operator.report(&rides);
    (operator, registry.officer())
}

fn entries(registry: &TestRegistry) -> i64 {
    registry.database.query_i64("SELECT COUNT(*) FROM log_entries WHERE idx >= 0")[0]
}

fn kept(registry: &TestRegistry) -> i64 {
    registry.database.query_i64("SELECT COUNT(*) FROM lookups")[0]
}

/// Lets `askers` officers ask at once, each this often; `question` is given the asker and the number of the question.
fn at_once(
    officer: &Person,
    askers: usize,
    each: usize,
    question: impl Fn(usize, usize) -> Value + Sync,
) -> Vec<(usize, usize, Option<Reply>)> {
    thread::scope(|scope| {
        let question = &question;
        let ask = move |asker: usize| {
            let officer = officer.speaking(["en", "ru", "kk"][asker % 3]);
            let send = |number: usize| {
                let body = question(asker, number).to_string();
                let sent =
                    officer.try_send("POST", "/v1/lookups", &[("content-type", "application/json")], body.as_bytes());
                (asker, number, sent.ok())
            };
            (0..each).map(send).collect::<Vec<_>>()
        };
        let asking: Vec<_> = (0..askers).map(|asker| scope.spawn(move || ask(asker))).collect();
        asking.into_iter().flat_map(|one| one.join().unwrap()).collect()
    })
}

fn about(place: usize, case: usize) -> Value {
    json!({"plate": format!("K{place:05}"), "at": AT, "purpose": "hit_and_run", "case_number": format!("2026-{case:06}")})
}

#[test]
fn everybody_who_asks_at_once_is_told_of_the_own_question_in_the_own_language_and_leaves_one_entry() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (_, officer) = town(&registry);
        let (before, kept_before) = (entries(&registry), kept(&registry));
        let (askers, each) = (24, 8);
        let place = |asker: usize, number: usize| 1 + (asker * each + number) % SCOOTERS;
        let replies = at_once(&officer, askers, each, |asker, number| match number {
            // One is no question, one has an unreadable digit.
            5 => json!({"plate": "K00001", "at": "yesterday", "purpose": "hit_and_run", "case_number": "2026-000001"}),
            6 => json!({"plate": format!("K000{}?", asker % 4), "at": AT, "purpose": "hit_and_run",
                        "case_number": "2026-000001"}),
            _ => about(place(asker, number), 1 + asker),
        });
        let mut indexes = BTreeSet::new();
        let mut answered = 0;
        for (asker, number, reply) in &replies {
            let reply = reply.as_ref().unwrap();
            if *number == 5 {
                reply.problem(422, "invalid-request");
                continue;
            }
            let lookup = &reply.expect(200)["lookup"];
            answered += 1;
            assert!(indexes.insert(lookup["receipt"]["index"].as_i64().unwrap()), "one entry, one answer");
            if *number == 6 {
                assert_eq!(lookup["verdict"], "ambiguous", "{lookup}");
                continue;
            }
            assert_eq!(lookup["verdict"], "riding", "{lookup}");
            assert_eq!(lookup["session"]["ride_id"], format!("ride-{}", place(*asker, *number)));
            let told = lookup["explanations"].to_string();
            let has_cyrillic = told.chars().any(|character| ('а'..='я').contains(&character));
            assert_eq!(has_cyrillic, asker % 3 != 0, "{told}");
        }
        assert_eq!(entries(&registry) - before, i64::try_from(askers * each).unwrap());
        assert_eq!(kept(&registry) - kept_before, answered);
        let stored: BTreeSet<_> = registry
            .database
            .query_i64("SELECT log_index FROM lookups")
            .into_iter()
            .filter(|index| *index >= before)
            .collect();
        assert_eq!(stored, indexes);
        assert_eq!(registry.log_findings(), Vec::<String>::new());
    }
}

#[test]
fn a_question_that_cannot_be_recorded_fails_alone() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (_, officer) = town(&registry);
        match kind {
            Kind::Sqlite => registry
                .database
                .execute(
                    "CREATE TRIGGER poison BEFORE INSERT ON lookups WHEN NEW.case_number = '2026-666666' BEGIN SELECT \
                     RAISE(ABORT, 'poison'); END",
                )
                .unwrap(),
            Kind::Postgres => {
                registry.database.execute("ALTER TABLE lookups ADD CHECK (case_number <> '2026-666666')").unwrap()
            }
        };
        let before = entries(&registry);
        let is_poisoned = |asker: usize, number: usize| (asker, number) == (3, 2) || (asker, number) == (11, 4);
        let replies = at_once(&officer, 24, 6, |asker, number| {
            about(1 + asker, if is_poisoned(asker, number) { 666_666 } else { 1 + number })
        });
        let mut answered = 0;
        for (asker, number, reply) in &replies {
            let reply = reply.as_ref().unwrap();
            if is_poisoned(*asker, *number) {
                assert_eq!(reply.status, 500, "{}", reply.text());
                assert!(!reply.text().contains("ride-"), "nothing is told: {}", reply.text());
            } else {
                reply.expect(200);
                answered += 1;
            }
        }
        assert_eq!(answered, 24 * 6 - 2);
        assert_eq!(entries(&registry) - before, answered);
    }
}

#[test]
fn where_too_many_wait_the_next_is_turned_away_without_an_entry() {
    for kind in kinds() {
        let registry = TestRegistry::kz_with(kind, &[("SERVER__LOOKUPS_WAITING", "2")]);
        let (_, officer) = town(&registry);
        let before = entries(&registry);
        let replies = at_once(&officer, 32, 6, |asker, number| about(1 + asker, 1 + number));
        let mut answered = 0;
        for (_, _, reply) in &replies {
            let reply = reply.as_ref().unwrap();
            if reply.status == 200 {
                answered += 1;
            } else {
                reply.problem(503, "busy");
                assert_eq!(reply.header("retry-after"), Some("1"));
            }
        }
        assert!(answered > 0 && answered < replies.len(), "{answered} of {} were answered", replies.len());
        assert_eq!(entries(&registry) - before, i64::try_from(answered).unwrap());
    }
}

#[test]
fn a_key_that_is_revoked_opens_nothing_any_more_although_its_holder_asked_a_moment_ago() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (_, officer) = town(&registry);
        officer.look_up("K00001", AT);
        let key = officer.key.as_deref().unwrap();
        let before = entries(&registry);
        // As another server would: this one is told nothing of it.
        let id = key.split('_').nth(2).unwrap();
        let changed = registry.database.execute(&format!("UPDATE api_keys SET revoked_at = 1 WHERE id = '{id}'"));
        assert_eq!(changed, Ok(1));
        for _ in 0..2 {
            officer.ask("K00001", AT).problem(401, "unauthenticated");
        }
        officer.post("/v1/lookups", &json!({"plate": 1})).problem(401, "unauthenticated");
        assert_eq!(entries(&registry), before, "unknown callers leave no entry");
    }
}

#[test]
fn a_server_that_stops_answers_what_it_took_and_leaves_no_entry_for_what_it_did_not() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        let (_, officer) = town(&registry);
        let before = entries(&registry);
        let begun = AtomicBool::new(false);
        let replies = thread::scope(|scope| {
            let asking = scope.spawn(|| {
                at_once(&officer, 16, 40, |asker, number| {
                    begun.store(number > 2, Ordering::Relaxed);
                    about(1 + asker, 1 + number)
                })
            });
            while !begun.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            registry.stop();
            asking.join().unwrap()
        });
        let answered = replies.iter().flat_map(|(_, _, reply)| reply).filter(|reply| reply.status == 200).count();
        assert!(answered > 0, "some were answered");
        assert_eq!(entries(&registry) - before, i64::try_from(answered).unwrap(), "a stopping server loses no answer");
        registry.begin_again(&[]);
        assert_eq!(registry.log_findings(), Vec::<String>::new());
    }
}

#[test]
fn a_desk_whose_connection_is_ended_by_the_database_goes_on_and_no_entry_is_lost_or_doubled() {
    for kind in kinds().into_iter().filter(|kind| *kind == Kind::Postgres) {
        let registry = TestRegistry::kz(kind);
        let (_, officer) = town(&registry);
        let before = entries(&registry);
        let over = AtomicBool::new(false);
        let replies = thread::scope(|scope| {
            let killing = scope.spawn(|| {
                let mut ended = 0;
                while !over.load(Ordering::Relaxed) {
                    let kill = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = \
                                current_database() AND pid <> pg_backend_pid()";
                    ended += registry.database.query_i64(kill)[0];
                }
                ended
            });
            let replies = at_once(&officer, 12, 12, |asker, number| about(1 + asker, 1 + number));
            over.store(true, Ordering::Relaxed);
            assert!(killing.join().unwrap() > 0);
            replies
        });
        let mut indexes = BTreeSet::new();
        for (_, _, reply) in &replies {
            let reply = reply.as_ref().expect("the server stays");
            if reply.status == 200 {
                assert!(indexes.insert(reply.json()["lookup"]["receipt"]["index"].as_i64().unwrap()));
            } else {
                assert_eq!(reply.status, 503, "{}", reply.text());
            }
        }
        let stored: BTreeSet<_> = registry.database.query_i64("SELECT log_index FROM lookups").into_iter().collect();
        assert!(indexes.is_subset(&stored), "no answer without its entry");
        assert!(entries(&registry) - before >= i64::try_from(indexes.len()).unwrap());
        officer.look_up("K00001", AT);
        assert_eq!(registry.log_findings(), Vec::<String>::new());
    }
}
