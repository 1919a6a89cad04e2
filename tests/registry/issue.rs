//! Numbers: in sequence, without gaps, never twice; under concurrency and after kills.
//!
//! *Invariant:* what was given is counted in the answers of the registry and again in its database.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::database::{Kind, TestDatabase, kinds};
use crate::house::{TestRegistry, fleet};
use crate::people::Person;
use crate::server::Server;

fn in_sequence(numbers: impl IntoIterator<Item = String>) -> BTreeMap<char, usize> {
    let mut by_letter: BTreeMap<char, BTreeSet<u32>> = BTreeMap::new();
    for number in numbers {
        let letter = number.chars().next().expect("a number has a letter");
        assert!(by_letter.entry(letter).or_default().insert(number[1..].parse().unwrap()), "{number} was given twice");
    }
    for (letter, serials) in &by_letter {
        let count = u32::try_from(serials.len()).unwrap();
        assert_eq!(serials, &(1..=count).collect(), "the numbers of {letter} have a gap");
    }
    by_letter.into_iter().map(|(letter, serials)| (letter, serials.len())).collect()
}

#[test]
fn numbers_follow_the_order_of_the_file_and_go_on_in_the_next_one() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("a", 3));
        operator.enroll(&fleet("b", 2));
        let numbers = operator.numbers();
        assert_eq!(numbers["a-1"], "K00001");
        assert_eq!(numbers["a-3"], "K00003");
        assert_eq!(numbers["b-2"], "K00005");
    }
}

#[test]
fn kept_numbers_are_adopted_and_issue_goes_on_above_the_highest() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        let import = operator.enroll("device_id,plate\na,K00007\nb,\nc,к 00 003\n");
        assert_eq!(import["counts"]["new"], 3, "{import}");
        let numbers = operator.numbers();
        assert_eq!(
            (numbers["a"].as_str(), numbers["b"].as_str(), numbers["c"].as_str()),
            ("K00007", "K00008", "K00003")
        );
        let hole = registry.officer().look_up("K00005", "2026-08-01T12:00:00+05:00");
        assert_eq!((hole["verdict"].as_str(), hole["reason"].as_str()), (Some("unknown_number"), Some("not_issued")));
    }
}

#[test]
fn one_typing_mistake_does_not_burn_a_letter() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        let list = "device_id,plate\na,K00001\nb,K90001\n";
        let refused = operator.upload("dry_run=false", list.as_bytes());
        assert_eq!(refused["status"], "refused", "{refused}");
        assert_eq!(refused["problems"][0]["kind"], "plate_too_far_ahead", "{refused}");
        assert!(operator.numbers().is_empty());
        let meant = operator.upload("dry_run=false&adopt_up_to=K90001", list.as_bytes());
        assert_eq!(meant["status"], "committed", "{meant}");
    }
}

/// Uploads `rounds` lists of `rows` scooters each; repeats under the same idempotency key whatever got no answer.
pub(crate) fn importer(person: &Person, urls: &[String], name: &str, rounds: usize, rows: usize) {
    for round in 0..rounds {
        let list = fleet(&format!("{name}-{round}"), rows);
        let key = format!("{name}-{round}");
        let headers = [("content-type", "text/csv"), ("prefer", "wait=20"), ("idempotency-key", key.as_str())];
        let deadline = Instant::now() + Duration::from_secs(100);
        let mut turn = round;
        let mut import = None::<String>;
        loop {
            assert!(Instant::now() < deadline, "{name} got no answer in time");
            turn += 1;
            let at = person.at(&urls[turn % urls.len()]);
            let reply = match &import {
                None => at.try_send("POST", "/v1/fleet-imports?dry_run=false", &headers, list.as_bytes()),
                Some(id) => at.try_send("GET", &format!("/v1/fleet-imports/{id}"), &[("prefer", "wait=20")], &[]),
            };
            // A server that is being killed gives no answer, or a broken one: ask the other.
            let Ok(reply) = reply else {
                std::thread::yield_now();
                continue;
            };
            if !matches!(reply.status, 200 | 202) {
                assert!(matches!(reply.status, 409 | 503), "{}", reply.text());
                continue;
            }
            let body = reply.json()["import"].clone();
            import = Some(body["id"].as_str().unwrap().to_owned());
            match body["status"].as_str().unwrap() {
                "committed" => break,
                "reading" | "committing" => {}
                other => panic!("{name} is {other}: {body}"),
            }
        }
    }
}

#[test]
fn eight_importers_on_two_servers_receive_twenty_thousand_different_numbers_without_a_gap() {
    if !kinds().contains(&Kind::Postgres) {
        return;
    }
    let registry = TestRegistry::kz(Kind::Postgres);
    let second = registry.second_server();
    let urls = [registry.url().to_owned(), second.url.clone()];
    let operators: Vec<_> = ['A', 'B', 'C', 'D'].map(|letter| registry.operator(letter)).into();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (operator, urls) = (&operators[number % 4], &urls);
            scope.spawn(move || importer(operator, urls, &format!("i{number}"), 5, 500));
        }
    });
    let given = in_sequence(operators.iter().flat_map(|operator| operator.numbers().into_values()));
    assert_eq!(given, BTreeMap::from([('A', 5_000), ('B', 5_000), ('C', 5_000), ('D', 5_000)]));
    assert!(registry.log_findings().is_empty());
    second.stop().unwrap();
}

#[test]
fn a_server_killed_in_the_middle_of_imports_loses_no_number_and_gives_none_twice() {
    for kind in kinds() {
        let database = TestDatabase::create(kind);
        let secrets = tempfile::TempDir::with_prefix("scooter-registry-secrets-").unwrap();
        let steady = Server::start(&database.url, secrets.path());
        let mut killed = Server::start(&database.url, secrets.path());
        let registry = crate::house::open(&database.url, secrets.path());
        let operators: Vec<_> =
            ['A', 'B', 'C', 'D'].map(|letter| crate::house::operator_at(&registry, &steady.url, letter)).into();
        let (rounds, rows) = if kind == Kind::Postgres { (5, 500) } else { (3, 200) };
        let mut kills = 0;
        std::thread::scope(|scope| {
            let urls = std::sync::Arc::new(std::sync::Mutex::new(vec![steady.url.clone(), killed.url.clone()]));
            let importers: Vec<_> = (0..8)
                .map(|number| {
                    let urls = urls.lock().unwrap().clone();
                    let operator = &operators[number % 4];
                    scope.spawn(move || importer(operator, &urls, &format!("i{number}"), rounds, rows))
                })
                .collect();
            // Kill it as soon as it has something to lose: imports are under way.
            while importers.iter().any(|importer| !importer.is_finished()) && kills < 1 {
                if database.query_i64("SELECT COUNT(*) FROM fleet_imports WHERE status = 'committing'")[0] > 0
                    && database.query_i64("SELECT COUNT(*) FROM fleet_imports WHERE status = 'committed'")[0] > 2
                {
                    killed.kill();
                    kills += 1;
                }
            }
        });
        assert_eq!(kills, 1, "the server was killed in the middle");
        let given = in_sequence(operators.iter().flat_map(|operator| operator.numbers().into_values()));
        let each = 2 * rounds * rows;
        assert_eq!(given, BTreeMap::from([('A', each), ('B', each), ('C', each), ('D', each)]));
        let findings = scooter_registry::registry::attest::verify_log(&registry, None).unwrap().findings;
        assert!(findings.is_empty(), "{findings:?}");
    }
}
