//! Policies that fleet lists state.
//!
//! *Invariant:* what a dry run foretells is what the commit does; the same list twice changes nothing.

use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::{TestRegistry, fleet};
use crate::people::Person;

const HEADER: &str = "device_id,policy_number,insurer,policy_from,policy_until\n";

fn policies(operator: &Person) -> Vec<Value> {
    let listed = operator.get("/v1/policies").expect(200)["policies"].clone();
    let ids: Vec<_> = listed.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    let mut found: Vec<_> =
        ids.iter().map(|id| operator.get(&format!("/v1/policies/{id}")).expect(200)["policy"].clone()).collect();
    // Ids that were made in one millisecond are in no order.
    found.sort_by_key(|policy| policy["policy_number"].to_string());
    found
}

fn covered(policy: &Value) -> Vec<String> {
    let covers = policy["covers"].as_array().unwrap().iter();
    covers.map(|one| one["device_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn rows_make_policies_and_a_later_list_adds_its_vehicles() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let list = format!(
            "{HEADER}k-1,П-1,Полис,2026-07-01,2030-12-31\nk-2,П-1,Полис,2026-07-01,2030-12-31\n\
             k-3,П-2,Полис,2026-07-01,2030-12-31\nk-4,,,,\n"
        );
        let checked = operator.upload("", list.as_bytes());
        assert_eq!((&checked["counts"]["policies"], policies(&operator).len()), (&json!(2), 0), "{checked}");
        let uninsured = |import: &Value| {
            let problems = import["problems"].as_array().unwrap().iter();
            let found: Vec<_> = problems.filter(|one| one["kind"] == "vehicles_uninsured").cloned().collect();
            assert!(found.iter().all(|one| one["severity"] == "warning"), "{found:?}");
            found.first().map(|one| one["problem"].as_str().unwrap().to_owned())
        };
        assert!(uninsured(&checked).unwrap().contains("row 5"), "{checked}");
        let committed = operator.enroll(&list);
        assert_eq!(committed["counts"], checked["counts"]);
        assert_eq!((&committed["counts"]["changed"], &committed["counts"]["new"]), (&json!(1), &json!(3)));
        assert_eq!(
            registry.database.query_i64("SELECT COUNT(*) FROM vehicle_versions"),
            [4],
            "k-1 is described as before"
        );
        let made = policies(&operator);
        assert_eq!(made.iter().map(covered).collect::<Vec<_>>(), [vec!["k-1", "k-2"], vec!["k-3"]]);
        assert_eq!((&made[0]["source"], &made[0]["covers_all"]), (&json!("operator"), &json!(false)));
        let again = operator.enroll(&list);
        assert_eq!((&again["counts"]["policies"], &again["counts"]["unchanged"]), (&json!(0), &json!(4)));
        let joined = operator.enroll(&format!("{HEADER}k-4,П-1,Полис,2026-07-01,2030-12-31\n"));
        assert_eq!((&joined["counts"]["policies"], &joined["counts"]["changed"]), (&json!(1), &json!(1)));
        assert_eq!(uninsured(&joined), None);
        let now = policies(&operator);
        assert_eq!((covered(&now[0]), &now[0]["version"]), (vec!["k-1".into(), "k-2".into(), "k-4".into()], &json!(2)));
        let totals: Vec<_> = now[0]["versions"].as_array().unwrap().iter().map(|one| &one["vehicles_total"]).collect();
        assert_eq!(totals, [2, 3]);
        let notices = operator.get("/v1/policies/notices").expect(200)["notices"].clone();
        assert_eq!(notices, json!([]), "what the first list left uncovered is mended");
    }
}

#[test]
fn an_import_that_leaves_scooters_uninsured_raises_a_notice_for_its_operator_alone() {
    for kind in kinds() {
        let registry = TestRegistry::start(kind);
        let (k, z) = (registry.operator('K'), registry.operator('Z'));
        k.enroll(&fleet("k", 12));
        let notices = k.get("/v1/policies/notices").expect(200)["notices"].clone();
        assert_eq!((&notices[0]["kind"], &notices[0]["count"]), (&json!("uncovered_vehicles"), &json!(12)));
        assert_eq!(notices[0]["first_vehicles"].as_array().unwrap().len(), 10);
        assert_eq!(z.get("/v1/policies/notices").expect(200)["notices"], json!([]));
        let all = registry.regulator().get("/v1/policies/notices").expect(200)["notices"].clone();
        assert_eq!((all.as_array().unwrap().len(), &all[0]["operator_id"]), (1, &json!(k.id)));
    }
}
