//! Reports whose vehicles are found, entered into the records: what each does to what is on record, and what looks wrong.
//!
//! *Invariant:* a fixed number of statements, however many reports there are, but for what the database's own limits divide.

use rand::Rng;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::RecordError;
use super::fleet::Fleet;
use super::insured::Insured;
use super::step::Step;
use crate::audit::{Action, Salt};
use crate::model::{Caller, Moment, OperatorId, RideId, RideMark, RideReport};
use crate::registry::Rules;
use crate::storage::Tx;
use crate::storage::audit_log::{self, Draft};
use crate::storage::ride_marks::{self, NewMark};
use crate::storage::rides::{self, Comparison, KnownRide, NewRide};

/// By what reports are judged once their vehicles are found.
pub(super) struct Facts<'a> {
    pub(super) rules: &'a Rules,
    pub(super) fleet: &'a Fleet,
    pub(super) insured: &'a Insured,
    /// The rides whose report names a scooter and the plate of another one, or of none.
    pub(super) contradicted: &'a HashSet<RideId>,
}

/// Decides what each report does. A ride that stands there twice counts once.
pub(super) fn decide<'a>(
    reports: &[&'a RideReport],
    known: &'a HashMap<RideId, KnownRide>,
    now: Moment,
    rng: &mut impl Rng,
) -> BTreeMap<&'a RideId, Step<'a>> {
    let mut steps = BTreeMap::new();
    for &report in reports {
        let Entry::Vacant(place) = steps.entry(&report.ride_id) else { continue };
        let before = known.get(&report.ride_id);
        let compared = before.map(|before| (before, before.compare(report)));
        if let Some((before, Comparison::Same)) = compared {
            place.insert(Step::Repeat(before.version()));
            continue;
        }
        let salt = report.rider_handle.as_ref().map(|_| {
            let mut bytes = [0_u8; 32];
            rng.fill_bytes(&mut bytes);
            Salt::from_bytes(bytes)
        });
        let ride = |version, first_received, completes| NewRide {
            report,
            version,
            first_received,
            salt,
            before,
            completes,
            marks: Vec::new(),
        };
        let step = match compared {
            None => Step::Record(ride(1, now, false)),
            Some((before, how)) => {
                let version = before.version().saturating_add(1);
                Step::Version(ride(version, before.first_received(), how == Comparison::Completes), how)
            }
        };
        place.insert(step);
    }
    steps
}

/// What is new, with its marks, and the marks that it has for the sake of other rides.
pub(super) type Entered<'a> = (Vec<NewRide<'a>>, Vec<NewMark>);

/// Enters what was decided.
pub(super) fn enter<'a>(
    tx: &mut Tx<'_>,
    now: Moment,
    operator: &OperatorId,
    facts: &Facts<'_>,
    decided: &BTreeMap<&RideId, Step<'a>>,
) -> Result<Entered<'a>, RecordError> {
    let mut new = Vec::with_capacity(decided.len());
    new.extend(decided.values().filter_map(Step::ride).cloned());
    if new.is_empty() {
        return Ok(Entered::default());
    }
    for ride in &mut new {
        ride.marks = marks_of(ride, now, facts);
    }
    let replaced: Vec<_> =
        new.iter().filter_map(|ride| Some((ride.report.ride_id.clone(), ride.before?.clone()))).collect();
    let overlaps = ride_marks::find_overlaps(tx.db(), &new, &replaced, facts.rules.max_ride_s)?;
    rides::insert(tx, operator, &new, &replaced, now)?;
    ride_marks::note(tx, operator, &overlaps.fresh, &overlaps.older, now)?;
    Ok((new, overlaps.fresh))
}

/// What looks wrong about a ride by itself.
fn marks_of(ride: &NewRide<'_>, now: Moment, facts: &Facts<'_>) -> Vec<RideMark> {
    let (report, rules) = (ride.report, facts.rules);
    let lasted = report.ended_at.map(|end| end.seconds_since(report.started_at));
    let unheard = report.ended_at.map(|end| ride.first_received.seconds_since(end));
    let found = [
        (report.ended_at.is_none(), RideMark::Open),
        (lasted.is_some_and(|lasted| lasted >= rules.max_ride_s), RideMark::Long),
        (facts.contradicted.contains(&report.ride_id), RideMark::PlateDiffers),
        (report.started_at > now, RideMark::BeginsInFuture),
        (!facts.fleet.bears(report.vehicle_id, report.started_at), RideMark::WithoutPlate),
        (!facts.insured.covers(rules.zone, report), RideMark::Uninsured),
        (unheard.is_some_and(|unheard| unheard > rules.late_after_s), RideMark::ReportedLate),
    ];
    found.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect()
}

/// A ride that somebody asked about and that says something else now is an entry of its own. One that merely ended is
/// not. Who asked is asked under the held log, and corrections are counted there: a lookup records what it shows only where that
/// count still is what it was when it looked, so that of the two whoever comes second sees the other.
pub(super) fn changes(
    tx: &mut Tx<'_>,
    caller: &Caller,
    operator: &OperatorId,
    decided: &BTreeMap<&RideId, Step<'_>>,
) -> Result<Vec<Draft>, RecordError> {
    let differing: Vec<_> = decided
        .iter()
        .filter(|(_, step)| matches!(step, Step::Version(_, Comparison::Differs)))
        .map(|(id, _)| (*id).clone())
        .collect();
    if differing.is_empty() {
        return Ok(Vec::new());
    }
    audit_log::hold_to_correct(tx)?;
    let asked = rides::asked_about(tx.db(), operator, &differing)?;
    Ok(asked.iter().map(|id| Draft::of(caller, Action::SessionChangedAfterLookup, id.as_str())).collect())
}
