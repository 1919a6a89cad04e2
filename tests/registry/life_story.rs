//! The whole story of one scooter: adopted, re-plated, repaired, stolen, found, uninsured for a week, corrected, retired.
//!
//! *Invariant:* it is asked as of twelve instants, and as known at three earlier moments; each answer is compared whole.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::TestRegistry;
use crate::life::{after, patch, text, told};
use crate::people::Person;

/// What an answer says, short: status, number, colour, make, policy, the rear plate that counts, what is being repaired.
type Told = (String, String, String, String, String, String, usize);

fn short(answer: &Value) -> Told {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let rear = answer["items"].as_array().unwrap().iter().find(|item| {
        item["position"] == "rear" && item["state"] != "withdrawn" && item["number"] == answer["plate"]["number"]
    });
    (
        word(&answer["status"]),
        word(&answer["plate"]["number"]),
        word(&answer["colour"]),
        word(&answer["make"]),
        word(&answer["policy"]["policy_number"]),
        rear.map_or("-".to_owned(), |item| item["item"].to_string()),
        answer["maintenance"].as_array().unwrap().len(),
    )
}

fn say(line: &str) -> Told {
    let words: Vec<_> = line.split_whitespace().map(ToOwned::to_owned).collect();
    let [status, number, colour, make, policy, rear, repairs] = <[String; 7]>::try_from(words).unwrap();
    (status, number, colour, make, policy, rear, repairs.parse().unwrap())
}

fn at(day: &str) -> String {
    format!("2026-{day}T12:00:00+05:00")
}

/// Returns an instant after everything so far and before everything that follows.
fn now(operator: &Person) -> String {
    let moment = text(&told(operator, "k-1", ""), "at").to_owned();
    after(operator, &moment);
    moment
}

/// Lives the life; returns three moments of it: after it was adopted, after it was found, before it was retired.
fn live(operator: &Person) -> [String; 3] {
    let post = |path: &str, body: Value| operator.post(path, &body).expect(201);
    let insure = |number: &str, from: &str, until: &str| {
        let body = json!({"insurer": "Polis", "policy_number": number, "valid_from": from, "valid_until": until,
                          "vehicles": ["k-1"]});
        post("/v1/policies", body);
    };
    operator.enroll("device_id,plate,make,colour,in_service\nk-1,K00042,Ninebot,green,2026-07-01\nk-2,K00043,,,\n");
    insure("P-1", "2026-07-01", "2026-08-31");
    let adopted = now(operator);
    let broken = json!({"position": "rear", "reason": "damaged", "at": at("07-20")});
    post("/v1/plates/K00042/items", broken);
    let repair = json!({"kind": "repair", "began_at": at("08-03"), "description": "brake"});
    let mut repair_ended = repair.clone();
    let begun = post("/v1/vehicles/k-1/maintenance", repair)["maintenance"]["id"].clone();
    repair_ended["ended_at"] = json!(at("08-05"));
    repair_ended["replaces"] = begun;
    post("/v1/vehicles/k-1/maintenance", repair_ended);
    let status = |status: &str, since: &str| json!({"status": status, "since": at(since), "reported_by": "a courier"});
    post("/v1/vehicles/k-1/statuses", status("stolen", "08-12"));
    post("/v1/vehicles/k-1/statuses", status("in_service", "08-15"));
    let found = now(operator);
    insure("P-2", "2026-09-08", "2026-12-31");
    let change = |body: Value| patch(operator, "/v1/vehicles/k-1", &body).expect(200);
    change(json!({"colour": "red", "since": "2026-09-10", "reason": "repainted"}));
    change(json!({"make": "Okai", "reason": "misread on the frame"}));
    let swapped =
        |device: &str| json!({"device_id": device, "from": "2026-09-15", "reason": "swapped in the workshop"});
    post("/v1/plates/K00043/correction", swapped("k-1"));
    post("/v1/plates/K00042/correction", swapped("k-2"));
    let corrected = now(operator);
    post("/v1/vehicles/k-1/retirement", json!({"from": "2026-10-01", "reason": "scrapped"}));
    [adopted, found, corrected]
}

#[test]
fn the_story_of_a_scooter_is_told_as_of_any_instant_and_as_known_at_any_earlier_one() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        let [adopted, found, corrected] = live(&operator);
        //    as of          status       number   colour make   policy rear repairs
        for (day, expected) in [
            ("06-30", "not_yet      -      green  Okai    -    -  0"),
            ("07-02", "in_service   K00042 green  Okai    P-1  1  0"),
            ("07-21", "in_service   K00042 green  Okai    P-1  4  0"),
            ("08-04", "in_repair    K00042 green  Okai    P-1  4  1"),
            ("08-06", "in_service   K00042 green  Okai    P-1  4  0"),
            ("08-13", "stolen       K00042 green  Okai    P-1  4  0"),
            ("08-16", "in_service   K00042 green  Okai    P-1  4  0"),
            ("09-03", "in_service   K00042 green  Okai    -    4  0"),
            ("09-09", "in_service   K00042 green  Okai    P-2  4  0"),
            ("09-12", "in_service   K00042 red    Okai    P-2  4  0"),
            ("09-20", "in_service   K00043 red    Okai    P-2  1  0"),
            ("10-05", "retired      K00043 red    Okai    P-2  -  0"),
        ] {
            let answer = told(&operator, "k-1", &format!("at={}", at(day)));
            assert_eq!(short(&answer), say(expected), "as of {day}: {answer}");
            assert_eq!(
                (text(&answer, "at")[..10].to_owned(), &answer["known_at"]),
                (format!("2026-{day}"), &Value::Null)
            );
        }
        let as_known = [
            (&adopted, "08-04", "in_service   K00042 green  Ninebot P-1  1  0"),
            (&adopted, "08-13", "in_service   K00042 green  Ninebot P-1  1  0"),
            (&adopted, "10-05", "in_service   K00042 green  Ninebot -    1  0"),
            (&found, "08-04", "in_repair    K00042 green  Ninebot P-1  4  1"),
            (&found, "08-13", "stolen       K00042 green  Ninebot P-1  4  0"),
            (&found, "09-12", "in_service   K00042 green  Ninebot -    4  0"),
            (&found, "09-20", "in_service   K00042 green  Ninebot -    4  0"),
            (&corrected, "09-03", "in_service   K00042 green  Okai    -    4  0"),
            (&corrected, "09-20", "in_service   K00043 red    Okai    P-2  1  0"),
            (&corrected, "10-05", "in_service   K00043 red    Okai    P-2  1  0"),
        ];
        for (known_at, day, expected) in as_known {
            let answer = told(&operator, "k-1", &format!("at={}&known_at={known_at}", at(day)));
            assert_eq!(short(&answer), say(expected), "as of {day}, as known at {known_at}: {answer}");
            assert_eq!(text(&answer, "known_at"), known_at);
        }
        let officer = registry.officer();
        let bearer = |number: &str, day: &str| officer.look_up(number, &at(day))["vehicle"]["device_id"].clone();
        assert_eq!((bearer("K00042", "09-12"), bearer("K00042", "09-20")), (json!("k-1"), json!("k-2")));
    }
}

#[test]
fn the_history_of_a_scooter_names_every_event_in_order_with_its_two_times() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        live(&operator);
        let mut events = Vec::new();
        let mut path = "/v1/vehicles/k-1/history?limit=7".to_owned();
        loop {
            let page = operator.get(&path).expect(200);
            events.extend(page["history"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => path = next.to_owned(),
                None => break,
            }
        }
        let times: Vec<_> =
            events.iter().map(|event| (event["at"].as_str().map(ToOwned::to_owned), text(event, "known_at"))).collect();
        assert!(times.is_sorted(), "by when it was true, then by when it was learned: {times:?}");
        let of = |kind: &str| events.iter().filter(|event| event["kind"] == kind).collect::<Vec<_>>();
        let counts = [
            ("registered", 1),
            ("description", 3),
            // Adopted; ended by the correction; the other number; ended by the retirement.
            ("number", 4),
            // In repair, and until when; stolen; found.
            ("status", 4),
            ("maintenance", 2),
            ("correction", 2),
            ("retirement", 1),
            ("policy", 2),
        ];
        for (kind, count) in counts {
            assert_eq!(of(kind).len(), count, "{kind}: {:?}", of(kind));
        }
        let repainted = &of("description").into_iter().find(|event| event["what"]["version"] == 2).unwrap()["what"];
        assert_eq!(repainted["facts"]["colour"], json!({"before": "green", "after": "red"}));
        let superseded = of("status").into_iter().filter(|event| event["superseded_at"].is_string()).count();
        assert_eq!(superseded, 1, "the open repair was closed by a new version");
        let replaced = of("plate_item").into_iter().find(|event| event["what"]["item"] == 4).unwrap();
        assert_eq!((&replaced["what"]["replaces"], &replaced["what"]["position"]), (&json!(1), &json!("rear")));
        let insured: Vec<_> =
            of("policy").iter().map(|event| event["what"]["policy"]["policy_number"].clone()).collect();
        assert_eq!(insured, ["P-1", "P-2"]);
    }
}
