//! An order of plates to be printed, judged and frozen.
//!
//! *Invariant:* an order is recorded as a whole or not at all; from then on nothing that is drawn depends on anything else.

use rand::Rng;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

use super::asked::{Asked, Output, Wanted, part_name};
use super::error::{OrderWrong, PrintJobError, Spot};
use super::frozen::{job_hash, measured, names, settings_digest};
use super::numbers::{one, wanted};
use super::work::JOB;
use crate::audit::{Action, Hash};
use crate::model::{
    AsKnown, Caller, ItemState, Moment, Operator, OperatorStatus, PlateItem, PlateStatus, Position, PrintJobId, new_id,
    plate_status_at, short_name,
};
use crate::plate::PlateNumber;
use crate::registry::Registry;
use crate::render::Part;
use crate::render::press::{Die, Ordered, Press};
use crate::storage::audit_log::{self, Draft};
use crate::storage::print_jobs::{self, MadeFile, NewFile, NewPrint, StoredJob};
use crate::storage::{Db, Tx, jobs, operators, plate_items, plates};

/// How many pictures one archive holds: one is in memory at a time.
const PICTURES_A_FILE: usize = 500;
/// How many things of a kind are named.
const MOST_NAMED: usize = 10;
const NUMBERS_AT_ONCE: usize = 5_000;
const LONGEST_REASON: usize = 2_000;

/// Judges an order, records it, and enqueues the work on it.
///
/// # Errors
/// [`PrintJobError`]; nothing is then recorded.
pub fn order(
    tx: &mut Tx<'_>,
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    asked: &Asked,
) -> Result<PrintJobId, PrintJobError> {
    let own = caller.operator_id.as_ref().ok_or(PrintJobError::NotAnOperator)?;
    let operator = operators::take_turn(tx, own)?;
    if operator.status() != OperatorStatus::Admitted {
        return Err(PrintJobError::Suspended);
    }
    let reason = reason(asked)?;
    let press = measured(&registry.rules, asked.output)?;
    require_dies(&press, asked)?;
    let numbers = wanted(tx.db(), registry.rules.scheme, own, &asked.wanted)?;
    let (prints, reprints) = lay_out(tx.db(), now, asked, &numbers, reason)?;
    let id = PrintJobId::new(now, rng);
    let job = frozen(&id, registry, now, (caller, &operator), (asked, reason), (&numbers, &prints, reprints));
    print_jobs::insert(tx, &job)?;
    print_jobs::insert_items(tx, &id, &prints)?;
    plan_files(tx, now, &id, &press, asked, &prints)?;
    jobs::enqueue(tx, &new_id(now, rng), JOB, id.as_str(), now)?;
    let draft = Draft {
        // The reason itself is with the order: an entry stays for ever, and a reason may name a plate.
        purpose: reason.map(|_| "reprint".to_owned()),
        question_digest: digest(&job.job_hash),
        ..Draft::of(caller, Action::Print, id.as_str())
    };
    audit_log::append(tx, now, rng, vec![draft])?;
    Ok(id)
}

/// Returns a digest that was written in hexadecimal digits.
pub(super) fn digest(text: &str) -> Option<Hash> {
    Hash::from_slice(&hex::decode(text).ok()?).ok()
}

/// Several copies of a plate are as many plates with one tag on the street as reprints make: they need a reason too.
fn reason(asked: &Asked) -> Result<Option<&str>, PrintJobError> {
    let reason = asked.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    match reason {
        Some(reason) if reason.chars().count() > LONGEST_REASON => Err(PrintJobError::ReasonTooLong),
        None if asked.copies > 1 => Err(PrintJobError::CopiesWithoutReason),
        reason => Ok(reason),
    }
}

fn require_dies(press: &Press<'_>, asked: &Asked) -> Result<(), PrintJobError> {
    let known: Vec<Die> = press.dies().collect();
    let there = |position: &Position| known.contains(&Die::of(*position, asked.part));
    if asked.positions.iter().all(there) { Ok(()) } else { Err(PrintJobError::NoLabel) }
}

fn spot(wanted: &Wanted) -> Spot {
    match wanted {
        Wanted::Numbers(_) => Spot::Numbers,
        Wanted::Import(_) => Spot::Import,
        Wanted::Range { .. } => Spot::Range,
    }
}

/// What was found against an order: the first of each kind, and how many there are.
#[derive(Default)]
struct Found {
    annulled: (Vec<PlateNumber>, usize),
    withdrawn: (Vec<(PlateNumber, Position)>, usize),
    reprints: (Vec<(PlateNumber, Position)>, usize),
}

fn note<T>((named, count): &mut (Vec<T>, usize), thing: T) {
    *count += 1;
    if named.len() < MOST_NAMED {
        named.push(thing);
    }
}

/// Puts the plates of the numbers in the order in which they are printed: by shape, then as the numbers were asked for.
/// Returns them, and how many of them were printed before.
fn lay_out(
    db: &mut Db,
    now: Moment,
    asked: &Asked,
    numbers: &[PlateNumber],
    reason: Option<&str>,
) -> Result<(Vec<NewPrint>, usize), PrintJobError> {
    let mut by_die: BTreeMap<usize, Vec<NewPrint>> = BTreeMap::new();
    let mut found = Found::default();
    for chunk in numbers.chunks(NUMBERS_AT_ONCE) {
        let mut periods: HashMap<PlateNumber, Vec<_>> = HashMap::with_capacity(chunk.len());
        for plate in plates::find_by_numbers(db, chunk)? {
            periods.entry(plate.number).or_default().push(plate);
        }
        let mut items: HashMap<PlateNumber, Vec<PlateItem>> = HashMap::with_capacity(chunk.len());
        for item in plate_items::of_numbers(db, chunk)? {
            items.entry(item.number).or_default().push(item);
        }
        let ordered = print_jobs::printed_before(db, part_name(asked.part), chunk)?;
        for number in chunk {
            let status = periods.get(number).and_then(|periods| plate_status_at(periods, now, AsKnown::Now));
            if status == Some(PlateStatus::Annulled) {
                note(&mut found.annulled, *number);
                continue;
            }
            let of_number = items.get(number).map(Vec::as_slice).unwrap_or_default();
            for position in &asked.positions {
                let there = of_number.iter().filter(|item| item.position == *position && !item.is_withdrawn());
                let Some(item) = there.max_by_key(|item| item.item) else {
                    note(&mut found.withdrawn, (*number, *position));
                    continue;
                };
                let printed_before = ordered.contains(&(*number, item.item)) || is_made(asked.part, item, now);
                if printed_before {
                    note(&mut found.reprints, (*number, *position));
                }
                let die = Die::of(*position, asked.part);
                let rank = Die::ALL.iter().position(|known| *known == die).unwrap_or_default();
                let prints = by_die.entry(rank).or_default();
                let place = i64::try_from(prints.len()).unwrap_or(i64::MAX);
                prints.push(NewPrint { die: die.as_str(), place, number: *number, item: item.item, printed_before });
            }
        }
    }
    judge(found, &asked.wanted, reason).map(|reprints| (by_die.into_values().flatten().collect(), reprints))
}

/// Whether a plate was made, by whatever way: one that is on a scooter was, also where no print job made it.
fn is_made(part: Part, item: &PlateItem, now: Moment) -> bool {
    let state = item.standing(now, AsKnown::Now).map(|standing| standing.state);
    part == Part::Plate && state.is_some_and(|state| state != ItemState::Ordered)
}

fn judge(found: Found, wanted: &Wanted, reason: Option<&str>) -> Result<usize, PrintJobError> {
    let spot = spot(wanted);
    let (annulled, count) = found.annulled;
    let mut faults = Vec::new();
    let mut add = |wrong| {
        if let PrintJobError::Order(one) = one(spot, wrong) {
            faults.extend(one);
        }
    };
    if count > 0 {
        add(OrderWrong::Annulled(annulled, count));
    }
    let (withdrawn, count) = found.withdrawn;
    if count > 0 {
        add(OrderWrong::Withdrawn(withdrawn, count));
    }
    if !faults.is_empty() {
        return Err(PrintJobError::Order(faults));
    }
    let (first, count) = found.reprints;
    if count > 0 && reason.is_none() { Err(PrintJobError::ReasonMissing { count, first }) } else { Ok(count) }
}

fn frozen(
    id: &PrintJobId,
    registry: &Registry,
    now: Moment,
    (caller, operator): (&Caller, &Operator),
    (asked, reason): (&Asked, Option<&str>),
    (numbers, prints, reprints): (&[PlateNumber], &[NewPrint], usize),
) -> StoredJob {
    let operator_name = short_name(&operator.legal_name);
    let settings = settings_digest(&registry.rules);
    let many = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let batch = match numbers {
        [first, .., last] => format!("{first}-{last} ({})", numbers.len()),
        _ => numbers.first().map(ToString::to_string).unwrap_or_default(),
    };
    StoredJob {
        id: id.to_string(),
        operator_id: operator.id.to_string(),
        account_id: caller.account_id.to_string(),
        status: "queued".to_owned(),
        format: asked.output.name().to_owned(),
        stock: asked.output.stock().map(|stock| stock.to_string()),
        dpi: asked.output.dpi().map(|dpi| i32::from(dpi.get())),
        part: part_name(asked.part).to_owned(),
        positions: names(&asked.positions),
        copies: i32::try_from(asked.copies).unwrap_or(i32::MAX),
        reason: reason.map(ToOwned::to_owned),
        job_hash: job_hash(asked, &operator_name, &settings, prints),
        operator_name,
        batch,
        settings,
        numbers: many(numbers.len()),
        pieces: many(prints.len()).saturating_mul(i64::from(asked.copies)),
        reprints: many(reprints),
        failure: None,
        created_at: now.as_millis(),
        ended_at: None,
        erased_at: None,
    }
}

/// Records which files there will be; what the printer is told beforehand is made at once.
fn plan_files(
    tx: &mut Tx<'_>,
    now: Moment,
    id: &PrintJobId,
    press: &Press<'_>,
    asked: &Asked,
    prints: &[NewPrint],
) -> Result<(), PrintJobError> {
    let copies = usize::try_from(asked.copies).unwrap_or(usize::MAX);
    let counted = Die::ALL.map(|die| {
        let items = prints.iter().filter(|print| print.die == die.as_str()).count().saturating_mul(copies);
        Ordered { die, items }
    });
    let mut files = Vec::new();
    for Ordered { die, items } in counted {
        files.extend(planned(press, asked.output, die, items));
    }
    let mut extra = vec![("manifest.csv", "manifest", None)];
    if asked.output.stock().is_some() {
        let report = press.preflight(&counted);
        extra.push(("preflight.json", "preflight", Some(serde_json::to_vec_pretty(&report)?)));
        extra.push(("preflight.txt", "preflight", Some(report.to_string().into_bytes())));
    }
    for (name, kind, _) in &extra {
        files.push(NewFile { name: (*name).to_owned(), kind, die: String::new(), ..empty() });
    }
    for (place, file) in (0..).zip(&mut files) {
        file.place = place;
    }
    print_jobs::insert_files(tx, id, &files)?;
    for (name, _, content) in extra {
        let place = files.iter().find(|file| file.name == name).map(|file| file.place);
        if let Some((place, content)) = place.zip(content) {
            let sha256 = hex::encode(Sha256::digest(&content));
            print_jobs::make_file(tx, id, place, &MadeFile { content, sha256, sheets: None, listed: Vec::new() }, now)?;
        }
    }
    Ok(())
}

const fn empty() -> NewFile {
    NewFile { place: 0, name: String::new(), kind: "plates", die: String::new(), serial: 1, first: 0, pieces: 0 }
}

fn planned(press: &Press<'_>, output: Output, die: Die, items: usize) -> Vec<NewFile> {
    let many = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    if output.stock().is_some() {
        let files = press.plan(die, items).into_iter().map(|file| NewFile {
            name: file.name,
            die: die.to_string(),
            serial: i32::try_from(file.number).unwrap_or(i32::MAX),
            first: many(file.items.start),
            pieces: many(file.items.len()),
            ..empty()
        });
        return files.collect();
    }
    let starts = (1_i32..).zip((0..items).step_by(PICTURES_A_FILE));
    let files = starts.map(|(serial, from)| NewFile {
        name: format!("{die}-{serial:03}.zip"),
        die: die.to_string(),
        serial,
        first: many(from),
        pieces: many(PICTURES_A_FILE.min(items - from)),
        ..empty()
    });
    files.collect()
}
