//! The history of a vehicle: every event in order, also what was believed before.
//!
//! *Invariant:* each event has its two times, when it was true and when the registry learned of it; nothing that was
//! superseded is left out.

use super::error::LifeError;
use super::follow::numbers_of;
use crate::model::{
    Caller, Cover, DeviceId, Fact, Fitting, ItemStateVersion, MaintenanceRecord, Moment, Plate, PlateCorrection,
    PlateItem, Retirement, StatusReport, Vehicle, VehicleFacts, VehicleVersion, Zone,
};
use crate::registry::read::get_vehicle;
use crate::storage::plate_items::{self, FittingsWanted};
use crate::storage::{
    Db, maintenance, plate_corrections, plates, policy_coverage, retirements, vehicle_statuses, vehicles,
};

/// More fittings than any scooter sees.
const MOST_FITTINGS: usize = 10_000;

/// Something that happened to a vehicle, or was recorded of it.
#[derive(Debug, Clone)]
pub struct Event {
    /// When it was true; `None`: since ever.
    pub at: Option<Moment>,
    /// When the registry learned of it.
    pub known_at: Moment,
    /// When it was superseded or withdrawn.
    pub superseded_at: Option<Moment>,
    /// What it was.
    pub what: What,
}

/// What happened to a vehicle.
#[derive(Debug, Clone)]
pub enum What {
    /// It was registered.
    Registered,
    /// It bears a number during a period.
    Number(Plate),
    /// Its description was recorded, changed or corrected: the facts stated, before and after.
    Described(VehicleVersion, Vec<(Fact, Option<String>, Option<String>)>),
    /// Its status was reported.
    Status(StatusReport),
    /// It was maintained or repaired.
    Maintained(MaintenanceRecord),
    /// A number was corrected: it bore it in truth, or did not. With the operator's id of who bore it.
    Corrected(PlateCorrection, Option<DeviceId>),
    /// It was retired.
    Retired(Retirement),
    /// Its retirement was withdrawn.
    RetirementWithdrawn(Retirement),
    /// A physical plate of a number that it bears or bore was made, fitted, lost, replaced.
    Item(PlateItem, ItemStateVersion),
    /// A plate was put on it.
    Fitted(Fitting),
    /// An insurance policy covers it, by name or with the whole fleet.
    Insured(Cover),
}

impl What {
    /// Returns the kind of event, in snake case.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Number(_) => "number",
            Self::Described(..) => "description",
            Self::Status(_) => "status",
            Self::Maintained(_) => "maintenance",
            Self::Corrected(..) => "correction",
            Self::Retired(_) => "retirement",
            Self::RetirementWithdrawn(_) => "retirement_withdrawn",
            Self::Item(..) => "plate_item",
            Self::Fitted(_) => "fitting",
            Self::Insured(_) => "policy",
        }
    }
}

impl Event {
    const fn new(at: Option<Moment>, known_at: Moment, superseded_at: Option<Moment>, what: What) -> Self {
        Self { at, known_at, superseded_at, what }
    }
}

/// Tells the whole history of a vehicle of the caller's: by when it was true, then by when it was learned.
///
/// # Errors
/// [`LifeError`].
pub fn history(db: &mut Db, zone: Zone, caller: &Caller, device: &DeviceId) -> Result<Vec<Event>, LifeError> {
    let vehicle = get_vehicle(db, caller, device)?;
    let ids = [vehicle.id];
    let mut events = vec![Event::new(Some(vehicle.registered_at), vehicle.registered_at, None, What::Registered)];
    events.extend(descriptions(zone, vehicles::find_versions(db, &ids)?));
    events.extend(
        plates::all_versions_of_vehicles(db, &ids)?
            .into_iter()
            .map(|plate| Event::new(plate.borne.from, plate.recorded_at, plate.superseded_at, What::Number(plate))),
    );
    events.extend(
        vehicle_statuses::of_vehicles(db, &ids)?.into_iter().map(|report| {
            Event::new(Some(report.since), report.recorded_at, report.superseded_at, What::Status(report))
        }),
    );
    events.extend(maintenance::of_vehicles(db, &ids)?.into_iter().map(|record| {
        Event::new(Some(record.work.began_at), record.recorded_at, record.superseded_at, What::Maintained(record))
    }));
    events.extend(corrections(db, &vehicle)?);
    events.extend(plates_made(db, &vehicle)?);
    events.extend(insurance(db, zone, &vehicle)?);
    for retirement in retirements::of_vehicles(db, &ids)? {
        if let Some(withdrawn) = retirement.superseded_at {
            let what = What::RetirementWithdrawn(retirement.clone());
            events.push(Event::new(Some(withdrawn), withdrawn, None, what));
        }
        let (from, known_at, gone) = (retirement.from, retirement.recorded_at, retirement.superseded_at);
        events.push(Event::new(Some(from), known_at, gone, What::Retired(retirement)));
    }
    events.sort_by_key(|event| (event.at, event.known_at));
    Ok(events)
}

fn descriptions(zone: Zone, versions: Vec<VehicleVersion>) -> Vec<Event> {
    let mut before = VehicleFacts::default();
    let mut events = Vec::with_capacity(versions.len());
    for version in versions {
        let told = |fact: &Fact| (*fact, fact.value(&before), fact.value(&version.facts));
        // What a version states again as it was is no news, but for a correction of since when it holds.
        let changed: Vec<_> = version
            .stated()
            .iter()
            .map(told)
            .filter(|(_, old, new)| old != new || version.holds_from.is_some())
            .collect();
        before = version.facts.clone();
        let at = begins(zone, &version, &changed);
        events.push(Event::new(at, version.recorded_at, None, What::Described(version, changed)));
    }
    events
}

/// When what a version states became true. Service dates speak for themselves.
fn begins(zone: Zone, version: &VehicleVersion, changed: &[(Fact, Option<String>, Option<String>)]) -> Option<Moment> {
    if version.version == 1 || changed.iter().any(|(fact, ..)| !fact.is_service_date()) {
        return version.holds_from;
    }
    let states = |wanted: Fact| changed.iter().any(|(fact, ..)| *fact == wanted);
    let left = version.facts.out_of_service.filter(|_| states(Fact::OutOfService)).map(|day| zone.end_of(day));
    let entered = version.facts.in_service.filter(|_| states(Fact::InService)).map(|day| zone.start_of(day));
    left.or(entered).or(version.service.from)
}

fn corrections(db: &mut Db, vehicle: &Vehicle) -> Result<Vec<Event>, LifeError> {
    let numbers = numbers_of(db, &[vehicle.id])?;
    let found = plate_corrections::of_numbers(db, &numbers)?;
    let bearers: Vec<_> = found.iter().filter_map(|correction| correction.bearer).collect();
    let bearers = vehicles::find_by_ids(db, &bearers)?;
    Ok(found
        .into_iter()
        .map(|correction| {
            let bearer = correction.bearer.and_then(|id| bearers.get(&id)).map(|vehicle| vehicle.device_id.clone());
            Event::new(correction.since, correction.recorded_at, None, What::Corrected(correction, bearer))
        })
        .collect())
}

fn plates_made(db: &mut Db, vehicle: &Vehicle) -> Result<Vec<Event>, LifeError> {
    let mut numbers: Vec<_> =
        plates::all_versions_of_vehicles(db, &[vehicle.id])?.into_iter().map(|plate| plate.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut events = Vec::new();
    for item in plate_items::of_numbers(db, &numbers)? {
        events.extend(item.states.iter().map(|state| {
            let at = state.since.or(item.since);
            Event::new(at, state.recorded_at, state.superseded_at, What::Item(item.clone(), state.clone()))
        }));
    }
    let wanted = FittingsWanted { operator: vehicle.operator_id.clone(), number: None, vehicle: Some(vehicle.id) };
    let fitted = plate_items::list_fittings(db, &wanted, None, MOST_FITTINGS)?;
    let told = |fitting: Fitting| Event::new(Some(fitting.fitted_at), fitting.recorded_at, None, What::Fitted(fitting));
    events.extend(fitted.into_iter().map(told));
    Ok(events)
}

fn insurance(db: &mut Db, zone: Zone, vehicle: &Vehicle) -> Result<Vec<Event>, LifeError> {
    let named = policy_coverage::versions_of_vehicles(db, &[vehicle.id])?.into_iter().map(|(_, cover)| cover);
    let of_fleet = policy_coverage::versions_of_fleets(db, std::slice::from_ref(&vehicle.operator_id))?;
    let told = |cover: Cover| {
        let from = zone.start_of(cover.days.from);
        Event::new(Some(from), cover.recorded_at, cover.superseded_at, What::Insured(cover))
    };
    Ok(named.chain(of_fleet).map(told).collect())
}
