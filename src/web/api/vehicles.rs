//! Vehicles of the caller's fleet, and the plates that they bear.
//!
//! *Invariant:* a foreign vehicle or plate answers exactly like an unknown one.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::plate_items::PlateItemView;
use crate::model::{DeviceId, Moment, Vehicle, Zone};
use crate::plate::PlateNumber;
use crate::registry::Registry;
use crate::registry::read::{PlateRecord, ReadError, get_plate, get_vehicle, list_vehicles};
use crate::web::caller::Call;
use crate::web::kind::Kind;
use crate::web::paging::{self, Page};
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::{act, read};

/// A plate number with its control pair.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NumberView {
    #[schema(example = "A00001")]
    number: String,
    control: String,
}

impl From<PlateNumber> for NumberView {
    fn from(number: PlateNumber) -> Self {
        Self { number: number.to_string(), control: number.control().to_string() }
    }
}

/// A scooter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VehicleView {
    /// The operator's id of it.
    device_id: String,
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
    fn of(vehicle: Vehicle, zone: Zone) -> Self {
        let facts = vehicle.facts;
        Self {
            device_id: vehicle.device_id.to_string(),
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
    vehicle: VehicleView,
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
    /// `not_yet`, `in_service` or `annulled`, now.
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
    items: Vec<PlateItemView>,
}

impl PlateView {
    fn of(record: PlateRecord, registry: &Registry, now: Moment) -> Self {
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
            vehicle: VehicleView::of(record.vehicle, zone),
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
    let mut found = read(&call.state, move |db, _| list_vehicles(db, &caller, after, rows)).await?;
    let next = page.cut(&call, &mut found, |vehicle| vehicle.id.0.to_string());
    let vehicles = found.into_iter().map(|vehicle| VehicleView::of(vehicle, call.zone())).collect();
    Ok(paging::answer(&VehiclesAnswer { vehicles, next: next.clone() }, next.as_deref()))
}

/// Reads a vehicle of one's own fleet
#[utoipa::path(get, path = "/v1/vehicles/{device_id}", tag = "fleet", operation_id = "read_vehicle",
    params(("device_id" = String, Path, description = "The operator's own id, percent-encoded")),
    responses((status = 200, description = "The vehicle", body = VehicleAnswer)))]
pub(crate) async fn one(call: Call, device_id: Path<String>) -> Result<HttpResponse, Problem> {
    // What cannot be an id is none of the caller's vehicles.
    let device = DeviceId::parse(&device_id).map_err(|problem| Problem::new(Kind::NotFound).because(problem))?;
    let caller = call.caller.clone();
    let vehicle = read(&call.state, move |db, _| get_vehicle(db, &caller, &device)).await?;
    Ok(HttpResponse::Ok().json(VehicleAnswer { vehicle: VehicleView::of(vehicle, call.zone()) }))
}

/// Reads a plate of one's own fleet
///
/// Whatever reads as one number is taken. The police ask through lookups.
#[utoipa::path(get, path = "/v1/plates/{number}", tag = "fleet", operation_id = "read_plate",
    params(("number" = String, Path, description = "The registration number")),
    responses((status = 200, description = "The plate", body = PlateAnswer)))]
pub(crate) async fn plate(call: Call, number: Path<String>) -> Result<HttpResponse, Problem> {
    let (caller, number) = (call.caller.clone(), number.into_inner());
    let plate = act(&call.state, move |registry, now, _| {
        let record = registry.store.read(|db| get_plate(db, &caller, now, &number))?;
        Ok::<_, ReadError>(PlateView::of(record, registry, now))
    });
    Ok(HttpResponse::Ok().json(PlateAnswer { plate: plate.await? }))
}
