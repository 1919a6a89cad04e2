//! What survives a stop, and what a start refuses.
//!
//! *Invariant:* nothing that was acknowledged is gone afterwards.

use std::path::Path;
use std::process::Command;

use crate::database::{Kind, kinds};
use crate::house::{TestRegistry, fleet, ride, settings};

const AT: &str = "2026-07-07T12:05:00+05:00";

#[test]
fn a_restarted_registry_knows_everything_and_its_keys_still_open_it() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        operator.report(&[ride("r", "k-1", "2026-07-07T12:00:00+05:00", None)]);
        let officer = registry.officer();
        let before = officer.look_up("K00001", AT);
        registry.restart();
        let officer = officer.at(registry.url());
        let path = format!("/v1/lookups/{}", before["id"].as_str().unwrap());
        assert_eq!(officer.get(&path).expect(200)["lookup"]["session"], before["session"]);
        operator.at(registry.url()).enroll(&fleet("m", 1));
        assert_eq!(operator.at(registry.url()).numbers()["m-1"], "K00003");
    }
}

#[test]
fn a_program_with_another_log_key_does_not_start() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let other = TestRegistry::kz(kind);
        let refused = scooter_registry::startup::start(&settings(
            &registry.database.url,
            other.secrets.path(),
            &[("REGISTRY__SCHEME", "kz-158")],
        ));
        let text = format!("{:?}", refused.err().expect("the other key is refused"));
        assert!(text.contains("OtherKey"), "{text}");
    }
}

#[test]
fn a_registry_that_lost_what_vouches_for_its_log_starts_only_where_that_is_accepted() {
    for kind in kinds() {
        let mut registry = TestRegistry::start(kind);
        registry.officer();
        registry.stop();
        let state = registry.secrets.path().join("audit-log-signed.state");
        std::fs::remove_file(&state).unwrap();
        let url = registry.database.url.clone();
        let refused = scooter_registry::startup::start(&settings(&url, registry.secrets.path(), &[]));
        let error = refused.err().expect("nobody vouches for the log");
        assert!(format!("{error:?}").contains("SignerStateLost") && error.remedy().contains("restore"), "{error:?}");
        assert!(!state.exists(), "a refused start makes no account");
        let (verified, told) = program(&["log", "verify"], &url, registry.secrets.path());
        assert!(verified == Some(1) && told.contains("WRONG: ") && told.contains("is missing"), "{verified:?} {told}");
        let (looked, told) = program(&["doctor"], &url, registry.secrets.path());
        assert!(looked == Some(1) && told.contains("accept_lost_signer_state"), "{looked:?} {told}");
        registry.begin_again(&[("SECRETS__ACCEPT_LOST_SIGNER_STATE", "true")]);
        registry.restart();
        assert!(registry.signer_state().size() > 0, "the new account has caught up");
    }
}

#[test]
fn a_further_server_with_copied_keys_starts_where_its_missing_account_is_accepted() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        registry.officer();
        let copies = tempfile::tempdir().unwrap();
        for name in ["audit-log-signing.key", "access-keys.key", "answers.key", "plate-tags-1.key", "plate-numbers.key"]
        {
            // The last one is only there where numbers are shuffled.
            if name != "plate-numbers.key" || registry.secrets.path().join(name).exists() {
                std::fs::copy(registry.secrets.path().join(name), copies.path().join(name)).unwrap();
            }
        }
        let url = &registry.database.url;
        assert!(scooter_registry::startup::start(&settings(url, copies.path(), &[])).is_err());
        let accepting = settings(url, copies.path(), &[("SECRETS__ACCEPT_LOST_SIGNER_STATE", "true")]);
        scooter_registry::startup::start(&accepting).unwrap().stop().unwrap();
        scooter_registry::startup::start(&settings(url, copies.path(), &[])).unwrap().stop().unwrap();
    }
}

/// Runs the program to its end: exit code, and what it said.
fn program(arguments: &[&str], database: &str, secrets: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_scooter-registry"))
        .args(arguments)
        .env("SCOOTER_REGISTRY__DATABASE__URL", database)
        .env("SCOOTER_REGISTRY__SECRETS__DIRECTORY", secrets)
        .envs(crate::house::scheme_in_the_environment())
        .output()
        .expect("the program runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_database_newer_than_the_program_is_refused_by_name() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let newer = match kind {
            Kind::Sqlite => "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')",
            Kind::Postgres => {
                "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('20991231000001', now())"
            }
        };
        registry.database.execute(newer).unwrap();
        let refused = scooter_registry::startup::migrate(&registry.database.url);
        let error = refused.expect_err("a newer database is refused");
        let chain = std::iter::successors(Some(&error as &dyn std::error::Error), |cause| cause.source());
        let text = chain.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        assert!(text.contains("newer than this program") && text.contains("20991231000001"), "{text}");
    }
}

#[test]
fn two_servers_on_one_database_answer_alike() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let second = registry.second_server();
        let operator = registry.operator('K');
        operator.at(&second.url).enroll(&fleet("k", 1));
        operator.report(&[ride("r", "k-1", "2026-07-07T12:00:00+05:00", None)]);
        let officer = registry.officer();
        assert_eq!(officer.look_up("K00001", AT)["session"], officer.at(&second.url).look_up("K00001", AT)["session"]);
        second.stop().unwrap();
    }
}
