//! What each verdict needs, case by case.
//!
//! *Invariant:* every verdict that rides can give appears here with the ride that gives it.
#![allow(clippy::unwrap_used, reason = "tests state what must hold")]

use super::verdict::*;
use super::{Custody, Moment, OperatorId, RideId, RideKind, RideSession, VehicleId, Window};

const DAY: i64 = 86_400;

fn ride(id: &str, from: i64, until: Option<i64>) -> RideSession {
    RideSession {
        vehicle_id: VehicleId(1),
        operator_id: OperatorId::from_text("operator"),
        ride_id: RideId::parse(id).unwrap(),
        version: 1,
        started_at: Moment::from_millis(from * 1000),
        ended_at: until.map(|until| Moment::from_millis(until * 1000)),
        start: None,
        end: None,
        kind: RideKind::Rider,
        received_at: Moment::from_millis(500_000 * 1000),
        superseded_at: None,
        completes: false,
    }
}

fn window(at: i64, tolerance: u32) -> Window {
    Window { at: Moment::from_millis(at * 1000), tolerance }
}

fn reported(until: i64) -> Reporting {
    Reporting { complete_until: Some(Moment::from_millis(until * 1000)), ..UNSTATED }
}

const UNSTATED: Reporting =
    Reporting { custody: Custody::Deposited, complete_until: None, asked_at: Moment::from_millis(1_000_000 * 1000) };

#[test]
fn one_ride_that_covers_the_instant_is_riding() {
    let rides = [ride("a", 1000, Some(2000))];
    let said = judge(window(1500, 300), &rides, None, None, UNSTATED, DAY);
    assert_eq!((said.verdict, said.session.unwrap().ride_id.as_str()), (Verdict::Riding, "a"));
    assert!(said.warnings.is_empty());
}

#[test]
fn the_instant_at_which_a_ride_ends_is_no_longer_covered() {
    let rides = [ride("a", 1000, Some(2000))];
    assert_eq!(judge(window(2000, 0), &rides, None, None, reported(9000), DAY).verdict, Verdict::Idle);
    assert_eq!(judge(window(1000, 0), &rides, None, None, reported(9000), DAY).verdict, Verdict::Riding);
}

#[test]
fn a_ride_that_only_the_tolerance_reaches_says_so() {
    let rides = [ride("a", 1000, Some(2000))];
    let said = judge(window(2100, 300), &rides, None, None, UNSTATED, DAY);
    assert_eq!((said.verdict, said.warnings), (Verdict::Riding, vec!["within_tolerance_only"]));
}

#[test]
fn two_rides_within_the_tolerance_are_ambiguous_by_time_nearest_first() {
    let rides = [ride("a", 1000, Some(2000)), ride("b", 2050, Some(3000))];
    let said = judge(window(2040, 300), &rides, None, None, UNSTATED, DAY);
    assert_eq!((said.verdict, said.ambiguous_by), (Verdict::Ambiguous, Some(AmbiguousBy::Time)));
    assert_eq!(said.fitting.iter().map(|ride| ride.ride_id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert!(said.session.is_none());
}

#[test]
fn two_rides_that_cover_the_instant_are_ambiguous_by_overlap() {
    let rides = [ride("a", 1000, Some(2000)), ride("b", 1400, Some(3000))];
    let said = judge(window(1500, 0), &rides, None, None, UNSTATED, DAY);
    assert_eq!(said.ambiguous_by, Some(AmbiguousBy::Overlap));
}

#[test]
fn a_wide_window_lists_a_ride_and_calls_none_the_answer() {
    let rides = [ride("a", 1000, Some(2000))];
    let said = judge(window(1500, 1801), &rides, None, None, UNSTATED, DAY);
    assert_eq!((said.verdict, said.fitting.len()), (Verdict::Ambiguous, 1));
    assert_eq!(judge(window(1500, 1800), &rides, None, None, UNSTATED, DAY).verdict, Verdict::Riding);
}

#[test]
fn an_open_ride_reaches_a_day_past_its_start_and_then_its_end_is_unknown() {
    let open = ride("a", 1000, None);
    let rides = [open.clone()];
    assert_eq!(judge(window(1000 + DAY - 1, 0), &rides, None, None, UNSTATED, DAY).verdict, Verdict::Riding);
    let later = judge(window(1000 + DAY, 0), &[], Some(&open), None, reported(9 * DAY), DAY).verdict;
    assert_eq!(later, Verdict::EndedUnknown);
}

#[test]
fn a_move_by_the_operator_is_not_riding() {
    let rides = [RideSession { kind: RideKind::Rebalance, ..ride("a", 1000, Some(2000)) }];
    assert_eq!(judge(window(1500, 0), &rides, None, None, UNSTATED, DAY).verdict, Verdict::MovedByOperator);
}

#[test]
fn nothing_is_idle_only_below_the_watermark() {
    let (before, after) = (ride("a", 100, Some(200)), ride("b", 5000, Some(6000)));
    let at = |at, reporting| judge(window(at, 0), &[], Some(&before), Some(&after), reporting, DAY);
    assert_eq!(at(1000, reported(1001)).verdict, Verdict::Idle);
    assert_eq!(at(1000, reported(1000)).verdict, Verdict::NotReported);
    assert_eq!(at(1000, reported(1000)).warnings, ["later_ride_received"]);
}

#[test]
fn without_any_watermark_a_later_ride_is_the_weaker_sign_and_is_named() {
    let (before, after) = (ride("a", 100, Some(200)), ride("b", 5000, Some(6000)));
    let said = judge(window(1000, 0), &[], Some(&before), Some(&after), UNSTATED, DAY);
    assert_eq!((said.verdict, said.warnings), (Verdict::Idle, vec!["completeness_inferred"]));
    assert_eq!(judge(window(1000, 0), &[], Some(&before), None, UNSTATED, DAY).verdict, Verdict::NotReported);
}

#[test]
fn an_operator_that_keeps_its_rides_has_not_answered() {
    let held = Reporting { custody: Custody::Held, ..UNSTATED };
    assert_eq!(judge(window(1000, 0), &[], None, None, held, DAY).verdict, Verdict::OperatorHolds);
}

#[test]
fn a_ride_dated_ahead_clears_nobody() {
    let ahead = ride("b", 700_000, Some(701_000));
    let said = judge(window(1000, 0), &[], None, Some(&ahead), UNSTATED, DAY);
    assert_eq!((said.verdict, said.warnings), (Verdict::NotReported, vec!["later_ride_received"]));
}

#[test]
fn a_later_ride_that_came_before_the_instant_clears_nobody() {
    let early = RideSession { received_at: Moment::from_millis(900 * 1000), ..ride("b", 899, Some(6000)) };
    let said = judge(window(890, 0), &[], None, Some(&early), UNSTATED, DAY);
    assert_eq!(said.verdict, Verdict::Idle);
    let later = RideSession { started_at: Moment::from_millis(960 * 1000), ..early };
    let said = judge(window(950, 0), &[], None, Some(&later), UNSTATED, DAY);
    assert_eq!(said.verdict, Verdict::NotReported);
}

#[test]
fn an_instant_that_has_not_come_is_never_idle() {
    let said = judge(window(2_000_000, 0), &[], None, None, reported(3_000_000), DAY);
    assert_eq!((said.verdict, said.warnings), (Verdict::NotReported, vec!["instant_in_future"]));
}
