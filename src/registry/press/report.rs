//! How print jobs stand, in the caller's language.
//!
//! *Invariant:* an operator reads its own jobs; another's is unknown.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::error::PrintJobError;
use super::fetch::ARCHIVE;
use crate::model::{Caller, Moment, OperatorId, PrintJobId, Zone};
use crate::registry::Registry;
use crate::storage::Db;
use crate::storage::print_jobs::{self, StoredFile, StoredJob};
use crate::words::{Language, say};

/// A file of a print job.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PrintFile {
    /// Its name.
    pub name: String,
    /// Its path, once it is made and while it is kept.
    pub url: Option<String>,
    /// How many bytes it has, once it is made.
    pub bytes: Option<i64>,
    /// Their SHA-256, hexadecimal.
    pub sha256: Option<String>,
    /// How many plates or labels it shows.
    pub items: i64,
    /// How many sheets it has, or pictures.
    pub sheets: Option<i32>,
    /// When it was made.
    pub made_at: Option<String>,
}

/// How a print job stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PrintJobReport {
    /// The job's id.
    pub id: String,
    /// `queued, working, done, failed, cancelled`.
    pub status: String,
    /// `pdf`, `svg` or `png`.
    pub format: String,
    /// On what is printed: `a4`, `sra3`, `roll`, `single`; null for pictures.
    pub stock: Option<String>,
    /// Dots an inch; null but for `png`.
    pub dpi: Option<i32>,
    /// `plate` or `label`.
    pub part: String,
    /// `rear`, `left`, `right`.
    pub positions: Vec<String>,
    /// How many of each.
    pub copies: i32,
    /// Why what was printed before is printed again.
    pub reason: Option<String>,
    /// How many numbers it is of.
    pub numbers: i64,
    /// How many plates or labels, copies too.
    pub items: i64,
    /// How many of them are made.
    pub items_done: i64,
    /// How many plates among them were printed, or ordered to be, before.
    pub reprints: i64,
    /// A digest of the order, hexadecimal; its first twelve digits stand on every sheet. The same order has the same one.
    pub job_hash: String,
    /// Why it failed, for programs: `settings_changed, operator_suspended, plate_withdrawn, number_annulled,
    /// printed_meanwhile, internal`.
    pub failure: Option<String>,
    /// The same in the caller's language, with what to do.
    pub failure_detail: Option<String>,
    /// What a printer would ask, answered: null for pictures, and in lists.
    #[schema(value_type = Option<Object>)]
    pub preflight: Option<Value>,
    /// The files; none in lists.
    pub files: Vec<PrintFile>,
    /// The path of all files in one archive, once all are made and while they are kept.
    pub archive_url: Option<String>,
    /// When it was accepted.
    pub created_at: String,
    /// When its work ended.
    pub ended_at: Option<String>,
    /// Until when the files are kept, or were.
    pub files_kept_until: Option<String>,
    /// When the bytes of the files were erased; the same order, with a reason, draws them again.
    pub files_erased_at: Option<String>,
}

impl PrintJobReport {
    /// Returns whether the work has ended, well or not.
    #[must_use]
    pub const fn is_ended(&self) -> bool {
        self.ended_at.is_some()
    }

    fn of(registry: &Registry, language: Language, job: StoredJob, files: &[StoredFile]) -> Self {
        let zone: Zone = registry.rules.zone;
        let stamp = |at: Option<i64>| at.map(|at| zone.stamp(Moment::from_millis(at)));
        let path = format!("/v1/print-jobs/{}/files", job.id);
        let kept = job.erased_at.is_none();
        let done = files.iter().filter(|file| file.made_at.is_some()).map(|file| file.pieces).sum();
        let shown = files.iter().map(|file| PrintFile {
            name: file.name.clone(),
            url: file.made_at.filter(|_| kept).map(|_| format!("{path}/{}", file.name)),
            bytes: file.size,
            sha256: file.sha256.clone(),
            items: file.pieces,
            sheets: file.sheets,
            made_at: stamp(file.made_at),
        });
        let said = job.failure.as_ref().map(|code| say(language, &format!("print_jobs.failures.{code}"), &[]));
        let until = job.ended_at.map(|at| Moment::from_millis(at).plus_seconds(registry.rules.print_files_kept_s));
        Self {
            archive_url: (kept && job.status == "done").then(|| format!("{path}/{ARCHIVE}")),
            items_done: if job.status == "done" { job.pieces } else { done },
            files: shown.collect(),
            failure_detail: said,
            preflight: None,
            created_at: zone.stamp(Moment::from_millis(job.created_at)),
            ended_at: stamp(job.ended_at),
            files_kept_until: until.map(|at| zone.stamp(at)),
            files_erased_at: stamp(job.erased_at),
            positions: job.positions.split(',').map(ToOwned::to_owned).collect(),
            id: job.id,
            status: job.status,
            format: job.format,
            stock: job.stock,
            dpi: job.dpi,
            part: job.part,
            copies: job.copies,
            reason: job.reason,
            numbers: job.numbers,
            items: job.pieces,
            reprints: job.reprints,
            job_hash: job.job_hash,
            failure: job.failure,
        }
    }
}

fn own(caller: &Caller) -> Result<&OperatorId, PrintJobError> {
    caller.operator_id.as_ref().ok_or(PrintJobError::NotAnOperator)
}

/// Reads how a job stands.
///
/// # Errors
/// [`PrintJobError::Unknown`] where there is no such job of the caller's.
pub fn read_job(
    db: &mut Db,
    registry: &Registry,
    caller: &Caller,
    language: Language,
    id: &PrintJobId,
) -> Result<PrintJobReport, PrintJobError> {
    let job = print_jobs::find(db, id, Some(own(caller)?))?.ok_or(PrintJobError::Unknown)?;
    let files = print_jobs::files(db, id)?;
    let preflight = match files.iter().find(|file| file.name == "preflight.json") {
        Some(file) => print_jobs::content(db, id, file.place)?,
        None => None,
    };
    let preflight = preflight.map(|bytes| serde_json::from_slice(&bytes)).transpose()?;
    Ok(PrintJobReport { preflight, ..PrintJobReport::of(registry, language, job, &files) })
}

/// Lists the caller's jobs, the newest first, without their files.
///
/// # Errors
/// [`PrintJobError`].
pub fn list_jobs(
    db: &mut Db,
    registry: &Registry,
    caller: &Caller,
    language: Language,
    before: Option<&str>,
    rows: usize,
) -> Result<Vec<PrintJobReport>, PrintJobError> {
    let jobs = print_jobs::list(db, own(caller)?, before, rows)?;
    let mut reports = Vec::with_capacity(jobs.len());
    for job in jobs {
        let id = PrintJobId::from_text(&job.id);
        let open = job.ended_at.is_none() || job.status != "done";
        let files = if open { print_jobs::files(db, &id)? } else { Vec::new() };
        let report = PrintJobReport::of(registry, language, job, &files);
        reports.push(PrintJobReport { files: Vec::new(), ..report });
    }
    Ok(reports)
}
