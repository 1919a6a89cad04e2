//! Orders of more numbers than are recorded in one transaction: accepted as a whole, recorded by plate afterwards.
//!
//! *Invariant:* what is recorded and what is not yet is counted in the tables; nobody works on a job before a test lets them.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, fleet};
use crate::people::Person;
use crate::print_jobs::{file, made, order, rows};
use crate::print_jobs_refused::{ended, hold, release};

/// A thousand numbers are recorded at once: this takes two more steps.
const NUMBERS: i64 = 2_050;
const RECORDED: &str = "SELECT COUNT(*) FROM print_job_items";
const PARTS: &str = "SELECT COUNT(*) FROM print_job_order_parts";

fn all() -> Value {
    json!({"range": {"from": "K00001", "to": format!("K{NUMBERS:05}")}, "format": "pdf", "stock": "sra3",
           "positions": ["left", "right"]})
}

/// A registry with a fleet, where nobody works on what is ordered from now on.
fn held_with_a_large_order(registry: &TestRegistry) -> (Person, String) {
    let operator = registry.operator('K');
    operator.enroll(&fleet("k", 2_050));
    hold(registry);
    let job = operator.post("/v1/print-jobs", &all()).expect(202)["print_job"].clone();
    assert_eq!((&job["status"], &job["numbers"]), (&json!("queued"), &json!(NUMBERS)), "{job}");
    assert_eq!((&job["items"], &job["items_done"]), (&json!(2 * NUMBERS), &json!(0)), "{job}");
    let names: Vec<_> = job["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["side-001.pdf", "manifest.csv", "preflight.json", "preflight.txt"],
        "the whole order is planned"
    );
    assert_eq!(registry.database.query_i64(RECORDED), [2_000], "what is short is recorded at once");
    assert_eq!(registry.database.query_i64(PARTS), [2], "and the rest stands in its parts");
    (operator, format!("/v1/print-jobs/{}", job["id"].as_str().unwrap()))
}

#[test]
fn a_large_order_is_accepted_at_once_and_a_registry_that_stopped_meanwhile_records_and_draws_all_of_it() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        let (operator, path) = held_with_a_large_order(&registry);
        registry.stop();
        release(&registry);
        registry.begin_again(&[]);
        let operator = operator.at(registry.url());
        let job = ended(&operator, &path);
        assert_eq!((&job["status"], &job["items_done"]), (&json!("done"), &json!(2 * NUMBERS)), "{job}");
        assert_eq!(registry.database.query_i64(PARTS), [0]);
        let places =
            "SELECT COUNT(DISTINCT place) FROM print_job_items WHERE made_at IS NOT NULL AND NOT printed_before";
        assert_eq!(registry.database.query_i64(RECORDED), [2 * NUMBERS]);
        assert_eq!(registry.database.query_i64(places), [2 * NUMBERS], "each in a place of its own");
        assert_eq!(registry.database.query_i64("SELECT MAX(place) FROM print_job_items"), [2 * NUMBERS - 1]);
        let listed = rows(&file(&operator, &job, "manifest.csv"));
        let expected = (1..=NUMBERS).flat_map(|serial| ["left", "right"].map(|side| format!("K{serial:05} {side}")));
        assert!(listed.iter().map(|row| format!("{} {}", row["plate"], row["position"])).eq(expected));
        let again = order(&operator, &all()).problem(422, "invalid-request");
        assert!(again["errors"][0]["detail"].as_str().unwrap().contains(&(2 * NUMBERS).to_string()), "{again}");
        let mut again = all();
        again["reason"] = json!("to compare");
        let second = made(&operator, &again);
        assert_eq!((&second["job_hash"], &second["reprints"]), (&job["job_hash"], &json!(2 * NUMBERS)));
        let sheets = [&job, &second].map(|job| file(&operator, job, "side-001.pdf"));
        assert!(sheets[0] == sheets[1], "the same order gives the same bytes");
        let before = "SELECT COUNT(*) FROM print_job_items WHERE printed_before";
        assert_eq!(registry.database.query_i64(before), [2 * NUMBERS]);
    }
}

#[test]
fn a_large_order_to_which_something_happens_before_it_is_recorded_fails_visibly_and_draws_nothing() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, path) = held_with_a_large_order(&registry);
        let one = |number: &str| json!({"numbers": [number], "format": "pdf", "positions": ["left"]});
        order(&operator, &one("K00001")).problem(422, "invalid-request");
        // The last ones are not recorded by plate yet: whoever orders one is faster, and it is printed once all the same.
        let faster = operator.post("/v1/print-jobs", &one("K02050")).expect(202)["print_job"]["id"].clone();
        release(&registry);
        let failed = ended(&operator, &path);
        assert_eq!(
            (&failed["status"], &failed["failure"]),
            (&json!("failed"), &json!("printed_meanwhile")),
            "{failed}"
        );
        assert!(failed["failure_detail"].as_str().unwrap().contains("another job"), "{failed}");
        assert_eq!(ended(&operator, &format!("/v1/print-jobs/{}", faster.as_str().unwrap()))["status"], "done");
        let made = "SELECT COUNT(*) FROM print_job_items WHERE made_at IS NOT NULL";
        assert_eq!(registry.database.query_i64(made), [1]);

        hold(&registry);
        let mut rest = all();
        rest["range"]["to"] = json!("K02049");
        let job = operator.post("/v1/print-jobs", &rest).expect(202)["print_job"]["id"].clone();
        let gone = json!({"from": "2026-11-01", "reason": "scrapped"});
        operator.post("/v1/vehicles/k-2049/retirement", &gone).expect(201);
        release(&registry);
        let failed = ended(&operator, &format!("/v1/print-jobs/{}", job.as_str().unwrap()));
        assert_eq!((&failed["status"], &failed["failure"]), (&json!("failed"), &json!("number_annulled")), "{failed}");
        assert_eq!(registry.database.query_i64(made), [1], "nothing of it was drawn");
    }
}
