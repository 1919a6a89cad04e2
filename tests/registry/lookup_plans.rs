//! A lookup costs the same however many rides there are: what it reads it finds through indexes.
//!
//! *Invariant:* judged by what the database itself counts while real questions are asked, not by a statement copied here.

use serde_json::json;
use std::time::{Duration, Instant};

use crate::database::{Kind, TestDatabase, kinds};
use crate::house::{TestRegistry, fleet};

const SCOOTERS: usize = 1_000;
/// Tables that grow with fleets and rides. Those that stay small are rightly read whole.
const GROWING: [&str; 3] = ["rides", "plates", "vehicles"];

fn counted(database: &TestDatabase, what: &str) -> Vec<i64> {
    let of = |table: &str| {
        let sql = format!("SELECT COALESCE({what}, 0) FROM pg_stat_user_tables WHERE relname = '{table}'");
        database.query_i64(&sql)[0]
    };
    GROWING.map(of).to_vec()
}

#[test]
fn rides_plates_and_vehicles_are_found_through_indexes_only() {
    for kind in kinds().into_iter().filter(|kind| *kind == Kind::Postgres) {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", SCOOTERS));
        let officer = registry.officer();
        let database = &registry.database;
        // A ride of ten minutes each hour since 1 July 2026, one of them long ago superseded, one never ended.
        database.execute_all(
            "INSERT INTO rides SELECT v.id, 1782864000000 + h * 3600000, v.operator_id, v.id || '-' || h, 1,
                 CASE WHEN h = 29 THEN NULL ELSE 1782864000000 + h * 3600000 + 600000 END, NULL, NULL, NULL, NULL, 'rider',
                 NULL, NULL, 1782864000000, CASE WHEN h = 3 THEN 1782864000000 END, h = 29, false
             FROM vehicles v, generate_series(0, 29) h;
             ANALYZE",
        );
        let before = counted(database, "seq_scan");
        let used_before = counted(database, "idx_scan");
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut asked = 0;
        // The database counts when a second has passed, after a transaction.
        while asked < 60
            || counted(database, "idx_scan").iter().zip(&used_before).any(|(now, before)| now - before < 20)
        {
            assert!(Instant::now() < deadline, "the database counts nothing after {asked} questions");
            asked += 1;
            let plate = format!("K{:05}", 1 + asked % SCOOTERS);
            let question = match asked % 5 {
                0 => json!({"plate": plate, "at": "2026-07-01T06:30:00+05:00"}),
                1 => json!({"plate": plate, "at": "2026-07-01T06:05:00+05:00"}),
                2 => json!({"plate": plate, "at": "2026-07-20T06:05:00+05:00"}),
                3 => {
                    json!({"plate": plate, "at": "2026-07-01T06:05:00+05:00", "known_at": "2026-07-02T06:05:00+05:00"})
                }
                _ => json!({"plate": "K0000?", "at": "2026-07-01T06:05:00+05:00"}),
            };
            let mut question = question;
            question["purpose"] = json!("theft");
            question["case_number"] = json!("2026-000001");
            officer.post("/v1/lookups", &question).expect(200);
        }
        // Some scans of what was done before are counted late; a question that read a table whole would do so each time.
        let now = counted(database, "seq_scan");
        let few = now.iter().zip(&before).all(|(now, before)| now - before <= 3);
        assert!(few, "{GROWING:?} read whole {before:?} times before, {now:?} after {asked} questions");
    }
}
