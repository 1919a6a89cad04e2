//! The work on a print job: its plates recorded, then one file at a time, until none is missing.
//!
//! *Invariant:* a file, the marks on its plates and its entry are recorded in one short transaction: whenever the program
//! dies, the next worker goes on with the first file that is missing.

use rand::Rng;
use sha2::{Digest, Sha256};

use super::draw::{Shown, draw};
use super::error::PrintJobError;
use super::fetch::manifest_header;
use super::frozen::{Frozen, settings_digest};
use super::order::digest;
use super::take_down::take_down;
use crate::audit::{Action, Decision, Hash};
use crate::model::{
    AccountId, AsKnown, ItemState, Moment, OperatorId, OperatorStatus, PlateItem, PlateStatus, PrintJobId,
    plate_status_at,
};
use crate::plate::PlateNumber;
use crate::registry::Registry;
use crate::registry::items::ItemStatement;
use crate::render::Part;
use crate::storage::audit_log::{self, Draft};
use crate::storage::print_jobs::{self, MadeFile, PrintRow, StoredFile, StoredJob};
use crate::storage::{self, Db, Tx, operators, plate_items, plates};

/// The kind of the job that works on an order.
pub const JOB: &str = "print_job";

/// Whether there is more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// No: the job has ended, however it did.
    ToTheEnd,
    /// Yes: plates are not recorded yet, or another file is missing.
    AStep,
}

/// Does the next step of a job that has not ended: records some of its plates, or makes a file.
///
/// One at a time, and then whoever waits longest: a batch of a hundred thousand plates keeps nobody's fleet list waiting.
///
/// # Errors
/// [`PrintJobError::Storage`], after which the work may be tried again.
pub fn work(registry: &Registry, now: Moment, rng: &mut impl Rng, id: &PrintJobId) -> Result<Worked, PrintJobError> {
    match attempt(registry, now, rng, id) {
        // Trying again would fail again: the operator is told at once, and the cause stays in our log.
        Err(error) if !error.is_passing() => {
            tracing::error!(print_job = id.as_str(), %error, source = ?error, "a print job failed for good");
            give_up(registry, now, id, "internal").map(|()| Worked::ToTheEnd)
        }
        other => other,
    }
}

/// Ends a job on which the work failed for good.
///
/// # Errors
/// Those of the database.
pub fn give_up(registry: &Registry, now: Moment, id: &PrintJobId, why: &str) -> Result<(), PrintJobError> {
    registry.store.write(|tx| print_jobs::end(tx, id, "failed", Some(why), now).map(drop).map_err(PrintJobError::from))
}

/// What the next file needs.
struct Next {
    file: StoredFile,
    rows: Vec<PrintRow>,
    items: Vec<PlateItem>,
}

fn attempt(registry: &Registry, now: Moment, rng: &mut impl Rng, id: &PrintJobId) -> Result<Worked, PrintJobError> {
    let found = registry.store.read(|db| print_jobs::find(db, id, None))?;
    let Some(job) = found.filter(|job| job.ended_at.is_none()) else { return Ok(Worked::ToTheEnd) };
    let frozen = Frozen::of(&job)?;
    if job.settings != settings_digest(&registry.rules) {
        // What was drawn before would look otherwise than what is drawn now.
        return give_up(registry, now, id, "settings_changed").map(|()| Worked::ToTheEnd);
    }
    if let Some(worked) = take_down(registry, now, id, &frozen)? {
        return Ok(worked);
    }
    let next = registry.store.read(|db| -> storage::Result<_> {
        let Some(file) = print_jobs::next_to_make(db, id)? else { return Ok(None) };
        let rows = print_jobs::items_of_file(db, id, &file, frozen.copies)?;
        let items = items_of(db, &rows)?;
        Ok(Some(Next { file, rows, items }))
    })?;
    let Some(Next { file, rows, items }) = next else { return finish(registry, now, rng, id, &job) };
    let shown = Shown::of(registry, &frozen, &file, &rows, items)?;
    let made = draw(registry, &frozen, &file, &shown)?;
    drop(shown);
    registry.store.write(|tx| keep(tx, now, rng, id, &frozen, (&file, &rows, &made)))
}

/// The numbers of rows, each once; a number's rows need not stand together.
fn numbers(rows: &[PrintRow]) -> Vec<PlateNumber> {
    let mut numbers: Vec<_> = rows.iter().map(|row| row.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Of how many numbers all plates are looked at together: of each there are three, and those that were replaced.
const NUMBERS_A_LOOK: usize = 500;

/// The plates of rows, by number and place; the others of their numbers are not kept, for a file holds thousands.
fn items_of(db: &mut Db, rows: &[PrintRow]) -> Result<Vec<PlateItem>, storage::Error> {
    let mut wanted: Vec<_> = rows.iter().map(|row| (row.number, row.item)).collect();
    wanted.sort_unstable();
    let mut items = Vec::with_capacity(rows.len());
    for some in numbers(rows).chunks(NUMBERS_A_LOOK) {
        let found = plate_items::of_numbers(db, some)?;
        items.extend(found.into_iter().filter(|item| wanted.binary_search(&(item.number, item.item)).is_ok()));
    }
    Ok(items)
}

/// Keeps a file that was drawn, unless its plates may no longer be printed.
fn keep(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    id: &PrintJobId,
    frozen: &Frozen<'_>,
    (file, rows, made): (&StoredFile, &[PrintRow], &MadeFile),
) -> Result<Worked, PrintJobError> {
    // Whoever records something about these plates, suspends the operator or cancels the job waits, or was waited for.
    let operator = operators::take_turn(tx, &OperatorId::from_text(&frozen.job.operator_id))?;
    let open = print_jobs::find(tx.db(), id, None)?.is_some_and(|job| job.ended_at.is_none());
    if !open {
        return Ok(Worked::ToTheEnd);
    }
    let items = items_of(tx.db(), rows)?;
    let printed: Vec<&PlateItem> = rows
        .iter()
        .filter_map(|row| items.binary_search_by_key(&(row.number, row.item), |item| (item.number, item.item)).ok())
        .filter_map(|place| items.get(place))
        .collect();
    let barred = match operator.status() {
        OperatorStatus::Admitted => barred(tx.db(), now, &printed)?,
        _ => Some("operator_suspended"),
    };
    if let Some(why) = barred {
        print_jobs::end(tx, id, "failed", Some(why), now)?;
        return Ok(Worked::ToTheEnd);
    }
    print_jobs::begin(tx, id)?;
    if !print_jobs::make_file(tx, id, file.place, made, now)? {
        // A worker whose lease had run out was faster, and drew the same.
        return Ok(Worked::AStep);
    }
    print_jobs::mark_made(tx, id, file, frozen.copies, now)?;
    if frozen.part == Part::Plate {
        mark_printed(tx, now, frozen.job, &printed)?;
    }
    let subject = format!("{id}/{}", file.name);
    audit_log::append(tx, now, rng, &[entry(frozen.job, Action::PlateItemRecorded, &subject, digest(&made.sha256))])?;
    Ok(Worked::AStep)
}

/// Why these plates may no longer be printed, by code.
fn barred(db: &mut Db, now: Moment, printed: &[&PlateItem]) -> Result<Option<&'static str>, storage::Error> {
    if printed.iter().any(|item| item.is_withdrawn()) {
        return Ok(Some("plate_withdrawn"));
    }
    let mut numbers: Vec<_> = printed.iter().map(|item| item.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut periods = plates::find_by_numbers(db, &numbers)?;
    periods.sort_by_key(|plate| plate.number);
    let annulled = periods
        .chunk_by(|one, other| one.number == other.number)
        .any(|periods| plate_status_at(periods, now, AsKnown::Now) == Some(PlateStatus::Annulled));
    Ok(annulled.then_some("number_annulled"))
}

/// Marks plates as printed, with the file that shows them and not with a word of the operator's: from now on the valid tag
/// exists outside the registry, whoever may come to print it, so that printing it once more is a reprint. What is fitted,
/// damaged or lost already stays that.
fn mark_printed(tx: &mut Tx<'_>, now: Moment, job: &StoredJob, printed: &[&PlateItem]) -> Result<(), storage::Error> {
    let state = |item: &PlateItem| item.standing(now, AsKnown::Now).map(|standing| standing.state);
    let statements: Vec<_> = printed
        .iter()
        .filter(|item| matches!(state(item), Some(ItemState::Ordered | ItemState::Printed)))
        .map(|item| {
            let reason = job.reason.clone().filter(|_| state(item) == Some(ItemState::Printed));
            ItemStatement { item, state: ItemState::Printed, since: now, reason }.row()
        })
        .collect();
    plate_items::insert_states(tx, &statements, &AccountId::from_text(&job.account_id), now)
}

fn entry(job: &StoredJob, action: Action, subject: &str, answer_digest: Option<Hash>) -> Draft {
    Draft {
        actor: job.account_id.clone(),
        authority: None,
        role: "operator_staff".to_owned(),
        action,
        purpose: None,
        case_number: None,
        subject: Some(subject.to_owned()),
        question_digest: digest(&job.job_hash),
        answer_digest,
        decision: Decision::Done,
    }
}

/// Ends a job of which no file is missing: the list of all its plates is closed.
fn finish(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    id: &PrintJobId,
    job: &StoredJob,
) -> Result<Worked, PrintJobError> {
    let files = registry.store.read(|db| print_jobs::files(db, id))?;
    let header = manifest_header();
    let mut size = header.len();
    let mut hash = Sha256::new().chain_update(&header);
    for file in files.iter().filter(|file| file.kind == "plates") {
        // One at a time: together they may be larger than what is drawn.
        let listed = registry.store.read(|db| print_jobs::listed(db, id, file.place))?;
        let listed = listed.ok_or(PrintJobError::OrderUnreadable("manifest"))?;
        size = size.saturating_add(listed.len());
        hash.update(&listed);
    }
    let sha256 = hex::encode(hash.finalize());
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    registry.store.write(|tx| {
        if let Some(file) = files.iter().find(|file| file.kind == "manifest") {
            print_jobs::seal_manifest(tx, id, file.place, size, &sha256, now)?;
        }
        if print_jobs::end(tx, id, "done", None, now)? {
            audit_log::append(tx, now, rng, &[entry(job, Action::Print, id.as_str(), digest(&sha256))])?;
        }
        Ok::<_, PrintJobError>(Worked::ToTheEnd)
    })
}
