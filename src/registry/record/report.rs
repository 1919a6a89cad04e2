//! A batch of reports: new rides, new versions, repetitions, refusals.
//!
//! *Invariant:* a replay is harmless: the same id with the same content changes nothing, whoever sends it how often.

use rand::Rng;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

use super::enter::{Entered, Facts, changes, decide, enter};
use super::fleet::Fleet;
use super::insured::Insured;
use super::judge::{Judged, judge};
use super::receipt::{SessionsReceipt, receipt};
use super::step::Step;
use super::{RecordError, ReportProblem};
use crate::model::{Caller, Moment, OperatorId, RideId, RideMark, RideReport, new_id};
use crate::registry::Rules;
use crate::storage::{Tx, audit_log, operators, rides};
use crate::words::Language;

/// How many rides one call takes.
pub const MOST_REPORTS: usize = 10_000;

/// Records a batch of reports.
///
/// # Errors
/// [`RecordError`]; then nothing of the batch is recorded.
pub fn report(
    tx: &mut Tx<'_>,
    rules: &Rules,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    language: Language,
    reports: &[Value],
) -> Result<SessionsReceipt, RecordError> {
    let operator = caller.operator_id.clone().ok_or(RecordError::NotAnOperator)?;
    match reports.len() {
        0 => return Err(RecordError::Empty),
        count if count > MOST_REPORTS => {
            return Err(RecordError::TooMany { count, most: MOST_REPORTS });
        }
        _ => {}
    }
    // Two calls with the same rides come one after the other.
    operators::await_turn(tx, &operator)?;
    let judged: Vec<_> = reports.iter().map(|report| judge(rules.scheme, report)).collect();
    let fleet = Fleet::find(tx, &operator, &judged)?;
    let contradicted = contradicted(&judged, &fleet);
    let placed = place(judged, &fleet);
    let sound: Vec<_> = placed.iter().flatten().collect();
    let known = rides::find_known(tx.db(), &operator, sound.iter().map(|report| &report.ride_id))?;
    let decided = decide(&sound, &known, now, rng);
    let insured = Insured::find(tx, &operator, decided.values().filter_map(Step::ride))?;
    let facts = Facts { rules, fleet: &fleet, insured: &insured, contradicted: &contradicted };
    let entered = enter(tx, now, &operator, &facts, &decided)?;
    refuse(tx, now, rng, &operator, reports, &placed)?;
    let changes = changes(tx, caller, &operator, &decided)?;
    audit_log::append(tx, now, rng, &changes)?;
    Ok(receipt(language, reports, &placed, &decided, &by_ride(&entered)))
}

/// The marks of each new version, by name.
fn by_ride<'a>((new, overlaps): &'a Entered<'_>) -> HashMap<&'a RideId, Vec<RideMark>> {
    let mut found: HashMap<_, _> = new.iter().map(|ride| (&ride.report.ride_id, ride.marks.clone())).collect();
    for mark in overlaps {
        found.entry(&mark.ride_id).or_default().push(mark.mark);
    }
    for marks in found.values_mut() {
        marks.sort_by_key(|mark| mark.name());
    }
    found
}

/// The rides whose report names a scooter and the plate of another one, or of none.
fn contradicted(judged: &[Result<Judged, ReportProblem>], fleet: &Fleet) -> HashSet<RideId> {
    judged.iter().flatten().filter(|one| contradicts(one, fleet)).map(|one| one.ride_id.clone()).collect()
}

/// Returns whether a report names a scooter and the plate of another one, or of none.
pub(super) fn contradicts(judged: &Judged, fleet: &Fleet) -> bool {
    judged.plate_beside.as_ref().is_some_and(|numbers| {
        fleet.bearer(numbers, judged.started_at) != fleet.vehicle(&judged.vehicle, judged.started_at).ok()
    })
}

/// Finds the vehicle of each report, and refuses a ride that the call tells in two ways.
fn place(judged: Vec<Result<Judged, ReportProblem>>, fleet: &Fleet) -> Vec<Result<RideReport, ReportProblem>> {
    let mut told: HashMap<RideId, RideReport> = HashMap::new();
    judged
        .into_iter()
        .map(|one| {
            let report = of_vehicle(one?, fleet)?;
            match told.get(&report.ride_id) {
                Some(before) if *before != report => {
                    return Err(ReportProblem::TwiceInCall(report.ride_id.as_str().to_owned()));
                }
                Some(_) => {}
                None => drop(told.insert(report.ride_id.clone(), report.clone())),
            }
            Ok(report)
        })
        .collect()
}

/// Finds the vehicle of a report.
pub(super) fn of_vehicle(judged: Judged, fleet: &Fleet) -> Result<RideReport, ReportProblem> {
    Ok(RideReport {
        vehicle_id: fleet.vehicle(&judged.vehicle, judged.started_at)?,
        ride_id: judged.ride_id,
        started_at: judged.started_at,
        ended_at: judged.ended_at,
        start: judged.start,
        end: judged.end,
        kind: judged.kind,
        rider_handle: judged.rider_handle,
    })
}

fn refuse(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    operator: &OperatorId,
    reports: &[Value],
    placed: &[Result<RideReport, ReportProblem>],
) -> Result<(), RecordError> {
    let refused: Vec<_> = reports
        .iter()
        .zip(placed)
        .filter_map(|(report, placed)| {
            let problem = placed.as_ref().err()?;
            Some((new_id(now, rng), without_handle(report).to_string(), problem.code().to_owned()))
        })
        .collect();
    Ok(rides::keep_refused(tx, operator, &refused, now)?)
}

/// The rider's handle is not kept, here neither.
pub(super) fn without_handle(report: &Value) -> Value {
    let mut report = report.clone();
    if let Some(fields) = report.as_object_mut() {
        fields.remove("rider_handle");
    }
    report
}
