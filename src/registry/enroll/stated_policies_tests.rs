//! What a list does about insurance, by itself.
//!
//! *Invariant:* no database: knowledge is made by hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]

use std::sync::Arc;

use super::known::Known;
use super::plan::{Plan, RowPlan, Terms, plan};
use crate::fleet_list::{Mapping, Problem, ProblemKind, read};
use crate::model::{
    Cover, CoverSpan, DeviceId, Moment, NewPolicy, OperatorId, Policy, PolicyId, Series, SeriesStatus, Vehicle,
    VehicleFacts, VehicleId,
};
use crate::plate::{KZ_158, SeriesLetter};
use crate::registry::insure::StatedPolicy;

const NOW: Moment = Moment::from_millis(1_783_000_000_000);
const HEADER: &str = "device_id,policy_number,insurer,policy_from,policy_until\n";

fn ours() -> OperatorId {
    OperatorId::from_text("ours")
}

/// An operator with the vehicles `d1` to `d{count}`.
fn knowing(count: i64) -> Known {
    let mut known = Known { fleet: count, ..Known::default() };
    let letter = SeriesLetter::parse("K").unwrap();
    let series = Series {
        letter,
        operator_id: ours(),
        status: SeriesStatus::Confirmed,
        claimed_at: NOW,
        in_use_since: None,
        notice: None,
        objections_until: None,
        decided_at: None,
        decision_reason: None,
        next_serial: 1,
    };
    known.letters.insert(letter, series);
    for id in 1..=count {
        let device_id = DeviceId::parse(&format!("d{id}")).unwrap();
        known.by_device.insert(device_id.as_str().to_owned(), VehicleId(id));
        let vehicle = Vehicle {
            id: VehicleId(id),
            operator_id: ours(),
            device_id,
            registered_at: NOW,
            version: 1,
            facts: VehicleFacts::default(),
            number: None,
        };
        known.vehicles.insert(VehicleId(id), vehicle);
    }
    known
}

/// Adds a policy that covers a vehicle (0: the fleet).
fn insured(mut known: Known, number: &str, period: (&str, &str), vehicle: i64) -> Known {
    let new = NewPolicy {
        insurer: "Polis".to_owned(),
        policy_number: number.to_owned(),
        valid_from: period.0.parse().unwrap(),
        valid_until: period.1.parse().unwrap(),
        vehicles: None,
        renews: None,
    };
    let policy = Policy::first(PolicyId::from_text(number), ours(), &new, "me", NOW);
    let vehicle = (vehicle > 0).then_some(VehicleId(vehicle));
    let span = CoverSpan { vehicle, first_day: None, last_day: None, recorded_at: NOW, superseded_at: None };
    known.covers.entry(vehicle).or_default().extend(Cover::of(&Arc::new(policy.clone()), &span));
    known.policies.push(policy);
    known
}

fn planned(known: &Known, rows: &str) -> Plan {
    let list = read(KZ_158, format!("{HEADER}{rows}").as_bytes(), &Mapping::parse(&[]).unwrap());
    let (operator, today) = (ours(), "2026-07-15".parse().unwrap());
    plan(
        &list,
        known,
        Terms { operator: &operator, now: NOW, today, scheme: KZ_158, adoption_jump: 1_000, adopt_up_to: None },
    )
}

fn told(plan: &Plan, kind: ProblemKind) -> Option<&Problem> {
    plan.problems.iter().find(|problem| problem.kind == kind)
}

fn argument<'a>(problem: &'a Problem, name: &str) -> &'a str {
    &problem.args.iter().find(|(known, _)| known == name).unwrap().1
}

const JULY: (&str, &str) = ("2026-07-01", "2026-07-31");

#[test]
fn rows_of_one_policy_make_one_however_the_insurer_is_written() {
    let rows = "d1,P-1,Polis,2026-07-01,2026-07-31\nd2,P-1,«POLIS»,2026-07-01,2026-07-31\n\
                d9,P-1,Polis,2026-07-01,2026-07-31\nd3,P-2,Polis,2026-07-01,2026-07-31\n";
    let plan = planned(&knowing(3), rows);
    let rows: Vec<_> = plan.policies.iter().map(|policy| policy.rows.clone()).collect();
    assert_eq!((plan.counts.policies, rows), (2, vec![vec![2, 3, 4], vec![5]]));
    assert_eq!((plan.counts.changed, plan.counts.new), (3, 1));
    let RowPlan::Changed { fields, .. } = &plan.rows[0] else { unreachable!("{:?}", plan.rows) };
    assert_eq!(*fields, ["policy"]);
    assert!(told(&plan, ProblemKind::VehiclesUninsured).is_none());
}

#[test]
fn a_policy_on_record_gets_the_vehicles_that_it_lacks_and_no_others() {
    let known = insured(knowing(3), "P-1", JULY, 1);
    let plan = planned(&known, "d1,P-1,Polis,2026-07-01,2026-07-31\nd2,P-1,Polis,2026-07-01,2026-07-31\n");
    assert!(matches!(&plan.policies[0].stated, StatedPolicy::Known(id) if id.as_str() == "P-1"), "{plan:?}");
    assert_eq!((&plan.policies[0].rows, plan.counts.changed, plan.counts.unchanged), (&vec![3], 1, 1));
    let again = planned(&insured(known, "P-1", JULY, 2), "d1,P-1,Polis,2026-07-01,2026-07-31\n");
    assert_eq!((again.counts.policies, again.counts.changed), (0, 0));
}

#[test]
fn a_policy_of_the_whole_fleet_needs_no_names() {
    let plan = planned(&insured(knowing(1), "P-1", JULY, 0), "d1,P-1,Polis,2026-07-01,2026-07-31\nd7,,,,\n");
    assert_eq!((plan.counts.policies, plan.counts.unchanged), (0, 1));
    assert!(told(&plan, ProblemKind::VehiclesUninsured).is_none());
}

#[test]
fn another_period_under_the_same_number_is_told_and_changes_nothing_and_the_next_one_renews() {
    let known = insured(knowing(2), "P-1", JULY, 1);
    let plan = planned(&known, "d1,P-1,Polis,2026-07-01,2026-08-31\nd2,P-1,Polis,2026-07-05,2026-07-31\n");
    let problem = told(&plan, ProblemKind::PolicyDiffers).unwrap();
    assert_eq!((argument(problem, "count"), argument(problem, "policy_until")), ("2", "2026-07-31"));
    assert_eq!((plan.counts.policies, plan.counts.changed), (0, 0));
    assert_eq!(argument(told(&plan, ProblemKind::VehiclesUninsured).unwrap(), "first"), "3");
    let next = planned(&known, "d1,P-1,Polis,2026-08-01,2026-08-31\n");
    assert!(
        matches!(&next.policies[0].stated, StatedPolicy::New(new) if new.renews == Some(PolicyId::from_text("P-1")))
    );
}

#[test]
fn an_incomplete_policy_makes_none_and_its_scooter_is_told_as_uninsured() {
    let plan = planned(&knowing(2), "d1,P-1,Polis,2026-07-01,\nd2,,,,\n");
    assert_eq!(plan.counts.policies, 0);
    assert!(told(&plan, ProblemKind::PolicyIncomplete).is_some());
    let problem = told(&plan, ProblemKind::VehiclesUninsured).unwrap();
    assert_eq!((argument(problem, "count"), argument(problem, "first")), ("2", "2"));
}

#[test]
fn an_insurer_of_endless_name_is_told_and_refuses_no_row() {
    let insurer = "x".repeat(201);
    let plan = planned(&knowing(1), &format!("d1,P-1,{insurer},2026-07-01,2026-07-31\n"));
    assert_eq!((plan.counts.policies, plan.counts.bad, plan.has_errors()), (0, 0, false));
    assert_eq!(told(&plan, ProblemKind::CellTooLong).unwrap().column.as_deref(), Some("insurer"));
}

#[test]
fn a_policy_that_is_over_is_not_joined_again_by_the_scooter_that_left_it() {
    let known = |until: &str| {
        let mut known = insured(knowing(2), "P-1", ("2026-06-01", until), 1);
        let policy = Arc::new(known.policies[0].clone());
        let last_day = "2026-06-10".parse().ok();
        let span =
            CoverSpan { vehicle: Some(VehicleId(1)), first_day: None, last_day, recorded_at: NOW, superseded_at: None };
        known.covers.insert(Some(VehicleId(1)), Cover::of(&policy, &span).into_iter().collect());
        known
    };
    let over = planned(&known("2026-06-30"), "d1,P-1,Polis,2026-06-01,2026-06-30\n");
    assert_eq!((over.counts.policies, over.counts.changed, over.counts.unchanged), (0, 0, 1));
    let not_over = planned(&known("2026-07-31"), "d1,P-1,Polis,2026-06-01,2026-07-31\n");
    assert_eq!((not_over.counts.policies, not_over.counts.changed), (1, 1));
}

#[test]
fn many_insurers_under_one_number_are_each_a_policy_of_their_own() {
    // Compared in pairs, these would be thirty thousand times thirty thousand foldings, and this test would not end.
    let mut rows = String::new();
    for row in 0..30_000 {
        rows.push_str(&["n", &row.to_string(), ",P-1,Insurer ", &row.to_string(), ",2026-07-01,2026-07-31\n"].concat());
    }
    assert_eq!(planned(&knowing(0), &rows).counts.policies, 30_000);
}
