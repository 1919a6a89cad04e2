//! The key of tags: made once for a registry of the release before, and never again.
//!
//! *Invariant:* whatever happens to the file, no plate in the street becomes false in silence.

use std::path::Path;

use crate::database::{Kind, TestDatabase, kinds};
use crate::house::{TestRegistry, fleet, settings};
use crate::plate_items::qr;

const KEY: &str = "plate-tags-1.key";

/// Starts and stops on this database; returns what the program says where it does not start.
fn start(database: &str, secrets: &Path, create: &str) -> Result<(), String> {
    let started = scooter_registry::startup::start(&settings(
        database,
        secrets,
        &[("SECRETS__CREATE", create), ("REGISTRY__SCHEME", "kz-158")],
    ));
    match started {
        Ok(running) => {
            running.stop().unwrap();
            Ok(())
        }
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            Err(format!("{error}: {cause}; {}", error.remedy()))
        }
    }
}

#[test]
fn the_codes_of_a_number_outlive_a_restart_and_a_lost_key_is_restored_not_replaced() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let before = qr(&operator, "K00001", 1);
        registry.stop();
        let (file, aside) = (registry.secrets.path().join(KEY), registry.secrets.path().join("aside"));
        std::fs::rename(&file, &aside).unwrap();
        let lost = start(&registry.database.url, registry.secrets.path(), "true").unwrap_err();
        assert!(lost.contains(KEY) && lost.contains("restore it from its backup"), "{lost}");
        assert!(!file.exists(), "none was made");
        std::fs::write(&file, "ab".repeat(32)).unwrap();
        let other = start(&registry.database.url, registry.secrets.path(), "true").unwrap_err();
        assert!(other.contains("another key"), "{other}");
        std::fs::rename(&aside, &file).unwrap();
        registry.begin_again(&[]);
        assert_eq!(qr(&operator.at(registry.url()), "K00001", 1), before);
    }
}

#[test]
fn a_registry_of_the_release_before_gets_its_key_at_the_first_start_that_may_make_it() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        registry.stop();
        // As the release before left it: founded, with numbers, and nobody knows of a key for tags.
        registry.database.execute("DELETE FROM tag_keys").unwrap();
        std::fs::remove_file(registry.secrets.path().join(KEY)).unwrap();
        let refused = start(&registry.database.url, registry.secrets.path(), "false").unwrap_err();
        assert!(refused.contains("secrets.create set to true"), "{refused}");
        registry.begin_again(&[]);
        let made = qr(&operator.at(registry.url()), "K00001", 1);
        registry.stop();
        registry.begin_again(&[("SECRETS__CREATE", "false")]);
        assert_eq!(qr(&operator.at(registry.url()), "K00001", 1), made);
        operator.at(registry.url()).enroll(&fleet("m", 1));
    }
}

/// The tables as the release before made them, with a number.
fn old_database(kind: Kind) -> TestDatabase {
    let database = TestDatabase::create_empty(kind);
    let tree = if kind == Kind::Sqlite { "migrations/sqlite" } else { "migrations/postgres" };
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join(tree);
    let mut steps: Vec<_> = std::fs::read_dir(tree).unwrap().map(|step| step.unwrap().path()).collect();
    steps.retain(|step| step.file_name().unwrap().to_string_lossy().as_ref() < "2026-11-24");
    steps.sort();
    assert_eq!(steps.len(), 5, "{steps:?}");
    let versions = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
                    run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)";
    database.execute_all(versions);
    for step in steps {
        database.execute_all(&std::fs::read_to_string(step.join("up.sql")).unwrap());
        let version = step.file_name().unwrap().to_string_lossy().replace('-', "");
        let (version, _) = version.split_once('_').unwrap();
        database.execute_all(&format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"));
    }
    database
        .execute_all("INSERT INTO numbers (number, letter, serial, operator_id, adopted, issued_at) VALUES ('K00001', 'K', 1, 'one', false, 5)");
    database
}

#[test]
fn the_numbers_of_the_release_before_are_covered_by_the_first_key() {
    for kind in kinds() {
        let database = old_database(kind);
        let secrets = tempfile::tempdir().unwrap();
        start(&database.url, secrets.path(), "true").unwrap();
        assert_eq!(database.query_i64("SELECT tag_key FROM numbers"), [1]);
        assert_eq!(database.query_i64("SELECT id FROM tag_keys"), [1]);
        assert!(secrets.path().join(KEY).exists());
    }
}
