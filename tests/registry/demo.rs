//! The demo: what anybody who tries the program sees first.
//!
//! *Invariant:* what is asserted here is what outsiders build their examples on.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::people::Person;

struct Demo {
    child: Child,
    told: Value,
}

impl Demo {
    fn start(directory: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_scooter-registry"))
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--directory"])
            .arg(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, told: serde_json::from_str(&line).expect("standard output is one line of JSON") }
    }

    fn person(&self, key: &Value) -> Person {
        Person::new(self.told["url"].as_str().unwrap(), key.as_str().unwrap())
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn the_demo_has_two_fleets_and_an_example_that_somebody_rode() {
    let directory = tempfile::TempDir::new().unwrap();
    let demo = Demo::start(directory.path());
    let operators = demo.told["operators"].as_array().unwrap().clone();
    assert_eq!(operators.len(), 2);
    let officer = demo.person(&demo.told["officer_key"]);
    for operator in &operators {
        let letter = operator["letter"].as_str().unwrap();
        assert!(!["T", "L"].contains(&letter));
        let numbers = demo.person(&operator["key"]).numbers();
        for serial in 1..=100 {
            let number = format!("{letter}{serial:05}");
            assert!(numbers.values().any(|known| *known == number), "{number} is in service");
        }
    }
    let verdicts: Vec<_> = demo.told["examples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|example| officer.look_up(example["plate"].as_str().unwrap(), example["at"].as_str().unwrap()))
        .map(|answer| answer["verdict"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(verdicts, ["riding", "idle", "ambiguous"]);
    let regulator = demo.person(&demo.told["regulator_key"]);
    let new = json!({"legal_name": "New", "bin": "180240012342", "contact_phone": "1", "contact_email": "a@b.kz",
                     "custody": "deposited"});
    regulator.post("/v1/operators", &new).expect(201);
}

#[test]
fn a_reopened_demo_prints_the_same_keys_and_keeps_them_private() {
    let directory = tempfile::TempDir::new().unwrap();
    let first = Demo::start(directory.path()).told.clone();
    let again = Demo::start(directory.path());
    for part in ["regulator_key", "operators", "officer_key", "examples"] {
        assert_eq!(first[part], again.told[part], "{part}");
    }
    let mode = std::fs::metadata(directory.path().join("keys.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    again.person(&again.told["regulator_key"]).get("/v1/operators").expect(200);
}
