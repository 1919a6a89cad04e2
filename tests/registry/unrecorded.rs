//! A lookup that cannot be recorded is refused and shows no ride.
//!
//! *Invariant:* the log is made unwritable in two ways: at the insert, and only at the commit. The second catches a
//! handler that answers before its transaction is durable.

use crate::database::{Kind, kinds};
use crate::house::{TestRegistry, fleet, ride};
use crate::people::{Person, Reply};

const AT: &str = "2026-07-07T12:05:00+05:00";

fn town(registry: &TestRegistry) -> Person {
    let operator = registry.operator('K');
    operator.enroll(&fleet("k", 1));
    operator.report(&[ride("secret-ride", "k-1", "2026-07-07T12:00:00+05:00", Some("2026-07-07T12:20:00+05:00"))]);
    registry.officer()
}

fn run(registry: &TestRegistry, statements: &[&str]) {
    for sql in statements {
        registry.database.execute(sql).unwrap();
    }
}

#[track_caller]
fn is_refused(reply: &Reply) {
    assert!(reply.status >= 500, "{} {}", reply.status, reply.text());
    let text = reply.text();
    for told in ["secret-ride", "riding", "k-1", "Ninebot", "K00001"] {
        assert!(!text.contains(told), "{told} was told: {text}");
    }
}

/// Makes the log unwritable, sees that nothing is told by any way, mends it, and sees that everything works again.
fn without_a_log_nothing_is_told(registry: &TestRegistry, break_it: &[&str], mend_it: &[&str]) {
    let officer = town(registry);
    let before = officer.look_up("K00001", AT);
    assert_eq!(before["session"]["ride_id"], "secret-ride");
    let entries = || registry.database.query_i64("SELECT COUNT(*) FROM log_entries")[0];
    let recorded = entries();
    run(registry, break_it);
    for _ in 0..12 {
        is_refused(&officer.ask("K00001", AT));
    }
    is_refused(&officer.ask("K0000?", AT));
    is_refused(&officer.get(&format!("/v1/lookups/{}", before["id"].as_str().unwrap())));
    assert_eq!(entries(), recorded);
    assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM lookups"), [1]);
    run(registry, mend_it);
    assert_eq!(officer.look_up("K00001", AT)["session"]["ride_id"], "secret-ride");
    assert_eq!(entries(), recorded + 1);
}

#[test]
fn a_lookup_that_cannot_be_entered_is_refused() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        match kind {
            Kind::Sqlite => without_a_log_nothing_is_told(
                &registry,
                &["CREATE TRIGGER no_more BEFORE INSERT ON log_entries BEGIN SELECT RAISE(ABORT, 'no more'); END"],
                &["DROP TRIGGER no_more"],
            ),
            Kind::Postgres => without_a_log_nothing_is_told(
                &registry,
                &[
                    "CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS \
                     $$ BEGIN RAISE EXCEPTION 'no more'; END $$",
                    "CREATE TRIGGER no_more BEFORE INSERT ON log_entries FOR EACH ROW EXECUTE FUNCTION no_more()",
                ],
                &["DROP TRIGGER no_more ON log_entries"],
            ),
        }
    }
}

#[test]
fn a_lookup_whose_commit_fails_is_refused() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        match kind {
            Kind::Sqlite => without_a_log_nothing_is_told(
                &registry,
                &[
                    "CREATE TABLE void (id INTEGER PRIMARY KEY)",
                    "CREATE TABLE owed (id INTEGER REFERENCES void (id) DEFERRABLE INITIALLY DEFERRED)",
                    "CREATE TRIGGER owe AFTER INSERT ON log_entries BEGIN INSERT INTO owed VALUES (1); END",
                ],
                &["DROP TRIGGER owe"],
            ),
            Kind::Postgres => without_a_log_nothing_is_told(
                &registry,
                &[
                    "CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS \
                     $$ BEGIN RAISE EXCEPTION 'no more'; END $$",
                    "CREATE CONSTRAINT TRIGGER no_more AFTER INSERT ON log_entries \
                     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no_more()",
                ],
                &["DROP TRIGGER no_more ON log_entries"],
            ),
        }
    }
}

#[test]
fn the_database_itself_refuses_to_change_or_remove_an_entry() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        town(&registry).look_up("K00001", AT);
        for sql in [
            "UPDATE log_entries SET leaf_hash = leaf_hash WHERE idx = 0",
            "DELETE FROM log_entries",
            "DELETE FROM log_head",
            "UPDATE log_checkpoints SET note = ''",
        ] {
            assert!(registry.database.execute(sql).is_err(), "{sql} was allowed");
        }
    }
}
