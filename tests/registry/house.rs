//! A registry under test: the real `startup`, with people who hold real keys.
//!
//! *Invariant:* when a test ends, no job is left over and the audit log verifies, unless the test says that it broke it.

use serde_json::{Value, json};
use std::collections::HashMap;
use tempfile::TempDir;

use scooter_registry::config::{self, Settings};
use scooter_registry::model::Role;
use scooter_registry::plate::{KZ_158, SPARSE_19, Scheme};
use scooter_registry::registry::Registry;
use scooter_registry::registry::access::{self, KeyRequest, NewAccount};
use scooter_registry::registry::attest::{self, SignerState};
use scooter_registry::startup::{self, Running};

use crate::database::{Kind, TestDatabase};
use crate::people::Person;

pub(crate) struct TestRegistry {
    pub(crate) database: TestDatabase,
    pub(crate) secrets: TempDir,
    running: Option<Running>,
    scheme: Scheme,
    broken_on_purpose: bool,
}

/// The scheme of all tests that name no number and no letter.
pub(crate) fn scheme() -> Scheme {
    match std::env::var("SCOOTER_REGISTRY_TEST_SCHEME") {
        Ok(name) => Scheme::find(&name).expect("SCOOTER_REGISTRY_TEST_SCHEME is a scheme"),
        Err(_) => KZ_158,
    }
}

/// Settings for a test: the built-in ones, this database, port 0, quick jobs, and for seven symbols the shipped example's.
pub(crate) fn settings(database: &str, secrets: &std::path::Path, more: &[(&str, &str)]) -> Settings {
    let mut values = HashMap::from([
        ("DATABASE__URL", database.to_owned()),
        ("DATABASE__CONNECTIONS", "8".to_owned()),
        ("SERVER__LISTEN", "127.0.0.1:0".to_owned()),
        ("SERVER__WORKERS", "2".to_owned()),
        ("SERVER__LOOKUPS_PER_MINUTE", "0".to_owned()),
        ("SERVER__PUBLIC_PAGES_PER_MINUTE", "0".to_owned()),
        ("SECRETS__DIRECTORY", secrets.display().to_string()),
        ("JOBS__POLL_MS", "20".to_owned()),
    ]);
    values.insert("REGISTRY__SCHEME", scheme().name().to_owned());
    values.extend(more.iter().map(|(key, value)| (*key, (*value).to_owned())));
    let example = (values["REGISTRY__SCHEME"] == SPARSE_19.name())
        .then(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sparse-19.toml"));
    let environment = values.into_iter().map(|(key, value)| (format!("SCOOTER_REGISTRY__{key}"), value));
    config::load(example.as_deref(), environment).expect("the settings of a test are settings")
}

/// What a program of its own is to be told, so that it has the scheme of the run.
pub(crate) fn scheme_in_the_environment() -> Vec<(&'static str, &'static str)> {
    told_of(scheme())
}

fn told_of(scheme: Scheme) -> Vec<(&'static str, &'static str)> {
    let mut told = vec![("SCOOTER_REGISTRY__REGISTRY__SCHEME", scheme.name())];
    if scheme == SPARSE_19 {
        told.push(("SCOOTER_REGISTRY__PLATES__REAR__NUMBER_MM", "14.4"));
        told.push(("SCOOTER_REGISTRY__PLATES__SIDE__NUMBER_MM", "9"));
    }
    told
}

fn of<'a>(scheme: Scheme, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [("REGISTRY__SCHEME", scheme.name())].into_iter().chain(more.iter().copied()).collect()
}

impl TestRegistry {
    pub(crate) fn start(kind: Kind) -> Self {
        Self::start_with(kind, &[])
    }

    /// With the scheme of the run; for tests that name no number and no letter.
    pub(crate) fn start_with(kind: Kind, more: &[(&str, &str)]) -> Self {
        Self::start_of(scheme(), kind, more)
    }

    /// With Kazakhstan's scheme in every run; for tests that name a number or a letter.
    pub(crate) fn kz(kind: Kind) -> Self {
        Self::start_of(KZ_158, kind, &[])
    }

    /// As [`Self::kz`], with other settings.
    pub(crate) fn kz_with(kind: Kind, more: &[(&str, &str)]) -> Self {
        Self::start_of(KZ_158, kind, more)
    }

    /// With this scheme in every run.
    pub(crate) fn start_of(scheme: Scheme, kind: Kind, more: &[(&str, &str)]) -> Self {
        let database = TestDatabase::create(kind);
        let secrets = TempDir::with_prefix("scooter-registry-secrets-").unwrap();
        let running = startup::start(&settings(&database.url, secrets.path(), &of(scheme, more)));
        let running = running.expect("the registry starts");
        Self { database, secrets, running: Some(running), scheme, broken_on_purpose: false }
    }

    /// Starts another server on the same database with the same secrets.
    pub(crate) fn second_server(&self) -> Running {
        startup::start(&self.settings(&[])).expect("a second server starts")
    }

    /// The settings of a server of this registry.
    pub(crate) fn settings(&self, more: &[(&str, &str)]) -> Settings {
        settings(&self.database.url, self.secrets.path(), &of(self.scheme, more))
    }

    /// What a program of its own is to be told, so that it has the scheme of this registry.
    pub(crate) fn scheme_in_the_environment(&self) -> Vec<(&'static str, &'static str)> {
        told_of(self.scheme)
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn url(&self) -> &str {
        &self.running().url
    }

    /// Says that this test breaks the log, so that it need not verify at the end.
    pub(crate) fn break_on_purpose(&mut self) {
        self.broken_on_purpose = true;
    }

    /// Stops and starts again on the same database.
    pub(crate) fn restart(&mut self) {
        self.stop();
        self.begin_again(&[]);
    }

    /// Stops, to be begun again.
    pub(crate) fn stop(&mut self) {
        self.running.take().unwrap().stop().unwrap();
    }

    /// Starts on the same database after a stop.
    pub(crate) fn begin_again(&mut self, more: &[(&str, &str)]) {
        self.running = Some(startup::start(&self.settings(more)).unwrap());
    }

    fn person(&self, role: Role, authority: Option<&str>) -> Person {
        person_at(self.running().registry(), self.url(), role, authority)
    }

    pub(crate) fn regulator(&self) -> Person {
        self.person(Role::Regulator, None)
    }

    pub(crate) fn auditor(&self) -> Person {
        self.person(Role::Auditor, None)
    }

    pub(crate) fn officer(&self) -> Person {
        self.person(Role::Officer, Some("Almaty police"))
    }

    pub(crate) fn officer_of(&self, authority: &str) -> Person {
        self.person(Role::Officer, Some(authority))
    }

    pub(crate) fn supervisor_of(&self, authority: &str) -> Person {
        self.person(Role::Supervisor, Some(authority))
    }

    /// Admits an operator and gives it a confirmed letter.
    pub(crate) fn operator(&self, letter: char) -> Person {
        operator_at(self.running().registry(), self.url(), letter)
    }

    /// Admits an operator whose name and BIN come from a letter.
    pub(crate) fn admitted(&self, letter: char) -> Person {
        admit_at(&self.regulator(), letter)
    }

    /// Verifies the log as `log verify` does; returns what is wrong.
    pub(crate) fn log_findings(&self) -> Vec<String> {
        attest::verify_log(self.running().registry(), None).expect("the log can be read").findings
    }

    /// Reads what the signer keeps outside the database.
    pub(crate) fn signer_state(&self) -> SignerState {
        let bytes = std::fs::read(self.secrets.path().join("audit-log-signed.state")).expect("the signer has signed");
        SignerState::from_bytes(&bytes).expect("it is what the signer wrote")
    }

    /// Verifies the log against what the signer keeps.
    pub(crate) fn verify_with(&self, state: &SignerState) -> Vec<String> {
        attest::verify_log(self.running().registry(), Some(state)).expect("the log can be read").findings
    }
}

/// Opens a registry without serving it, beside servers in other processes, which have Kazakhstan's scheme.
pub(crate) fn open(database: &str, secrets: &std::path::Path) -> Registry {
    startup::open(&settings(database, secrets, &of(KZ_158, &[]))).expect("the registry opens").registry
}

/// Makes an account at the console and returns who holds its key.
pub(crate) fn person_at(registry: &Registry, url: &str, role: Role, authority: Option<&str>) -> Person {
    let (now, mut rng, console) =
        (scooter_registry::clock::now(), scooter_registry::clock::chance(), access::console());
    let new = NewAccount {
        role,
        name: format!("test {role}"),
        authority: authority.map(ToOwned::to_owned),
        operator_id: None,
    };
    let key = registry
        .store
        .write(|tx| {
            let account = access::create_account(tx, now, &mut rng, &console, new)?;
            let request = KeyRequest { name: "first".into(), scopes: None, expires_at: None };
            access::create_key(tx, registry, now, &mut rng, &console, &account.id, request)
        })
        .expect("an account is made");
    Person::new(url, &key.key.reveal())
}

/// Admits an operator and gives it a confirmed letter, where numbers have one.
pub(crate) fn operator_at(registry: &Registry, url: &str, letter: char) -> Person {
    let regulator = person_at(registry, url, Role::Regulator, None);
    let operator = admit_at(&regulator, letter);
    if !registry.rules.scheme.has_letters() {
        return operator;
    }
    operator.post("/v1/series", &json!({"letter": letter.to_string()})).expect(201);
    let decision = json!({"decision": "confirm", "reason": "test"});
    regulator.post(&format!("/v1/series/{letter}/decision"), &decision).expect(200);
    operator
}

/// Admits an operator whose name and BIN come from a letter.
pub(crate) fn admit_at(regulator: &Person, letter: char) -> Person {
    let new = json!({
        "legal_name": format!("ТОО Самокаты {letter}"), "bin": bin(letter), "contact_phone": "+7 700 000 00 00",
        "contact_email": "duty@example.kz", "custody": "deposited",
    });
    let operator = regulator.post("/v1/operators", &new).expect(201)["operator"].clone();
    let id = operator["id"].as_str().unwrap();
    let scopes = ["series", "fleet", "plates", "policies", "sessions", "disclosures", "keys"];
    let request = json!({"name": "first", "scopes": scopes});
    let key = regulator.post(&format!("/v1/operators/{id}/keys"), &request).expect(201);
    let mut person = Person::new(&regulator.url, key["key"]["secret"].as_str().unwrap());
    person.id = id.to_owned();
    person
}

impl Drop for TestRegistry {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        if std::thread::panicking() {
            drop(running.stop());
            return;
        }
        let report = attest::verify_log(running.registry(), None);
        running.stop().expect("the registry stops");
        let waiting = self.database.query_i64("SELECT COUNT(*) FROM jobs WHERE ended_at IS NULL");
        assert_eq!(waiting, [0], "jobs are left over");
        if !self.broken_on_purpose {
            let findings = report.expect("the log can be read").findings;
            assert!(findings.is_empty(), "the log does not verify: {findings:?}");
        }
    }
}

/// A BIN with a right check digit, different for every letter.
pub(crate) fn bin(letter: char) -> String {
    let stem = format!("18024000{:03}", u32::from(letter));
    let digits: Vec<u32> = stem.chars().map(|digit| digit.to_digit(10).unwrap()).collect();
    let sum = |weights: [u32; 11]| digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>() % 11;
    let check = match sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
        10 => sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]),
        digit => digit,
    };
    format!("{stem}{check}")
}

/// A fleet list of vehicles `{prefix}-1` to `{prefix}-{count}`.
pub(crate) fn fleet(prefix: &str, count: usize) -> String {
    let mut list = "device_id,make,model,year,colour,serial_number\n".to_owned();
    for number in 1..=count {
        list.push_str(&format!("{prefix}-{number},Ninebot,Max,2025,green,SN-{prefix}-{number}\n"));
    }
    list
}

/// A ride of a vehicle.
pub(crate) fn ride(id: &str, device: &str, from: &str, until: Option<&str>) -> Value {
    json!({"ride_id": id, "device_id": device, "started_at": from, "ended_at": until,
           "start": {"lat": 43.238, "lng": 76.945}, "end": until.map(|_| json!({"lat": 43.24, "lng": 76.95})),
           "rider_handle": format!("rider of {id}")})
}
