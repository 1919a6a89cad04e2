//! The diff: what a file would change, row by row, and what stands against it.
//!
//! *Invariant:* pure. Given the same list and the same knowledge it plans the same, so a dry run foretells the commit.

use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

use super::judge::Judge;
use super::known::Known;
use super::stated_policies::{Insurance, PlannedPolicy};
use crate::fleet_list::{FleetList, Problem, Severity};
use crate::model::{DeviceId, Moment, OperatorId, Vehicle, VehicleFacts, VehicleId};
use crate::plate::{PlateNumber, Scheme};

/// What a row would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowPlan {
    /// A vehicle that was not known.
    New { row: u32, device_id: DeviceId, facts: VehicleFacts, kept: Option<PlateNumber> },
    /// A known vehicle with facts that changed.
    Changed { row: u32, vehicle: Vehicle, facts: VehicleFacts, fields: Vec<&'static str> },
    /// A known vehicle as it is known.
    Unchanged { row: u32, vehicle: Vehicle },
}

impl RowPlan {
    /// Returns the number of the row.
    pub(super) const fn row(&self) -> u32 {
        match self {
            Self::New { row, .. } | Self::Changed { row, .. } | Self::Unchanged { row, .. } => *row,
        }
    }

    /// The vehicle, if it is known.
    pub(super) const fn vehicle_id(&self) -> Option<VehicleId> {
        match self {
            Self::New { .. } => None,
            Self::Changed { vehicle, .. } | Self::Unchanged { vehicle, .. } => Some(vehicle.id),
        }
    }

    /// The description that the vehicle will have.
    pub(super) const fn facts(&self) -> &VehicleFacts {
        match self {
            Self::New { facts, .. } | Self::Changed { facts, .. } => facts,
            Self::Unchanged { vehicle, .. } => &vehicle.facts,
        }
    }

    /// Says that the row changes something about a known vehicle beside its description.
    pub(super) fn change(&mut self, field: &'static str) {
        match self {
            Self::New { .. } => {}
            Self::Changed { fields, .. } => fields.push(field),
            Self::Unchanged { row, vehicle } => {
                let facts = vehicle.facts.clone();
                *self = Self::Changed { row: *row, vehicle: vehicle.clone(), facts, fields: vec![field] };
            }
        }
    }
}

/// How many rows do what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) rows: usize,
    pub(super) new: usize,
    pub(super) changed: usize,
    pub(super) unchanged: usize,
    pub(super) bad: usize,
    /// Vehicles of the fleet that the file does not name: offered for retirement, never retired silently.
    pub(super) missing: i64,
    /// How many problems there are of which kind.
    pub(super) by_problem: BTreeMap<&'static str, usize>,
    /// Policies that the file makes or extends.
    pub(super) policies: usize,
}

/// What a file would change.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) rows: Vec<RowPlan>,
    pub(super) problems: Vec<Problem>,
    pub(super) counts: Counts,
    pub(super) policies: Vec<PlannedPolicy>,
}

impl Plan {
    /// Returns whether something stands against the file as a whole.
    pub(super) fn has_errors(&self) -> bool {
        self.counts.bad > 0 || self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// What the plan depends on besides the list and the knowledge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) operator: &'a OperatorId,
    pub(super) now: Moment,
    /// The day that `now` falls on in the registry's zone.
    pub(super) today: NaiveDate,
    pub(super) scheme: Scheme,
    pub(super) adoption_jump: u32,
    pub(super) adopt_up_to: Option<PlateNumber>,
}

/// Plans what the list would change.
pub(super) fn plan(list: &FleetList, known: &Known, terms: Terms<'_>) -> Plan {
    let mut judge = Judge::new(&list.found, known, terms);
    let mut rows: Vec<_> = list.rows.iter().filter(|row| !row.bad).filter_map(|row| judge.row(row)).collect();
    let too_far = judge.too_far_ahead(&rows);
    rows.retain(|plan| !matches!(plan, RowPlan::New { row, .. } if too_far.contains(row)));
    judge.used_up(&rows);
    let (policies, of_insurance) = Insurance::plan(known, terms, &list.rows, &mut rows).into_parts(&list.found);
    let mut problems = list.problems.clone();
    problems.extend(of_insurance);
    problems.extend(judge.problems);
    // Errors before warnings, those of the file first, then by row.
    problems.sort_by_key(|problem| (problem.severity, problem.row));
    let mut counts = Counts { rows: list.rows.len(), bad: list.rows.len() - rows.len(), ..Counts::default() };
    for problem in &problems {
        *counts.by_problem.entry(problem.kind.name()).or_default() += 1;
    }
    let mut named = BTreeSet::new();
    for row in &rows {
        match row {
            RowPlan::New { .. } => counts.new += 1,
            RowPlan::Changed { vehicle, .. } => {
                counts.changed += 1;
                named.insert(vehicle.id);
            }
            RowPlan::Unchanged { vehicle, .. } => {
                counts.unchanged += 1;
                named.insert(vehicle.id);
            }
        }
    }
    counts.missing = known.fleet - i64::try_from(named.len()).unwrap_or(i64::MAX);
    counts.policies = policies.len();
    Plan { rows, problems, counts, policies }
}
