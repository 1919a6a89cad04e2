//! Which numbers an order is of.
//!
//! *Invariant:* nothing is guessed: a text that may mean two of the operator's numbers names none.
//! *Invariant:* the number of statements does not depend on how many numbers are asked for.

use std::collections::HashSet;

use super::asked::Wanted;
use super::error::{OrderFault, OrderWrong, PrintJobError, Spot};
use crate::model::{ImportId, OperatorId};
use crate::plate::{PlateNumber, Scheme, reading};
use crate::storage::{Db, fleet_imports, plates};

/// How many numbers one job prints: more is a mistake, or several jobs.
pub(super) const MOST_NUMBERS: usize = 100_000;
/// How many faults are told.
const MOST_FAULTS: usize = 100;
/// What may mean more numbers than this is no number to be printed, and is not looked up.
const MOST_MEANINGS: usize = 100;
const ROWS_AT_ONCE: usize = 10_000;

/// Finds the numbers that are wanted, each once, in the order in which they are.
pub(super) fn wanted(
    db: &mut Db,
    scheme: Scheme,
    operator: &OperatorId,
    wanted: &Wanted,
) -> Result<Vec<PlateNumber>, PrintJobError> {
    let (found, spot) = match wanted {
        Wanted::Numbers(texts) => (listed(db, scheme, operator, texts)?, Spot::Numbers),
        Wanted::Import(import) => (of_import(db, operator, import)?, Spot::Import),
        Wanted::Range { from, to } => (of_range(db, scheme, operator, [from, to])?, Spot::Range),
    };
    match found.len() {
        0 => Err(one(spot, OrderWrong::Nothing)),
        1..=MOST_NUMBERS => Ok(found),
        _ => Err(one(spot, OrderWrong::TooMany(MOST_NUMBERS))),
    }
}

pub(super) fn one(spot: Spot, wrong: OrderWrong) -> PrintJobError {
    PrintJobError::Order(vec![OrderFault { spot, wrong }])
}

fn listed(
    db: &mut Db,
    scheme: Scheme,
    operator: &OperatorId,
    texts: &[String],
) -> Result<Vec<PlateNumber>, PrintJobError> {
    if texts.len() > MOST_NUMBERS {
        return Err(one(Spot::Numbers, OrderWrong::TooMany(MOST_NUMBERS)));
    }
    let read = each(db, scheme, operator, texts)?;
    let mut seen = HashSet::with_capacity(read.len());
    let (mut found, mut faults) = (Vec::with_capacity(read.len()), Vec::new());
    for (place, read) in read.into_iter().enumerate() {
        let wrong = match read {
            Ok(number) if seen.insert(number) => {
                found.push(number);
                continue;
            }
            Ok(_) => OrderWrong::Repeated,
            Err(wrong) => wrong,
        };
        faults.push(OrderFault { spot: Spot::Number(place), wrong });
        if faults.len() == MOST_FAULTS {
            break;
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(PrintJobError::Order(faults)) }
}

/// Reads each text as the one number of the operator's that it means: the rule of
/// [`one_number`](crate::registry::read::one_number), for many at once.
fn each(
    db: &mut Db,
    scheme: Scheme,
    operator: &OperatorId,
    texts: &[String],
) -> Result<Vec<Result<PlateNumber, OrderWrong>>, PrintJobError> {
    let meant: Vec<Option<Vec<PlateNumber>>> = texts.iter().map(|text| meanings(scheme, text)).collect();
    let mut asked: Vec<PlateNumber> = meant.iter().flatten().flatten().copied().collect();
    asked.sort_unstable();
    asked.dedup();
    let mut own = HashSet::with_capacity(asked.len());
    for chunk in asked.chunks(ROWS_AT_ONCE) {
        let found = plates::find_by_numbers(db, chunk)?;
        own.extend(found.iter().filter(|plate| plate.operator_id == *operator).map(|plate| plate.number));
    }
    Ok(meant
        .into_iter()
        .map(|meant| {
            let mut fitting: Vec<_> =
                meant.ok_or(OrderWrong::Unreadable)?.into_iter().filter(|number| own.contains(number)).collect();
            fitting.sort_unstable();
            fitting.dedup();
            match fitting.as_slice() {
                [] => Err(OrderWrong::Unknown),
                [only] => Ok(*only),
                _ => Err(OrderWrong::Several(fitting)),
            }
        })
        .collect())
}

/// Returns what a text may mean; `None` where it is no number.
fn meanings(scheme: Scheme, text: &str) -> Option<Vec<PlateNumber>> {
    // What stands there plainly is read as nothing else; most lists hold only such.
    if let Some(plain) = PlateNumber::parse(text.trim()).ok().filter(|number| number.scheme() == scheme) {
        return Some(vec![plain]);
    }
    let reading = reading::read(scheme, text).ok()?;
    let hypotheses = reading.hypotheses();
    (hypotheses.len() <= MOST_MEANINGS).then(|| hypotheses.iter().map(|hypothesis| hypothesis.number).collect())
}

/// What an upload only repeated was registered, and printed, before: the numbers are those that it brought.
fn of_import(db: &mut Db, operator: &OperatorId, import: &ImportId) -> Result<Vec<PlateNumber>, PrintJobError> {
    let found = fleet_imports::find(db, import, Some(operator))?;
    let status = found.ok_or_else(|| one(Spot::Import, OrderWrong::Unknown))?.status;
    if status != "committed" {
        return Err(one(Spot::Import, OrderWrong::NotCommitted(status)));
    }
    let (mut numbers, mut after) = (Vec::new(), -1);
    loop {
        let rows = fleet_imports::row_outcomes(db, import, after, ROWS_AT_ONCE)?;
        let Some(last) = rows.last() else { return Ok(numbers) };
        after = last.row;
        let brought = rows.iter().filter(|row| row.outcome == "new").filter_map(|row| row.number.as_deref());
        numbers.extend(brought.filter_map(|text| PlateNumber::parse(text).ok()));
        if numbers.len() > MOST_NUMBERS {
            return Ok(numbers);
        }
    }
}

fn of_range(
    db: &mut Db,
    scheme: Scheme,
    operator: &OperatorId,
    ends: [&String; 2],
) -> Result<Vec<PlateNumber>, PrintJobError> {
    let read = each(db, scheme, operator, &ends.map(Clone::clone))?;
    let wrongs = read.iter().zip([Spot::From, Spot::To]).filter_map(|(read, spot)| {
        let wrong = read.as_ref().err().cloned()?;
        Some(OrderFault { spot, wrong })
    });
    let faults: Vec<_> = wrongs.collect();
    if !faults.is_empty() {
        return Err(PrintJobError::Order(faults));
    }
    let mut series = read.into_iter().flatten().map(PlateNumber::in_series);
    let ends = series.next().flatten().zip(series.next().flatten());
    match ends {
        Some(((letter, first), (other, last))) if letter == other && first <= last => {
            Ok(plates::given_between(db, operator, letter, [first, last], MOST_NUMBERS + 1)?)
        }
        _ => Err(one(Spot::Range, OrderWrong::NoRange)),
    }
}
