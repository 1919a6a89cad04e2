//! When a vehicle is in service, and who bears a number: what the periods of plates follow from.
//!
//! *Invariant:* nothing here is stored. The periods are worked out anew from what was stated, so that a correction in any
//! order comes to the same; of several statements about one instant the last word counts.

use super::{
    AccountId, AsKnown, Fact, Moment, Period, Plate, PlateStatus, VehicleId, VehicleVersion, Zone, description_at,
};
use crate::plate::PlateNumber;

/// A vehicle left service for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retirement {
    /// The vehicle.
    pub vehicle_id: VehicleId,
    /// Its number among the vehicle's retirements, from 1: more than one only where one was withdrawn.
    pub entry: u32,
    /// From when on.
    pub from: Moment,
    /// Why.
    pub reason: String,
    /// The account that recorded it.
    pub account: AccountId,
    /// When the registry learned of it.
    pub recorded_at: Moment,
    /// When it was withdrawn because it had been recorded by mistake.
    pub superseded_at: Option<Moment>,
    /// Why it was withdrawn.
    pub withdrawal_reason: Option<String>,
}

/// A correction: who bore a number in truth, since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlateCorrection {
    /// The number.
    pub number: PlateNumber,
    /// Its number among the corrections of this plate number, from 1.
    pub entry: u32,
    /// Who bore it; `None`: nobody, it was wrongly issued.
    pub bearer: Option<VehicleId>,
    /// Since when; `None`: since ever.
    pub since: Option<Moment>,
    /// Why.
    pub reason: String,
    /// The account that recorded it.
    pub account: AccountId,
    /// When the registry learned of it.
    pub recorded_at: Moment,
}

/// Cuts time at these instants.
fn pieces(cuts: impl Iterator<Item = Option<Moment>>) -> Vec<Period> {
    let mut cuts: Vec<_> = cuts.flatten().collect();
    cuts.sort_unstable();
    cuts.dedup();
    let begins = std::iter::once(None).chain(cuts.iter().copied().map(Some));
    let ends = cuts.iter().copied().map(Some).chain(std::iter::once(None));
    begins.zip(ends).map(|(from, until)| Period::new(from, until)).collect()
}

/// Returns the periods in which a vehicle is in service, in order, each apart from the next. `versions` are those of the
/// vehicle that are known; `in_use_since` is when its number's letter came into use, which is the beginning where no
/// first day is stated.
#[must_use]
pub fn service_periods(
    versions: &[VehicleVersion],
    zone: Zone,
    in_use_since: Option<Moment>,
    retired_from: Option<Moment>,
) -> Vec<Period> {
    let cuts = versions.iter().filter(|one| one.stated().iter().any(|fact| fact.is_service_date()));
    let mut periods: Vec<Period> = Vec::new();
    for piece in pieces(cuts.map(|version| version.service_from)) {
        // Any instant of the piece will do; the first piece has no beginning.
        let inside = piece.from.unwrap_or(Moment::from_millis(i64::MIN));
        let Some(description) = description_at(versions, inside, AsKnown::Now) else { continue };
        let from = description.facts.in_service.map(|day| zone.start_of(day)).or(in_use_since);
        let until = description.facts.out_of_service.map(|day| zone.end_of(day));
        let served = Period::new(from, until).common(piece).common(Period::new(None, retired_from));
        match periods.last_mut() {
            _ if served.is_empty() => {}
            Some(last) if last.until.is_some() && last.until == served.from => last.until = served.until,
            _ => periods.push(served),
        }
    }
    periods
}

/// Returns who bears a number when, in order: `first` bore it before any correction.
#[must_use]
pub fn bearers(first: VehicleId, corrections: &[PlateCorrection]) -> Vec<(Option<VehicleId>, Period)> {
    let mut told: Vec<_> = corrections.iter().collect();
    told.sort_by_key(|correction| correction.entry);
    let speaks = |correction: &&&PlateCorrection, piece: Period| match (correction.since, piece.from) {
        (None, _) => true,
        (Some(since), Some(from)) => since <= from,
        (Some(_), None) => false,
    };
    pieces(told.iter().map(|correction| correction.since))
        .into_iter()
        .map(|piece| {
            let last = told.iter().rev().find(|correction| speaks(correction, piece));
            (last.map_or(Some(first), |correction| correction.bearer), piece)
        })
        .collect()
}

/// Returns whether a number is borne at an instant, given all its plates as known then or now. Between two periods it
/// is out of service; after the last one it is annulled.
#[must_use]
pub fn plate_status_at(plates: &[Plate], at: Moment, as_known: AsKnown) -> Option<PlateStatus> {
    let known = || plates.iter().filter(|plate| as_known.holds(plate.recorded_at, plate.superseded_at));
    known().next()?;
    let over = known().any(|plate| plate.borne.until.is_some_and(|until| until <= at));
    let to_come = known().any(|plate| !plate.borne.is_empty() && plate.borne.from.is_some_and(|from| at < from));
    Some(if known().any(|plate| plate.borne.contains(at)) {
        PlateStatus::InService
    } else {
        match (over, to_come) {
            (true, true) => PlateStatus::OutOfService,
            (true, false) => PlateStatus::Annulled,
            (false, _) => PlateStatus::NotYet,
        }
    })
}

/// A version that states service dates, to be put beside those that are known.
///
/// Returns the facts with the dates stated laid over them, and the beginning of the service period that they speak about.
/// A first day after the known last day means that the vehicle is back: a new period begins, and its last day is open
/// unless stated anew. Every other statement corrects the period that was stated last.
#[must_use]
pub fn service_stated(
    zone: Zone,
    known: &[VehicleVersion],
    old: (Option<chrono::NaiveDate>, Option<chrono::NaiveDate>),
    new: (Option<chrono::NaiveDate>, Option<chrono::NaiveDate>),
) -> ServiceStated {
    let states = |version: &&VehicleVersion| version.stated().iter().copied().any(Fact::is_service_date);
    let last = known.iter().filter(states).max_by_key(|version| version.version);
    let last_from = last.and_then(|version| version.service_from);
    let begins = new.0.map(|day| zone.start_of(day));
    match (new.0, old.1) {
        (Some(first_day), Some(last_day)) if last_day < first_day => {
            let out = new.1.filter(|out| first_day <= *out);
            ServiceStated { in_service: new.0, out_of_service: out, service_from: begins, back: true }
        }
        _ => ServiceStated {
            in_service: new.0,
            out_of_service: new.1,
            // The corrected period may begin earlier than it was thought to.
            service_from: last_from.map(|from| begins.map_or(from, |begins| from.min(begins))),
            back: false,
        },
    }
}

/// What a statement of service dates comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceStated {
    /// The first day in service.
    pub in_service: Option<chrono::NaiveDate>,
    /// The last day in service.
    pub out_of_service: Option<chrono::NaiveDate>,
    /// The beginning of the service period that they speak about; `None`: the first one.
    pub service_from: Option<Moment>,
    /// Whether the vehicle comes back into service by it.
    pub back: bool,
}
