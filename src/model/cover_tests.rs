//! Cover against a model that counts day by day.
//!
//! *Invariant:* the model knows no stretches and no order: it asks every cover about every day.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]

use chrono::{Days as DayCount, NaiveDate};
use proptest::prelude::*;
use std::sync::Arc;

use super::{
    AsKnown, CheckOutcome, Cover, CoverBy, CoverSpan, Coverage, Days, Moment, NewPolicy, OperatorId, Policy, PolicyId,
    VehicleId, Zone,
};

const LAST: u64 = 40;

fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 1).unwrap().checked_add_days(DayCount::new(number)).unwrap()
}

fn at(millis: i64) -> Moment {
    Moment::from_millis(millis)
}

fn policy(id: &str, first: u64, last: u64) -> Policy {
    let new = NewPolicy {
        insurer: "i".to_owned(),
        policy_number: id.to_owned(),
        valid_from: day(first),
        valid_until: day(last),
        vehicles: None,
        renews: None,
    };
    Policy::first(PolicyId::from_text(id), OperatorId::from_text("o"), &new, "me", at(0))
}

fn named() -> CoverSpan {
    CoverSpan { vehicle: Some(VehicleId(1)), first_day: None, last_day: None, recorded_at: at(0), superseded_at: None }
}

fn cover(policy: Policy, span: &CoverSpan) -> Cover {
    Cover::of(&Arc::new(policy), span).unwrap()
}

/// Any policy, with any span, known during any time.
fn covers() -> impl Strategy<Value = Vec<Cover>> {
    let period = (0..LAST, 0..15_u64);
    let narrowed = (proptest::option::of(0..LAST), proptest::option::of(0..LAST));
    let known = (0_i64..6, proptest::option::of(0_i64..6), 0_i64..6, proptest::option::of(0_i64..6));
    let one = (period, narrowed, known, any::<bool>(), 0_u8..3).prop_map(
        |((first, length), (from, until), (recorded, superseded, told, untold), of_fleet, check)| {
            let policy = Policy {
                recorded_at: at(recorded),
                superseded_at: superseded.map(at),
                check: [None, Some(CheckOutcome::Confirmed), Some(CheckOutcome::Differs)]
                    .get(usize::from(check))
                    .copied()
                    .flatten(),
                ..policy("p", first, first + length)
            };
            let span = CoverSpan {
                vehicle: (!of_fleet).then_some(VehicleId(1)),
                first_day: from.map(day),
                last_day: until.map(day),
                recorded_at: at(told),
                superseded_at: untold.map(at),
            };
            (policy, span)
        },
    );
    proptest::collection::vec(one, 0..7)
        .prop_map(|pairs| pairs.into_iter().filter_map(|(policy, span)| Cover::of(&Arc::new(policy), &span)).collect())
}

fn moments() -> impl Strategy<Value = AsKnown> {
    prop_oneof![Just(AsKnown::Now), (0_i64..7).prop_map(|millis| AsKnown::At(at(millis)))]
}

fn holds(cover: &Cover, number: u64, known: AsKnown) -> bool {
    known.holds(cover.recorded_at, cover.superseded_at)
        && cover.days.from <= day(number)
        && day(number) < cover.days.until
}

proptest! {
    #[test]
    fn every_day_of_service_is_covered_or_in_exactly_one_gap(
        covers in covers(), known in moments(), from in 0..LAST, length in 0..30_u64
    ) {
        let coverage = Coverage::as_known(&covers, known);
        let service = Days::new(day(from), day(from + length));
        let gaps = coverage.gaps(service);
        for number in 0..80 {
            let covered = covers.iter().any(|cover| holds(cover, number, known));
            let in_gaps = gaps.iter().filter(|gap| gap.contains(day(number))).count();
            let expected = usize::from(service.contains(day(number)) && !covered);
            prop_assert_eq!(in_gaps, expected, "day {}", number);
            prop_assert_eq!(coverage.on(day(number)).is_some(), covered);
        }
        prop_assert!(gaps.windows(2).all(|pair| pair[0].until < pair[1].from), "gaps are whole and in order");
    }

    #[test]
    fn cover_reaches_until_the_first_day_without_any(covers in covers(), known in moments(), from in 0..LAST) {
        let covered = |number| covers.iter().any(|cover| holds(cover, number, known));
        let coverage = Coverage::as_known(&covers, known);
        let expected = covered(from).then(|| (from..200).find(|number| !covered(*number)).unwrap());
        prop_assert_eq!(coverage.until(day(from)), expected.map(day));
        prop_assert_eq!(coverage.days_left(day(from)), expected.map(|until| i64::try_from(until - from).unwrap() - 1));
        let next = (from + 1..200).find(|number| covered(*number) && !covered(*number - 1));
        prop_assert_eq!(coverage.next_after(day(from)), next.map(day));
    }

    #[test]
    fn the_policy_shown_is_one_that_holds_and_none_that_holds_is_better(
        covers in covers(), known in moments(), number in 0..LAST
    ) {
        let coverage = Coverage::as_known(&covers, known);
        let rank = |cover: &Cover| {
            let checked = cover.policy.check.map_or(1, |check| if check.contradicts() { 0 } else { 2 });
            (checked, cover.by == CoverBy::Named, cover.policy.recorded_at)
        };
        let best = covers.iter().filter(|cover| holds(cover, number, known)).map(rank).max();
        prop_assert_eq!(coverage.on(day(number)).map(rank), best);
    }
}

#[test]
fn a_renewal_that_adjoins_leaves_no_gap_and_one_a_week_late_leaves_a_week() {
    let (july, august) = (cover(policy("a", 0, 30), &named()), cover(policy("b", 31, 61), &named()));
    let seamless = [july.clone(), august];
    let coverage = Coverage::as_known(&seamless, AsKnown::Now);
    assert_eq!((coverage.until(day(3)), coverage.days_left(day(3))), (Some(day(62)), Some(58)));
    assert!(coverage.gaps(Days::new(day(0), day(62))).is_empty());
    let late = [july, cover(policy("b", 38, 61), &named())];
    let coverage = Coverage::as_known(&late, AsKnown::Now);
    assert_eq!(coverage.gaps(Days::new(day(0), day(62))), [Days::new(day(31), day(38))]);
    assert_eq!((coverage.until(day(3)), coverage.days_left(day(30))), (Some(day(31)), Some(0)));
    assert_eq!(coverage.last_before(day(33)).map(|cover| cover.policy.id.as_str()), Some("a"));
}

#[test]
fn a_policy_dated_back_covers_only_in_the_eyes_of_later_knowledge() {
    let back = Policy { recorded_at: at(500), ..policy("b", 0, 30) };
    let covers = [cover(back, &named())];
    let on = |known| Coverage::as_known(&covers, known).on(day(5)).is_some();
    assert_eq!([on(AsKnown::At(at(499))), on(AsKnown::At(at(500))), on(AsKnown::Now)], [false, true, true]);
}

#[test]
fn cover_begins_and_ends_with_the_days_of_the_zone() {
    let covers = [cover(policy("a", 0, 0), &named())];
    let (coverage, almaty) = (Coverage::as_known(&covers, AsKnown::Now), Zone::find("Asia/Almaty").unwrap());
    let at = |text| coverage.at(almaty, Moment::parse(text).unwrap()).is_some();
    assert!(!at("2026-06-30T23:59:59.999+05:00") && at("2026-07-01T00:00:00+05:00"));
    assert!(at("2026-07-01T18:59:59.999Z") && !at("2026-07-01T19:00:00Z"));
}
