//! What fits an instant and a place, and what fits it better.
//!
//! *Invariant:* every case is one comparison of two scooters, or a bound that holds for all.
#![allow(clippy::unwrap_used, reason = "tests state what must hold")]

use proptest::prelude::*;

use super::*;

const NOON: i64 = 1_783_400_400_000;
const HERE: Place = Place { lat: 43.24, lng: 76.92 };
const PACE: Pace = Pace { fastest: 8.0, place_error_m: 50.0, parked_scale_m: 200.0, town_radius_m: 10_000.0 };

/// So many metres east of the place.
fn east(metres: f64) -> Place {
    Place { lat: 43.24, lng: 76.92 + metres / (111_195.0 * 43.24_f64.to_radians().cos()) }
}

fn at(seconds: i64) -> Moment {
    Moment::from_millis(NOON).plus_seconds(seconds)
}

fn seen(purpose: Purpose) -> Seen {
    Seen { window: Window { at: at(0), tolerance: 120 }, near: Some((HERE, 200.0)), purpose }
}

fn ride(from_s: i64, to_s: Option<i64>, start: Option<Place>, end: Option<Place>) -> RideSession {
    RideSession {
        vehicle_id: VehicleId(1),
        operator_id: OperatorId::from_text("o"),
        ride_id: RideId::parse("r").unwrap(),
        version: 1,
        started_at: at(from_s),
        ended_at: to_s.map(at),
        start,
        end,
        kind: RideKind::Rider,
        received_at: at(0),
        superseded_at: None,
        completes: false,
    }
}

fn fix(seconds: i64, place: Place) -> Fix {
    let (speed, heading, accuracy_m) = (None, None, None);
    Fix { vehicle_id: VehicleId(1), at: at(seconds), place, speed, heading, accuracy_m, contradicts: false }
}

fn traces<'a>(rides: &'a [RideSession], fixes: &'a [Fix]) -> Traces<'a> {
    Traces { rides, before: None, after: None, fixes, complete: true, max_ride_s: 86_400 }
}

fn weight(rides: &[RideSession]) -> f64 {
    fit(seen(Purpose::HitAndRun), PACE, traces(rides, &[])).weight
}

fn parked(purpose: Purpose, metres: f64, complete: bool) -> Fit {
    let before = ride(-7_200, Some(-3_600), None, Some(east(metres)));
    fit(seen(purpose), PACE, Traces { before: Some(&before), complete, ..traces(&[], &[]) })
}

#[test]
fn a_ride_past_the_place_beats_one_that_could_have_made_a_detour_and_one_that_could_not() {
    let past = weight(&[ride(-150, Some(150), Some(east(-600.0)), Some(east(600.0)))]);
    let detour = weight(&[ride(-2_400, Some(2_400), Some(east(-600.0)), Some(east(600.0)))]);
    let elsewhere = weight(&[ride(-150, Some(150), Some(east(6_000.0)), Some(east(7_000.0)))]);
    assert!(past > 3.0 * detour && detour > 3.0 * elsewhere, "{past} {detour} {elsewhere}");
    assert!(elsewhere > 0.0, "nothing is excluded");
}

#[test]
fn a_ride_without_positions_is_not_excluded_and_one_that_passed_outweighs_it() {
    let past = weight(&[ride(-150, Some(150), Some(east(-600.0)), Some(east(600.0)))]);
    let unknown = weight(&[ride(-150, Some(150), None, None)]);
    let elsewhere = weight(&[ride(-150, Some(150), Some(east(6_000.0)), Some(east(7_000.0)))]);
    assert!(past > unknown && unknown > elsewhere, "{past} {unknown} {elsewhere}");
    assert!(unknown >= unknown_fit(seen(Purpose::HitAndRun), PACE));
}

#[test]
fn the_position_between_two_fixes_beats_the_ellipse() {
    let rides = [ride(-1_200, Some(1_200), Some(east(-600.0)), Some(east(600.0)))];
    let with = |fixes: &[Fix]| fit(seen(Purpose::Collision), PACE, traces(&rides, fixes)).weight;
    let (there, away) = (
        with(&[fix(-130, east(-50.0)), fix(0, HERE), fix(130, east(50.0))]),
        with(&[fix(-130, east(3_000.0)), fix(130, east(3_100.0))]),
    );
    assert!(there > 3.0 * with(&[]) && with(&[]) > 3.0 * away, "{there} {} {away}", with(&[]));
    let look = seen(Purpose::Collision);
    let ride = rides.first().unwrap();
    assert_eq!(can_have_been_there(look, PACE, traces(&rides, &[]), ride), Some(true));
    let fixes = [fix(-130, east(3_000.0)), fix(130, east(3_100.0))];
    assert_eq!(can_have_been_there(look, PACE, traces(&rides, &fixes), ride), Some(false));
}

#[test]
fn a_ridden_scooter_outweighs_a_parked_one_unless_the_parked_one_is_asked_about() {
    let rides = [ride(-600, Some(600), Some(east(-900.0)), Some(east(900.0)))];
    let ridden = |purpose| fit(seen(purpose), PACE, traces(&rides, &[])).weight;
    let stood = |purpose| parked(purpose, 30.0, true).weight;
    assert!(ridden(Purpose::HitAndRun) > 10.0 * stood(Purpose::HitAndRun));
    assert!(stood(Purpose::InjuryOnParked) > ridden(Purpose::InjuryOnParked));
}

#[test]
fn parked_scooters_fit_by_distance_and_the_distance_is_told() {
    let (near, far) = (parked(Purpose::InjuryOnParked, 100.0, true), parked(Purpose::InjuryOnParked, 2_100.0, true));
    assert!(near.weight > 50.0 * far.weight);
    assert!((far.stood_m.unwrap() - 2_100.0).abs() < 10.0);
}

#[test]
fn what_was_not_reported_is_no_proof_that_nobody_rode() {
    let (cleared, silent) = (parked(Purpose::HitAndRun, 5_000.0, true), parked(Purpose::HitAndRun, 5_000.0, false));
    let neutral = unknown_fit(seen(Purpose::HitAndRun), PACE);
    assert!((silent.weight - neutral).abs() < 1e-12 && neutral > 10.0 * cleared.weight);
}

#[test]
fn without_a_place_a_ride_that_covers_the_instant_outweighs_one_at_the_edge_of_the_tolerance() {
    let without = Seen { near: None, ..seen(Purpose::HitAndRun) };
    let of = |from, to| fit(without, PACE, traces(&[ride(from, Some(to), None, None)], &[])).weight;
    assert!(of(-300, 300) > of(100, 400) && of(100, 400) > of(4_000, 5_000));
}

#[test]
fn a_van_of_the_operator_hits_nobody() {
    let rider = ride(-150, Some(150), Some(east(-600.0)), Some(east(600.0)));
    let van = RideSession { kind: RideKind::Rebalance, ..rider.clone() };
    assert!(weight(&[rider]) > 20.0 * weight(&[van]));
}

#[test]
fn a_ride_faster_than_anybody_rides_still_was_on_its_way() {
    let hurried = weight(&[ride(-60, Some(60), Some(east(-3_000.0)), Some(east(3_000.0)))]);
    let elsewhere = weight(&[ride(-60, Some(60), Some(east(9_000.0)), Some(east(9_000.0)))]);
    assert!(hurried > 3.0 * elsewhere, "{hurried} {elsewhere}");
}

fn any_place() -> impl Strategy<Value = Option<Place>> {
    prop_oneof![
        Just(None),
        (-90.0..=90.0_f64, -180.0..=180.0_f64).prop_map(|(lat, lng)| Some(Place { lat, lng })),
        (-8_000.0..8_000.0_f64).prop_map(|metres| Some(east(metres)))
    ]
}

proptest! {
    #[test]
    fn a_fit_is_a_likelihood_for_whatever_is_reported(
        from in -90_000_i64..90_000, length in proptest::option::of(0_i64..90_000), start in any_place(), end in any_place(),
        seen_at in any_place(), radius in 1.0..50_000.0_f64, tolerance in 0_u32..=21_600, complete: bool,
        fixes in proptest::collection::vec((-2_000_i64..2_000, any_place()), 0..4),
    ) {
        let rides = [ride(from, length.map(|length| from + length), start, end)];
        let fixes = believed(fixes.into_iter().filter_map(|(at, place)| Some(fix(at, place?))).collect());
        let seen = Seen { window: Window { at: at(0), tolerance }, near: seen_at.map(|place| (place, radius)), purpose: Purpose::Collision };
        let fit = fit(seen, PACE, Traces { complete, ..traces(&rides, &fixes) });
        prop_assert!(fit.weight > 0.0 && fit.weight <= 1.0, "{:?}", fit);
        prop_assert!(fit.rides.iter().all(|part| (0.0..=fit.weight).contains(part)));
    }

    #[test]
    fn no_scooter_fits_worse_than_an_unknown_one_would_if_the_records_were_wrong(metres in 0.0..90_000.0_f64) {
        let floor = unknown_fit(seen(Purpose::HitAndRun), PACE) * 0.02;
        prop_assert!(parked(Purpose::HitAndRun, metres, true).weight >= floor * 0.999);
    }
}
