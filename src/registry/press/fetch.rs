//! Files given out.
//!
//! *Invariant:* who receives plates with valid codes is on record before the first byte leaves; a suspended operator
//! receives none.

use rand::Rng;

use super::download::{Download, Step};
use super::error::PrintJobError;
use super::order::digest;
use crate::audit::Action;
use crate::model::{Caller, Moment, OperatorStatus, PrintJobId};
use crate::registry::Registry;
use crate::render::press::Manifest;
use crate::storage::audit_log::{self, Draft};
use crate::storage::print_jobs::{self, StoredFile, StoredJob};
use crate::storage::{Db, operators};

/// The name under which all files of a job are one.
pub const ARCHIVE: &str = "batch.zip";

/// Opens a file of a job of the caller's; [`ARCHIVE`] and the job's id with `.zip` are all of its files.
///
/// # Errors
/// [`PrintJobError`]; nothing is then given out.
pub fn fetch(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    id: &PrintJobId,
    name: &str,
) -> Result<Download, PrintJobError> {
    let (job, files) = registry.store.read(|db| found(db, caller, id))?;
    let whole = name == ARCHIVE || name.strip_suffix(".zip") == Some(id.as_str());
    let named = files.iter().find(|file| file.name == name);
    if !whole && named.is_none() {
        return Err(PrintJobError::Unknown);
    }
    if job.erased_at.is_some() {
        return Err(PrintJobError::Erased);
    }
    let made = if whole { job.status == "done" } else { named.is_some_and(|file| file.made_at.is_some()) };
    if !made {
        return Err(PrintJobError::NotMade { status: job.status });
    }
    let download = match named {
        Some(file) if !whole => single(registry, id, &job, &files, file),
        _ => archive(registry, id, &job, &files),
    };
    // The report holds no plate.
    if whole || named.is_some_and(|file| file.kind != "preflight") {
        record(registry, now, rng, caller, id, &download)?;
    }
    Ok(download)
}

fn found(db: &mut Db, caller: &Caller, id: &PrintJobId) -> Result<(StoredJob, Vec<StoredFile>), PrintJobError> {
    let operator = caller.operator_id.as_ref().ok_or(PrintJobError::NotAnOperator)?;
    let job = print_jobs::find(db, id, Some(operator))?.ok_or(PrintJobError::Unknown)?;
    Ok((job, print_jobs::files(db, id)?))
}

fn record(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    id: &PrintJobId,
    download: &Download,
) -> Result<(), PrintJobError> {
    let own = caller.operator_id.as_ref().ok_or(PrintJobError::NotAnOperator)?;
    registry.store.write(|tx| {
        let operator = operators::find(tx.db(), own)?.ok_or(PrintJobError::NotAnOperator)?;
        if operator.status() != OperatorStatus::Admitted {
            return Err(PrintJobError::Suspended);
        }
        let subject = format!("{id}/{}", download.recorded_as);
        let draft = Draft {
            answer_digest: download.sha256.as_deref().and_then(digest),
            ..Draft::of(caller, Action::Export, &subject)
        };
        audit_log::append(tx, now, rng, &[draft])?;
        Ok(())
    })
}

/// Returns the first line of a list of plates.
pub(super) fn manifest_header() -> Vec<u8> {
    Manifest::new().into_bytes()
}

fn manifest(files: &[StoredFile]) -> impl Iterator<Item = Step> {
    let listed = files.iter().filter(|file| file.kind == "plates").map(|file| Step::Listed(file.place));
    std::iter::once(Step::Bytes(manifest_header())).chain(listed)
}

fn single(registry: &Registry, id: &PrintJobId, job: &StoredJob, files: &[StoredFile], file: &StoredFile) -> Download {
    let steps = match file.kind.as_str() {
        "manifest" => manifest(files).collect(),
        _ => [Step::Content(file.place)].into(),
    };
    let mut download = Download::new(registry.store.clone(), id.clone(), steps);
    // What is saved beside the files of other jobs is told from them by the digest of its order.
    download.name = format!("{}-{}", short(&job.job_hash), file.name);
    download.recorded_as.clone_from(&file.name);
    download.size = file.size.and_then(|size| u64::try_from(size).ok());
    download.sha256.clone_from(&file.sha256);
    download
}

/// Reports and list first: whoever unpacks as it comes sees first what there is.
fn archive(registry: &Registry, id: &PrintJobId, job: &StoredJob, files: &[StoredFile]) -> Download {
    let mut steps = std::collections::VecDeque::new();
    let of = |kind: &'static str| files.iter().filter(move |file| file.kind == kind);
    for file in of("preflight") {
        steps.extend([Step::Begin(file.name.clone(), true), Step::Content(file.place)]);
    }
    for file in of("manifest") {
        steps.push_back(Step::Begin(file.name.clone(), true));
        steps.extend(manifest(files));
    }
    for file in of("plates") {
        if job.format == "pdf" {
            steps.extend([Step::Begin(file.name.clone(), false), Step::Content(file.place)]);
        } else {
            steps.push_back(Step::Unpacked(file.place));
        }
    }
    steps.push_back(Step::Finish);
    let mut download = Download::packed(registry.store.clone(), id.clone(), steps);
    download.name = format!("{}.zip", short(&job.job_hash));
    ARCHIVE.clone_into(&mut download.recorded_as);
    download
}

fn short(job_hash: &str) -> String {
    job_hash.chars().take(12).collect()
}
