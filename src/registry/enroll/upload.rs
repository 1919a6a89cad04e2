//! Taking a file in, and asking that a checked one be committed.
//!
//! *Invariant:* the bytes are on record before anything is said about them.

use rand::Rng;
use sha2::{Digest, Sha256};

use super::EnrollError;
use crate::fleet_list::Mapping;
use crate::model::{Caller, ImportId, Moment, OperatorId, OperatorStatus, SeriesStatus, new_id};
use crate::plate::{Scheme, reading};
use crate::storage::fleet_imports::{self, NewImport};
use crate::storage::{Tx, jobs, operators, series};

/// The kind of the job that works on an upload.
pub const JOB: &str = "fleet_import";

/// What happens to good rows beside bad ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One bad row refuses the file.
    AllOrNothing,
    /// Good rows are taken, bad ones given back.
    GoodRows,
}

impl Mode {
    /// Returns the name on the wire and in storage.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AllOrNothing => "all_or_nothing",
            Self::GoodRows => "good_rows",
        }
    }

    /// Finds the mode of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        [Self::AllOrNothing, Self::GoodRows].into_iter().find(|mode| mode.name() == name)
    }
}

/// What the operator wants done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Check it and say what would happen.
    Check,
    /// Check it and make it true.
    Commit,
}

/// A file as it is sent.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Pairs `field:Column`.
    pub mapping: Vec<String>,
    /// What happens to good rows beside bad ones.
    pub mode: Mode,
    /// What is wanted.
    pub intent: Intent,
    /// A number up to which a jump ahead is meant.
    pub adopt_up_to: Option<String>,
}

/// Records an upload and enqueues the work on it.
///
/// # Errors
/// [`EnrollError`]; the file is then not recorded.
pub fn upload(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    scheme: Scheme,
    caller: &Caller,
    upload: Upload,
) -> Result<ImportId, EnrollError> {
    let operator = caller.operator_id.clone().ok_or(EnrollError::NotAnOperator)?;
    Mapping::parse(&upload.mapping).map_err(EnrollError::Mapping)?;
    let adopt_up_to = upload.adopt_up_to.as_deref().map(|text| adoption_limit(scheme, text)).transpose()?;
    require_numbers(tx, scheme, &operator)?;
    let id = ImportId::new(now, rng);
    let status = match upload.intent {
        Intent::Check => "reading",
        Intent::Commit => "committing",
    };
    let new = NewImport {
        id: id.clone(),
        operator_id: operator,
        account_id: caller.account_id.clone(),
        status,
        mode: upload.mode.name(),
        mapping: serde_json::to_string(&upload.mapping)?,
        adopt_up_to,
        file_digest: Sha256::digest(&upload.bytes).to_vec(),
        file: upload.bytes,
        created_at: now,
    };
    fleet_imports::insert(tx, &new)?;
    jobs::enqueue(tx, &new_id(now, rng), JOB, id.as_str(), now)?;
    Ok(id)
}

fn adoption_limit(scheme: Scheme, text: &str) -> Result<String, EnrollError> {
    let read = reading::read(scheme, text).ok().and_then(|reading| reading.exact());
    read.map(|number| number.to_string()).ok_or(EnrollError::AdoptUpTo)
}

fn require_numbers(tx: &mut Tx<'_>, scheme: Scheme, operator: &OperatorId) -> Result<(), EnrollError> {
    let found = operators::find(tx.db(), operator)?.ok_or(EnrollError::NotAnOperator)?;
    if found.status() != OperatorStatus::Admitted {
        return Err(EnrollError::Suspended);
    }
    if !scheme.has_letters() {
        return Ok(());
    }
    let held = series::list(tx.db(), Some(operator), None, 26)?;
    if held.iter().any(|series| series.status == SeriesStatus::Confirmed) {
        Ok(())
    } else {
        Err(EnrollError::NoConfirmedSeries)
    }
}

/// Asks that a checked upload be committed.
///
/// # Errors
/// [`EnrollError`].
pub fn request_commit(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    scheme: Scheme,
    caller: &Caller,
    id: &ImportId,
) -> Result<(), EnrollError> {
    let operator = caller.operator_id.clone().ok_or(EnrollError::NotAnOperator)?;
    let import = fleet_imports::find(tx.db(), id, Some(&operator))?.ok_or(EnrollError::Unknown)?;
    if import.status != "checked" {
        return Err(EnrollError::NotChecked { status: import.status });
    }
    require_numbers(tx, scheme, &operator)?;
    fleet_imports::move_status(tx, id, "checked", "committing")?;
    jobs::enqueue(tx, &new_id(now, rng), JOB, id.as_str(), now)?;
    Ok(())
}
