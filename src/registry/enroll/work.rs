//! The work on an upload: read the file, compare it with what is known, and check or commit.
//!
//! *Invariant:* the file is read before the database is touched; whatever happens, the upload ends with a report.

use rand::Rng;
use sha2::{Digest, Sha256};

use super::EnrollError;
use super::apply::{Applied, apply};
use super::diff::{self, Diff};
use super::known::Known;
use super::plan::{Plan, Terms, plan};
use crate::audit::Hash;
use crate::fleet_list::{self, FleetList, Mapping};
use crate::model::{ImportId, Moment, OperatorId, OperatorStatus};
use crate::plate::PlateNumber;
use crate::registry::Registry;
use crate::storage::fleet_imports::{self, ImportOutcome, StoredImport};
use crate::storage::statistics::{self, Filled};
use crate::storage::{self, Db, operators, vehicles};

/// How many problems a report keeps; all are counted.
const PROBLEMS_KEPT: usize = 1_000;

/// From how many rows on the database looks at its tables anew.
const MANY_ROWS: usize = 1_000;

/// Works on an upload that waits; does nothing if it does not wait (any more).
///
/// # Errors
/// [`EnrollError::Storage`], after which the work may be tried again.
pub fn work(registry: &Registry, now: Moment, rng: &mut impl Rng, id: &ImportId) -> Result<(), EnrollError> {
    match attempt(registry, now, rng, id) {
        // Trying again would fail again: the operator is told at once, and the cause stays in our log.
        Err(error) if !error.is_passing() => {
            tracing::error!(import = id.as_str(), %error, source = ?error, "an upload failed for good");
            give_up(registry, now, id, "internal")
        }
        other => other,
    }
}

fn attempt(registry: &Registry, now: Moment, rng: &mut impl Rng, id: &ImportId) -> Result<(), EnrollError> {
    let found = registry.store.read(|db| -> storage::Result<_> {
        let Some(import) = fleet_imports::find(db, id, None)? else {
            return Ok(None);
        };
        let file = fleet_imports::file(db, id)?;
        Ok(Some((import, file)))
    })?;
    let Some((import, file)) = found else { return Ok(()) };
    let pairs: Vec<String> = serde_json::from_str(&import.mapping)?;
    let mapping = Mapping::parse(&pairs).map_err(EnrollError::Mapping)?;
    let list = fleet_list::read(registry.rules.scheme, &file, &mapping);
    match import.status.as_str() {
        "reading" => check(registry, now, id, &import, &list),
        "committing" => commit(registry, now, rng, id, &import, &list, Hash::from_bytes(Sha256::digest(&file).into())),
        _ => Ok(()),
    }
}

/// Ends an upload on which the work failed for good.
///
/// # Errors
/// Those of the database.
pub fn give_up(registry: &Registry, now: Moment, id: &ImportId, why: &str) -> Result<(), EnrollError> {
    let outcome = ImportOutcome {
        status: "failed",
        found: None,
        counts: None,
        problems: None,
        problems_total: 0,
        diff: None,
        failure: Some(why.to_owned()),
    };
    registry.store.write(|tx| {
        for status in ["reading", "committing"] {
            fleet_imports::end(tx, id, status, &outcome, now)?;
        }
        Ok(())
    })
}

fn check(
    registry: &Registry,
    now: Moment,
    id: &ImportId,
    import: &StoredImport,
    list: &FleetList,
) -> Result<(), EnrollError> {
    let operator = OperatorId::from_text(&import.operator_id);
    let (planned, diff) = registry.store.read(|db| -> storage::Result<_> {
        let known = Known::find(db, registry.rules.scheme, &operator, list)?;
        let planned = plan(list, &known, terms(registry, now, &operator, import));
        let diff = diff::find(db, &operator, list, &planned)?;
        Ok((planned, diff))
    })?;
    let outcome = outcome("checked", list, &planned, &diff)?;
    registry.store.write(|tx| -> Result<(), EnrollError> {
        fleet_imports::end(tx, id, "reading", &outcome, now)?;
        Ok(())
    })
}

fn commit(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    id: &ImportId,
    import: &StoredImport,
    list: &FleetList,
    file_digest: Hash,
) -> Result<(), EnrollError> {
    let operator = OperatorId::from_text(&import.operator_id);
    // In a transaction of its own, so that imports of different operators do not wait for each other's commits.
    let first_id = registry.store.write(|tx| vehicles::reserve_ids(tx, list.rows.len()))?;
    let commit = Commit { registry, now, id, import, list, file_digest, operator, first_id };
    let seen = registry
        .store
        .read(|db| -> storage::Result<_> { Ok((operators::turn(db, &commit.operator)?, commit.look(db)?)) })?;
    let written = match commit.make_true(rng, Some(seen)) {
        // Another operator took a number in between: it is looked at anew, with everybody waiting.
        Err(EnrollError::Storage(storage::Error::Conflict(_))) => commit.make_true(rng, None),
        other => other,
    }?;
    if written >= MANY_ROWS {
        statistics::renew(&registry.store, Filled::Fleet);
    }
    Ok(())
}

/// An upload that is being committed.
struct Commit<'a> {
    registry: &'a Registry,
    now: Moment,
    id: &'a ImportId,
    import: &'a StoredImport,
    list: &'a FleetList,
    file_digest: Hash,
    operator: OperatorId,
    /// The first of the vehicle numbers that were reserved.
    first_id: i64,
}

impl Commit<'_> {
    fn look(&self, db: &mut Db) -> storage::Result<(Known, Plan, Diff)> {
        let known = Known::find(db, self.registry.rules.scheme, &self.operator, self.list)?;
        let planned = plan(self.list, &known, terms(self.registry, self.now, &self.operator, self.import));
        let diff = diff::find(db, &self.operator, self.list, &planned)?;
        Ok((known, planned, diff))
    }

    /// Makes the list true, or refuses it; returns how many rows brought something. `seen`: what was looked at before anybody had
    /// to wait, and at which turn of the operator. Whoever changes a fleet takes its turn: if nobody did meanwhile, it is as it was.
    fn make_true(&self, rng: &mut impl Rng, seen: Option<(i64, (Known, Plan, Diff))>) -> Result<usize, EnrollError> {
        self.registry.store.write(|tx| {
            let operator = operators::take_turn(tx, &self.operator)?;
            let turn = operators::turn(tx.db(), &self.operator)?;
            let undisturbed = seen.filter(|(before, _)| turn == before.saturating_add(1));
            let (known, planned, diff) = match undisturbed {
                Some((_, seen)) => seen,
                None => self.look(tx.db())?,
            };
            let mut ended = outcome("committed", self.list, &planned, &diff)?;
            if operator.status() != OperatorStatus::Admitted {
                ended = ImportOutcome { status: "refused", failure: Some("operator_suspended".to_owned()), ..ended };
            } else if refused(self.import, &planned) {
                ended = ImportOutcome { status: "refused", ..ended };
            }
            if !fleet_imports::end(tx, self.id, "committing", &ended, self.now)? || ended.status == "refused" {
                return Ok(0);
            }
            apply(tx, rng, &self.applied(), &known, &planned)?;
            Ok(planned.counts.new + planned.counts.changed)
        })
    }

    fn applied(&self) -> Applied<'_> {
        Applied {
            import: self.id,
            operator: &self.operator,
            account: &self.import.account_id,
            now: self.now,
            rules: &self.registry.rules,
            first_id: self.first_id,
            file_digest: self.file_digest,
            tag_key: self.registry.secrets.tag_keys().current().id(),
            shuffle: self.registry.secrets.shuffle(),
        }
    }
}

/// All or nothing: any error refuses. Good rows: a file without one does, and so does an error of the file as a whole.
fn refused(import: &StoredImport, planned: &Plan) -> bool {
    let of_file =
        planned.problems.iter().any(|problem| problem.row.is_none() && problem.severity == fleet_list::Severity::Error);
    if import.mode == "good_rows" { of_file || planned.rows.is_empty() } else { planned.has_errors() }
}

pub(super) fn terms<'a>(
    registry: &Registry,
    now: Moment,
    operator: &'a OperatorId,
    import: &StoredImport,
) -> Terms<'a> {
    Terms {
        operator,
        now,
        today: registry.rules.zone.date_of(now),
        scheme: registry.rules.scheme,
        adoption_jump: registry.rules.adoption_jump,
        adopt_up_to: import.adopt_up_to.as_deref().and_then(|text| PlateNumber::parse(text).ok()),
    }
}

fn outcome(status: &'static str, list: &FleetList, planned: &Plan, diff: &Diff) -> Result<ImportOutcome, EnrollError> {
    let kept: Vec<_> = planned.problems.iter().take(PROBLEMS_KEPT).collect();
    Ok(ImportOutcome {
        status,
        found: Some(serde_json::to_string(&list.found)?),
        counts: Some(serde_json::to_string(&planned.counts)?),
        problems: Some(serde_json::to_string(&kept)?),
        problems_total: i64::try_from(planned.problems.len()).unwrap_or(i64::MAX),
        diff: Some(serde_json::to_string(diff)?),
        failure: None,
    })
}
