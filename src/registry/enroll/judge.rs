//! One row after another: which vehicle it means, what it would do to it, and what stands against it.
//!
//! *Invariant:* pure; a row that is planned excludes every later one that means the same scooter, number or serial
//! number, in whatever words.

use chrono::NaiveDate;

use super::known::Known;
use super::plan::{RowPlan, Terms};
use super::served::{self, BeforeCurrent};
use super::used::{Used, What};
use crate::fleet_list::{Field, FleetRow, Found, Problem, ProblemKind, RowKey};
use crate::model::{DeviceId, PlateStatus, Series, ServiceDates, Vehicle, VehicleFacts};
use crate::plate::PlateNumber;

/// Judges rows in the order of the file, each against what is known and against the rows before it.
pub(super) struct Judge<'a> {
    found: &'a Found,
    pub(super) known: &'a Known,
    pub(super) terms: Terms<'a>,
    used: Used,
    /// What stands against the rows that were judged.
    pub(super) problems: Vec<Problem>,
}

impl<'a> Judge<'a> {
    /// Begins with no row used.
    pub(super) fn new(found: &'a Found, known: &'a Known, terms: Terms<'a>) -> Self {
        Self { found, known, terms, used: Used::default(), problems: Vec::new() }
    }

    /// Begins a problem at a row, in the column that holds the field.
    pub(super) fn problem(&self, kind: ProblemKind, row: u32, field: Field, value: &str) -> Problem {
        let column = self.found.columns.iter().find(|column| column.field == Some(field));
        let problem = Problem::new(kind).at_row(row).with_value(value);
        match column {
            Some(column) => problem.in_column(&column.column),
            None => problem,
        }
    }

    /// Judges the next row; nothing if something stands against it, which is then among the problems.
    pub(super) fn row(&mut self, row: &FleetRow) -> Option<RowPlan> {
        let planned = self.planned(row).and_then(|planned| self.once(row, planned));
        planned.map_err(|problem| self.problems.push(problem)).ok()
    }

    fn planned(&self, row: &FleetRow) -> Result<RowPlan, Problem> {
        let number = self.number(row)?;
        let vehicle = self.vehicle(row, number);
        if let Some(problem) = self.taken_serial_number(row, vehicle) {
            return Err(problem);
        }
        match vehicle {
            Some(vehicle) => self.known_vehicle(row, vehicle.clone(), number),
            None => self.new_vehicle(row, number),
        }
    }

    /// Refuses what an earlier row has planned already under another name: rows are the same scooter by what they mean,
    /// not by what they write, and what they mean is known only now.
    fn once(&mut self, row: &FleetRow, planned: RowPlan) -> Result<RowPlan, Problem> {
        let Some(again) = self.used.take(&planned) else { return Ok(planned) };
        let key = match row.key() {
            Some(RowKey::SerialNumber(_)) => Field::SerialNumber,
            Some(RowKey::Plate(_)) => Field::Plate,
            Some(RowKey::DeviceId(_)) | None => Field::DeviceId,
        };
        let (kind, field) = match again.what {
            What::Vehicle => (ProblemKind::DeviceIdTwiceInFile, key),
            What::Number => (ProblemKind::PlateTwiceInFile, Field::Plate),
            What::SerialNumber => (ProblemKind::SerialNumberTwiceInFile, Field::SerialNumber),
        };
        Err(self.problem(kind, row.row, field, &again.value).with("first", &again.first.to_string()))
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
        let mut fitting: Vec<_> =
            cell.numbers.iter().copied().filter(|number| self.may_be_own(&own, *number)).collect();
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
                let sample = self.terms.scheme.sample();
                return Err(problem(ProblemKind::PlateUnreadable).with("sample", sample));
            };
            let letter = first.letter();
            let series = letter.and_then(|letter| self.known.letters.get(&letter));
            let foreign = series.is_some_and(|series| series.operator_id != *self.terms.operator);
            let kind = if !self.terms.scheme.has_letters() {
                ProblemKind::PlateNotYours
            } else if foreign {
                ProblemKind::PlateOfAnotherOperator
            } else {
                ProblemKind::SeriesNotConfirmed
            };
            return Err(problem(kind)
                .with("plate", &first.to_string())
                .with("letter", &letter.map_or_else(String::new, |letter| letter.to_string())));
        }
        let numbers: Vec<_> = fitting.iter().map(ToString::to_string).collect();
        Err(problem(ProblemKind::PlateAmbiguous).with("numbers", &numbers.join(", ")))
    }

    /// Whether a number may be the operator's: one of its letters, or where numbers have none, no other operator's.
    fn may_be_own(&self, own: &[&Series], number: PlateNumber) -> bool {
        if self.terms.scheme.has_letters() {
            return own.iter().any(|series| Some(series.letter) == number.letter());
        }
        self.known.plates.get(&number).is_none_or(|plate| plate.operator_id == *self.terms.operator)
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
        if let Some(number) = number.filter(|_| vehicle.number.is_none()) {
            return Err(self.number_for_none(row, &vehicle, number));
        }
        let mut said = facts_of(row);
        (said.in_service, said.out_of_service) = self.service_said(row, &vehicle)?;
        let (mut facts, mut fields) = vehicle.facts.laid_under(&said);
        if comes_back(&vehicle.facts, &said) {
            // A first day after the known last one opens a new period, which has no last day unless one is stated.
            facts.out_of_service = said.out_of_service;
            if !fields.contains(&"out_of_service") {
                fields.push("out_of_service");
            }
        }
        if fields.is_empty() {
            Ok(RowPlan::Unchanged { row: row.row, vehicle })
        } else if self.known.retired.contains(&vehicle.id) {
            let device_id = vehicle.device_id.as_str();
            let problem = self.problem(ProblemKind::VehicleRetired, row.row, Field::DeviceId, device_id);
            Err(problem.with("device_id", device_id))
        } else if facts.in_service.zip(facts.out_of_service).is_some_and(|(from, until)| until < from) {
            let stated = row.out_of_service.or(row.in_service).map_or_else(String::new, |date| date.to_string());
            Err(self
                .problem(ProblemKind::ServiceEndsBeforeStart, row.row, Field::OutOfService, &stated)
                .with("in_service", &facts.in_service.map_or_else(String::new, |date| date.to_string())))
        } else {
            Ok(RowPlan::Changed { row: row.row, vehicle, facts, fields })
        }
    }

    /// What a row's service dates say of the current period or of the next.
    fn service_said(&self, row: &FleetRow, vehicle: &Vehicle) -> Result<ServiceDates, Problem> {
        let earlier = self.known.earlier.get(&vehicle.id).map_or(&[][..], Vec::as_slice);
        let current = (vehicle.facts.in_service, vehicle.facts.out_of_service);
        served::said(earlier, current, (row.in_service, row.out_of_service)).map_err(|BeforeCurrent| {
            let text = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
            self.problem(ProblemKind::ServicePeriodOver, row.row, Field::InService, &text(row.in_service))
                .with("in_service", &text(current.0))
        })
    }

    /// What stands against a number for a known vehicle that bears none: a list gives it none, and not in silence.
    fn number_for_none(&self, row: &FleetRow, vehicle: &Vehicle, number: PlateNumber) -> Problem {
        self.not_free(row, number).unwrap_or_else(|| {
            let text = number.to_string();
            self.problem(ProblemKind::VehicleBearsNoPlate, row.row, Field::Plate, &text)
                .with("plate", &text)
                .with("device_id", vehicle.device_id.as_str())
        })
    }

    /// What stands against a number that was given before.
    fn not_free(&self, row: &FleetRow, number: PlateNumber) -> Option<Problem> {
        let plate = self.known.plates.get(&number)?;
        let text = number.to_string();
        if plate.status_at(self.terms.now) == PlateStatus::Annulled {
            let problem = self.problem(ProblemKind::PlateAnnulled, row.row, Field::Plate, &text);
            return Some(problem.with("plate", &text));
        }
        let bearer = self.known.vehicles.get(&plate.vehicle_id);
        let problem = self
            .problem(ProblemKind::PlateAlreadyBorne, row.row, Field::Plate, &text)
            .with("plate", &text)
            .with("device_id", bearer.map_or("", |vehicle| vehicle.device_id.as_str()));
        Some(problem)
    }

    fn new_vehicle(&self, row: &FleetRow, kept: Option<PlateNumber>) -> Result<RowPlan, Problem> {
        if let Some(problem) = kept.and_then(|number| self.not_free(row, number)) {
            return Err(problem);
        }
        match device_id_of(row, kept) {
            Some(device_id) if row.device_id.is_some() || !self.known.by_device.contains_key(device_id.as_str()) => {
                Ok(RowPlan::New { row: row.row, device_id, facts: facts_of(row), kept })
            }
            // The id that would be made of the serial number is another scooter's.
            Some(device_id) if row.serial_number.is_some() => Err(self
                .problem(ProblemKind::SerialNumberTaken, row.row, Field::SerialNumber, device_id.as_str())
                .with("serial_number", device_id.as_str())
                .with("device_id", device_id.as_str())),
            _ => Err(Problem::new(ProblemKind::RowWithoutKey).at_row(row.row)),
        }
    }
}

/// Whether a row brings a vehicle back that is out of service.
fn comes_back(known: &VehicleFacts, said: &VehicleFacts) -> bool {
    said.in_service.zip(known.out_of_service).is_some_and(|(first_day, last_day)| last_day < first_day)
}

/// The id of a new vehicle: the one stated, else its serial number, else its number.
fn device_id_of(row: &FleetRow, kept: Option<PlateNumber>) -> Option<DeviceId> {
    let made = || row.serial_number.clone().or_else(|| kept.map(|number| number.to_string()));
    let text = row.device_id.clone().or_else(made)?;
    DeviceId::parse(&text).ok()
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
