//! A batch of reports: new rides, new versions, repetitions, refusals.
//!
//! *Invariant:* a replay is harmless: the same id with the same content changes nothing, whoever sends it how often.

use rand::Rng;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::fleet::Fleet;
use super::insured::Insured;
use super::judge::{Judged, judge};
use super::receipt::{SessionsReceipt, receipt};
use super::step::Step;
use super::{RecordError, ReportProblem};
use crate::audit::{Action, Salt};
use crate::model::{Caller, Moment, OperatorId, RideId, RideMark, RideReport, new_id};
use crate::registry::Rules;
use crate::storage::audit_log::{self, Draft};
use crate::storage::ride_marks::{self, NewMark};
use crate::storage::rides::{self, Comparison, KnownRide, NewRide};
use crate::storage::{Tx, operators};
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
    operators::take_turn(tx, &operator)?;
    let judged: Vec<_> = reports.iter().map(|report| judge(rules.scheme, report)).collect();
    let fleet = Fleet::find(tx, &operator, &judged)?;
    let contradicted = contradicted(&judged, &fleet);
    let placed = place(judged, &fleet);
    let ids: Vec<_> = placed.iter().filter_map(|one| Some(one.as_ref().ok()?.ride_id.clone())).collect();
    let known = rides::find_known(tx.db(), &operator, &ids)?;
    let decided = decide(&placed, &known, now, rng);
    let changed: Vec<_> = decided
        .iter()
        .filter(|(_, step)| matches!(step, Step::Version(..)))
        .filter_map(|(id, _)| Some(((*id).clone(), known.get(*id)?.clone())))
        .collect();
    let new: Vec<_> = decided.values().filter_map(Step::ride).cloned().collect();
    rides::insert(tx, &operator, &new, &changed, now)?;
    let marks = mark(tx, rules, now, &operator, &new, &fleet, &contradicted)?;
    refuse(tx, now, rng, &operator, reports, &placed)?;
    log_changes(tx, now, rng, caller, &operator, &decided)?;
    Ok(receipt(language, reports, &placed, &decided, &marks))
}

/// The rides whose report names a scooter and the plate of another one, or of none.
fn contradicted(judged: &[Result<Judged, ReportProblem>], fleet: &Fleet) -> HashSet<RideId> {
    let told = judged.iter().flatten().filter(|one| {
        let named = fleet.vehicle(&one.vehicle, one.started_at).ok();
        one.plate_beside.as_ref().is_some_and(|numbers| fleet.bearer(numbers, one.started_at) != named)
    });
    told.map(|one| one.ride_id.clone()).collect()
}

/// Finds the vehicle of each report, and refuses a ride that the call tells in two ways.
fn place(judged: Vec<Result<Judged, ReportProblem>>, fleet: &Fleet) -> Vec<Result<RideReport, ReportProblem>> {
    let mut told: HashMap<RideId, RideReport> = HashMap::new();
    judged
        .into_iter()
        .map(|one| {
            let one = one?;
            let report = RideReport {
                vehicle_id: fleet.vehicle(&one.vehicle, one.started_at)?,
                ride_id: one.ride_id,
                started_at: one.started_at,
                ended_at: one.ended_at,
                start: one.start,
                end: one.end,
                kind: one.kind,
                rider_handle: one.rider_handle,
            };
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

fn decide<'a>(
    placed: &'a [Result<RideReport, ReportProblem>],
    known: &'a HashMap<RideId, KnownRide>,
    now: Moment,
    rng: &mut impl Rng,
) -> BTreeMap<&'a RideId, Step<'a>> {
    let mut steps = BTreeMap::new();
    for report in placed.iter().flatten() {
        if steps.contains_key(&report.ride_id) {
            continue;
        }
        let salt = report.rider_handle.as_ref().map(|_| {
            let mut bytes = [0_u8; 32];
            rng.fill_bytes(&mut bytes);
            Salt::from_bytes(bytes)
        });
        let before = known.get(&report.ride_id);
        let ride =
            |version, first_received, completes| NewRide { report, version, first_received, salt, before, completes };
        let step = match before {
            None => Step::Record(ride(1, now, false)),
            Some(before) => match before.compare(report) {
                Comparison::Same => Step::Repeat(before.version()),
                other => {
                    let completes = other == Comparison::Completes;
                    let version = before.version().saturating_add(1);
                    Step::Version(ride(version, before.first_received(), completes), other)
                }
            },
        };
        steps.insert(&report.ride_id, step);
    }
    steps
}

fn mark(
    tx: &mut Tx<'_>,
    rules: &Rules,
    now: Moment,
    operator: &OperatorId,
    new: &[NewRide<'_>],
    fleet: &Fleet,
    contradicted: &HashSet<RideId>,
) -> Result<HashMap<(RideId, u32), Vec<RideMark>>, RecordError> {
    let mut marks = Vec::new();
    let insured = Insured::find(tx, operator, new)?;
    for ride in new {
        let report = ride.report;
        let borne = fleet
            .plates
            .get(&report.vehicle_id)
            .is_some_and(|plates| plates.iter().any(|plate| plate.borne.contains(report.started_at)));
        let found = [
            (report.ended_at.is_none(), RideMark::Open),
            (
                report.ended_at.is_some_and(|end| end.seconds_since(report.started_at) >= rules.max_ride_s),
                RideMark::Long,
            ),
            (contradicted.contains(&report.ride_id), RideMark::PlateDiffers),
            (report.started_at > now, RideMark::BeginsInFuture),
            (!borne, RideMark::WithoutPlate),
            (!insured.covers(rules.zone, report), RideMark::Uninsured),
            (
                report.ended_at.is_some_and(|end| ride.first_received.seconds_since(end) > rules.late_after_s),
                RideMark::ReportedLate,
            ),
        ];
        marks.extend(found.into_iter().filter(|(is, _)| *is).map(|(_, mark)| NewMark {
            ride_id: report.ride_id.clone(),
            version: ride.version,
            mark,
            other: None,
        }));
    }
    ride_marks::note(tx, operator, &marks, now)?;
    let starts = new.iter().map(|ride| ride.report.started_at);
    let ends = new
        .iter()
        .map(|ride| ride.report.ended_at.unwrap_or_else(|| ride.report.started_at.plus_seconds(rules.max_ride_s)));
    if let (Some(from), Some(to)) = (starts.min(), ends.max()) {
        let mut vehicles: Vec<_> = new.iter().map(|ride| ride.report.vehicle_id).collect();
        vehicles.sort_unstable();
        vehicles.dedup();
        let fresh: Vec<_> = new.iter().map(|ride| &ride.report.ride_id).collect();
        ride_marks::note_overlaps(tx, operator, &vehicles, (from, to), rules.max_ride_s, now, &fresh)?;
    }
    let versions: Vec<_> = new.iter().map(|ride| (ride.report.ride_id.clone(), ride.version)).collect();
    Ok(ride_marks::find(tx.db(), operator, &versions)?)
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
fn without_handle(report: &Value) -> Value {
    let mut report = report.clone();
    if let Some(fields) = report.as_object_mut() {
        fields.remove("rider_handle");
    }
    report
}

/// A ride that somebody asked about and that says something else now is an entry of its own. One that merely ended is
/// not.
fn log_changes(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    operator: &OperatorId,
    decided: &BTreeMap<&RideId, Step<'_>>,
) -> Result<(), RecordError> {
    let differing: Vec<_> = decided
        .iter()
        .filter(|(_, step)| matches!(step, Step::Version(_, Comparison::Differs)))
        .map(|(id, _)| (*id).clone())
        .collect();
    let asked = rides::asked_about(tx.db(), operator, &differing)?;
    let drafts = asked.iter().map(|id| Draft::of(caller, Action::SessionChangedAfterLookup, id.as_str())).collect();
    audit_log::append(tx, now, rng, drafts)?;
    Ok(())
}
