//! When a vehicle is in service, and who bears a number: what the periods of plates follow from.
//!
//! *Invariant:* nothing here is stored. The periods are worked out anew from what was stated, so that a correction in any
//! order comes to the same; of several statements about one instant the last word counts.

use chrono::NaiveDate;

use super::{
    AccountId, AsKnown, Moment, Period, Plate, PlateStatus, ServicePeriod, VehicleId, VehicleVersion, Zone,
    service_stated_last,
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
    let mut stated: Vec<_> = service_stated_last(versions)
        .into_iter()
        .map(|version| {
            let first = version.facts.in_service.map(|day| zone.start_of(day));
            let until = version.facts.out_of_service.map(|day| zone.end_of(day));
            let else_from = if version.service.place == 0 { in_use_since } else { version.service.from };
            Period::new(first.or(else_from), until)
        })
        .collect();
    // A period that begins ends those before, whatever their last day was said to be.
    let mut next = None;
    for period in stated.iter_mut().rev() {
        let from = period.from;
        *period = period.common(Period::new(None, next));
        next = match (from, next) {
            (Some(from), Some(next)) => Some(from.min(next)),
            (from, next) => from.or(next),
        };
    }
    let mut periods: Vec<Period> = Vec::new();
    for period in stated.into_iter().map(|period| period.common(Period::new(None, retired_from))) {
        match periods.last_mut() {
            _ if period.is_empty() => {}
            Some(last) if last.until.is_some() && last.until == period.from => last.until = period.until,
            _ => periods.push(period),
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

/// The first and the last day in service.
pub type ServiceDates = (Option<NaiveDate>, Option<NaiveDate>);

/// Returns which service period a statement speaks about, and what it says of it, given what was stated before (`known`,
/// and `old`: the dates stated last).
///
/// A first day after the known last day means that the vehicle is back: a new period begins, and its last day is open
/// unless it is stated too. Every other statement corrects the period that was stated last.
#[must_use]
pub fn service_stated(
    zone: Zone,
    known: &[VehicleVersion],
    old: ServiceDates,
    new: ServiceDates,
) -> (ServicePeriod, ServiceDates) {
    let last = service_stated_last(known).last().map_or(ServicePeriod::FIRST, |version| version.service);
    let begins = new.0.map(|day| zone.start_of(day));
    match (new.0, old.1) {
        (Some(first_day), Some(last_day)) if last_day < first_day => {
            let until = new.1.filter(|until| first_day <= *until);
            (ServicePeriod { place: last.place.saturating_add(1), from: begins }, (new.0, until))
        }
        _ if last.place == 0 => (ServicePeriod::FIRST, new),
        _ => (ServicePeriod { from: begins.or(last.from), ..last }, new),
    }
}
