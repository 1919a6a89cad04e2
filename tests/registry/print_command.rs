//! `scooter-registry print`: one picture as ever, and many plates as a print job that lands whole on the disk.
//!
//! *Invariant:* the real program is run; what it wrote is compared with what the registry says.

use serde_json::json;
use std::path::Path;
use std::process::{Command, Output};

use crate::database::kinds;
use crate::house::{TestRegistry, fleet};
use crate::people::Person;
use crate::print_jobs::{rows, sha256, unpacked};

fn print(operator: &Person, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scooter-registry"))
        .arg("print")
        .args(arguments)
        .args(["--server", &operator.url])
        .current_dir(folder)
        .env("SCOOTER_REGISTRY_KEY", operator.key.as_deref().unwrap())
        .env("LC_ALL", "C")
        .output()
        .expect("the program runs")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn many_plates_land_in_an_archive_or_a_directory_and_a_single_one_as_before() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        let import = operator.enroll(&fleet("k", 5));
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &[&str]| print(&operator, folder.path(), arguments);

        let one = run(&["K00001"]);
        assert!(one.status.success(), "{}", said(&one));
        assert!(std::fs::read(folder.path().join("K00001-rear.pdf")).unwrap().starts_with(b"%PDF"));

        let range = ["--range", "K00001..K00003", "--positions", "rear,left", "--stock", "sra3", "--output"];
        let first = run(&[&range[..], &["first.zip"]].concat());
        assert!(first.status.success(), "{}", said(&first));
        let packed = unpacked(&std::fs::read(folder.path().join("first.zip")).unwrap());
        assert_eq!(rows(&packed["manifest.csv"]).len(), 6);

        let again = run(&[&range[..], &["second"]].concat());
        assert_eq!(again.status.code(), Some(1), "{}", said(&again));
        assert!(said(&again).contains("/reason") && said(&again).contains('6'), "{}", said(&again));
        assert!(!folder.path().join("second").exists());
        let reasoned = run(&[&range[..], &["second", "--reason", "cut askew"]].concat());
        assert!(reasoned.status.success(), "{}", said(&reasoned));
        for (name, bytes) in &packed {
            let alone = std::fs::read(folder.path().join("second").join(name)).unwrap();
            assert_eq!(sha256(&alone), sha256(bytes), "{name}");
        }
        let left: Vec<_> = std::fs::read_dir(folder.path().join("second")).unwrap().collect();
        assert_eq!(left.len(), packed.len(), "nothing half is left");

        let import = import["id"].as_str().unwrap();
        let pictures = run(&["--import", import, "--format", "svg", "--reason", "again", "--output", "all.zip"]);
        assert!(pictures.status.success(), "{}", said(&pictures));
        let packed = unpacked(&std::fs::read(folder.path().join("all.zip")).unwrap());
        assert_eq!(packed.len(), 5 * 3 + 1);

        let usage = run(&["K00001", "K00002", "--item", "2"]);
        assert_eq!(usage.status.code(), Some(2), "{}", said(&usage));
        let listed = operator.get("/v1/print-jobs").expect(200)["print_jobs"].clone();
        assert_eq!(
            listed.as_array().unwrap().iter().map(|job| job["status"].clone()).collect::<Vec<_>>(),
            vec![json!("done"); 3]
        );
    }
}
