//! Descriptions of a vehicle: what was said of it, since when it held, and what it comes to as of an instant.
//!
//! *Invariant:* a version speaks about the facts that it states, and about the instants from which on they hold; about
//! each of those the last word counts. Service dates speak about a service period instead. So a correction of the make does not undo that the scooter was repainted.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

use super::account::named_variants;
use super::{AsKnown, Moment, VehicleFacts, VehicleId};

/// One fact of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// The maker's serial number.
    SerialNumber,
    /// Who made it.
    Make,
    /// Its model.
    Model,
    /// The year it was made.
    Year,
    /// Its colour.
    Colour,
    /// The first day in service.
    InService,
    /// The last day in service.
    OutOfService,
    /// Whatever else.
    Comment,
}

named_variants!(Fact {
    SerialNumber => "serial_number",
    Make => "make",
    Model => "model",
    Year => "year",
    Colour => "colour",
    InService => "in_service",
    OutOfService => "out_of_service",
    Comment => "comment",
});

impl Fact {
    /// Returns whether the fact is a service date, which speaks about a service period and not about an instant.
    #[must_use]
    pub const fn is_service_date(self) -> bool {
        matches!(self, Self::InService | Self::OutOfService)
    }

    /// Copies this fact from one description into another.
    pub fn copy(self, from: &VehicleFacts, to: &mut VehicleFacts) {
        match self {
            Self::SerialNumber => to.serial_number.clone_from(&from.serial_number),
            Self::Make => to.make.clone_from(&from.make),
            Self::Model => to.model.clone_from(&from.model),
            Self::Year => to.year = from.year,
            Self::Colour => to.colour.clone_from(&from.colour),
            Self::InService => to.in_service = from.in_service,
            Self::OutOfService => to.out_of_service = from.out_of_service,
            Self::Comment => to.comment.clone_from(&from.comment),
        }
    }

    /// Returns the fact's value as text.
    #[must_use]
    pub fn value(self, of: &VehicleFacts) -> Option<String> {
        match self {
            Self::SerialNumber => of.serial_number.clone(),
            Self::Make => of.make.clone(),
            Self::Model => of.model.clone(),
            Self::Year => of.year.map(|year| year.to_string()),
            Self::Colour => of.colour.clone(),
            Self::InService => of.in_service.map(|date| date.to_string()),
            Self::OutOfService => of.out_of_service.map(|date| date.to_string()),
            Self::Comment => of.comment.clone(),
        }
    }
}

/// A service period of a vehicle: its place among the vehicle's periods, from 0, and its beginning as stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServicePeriod {
    /// Which one.
    pub place: u32,
    /// When it begins; `None` for the first one, of which nothing came before.
    pub from: Option<Moment>,
}

impl ServicePeriod {
    /// The first period.
    pub const FIRST: Self = Self { place: 0, from: None };
}

/// A version of a vehicle's description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleVersion {
    /// The vehicle.
    pub vehicle_id: VehicleId,
    /// Which version, from 1.
    pub version: u32,
    /// All facts, as the last word on each was then.
    pub facts: VehicleFacts,
    /// The facts that this version states, also those that it erases; `None`: all.
    pub stated: Option<Vec<Fact>>,
    /// From when on what it states holds; `None`: it always held.
    pub holds_from: Option<Moment>,
    /// The service period that its service dates speak about.
    pub service: ServicePeriod,
    /// Why it was recorded.
    pub reason: Option<String>,
    /// The account that recorded it, unless a fleet list did.
    pub recorded_by: Option<String>,
    /// When the registry learned of it.
    pub recorded_at: Moment,
    /// When the next version was recorded.
    pub superseded_at: Option<Moment>,
}

impl VehicleVersion {
    /// Returns the facts that this version states.
    #[must_use]
    pub fn stated(&self) -> &[Fact] {
        self.stated.as_deref().unwrap_or(Fact::ALL)
    }

    /// Returns whether the registry knew this version: a later one adds to it and does not make it unknown.
    #[must_use]
    pub fn is_known(&self, as_known: AsKnown) -> bool {
        as_known.instant().is_none_or(|instant| self.recorded_at <= instant)
    }

    /// Returns whether this version states service dates.
    #[must_use]
    pub fn states_service(&self) -> bool {
        self.stated().iter().any(|fact| fact.is_service_date())
    }

    fn held(&self, at: Moment) -> bool {
        self.holds_from.is_none_or(|from| from <= at)
    }
}

/// Returns the last word on each service period of a vehicle, in order. `versions` are those that are known.
#[must_use]
pub fn service_stated_last<'a>(versions: impl IntoIterator<Item = &'a VehicleVersion>) -> Vec<&'a VehicleVersion> {
    let mut last: BTreeMap<u32, &VehicleVersion> = BTreeMap::new();
    for version in versions.into_iter().filter(|version| version.states_service()) {
        let word = last.entry(version.service.place).or_insert(version);
        if word.version < version.version {
            *word = version;
        }
    }
    last.into_values().collect()
}

/// A vehicle's description as of an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The facts.
    pub facts: VehicleFacts,
    /// The newest version that says something of them.
    pub version: u32,
}

/// Returns what a vehicle was like at an instant, as known then or now; `None` where nothing was known of it yet.
/// `versions` are those of one vehicle.
#[must_use]
pub fn description_at(versions: &[VehicleVersion], at: Moment, as_known: AsKnown) -> Option<Description> {
    let mut known: Vec<_> = versions.iter().filter(|version| version.is_known(as_known)).collect();
    known.sort_by_key(|version| version.version);
    let first = known.first()?;
    let mut description = Description { facts: VehicleFacts::default(), version: first.version };
    for version in known.iter().filter(|version| version.held(at)) {
        for fact in version.stated().iter().filter(|fact| !fact.is_service_date()) {
            fact.copy(&version.facts, &mut description.facts);
            description.version = version.version;
        }
    }
    // Of the service periods that have begun the last one tells its dates; the first one also before it begins.
    let mut begun =
        service_stated_last(known).into_iter().filter(|version| version.service.from.is_none_or(|from| from <= at));
    if let Some(service) = begun.next_back() {
        Fact::InService.copy(&service.facts, &mut description.facts);
        Fact::OutOfService.copy(&service.facts, &mut description.facts);
        description.version = description.version.max(service.version);
    }
    Some(description)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(version: u32, stated: &[Fact], holds_from: Option<i64>, facts: VehicleFacts) -> VehicleVersion {
        VehicleVersion {
            vehicle_id: VehicleId(1),
            version,
            facts,
            stated: (version > 1).then(|| stated.to_vec()),
            holds_from: holds_from.map(Moment::from_millis),
            service: ServicePeriod::FIRST,
            reason: None,
            recorded_by: None,
            recorded_at: Moment::from_millis(100 * i64::from(version)),
            superseded_at: None,
        }
    }

    fn told(versions: &[VehicleVersion], at: i64, as_known: AsKnown) -> Option<(Option<String>, Option<String>, u32)> {
        let told = description_at(versions, Moment::from_millis(at), as_known)?;
        Some((told.facts.colour, told.facts.make, told.version))
    }

    #[test]
    fn a_correction_of_one_fact_does_not_undo_since_when_another_holds() {
        let facts = |colour: &str, make: &str| VehicleFacts {
            colour: Some(colour.into()),
            make: Some(make.into()),
            ..VehicleFacts::default()
        };
        let versions = [
            version(1, &[], None, facts("green", "Okay")),
            version(2, &[Fact::Colour], Some(50), facts("red", "Okay")),
            version(3, &[Fact::Make], None, facts("red", "Okai")),
        ];
        let say = |colour: &str, make: &str, version| Some((Some(colour.to_owned()), Some(make.to_owned()), version));
        assert_eq!(told(&versions, 49, AsKnown::Now), say("green", "Okai", 3));
        assert_eq!(told(&versions, 50, AsKnown::Now), say("red", "Okai", 3));
        let before_the_correction = AsKnown::At(Moment::from_millis(299));
        assert_eq!(told(&versions, 49, before_the_correction), say("green", "Okay", 1));
        assert_eq!(told(&versions, 50, before_the_correction), say("red", "Okay", 2));
        assert_eq!(told(&versions, 50, AsKnown::At(Moment::from_millis(99))), None);
    }

    #[test]
    fn an_erased_fact_is_unknown_and_not_as_before() {
        let comment = VehicleFacts { comment: Some("loud".into()), ..VehicleFacts::default() };
        let versions = [version(1, &[], None, comment), version(2, &[Fact::Comment], None, VehicleFacts::default())];
        let told = description_at(&versions, Moment::from_millis(0), AsKnown::Now);
        assert_eq!(told.map(|told| told.facts.comment), Some(None));
    }
}
