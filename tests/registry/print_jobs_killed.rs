//! A server killed in the middle of a print job: the next one goes on, and the bytes are those of an undisturbed run.
//!
//! *Invariant:* only processes that a test started are killed.

use serde_json::{Value, json};
use std::time::{Duration, Instant};

use crate::database::{TestDatabase, kinds};
use crate::house::{fleet, open, operator_at};
use crate::people::Person;
use crate::print_jobs::{file, sha256};
use crate::server::Server;

/// Many small files, so that there is a middle to be killed in.
const SMALL_FILES: [(&str, &str); 2] = [("PRESS__PLATES_A_FILE", "6"), ("DATABASE__CONNECTIONS", "8")];
const PLATES: usize = 120;

fn done(operator: &Person, id: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(100);
    loop {
        let path = format!("/v1/print-jobs/{id}");
        let job = operator.send("GET", &path, &[("prefer", "wait=20")], &[]).expect(200)["print_job"].clone();
        if job["ended_at"].is_string() {
            assert_eq!(job["status"], "done", "{job}");
            return job;
        }
        assert!(Instant::now() < deadline, "it does not end: {job}");
    }
}

#[test]
fn a_server_killed_in_the_middle_of_a_job_is_resumed_to_the_same_bytes() {
    for kind in kinds() {
        let database = TestDatabase::create(kind);
        let secrets = tempfile::TempDir::with_prefix("scooter-registry-secrets-").unwrap();
        let mut server = Server::start_with(&database.url, secrets.path(), &SMALL_FILES);
        let registry = open(&database.url, secrets.path());
        let operator = operator_at(&registry, &server.url, 'K');
        operator.enroll(&fleet("k", PLATES));
        let body = json!({"range": {"from": "K00001", "to": format!("K{PLATES:05}")}, "format": "pdf", "stock": "a4"});
        let job = operator.post("/v1/print-jobs", &body).expect(202)["print_job"].clone();
        let id = job["id"].as_str().unwrap();
        // Kill it as soon as it has something to lose, and something left to do.
        let made = "SELECT COUNT(*) FROM print_job_files WHERE kind = 'plates' AND made_at IS NOT NULL";
        while database.query_i64(made)[0] < 3 {
            std::thread::yield_now();
        }
        server.kill();
        let at_the_kill = database.query_i64(made)[0];
        let planned = database.query_i64("SELECT COUNT(*) FROM print_job_files WHERE kind = 'plates'")[0];
        assert!((3..planned).contains(&at_the_kill), "killed in the middle: {at_the_kill} of {planned}");
        let printed = "SELECT COUNT(*) FROM plate_item_states WHERE state = 'printed'";
        let marked = "SELECT COUNT(*) FROM print_job_items WHERE made_at IS NOT NULL";
        assert_eq!(database.query_i64(printed), database.query_i64(marked), "files and marks are one");

        let server = Server::start_with(&database.url, secrets.path(), &SMALL_FILES);
        let operator = operator.at(&server.url);
        let resumed = done(&operator, id);
        assert_eq!(resumed["items_done"], 3 * PLATES);
        for told in resumed["files"].as_array().unwrap() {
            assert_eq!(told["sha256"], sha256(&file(&operator, &resumed, told["name"].as_str().unwrap())));
        }
        let mut again = body.clone();
        again["reason"] = json!("to compare");
        let undisturbed = operator.post("/v1/print-jobs", &again).expect(202)["print_job"]["id"].clone();
        let undisturbed = done(&operator, undisturbed.as_str().unwrap());
        let archives = [&resumed, &undisturbed].map(|job| file(&operator, job, "batch.zip"));
        assert!(archives[0] == archives[1], "the bytes of a resumed job are those of an undisturbed one");
        let digests = |job: &Value| {
            let files = job["files"].as_array().unwrap().clone();
            files.iter().map(|file| file["sha256"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(digests(&resumed), digests(&undisturbed));
        let findings = scooter_registry::registry::attest::verify_log(&registry, None).unwrap().findings;
        assert!(findings.is_empty(), "{findings:?}");
    }
}

#[test]
fn a_batch_of_many_files_is_drawn_and_given_out_in_little_memory() {
    // PostgreSQL keeps the rows elsewhere; what is measured is this program.
    let kind = kinds()[0];
    let database = TestDatabase::create(kind);
    let secrets = tempfile::TempDir::with_prefix("scooter-registry-secrets-").unwrap();
    let settings = [("PRESS__PLATES_A_FILE", "500")];
    let server = Server::start_with(&database.url, secrets.path(), &settings);
    let registry = open(&database.url, secrets.path());
    let operator = operator_at(&registry, &server.url, 'K');
    operator.enroll(&fleet("k", 2_000));
    let body = json!({"range": {"from": "K00001", "to": "K02000"}, "format": "pdf", "stock": "sra3"});
    let id = operator.post("/v1/print-jobs", &body).expect(202)["print_job"]["id"].clone();
    server.forget_peak();
    let before = server.peak();
    let job = done(&operator, id.as_str().unwrap());
    let archive = file(&operator, &job, "batch.zip");
    let grown = server.peak().saturating_sub(before);
    assert!(archive.len() > 500_000, "{} bytes", archive.len());
    assert!(grown <= 64 << 20, "{kind:?}: it grew by {} MiB", grown >> 20);
}
