//! An order of plates to be printed, judged and frozen.
//!
//! *Invariant:* an order is recorded as a whole or not at all, in one short transaction whatever its size; from then on
//! nothing that is drawn depends on anything else.

use rand::Rng;
use sha2::{Digest, Sha256};

use super::asked::{Asked, Output, Wanted, part_name};
use super::error::{PrintJobError, Spot};
use super::frozen::{job_hash, measured, names, settings_digest};
use super::lay_out::{Pieces, look};
use super::numbers::wanted;
use super::work::JOB;
use crate::audit::{Action, Hash};
use crate::model::{Caller, Moment, Operator, OperatorStatus, Position, PrintJobId, new_id, short_name};
use crate::plate::PlateNumber;
use crate::registry::Registry;
use crate::render::press::{Die, Ordered, Press};
use crate::storage::audit_log::{self, Draft};
use crate::storage::print_jobs::{self, MadeFile, NewFile, OrderPart, StoredJob, WantedPlates};
use crate::storage::{self, Db, Tx, jobs, operators};

/// How many pictures one archive holds: one is in memory at a time.
const PICTURES_A_FILE: usize = 500;
/// Of how many numbers the plates are recorded in one transaction: on `SQLite` whoever else writes, and every lookup does,
/// waits for its end.
const NUMBERS_A_PART: usize = 1_000;
const LONGEST_REASON: usize = 2_000;

/// An order against which nothing was found: everything that takes long is done.
pub struct Judged {
    plates: Vec<WantedPlates>,
    reprints: usize,
    operator_name: String,
    settings: String,
    job_hash: String,
    files: Vec<NewFile>,
    /// What the printer is told beforehand, with its place among the files.
    reports: Vec<PlacedReport>,
}

type PlacedReport = (i32, MadeFile);

/// Judges an order; records nothing, and keeps nobody from recording.
///
/// # Errors
/// [`PrintJobError`].
pub fn judge(
    db: &mut Db,
    registry: &Registry,
    now: Moment,
    caller: &Caller,
    asked: &Asked,
) -> Result<Judged, PrintJobError> {
    let own = caller.operator_id.as_ref().ok_or(PrintJobError::NotAnOperator)?;
    let operator = admitted(operators::find(db, own)?.ok_or(PrintJobError::NotAnOperator)?)?;
    let reason = reason(asked)?;
    let press = measured(&registry.rules, asked.output)?;
    require_dies(&press, asked)?;
    let numbers = wanted(db, registry.rules.scheme, own, &asked.wanted)?;
    let found = look(db, now, pieces(asked), numbers.into_iter())?;
    let reprints = found.judged(spot(&asked.wanted), reason)?;
    let (operator_name, settings) = (short_name(&operator.legal_name), settings_digest(&registry.rules));
    let job_hash = job_hash(asked, &operator_name, &settings, pieces(asked).laid(0, &found.plates));
    let (files, reports) = planned_files(&press, asked, found.plates.len())?;
    Ok(Judged { plates: found.plates, reprints, operator_name, settings, job_hash, files, reports })
}

/// Records an order that was judged, and enqueues the work on it. Of a large one the plates are recorded one by one later
/// ([`super::work()`]): it stands as a whole all the same, and whoever orders the same plates meanwhile fails or is failed.
///
/// # Errors
/// [`PrintJobError`]; nothing is then recorded. Also where something came between judging and recording.
pub fn order(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    asked: &Asked,
    judged: &Judged,
) -> Result<PrintJobId, PrintJobError> {
    let own = caller.operator_id.as_ref().ok_or(PrintJobError::NotAnOperator)?;
    let operator = admitted(operators::take_turn(tx, own)?)?;
    let reason = reason(asked)?;
    let (at_once, later) = judged.plates.split_at(judged.plates.len().min(NUMBERS_A_PART));
    let found = look(tx.db(), now, pieces(asked), at_once.iter().map(|wanted| wanted.number))?;
    found.judged(spot(&asked.wanted), reason)?;
    if found.plates != at_once {
        let why = "a plate was replaced while the order of it was judged";
        return Err(storage::Error::Busy(why.into()).into());
    }
    let id = PrintJobId::new(now, rng);
    let job = frozen(&id, now, (caller, &operator), (asked, reason), judged);
    print_jobs::insert(tx, &job)?;
    print_jobs::insert_files(tx, &id, &judged.files)?;
    for (place, report) in &judged.reports {
        print_jobs::make_file(tx, &id, *place, report, now)?;
    }
    let part = OrderPart { first: 0, plates: found.plates };
    print_jobs::insert_items(tx, &id, &pieces(asked).rows(&part, &found.before))?;
    print_jobs::insert_parts(tx, &id, many(at_once.len()), later, NUMBERS_A_PART)?;
    jobs::enqueue(tx, &new_id(now, rng), JOB, id.as_str(), now)?;
    let draft = Draft {
        // The reason itself is with the order: an entry stays for ever, and a reason may name a plate.
        purpose: reason.map(|_| "reprint".to_owned()),
        question_digest: digest(&job.job_hash),
        ..Draft::of(caller, Action::Print, id.as_str())
    };
    audit_log::append(tx, now, rng, &[draft])?;
    Ok(id)
}

fn admitted(operator: Operator) -> Result<Operator, PrintJobError> {
    if operator.status() == OperatorStatus::Admitted { Ok(operator) } else { Err(PrintJobError::Suspended) }
}

fn pieces(asked: &Asked) -> Pieces<'_> {
    Pieces { part: asked.part, positions: &asked.positions }
}

fn many(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
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

fn frozen(
    id: &PrintJobId,
    now: Moment,
    (caller, operator): (&Caller, &Operator),
    (asked, reason): (&Asked, Option<&str>),
    judged: &Judged,
) -> StoredJob {
    let pieces = many(judged.plates.len()).saturating_mul(many(asked.positions.len()));
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
        operator_name: judged.operator_name.clone(),
        batch: batch(&judged.plates),
        job_hash: judged.job_hash.clone(),
        settings: judged.settings.clone(),
        numbers: many(judged.plates.len()),
        pieces: pieces.saturating_mul(i64::from(asked.copies)),
        reprints: many(judged.reprints),
        failure: None,
        created_at: now.as_millis(),
        ended_at: None,
        erased_at: None,
    }
}

/// What the sheets call the numbers.
fn batch(plates: &[WantedPlates]) -> String {
    let number = |wanted: &WantedPlates| -> PlateNumber { wanted.number };
    match plates {
        [first, .., last] => format!("{}-{} ({})", number(first), number(last), plates.len()),
        _ => plates.first().map(|only| number(only).to_string()).unwrap_or_default(),
    }
}

/// Returns which files there will be; what the printer is told beforehand is made at once.
fn planned_files(
    press: &Press<'_>,
    asked: &Asked,
    numbers: usize,
) -> Result<(Vec<NewFile>, Vec<PlacedReport>), PrintJobError> {
    let copies = usize::try_from(asked.copies).unwrap_or(usize::MAX);
    let counted = Die::ALL.map(|die| {
        let items = numbers.saturating_mul(pieces(asked).a_number(die)).saturating_mul(copies);
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
    let mut reports = Vec::new();
    for (name, kind, content) in extra {
        if let Some(content) = content {
            let sha256 = hex::encode(Sha256::digest(&content));
            let place = i32::try_from(files.len()).unwrap_or(i32::MAX);
            reports.push((place, MadeFile { content, sha256, sheets: None, listed: Vec::new() }));
        }
        files.push(NewFile { name: name.to_owned(), kind, die: String::new(), ..empty() });
    }
    for (place, file) in (0..).zip(&mut files) {
        file.place = place;
    }
    Ok((files, reports))
}

const fn empty() -> NewFile {
    NewFile { place: 0, name: String::new(), kind: "plates", die: String::new(), serial: 1, first: 0, pieces: 0 }
}

fn planned(press: &Press<'_>, output: Output, die: Die, items: usize) -> Vec<NewFile> {
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
