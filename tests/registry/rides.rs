//! Rides as operators report them.
//!
//! *Invariant:* a replay changes nothing, and nothing that was reported is lost.

use diesel::RunQueryDsl as _;
use scooter_registry::storage::{self, audit_log};
use serde_json::json;

use crate::database::{Kind, kinds};
use crate::house::{TestRegistry, fleet, ride};

const FROM: &str = "2026-07-07T12:00:00+05:00";
const UNTIL: &str = "2026-07-07T12:20:00+05:00";

#[test]
fn the_same_batch_again_is_repeated_and_changes_nothing() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let batch = [ride("r1", "k-1", FROM, Some(UNTIL)), ride("r2", "k-1", "2026-07-07T13:00:00+05:00", None)];
        assert_eq!(operator.report(&batch)["recorded"], 2);
        let again = operator.report(&batch);
        assert_eq!((&again["repeated"], &again["recorded"]), (&json!(2), &json!(0)), "{again}");
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM rides"), [2]);
        let utc = [ride("r1", "k-1", "2026-07-07T07:00:00Z", Some("2026-07-07T07:20:00Z"))];
        assert_eq!(operator.report(&utc)["repeated"], 1, "the same instants in another zone are the same");
    }
}

#[test]
fn another_content_is_a_new_version_and_the_old_one_stays() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        operator.report(&[ride("r1", "k-1", FROM, Some(UNTIL))]);
        let moved = operator.report(&[ride("r1", "k-2", "2026-07-07T11:00:00+05:00", Some(UNTIL))]);
        assert_eq!((&moved["versioned"], &moved["results"][0]["version"]), (&json!(1), &json!(2)));
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM rides"), [2]);
        let officer = registry.officer();
        assert_eq!(officer.look_up("K00002", FROM)["session"]["version"], 2);
        assert_ne!(officer.look_up("K00001", FROM)["verdict"], "riding");
        let mut swapped = ride("r1", "k-2", "2026-07-07T11:00:00+05:00", Some(UNTIL));
        swapped["rider_handle"] = json!("somebody else");
        assert_eq!(operator.report(&[swapped])["versioned"], 1, "a rider cannot be swapped without a version");
    }
}

#[test]
fn a_bad_report_is_refused_by_name_kept_and_does_not_stop_its_neighbours() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let receipt = operator.report(&[
            ride("r1", "nowhere-7", FROM, Some(UNTIL)),
            ride("r2", "k-1", "2026-07-07T12:00:00", Some(UNTIL)),
            json!("ride"),
            ride("r4", "k-1", FROM, Some(UNTIL)),
            ride("r4", "k-1", FROM, None),
        ]);
        let codes: Vec<_> = receipt["results"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
        assert_eq!(
            codes,
            [json!("unknown_vehicle"), json!("no_offset"), json!("not_an_object"), json!(null), json!("twice_in_call")]
        );
        assert!(receipt["results"][0]["problem"].as_str().unwrap().contains("nowhere-7"), "{receipt}");
        assert_eq!((&receipt["refused"], &receipt["recorded"]), (&json!(4), &json!(1)));
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM refused_reports"), [4]);
        let kept = registry.database.query_text("SELECT report FROM refused_reports");
        assert!(!kept.iter().any(|report| report.contains("rider of")), "a rider's handle is kept nowhere");
    }
}

#[test]
fn another_operators_scooter_is_as_unknown_as_one_that_never_was() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (k, z) = (registry.operator('K'), registry.operator('Z'));
        k.enroll(&fleet("k", 1));
        let by_device = z.report(&[ride("r", "k-1", FROM, None)])["results"][0].clone();
        assert_eq!(by_device["code"], "unknown_vehicle");
        let mut by_plate = ride("r", "", FROM, None);
        by_plate.as_object_mut().unwrap().remove("device_id");
        by_plate["plate"] = json!("K00001");
        assert_eq!(z.report(std::slice::from_ref(&by_plate))["results"][0]["code"], "unknown_plate");
        assert_eq!(k.report(&[by_plate])["recorded"], 1);
    }
}

#[test]
fn the_same_ride_id_of_two_operators_is_two_rides() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let (k, z) = (registry.operator('K'), registry.operator('Z'));
        k.enroll(&fleet("k", 1));
        z.enroll(&fleet("z", 1));
        assert_eq!(k.report(&[ride("r", "k-1", FROM, None)])["recorded"], 1);
        assert_eq!(z.report(&[ride("r", "z-1", FROM, None)])["recorded"], 1);
    }
}

#[test]
fn what_looks_wrong_is_recorded_and_marked() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll("device_id,in_service\nk-1,2026-07-08\n");
        let receipt = operator.report(&[
            ride("before", "k-1", FROM, Some(UNTIL)),
            ride("long", "k-1", "2026-07-09T00:00:00+05:00", Some("2026-07-11T00:00:00+05:00")),
            ride("open", "k-1", "2026-07-12T00:00:00+05:00", None),
            ride("tomorrow", "k-1", "2199-01-01T00:00:00+05:00", None),
        ]);
        assert_eq!(receipt["recorded"], 4, "{receipt}");
        let marked = |index: usize, mark: &str| {
            assert!(receipt["results"][index]["marks"].as_array().unwrap().contains(&json!(mark)), "{mark}: {receipt}");
        };
        marked(0, "without_plate");
        marked(0, "reported_late");
        marked(1, "long");
        marked(2, "open");
        marked(3, "begins_in_future");
        let covered = registry.officer().look_up("K00001", "2026-07-10T23:00:00+05:00");
        assert_eq!(covered["session"]["ride_id"], "long", "{covered}");
    }
}

#[test]
fn rides_are_reported_as_lines_too() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let lines = format!("{}\n\n{}\n", ride("r1", "k-1", FROM, Some(UNTIL)), ride("r2", "k-1", UNTIL, None));
        let headers = [("content-type", "application/x-ndjson")];
        let receipt = operator.send("POST", "/v1/sessions", &headers, lines.as_bytes()).expect(200);
        assert_eq!(receipt["sessions"]["recorded"], 2, "{receipt}");
    }
}

#[test]
fn a_watermark_does_not_go_back_and_not_ahead_of_the_clock() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.complete_until(UNTIL);
        operator.complete_until(FROM);
        let marks = registry.database.query_i64("SELECT COUNT(*) FROM watermarks");
        assert_eq!(marks, [1]);
        let ahead = operator.post("/v1/sessions/watermark", &json!({"complete_until": "2199-01-01T00:00:00+05:00"}));
        assert_eq!(ahead.status, 422, "{}", ahead.text());
    }
}

#[test]
fn an_operator_lists_its_own_rides_page_by_page_and_each_look_is_an_entry() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let (k, z) = (registry.operator('K'), registry.operator('Z'));
        k.enroll(&fleet("k", 1));
        let rides: Vec<_> = (10..20)
            .map(|hour| {
                let (from, until) =
                    (format!("2026-07-07T{hour}:00:00+05:00"), format!("2026-07-07T{hour}:10:00+05:00"));
                ride(&format!("r{hour}"), "k-1", &from, Some(&until))
            })
            .collect();
        k.report(&rides);
        let before = registry.database.query_i64("SELECT size FROM log_head")[0];
        let (mut seen, mut path) = (Vec::new(), "/v1/sessions?limit=4".to_owned());
        loop {
            let page = k.get(&path).expect(200);
            seen.extend(page["sessions"].as_array().unwrap().iter().map(|ride| ride["ride_id"].clone()));
            match page["next"].as_str() {
                Some(next) => path = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, (10..20).map(|hour| json!(format!("r{hour}"))).collect::<Vec<_>>());
        assert_eq!(registry.database.query_i64("SELECT size FROM log_head")[0], before + 3);
        assert_eq!(z.get("/v1/sessions").expect(200)["sessions"], json!([]));
    }
}

#[test]
fn two_calls_with_the_same_rides_at_once_record_each_ride_once() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let batch: Vec<_> = (0..50).map(|n| ride(&format!("r{n}"), "k-1", FROM, Some(UNTIL))).collect();
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| operator.report(&batch))).collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        let total = |name: &str| outcomes.iter().map(|one| one[name].as_u64().unwrap()).sum::<u64>();
        assert_eq!((total("recorded"), total("repeated")), (50, 150));
    }
}

/// Waits until somebody waits for a lock in PostgreSQL, or the one who should has ended.
fn until_it_waits<T>(registry: &TestRegistry, who: &std::thread::ScopedJoinHandle<'_, T>) {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while registry.database.query_i64(sql) == [0] && !who.is_finished() {
        std::thread::yield_now();
    }
}

#[test]
fn a_correction_waits_for_who_is_being_shown_the_ride_and_is_an_entry_then() {
    // SQLite has one writer at a time, and so nothing in between.
    for kind in kinds().into_iter().filter(|kind| *kind == Kind::Postgres) {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        operator.report(&[ride("r1", "k-1", FROM, Some(UNTIL))]);
        registry.officer().look_up("K00001", FROM);
        // What the lookup has left is what one leaves that commits while the correction is under way.
        registry.database.execute_all(
            "CREATE TABLE later AS SELECT * FROM lookup_rides; DELETE FROM lookup_rides WHERE ride_id = 'r1'",
        );
        let entries = || registry.database.query_i64("SELECT size FROM log_head");
        let before = entries()[0];
        std::thread::scope(|scope| {
            let shown = registry.running().registry().store.write(|tx| -> storage::Result<_> {
                audit_log::hold(tx)?;
                diesel::sql_query("INSERT INTO lookup_rides SELECT * FROM later").execute(tx.db())?;
                let corrected = scope.spawn(|| operator.report(&[ride("r1", "k-1", FROM, None)]));
                until_it_waits(&registry, &corrected);
                Ok(corrected)
            });
            assert_eq!(shown.unwrap().join().unwrap()["versioned"], 1);
        });
        assert_eq!(entries(), [before + 1], "that a ride changed after somebody asked is an entry");
    }
}

#[test]
fn a_question_is_looked_up_again_where_a_ride_was_corrected_before_it_was_on_record() {
    for kind in kinds().into_iter().filter(|kind| *kind == Kind::Postgres) {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = (registry.operator('K'), registry.officer());
        operator.enroll(&fleet("k", 1));
        operator.report(&[ride("r1", "k-1", FROM, Some(UNTIL))]);
        let kind_of = |answer: &serde_json::Value| answer["session"]["kind"].clone();
        // So that the registry remembers where it left the end of its log.
        assert_eq!(kind_of(&officer.look_up("K00001", FROM)), "rider");
        let before = registry.database.query_i64("SELECT size FROM log_head")[0];
        std::thread::scope(|scope| {
            let asked = registry.running().registry().store.write(|tx| -> storage::Result<_> {
                audit_log::hold_to_correct(tx)?;
                let asked = scope.spawn(|| officer.look_up("K00001", FROM));
                until_it_waits(&registry, &asked);
                assert!(!asked.is_finished(), "it has looked, and waits to record what it saw");
                // What a correction does; an operator's own would wait for the end of the log, which is held here.
                diesel::sql_query("UPDATE rides SET kind = 'rebalance' WHERE ride_id = 'r1'").execute(tx.db())?;
                Ok(asked)
            });
            assert_eq!(kind_of(&asked.unwrap().join().unwrap()), "rebalance", "what stood there when it was recorded");
        });
        assert_eq!(registry.database.query_i64("SELECT size FROM log_head"), [before + 1], "it is on record once");
    }
}
