//! A random life, told by the rules of this room and by a simple replay, day by day.
//!
//! *Invariant:* the replay shares no rule with what it checks: it paints days in the order in which things were said.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]

use chrono::{Duration, NaiveDate};
use proptest::prelude::*;

use super::{
    AccountId, AsKnown, Fact, Moment, PlateCorrection, ServicePeriod, StatusReport, VehicleFacts, VehicleId,
    VehicleStatus, VehicleVersion, Zone, bearers, description_at, service_periods, service_stated, status_at,
};
use crate::plate::PlateNumber;

const DAYS: usize = 30;
const COLOURS: [&str; 4] = ["green", "red", "blue", "white"];

/// Something that is said of the vehicle, each later than the one before.
#[derive(Debug, Clone)]
enum Said {
    Status { status: usize, since: usize, days: Option<usize>, replaces: Option<usize> },
    Colour { colour: usize, since: Option<usize> },
    Leaves { day: usize },
    Enters { day: usize },
    StaysAfterAll,
    BornBy { vehicle: usize, since: Option<usize> },
}

fn said() -> impl Strategy<Value = Said> {
    let day = || 0..DAYS;
    let perhaps = || proptest::option::of(0..DAYS);
    prop_oneof![
        (0..6_usize, day(), proptest::option::of(1..9_usize), proptest::option::of(0..9_usize))
            .prop_map(|(status, since, days, replaces)| Said::Status { status, since, days, replaces }),
        (0..4_usize, perhaps()).prop_map(|(colour, since)| Said::Colour { colour, since }),
        day().prop_map(|day| Said::Leaves { day }),
        day().prop_map(|day| Said::Enters { day }),
        Just(Said::StaysAfterAll),
        (0..3_usize, perhaps()).prop_map(|(vehicle, since)| Said::BornBy { vehicle, since }),
    ]
}

fn zone() -> Zone {
    Zone::find("Asia/Almaty").unwrap()
}

fn date(day: usize) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 1).unwrap() + Duration::days(i64::try_from(day).unwrap())
}

fn start(day: usize) -> Moment {
    zone().start_of(date(day))
}

/// The records that the registry would hold.
struct Records {
    versions: Vec<VehicleVersion>,
    reports: Vec<StatusReport>,
    corrections: Vec<PlateCorrection>,
}

fn known(entry: usize) -> Moment {
    Moment::from_millis(i64::try_from(entry).unwrap() * 1000)
}

fn recorded(told: &[Said]) -> Records {
    let facts = VehicleFacts { colour: Some(COLOURS[0].into()), in_service: Some(date(3)), ..VehicleFacts::default() };
    let mut records = Records { versions: Vec::new(), reports: Vec::new(), corrections: Vec::new() };
    records.versions.push(version(1, facts, None, None, ServicePeriod::FIRST, known(0)));
    for (entry, said) in (1..).zip(told) {
        let now = known(entry);
        match said {
            Said::Status { status, since, days, replaces } => {
                let current = records.reports.iter_mut().filter(|report| report.superseded_at.is_none());
                let wrong = replaces.and_then(|place| current.into_iter().nth(place));
                let corrects = wrong.map(|report| {
                    report.superseded_at = Some(now);
                    report.entry
                });
                let next = u32::try_from(records.reports.len()).unwrap() + 1;
                let until = days.map(|days| start(since + days));
                records.reports.push(report(next, VehicleStatus::ALL[*status], start(*since), until, corrects, now));
            }
            Said::BornBy { vehicle, since } => records.corrections.push(PlateCorrection {
                number: PlateNumber::parse("K00001").unwrap(),
                entry: u32::try_from(entry).unwrap(),
                bearer: [None, Some(VehicleId(1)), Some(VehicleId(2))][*vehicle],
                since: since.map(start),
                reason: String::new(),
                account: AccountId::from_text("a"),
                recorded_at: now,
            }),
            Said::Colour { .. } | Said::Leaves { .. } | Said::Enters { .. } | Said::StaysAfterAll => {
                let next = describe(&records.versions, said, now);
                records.versions.extend(next);
            }
        }
    }
    records
}

fn describe(versions: &[VehicleVersion], said: &Said, now: Moment) -> Option<VehicleVersion> {
    let last = versions.last().unwrap();
    let (mut facts, next) = (last.facts.clone(), last.version + 1);
    let old = (facts.in_service, facts.out_of_service);
    let new = match said {
        Said::Colour { colour, since } => {
            facts.colour = Some(COLOURS[*colour].into());
            let stated = Some(vec![Fact::Colour]);
            return Some(version(next, facts, stated, since.map(start), ServicePeriod::FIRST, now));
        }
        Said::Leaves { day } => (old.0, Some(date(*day))),
        Said::Enters { day } => (Some(date(*day)), old.1),
        _ => (old.0, None),
    };
    let (service, (first, last)) = service_stated(zone(), versions, old, new);
    (facts.in_service, facts.out_of_service) = (first, last);
    // The deed refuses a period that ends before it begins.
    let lawful = first.zip(last).is_none_or(|(first, last)| first <= last);
    lawful.then(|| version(next, facts, Some(vec![Fact::InService, Fact::OutOfService]), None, service, now))
}

fn version(
    version: u32,
    facts: VehicleFacts,
    stated: Option<Vec<Fact>>,
    holds_from: Option<Moment>,
    service: ServicePeriod,
    recorded_at: Moment,
) -> VehicleVersion {
    VehicleVersion {
        vehicle_id: VehicleId(1),
        version,
        facts,
        stated,
        holds_from,
        service,
        reason: None,
        recorded_by: None,
        recorded_at,
        superseded_at: None,
    }
}

fn report(
    entry: u32,
    status: VehicleStatus,
    since: Moment,
    until: Option<Moment>,
    replaces: Option<u32>,
    recorded_at: Moment,
) -> StatusReport {
    StatusReport {
        vehicle_id: VehicleId(1),
        entry,
        status,
        since,
        until,
        reported_by: None,
        account: AccountId::from_text("a"),
        note: None,
        place: None,
        replaces,
        maintenance: None,
        recorded_at,
        superseded_at: None,
    }
}

/// A day as the replay sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Day {
    colour: &'static str,
    status: VehicleStatus,
    served: bool,
    bearer: Option<VehicleId>,
}

/// Replays what was said, painting days; the service periods are a list of first and last days.
fn replayed(told: &[Said]) -> Vec<Day> {
    let blank = Day { colour: COLOURS[0], status: VehicleStatus::InService, served: false, bearer: Some(VehicleId(1)) };
    let mut days = vec![blank; DAYS];
    let mut statuses: Vec<(usize, usize, Option<usize>)> = Vec::new();
    let mut served: Vec<(usize, Option<usize>)> = vec![(3, None)];
    for said in told {
        let last = served.last_mut().unwrap();
        match *said {
            Said::Status { status, since, days, replaces } => {
                if let Some(place) = replaces.filter(|place| *place < statuses.len()) {
                    statuses.remove(place);
                }
                statuses.push((since, status, days.map(|days| since + days)));
            }
            Said::Colour { colour, since } => {
                days.iter_mut().skip(since.unwrap_or(0)).for_each(|day| day.colour = COLOURS[colour]);
            }
            Said::BornBy { vehicle, since } => {
                let bearer = [None, Some(VehicleId(1)), Some(VehicleId(2))][vehicle];
                days.iter_mut().skip(since.unwrap_or(0)).for_each(|day| day.bearer = bearer);
            }
            Said::Leaves { day } if last.0 <= day => last.1 = Some(day),
            Said::Enters { day } if last.1.is_some_and(|left| left < day) => served.push((day, None)),
            Said::Enters { day } => last.0 = day,
            Said::Leaves { .. } => {}
            Said::StaysAfterAll => last.1 = None,
        }
    }
    // Later reports paint over earlier ones; those of one day in the order in which they came.
    statuses.sort_by_key(|(since, ..)| *since);
    for (since, status, until) in statuses {
        for (place, day) in days.iter_mut().enumerate().skip(since) {
            let over = until.is_some_and(|until| until <= place);
            day.status = if over { VehicleStatus::InService } else { VehicleStatus::ALL[status] };
        }
    }
    for (place, day) in days.iter_mut().enumerate() {
        let later = served.iter().skip(1).rev().find(|(first, _)| *first <= place);
        let (first, last) = later.unwrap_or(&served[0]);
        day.served = *first <= place && last.is_none_or(|last| place <= last);
    }
    days
}

fn told(records: &Records, day: usize, as_known: AsKnown) -> Day {
    // Noon: nothing begins or ends then.
    let at = start(day).plus_seconds(12 * 3600);
    let versions: Vec<_> = records.versions.iter().filter(|one| one.is_known(as_known)).cloned().collect();
    let corrections: Vec<_> =
        records.corrections.iter().filter(|one| as_known.holds(one.recorded_at, None)).cloned().collect();
    let colour = description_at(&records.versions, at, as_known).unwrap().facts.colour.unwrap();
    let status = status_at(&records.reports, at, as_known).map_or(VehicleStatus::InService, |report| report.status);
    let bearer = bearers(VehicleId(1), &corrections).into_iter().find(|(_, period)| period.contains(at)).unwrap().0;
    let served = service_periods(&versions, zone(), None, None).iter().any(|period| period.contains(at));
    Day { colour: COLOURS.into_iter().find(|known| **known == colour).unwrap(), status, served, bearer }
}

proptest! {
    #[test]
    fn a_life_told_as_of_any_day_and_as_known_after_any_report_is_its_replay(
        said in proptest::collection::vec(said(), 0..25),
        day in 0..DAYS,
        cut in 0..26_usize,
    ) {
        let records = recorded(&said);
        prop_assert_eq!(told(&records, day, AsKnown::Now), replayed(&said)[day].clone());
        let cut = cut.min(said.len());
        let as_known = AsKnown::At(known(cut));
        prop_assert_eq!(told(&records, day, as_known), replayed(&said[..cut])[day].clone());
    }

    #[test]
    fn service_periods_lie_apart_and_in_order(said in proptest::collection::vec(said(), 0..25), retired in 0..DAYS) {
        let records = recorded(&said);
        let periods = service_periods(&records.versions, zone(), None, Some(start(retired)));
        prop_assert!(periods.iter().all(|period| !period.is_empty() && period.until <= Some(start(retired))));
        prop_assert!(periods.windows(2).all(|pair| pair[0].until.is_some() && pair[0].until < pair[1].from));
    }
}
