//! What an operator's fleet is covered for at an instant, and where it is not.
//!
//! *Invariant:* only vehicles in service at the instant count.

use chrono::{Days as DayCount, NaiveDate};
use std::collections::BTreeMap;

use super::InsureError;
use super::fleet::{InsuredFleet, Serving};
use crate::model::{AsKnown, Caller, Coverage, Days, DeviceId, Moment, PolicyId, day_before};
use crate::registry::Rules;
use crate::storage::Db;

/// How many uncovered vehicles, gaps and policies are named.
const MOST_NAMED: usize = 1_000;
/// How far before and after the instant gaps are looked for, in days.
const GAP_DAYS: u64 = 365;

/// Days without cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The first day; `None`: a year before the instant or longer ago.
    pub from: Option<NaiveDate>,
    /// The first day that has cover, or is no longer one of service; `None`: none is on record within a year.
    pub until: Option<NaiveDate>,
    /// How many vehicles.
    pub vehicles: usize,
}

/// A policy whose cover ends soon, with nothing that adjoins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiring {
    /// The policy.
    pub policy: PolicyId,
    /// The last day of cover.
    pub last_day: NaiveDate,
    /// How many days after the instant that is; 0: on the same day.
    pub days: i64,
    /// How many vehicles.
    pub vehicles: usize,
}

/// What a fleet is covered for at an instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoverageReport {
    /// How many vehicles are in service.
    pub vehicles: usize,
    /// How many of them are covered.
    pub covered: usize,
    /// The first thousand that are not.
    pub uncovered_vehicles: Vec<DeviceId>,
    /// The last day on which all vehicles that are covered now still are.
    pub covered_until: Option<NaiveDate>,
    /// Days without cover, past ones too: those that have begun, and those after which cover goes on.
    pub gaps: Vec<Gap>,
    /// What ends soon.
    pub expiring: Vec<Expiring>,
}

/// Tells what the caller's fleet is covered for at an instant, as known then or now.
///
/// # Errors
/// [`InsureError`].
pub fn coverage(
    db: &mut Db,
    rules: &Rules,
    caller: &Caller,
    at: Moment,
    known: AsKnown,
) -> Result<CoverageReport, InsureError> {
    let operator = caller.operator_id.as_ref().ok_or(InsureError::NotAnOperator)?;
    let fleet = InsuredFleet::find(db, operator, at, known)?;
    Ok(report(&fleet, rules, at))
}

fn report(fleet: &InsuredFleet, rules: &Rules, at: Moment) -> CoverageReport {
    let day = rules.zone.date_of(at);
    let soon = i64::from(rules.warn_days.iter().copied().max().unwrap_or_default());
    let mut report = CoverageReport { vehicles: fleet.vehicles.len(), ..CoverageReport::default() };
    let mut gaps = BTreeMap::new();
    let mut expiring = BTreeMap::new();
    for vehicle in &fleet.vehicles {
        let coverage = fleet.coverage(vehicle.id);
        match coverage.until(day).map(day_before) {
            Some(last_day) => {
                report.covered += 1;
                report.covered_until = Some(report.covered_until.map_or(last_day, |least| least.min(last_day)));
                let days = coverage.days_left(day).unwrap_or_default();
                if let Some(cover) = coverage.on(last_day).filter(|_| days <= soon) {
                    *expiring.entry((last_day, cover.policy.id.clone(), days)).or_insert(0) += 1;
                }
            }
            None if report.uncovered_vehicles.len() < MOST_NAMED => {
                report.uncovered_vehicles.push(vehicle.device_id.clone());
            }
            None => {}
        }
        for gap in gaps_of(rules, day, vehicle, &coverage) {
            *gaps.entry(gap).or_insert(0) += 1;
        }
    }
    let told = gaps.into_iter().map(|((from, until), vehicles)| Gap { from, until, vehicles });
    report.gaps = told.take(MOST_NAMED).collect();
    report.expiring = expiring
        .into_iter()
        .map(|((last_day, policy, days), vehicles)| Expiring { policy, last_day, days, vehicles })
        .take(MOST_NAMED)
        .collect();
    report
}

type Ends = (Option<NaiveDate>, Option<NaiveDate>);

fn gaps_of(rules: &Rules, day: NaiveDate, vehicle: &Serving, coverage: &Coverage<'_>) -> Vec<Ends> {
    let window = Days::new(
        day.checked_sub_days(DayCount::new(GAP_DAYS)).unwrap_or(day),
        day.checked_add_days(DayCount::new(GAP_DAYS)).unwrap_or(day),
    );
    let first_cover = coverage.first_day().map_or(day, |first| first.min(day));
    let service = vehicle.days(rules.zone, window, first_cover);
    let told =
        coverage.gaps(service).into_iter().filter(|gap| gap.from <= day || coverage.next_after(gap.from).is_some());
    told.map(|gap| ((gap.from > window.from).then_some(gap.from), (gap.until < window.until).then_some(gap.until)))
        .collect()
}
