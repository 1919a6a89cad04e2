//! What is given back: the operator's own columns with the numbers beside them, or the bad rows with what is wrong.
//!
//! *Invariant:* only rows of the file that was sent, in its order and its own delimiter and encoding; no cell that a
//! spreadsheet would run as a formula.

use std::collections::BTreeMap;

use super::report::problems;
use super::{EnrollError, ImportProblem};
use crate::fleet_list::{self, FleetList, Mapping, Severity};
use crate::model::{Caller, ImportId};
use crate::plate::PlateNumber;
use crate::registry::Registry;
use crate::registry::items::rear_codes;
use crate::storage::fleet_imports::{self, RowOutcome, StoredImport};
use crate::storage::{self, Db};
use crate::words::{Language, say};

const ROWS_AT_ONCE: usize = 10_000;

fn list_of(db: &mut Db, caller: &Caller, id: &ImportId) -> Result<(StoredImport, FleetList), EnrollError> {
    let operator = caller.operator_id.as_ref().ok_or(EnrollError::NotAnOperator)?;
    let import = fleet_imports::find(db, id, Some(operator))?.ok_or(EnrollError::Unknown)?;
    let file = fleet_imports::file(db, id)?;
    let pairs: Vec<String> = serde_json::from_str(&import.mapping)?;
    let mapping = Mapping::parse(&pairs).map_err(EnrollError::Mapping)?;
    Ok((import, fleet_list::read(&file, &mapping)))
}

/// Returns the receipt of a committed upload: every row that was taken, with number, control pair and what the QR code of
/// the rear plate says.
///
/// # Errors
/// [`EnrollError::NotReady`] where it is not committed.
pub fn receipt(db: &mut Db, registry: &Registry, caller: &Caller, id: &ImportId) -> Result<Vec<u8>, EnrollError> {
    let (import, list) = list_of(db, caller, id)?;
    if import.status != "committed" {
        return Err(EnrollError::NotReady { status: import.status });
    }
    let outcomes = all_outcomes(db, id)?;
    let codes = rear_codes(db, registry, &outcomes.values().filter_map(number).collect::<Vec<_>>())?;
    let rows = list.rows.iter().filter_map(|row| {
        let outcome = outcomes.get(&i64::from(row.row))?;
        let number = number(outcome);
        let more = [
            outcome.device_id.clone(),
            outcome.outcome.clone(),
            number.map_or_else(String::new, |number| number.to_string()),
            number.map_or_else(String::new, |number| number.control().to_string()),
            number.and_then(|number| codes.get(&number).cloned()).unwrap_or_default(),
        ];
        Some((row.cells.clone(), more.to_vec()))
    });
    let more = ["registry_device_id", "registry_outcome", "number", "control", "qr"].map(ToOwned::to_owned);
    Ok(fleet_list::give_back(&list.found, &more, rows))
}

fn number(outcome: &RowOutcome) -> Option<PlateNumber> {
    outcome.number.as_deref().and_then(|text| PlateNumber::parse(text).ok())
}

fn all_outcomes(db: &mut Db, id: &ImportId) -> storage::Result<BTreeMap<i64, RowOutcome>> {
    let mut found = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = fleet_imports::row_outcomes(db, id, after, ROWS_AT_ONCE)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.row;
        found.extend(page.into_iter().map(|row| (row.row, row)));
    }
}

/// Returns the rows that have errors, as they came, with two more columns: what is wrong and how to mend it.
///
/// # Errors
/// [`EnrollError::NotReady`] while the work has not ended.
pub fn bad_rows(db: &mut Db, caller: &Caller, language: Language, id: &ImportId) -> Result<Vec<u8>, EnrollError> {
    let (import, list) = list_of(db, caller, id)?;
    if matches!(import.status.as_str(), "reading" | "committing" | "failed") {
        return Err(EnrollError::NotReady { status: import.status });
    }
    let mut wrong: BTreeMap<Option<u32>, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for problem in problems(&import)?.iter().filter(|problem| problem.severity == Severity::Error) {
        let said = ImportProblem::say(problem, language);
        let (problems, remedies) = wrong.entry(problem.row).or_default();
        problems.push(said.problem);
        remedies.push(said.remedy);
    }
    let rows = list.rows.iter().filter_map(|row| {
        // A row may be bad only because of what is wrong with the file as a whole.
        let of_file = || wrong.get(&None).filter(|_| row.bad);
        let (problems, remedies) = wrong.get(&Some(row.row)).or_else(of_file)?;
        Some((row.cells.clone(), vec![problems.join(" "), remedies.join(" ")]))
    });
    let more = ["problem", "remedy"].map(|name| say(language, &format!("fleet_list.give_back.{name}"), &[]));
    Ok(fleet_list::give_back(&list.found, &more, rows))
}
