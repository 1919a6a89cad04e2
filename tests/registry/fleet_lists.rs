//! Fleet lists: checked first, committed whole, the same file twice changes nothing.
//!
//! *Invariant:* what a dry run foretells is what the commit does.

use serde_json::json;

use crate::database::{Kind, kinds};
use crate::house::{TestRegistry, fleet};

#[test]
fn a_dry_run_changes_nothing_and_foretells_the_commit() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        let checked = operator.upload("", fleet("k", 5).as_bytes());
        assert_eq!(checked["status"], "checked", "{checked}");
        assert_eq!((&checked["counts"]["new"], &checked["counts"]["bad"]), (&json!(5), &json!(0)));
        assert!(operator.numbers().is_empty());
        let path = format!("/v1/fleet-imports/{}/commit", checked["id"].as_str().unwrap());
        let committed = operator.send("POST", &path, &[("prefer", "wait=60")], b"").expect(200);
        assert_eq!(committed["import"]["status"], "committed");
        assert_eq!(committed["import"]["counts"], checked["counts"]);
        assert_eq!(operator.numbers().len(), 5);
        assert_eq!(operator.send("POST", &path, &[], b"").status, 409);
    }
}

#[test]
fn the_same_file_twice_changes_nothing() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 4));
        let before = operator.numbers();
        let again = operator.enroll(&fleet("k", 4));
        assert_eq!((&again["counts"]["unchanged"], &again["counts"]["new"]), (&json!(4), &json!(0)));
        assert_eq!(operator.numbers(), before);
        let versions = registry.database.query_i64("SELECT COUNT(*) FROM vehicle_versions");
        assert_eq!(versions, [4]);
    }
}

#[test]
fn a_changed_fact_is_a_new_version_and_a_missing_column_erases_nothing() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let import = operator.enroll("device_id,colour\nk-1,red\nk-2,green\n");
        assert_eq!((&import["counts"]["changed"], &import["counts"]["unchanged"]), (&json!(1), &json!(1)), "{import}");
        let vehicle = operator.get("/v1/vehicles/k-1").expect(200)["vehicle"].clone();
        assert_eq!((&vehicle["colour"], &vehicle["make"]), (&json!("red"), &json!("Ninebot")));
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM vehicle_versions"), [3]);
    }
}

#[test]
fn a_russian_list_as_excel_saves_it_is_read_without_a_hint() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        let list = "Идентификатор;Серийный номер;Марка;Модель;Год выпуска;Цвет;Дата ввода в эксплуатацию\r\n\
                    ск-1;С-1;Ниндзя;Макс;2025;зелёный;01.07.2026\r\n";
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(list);
        let import = operator.upload("dry_run=false", &bytes);
        assert_eq!(import["status"], "committed", "{import}");
        assert_eq!(import["found"]["encoding"], "windows-1251");
        assert_eq!(import["found"]["delimiter"], ";");
        let path = format!("/v1/vehicles/{}", "%D1%81%D0%BA-1");
        let vehicle = operator.get(&path).expect(200)["vehicle"].clone();
        assert_eq!((&vehicle["make"], &vehicle["in_service"]), (&json!("Ниндзя"), &json!("2026-07-01")));
        let receipt = operator.get(import["receipt_url"].as_str().unwrap());
        let (text, _, broken) = encoding_rs::WINDOWS_1251.decode(&receipt.bytes);
        assert!(!broken && text.contains("ск-1;С-1;Ниндзя") && text.contains("K00001;"), "{text}");
    }
}

#[test]
fn one_bad_row_refuses_the_file_or_is_given_back() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        let list = "device_id,year\na,2025\nb,last year\nc,2024\n";
        let refused = operator.upload("dry_run=false", list.as_bytes());
        assert_eq!((&refused["status"], &refused["counts"]["bad"]), (&json!("refused"), &json!(1)));
        assert_eq!((&refused["problems"][0]["row"], &refused["problems"][0]["column"]), (&json!(3), &json!("year")));
        assert!(!refused["problems"][0]["remedy"].as_str().unwrap().is_empty());
        assert!(operator.numbers().is_empty());
        let taken = operator.upload("dry_run=false&mode=good_rows", list.as_bytes());
        assert_eq!((&taken["status"], operator.numbers().len()), (&json!("committed"), 2));
        let bad = operator.speaking("ru").get(taken["bad_rows_url"].as_str().unwrap()).text();
        assert!(bad.contains("b,last year,") && !bad.contains("2025") && bad.contains("Как исправить"), "{bad}");
    }
}

#[test]
fn a_list_without_a_key_is_told_which_column_could_be_one() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        let list = "Company,Vehicle_ID,Type\nVeo,4eb72ca7,scooter\nVeo,112b47a0,scooter\n";
        let checked = operator.upload("", list.as_bytes());
        let proposal =
            checked["problems"].as_array().unwrap().iter().find(|one| one["kind"] == "key_proposed").unwrap();
        assert!(proposal["remedy"].as_str().unwrap().contains("map=device_id:Vehicle_ID"), "{proposal}");
        let mapped = operator.upload("dry_run=false&map=device_id:%20vehicle_id%20", list.as_bytes());
        assert_eq!(mapped["status"], "committed", "{mapped}");
        assert_eq!(operator.numbers()["112b47a0"], "K00002");
    }
}

#[test]
fn without_a_confirmed_letter_or_while_suspended_no_list_is_taken() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.admitted('K');
        let send = || operator.send("POST", "/v1/fleet-imports", &[("content-type", "text/csv")], b"device_id\na\n");
        assert_eq!(send().status, 409);
        operator.post("/v1/series", &json!({"letter": "K"})).expect(201);
        assert_eq!(send().status, 409);
        let regulator = registry.regulator();
        regulator.post("/v1/series/K/decision", &json!({"decision": "confirm", "reason": "ok"})).expect(200);
        operator.enroll("device_id\na\n");
        let suspension = format!("/v1/operators/{}/suspension", operator.id);
        regulator.post(&suspension, &json!({"reason": "no insurance"}));
        assert_eq!(send().status, 409);
        let answer = registry.officer().look_up("K00001", "2026-07-07T12:00:00+05:00");
        assert!(answer["warnings"].as_array().unwrap().contains(&json!("operator_suspended")), "{answer}");
        operator.report(&[crate::house::ride("r", "a", "2026-07-07T12:00:00+05:00", None)]);
        assert_eq!(regulator.delete(&suspension).status / 100, 2);
        // 200 where the work had ended before the answer was written.
        assert!(matches!(send().status, 200 | 202));
        operator.enroll("device_id\nb\n");
    }
}

#[test]
fn another_operators_number_and_a_borne_one_are_refused_by_name() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (k, z) = (registry.operator('K'), registry.operator('Z'));
        k.enroll(&fleet("k", 1));
        let foreign = z.upload("", b"device_id,plate\nz-1,K00001\n");
        assert_eq!(foreign["problems"][0]["kind"], "plate_of_another_operator", "{foreign}");
        let borne = k.upload("", b"device_id,plate\nk-9,K00001\n");
        assert_eq!(borne["problems"][0]["kind"], "plate_already_borne", "{borne}");
        let other = k.upload("", b"device_id,plate\nk-1,K00005\n");
        assert_eq!(other["problems"][0]["kind"], "vehicle_bears_another_plate", "{other}");
        let serial = k.upload("", b"device_id,serial_number\nk-9,SN-k-1\n");
        assert_eq!(serial["problems"][0]["kind"], "serial_number_taken", "{serial}");
    }
}

#[test]
fn a_multipart_form_is_taken_like_the_bare_file() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        let body = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\
                    Content-Type: text/csv\r\n\r\ndevice_id\na\n\r\n--x--\r\n";
        let headers = [("content-type", "multipart/form-data; boundary=x"), ("prefer", "wait=60")];
        let import = operator.send("POST", "/v1/fleet-imports?dry_run=false", &headers, body.as_bytes()).expect(200);
        assert_eq!(import["import"]["status"], "committed", "{import}");
    }
}

#[test]
fn after_a_long_list_the_database_knows_of_how_much_it_has() {
    for kind in kinds().into_iter().filter(|kind| *kind == Kind::Postgres) {
        let registry = TestRegistry::start(kind);
        registry.operator('K').enroll(&fleet("k", 1_000));
        while registry.database.query_i64("SELECT COUNT(*) FROM jobs WHERE ended_at IS NULL") != [0] {
            std::thread::yield_now();
        }
        let counted = "SELECT reltuples FROM pg_class WHERE relname IN ('vehicles', 'numbers', 'plates')";
        assert_eq!(registry.database.query_i64(counted), [1_000, 1_000, 1_000]);
    }
}
