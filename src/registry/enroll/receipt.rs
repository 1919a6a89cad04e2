//! What is given back: the operator's own columns with the numbers beside them, or the bad rows with what is wrong.
//!
//! *Invariant:* only rows of the file that was sent, in its order and in the form in which it came.
//! *Invariant:* every row that was not taken is among the bad rows, however many problems a report keeps: what stands
//! against them is found anew when it is asked for.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::known::Known;
use super::plan::{RowPlan, plan};
use super::report::problems;
use super::work::terms;
use super::{EnrollError, ImportProblem};
use crate::fleet_list::{
    self, FleetList, GivenFile, Mapping, OF_A_RECEIPT, OF_BAD_ROWS, Problem, ProblemKind, Severity,
};
use crate::model::{Caller, ImportId, Moment, OperatorId};
use crate::plate::{PlateNumber, Scheme};
use crate::registry::Registry;
use crate::registry::items::rear_codes;
use crate::storage::fleet_imports::{self, RowOutcome, StoredImport};
use crate::storage::{self, Db};
use crate::words::Language;

const ROWS_AT_ONCE: usize = 10_000;

/// An upload, read again.
struct Again {
    import: StoredImport,
    operator: OperatorId,
    file: Vec<u8>,
    list: FleetList,
}

fn read_again(db: &mut Db, scheme: Scheme, caller: &Caller, id: &ImportId) -> Result<Again, EnrollError> {
    let operator = caller.operator_id.clone().ok_or(EnrollError::NotAnOperator)?;
    let import = fleet_imports::find(db, id, Some(&operator))?.ok_or(EnrollError::Unknown)?;
    let file = fleet_imports::file(db, id)?;
    let pairs: Vec<String> = serde_json::from_str(&import.mapping)?;
    let mapping = Mapping::parse(&pairs).map_err(EnrollError::Mapping)?;
    let list = fleet_list::read(scheme, &file, &mapping);
    Ok(Again { import, operator, file, list })
}

/// Returns the receipt of a committed upload: every row that was taken, with number, control pair and what the QR code of
/// the rear plate says.
///
/// # Errors
/// [`EnrollError::NotReady`] where it is not committed.
pub fn receipt(
    db: &mut Db,
    registry: &Registry,
    caller: &Caller,
    language: Language,
    id: &ImportId,
) -> Result<GivenFile, EnrollError> {
    let Again { import, file, list, .. } = read_again(db, registry.rules.scheme, caller, id)?;
    if import.status != "committed" {
        return Err(EnrollError::NotReady { status: import.status });
    }
    let outcomes = all_outcomes(db, id)?;
    let codes = rear_codes(db, registry, &outcomes.values().filter_map(number).collect::<Vec<_>>())?;
    Ok(fleet_list::give_back(&file, &list, &OF_A_RECEIPT, language, |row| {
        let outcome = outcomes.get(&i64::from(row.row))?;
        let number = number(outcome);
        let more = [
            outcome.device_id.clone(),
            outcome.outcome.clone(),
            number.map_or_else(String::new, |number| number.to_string()),
            number.map_or_else(String::new, PlateNumber::control_text),
            number.and_then(|number| codes.get(&number).cloned()).unwrap_or_default(),
        ];
        Some(more.to_vec())
    }))
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
pub fn bad_rows(
    db: &mut Db,
    registry: &Registry,
    now: Moment,
    caller: &Caller,
    language: Language,
    id: &ImportId,
) -> Result<GivenFile, EnrollError> {
    let Again { import, operator, file, list } = read_again(db, registry.rules.scheme, caller, id)?;
    if matches!(import.status.as_str(), "reading" | "committing" | "failed") {
        return Err(EnrollError::NotReady { status: import.status });
    }
    let known = Known::find(db, registry.rules.scheme, &operator, &list)?;
    let planned = plan(&list, &known, terms(registry, now, &operator, &import));
    let told = problems(&import)?;
    let against = Against::of(&planned.problems, &told);
    let bad: HashSet<u32> = if import.status == "committed" {
        let taken = all_outcomes(db, id)?;
        list.rows.iter().map(|row| row.row).filter(|row| !taken.contains_key(&i64::from(*row))).collect()
    } else {
        let standing: HashSet<u32> = planned.rows.iter().map(RowPlan::row).collect();
        let then = against.rows.keys().copied();
        list.rows.iter().map(|row| row.row).filter(|row| !standing.contains(row)).chain(then).collect()
    };
    Ok(fleet_list::give_back(&file, &list, &OF_BAD_ROWS, language, |row| {
        bad.contains(&row.row).then(|| against.row(row.row, language))
    }))
}

/// What stands against the rows of a file, and against the file.
struct Against<'p> {
    rows: HashMap<u32, Vec<&'p Problem>>,
    file: Vec<&'p Problem>,
}

impl<'p> Against<'p> {
    /// Gathers what stands against them now, and of what was told then that of the rows against which nothing stands now.
    fn of(now: &'p [Problem], then: &'p [Problem]) -> Self {
        let errors = |problem: &&Problem| problem.severity == Severity::Error;
        let mut against = Self { rows: HashMap::new(), file: Vec::new() };
        for problem in now.iter().filter(errors) {
            match problem.row {
                Some(row) => against.rows.entry(row).or_default().push(problem),
                None => against.file.push(problem),
            }
        }
        let standing: HashSet<u32> = against.rows.keys().copied().collect();
        for problem in then.iter().filter(errors) {
            if let Some(row) = problem.row.filter(|row| !standing.contains(row)) {
                against.rows.entry(row).or_default().push(problem);
            }
        }
        against
    }

    /// What is wrong with a row, and how to mend it. A row may be bad only because of what is wrong with the file; one
    /// against which nothing stands any more is good by now.
    fn row(&self, row: u32, language: Language) -> Vec<String> {
        let mended = Problem::new(ProblemKind::NothingAgainst);
        let mended = [&mended];
        let problems = match self.rows.get(&row) {
            Some(problems) => problems.as_slice(),
            None if self.file.is_empty() => &mended,
            None => self.file.as_slice(),
        };
        let said: Vec<_> = problems.iter().map(|problem| ImportProblem::say(problem, language)).collect();
        let joined = |part: fn(&ImportProblem) -> &str| said.iter().map(part).collect::<Vec<_>>().join(" ");
        vec![joined(|problem| &problem.problem), joined(|problem| &problem.remedy)]
    }
}
