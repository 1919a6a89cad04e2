//! One step of a back-fill: one transaction that enters some of its rows.
//!
//! *Invariant:* rows, marks and the entry of the audit log that tells of them are durable together or not at all.

use rand::Rng;
use serde::Serialize;
use std::collections::HashMap;

use super::run::Counts;
use crate::audit::{Action, digest_of};
use crate::model::{Caller, Moment, OperatorId, RideReport};
use crate::registry::record::RecordError;
use crate::registry::record::enter::{Facts, changes, decide, enter};
use crate::registry::record::step::Step;
use crate::storage::audit_log::{self, Draft};
use crate::storage::{Stride, Tx, rides};

/// Whose rides, entered by whom.
pub(super) struct Entered<'a> {
    pub(super) caller: &'a Caller,
    pub(super) operator: &'a OperatorId,
    pub(super) run: &'a str,
    pub(super) stride: &'a Stride,
}

/// Whether a step asks which of its rides are on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// It does.
    First,
    /// It takes all for new. One that is not contradicts the key of what is on record, and undoes the step.
    Not,
}

/// What the entry of a step vouches for.
#[derive(Serialize)]
struct Told<'a> {
    recorded: usize,
    versioned: usize,
    first: Option<&'a str>,
    last: Option<&'a str>,
}

/// Enters reports whose vehicles are found.
pub(super) fn step(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    who: &Entered<'_>,
    facts: &Facts<'_>,
    reports: &[&RideReport],
    asks: Asks,
) -> Result<Counts, RecordError> {
    rides::make_room(tx, who.stride)?;
    // Three of the four orders that follow are by id: sorted once, and found sorted after that.
    let mut reports = reports.to_vec();
    reports.sort_by(|one, other| one.ride_id.cmp(&other.ride_id));
    let known = match asks {
        Asks::First => rides::find_known(tx.db(), who.operator, reports.iter().map(|report| &report.ride_id))?,
        Asks::Not => HashMap::new(),
    };
    let decided = decide(&reports, &known, now, rng);
    enter(tx, now, who.operator, facts, &decided)?;
    let mut counts = Counts::default();
    for step in decided.values() {
        match step {
            Step::Record(_) => counts.recorded += 1,
            Step::Version(..) => counts.versioned += 1,
            Step::Repeat(_) => {}
        }
    }
    counts.repeated = reports.len() - counts.recorded - counts.versioned;
    let mut drafts = changes(tx, who.caller, who.operator, &decided)?;
    if counts.recorded + counts.versioned > 0 {
        let mut new = decided.iter().filter(|(_, step)| step.ride().is_some()).map(|(id, _)| id.as_str());
        let first = new.next();
        let told =
            Told { recorded: counts.recorded, versioned: counts.versioned, first, last: new.next_back().or(first) };
        let entry = Draft::of(who.caller, Action::Import, &format!("sessions {}", who.run));
        drafts.push(Draft { answer_digest: Some(digest_of(&told)?), ..entry });
    }
    audit_log::append(tx, now, rng, &drafts)?;
    Ok(counts)
}
