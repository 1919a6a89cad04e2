//! Lookups: what an officer is told.
//!
//! *Invariant:* every verdict that this version can give is given here by a registry arranged through its own door.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, fleet, ride};
use crate::people::Person;

const DAY: &str = "2026-07-07";

fn at(time: &str) -> String {
    format!("{DAY}T{time}+05:00")
}

/// Two scooters; the first rides 10:00-10:10 and 12:00-12:20; all reported until 15:00.
fn town(registry: &TestRegistry) -> (Person, Person) {
    let operator = registry.operator('K');
    operator.enroll(&fleet("k", 2));
    let receipt = operator.report(&[
        ride("r1", "k-1", &at("10:00:00"), Some(&at("10:10:00"))),
        ride("r2", "k-1", &at("12:00:00"), Some(&at("12:20:00"))),
    ]);
    assert_eq!(receipt["recorded"], 2, "{receipt}");
    operator.complete_until(&at("15:00:00"));
    (operator, registry.officer())
}

#[test]
fn a_plate_resolves_to_the_ride_that_covers_the_instant() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = town(&registry);
        let number = operator.numbers()["k-1"].clone();
        assert_eq!(number, "K00001");
        let answer = officer.look_up(&number, &at("12:05:00"));
        assert_eq!(answer["verdict"], "riding", "{answer}");
        assert_eq!(answer["session"]["ride_id"], "r2");
        assert_eq!(answer["session"]["minutes_from_start"], 5.0);
        assert_eq!(answer["session"]["started_at"], "2026-07-07T12:00:00.000+05:00");
        assert_eq!(answer["operator"]["contact_phone"], "+7 700 000 00 00");
        assert_eq!(answer["vehicle"]["make"], "Ninebot");
        assert_eq!(answer["reading"]["control"].as_str().unwrap().len(), 2);
        assert_eq!(answer["open"], false);
        assert_eq!(answer["at_local"], "07.07.2026 12:05 (UTC+5)");
        let warnings = answer["warnings"].as_array().unwrap();
        assert!(warnings.contains(&json!("insurance_gap")) && warnings.contains(&json!("service_start_unknown")));
        assert!(!answer.to_string().contains("rider of"), "the rider's handle must not leave the registry");
    }
}

#[test]
fn the_digest_in_the_log_is_of_the_answer_that_was_given() {
    use sha2::{Digest, Sha256};
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (_, officer) = town(&registry);
        let mut answer = officer.look_up("K00001", &at("12:05:00"));
        let receipt = answer.as_object_mut().unwrap().remove("receipt").unwrap();
        let digest = hex::encode(Sha256::digest(serde_json_canonicalizer::to_vec(&answer).unwrap()));
        let index = &receipt["index"];
        let entries = registry.database.query_text(&match kind {
            crate::database::Kind::Sqlite => format!("SELECT CAST(entry AS TEXT) FROM log_entries WHERE idx = {index}"),
            crate::database::Kind::Postgres => {
                format!("SELECT convert_from(entry, 'UTF8') FROM log_entries WHERE idx = {index}")
            }
        });
        let entry: Value = serde_json::from_str(&entries[0]).unwrap();
        assert_eq!(entry["answer_digest"], digest);
        assert_eq!(entry["action"], "lookup");
        assert_eq!(entry["purpose"], "hit_and_run");
        for secret in ["K00001", "2026-000001", "r2"] {
            assert!(!entries[0].contains(secret), "{secret} stands in clear in the log");
        }
    }
}

#[test]
fn between_two_rides_the_scooter_is_idle_only_below_the_watermark() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = town(&registry);
        let idle = officer.look_up("K00001", &at("11:00:00"));
        assert_eq!(idle["verdict"], "idle", "{idle}");
        assert_eq!((&idle["before"]["ride_id"], &idle["before"]["gap_s"]), (&json!("r1"), &json!(3000)));
        assert_eq!((&idle["after"]["ride_id"], &idle["after"]["gap_s"]), (&json!("r2"), &json!(3600)));
        operator.report(&[ride("r3", "k-1", &at("18:00:00"), Some(&at("18:10:00")))]);
        let above = officer.look_up("K00001", &at("17:00:00"));
        assert_eq!(above["verdict"], "not_reported", "{above}");
        assert_eq!(above["before"]["ride_id"], "r2");
        assert_eq!(above["after"]["ride_id"], "r3");
        assert_eq!(above["data_complete_until"], "2026-07-07T15:00:00.000+05:00");
        operator.complete_until(&at("17:30:00"));
        assert_eq!(officer.look_up("K00001", &at("17:00:00"))["verdict"], "idle");
    }
}

#[test]
fn rides_within_the_tolerance_are_ambiguous_and_a_wide_question_lists_them() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (_, officer) = town(&registry);
        let question = |at: &str, tolerance: u32| {
            let body = json!({"plate": "K00001", "at": at, "tolerance": tolerance, "purpose": "collision",
                              "case_number": "2026-000001"});
            officer.post("/v1/lookups", &body).expect(200)["lookup"].clone()
        };
        let near = question(&at("10:12:00"), 300);
        assert_eq!(near["verdict"], "riding");
        assert!(near["warnings"].as_array().unwrap().contains(&json!("within_tolerance_only")), "{near}");
        let wide = question(&at("11:00:00"), 3_600);
        assert_eq!((&wide["verdict"], &wide["ambiguous_by"]), (&json!("ambiguous"), &json!("time")));
        assert_eq!(wide["candidates"].as_array().unwrap().len(), 2);
        assert_eq!(wide["session"], Value::Null);
        assert_eq!(question(&at("12:05:00"), 1_801)["verdict"], "ambiguous");
    }
}

#[test]
fn overlapping_rides_are_recorded_marked_and_shown_as_ambiguous() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = town(&registry);
        let receipt = operator.report(&[ride("r9", "k-1", &at("12:10:00"), Some(&at("12:30:00")))]);
        assert_eq!(receipt["results"][0]["outcome"], "recorded");
        assert!(receipt["results"][0]["marks"].as_array().unwrap().contains(&json!("overlaps")), "{receipt}");
        let answer = officer.look_up("K00001", &at("12:15:00"));
        assert_eq!((&answer["verdict"], &answer["ambiguous_by"]), (&json!("ambiguous"), &json!("overlap")));
    }
}

#[test]
fn an_open_ride_covers_until_now_and_later_its_end_is_unknown() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = town(&registry);
        operator.report(&[ride("open", "k-2", &at("09:00:00"), None)]);
        let answer = officer.look_up("K00002", &at("20:00:00"));
        assert_eq!((&answer["verdict"], &answer["open"]), (&json!("riding"), &json!(true)), "{answer}");
        let later = officer.look_up("K00002", "2026-07-10T09:00:00+05:00");
        assert_eq!((&later["verdict"], &later["session"]["ride_id"]), (&json!("ended_unknown"), &json!("open")));
        let closed = operator.report(&[ride("open", "k-2", &at("09:00:00"), Some(&at("09:30:00")))]);
        assert_eq!(
            (&closed["results"][0]["outcome"], &closed["results"][0]["version"]),
            (&json!("versioned"), &json!(2))
        );
        assert_ne!(officer.look_up("K00002", &at("20:00:00"))["verdict"], "riding");
    }
}

#[test]
fn a_move_by_the_operator_is_told_as_such() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = town(&registry);
        let mut moved = ride("m1", "k-2", &at("08:00:00"), Some(&at("08:30:00")));
        moved["kind"] = json!("rebalance");
        operator.report(&[moved]);
        assert_eq!(officer.look_up("K00002", &at("08:10:00"))["verdict"], "moved_by_operator");
    }
}

#[test]
fn a_number_that_was_never_issued_offers_its_look_alikes() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (_, officer) = town(&registry);
        let answer = officer.look_up("K00007", &at("12:05:00"));
        assert_eq!(
            (&answer["verdict"], &answer["reason"]),
            (&json!("unknown_number"), &json!("not_issued")),
            "{answer}"
        );
        let offered: Vec<_> =
            answer["candidates"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap()).collect();
        assert!(offered.contains(&"K00001"), "{offered:?}");
        assert_eq!(officer.look_up("T00001", &at("12:05:00"))["reason"], "letter_unclaimed");
    }
}

#[test]
fn a_plate_is_understood_as_people_write_it() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (_, officer) = town(&registry);
        for text in ["k00001", "К00001", "к 00-001", "K 00001", "Ｋ００００１", "K0000l", "KOOOO1", "K00001 "] {
            let answer = officer.look_up(text, &at("12:05:00"));
            assert_eq!((&answer["verdict"], &answer["session"]["ride_id"]), (&json!("riding"), &json!("r2")), "{text}");
        }
        let unreadable = officer.look_up("K?0001", &at("12:05:00"));
        assert_eq!(unreadable["session"]["ride_id"], "r2", "{unreadable}");
    }
}

#[test]
fn a_cyrillic_letter_with_two_meanings_is_ambiguous_where_both_numbers_exist() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (h, n) = (registry.operator('H'), registry.operator('N'));
        h.enroll(&fleet("h", 1));
        let officer = registry.officer();
        let alone = officer.look_up("Н00001", &at("12:05:00"));
        assert_eq!(alone["reading"]["number"], "H00001", "{alone}");
        n.enroll(&fleet("n", 1));
        let both = officer.look_up("Н00001", &at("12:05:00"));
        assert_eq!((&both["verdict"], &both["ambiguous_by"]), (&json!("ambiguous"), &json!("plate")), "{both}");
        assert_eq!(both["candidates"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn a_code_that_names_another_scooter_than_the_face_is_told_first() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (_, officer) = town(&registry);
        let body = json!({"plate": "K00001", "qr": "K00002", "at": at("12:05:00"), "purpose": "collision",
                          "case_number": "2026-000001"});
        let answer = officer.post("/v1/lookups", &body).expect(200)["lookup"].clone();
        assert_eq!(answer["warnings"][0], "qr_differs_from_face");
        assert_eq!(answer["verdict"], "ambiguous");
    }
}

#[test]
fn a_scooter_out_of_service_no_longer_bears_its_number() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        let list = "device_id,in_service,out_of_service\nk-1,2026-07-01,2026-07-20\nk-2,01.07.2026,\n";
        operator.enroll(list);
        let officer = registry.officer();
        let verdict = |at: &str| {
            let answer = officer.look_up("K00001", at);
            (answer["verdict"].as_str().unwrap().to_owned(), answer["reason"].clone())
        };
        assert_eq!(verdict("2026-06-30T23:59:59+05:00"), ("not_in_service".into(), json!("not_yet")));
        assert_eq!(verdict("2026-07-01T00:00:00+05:00"), ("not_reported".into(), Value::Null));
        assert_eq!(verdict("2026-07-20T23:59:59+05:00"), ("not_reported".into(), Value::Null));
        assert_eq!(verdict("2026-07-21T00:00:00+05:00"), ("not_in_service".into(), json!("annulled")));
    }
}

#[test]
fn a_ride_that_changed_after_somebody_asked_says_so_and_is_an_entry() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = town(&registry);
        officer.look_up("K00001", &at("12:05:00"));
        let before = registry.database.query_i64("SELECT size FROM log_head")[0];
        let changed = operator.report(&[ride("r2", "k-1", &at("12:00:00"), Some(&at("12:04:00")))]);
        assert_eq!(changed["results"][0]["version"], 2);
        assert_eq!(registry.database.query_i64("SELECT size FROM log_head")[0], before + 1);
        let answer = officer.look_up("K00001", &at("12:03:00"));
        let warnings = answer["warnings"].as_array().unwrap();
        assert!(warnings.contains(&json!("changed_after_question")), "{answer}");
        assert_eq!(answer["session"]["versions"][0]["ended_at"], "2026-07-07T12:20:00.000+05:00");
    }
}

#[test]
fn a_question_without_purpose_or_case_is_refused_and_is_an_entry() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (_, officer) = town(&registry);
        let size = || registry.database.query_i64("SELECT size FROM log_head")[0];
        let before = size();
        let refused = officer.post("/v1/lookups", &json!({"plate": "K00001", "at": "2026-07-07T12:05:00"}));
        assert_eq!(refused.status, 422, "{}", refused.text());
        let body = refused.json();
        let pointers: Vec<_> =
            body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/at", "/purpose", "/case_number"]);
        assert_eq!(size(), before + 1);
        let russian = officer.speaking("ru").ask("K00001", "вчера").json();
        assert!(russian["errors"][0]["detail"].as_str().unwrap().contains("момент"), "{russian}");
    }
}

#[test]
fn a_pending_case_is_answered_and_named_later_once() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (_, officer) = town(&registry);
        let body = json!({"plate": "K00001", "at": at("12:05:00"), "purpose": "collision", "case_number": "pending"});
        let answer = officer.post("/v1/lookups", &body).expect(200)["lookup"].clone();
        assert_eq!(answer["verdict"], "riding");
        let path = format!("/v1/lookups/{}/case", answer["id"].as_str().unwrap());
        assert_eq!(officer.post(&path, &json!({"case_number": "nonsense"})).status, 422);
        assert_eq!(officer.post(&path, &json!({"case_number": "2026-000007"})).status / 100, 2);
        assert_eq!(officer.post(&path, &json!({"case_number": "2026-000008"})).status, 409);
    }
}

#[test]
fn an_answer_is_read_again_by_who_asked_and_by_the_own_supervisor_only() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, _) = town(&registry);
        let officer = registry.officer_of("Almaty");
        let answer = officer.look_up("K00001", &at("12:05:00"));
        let path = format!("/v1/lookups/{}", answer["id"].as_str().unwrap());
        let again = officer.get(&path).expect(200)["lookup"].clone();
        let without = |mut answer: Value| {
            answer.as_object_mut().unwrap().remove("receipt");
            answer
        };
        assert_eq!(without(again.clone()), without(answer.clone()));
        assert_eq!(again["receipt"]["index"], answer["receipt"]["index"]);
        assert_eq!(again["receipt"]["entry_hash"], answer["receipt"]["entry_hash"]);
        registry.supervisor_of("Almaty").get(&path).expect(200);
        assert_eq!(registry.supervisor_of("Astana").get(&path).status, 404);
        assert_eq!(registry.officer_of("Almaty").get(&path).status, 404);
        assert_eq!(operator.get(&path).status, 403);
    }
}

#[test]
fn a_policy_in_force_at_the_instant_is_named() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, officer) = town(&registry);
        let policy = json!({"insurer": "АО Полис", "policy_number": "П-1", "valid_from": "2026-07-01",
                            "valid_until": "2026-07-07", "vehicles": "all"});
        operator.post("/v1/policies", &policy).expect(201);
        let answer = officer.look_up("K00001", &at("23:59:59"));
        assert_eq!((&answer["policy"]["number"], &answer["policy"]["source"]), (&json!("П-1"), &json!("operator")));
        let after = officer.look_up("K00001", "2026-07-08T00:00:00+05:00");
        assert_eq!(after["policy"], Value::Null);
        assert!(after["warnings"].as_array().unwrap().contains(&json!("insurance_gap")));
    }
}

#[test]
fn an_operator_that_keeps_its_rides_has_not_answered() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let regulator = registry.regulator();
        let new = json!({"legal_name": "Holder", "bin": crate::house::bin('Z'), "contact_phone": "1",
                         "contact_email": "a@b.kz", "custody": "held"});
        let id = regulator.post("/v1/operators", &new).expect(201)["operator"]["id"].as_str().unwrap().to_owned();
        let key = json!({"name": "k", "scopes": ["series", "fleet"]});
        let key = regulator.post(&format!("/v1/operators/{id}/keys"), &key).expect(201);
        let operator = Person::new(registry.url(), key["key"]["secret"].as_str().unwrap());
        operator.post("/v1/series", &json!({"letter": "Z"})).expect(201);
        regulator.post("/v1/series/Z/decision", &json!({"decision": "confirm", "reason": "ok"})).expect(200);
        operator.enroll(&fleet("z", 1));
        let answer = registry.officer().look_up("Z00001", &at("12:05:00"));
        assert_eq!(answer["verdict"], "operator_holds");
        assert_eq!(answer["operator"]["legal_name"], "Holder");
    }
}
