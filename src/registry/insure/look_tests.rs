//! What operators are told about their insurance, by itself.
//!
//! *Invariant:* no database: fleets are made by hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]

use chrono::NaiveDate;
use std::sync::Arc;

use super::fleet::{InsuredFleet, Serving};
use super::look::causes;
use crate::model::{
    CheckOutcome, Cover, CoverSpan, DeviceId, Moment, NewPolicy, NoticeCause, NoticeKind, OperatorId, Period, Policy,
    PolicyId, VehicleId, Zone,
};

fn zone() -> Zone {
    Zone::find("Asia/Almaty").unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn policy(id: &str, from: &str, until: &str) -> Policy {
    let new = NewPolicy {
        insurer: "i".to_owned(),
        policy_number: id.to_owned(),
        valid_from: day(from),
        valid_until: day(until),
        vehicles: None,
        renews: None,
    };
    Policy::first(PolicyId::from_text(id), OperatorId::from_text("o"), &new, "me", Moment::from_millis(0))
}

/// A fleet of `d1` to `d{count}`, with policies for the vehicles named (0: all).
fn fleet(count: i64, policies: &[(Policy, &[i64])]) -> InsuredFleet {
    let vehicles = (1..=count).map(|id| Serving {
        id: VehicleId(id),
        device_id: DeviceId::parse(&format!("d{id}")).unwrap(),
        borne: Period::new(None, None),
    });
    let mut fleet = InsuredFleet { vehicles: vehicles.collect(), ..InsuredFleet::default() };
    for (policy, named) in policies {
        for id in *named {
            let vehicle = (*id > 0).then_some(VehicleId(*id));
            let recorded_at = Moment::from_millis(0);
            let span = CoverSpan { vehicle, first_day: None, last_day: None, recorded_at, superseded_at: None };
            fleet.covers.entry(vehicle).or_default().extend(Cover::of(&Arc::new(policy.clone()), &span));
        }
    }
    fleet
}

fn told(fleet: &InsuredFleet, today: &str) -> Vec<NoticeCause> {
    causes(fleet, zone(), &[30, 7, 1], zone().start_of(day(today)))
}

fn kinds(fleet: &InsuredFleet, today: &str) -> Vec<(String, usize)> {
    told(fleet, today).into_iter().map(|cause| (cause.kind.to_string(), cause.vehicles)).collect()
}

fn pair(kind: &str, vehicles: usize) -> (String, usize) {
    (kind.to_owned(), vehicles)
}

#[test]
fn the_end_of_cover_is_told_thirty_seven_and_one_day_ahead_and_then_as_expired() {
    let fleet = fleet(2, &[(policy("a", "2026-07-01", "2026-08-31"), &[0])]);
    assert_eq!(kinds(&fleet, "2026-08-01"), [pair("expires_in_30", 2)]);
    assert!(kinds(&fleet, "2026-07-31").is_empty());
    assert_eq!(kinds(&fleet, "2026-08-24"), [pair("expires_in_7", 2)]);
    assert_eq!(kinds(&fleet, "2026-08-30"), [pair("expires_in_1", 2)]);
    assert_eq!(kinds(&fleet, "2026-08-31"), [pair("expires_in_1", 2)]);
    assert_eq!(kinds(&fleet, "2026-09-01"), [pair("expired", 2)]);
    let due = told(&fleet, "2026-09-01").pop().unwrap();
    assert_eq!((due.policies, due.due), (vec![PolicyId::from_text("a")], Some(day("2026-08-31"))));
}

#[test]
fn a_renewal_that_adjoins_is_nothing_to_tell_and_one_a_week_late_is() {
    let july = || policy("a", "2026-07-01", "2026-07-31");
    let seamless = fleet(1, &[(july(), &[1]), (policy("b", "2026-08-01", "2026-12-31"), &[0])]);
    assert!(kinds(&seamless, "2026-07-31").is_empty());
    let late = fleet(1, &[(july(), &[1]), (policy("b", "2026-08-08", "2026-12-31"), &[0])]);
    assert_eq!(kinds(&late, "2026-07-20"), [pair("expires_in_30", 1)]);
    assert_eq!(kinds(&late, "2026-08-03"), [pair("expired", 1)]);
    assert!(kinds(&late, "2026-08-08").is_empty());
}

#[test]
fn a_policy_for_each_scooter_is_one_notice_where_they_end_on_one_day() {
    let own: Vec<_> = (1..=3).map(|id| policy(&format!("p{id}"), "2026-07-01", "2026-07-31")).collect();
    let fleet = fleet(3, &[(own[0].clone(), &[1]), (own[1].clone(), &[2]), (own[2].clone(), &[3])]);
    let told = told(&fleet, "2026-07-20");
    assert_eq!(told.iter().map(|cause| (cause.vehicles, cause.policies.len())).collect::<Vec<_>>(), [(3, 3)]);
}

#[test]
fn what_nothing_ever_covered_is_told_apart_from_what_ran_out() {
    let fleet = fleet(3, &[(policy("a", "2026-07-01", "2026-07-31"), &[2])]);
    let told = told(&fleet, "2026-08-05");
    let names: Vec<Vec<_>> =
        told.iter().map(|cause| cause.first_devices.iter().map(DeviceId::as_str).collect()).collect();
    assert_eq!(
        told.iter().map(|cause| cause.kind).collect::<Vec<_>>(),
        [NoticeKind::Expired, NoticeKind::UncoveredVehicles]
    );
    assert_eq!(names, [vec!["d2"], vec!["d1", "d3"]]);
}

#[test]
fn cover_that_ends_with_the_vehicles_service_lacks_nothing() {
    let mut fleet = fleet(1, &[(policy("a", "2026-07-01", "2026-07-31"), &[1])]);
    fleet.vehicles.first_mut().unwrap().borne = Period::new(None, Some(zone().end_of(day("2026-07-31"))));
    assert!(kinds(&fleet, "2026-07-30").is_empty());
}

#[test]
fn a_contradicted_policy_is_told_once_with_all_its_vehicles_while_it_runs() {
    let contradicted = Policy { check: Some(CheckOutcome::NotFound), ..policy("a", "2026-07-01", "2026-12-31") };
    let fleet = fleet(2, &[(contradicted, &[0, 1])]);
    assert_eq!(kinds(&fleet, "2026-08-05"), [pair("check_contradicts", 2)]);
    assert_eq!(kinds(&fleet, "2027-01-05"), [pair("expired", 2)]);
}
