//! The diff: what a file would change, row by row, and what stands against it.
//!
//! *Invariant:* pure. Given the same list and the same knowledge it plans the same, so a dry run foretells the commit.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

use super::known::Known;
use crate::fleet_list::{Field, FleetList, FleetRow, Found, Problem, ProblemKind, Severity};
use crate::model::{DeviceId, Moment, OperatorId, PlateStatus, Vehicle, VehicleFacts};
use crate::plate::{KZ_158, PlateNumber, SeriesLetter};

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

/// How many rows do what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) rows: usize,
    pub(super) new: usize,
    pub(super) changed: usize,
    pub(super) unchanged: usize,
    pub(super) bad: usize,
    /// Vehicles of the fleet that the file does not name: offered for retirement, never retired silently.
    pub(super) missing: i64,
}

/// What a file would change.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) rows: Vec<RowPlan>,
    pub(super) problems: Vec<Problem>,
    pub(super) counts: Counts,
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
    pub(super) adoption_jump: u32,
    pub(super) adopt_up_to: Option<PlateNumber>,
}

/// Plans what the list would change.
pub(super) fn plan(list: &FleetList, known: &Known, terms: Terms<'_>) -> Plan {
    let mut judge = Judge { found: &list.found, known, terms, problems: Vec::new() };
    let mut rows: Vec<_> = list.rows.iter().filter(|row| !row.bad).filter_map(|row| judge.row(row)).collect();
    let too_far = judge.too_far_ahead(&rows);
    rows.retain(|plan| !matches!(plan, RowPlan::New { row, .. } if too_far.contains(row)));
    judge.used_up(&rows);
    let mut problems = list.problems.clone();
    problems.extend(judge.problems);
    // Errors before warnings, those of the file first, then by row.
    problems.sort_by_key(|problem| (problem.severity, problem.row));
    let mut counts = Counts { rows: list.rows.len(), bad: list.rows.len() - rows.len(), ..Counts::default() };
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
    Plan { rows, problems, counts }
}

struct Judge<'a> {
    found: &'a Found,
    known: &'a Known,
    terms: Terms<'a>,
    problems: Vec<Problem>,
}

impl Judge<'_> {
    /// Begins a problem at a row, in the column that holds the field.
    fn problem(&self, kind: ProblemKind, row: u32, field: Field, value: &str) -> Problem {
        let column = self.found.columns.iter().find(|column| column.field == Some(field));
        let problem = Problem::new(kind).at_row(row).with_value(value);
        match column {
            Some(column) => problem.in_column(&column.column),
            None => problem,
        }
    }

    fn row(&mut self, row: &FleetRow) -> Option<RowPlan> {
        let number = match self.number(row) {
            Ok(number) => number,
            Err(problem) => {
                self.problems.push(problem);
                return None;
            }
        };
        let vehicle = self.vehicle(row, number).cloned();
        if let Some(problem) = self.taken_serial_number(row, vehicle.as_ref()) {
            self.problems.push(problem);
            return None;
        }
        let planned = match vehicle {
            Some(vehicle) => self.known_vehicle(row, vehicle, number),
            None => self.new_vehicle(row, number),
        };
        match planned {
            Ok(planned) => Some(planned),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    /// The vehicle that the row means: by device id, else by serial number, else by plate.
    fn vehicle(&self, row: &FleetRow, number: Option<PlateNumber>) -> Option<&Vehicle> {
        let id = match (&row.device_id, &row.serial_number) {
            (Some(device), _) => self.known.by_device.get(device).copied(),
            (None, Some(serial)) => self.known.by_serial_number.get(serial).copied(),
            (None, None) => None,
        };
        let by_plate = || {
            let plate = self.known.plates.get(&number?)?;
            (row.device_id.is_none() && plate.operator_id == *self.terms.operator).then_some(plate.vehicle_id)
        };
        self.known.vehicles.get(&id.or_else(by_plate)?)
    }

    fn taken_serial_number(&self, row: &FleetRow, vehicle: Option<&Vehicle>) -> Option<Problem> {
        let serial = row.serial_number.as_deref()?;
        let owner = self.known.vehicles.get(self.known.by_serial_number.get(serial)?)?;
        let taken = vehicle.is_none_or(|vehicle| vehicle.id != owner.id);
        taken.then(|| {
            self.problem(ProblemKind::SerialNumberTaken, row.row, Field::SerialNumber, serial)
                .with("serial_number", serial)
                .with("device_id", owner.device_id.as_str())
        })
    }

    /// The number that the plate cell means: of the operator's own letters exactly one.
    fn number(&self, row: &FleetRow) -> Result<Option<PlateNumber>, Problem> {
        let Some(cell) = &row.plate else { return Ok(None) };
        let own = self.known.own_letters(self.terms.operator);
        let mut fitting: Vec<_> = cell
            .numbers
            .iter()
            .copied()
            .filter(|number| own.iter().any(|series| series.letter == number.letter()))
            .collect();
        fitting.sort_unstable();
        fitting.dedup();
        if let [number] = fitting.as_slice() {
            return Ok(Some(*number));
        }
        // Several fit: the one that the vehicle bears is meant.
        if let Some(vehicle) = self.vehicle(row, None)
            && let Some(borne) = vehicle.number.filter(|number| fitting.contains(number))
        {
            return Ok(Some(borne));
        }
        let problem = |kind| self.problem(kind, row.row, Field::Plate, &cell.text);
        if fitting.is_empty() {
            let Some(first) = cell.numbers.first() else {
                return Err(problem(ProblemKind::PlateUnreadable));
            };
            let letter = first.letter();
            let foreign =
                self.known.letters.get(&letter).is_some_and(|series| series.operator_id != *self.terms.operator);
            let kind = if foreign { ProblemKind::PlateOfAnotherOperator } else { ProblemKind::SeriesNotConfirmed };
            return Err(problem(kind).with("plate", &first.to_string()).with("letter", &letter.to_string()));
        }
        let numbers: Vec<_> = fitting.iter().map(ToString::to_string).collect();
        Err(problem(ProblemKind::PlateAmbiguous).with("numbers", &numbers.join(", ")))
    }

    fn known_vehicle(&self, row: &FleetRow, vehicle: Vehicle, number: Option<PlateNumber>) -> Result<RowPlan, Problem> {
        if let (Some(stated), Some(borne)) = (number, vehicle.number)
            && stated != borne
        {
            return Err(self
                .problem(ProblemKind::VehicleBearsAnotherPlate, row.row, Field::Plate, &stated.to_string())
                .with("plate", &stated.to_string())
                .with("borne", &borne.to_string()));
        }
        let (facts, fields) = vehicle.facts.laid_under(&facts_of(row));
        if fields.is_empty() {
            Ok(RowPlan::Unchanged { row: row.row, vehicle })
        } else if facts.in_service.zip(facts.out_of_service).is_some_and(|(from, until)| until < from) {
            let stated = row.out_of_service.or(row.in_service).map_or_else(String::new, |date| date.to_string());
            Err(self
                .problem(ProblemKind::ServiceEndsBeforeStart, row.row, Field::OutOfService, &stated)
                .with("in_service", &facts.in_service.map_or_else(String::new, |date| date.to_string())))
        } else {
            Ok(RowPlan::Changed { row: row.row, vehicle, facts, fields })
        }
    }

    fn new_vehicle(&self, row: &FleetRow, kept: Option<PlateNumber>) -> Result<RowPlan, Problem> {
        if let Some((number, plate)) = kept.and_then(|number| Some((number, self.known.plates.get(&number)?))) {
            let text = number.to_string();
            if plate.status_at(self.terms.now) == PlateStatus::Annulled {
                let problem = self.problem(ProblemKind::PlateAnnulled, row.row, Field::Plate, &text);
                return Err(problem.with("plate", &text));
            }
            let bearer = self.known.vehicles.get(&plate.vehicle_id);
            return Err(self
                .problem(ProblemKind::PlateAlreadyBorne, row.row, Field::Plate, &text)
                .with("plate", &text)
                .with("device_id", bearer.map_or("", |vehicle| vehicle.device_id.as_str())));
        }
        let made = || row.serial_number.clone().or_else(|| kept.map(|number| number.to_string()));
        let device_id = row.device_id.clone().or_else(made).and_then(|text| DeviceId::parse(&text).ok());
        match device_id {
            Some(device_id) if row.device_id.is_some() || !self.known.by_device.contains_key(device_id.as_str()) => {
                Ok(RowPlan::New { row: row.row, device_id, facts: facts_of(row), kept })
            }
            _ => Err(Problem::new(ProblemKind::RowWithoutKey).at_row(row.row)),
        }
    }

    /// Finds kept numbers that lie too far above the highest one: one typing mistake must not burn a letter. Numbers
    /// are taken in ascending order, each raising the highest, so that a whole fleet is adopted without being asked.
    fn too_far_ahead(&mut self, rows: &[RowPlan]) -> BTreeSet<u32> {
        let mut kept: Vec<_> = rows
            .iter()
            .filter_map(|plan| match plan {
                RowPlan::New { row, kept: Some(number), .. } => Some((*number, *row)),
                _ => None,
            })
            .collect();
        kept.sort_unstable();
        let mut highest: BTreeMap<SeriesLetter, u32> = BTreeMap::new();
        let mut too_far = BTreeSet::new();
        for (number, row) in kept {
            let known =
                self.known.letters.get(&number.letter()).map_or(0, |series| series.next_serial.saturating_sub(1));
            let top = highest.entry(number.letter()).or_insert(known);
            let limit = top.saturating_add(self.terms.adoption_jump);
            let meant =
                self.terms.adopt_up_to.is_some_and(|limit| limit.letter() == number.letter() && number <= limit);
            if number.serial() > limit && !meant {
                let highest =
                    PlateNumber::of(number.letter(), *top).map_or_else(|_| "0".to_owned(), |top| top.to_string());
                let problem = self
                    .problem(ProblemKind::PlateTooFarAhead, row, Field::Plate, &number.to_string())
                    .with("plate", &number.to_string())
                    .with("highest", &highest)
                    .with("limit", &self.terms.adoption_jump.to_string());
                self.problems.push(problem);
                too_far.insert(row);
            } else {
                *top = (*top).max(number.serial());
            }
        }
        too_far
    }

    /// Says so if the operator's letters have fewer numbers left than vehicles need.
    fn used_up(&mut self, rows: &[RowPlan]) {
        let own = self.known.own_letters(self.terms.operator);
        let wanted = rows.iter().filter(|plan| matches!(plan, RowPlan::New { kept: None, .. })).count();
        let last = *KZ_158.serials().end();
        let left: u32 = own
            .iter()
            .map(|series| {
                let kept = rows.iter().filter_map(|plan| match plan {
                    RowPlan::New { kept: Some(number), .. } if number.letter() == series.letter => {
                        Some(number.serial())
                    }
                    _ => None,
                });
                let next = kept.max().map_or(series.next_serial, |top| series.next_serial.max(top.saturating_add(1)));
                last.saturating_add(1).saturating_sub(next)
            })
            .sum();
        if u32::try_from(wanted).unwrap_or(u32::MAX) > left {
            let letter = own.last().map_or_else(String::new, |series| series.letter.to_string());
            self.problems.push(Problem::new(ProblemKind::SeriesUsedUp).with("letter", &letter));
        }
    }
}

fn facts_of(row: &FleetRow) -> VehicleFacts {
    VehicleFacts {
        serial_number: row.serial_number.clone(),
        make: row.make.clone(),
        model: row.model.clone(),
        year: row.year,
        colour: row.colour.clone(),
        in_service: row.in_service,
        out_of_service: row.out_of_service,
        comment: row.comment.clone(),
    }
}
