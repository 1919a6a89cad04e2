//! Comparisons of policies with the insurers' records.
//!
//! *Invariant:* checks are only added.

use diesel::prelude::*;

use super::connection::Tx;
use super::db::Db;
use super::error::Result;
use super::schema::policy_checks as checks;
use super::values::{known, signed, unsigned};
use crate::model::{CheckOutcome, Moment, PolicyCheck, PolicyId};

type Row = (String, String, i32, String, i64, Option<String>, Option<String>, i64, String);

/// Records a check.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, new: &PolicyCheck) -> Result<()> {
    diesel::insert_into(checks::table)
        .values((
            checks::id.eq(&new.id),
            checks::policy_id.eq(new.policy_id.as_str()),
            checks::version.eq(signed(new.version)?),
            checks::outcome.eq(new.outcome.name()),
            checks::checked_at.eq(new.checked_at.as_millis()),
            checks::reference.eq(new.reference.as_deref()),
            checks::note.eq(new.note.as_deref()),
            checks::recorded_at.eq(new.recorded_at.as_millis()),
            checks::recorded_by.eq(&new.recorded_by),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Finds the checks of a policy, oldest first.
///
/// # Errors
/// Those of the database.
pub fn of_policy(db: &mut Db, policy: &PolicyId) -> Result<Vec<PolicyCheck>> {
    let rows: Vec<Row> = checks::table
        .filter(checks::policy_id.eq(policy.as_str()))
        .order((checks::recorded_at, checks::id))
        .select((
            checks::id,
            checks::policy_id,
            checks::version,
            checks::outcome,
            checks::checked_at,
            checks::reference,
            checks::note,
            checks::recorded_at,
            checks::recorded_by,
        ))
        .load(db)?;
    rows.into_iter()
        .map(|(id, policy_id, version, outcome, checked_at, reference, note, recorded_at, recorded_by)| {
            Ok(PolicyCheck {
                id,
                policy_id: PolicyId::from_text(&policy_id),
                version: unsigned(version)?,
                outcome: known(CheckOutcome::find(&outcome), "outcome of a check", &outcome)?,
                checked_at: Moment::from_millis(checked_at),
                reference,
                note,
                recorded_at: Moment::from_millis(recorded_at),
                recorded_by,
            })
        })
        .collect()
}
