//! Vehicles of the caller's fleet, and the plates that they bear.
//!
//! *Invariant:* a foreign vehicle or plate answers exactly like an unknown one.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::plate_items::PlateItemView;
use crate::model::{DeviceId, Moment, Plate, Zone};
use crate::plate::PlateNumber;
use crate::registry::Registry;
use crate::registry::life::{Present, present};
use crate::registry::read::{PlateRecord, ReadError, get_plate, list_vehicles};
use crate::web::caller::Call;
use crate::web::kind::Kind;
use crate::web::paging::{self, Page};
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::act;

/// A plate number with its control pair.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NumberView {
    #[schema(example = "A00001")]
    number: String,
    control: String,
}

impl From<PlateNumber> for NumberView {
    fn from(number: PlateNumber) -> Self {
        Self { number: number.to_string(), control: number.control_text() }
    }
}

/// A scooter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VehicleView {
    /// The operator's id of it.
    device_id: String,
    /// `in_service`, `in_store`, `in_repair`, `stolen`, `impounded`, `moved_by_third_party`; `not_yet` before the first
    /// day in service, `out_of_service` after the last one, `retired` for good.
    status: String,
    /// From when on it is retired.
    retired_from: Option<String>,
    /// The number it bears now, or bore last.
    plate: Option<NumberView>,
    serial_number: Option<String>,
    make: Option<String>,
    model: Option<String>,
    year: Option<u16>,
    colour: Option<String>,
    /// The first day in service.
    in_service: Option<String>,
    /// The last day in service.
    out_of_service: Option<String>,
    comment: Option<String>,
    registered_at: String,
    /// Which version of the description this is, from 1.
    version: u32,
}

impl VehicleView {
    pub(super) fn of(present: Present, zone: Zone) -> Self {
        let vehicle = present.vehicle;
        let facts = vehicle.facts;
        Self {
            device_id: vehicle.device_id.to_string(),
            status: present.standing.name().to_owned(),
            retired_from: present.retired_from.map(|at| zone.stamp(at)),
            plate: vehicle.number.map(NumberView::from),
            serial_number: facts.serial_number,
            make: facts.make,
            model: facts.model,
            year: facts.year,
            colour: facts.colour,
            in_service: facts.in_service.map(|date| date.to_string()),
            out_of_service: facts.out_of_service.map(|date| date.to_string()),
            comment: facts.comment,
            registered_at: zone.stamp(vehicle.registered_at),
            version: vehicle.version,
        }
    }
}

/// One scooter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VehicleAnswer {
    pub(super) vehicle: VehicleView,
}

/// A page of scooters.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VehiclesAnswer {
    vehicles: Vec<VehicleView>,
    /// The path of the next page.
    next: Option<String>,
}

/// A number, its period, and the scooter that bears or bore it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlateView {
    #[serde(flatten)]
    number: NumberView,
    /// `not_yet`, `in_service`, `out_of_service` (between two periods) or `annulled`, now.
    status: String,
    /// Since when the scooter bears it; null where the first day is not known.
    from: Option<String>,
    /// Until when it bore it.
    until: Option<String>,
    /// Why this version of the record was made: `issued`, `adopted`, `annulled`, …
    reason: String,
    recorded_at: String,
    version: u32,
    vehicle: VehicleView,
    /// All periods of the number, in order.
    periods: Vec<PeriodView>,
    items: Vec<PlateItemView>,
}

/// A period of a number, with who bears it then.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PeriodView {
    device_id: String,
    /// Since when; null where the first day is not known.
    from: Option<String>,
    /// Until when; null until further notice.
    until: Option<String>,
    /// Why it was recorded: `issued`, `adopted`, `annulled`, `back in service`, `corrected`, `retired`, …
    reason: String,
    recorded_at: String,
    version: u32,
}

impl PeriodView {
    pub(super) fn of(plate: Plate, device: &DeviceId, zone: Zone) -> Self {
        Self {
            device_id: device.to_string(),
            from: plate.borne.from.map(|at| zone.stamp(at)),
            until: plate.borne.until.map(|at| zone.stamp(at)),
            reason: plate.reason,
            recorded_at: zone.stamp(plate.recorded_at),
            version: plate.version,
        }
    }
}

impl PlateView {
    fn of(record: PlateRecord, bearer: Present, registry: &Registry, now: Moment) -> Self {
        let zone = registry.rules.zone;
        let items = record.items.iter().map(|item| PlateItemView::of(item, registry, now)).collect();
        let plate = record.plate;
        Self {
            number: plate.number.into(),
            status: record.status.name().to_owned(),
            from: plate.borne.from.map(|at| zone.stamp(at)),
            until: plate.borne.until.map(|at| zone.stamp(at)),
            reason: plate.reason,
            recorded_at: zone.stamp(plate.recorded_at),
            version: plate.version,
            vehicle: VehicleView::of(bearer, zone),
            periods: record.periods.into_iter().map(|(plate, device)| PeriodView::of(plate, &device, zone)).collect(),
            items,
        }
    }
}

/// One number.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlateAnswer {
    plate: PlateView,
}

/// Lists the vehicles of one's own fleet
#[utoipa::path(get, path = "/v1/vehicles", tag = "fleet", operation_id = "list_vehicles",
    responses((status = 200, description = "A page", body = VehiclesAnswer)))]
pub(crate) async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let page = Page::read(&call, Params::of(&call.request), String::new())?;
    let after = page.after.as_deref().and_then(|place| place.parse().ok());
    let (caller, rows) = (call.caller.clone(), page.to_read());
    let zone = call.zone();
    let found = act(&call.state, move |registry, now, _| {
        registry.store.read(|db| {
            let vehicles = list_vehicles(db, &caller, after, rows)?;
            Ok::<_, ReadError>(present(db, zone, now, vehicles)?)
        })
    });
    let mut found = found.await?;
    let next = page.cut(&call, &mut found, |present| present.vehicle.id.0.to_string());
    let vehicles = found.into_iter().map(|present| VehicleView::of(present, zone)).collect();
    Ok(paging::answer(&VehiclesAnswer { vehicles, next: next.clone() }, next.as_deref()))
}

/// Reads the operator's id of a vehicle out of a path. What cannot be an id is none of the caller's vehicles.
pub(super) fn device(text: &str) -> Result<DeviceId, Problem> {
    DeviceId::parse(text).map_err(|problem| Problem::new(Kind::NotFound).because(problem))
}

/// Reads a plate of one's own fleet
///
/// Whatever reads as one number is taken. The police ask through lookups.
#[utoipa::path(get, path = "/v1/plates/{number}", tag = "fleet", operation_id = "read_plate",
    params(("number" = String, Path, description = "The registration number")),
    responses((status = 200, description = "The plate", body = PlateAnswer)))]
pub(crate) async fn plate(call: Call, number: Path<String>) -> Result<HttpResponse, Problem> {
    let (caller, number, zone) = (call.caller.clone(), number.into_inner(), call.zone());
    let plate = act(&call.state, move |registry, now, _| {
        let (record, bearer) = registry.store.read(|db| {
            let record = get_plate(db, registry.rules.scheme, &caller, now, &number)?;
            let bearer = present(db, zone, now, vec![record.vehicle.clone()])?.pop().ok_or(ReadError::Unknown)?;
            Ok::<_, ReadError>((record, bearer))
        })?;
        Ok::<_, ReadError>(PlateView::of(record, bearer, registry, now))
    });
    Ok(HttpResponse::Ok().json(PlateAnswer { plate: plate.await? }))
}
