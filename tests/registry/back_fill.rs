//! `scooter-registry sessions import`: files of rides entered at the console.
//!
//! *Invariant:* the real program is run; what it recorded is compared with what the same reports over HTTP come to.

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

use crate::database::{Kind, kinds};
use crate::house::{TestRegistry, fleet, ride};

const HEADER: &str = "ride_id,device_id,started_at,ended_at,end_lat,end_lng,rider_handle\n";

fn program(registry: &TestRegistry, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scooter-registry"))
        .args(["sessions", "import"])
        .args(arguments)
        .env("SCOOTER_REGISTRY__DATABASE__URL", &registry.database.url)
        .env("SCOOTER_REGISTRY__SECRETS__DIRECTORY", registry.secrets.path())
        .envs(registry.scheme_in_the_environment())
        .output()
        .expect("the program runs")
}

fn import(registry: &TestRegistry, file: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let output = program(registry, &[&[file.to_str().unwrap(), "--json"], more].concat());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let summary: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{said}"));
    (output.status.code(), summary["sessions"].clone())
}

fn counts(summary: &Value) -> [u64; 4] {
    ["recorded", "repeated", "versioned", "refused"].map(|name| summary[name].as_u64().unwrap())
}

fn at(minute: u32) -> String {
    format!("2026-07-{:02}T{:02}:{:02}:00+05:00", 1 + minute / 1440, minute / 60 % 24, minute % 60)
}

fn row(id: &str, device: &str, from: u32, until: u32) -> String {
    format!("{id},{device},{},{},43.25,76.95,rider of {id}\n", at(from), at(until))
}

fn lines(reports: &[Value]) -> String {
    reports.iter().flat_map(|report| [report.to_string(), "\n".to_owned()]).collect()
}

#[test]
fn a_file_is_recorded_once_and_the_same_file_again_is_repeated() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        registry.operator('K').enroll(&fleet("k", 3));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rides.csv");
        let rows: String =
            (0..300).map(|n| row(&format!("r{n}"), &format!("k-{}", n % 3 + 1), n * 60, n * 60 + 9)).collect();
        std::fs::write(&file, format!("{HEADER}{rows}")).unwrap();
        let (code, first) = import(&registry, &file, &[]);
        assert_eq!((code, counts(&first)), (Some(0), [300, 0, 0, 0]), "{first}");
        for pace in [&[][..], &["--alone"]] {
            let (code, again) = import(&registry, &file, pace);
            assert_eq!((code, counts(&again)), (Some(0), [0, 300, 0, 0]), "{again}");
        }
        assert!(!folder.path().join("rides.csv.refused.csv").exists());
        let heads = registry.database.query_i64("SELECT COUNT(*) FROM ride_heads WHERE version = 1");
        assert_eq!((heads, registry.database.query_i64("SELECT COUNT(*) FROM rides")), (vec![300], vec![300]));
        let late = registry.database.query_i64("SELECT COUNT(*) FROM rides WHERE marks LIKE '%reported_late%'");
        assert_eq!(late, [300]);
        if kind == Kind::Postgres {
            let counted = "SELECT reltuples FROM pg_class WHERE relname IN ('rides', 'ride_heads')";
            assert_eq!(registry.database.query_i64(counted), [300, 300], "the database knows of what it has");
        }
    }
}

#[test]
fn every_refused_row_stands_in_the_file_beside_with_its_columns_and_the_reason() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        registry.operator('K').enroll(&fleet("k", 1));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rides.csv");
        let good = row("good", "k-1", 0, 9);
        let rows = [
            HEADER.to_owned(),
            row("unknown", "k-7", 10, 19),
            good.clone(),
            "short,k-1\n".to_owned(),
            row("backwards", "k-1", 40, 30),
            "\"with, comma\",k-1,2026-07-01T12:00:00,,,,\n".to_owned(),
            row("good", "k-1", 0, 8),
            good,
        ];
        std::fs::write(&file, rows.concat()).unwrap();
        for expected in [[1, 1, 0, 5], [0, 2, 0, 5]] {
            let (code, summary) =
                import(&registry, &file, &["--operator", &registry.database.query_text("SELECT id FROM operators")[0]]);
            assert_eq!((code, counts(&summary)), (Some(1), expected), "{summary}");
        }
        let refused = std::fs::read_to_string(folder.path().join("rides.csv.refused.csv")).unwrap();
        let lines: Vec<_> = refused.lines().collect();
        assert_eq!(lines.len(), 6, "{refused}");
        assert_eq!(lines[0], format!("{},line,code,problem", HEADER.trim_end()));
        for (line, place, code) in [
            (1, 2, "unknown_vehicle"),
            (2, 4, "unreadable"),
            (3, 5, "ends_before_start"),
            (4, 6, "no_offset"),
            (5, 7, "twice_in_call"),
        ] {
            assert!(lines[line].contains(&format!(",{place},{code},")), "{refused}");
        }
        assert!(lines[1].starts_with(rows[1].trim_end()) && lines[4].starts_with("\"with, comma\",k-1,"), "{refused}");
        let kept = registry.database.query_text("SELECT report FROM refused_reports");
        assert_eq!(kept.len(), 10);
        assert!(!kept.iter().any(|report| report.contains("rider of")), "a rider's handle is kept nowhere");
    }
}

#[test]
fn a_back_fill_comes_to_what_the_same_reports_over_http_come_to() {
    for kind in kinds() {
        let (by_file, by_http) = (TestRegistry::kz(kind), TestRegistry::kz(kind));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rides.ndjson");
        let mut reports: Vec<Value> = vec![
            ride("a", "k-1", &at(0), Some(&at(30))),
            ride("b", "k-1", &at(20), Some(&at(25))),
            ride("c", "k-2", &at(0), None),
            ride("long", "k-2", &at(3000), Some(&at(5000))),
            ride("of-another", "z-1", &at(0), Some(&at(9))),
        ];
        reports[1]["plate"] = json!("K00002");
        reports[0]["kind"] = json!("rebalance");
        std::fs::write(&file, lines(&reports)).unwrap();
        let before = [ride("open", "k-1", &at(10), None), ride("c", "k-2", &at(1), None)];
        for (registry, by_http) in [(&by_file, false), (&by_http, true)] {
            let k = registry.operator('K');
            k.enroll(&fleet("k", 2));
            registry.operator('Z').enroll(&fleet("z", 1));
            assert_eq!(k.report(&before)["recorded"], 2);
            if by_http {
                k.report(&reports);
            }
        }
        let (code, summary) = import(&by_file, &file, &["--operator", "K"]);
        assert_eq!((code, counts(&summary)), (Some(1), [3, 0, 1, 1]), "{summary}");
        let told = "SELECT ride_id || ' ' || version || ' ' || started_at || ' ' || COALESCE(ended_at, 0) || ' ' || kind || ' ' \
                    || marks || ' ' || CASE WHEN superseded_at IS NULL THEN '' ELSE 'old' END FROM rides ORDER BY 1";
        let marks = "SELECT ride_id || ' ' || version || ' ' || mark || ' ' || other_ride FROM ride_marks ORDER BY 1";
        let heads = "SELECT ride_id || ' ' || version || ' ' || started_at FROM ride_heads ORDER BY 1";
        for sql in [told, marks, heads] {
            let (by_file, by_http) = (by_file.database.query_text(sql), by_http.database.query_text(sql));
            assert!(by_file == by_http && !by_file.is_empty(), "{by_file:?} {by_http:?}");
        }
    }
}

#[test]
fn rides_that_are_known_are_found_also_after_many_that_were_new() {
    // Several steps on either database: after those that met nothing on record a run no longer asks.
    const COUNT: u32 = 100_500;
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        registry.operator('K').enroll(&fleet("k", 20));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rides.csv");
        let of =
            |n: u32, lasts: u32| row(&format!("r{n}"), &format!("k-{}", n % 20 + 1), n / 20 * 5, n / 20 * 5 + lasts);
        std::fs::write(&file, [HEADER, &of(COUNT - 1, 3), &of(COUNT - 21, 2)].concat()).unwrap();
        let (code, summary) = import(&registry, &file, &[]);
        assert_eq!((code, counts(&summary)), (Some(0), [2, 0, 0, 0]), "{summary}");
        let rows: String = (0..COUNT).map(|n| of(n, 3)).collect();
        std::fs::write(&file, format!("{HEADER}{rows}")).unwrap();
        let (code, summary) = import(&registry, &file, &[]);
        assert_eq!((code, counts(&summary)), (Some(0), [u64::from(COUNT) - 2, 1, 1, 0]), "{summary}");
        let newest = "SELECT COUNT(*) FROM rides WHERE superseded_at IS NULL";
        let [heads, newest, all] = ["SELECT COUNT(*) FROM ride_heads", newest, "SELECT COUNT(*) FROM rides"]
            .map(|sql| registry.database.query_i64(sql)[0]);
        assert_eq!([heads, newest, all], [COUNT, COUNT, COUNT + 1].map(i64::from));
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM ride_marks"), [0]);
    }
}

#[test]
fn a_changed_ride_that_was_asked_about_is_an_entry_of_its_own() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        operator.report(&[ride("r", "k-1", &at(0), Some(&at(30)))]);
        assert_eq!(registry.officer().look_up("K00001", &at(10))["session"]["ride_id"], "r");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rides.csv");
        std::fs::write(&file, format!("{HEADER}{}", row("r", "k-1", 0, 20))).unwrap();
        let before = registry.database.query_i64("SELECT size FROM log_head")[0];
        let (code, summary) = import(&registry, &file, &["--complete-until", &at(60)]);
        assert_eq!((code, counts(&summary)), (Some(0), [0, 0, 1, 0]), "{summary}");
        // The change, the step, the watermark.
        assert_eq!(registry.database.query_i64("SELECT size FROM log_head")[0], before + 3);
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM watermarks"), [1]);
    }
}

#[test]
fn the_same_rides_by_file_and_over_http_at_once_are_recorded_once() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 40));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rides.ndjson");
        let reports: Vec<Value> = (0..2000)
            .map(|n| {
                let from = n / 40 * 60;
                ride(&format!("r{n}"), &format!("k-{}", n % 40 + 1), &at(from), Some(&at(from + 20)))
            })
            .collect();
        std::fs::write(&file, lines(&reports)).unwrap();
        let (by_http, by_file) = std::thread::scope(|scope| {
            let sending = scope.spawn(|| reports.chunks(100).map(|batch| operator.report(batch)).collect::<Vec<_>>());
            let (_, by_file) = import(&registry, &file, &[]);
            (sending.join().unwrap(), by_file)
        });
        let sum = |name: &str| by_http.iter().map(|one| one[name].as_u64().unwrap()).sum::<u64>();
        let [recorded, repeated, versioned, refused] = counts(&by_file);
        assert_eq!((recorded + sum("recorded"), repeated + sum("repeated")), (2000, 2000), "{by_file}");
        assert_eq!((versioned + sum("versioned"), refused + sum("refused")), (0, 0));
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM rides"), [2000]);
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM ride_marks WHERE mark = 'overlaps'"), [0]);
    }
}

#[test]
fn a_file_that_is_none_and_an_operator_that_is_none_are_refused_before_anything_is_recorded() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        registry.operator('K').enroll(&fleet("k", 1));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rides.csv");
        std::fs::write(&file, "ride,vehicle,from\n1,2,3\n").unwrap();
        let name = file.to_str().unwrap();
        let code = |arguments: &[&str]| program(&registry, arguments).status.code();
        assert_eq!(code(&[name]), Some(1));
        assert_eq!(code(&[name, "--operator", "Z"]), Some(2));
        assert_eq!(code(&["/nowhere/rides.csv"]), Some(3));
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM rides"), [0]);
    }
}
