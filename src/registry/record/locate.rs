//! A batch of positions: new ones, repetitions, contradictions, refusals.
//!
//! *Invariant:* a replay is harmless; another position for the same instant is kept beside the first and marked, for nobody
//! knows which is right.

use rand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use utoipa::ToSchema;

use super::fleet::Fleet;
use super::point::{Point, judge_point};
use super::report::MOST_REPORTS;
use super::{RecordError, ReportProblem};
use crate::model::{Caller, Fix, Moment, VehicleId, new_id};
use crate::registry::Rules;
use crate::storage::{Tx, operators, rides, telemetry};
use crate::words::Language;

/// What came of a batch of positions.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct TelemetryReceipt {
    /// How many were sent.
    pub total: usize,
    /// How many are new, those that contradict another one included.
    pub recorded: usize,
    /// How many were known as they are.
    pub repeated: usize,
    /// How many state another place than one on record for the same scooter and instant; both are kept, neither is used.
    pub contradicting: usize,
    /// How many were refused; they are kept as they came.
    pub refused: usize,
    /// What was refused, or contradicts another one, by its place in the call.
    pub results: Vec<PointResult>,
}

/// What came of one position.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PointResult {
    /// Its place in the call, from 0.
    pub index: usize,
    /// `refused` or `contradicting`.
    pub outcome: String,
    /// Why it was refused, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why it was refused and how to mend it, in the caller's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Records a batch of positions.
///
/// # Errors
/// [`RecordError`]; then nothing of the batch is recorded.
pub fn locate(
    tx: &mut Tx<'_>,
    rules: &Rules,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    language: Language,
    reports: &[Value],
) -> Result<TelemetryReceipt, RecordError> {
    let operator = caller.operator_id.clone().ok_or(RecordError::NotAnOperator)?;
    match reports.len() {
        0 => return Err(RecordError::Empty),
        count if count > MOST_REPORTS => return Err(RecordError::TooMany { count, most: MOST_REPORTS }),
        _ => {}
    }
    // Two calls with the same positions come one after the other.
    operators::take_turn(tx, &operator)?;
    let judged: Vec<_> = reports.iter().map(|report| judge_point(rules.scheme, report)).collect();
    let named = judged.iter().flatten().map(|point| &point.vehicle);
    let fleet = Fleet::find_named(tx, &operator, named, std::iter::empty())?;
    let fixes: Vec<_> = judged.into_iter().map(|point| fix(&point?, &fleet)).collect();
    let keys: Vec<_> = fixes.iter().flatten().map(|fix| (fix.vehicle_id, fix.at)).collect();
    let mut known = telemetry::at_instants(tx.db(), &keys)?;
    let mut receipt = TelemetryReceipt { total: reports.len(), ..TelemetryReceipt::default() };
    let mut new = Vec::new();
    let mut refused = Vec::new();
    for (index, (report, fix)) in reports.iter().zip(fixes).enumerate() {
        match fix {
            Ok(fix) => count(&mut receipt, &mut known, &mut new, index, fix),
            Err(problem) => {
                receipt.refused += 1;
                refused.push((new_id(now, rng), report.to_string(), problem.code().to_owned()));
                receipt.results.push(PointResult {
                    index,
                    outcome: "refused".to_owned(),
                    code: Some(problem.code().to_owned()),
                    problem: Some(problem.text(language)),
                });
            }
        }
    }
    telemetry::insert(tx, &new, now)?;
    rides::keep_refused(tx, &operator, &refused, now)?;
    Ok(receipt)
}

fn fix(point: &Point, fleet: &Fleet) -> Result<Fix, ReportProblem> {
    Ok(Fix {
        vehicle_id: fleet.vehicle(&point.vehicle, point.at)?,
        at: point.at,
        place: point.place,
        speed: point.speed,
        heading: point.heading,
        accuracy_m: point.accuracy_m,
        contradicts: false,
    })
}

fn count(
    receipt: &mut TelemetryReceipt,
    known: &mut HashMap<(VehicleId, Moment), Vec<Fix>>,
    new: &mut Vec<(Fix, usize)>,
    index: usize,
    fix: Fix,
) {
    let of_instant = known.entry((fix.vehicle_id, fix.at)).or_default();
    if of_instant.iter().any(|other| other.says_the_same(&fix)) {
        receipt.repeated += 1;
        return;
    }
    receipt.recorded += 1;
    if !of_instant.is_empty() {
        receipt.contradicting += 1;
        receipt.results.push(PointResult { index, outcome: "contradicting".to_owned(), code: None, problem: None });
    }
    new.push((fix, of_instant.len()));
    of_instant.push(fix);
}
