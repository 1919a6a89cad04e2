//! What survives a stop, and what a start refuses.
//!
//! *Invariant:* nothing that was acknowledged is gone afterwards.

use crate::database::{Kind, kinds};
use crate::house::{TestRegistry, fleet, ride, settings};

const AT: &str = "2026-07-07T12:05:00+05:00";

#[test]
fn a_restarted_registry_knows_everything_and_its_keys_still_open_it() {
    for kind in kinds() {
        let mut registry = TestRegistry::start(kind);
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
        let registry = TestRegistry::start(kind);
        let other = TestRegistry::start(kind);
        let refused = scooter_registry::startup::start(&settings(&registry.database.url, other.secrets.path(), &[]));
        let text = format!("{:?}", refused.err().expect("the other key is refused"));
        assert!(text.contains("OtherKey"), "{text}");
    }
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
        let registry = TestRegistry::start(kind);
        let second = registry.second_server();
        let operator = registry.operator('K');
        operator.at(&second.url).enroll(&fleet("k", 1));
        operator.report(&[ride("r", "k-1", "2026-07-07T12:00:00+05:00", None)]);
        let officer = registry.officer();
        assert_eq!(officer.look_up("K00001", AT)["session"], officer.at(&second.url).look_up("K00001", AT)["session"]);
        second.stop().unwrap();
    }
}
