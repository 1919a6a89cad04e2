//! What is not printed, and what each caller is told: wrong orders, foreign things, suspensions, ends before the end.
//!
//! *Invariant:* a refused order leaves no job; a foreign thing answers exactly like one that does not exist.

use serde_json::{Value, json};

use crate::database::{Kind, kinds};
use crate::house::{TestRegistry, fleet};
use crate::people::{Person, Reply};
use crate::print_jobs::{file, made, order};

/// What is wrong, by place and code.
fn faults(reply: &Reply) -> Vec<(String, String)> {
    let body = reply.problem(422, "invalid-request");
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap_or_default().to_owned();
    body["errors"].as_array().unwrap().iter().map(|fault| (text(fault, "pointer"), text(fault, "code"))).collect()
}

#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "an order is made where it is refused")]
fn refused(operator: &Person, body: Value, expected: &[(&str, &str)]) {
    let found = faults(&order(operator, &body));
    let found: Vec<_> = found.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
    assert_eq!(found, expected, "{body}");
}

#[test]
fn a_wrong_order_is_told_all_that_is_wrong_with_it_at_once() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, foreign) = (registry.operator('K'), registry.operator('Z'));
        operator.enroll(&fleet("k", 3));
        let import = foreign.enroll(&fleet("z", 1))["id"].clone();
        let pdf = |wanted: Value| {
            let mut body = json!({"format": "pdf"});
            body.as_object_mut().unwrap().extend(wanted.as_object().unwrap().clone());
            body
        };
        refused(&operator, pdf(json!({})), &[("", "exactly_one")]);
        refused(&operator, pdf(json!({"numbers": ["K00001"], "import": "x"})), &[("", "exactly_one")]);
        refused(&operator, pdf(json!({"numbers": []})), &[("/numbers", "nothing_to_print")]);
        // Unknown and foreign numbers answer alike.
        let numbers = json!(["K00001", "K00099", "Z00001", "no number", "к 00001"]);
        let expected = [
            ("/numbers/1", "number_unknown"),
            ("/numbers/2", "number_unknown"),
            ("/numbers/3", "plate_number"),
            ("/numbers/4", "number_repeated"),
        ];
        refused(&operator, pdf(json!({"numbers": numbers})), &expected);
        refused(&operator, pdf(json!({"import": import})), &[("/import", "import_unknown")]);
        refused(&operator, pdf(json!({"import": "nothing"})), &[("/import", "import_unknown")]);
        let dry = operator.upload("dry_run=true", fleet("m", 1).as_bytes());
        refused(&operator, pdf(json!({"import": dry["id"]})), &[("/import", "import_open")]);
        refused(&operator, pdf(json!({"range": {"from": "K00003", "to": "K00001"}})), &[("/range", "number_range")]);
        let ends = [("/range/from", "number_unknown"), ("/range/to", "number_unknown")];
        refused(&operator, pdf(json!({"range": {"from": "K00099", "to": "Z00001"}})), &ends);
        refused(&operator, pdf(json!({"range": {"from": "K00001"}})), &[("/range/to", "missing")]);
        let body = json!({"numbers": ["K00001"], "positions": ["front"], "format": "svg", "stock": "a4", "dpi": 300,
                          "copies": 2, "part": "x", "nothing": 1});
        let codes = [
            ("/positions", "one_of"),
            ("/part", "one_of"),
            ("/stock", "only_with"),
            ("/dpi", "only_with"),
            ("/copies", "only_with"),
            ("/nothing", "unknown_field"),
        ];
        refused(&operator, body, &codes);
        refused(&operator, pdf(json!({"numbers": ["K00001"], "copies": 2})), &[("/reason", "copies_reason")]);
        refused(&operator, pdf(json!({"numbers": ["K00001"], "part": "label"})), &[("/part", "no_label")]);
        refused(&operator, pdf(json!({"numbers": ["K00001"], "stock": "a3"})), &[("/stock", "one_of")]);
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM print_jobs"), [0]);
    }
}

#[test]
fn a_text_that_may_mean_two_numbers_of_the_fleet_prints_neither() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('H');
        operator.post("/v1/series", &json!({"letter": "N"})).expect(201);
        let decision = json!({"decision": "confirm", "reason": "test"});
        registry.regulator().post("/v1/series/N/decision", &decision).expect(200);
        operator.enroll("device_id,plate\na,H00001\nb,N00001\n");
        // Н is H by its shape and N by its sound.
        let body = json!({"numbers": ["Н00001"], "format": "pdf"});
        let told = order(&operator, &body).problem(422, "invalid-request")["errors"][0].clone();
        assert_eq!((&told["pointer"], &told["code"]), (&json!("/numbers/0"), &json!("several_numbers")), "{told}");
        assert!(told["detail"].as_str().unwrap().contains("H00001, N00001"), "{told}");
    }
}

#[test]
fn annulled_numbers_and_withdrawn_plates_are_refused_by_name() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 3));
        let gone = json!({"from": "2026-11-01", "reason": "scrapped"});
        operator.post("/v1/vehicles/k-2/retirement", &gone).expect(201);
        let withdrawn = json!({"state": "withdrawn", "reason": "bent"});
        operator.post("/v1/plates/K00003/items/2/states", &withdrawn).expect(201);
        let body = json!({"range": {"from": "K00001", "to": "K00003"}, "format": "pdf"});
        let reply = order(&operator, &body);
        let expected = [("/range", "numbers_annulled"), ("/range", "plates_withdrawn")];
        let found = faults(&reply);
        assert_eq!(found.iter().map(|(at, code)| (at.as_str(), code.as_str())).collect::<Vec<_>>(), expected);
        let text = reply.text();
        assert!(text.contains("K00002") && text.contains("K00003 left"), "{text}");
        // Ordered anew it is another plate, with another tag.
        let new =
            operator.post("/v1/plates/K00003/items", &json!({"position": "left", "reason": "damaged"})).expect(201);
        let job = made(&operator, &json!({"numbers": ["K00003"], "positions": ["left"], "format": "pdf"}));
        let manifest = String::from_utf8(file(&operator, &job, "manifest.csv")).unwrap();
        assert!(manifest.contains(new["item"]["qr"].as_str().unwrap()), "{manifest}");
    }
}

#[test]
fn a_suspended_operator_orders_nothing_and_receives_nothing() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let job = made(&operator, &json!({"numbers": ["K00001"], "format": "pdf"}));
        let path = format!("/v1/operators/{}/suspension", operator.id);
        registry.regulator().post(&path, &json!({"reason": "unpaid"})).expect(201);
        let body = json!({"numbers": ["K00002"], "format": "pdf"});
        operator.post("/v1/print-jobs", &body).problem(409, "operator-suspended");
        let files = format!("/v1/print-jobs/{}/files", job["id"].as_str().unwrap());
        operator.get(&format!("{files}/rear-001.pdf")).problem(409, "operator-suspended");
        operator.get(&format!("{files}/batch.zip")).problem(409, "operator-suspended");
        assert_eq!(operator.get(&format!("{files}/preflight.txt")).status, 200);
    }
}

#[test]
fn a_foreign_job_is_none() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, foreign) = (registry.operator('K'), registry.operator('Z'));
        operator.enroll(&fleet("k", 1));
        let job = made(&operator, &json!({"numbers": ["K00001"], "format": "pdf"}));
        let path = format!("/v1/print-jobs/{}", job["id"].as_str().unwrap());
        foreign.get(&path).problem(404, "not-found");
        foreign.get(&format!("{path}/files/rear-001.pdf")).problem(404, "not-found");
        foreign.get(&format!("{path}/files/batch.zip")).problem(404, "not-found");
        foreign.post(&format!("{path}/cancellation"), &json!({})).problem(404, "not-found");
        assert_eq!(foreign.get("/v1/print-jobs").expect(200)["print_jobs"], json!([]));
        operator.get(&format!("{path}/files/../preflight.json")).problem(404, "not-found");
    }
}

/// From now on no job is begun: each is said to be held by a worker that never comes back.
pub(crate) fn hold(registry: &TestRegistry) {
    registry.database.execute_all(match registry.database.kind() {
        Kind::Sqlite => {
            "CREATE TRIGGER held AFTER INSERT ON jobs BEGIN \
             UPDATE jobs SET leased_until = 9000000000000000 WHERE id = NEW.id; END"
        }
        Kind::Postgres => "ALTER TABLE jobs ALTER COLUMN leased_until SET DEFAULT 9000000000000000",
    });
}

/// The jobs that were held are begun.
pub(crate) fn release(registry: &TestRegistry) {
    registry.database.execute_all(match registry.database.kind() {
        Kind::Sqlite => "DROP TRIGGER held",
        Kind::Postgres => "ALTER TABLE jobs ALTER COLUMN leased_until DROP DEFAULT",
    });
    registry.database.execute("UPDATE jobs SET leased_until = NULL WHERE ended_at IS NULL").unwrap();
}

/// Orders plates while nobody works.
fn held(operator: &Person, numbers: &[&str]) -> String {
    let job = operator.post("/v1/print-jobs", &json!({"numbers": numbers, "format": "pdf"})).expect(202);
    assert_eq!((&job["print_job"]["status"], &job["print_job"]["items_done"]), (&json!("queued"), &json!(0)), "{job}");
    format!("/v1/print-jobs/{}", job["print_job"]["id"].as_str().unwrap())
}

/// How a job ended.
pub(crate) fn ended(operator: &Person, path: &str) -> Value {
    let job = operator.send("GET", path, &[("prefer", "wait=100")], &[]).expect(200)["print_job"].clone();
    assert!(job["ended_at"].is_string(), "{job}");
    job
}

#[test]
fn a_cancelled_job_makes_no_file_and_counts_as_nothing_printed() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        hold(&registry);
        let path = held(&operator, &["K00001"]);
        operator.get(&format!("{path}/files/rear-001.pdf")).problem(409, "print-file-not-made");
        let archive = operator.get(&format!("{path}/files/batch.zip"));
        archive.problem(409, "print-file-not-made");
        assert!(archive.header("retry-after").is_some());
        // What is ordered already would be printed twice.
        refused(&operator, json!({"numbers": ["K00001"], "format": "pdf"}), &[("/reason", "reprint_reason")]);
        let job = operator.post(&format!("{path}/cancellation"), &json!({})).expect(201)["print_job"].clone();
        assert_eq!((&job["status"], &job["items_done"]), (&json!("cancelled"), &json!(0)));
        operator.post(&format!("{path}/cancellation"), &json!({})).problem(409, "print-job-ended");
        release(&registry);
        made(&operator, &json!({"numbers": ["K00001"], "format": "pdf"}));
        assert_eq!(operator.get(&path).expect(200)["print_job"]["status"], "cancelled");
    }
}

#[test]
fn a_job_whose_plates_may_no_longer_be_printed_fails_and_says_why() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 4));
        hold(&registry);
        let withdrawn = held(&operator, &["K00001", "K00002"]);
        let annulled = held(&operator, &["K00003"]);
        let suspended = held(&operator, &["K00004"]);
        let state = json!({"state": "withdrawn", "reason": "bent"});
        operator.post("/v1/plates/K00002/items/1/states", &state).expect(201);
        let gone = json!({"from": "2026-11-01", "reason": "scrapped"});
        operator.post("/v1/vehicles/k-3/retirement", &gone).expect(201);
        registry.database.execute("UPDATE jobs SET leased_until = NULL WHERE ended_at IS NULL AND leased_until > 8000000000000000 AND subject IN (SELECT id FROM print_jobs WHERE numbers = 2)").unwrap();
        let job = ended(&operator, &withdrawn);
        assert_eq!((&job["status"], &job["failure"]), (&json!("failed"), &json!("plate_withdrawn")), "{job}");
        assert!(job["failure_detail"].as_str().unwrap().contains("withdrawn"), "{job}");
        let path = format!("/v1/operators/{}/suspension", operator.id);
        registry.regulator().post(&path, &json!({"reason": "unpaid"})).expect(201);
        release(&registry);
        // The first thing that stands against it is told.
        assert_eq!(ended(&operator, &annulled)["failure"], "operator_suspended");
        assert_eq!(ended(&operator, &suspended)["failure"], "operator_suspended");
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM print_job_items WHERE made_at IS NOT NULL"), [0]);
    }
}

#[test]
fn an_annulled_number_is_not_drawn_although_it_was_ordered_before() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        hold(&registry);
        let path = held(&operator, &["K00001"]);
        let gone = json!({"from": "2026-11-01", "reason": "scrapped"});
        operator.post("/v1/vehicles/k-1/retirement", &gone).expect(201);
        release(&registry);
        assert_eq!(ended(&operator, &path)["failure"], "number_annulled");
    }
}

#[test]
fn a_job_that_was_accepted_under_other_settings_says_so_and_mixes_nothing() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        hold(&registry);
        let path = held(&operator, &["K00001"]);
        registry.stop();
        registry.begin_again(&[("PRESS__GAP_MM", "7")]);
        release(&registry);
        let operator = operator.at(registry.url());
        let job = ended(&operator, &path);
        assert_eq!((&job["status"], &job["failure"]), (&json!("failed"), &json!("settings_changed")), "{job}");
        let russian = operator.speaking("ru").get(&path).expect(200)["print_job"]["failure_detail"].clone();
        assert!(russian.as_str().unwrap().contains("настройки"), "{russian}");
    }
}

#[test]
fn bytes_that_served_their_time_are_erased_and_the_record_stays() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let body = json!({"numbers": ["K00001"], "format": "pdf"});
        let job = made(&operator, &body);
        let archive = file(&operator, &job, "batch.zip");
        let id = job["id"].as_str().unwrap();
        registry.stop();
        registry.database.execute("UPDATE print_jobs SET ended_at = 1000").unwrap();
        // Housekeeping begins with the program.
        registry.begin_again(&[]);
        while registry.database.query_i64("SELECT COUNT(*) FROM print_job_contents")[0] > 0 {
            std::thread::yield_now();
        }
        let operator = operator.at(registry.url());
        let erased = operator.get(&format!("/v1/print-jobs/{id}")).expect(200)["print_job"].clone();
        assert!(erased["files_erased_at"].is_string() && erased["archive_url"].is_null(), "{erased}");
        assert_eq!(erased["files"][0]["sha256"], job["files"][0]["sha256"]);
        assert_eq!(erased["files"][0]["url"], Value::Null);
        operator.get(&format!("/v1/print-jobs/{id}/files/batch.zip")).problem(410, "print-files-erased");
        let mut again = body;
        again["reason"] = json!("the files are gone");
        assert_eq!(file(&operator, &made(&operator, &again), "batch.zip"), archive, "drawn again they are the same");
    }
}
