//! Every route × every role × own, foreign, missing.
//!
//! *Invariant:* a route that stands in no row of `EXPECTED` fails the test, and so does a row without its route.

use serde_json::{Value, json};
use std::collections::BTreeSet;

use scooter_registry::web::ROUTES;

use crate::access_table::{CALLERS, EXPECTED, Row};
use crate::database::kinds;
use crate::house::{TestRegistry, fleet, ride};
use crate::people::{Person, Reply};
use crate::plate_items;

/// Which thing a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thing {
    Own,
    Foreign,
    Missing,
}

/// A registry with two operators, an officer's lookup, and one caller of each kind.
struct Scene {
    registry: TestRegistry,
    operator: Person,
    foreign: Person,
    regulator: Person,
    import: String,
    foreign_import: String,
    lookup: String,
    officer: Person,
    /// Index of the officer's entry, covered by a checkpoint.
    entry: i64,
}

impl Scene {
    fn set(kind: crate::database::Kind) -> Self {
        let registry = TestRegistry::kz(kind);
        let (operator, foreign) = (registry.operator('K'), registry.operator('Z'));
        let import = operator.enroll(&fleet("k", 2))["id"].as_str().unwrap().to_owned();
        let foreign_import = foreign.enroll(&fleet("z", 1))["id"].as_str().unwrap().to_owned();
        let officer = registry.officer_of("Almaty");
        let answer = officer.look_up("K00001", "2026-07-07T12:00:00+05:00");
        let entry = answer["receipt"]["index"].as_i64().unwrap();
        while registry.database.query_i64("SELECT MAX(size) FROM log_checkpoints")[0] <= entry {
            std::thread::yield_now();
        }
        let lookup = answer["id"].as_str().unwrap().to_owned();
        let regulator = registry.regulator();
        Self { registry, operator, foreign, regulator, import, foreign_import, lookup, officer, entry }
    }

    fn caller(&self, name: &str) -> Person {
        match name {
            "nobody" => Person::nobody(self.registry.url()),
            "operator" => self.operator.clone(),
            "officer" => self.officer.clone(),
            "supervisor" => self.registry.supervisor_of("Almaty"),
            "auditor" => self.registry.auditor(),
            "regulator" => self.regulator.clone(),
            _ => {
                // An operator's key that carries no scope but one that no route asks for yet.
                let body = json!({"name": "narrow", "scopes": ["disclosures"]});
                let path = format!("/v1/operators/{}/keys", self.operator.id);
                let key = self.regulator.post(&path, &body).expect(201);
                Person::new(self.registry.url(), key["key"]["secret"].as_str().unwrap())
            }
        }
    }

    /// Fills a path for a thing; a fresh thing where calling it twice would differ.
    fn path(&self, template: &str, verb: &str, thing: Thing) -> String {
        let pick = |own: &str, foreign: &str| match thing {
            Thing::Own => own.to_owned(),
            Thing::Foreign => foreign.to_owned(),
            Thing::Missing => "01890000-0000-7000-8000-000000000000".to_owned(),
        };
        if template.contains("/operators/{id}/suspension") {
            let id = if thing == Thing::Own { self.fresh_operator().id } else { pick("", "") };
            if thing == Thing::Own && verb == "DELETE" {
                self.regulator.post(&format!("/v1/operators/{id}/suspension"), &json!({"reason": "x"}));
            }
            return template.replace("{id}", &id);
        }
        let number = if thing == Thing::Missing { "K00099".to_owned() } else { pick("K00001", "Z00001") };
        let path = template
            .replace("/operators/{id}", &format!("/operators/{}", pick(&self.operator.id, &self.foreign.id)))
            .replace("/fleet-imports/{id}", &format!("/fleet-imports/{}", pick(&self.import, &self.foreign_import)))
            .replace("/lookups/{id}", &format!("/lookups/{}", pick(&self.lookup, &self.foreign_lookup(thing))))
            .replace("/print-jobs/{id}", &format!("/print-jobs/{}", pick(&self.print(true), &self.print(false))))
            .replace("{name}", "manifest.csv")
            .replace("/policies/{id}", &format!("/policies/{}", pick(&self.policy(true), &self.policy(false))))
            .replace("templates/{file}", if thing == Thing::Missing { "templates/x.csv" } else { "templates/full.csv" })
            .replace("{device_id}", &pick("k-1", "z-1"))
            .replace("{item}", "2")
            .replace("{code:.*}", &plate_items::code(&self.operator, "K00001", thing == Thing::Missing))
            .replace("{number}", &number)
            .replace(
                "{index}",
                &match thing {
                    Thing::Own => self.entry.to_string(),
                    Thing::Foreign => "0".to_owned(),
                    Thing::Missing => "99999".to_owned(),
                },
            )
            .replace("entries/{tail:.*}", if thing == Thing::Missing { "entries/x999/999" } else { "entries/000.p/1" })
            .replace("{tail:.*}", if thing == Thing::Missing { "9/x999/999" } else { "0/000.p/1" })
            .replace("{file}", if thing == Thing::Missing { "nothing.js" } else { "swagger-ui.css" })
            .replace("{slug}", if thing == Thing::Missing { "nothing" } else { "not-found" });
        if template.contains("/accounts/{id}") {
            return self.account_path(&path, verb, thing);
        }
        if template.contains("/alarms/{id}") {
            let (person, device) =
                if thing == Thing::Foreign { (&self.foreign, "z-1") } else { (&self.operator, "k-1") };
            let raised = || plate_items::false_alarm(person, device);
            return path.replace("{id}", &if thing == Thing::Missing { pick("", "") } else { raised() });
        }
        if template.contains("{letter}") {
            return path.replace("{letter}", &self.letter(verb, template, thing));
        }
        path
    }

    /// A policy of last year: the operator's own, or the foreign one's.
    fn policy(&self, own: bool) -> String {
        let body = json!({"insurer": "i", "policy_number": "old", "valid_from": "2025-01-01",
                          "valid_until": "2025-01-31", "vehicles": "all"});
        let owner = if own { &self.operator } else { &self.foreign };
        // The first call makes it, later ones are told where it is.
        let reply = owner.post("/v1/policies", &body);
        let there = reply.header("location").map(|path| path.rsplit('/').next().unwrap().to_owned());
        there.unwrap_or_else(|| reply.expect(201)["policy"]["id"].as_str().unwrap().to_owned())
    }

    /// A print job that has ended: the operator's own, or the foreign one's. The same each time.
    fn print(&self, own: bool) -> String {
        let (owner, number) = if own { (&self.operator, "K00002") } else { (&self.foreign, "Z00001") };
        let body = json!({"numbers": [number], "format": "svg", "positions": ["rear"]}).to_string();
        let headers = [("content-type", "application/json"), ("prefer", "wait=60"), ("idempotency-key", "print")];
        let job = owner.send("POST", "/v1/print-jobs", &headers, body.as_bytes()).expect(200);
        job["print_job"]["id"].as_str().unwrap().to_owned()
    }

    fn foreign_lookup(&self, thing: Thing) -> String {
        if thing != Thing::Foreign {
            return String::new();
        }
        let other = self.registry.officer_of("Astana");
        other.look_up("K00001", "2026-07-07T12:00:00+05:00")["id"].as_str().unwrap().to_owned()
    }

    fn account_path(&self, path: &str, verb: &str, thing: Thing) -> String {
        let missing = "01890000-0000-7000-8000-000000000000";
        if thing == Thing::Missing {
            return path.replace("{id}", missing).replace("{key_id}", "000000000000");
        }
        let account = self.regulator.post("/v1/accounts", &json!({"role": "auditor", "name": "a"})).expect(201);
        let id = account["account"]["id"].as_str().unwrap();
        let mut path = path.replace("{id}", id);
        if verb == "DELETE" {
            let body = json!({"name": "k", "scopes": ["audit"]});
            let key = self.regulator.post(&format!("/v1/accounts/{id}/keys"), &body).expect(201);
            path = path.replace("{key_id}", key["key"]["id"].as_str().unwrap());
        }
        path
    }

    fn fresh_operator(&self) -> Person {
        let used = self.registry.database.query_i64("SELECT COUNT(*) FROM operators")[0];
        let letter = char::from_u32(0x100 + u32::try_from(used).unwrap()).unwrap();
        self.registry.admitted(letter)
    }

    /// A letter: the operator's own claim, another one's, one that waits for a decision, or one that nobody claims.
    fn letter(&self, _verb: &str, template: &str, thing: Thing) -> String {
        if thing == Thing::Missing {
            return "X".to_owned();
        }
        if template.ends_with("objections") && thing == Thing::Own {
            return "K".to_owned();
        }
        let claimed = self.free_letter();
        self.fresh_operator().post("/v1/series", &json!({"letter": claimed})).expect(201);
        claimed
    }

    fn free_letter(&self) -> String {
        let used: BTreeSet<_> = self.registry.database.query_text("SELECT letter FROM series").into_iter().collect();
        ('A'..='W').map(String::from).find(|letter| !used.contains(letter)).unwrap()
    }

    fn call(&self, caller: &Person, verb: &str, template: &str, thing: Thing) -> Reply {
        let path = self.path(template, verb, thing);
        if verb == "PATCH" || (verb == "DELETE" && template.ends_with("/retirement")) {
            let body = self.body(&format!("{verb} {template}"));
            return caller.send(verb, &path, &[("content-type", "application/json")], body.to_string().as_bytes());
        }
        if verb != "POST" {
            return caller.send(verb, &path, &[], &[]);
        }
        if template == "/v1/fleet-imports" {
            return caller.send("POST", &path, &[("content-type", "text/csv")], b"device_id\nk-1\n");
        }
        caller.post(&path, &self.body(template))
    }

    fn body(&self, template: &str) -> Value {
        match template {
            "/v1/operators" => {
                let used = self.registry.database.query_i64("SELECT COUNT(*) FROM operators")[0];
                let letter = char::from_u32(0x100 + u32::try_from(used).unwrap()).unwrap();
                json!({"legal_name": "New", "bin": crate::house::bin(letter), "contact_phone": "1",
                       "contact_email": "a@b.kz", "custody": "deposited"})
            }
            "/v1/accounts" => json!({"role": "auditor", "name": "a"}),
            "/v1/operators/{id}/keys" => json!({"name": "k", "scopes": ["fleet"]}),
            "/v1/accounts/{id}/keys" => json!({"name": "k", "scopes": ["audit"]}),
            "/v1/series" => json!({"letter": self.free_letter()}),
            "/v1/series/{letter}/decision" => json!({"decision": "confirm", "reason": "r"}),
            "/v1/plates/{number}/items" => json!({"position": "rear", "reason": "renewed"}),
            "/v1/plates/{number}/items/{item}/states" => json!({"state": "fitted"}),
            "/v1/print-jobs" => json!({"numbers": ["K00001"], "format": "svg", "reason": "again"}),
            "/v1/fittings" => json!({"qr": plate_items::qr(&self.operator, "K00001", 2), "device_id": "k-1"}),
            "/v1/policies" => json!({"insurer": "i", "policy_number": "n", "valid_from": "2026-07-01",
                                     "valid_until": "2026-07-31", "vehicles": "all"}),
            "PATCH /v1/vehicles/{device_id}" => json!({"colour": "red", "reason": "repainted"}),
            "/v1/vehicles/{device_id}/statuses" => json!({"status": "stolen", "since": "2026-07-08T12:00:00+05:00"}),
            "/v1/vehicles/{device_id}/maintenance" => {
                json!({"kind": "repair", "began_at": "2026-07-09T12:00:00+05:00", "description": "d"})
            }
            "/v1/plates/{number}/correction" => {
                // To and fro: the same correction again has nothing to correct.
                let corrected = self.registry.database.query_i64("SELECT COUNT(*) FROM plate_corrections")[0];
                let bearer = if corrected % 2 == 0 { "k-2" } else { "k-1" };
                json!({"device_id": bearer, "reason": "swapped"})
            }
            "/v1/vehicles/{device_id}/retirement" => json!({"from": "2026-11-01", "reason": "scrapped"}),
            "DELETE /v1/vehicles/{device_id}/retirement" => {
                json!({"operator_id": self.operator.id, "reason": "a mistake"})
            }
            "PATCH /v1/policies/{id}" => json!({"valid_until": "2025-01-30", "reason": "r"}),
            "/v1/policies/{id}/checks" => json!({"outcome": "confirmed"}),
            "/v1/sessions" => json!([ride("r", "k-1", "2026-07-07T12:00:00+05:00", None)]),
            "/v1/telemetry" => {
                json!([{"device_id": "k-1", "at": "2026-07-07T12:00:00+05:00", "lat": 43.2, "lng": 76.9}])
            }
            "/v1/sessions/watermark" => json!({"complete_until": "2026-07-07T12:00:00+05:00"}),
            "/v1/lookups" => json!({"plate": "K00001", "at": "2026-07-07T12:00:00+05:00", "purpose": "theft",
                                    "case_number": "2026-000001"}),
            "/v1/lookups/{id}/case" => json!({"case_number": "2026-000001"}),
            _ => json!({"reason": "r"}),
        }
    }
}

#[test]
fn every_route_answers_every_role_as_the_table_says() {
    let listed: BTreeSet<_> = EXPECTED.iter().map(|row| (row.verb, row.path)).collect();
    let routed: BTreeSet<_> = ROUTES.iter().map(|route| (route.verb.name(), route.path)).collect();
    assert_eq!(listed, routed, "every route stands in the table, and nothing else does");
    for kind in kinds() {
        let scene = Scene::set(kind);
        let mut wrong = Vec::new();
        for row in EXPECTED {
            for (name, expected) in CALLERS.iter().zip(row.own) {
                let reply = scene.call(&scene.caller(name), row.verb, row.path, Thing::Own);
                if !is(reply.status, expected) {
                    wrong.push(format!(
                        "{} {} by {name}: {} not {expected}: {}",
                        row.verb,
                        row.path,
                        reply.status,
                        reply.text()
                    ));
                }
            }
            let permitted = CALLERS
                .iter()
                .zip(row.own)
                .filter(|(name, status)| *status < 400 || (*status == 409 && **name != "nobody"));
            for (name, _) in permitted {
                for (thing, expected) in [(Thing::Foreign, row.foreign), (Thing::Missing, row.missing)] {
                    // The regulator and auditors have nothing foreign; nobody needs a thing that is not there.
                    let sees_all = thing == Thing::Foreign && matches!(*name, "regulator" | "auditor");
                    if expected == 0 || sees_all {
                        continue;
                    }
                    let reply = scene.call(&scene.caller(name), row.verb, row.path, thing);
                    if reply.status != expected {
                        wrong.push(format!(
                            "{} {} by {name}, {thing:?}: {} not {expected}: {}",
                            row.verb,
                            row.path,
                            reply.status,
                            reply.text()
                        ));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "on {kind:?}:\n{}", wrong.join("\n"));
        wait_for_jobs(&scene.registry);
    }
}

/// Work that had ended before the answer was written is told as done: 200 instead of 202.
fn is(status: u16, expected: u16) -> bool {
    status == expected || (expected == 202 && status == 200)
}

fn wait_for_jobs(registry: &TestRegistry) {
    while registry.database.query_i64("SELECT COUNT(*) FROM jobs WHERE ended_at IS NULL")[0] > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn a_foreign_thing_answers_exactly_like_a_missing_one() {
    for kind in kinds() {
        let scene = Scene::set(kind);
        let masked = |reply: &Reply| {
            let mut body = reply.json();
            body["instance"] = Value::Null;
            (reply.status, body)
        };
        let read = |row: &&Row| row.verb == "GET" && row.own[1] == 200 && (row.foreign, row.missing) == (404, 404);
        for path in EXPECTED.iter().filter(read).map(|row| row.path) {
            let foreign = scene.call(&scene.operator, "GET", path, Thing::Foreign);
            let missing = scene.call(&scene.operator, "GET", path, Thing::Missing);
            assert_eq!(masked(&foreign), masked(&missing), "{path}");
        }
    }
}
