//! An earlier answer read again, and a pending case named.
//!
//! *Invariant:* reading again is a look like any other: it is written down first. An officer reads what that officer
//! asked; a supervisor what the same authority asked.

use rand::Rng;

use super::question::case_number;
use super::{FieldProblem, ResolveError};
use crate::audit::{Action, Decision, Hash};
use crate::model::{Answer, Caller, LookupId, Moment, Receipt, Role};
use crate::registry::{Registry, Secrets};
use crate::storage::audit_log::{self, Draft};
use crate::storage::disclosure::{self, Asked, Built};
use crate::storage::lookups::{self, KeptAnswer, StoredLookup};
use crate::storage::{Db, log_reading};
use crate::words::Language;
use sha2::{Digest, Sha256};

fn own(db: &mut Db, caller: &Caller, id: &LookupId) -> Result<(StoredLookup, KeptAnswer), ResolveError> {
    let (lookup, answer) = lookups::find(db, id)?.ok_or(ResolveError::Unknown)?;
    let asked_it = lookup.account_id == caller.account_id;
    let oversees = caller.role == Role::Supervisor
        && lookup.authority_id.is_some()
        && lookup.authority_id.as_ref() == caller.authority.as_ref().map(|(id, _)| id);
    if asked_it || oversees { Ok((lookup, answer)) } else { Err(ResolveError::Unknown) }
}

/// Reads an earlier answer again, byte for byte.
///
/// # Errors
/// [`ResolveError::Unknown`] also for somebody else's lookup.
pub fn read_again(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    id: &LookupId,
) -> Result<Answer, ResolveError> {
    let mut index = 0;
    let mut entry_hash = None;
    let mut checkpoint = String::new();
    let said = registry.store.write_then_say(|tx| -> Result<_, ResolveError> {
        let (lookup, sealed) = own(tx.db(), caller, id)?;
        index = lookup.log_index;
        entry_hash = log_reading::leaf_hashes(tx.db(), index, index.saturating_add(1))?.pop();
        checkpoint = log_reading::newest_checkpoint(tx.db())?;
        let draft = Draft { case_number: lookup.case_number, ..Draft::of(caller, Action::ReadLookup, id.as_str()) };
        let facts = (registry.secrets.clone(), id.as_str().to_owned());
        disclosure::disclose(tx, now, rng, Vec::new(), vec![Asked { draft, facts, sealed }], open)
    })?;
    let answer = said.into_iter().next().ok_or(ResolveError::Unknown)?.answer;
    let entry_hash = entry_hash.map(|hash| hash.to_hex()).unwrap_or_default();
    Ok(Answer { receipt: Some(Receipt { index, entry_hash, checkpoint }), ..answer })
}

fn open((secrets, id): (Secrets, String), (nonce, sealed): (Vec<u8>, Vec<u8>)) -> Result<Built<Answer>, ResolveError> {
    let bytes = secrets.decrypt(&id, &nonce, &sealed)?;
    let answer = serde_json::from_slice(&bytes)?;
    let digest = Hash::from_bytes(Sha256::digest(&bytes).into());
    Ok(Built { answer, digest, bytes, decision: Decision::Answered, shown: Vec::new() })
}

/// Names the case of a lookup that was asked while it was pending.
///
/// # Errors
/// [`ResolveError::NotPending`]; the inner error says what is wrong with the case number.
pub fn name_case(
    registry: &Registry,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    language: Language,
    id: &LookupId,
    text: &str,
) -> Result<Result<(), FieldProblem>, ResolveError> {
    let case = match case_number(&registry.rules, language, text) {
        Ok(case) => case,
        Err(problem) => return Ok(Err(problem)),
    };
    registry.store.write(|tx| -> Result<(), ResolveError> {
        let (lookup, _) = own(tx.db(), caller, id)?;
        if lookup.case_number.is_some() || !lookups::set_case(tx, id, &case)? {
            return Err(ResolveError::NotPending);
        }
        let draft = Draft { case_number: Some(case), ..Draft::of(caller, Action::LookupCase, id.as_str()) };
        audit_log::append(tx, now, rng, &[draft])?;
        Ok(())
    })?;
    Ok(Ok(()))
}
