//! Fittings, as fitters report them, and the alarms that contradictions raise.
//!
//! *Invariant:* an operator is told of its own scooters only, also where another one's plate is on them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::vehicles::NumberView;
use crate::model::{AlarmId, DeviceId, Fitting, Moment, Place, Zone};
use crate::plate::{PlateLink, PlateNumber};
use crate::registry::items::{self, FittingsOf, ItemError, NamedAlarm, NewFitting};
use crate::registry::read::device_ids;
use crate::web::body::{Json, Request};
use crate::web::caller::Call;
use crate::web::fault::Fault;
use crate::web::fields::Fields;
use crate::web::idempotency::{Keep, once};
use crate::web::paging::{self, Page};
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::read;
use crate::web::wrong::Wrong;

/// A plate that was put on a scooter: both codes scanned.
#[derive(Debug, ToSchema)]
pub(crate) struct FittingRecord {
    /// What the QR code of the plate says.
    #[schema(value_type = String, example = "HTTPS://REG.TEST/P/K04271KR/4T8XJ2K9QZ")]
    qr: (PlateLink, String),
    /// The scooter, by the operator's own id.
    #[schema(value_type = String)]
    device_id: DeviceId,
    /// When; now, if absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Moment>,
    /// Where.
    place: Option<Place>,
    /// What else there is to say.
    note: Option<String>,
}

impl Request for FittingRecord {
    fn read(fields: &mut Fields) -> Option<Self> {
        let qr = fields.text("qr").and_then(|text| {
            let link = PlateLink::parse(&text).ok();
            if link.is_none() {
                fields.refuse(Fault::field("qr", Wrong::QrCode));
            }
            link.map(|link| (link, text))
        });
        let device_id = fields.text("device_id").and_then(|text| {
            let device = DeviceId::parse(&text).ok();
            if device.is_none() {
                fields.refuse(Fault::field("device_id", Wrong::Id));
            }
            device
        });
        let (at, note) = (fields.optional_moment("at"), fields.optional_prose("note"));
        let place = fields.optional("place").and_then(|value| {
            let place = place(&value);
            if place.is_none() {
                fields.refuse(Fault::field("place", Wrong::Place));
            }
            place
        });
        Some(Self { qr: qr?, device_id: device_id?, at, place, note })
    }
}

fn place(value: &Value) -> Option<Place> {
    let degrees = |name: &str| value.get(name).and_then(Value::as_f64);
    Place::new(degrees("lat")?, degrees("lng")?).ok()
}

/// A contradiction.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlarmView {
    id: String,
    /// `other_vehicle`, `number_on_two_vehicles`, `withdrawn_item_fitted` or `false_tag`.
    kind: &'static str,
    /// Whose alarm it is.
    operator_id: String,
    plate: NumberView,
    /// Which of the number's plates, where its code is a true one.
    item: Option<u32>,
    /// The scooter; null where it is another operator's.
    device_id: Option<String>,
    /// The fitting that raised it; null where another operator reported it.
    fitting_id: Option<String>,
    raised_at: String,
    settled_at: Option<String>,
    /// The words with which it was settled.
    settlement: Option<String>,
}

impl AlarmView {
    fn of(named: NamedAlarm, zone: Zone) -> Self {
        let alarm = named.alarm;
        let (settled_at, settlement) = alarm.settled.unzip();
        Self {
            id: alarm.id.to_string(),
            kind: alarm.kind.name(),
            operator_id: alarm.operator_id.to_string(),
            plate: alarm.number.into(),
            item: alarm.item,
            device_id: named.device_id.map(|device| device.to_string()),
            fitting_id: alarm.fitting_id.map(|id| id.to_string()),
            raised_at: zone.stamp(alarm.raised_at),
            settled_at: settled_at.map(|at| zone.stamp(at)),
            settlement,
        }
    }
}

/// A plate that was put on a scooter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FittingView {
    id: String,
    plate: NumberView,
    /// Which of the number's plates; null where the code is false.
    item: Option<u32>,
    /// What the code was worth: `valid`, `replaced`, `withdrawn` or `false_tag`.
    verdict: String,
    device_id: Option<String>,
    fitted_at: String,
    place: Option<Place>,
    note: Option<String>,
    recorded_at: String,
    /// What it contradicts; told when it is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    alarms: Option<Vec<AlarmView>>,
}

impl FittingView {
    fn of(fitting: Fitting, device: Option<&DeviceId>, zone: Zone) -> Self {
        Self {
            id: fitting.id.to_string(),
            plate: fitting.number.into(),
            item: fitting.item,
            verdict: fitting.verdict,
            device_id: device.map(ToString::to_string),
            fitted_at: zone.stamp(fitting.fitted_at),
            place: fitting.place,
            note: fitting.note,
            recorded_at: zone.stamp(fitting.recorded_at),
            alarms: None,
        }
    }
}

/// One fitting.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FittingAnswer {
    fitting: FittingView,
}

/// A page of fittings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FittingsAnswer {
    fittings: Vec<FittingView>,
    /// The path of the next page.
    next: Option<String>,
}

/// One alarm.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlarmAnswer {
    alarm: AlarmView,
}

/// A page of alarms.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlarmsAnswer {
    alarms: Vec<AlarmView>,
    /// The path of the next page.
    next: Option<String>,
}

/// Why an alarm needs no further care.
#[derive(Debug, ToSchema)]
pub(crate) struct AlarmSettlement {
    /// What was found out or done.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

impl Request for AlarmSettlement {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self { reason: fields.prose("reason")? })
    }
}

/// Records that a plate was put on a scooter
///
/// It is recorded whatever it contradicts; contradictions come back as alarms.
#[utoipa::path(post, path = "/v1/fittings", tag = "fleet", operation_id = "record_fitting",
    request_body = FittingRecord, responses((status = 201, description = "Recorded", body = FittingAnswer)))]
pub(crate) async fn record(call: Call, body: Json<FittingRecord>) -> Result<HttpResponse, Problem> {
    let (zone, asked) = (call.zone(), body.asked);
    let (link, scanned) = asked.qr;
    let (device_id, at, place, note) = (asked.device_id, asked.at, asked.place, asked.note);
    let new = NewFitting { link, scanned, device_id, at, place, note };
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, registry, now, rng, caller| {
        let done = items::fit(tx, registry.secrets.tag_keys(), now, rng, caller, &new)?;
        let named = |alarm| NamedAlarm { alarm, device_id: Some(new.device_id.clone()) };
        let alarms = done.alarms.into_iter().map(|alarm| AlarmView::of(named(alarm), zone)).collect();
        let fitting = FittingView::of(done.fitting, Some(&done.vehicle.device_id), zone);
        Ok::<_, ItemError>(FittingAnswer { fitting: FittingView { alarms: Some(alarms), ..fitting } })
    })
    .await
}

/// Lists what one's own fitters reported
#[utoipa::path(get, path = "/v1/fittings", tag = "fleet", operation_id = "list_fittings",
    params(("number" = Option<String>, Query, description = "Only plates of this number"),
        ("device_id" = Option<String>, Query, description = "Only plates on this scooter")),
    responses((status = 200, description = "A page", body = FittingsAnswer)))]
pub(crate) async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let mut params = Params::of(&call.request);
    let number = params.read("number", Fault::parameter("number", Wrong::PlateNumber), |text| {
        PlateNumber::parse(&text.to_ascii_uppercase()).ok()
    });
    let device_id =
        params.read("device_id", Fault::parameter("device_id", Wrong::Id), |text| DeviceId::parse(text).ok());
    let page = Page::read(&call, params, filter(number, device_id.as_ref()))?;
    let of = FittingsOf { number, device_id };
    let (caller, after, rows) = (call.caller.clone(), page.after.clone(), page.to_read());
    let (mut found, devices) = read(&call.state, move |db, _| {
        let found = items::list_fittings(db, &caller, &of, after.as_deref(), rows).map_err(Problem::from)?;
        let vehicles: Vec<_> = found.iter().map(|fitting| fitting.vehicle_id).collect();
        let devices = device_ids(db, &caller, &vehicles).map_err(Problem::from)?;
        Ok::<_, Problem>((found, devices))
    })
    .await?;
    let next = page.cut(&call, &mut found, |fitting| fitting.id.to_string());
    let view = |fitting: Fitting| {
        let device = devices.get(&fitting.vehicle_id);
        FittingView::of(fitting, device, call.zone())
    };
    let fittings = found.into_iter().map(view).collect();
    Ok(paging::answer(&FittingsAnswer { fittings, next: next.clone() }, next.as_deref()))
}

/// Returns the query that the next page has to repeat.
fn filter(number: Option<PlateNumber>, device: Option<&DeviceId>) -> String {
    let number = number.map(|number| format!("number={number}"));
    let device = device.map(|device| format!("device_id={}", escaped(device.as_str())));
    number.into_iter().chain(device).collect::<Vec<_>>().join("&")
}

/// Returns a value with everything escaped that is not unreserved (RFC 3986, section 2.3).
fn escaped(value: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    value.bytes().map(byte).collect()
}

/// Lists alarms
///
/// An operator sees its own, the regulator everybody's.
#[utoipa::path(get, path = "/v1/alarms", tag = "fleet", operation_id = "list_alarms",
    responses((status = 200, description = "A page", body = AlarmsAnswer)))]
pub(crate) async fn alarms(call: Call) -> Result<HttpResponse, Problem> {
    let page = Page::read(&call, Params::of(&call.request), String::new())?;
    let (caller, after, rows) = (call.caller.clone(), page.after.clone(), page.to_read());
    let mut found = read(&call.state, move |db, _| items::list_alarms(db, &caller, after.as_deref(), rows)).await?;
    let next = page.cut(&call, &mut found, |named| named.alarm.id.to_string());
    let alarms = found.into_iter().map(|named| AlarmView::of(named, call.zone())).collect();
    Ok(paging::answer(&AlarmsAnswer { alarms, next: next.clone() }, next.as_deref()))
}

/// Settles an alarm
#[utoipa::path(post, path = "/v1/alarms/{id}/settlement", tag = "fleet", operation_id = "settle_alarm",
    params(("id" = String, Path, description = "The alarm")),
    request_body = AlarmSettlement, responses((status = 201, description = "Settled", body = AlarmAnswer)))]
pub(crate) async fn settle(call: Call, id: Path<String>, body: Json<AlarmSettlement>) -> Result<HttpResponse, Problem> {
    let (zone, id, reason) = (call.zone(), AlarmId::from_text(&id), body.asked.reason);
    once(call, body.digest, StatusCode::CREATED, Keep::Answer, move |tx, _, now, rng, caller| {
        let settled = items::settle(tx, now, rng, caller, &id, &reason)?;
        Ok::<_, ItemError>(AlarmAnswer { alarm: AlarmView::of(settled, zone) })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_id_of_any_characters_is_repeated_as_it_was_asked() {
        let device = DeviceId::parse("a b&c=1/ж").ok();
        assert_eq!(filter(None, device.as_ref()), "device_id=a%20b%26c%3D1%2F%D0%B6");
        assert_eq!(filter(PlateNumber::parse("K04271").ok(), None), "number=K04271");
    }
}
