//! What came of a batch, report by report.
//!
//! *Invariant:* one result for each report, in the order of the call.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use utoipa::ToSchema;

use super::ReportProblem;
use super::judge::unread;
use super::step::Step;
use crate::model::{RideId, RideMark, RideReport};
use crate::words::Language;

/// What came of a batch.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct SessionsReceipt {
    /// How many were sent.
    pub total: usize,
    /// How many are new.
    pub recorded: usize,
    /// How many were known as they are.
    pub repeated: usize,
    /// How many became new versions.
    pub versioned: usize,
    /// How many were refused; they are kept as they came.
    pub refused: usize,
    /// What came of each, in the order of the call.
    pub results: Vec<ReportResult>,
}

/// What came of one report.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReportResult {
    /// Its place in the call, from 0.
    pub index: usize,
    /// The operator's id of the ride, where it could be read.
    pub ride_id: Option<String>,
    /// `recorded`, `repeated`, `versioned` or `refused`.
    pub outcome: String,
    /// Which version the ride has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Why it was refused, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why it was refused and how to mend it, in the caller's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Fields of the report that are not read: perhaps mistyped.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub unread: Vec<String>,
    /// What looks wrong about it; it is recorded all the same.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub marks: Vec<String>,
}

/// Tells what came of each report.
pub(super) fn receipt(
    language: Language,
    reports: &[Value],
    placed: &[Result<RideReport, ReportProblem>],
    decided: &BTreeMap<&RideId, Step<'_>>,
    marks: &HashMap<&RideId, Vec<RideMark>>,
) -> SessionsReceipt {
    let mut receipt = SessionsReceipt { total: reports.len(), ..SessionsReceipt::default() };
    let mut counted = HashSet::new();
    for (index, (report, placed)) in reports.iter().zip(placed).enumerate() {
        let ride_id = report.get("ride_id").and_then(Value::as_str).map(ToOwned::to_owned);
        let step = placed.as_ref().ok().and_then(|placed| decided.get(&placed.ride_id));
        let first = placed.as_ref().is_ok_and(|placed| counted.insert(&placed.ride_id));
        let (outcome, version) = match step {
            None => ("refused", None),
            Some(Step::Record(ride)) if first => ("recorded", Some(ride.version)),
            Some(Step::Version(ride, _)) if first => ("versioned", Some(ride.version)),
            Some(Step::Record(ride) | Step::Version(ride, _)) => ("repeated", Some(ride.version)),
            Some(Step::Repeat(version)) => ("repeated", Some(*version)),
        };
        match outcome {
            "recorded" => receipt.recorded += 1,
            "versioned" => receipt.versioned += 1,
            "repeated" => receipt.repeated += 1,
            _ => receipt.refused += 1,
        }
        let problem = placed.as_ref().err();
        let marks = placed
            .as_ref()
            .ok()
            .and_then(|placed| marks.get(&placed.ride_id))
            .map(|marks| marks.iter().map(|mark| mark.name().to_owned()).collect())
            .unwrap_or_default();
        receipt.results.push(ReportResult {
            index,
            ride_id,
            outcome: outcome.to_owned(),
            version,
            code: problem.map(|problem| problem.code().to_owned()),
            problem: problem.map(|problem| problem.text(language)),
            unread: unread(report),
            marks,
        });
    }
    receipt
}
