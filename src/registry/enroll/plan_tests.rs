//! The diff by itself: what a list would change, given what is known.
//!
//! *Invariant:* no database: knowledge is made by hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]

use super::known::Known;
use super::plan::{Plan, RowPlan, Terms, plan};
use super::used::{Used, What};
use crate::fleet_list::{Mapping, ProblemKind, read};
use crate::model::{
    DeviceId, Moment, OperatorId, Period, Plate, Series, SeriesStatus, Vehicle, VehicleFacts, VehicleId,
};
use crate::plate::{KZ_158, PlateNumber, SeriesLetter};

const NOW: Moment = Moment::from_millis(1_783_000_000_000);

fn operator() -> OperatorId {
    OperatorId::from_text("ours")
}

fn knowing_letters(letters: &[(&str, &str, u32)]) -> Known {
    let mut known = Known::default();
    for (letter, owner, next_serial) in letters {
        let letter = SeriesLetter::parse(letter).unwrap();
        let series = Series {
            letter,
            operator_id: OperatorId::from_text(owner),
            status: SeriesStatus::Confirmed,
            claimed_at: NOW,
            in_use_since: None,
            notice: None,
            objections_until: None,
            decided_at: None,
            decision_reason: None,
            next_serial: *next_serial,
        };
        known.letters.insert(letter, series);
    }
    known
}

/// Adds a vehicle that bears a number.
fn bearing(mut known: Known, device: &str, number: &str, facts: VehicleFacts, until: Option<Moment>) -> Known {
    let number = PlateNumber::parse(number).unwrap();
    let id = VehicleId(i64::try_from(known.vehicles.len()).unwrap() + 1);
    let plate = Plate {
        number,
        version: 1,
        vehicle_id: id,
        operator_id: operator(),
        borne: Period::new(None, until),
        reason: "issued".into(),
        recorded_at: NOW,
        superseded_at: None,
    };
    let vehicle = Vehicle {
        id,
        operator_id: operator(),
        device_id: DeviceId::parse(device).unwrap(),
        registered_at: NOW,
        version: 1,
        facts,
        number: Some(number),
    };
    known.plates.insert(number, plate);
    known.by_device.insert(device.to_owned(), id);
    if let Some(serial) = &vehicle.facts.serial_number {
        known.by_serial_number.insert(serial.clone(), id);
    }
    known.vehicles.insert(id, vehicle);
    known.fleet += 1;
    known
}

fn planned(known: &Known, list: &str) -> Plan {
    let list = read(KZ_158, list.as_bytes(), &Mapping::parse(&[]).unwrap());
    let ours = operator();
    plan(
        &list,
        known,
        Terms {
            scheme: KZ_158,
            operator: &ours,
            now: NOW,
            today: "2026-07-02".parse().unwrap(),
            adoption_jump: 1_000,
            adopt_up_to: None,
        },
    )
}

fn kinds(plan: &Plan) -> Vec<ProblemKind> {
    let told = plan.problems.iter().map(|problem| problem.kind);
    told.filter(|kind| ![ProblemKind::FactColumnMissing, ProblemKind::VehiclesUninsured].contains(kind)).collect()
}

#[test]
fn a_row_is_known_by_device_id_else_by_serial_number_else_by_plate() {
    let facts = VehicleFacts { serial_number: Some("S1".into()), ..VehicleFacts::default() };
    let known = bearing(knowing_letters(&[("K", "ours", 2)]), "d1", "K00001", facts, None);
    for list in ["device_id\nd1\n", "serial_number\nS1\n", "plate\nK00001\n"] {
        let plan = planned(&known, list);
        assert!(matches!(plan.rows[..], [RowPlan::Unchanged { .. }]), "{list}: {:?} {:?}", plan.rows, kinds(&plan));
        assert_eq!(plan.counts.missing, 0);
    }
}

#[test]
fn a_device_id_is_made_from_the_serial_number_and_the_second_time_nothing_is_new() {
    let known = knowing_letters(&[("K", "ours", 1)]);
    let plan = planned(&known, "serial_number,make\nS9,Okai\n");
    let [RowPlan::New { device_id, .. }] = &plan.rows[..] else { unreachable!("{:?}", plan.rows) };
    assert_eq!(device_id.as_str(), "S9");
}

#[test]
fn vehicles_that_the_list_does_not_name_are_counted_and_not_touched() {
    let known = bearing(knowing_letters(&[("K", "ours", 2)]), "d1", "K00001", VehicleFacts::default(), None);
    let plan = planned(&known, "device_id\nd2\n");
    assert_eq!((plan.counts.new, plan.counts.missing), (1, 1));
}

#[test]
fn a_cyrillic_plate_is_decided_by_the_operators_own_letters() {
    let known = knowing_letters(&[("H", "theirs", 1), ("N", "ours", 1)]);
    let plan = planned(&known, "device_id,plate\nd1,Н00001\n");
    let [RowPlan::New { kept: Some(number), .. }] = &plan.rows[..] else { unreachable!("{:?}", kinds(&plan)) };
    assert_eq!(number.to_string(), "N00001");
    let both = knowing_letters(&[("H", "ours", 1), ("N", "ours", 1)]);
    assert_eq!(kinds(&planned(&both, "device_id,plate\nd1,Н00001\n")), [ProblemKind::PlateAmbiguous]);
}

#[test]
fn an_annulled_number_is_never_taken_again() {
    let gone = Some(Moment::from_millis(1_000));
    let known = bearing(knowing_letters(&[("K", "ours", 2)]), "d1", "K00001", VehicleFacts::default(), gone);
    assert_eq!(kinds(&planned(&known, "device_id,plate\nd2,K00001\n")), [ProblemKind::PlateAnnulled]);
}

#[test]
fn a_whole_fleet_is_adopted_but_not_a_lonely_jump() {
    let known = knowing_letters(&[("K", "ours", 1)]);
    let rows: Vec<_> = (1..=3_000).map(|serial| format!("d{serial},K{serial:05}\n")).collect();
    let mut list = format!("device_id,plate\n{}", rows.concat());
    assert_eq!(planned(&known, &list).counts.new, 3_000);
    list.push_str("typo,K04001\n");
    let plan = planned(&known, &list);
    assert_eq!((kinds(&plan), plan.counts.bad), (vec![ProblemKind::PlateTooFarAhead], 1));
}

#[test]
fn a_letter_with_too_few_numbers_left_says_so_and_a_second_letter_helps() {
    let list = "device_id\na\nb\nc\n";
    let short = planned(&knowing_letters(&[("K", "ours", 99_998)]), list);
    assert_eq!(kinds(&short), [ProblemKind::SeriesUsedUp]);
    let enough = planned(&knowing_letters(&[("K", "ours", 99_998), ("M", "ours", 1)]), list);
    assert_eq!((kinds(&enough), enough.counts.new), (vec![], 3));
}

#[test]
fn a_row_that_would_end_service_before_its_known_beginning_is_refused() {
    let facts = VehicleFacts { in_service: Some("2026-07-10".parse().unwrap()), ..VehicleFacts::default() };
    let known = bearing(knowing_letters(&[("K", "ours", 2)]), "d1", "K00001", facts, None);
    let plan = planned(&known, "device_id,out_of_service\nd1,2026-07-01\n");
    assert_eq!(kinds(&plan), [ProblemKind::ServiceEndsBeforeStart]);
}

/// The one problem of a list whose last row means what an earlier one means: its kind, its row, its value, the earlier.
fn repeated(known: &Known, list: &str) -> (ProblemKind, Option<u32>, String, String) {
    let plan = planned(known, list);
    assert!(plan.has_errors(), "{list}");
    assert_eq!(plan.counts.bad, 1, "{list}");
    let [problem] = plan.problems.iter().filter(|one| one.row.is_some()).collect::<Vec<_>>()[..] else {
        unreachable!("{list}: {:?}", plan.problems)
    };
    let first = problem.args.iter().find(|(name, _)| name == "first").unwrap();
    (problem.kind, problem.row, problem.value.clone().unwrap(), first.1.clone())
}

fn twice(kind: ProblemKind, row: u32, value: &str, first: u32) -> (ProblemKind, Option<u32>, String, String) {
    (kind, Some(row), value.to_owned(), first.to_string())
}

#[test]
fn an_id_that_would_be_made_twice_or_is_stated_elsewhere_is_told_at_the_later_row() {
    let known = knowing_letters(&[("H", "ours", 1)]);
    for (list, value) in [
        ("device_id;serial_number\nS1;\n;S1\n", "S1"),
        ("device_id;serial_number\n;S1\nS1;\n", "S1"),
        ("device_id;plate\nH00060;\n;H00060\n", "H00060"),
    ] {
        assert_eq!(repeated(&known, list), twice(ProblemKind::DeviceIdTwiceInFile, 3, value, 2));
    }
}

#[test]
fn two_rows_that_mean_one_known_vehicle_by_different_keys_are_told() {
    let facts = VehicleFacts { serial_number: Some("X1".into()), ..VehicleFacts::default() };
    let known = bearing(knowing_letters(&[("K", "ours", 2)]), "D1", "K00001", facts, None);
    for list in [
        "device_id;serial_number;make\nD1;;Foo\n;X1;Bar\n",
        "device_id;serial_number;make\n;X1;Bar\nD1;;Foo\n",
        "device_id;plate\nD1;\n;K00001\n",
        // The serial number moves away in one row and is the key of the other.
        "device_id;serial_number\nD1;X2\n;X1\n",
    ] {
        assert_eq!(repeated(&known, list), twice(ProblemKind::DeviceIdTwiceInFile, 3, "D1", 2));
    }
}

#[test]
fn one_number_in_two_scripts_is_one_number() {
    let known = knowing_letters(&[("H", "ours", 1)]);
    let list = "device_id;plate\nE1;\u{41d}00050\nE2;H00050\n";
    assert_eq!(repeated(&known, list), twice(ProblemKind::PlateTwiceInFile, 3, "H00050", 2));
}

#[test]
fn a_serial_number_does_not_move_to_another_vehicle_in_the_file_that_takes_it_away() {
    let facts = VehicleFacts { serial_number: Some("X1".into()), ..VehicleFacts::default() };
    let known = bearing(knowing_letters(&[("K", "ours", 2)]), "D1", "K00001", facts, None);
    let plan = planned(&known, "device_id,serial_number\nD1,X2\nD2,X1\n");
    assert_eq!((kinds(&plan), plan.counts.changed), (vec![ProblemKind::SerialNumberTaken], 1));
}

#[test]
fn an_id_made_of_a_serial_number_that_is_another_vehicles_id_is_refused() {
    let known = bearing(knowing_letters(&[("K", "ours", 2)]), "S1", "K00001", VehicleFacts::default(), None);
    let plan = planned(&known, "serial_number\nS1\n");
    assert_eq!((kinds(&plan), plan.counts.bad), (vec![ProblemKind::SerialNumberTaken], 1));
}

#[test]
fn a_serial_number_that_two_vehicles_would_end_with_is_used_once() {
    let new = |row, device: &str| RowPlan::New {
        row,
        device_id: DeviceId::parse(device).unwrap(),
        facts: VehicleFacts { serial_number: Some("X1".into()), ..VehicleFacts::default() },
        kept: None,
    };
    let mut used = Used::default();
    assert!(used.take(&new(2, "a")).is_none());
    let again = used.take(&new(5, "b")).unwrap();
    assert_eq!((again.what, again.value.as_str(), again.first), (What::SerialNumber, "X1", 2));
}

#[test]
fn a_number_for_a_known_scooter_that_bears_none_is_never_passed_over() {
    let mut known = bearing(knowing_letters(&[("K", "ours", 9)]), "d1", "K00001", VehicleFacts::default(), None);
    known = bearing(known, "d2", "K00002", VehicleFacts::default(), Some(NOW));
    known = bearing(known, "d3", "K00003", VehicleFacts::default(), None);
    let third = known.by_device["d3"];
    known.vehicles.get_mut(&third).unwrap().number = None;
    for (number, kind) in [
        ("K00001", ProblemKind::PlateAlreadyBorne),
        ("K00002", ProblemKind::PlateAnnulled),
        ("K00007", ProblemKind::VehicleBearsNoPlate),
    ] {
        let plan = planned(&known, &format!("device_id,plate\nd3,{number}\n"));
        let kinds: Vec<_> = plan.problems.iter().map(|problem| problem.kind).collect();
        assert!(kinds.contains(&kind), "{number}: {kinds:?}");
        assert_eq!((plan.counts.bad, plan.counts.unchanged), (1, 0));
    }
}
