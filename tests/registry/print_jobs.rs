//! Print jobs: made, fetched, listed; what the archive, the manifest and the codes on the sheets say.
//!
//! *Invariant:* what a code should say comes from the registry's answers, never from the file that is judged.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use crate::database::kinds;
use crate::decoders::{rasterised, read_by_rqrr, read_by_zbar, there_is_poppler, there_is_zbar};
use crate::house::{TestRegistry, fleet};
use crate::people::{Person, Reply};
use crate::plate_items::items;

/// What a print shop's machine has.
const RASTER_DPI: u32 = 300;

/// Orders, and waits for the end.
pub(crate) fn order(operator: &Person, body: &Value) -> Reply {
    let headers = [("content-type", "application/json"), ("prefer", "wait=100")];
    operator.send("POST", "/v1/print-jobs", &headers, body.to_string().as_bytes())
}

/// Orders what is made.
#[track_caller]
pub(crate) fn made(operator: &Person, body: &Value) -> Value {
    let job = order(operator, body).expect(200)["print_job"].clone();
    assert_eq!(job["status"], "done", "{job}");
    job
}

/// Fetches a file of a job.
#[track_caller]
pub(crate) fn file(operator: &Person, job: &Value, name: &str) -> Vec<u8> {
    let reply = operator.get(&format!("/v1/print-jobs/{}/files/{name}", job["id"].as_str().unwrap()));
    assert_eq!(reply.status, 200, "{name}: {}", reply.text());
    reply.bytes
}

/// The files of an archive, by name.
pub(crate) fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).expect("it is an archive");
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let read = |name: String| {
        let mut bytes = Vec::new();
        archive.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    names.into_iter().map(read).collect()
}

/// The rows of a manifest, each by the names of its columns.
pub(crate) fn rows(manifest: &[u8]) -> Vec<BTreeMap<String, String>> {
    let mut read = csv::Reader::from_reader(manifest);
    read.deserialize().collect::<Result<_, _>>().expect("the manifest is a list")
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// What the codes of these numbers must say.
fn codes(operator: &Person, numbers: &[&str]) -> BTreeSet<String> {
    let of = |number: &&str| items(operator, number).into_iter().map(|item| item["qr"].as_str().unwrap().to_owned());
    numbers.iter().flat_map(of).collect()
}

#[test]
fn a_batch_is_made_and_the_archive_the_manifest_and_every_code_agree() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 3));
        let numbers = ["K00001", "K00002", "K00003"];
        let accepted = operator.post("/v1/print-jobs", &json!({"numbers": numbers, "stock": "sra3", "format": "pdf"}));
        // 200 where the work had ended before the answer was written.
        assert!(matches!(accepted.status, 200 | 202), "{}", accepted.text());
        let path = accepted.header("location").unwrap().to_owned();
        let job = operator.send("GET", &path, &[("prefer", "wait=100")], &[]).expect(200)["print_job"].clone();
        assert_eq!(
            (&job["status"], &job["items"], &job["items_done"]),
            (&json!("done"), &json!(9), &json!(9)),
            "{job}"
        );
        assert_eq!((&job["stock"], &job["numbers"], &job["reprints"]), (&json!("sra3"), &json!(3), &json!(0)), "{job}");
        assert_eq!(job["preflight"]["separations"], json!(["Black", "CutContour"]), "{job}");
        let listed: Vec<_> = job["files"].as_array().unwrap().clone();
        let names: Vec<_> = listed.iter().map(|file| file["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["rear-001.pdf", "side-001.pdf", "manifest.csv", "preflight.json", "preflight.txt"]);

        let archive = operator.get(job["archive_url"].as_str().unwrap());
        assert_eq!(archive.header("content-type"), Some("application/zip"));
        let packed = unpacked(&archive.bytes);
        for told in &listed {
            let name = told["name"].as_str().unwrap();
            let alone = file(&operator, &job, name);
            assert_eq!(packed[name], alone, "{name} is the same alone and in the archive");
            assert_eq!(told["sha256"], sha256(&alone), "{name}");
            assert_eq!(told["bytes"], alone.len(), "{name}");
        }
        assert_eq!(packed.len(), listed.len());
        assert_eq!(unpacked(&file(&operator, &job, &format!("{}.zip", job["id"].as_str().unwrap()))), packed);

        let rows = rows(&packed["manifest.csv"]);
        assert_eq!(rows.len(), 9);
        let wanted = codes(&operator, &numbers);
        assert_eq!(rows.iter().map(|row| row["qr"].clone()).collect::<BTreeSet<_>>(), wanted);
        for row in &rows {
            assert_eq!(row["sha256"], sha256(&packed[&row["file"]]), "{row:?}");
        }
        if there_is_poppler() && there_is_zbar() {
            let folder = tempfile::tempdir().unwrap();
            let read_at = |dpi: u32| {
                let page = |name: &str| {
                    let pdf = folder.path().join(format!("{dpi}-{name}"));
                    std::fs::write(&pdf, &packed[name]).unwrap();
                    rasterised(&pdf, dpi)
                };
                read_by_zbar(&["rear-001.pdf", "side-001.pdf"].map(page)).into_values().flatten()
            };
            // Tags are chosen at random, and of a page full of codes the reader overlooks one now and then, at one size.
            let read: BTreeSet<_> = read_at(RASTER_DPI).chain(read_at(RASTER_DPI * 2)).collect();
            assert_eq!(read, wanted, "the sheets say what the registry says");
        }
        for number in numbers {
            assert!(items(&operator, number).iter().all(|item| item["state"] == "printed"), "{number}");
        }
    }
}

#[test]
fn the_same_order_gives_the_same_bytes_and_needs_a_reason_the_second_time() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 4));
        let body =
            json!({"range": {"from": "K00001", "to": "k 00003"}, "positions": ["left", "rear"], "format": "pdf"});
        let first = made(&operator, &body);
        let refused = order(&operator, &body).problem(422, "invalid-request");
        let fault = &refused["errors"][0];
        assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/reason"), &json!("reprint_reason")), "{refused}");
        let told = fault["detail"].as_str().unwrap();
        assert!(told.contains('6') && told.contains("K00001 rear") && told.contains("reason"), "{told}");
        let mut again = body.clone();
        again["reason"] = json!("the first sheets were cut askew");
        let second = made(&operator, &again);
        assert_eq!((&second["reprints"], &second["reason"]), (&json!(6), &again["reason"]));
        assert_eq!(second["job_hash"], first["job_hash"]);
        assert_ne!(second["id"], first["id"]);
        let archives = [&first, &second].map(|job| file(&operator, job, "batch.zip"));
        assert_eq!(archives[0], archives[1], "the same order gives the same bytes");
        // What was reprinted is on record for each plate, and nothing else is.
        let reprinted = "SELECT COUNT(*) FROM print_job_items WHERE printed_before AND made_at IS NOT NULL";
        let fresh = "SELECT COUNT(*) FROM print_job_items WHERE NOT printed_before AND made_at IS NOT NULL";
        assert_eq!(registry.database.query_i64(reprinted), [6]);
        assert_eq!(registry.database.query_i64(fresh), [6]);
        let states = "SELECT COUNT(*) FROM plate_item_states WHERE state = 'printed' AND reason IS NOT NULL";
        assert_eq!(registry.database.query_i64(states), [6]);
        assert_eq!(items(&operator, "K00001")[2]["state"], "ordered", "the right one was not asked for");
    }
}

#[test]
fn an_import_is_printed_by_what_it_brought() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        let second = operator.enroll(&fleet("k", 4));
        let job = made(&operator, &json!({"import": second["id"], "positions": ["rear"], "format": "pdf"}));
        let rows = rows(&file(&operator, &job, "manifest.csv"));
        assert_eq!(rows.iter().map(|row| row["plate"].as_str()).collect::<Vec<_>>(), ["K00003", "K00004"]);
    }
}

#[test]
fn pictures_come_one_a_plate_in_one_archive() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 2));
        for (format, more) in [("png", json!({"dpi": 200})), ("svg", json!({"reason": "for the office"}))] {
            let mut body = json!({"numbers": ["K00001", "K00002"], "format": format});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let job = made(&operator, &body);
            assert_eq!((&job["stock"], &job["preflight"]), (&Value::Null, &Value::Null));
            let packed = unpacked(&file(&operator, &job, "batch.zip"));
            let rows = rows(&packed["manifest.csv"]);
            assert_eq!((packed.len(), rows.len()), (7, 6));
            for row in rows {
                let picture = &packed[&row["file"]];
                assert_eq!(row["sha256"], sha256(picture));
                if format == "png" {
                    assert_eq!(read_by_rqrr(picture), [row["qr"].clone()]);
                } else {
                    assert!(picture.starts_with(b"<svg"), "{row:?}");
                }
            }
        }
    }
}

#[test]
fn several_copies_lie_side_by_side_and_may_be_cut_by_the_end_of_a_file() {
    for kind in kinds() {
        let registry = TestRegistry::kz_with(kind, &[("PRESS__PLATES_A_FILE", "4")]);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 3));
        let body = json!({"numbers": ["K00002", "K00001", "K00003"], "positions": ["rear"], "format": "pdf",
                          "stock": "single", "copies": 3, "reason": "spare ones"});
        let job = made(&operator, &body);
        assert_eq!(job["items"], 9);
        let rows = rows(&file(&operator, &job, "manifest.csv"));
        let shown: Vec<_> =
            rows.iter().map(|row| format!("{} {} {}", row["file"], row["plate"], row["copy"])).collect();
        assert_eq!(shown.len(), 9);
        assert_eq!(shown[3..6], ["rear-001.pdf K00001 1", "rear-002.pdf K00001 2", "rear-002.pdf K00001 3"]);
    }
}

#[test]
fn jobs_are_listed_newest_first_by_pages_and_every_download_is_on_record() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 3));
        let jobs = ["K00001", "K00002", "K00003"].map(|number| {
            made(&operator, &json!({"numbers": [number], "format": "svg", "positions": ["rear"]}))["id"].clone()
        });
        let page = operator.get("/v1/print-jobs?limit=2").expect(200);
        let rest = operator.get(page["next"].as_str().unwrap()).expect(200);
        let listed = [&page, &rest].map(|page| page["print_jobs"].as_array().unwrap().clone()).concat();
        let ids: BTreeSet<_> = listed.iter().map(|job| job["id"].to_string()).collect();
        assert_eq!(ids, jobs.iter().map(ToString::to_string).collect());
        assert_eq!((&rest["next"], listed.len()), (&Value::Null, 3));
        let entries = || registry.database.query_i64("SELECT size FROM log_head")[0];
        let before = entries();
        let path = format!("/v1/print-jobs/{}/files", jobs[0].as_str().unwrap());
        for (name, more) in [("manifest.csv", 1), ("batch.zip", 1), ("nothing.pdf", 0)] {
            let known = entries();
            operator.get(&format!("{path}/{name}"));
            assert_eq!(entries(), known + more, "{name}");
        }
        assert_eq!(entries(), before + 2);
    }
}

#[test]
fn an_order_that_is_sent_twice_under_one_key_is_one_job() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let body = json!({"numbers": ["K00001"], "format": "pdf"}).to_string();
        let headers = [("content-type", "application/json"), ("idempotency-key", "once"), ("prefer", "wait=100")];
        let send = || operator.send("POST", "/v1/print-jobs", &headers, body.as_bytes());
        let (first, second) = (send(), send());
        assert_eq!(second.header("idempotency-replayed"), Some("true"));
        assert_eq!(first.expect(200)["print_job"]["id"], second.expect(200)["print_job"]["id"]);
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM print_jobs"), [1]);
    }
}
