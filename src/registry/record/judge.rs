//! One report, judged by itself: from JSON, or the cells of a table, to what it says.
//!
//! *Invariant:* no database: which vehicle is meant is still only a name here.

use serde_json::{Map, Value};

use super::ReportProblem;
use crate::model::{DeviceId, Moment, Place, RideId, RideKind};
use crate::plate::{PlateNumber, Scheme, reading};

/// How a report names its vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// By the operator's id.
    Device(DeviceId),
    /// By its plate: the text, and the numbers that it can mean.
    Plate(String, Vec<PlateNumber>),
}

/// What a report says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Judged {
    pub(super) ride_id: RideId,
    pub(super) vehicle: Named,
    /// A plate stated beside a device id: the numbers that it can mean.
    pub(super) plate_beside: Option<Vec<PlateNumber>>,
    pub(super) started_at: Moment,
    pub(super) ended_at: Option<Moment>,
    pub(super) start: Option<Place>,
    pub(super) end: Option<Place>,
    pub(super) kind: RideKind,
    pub(super) rider_handle: Option<String>,
}

/// What a report says, whatever form it came in.
pub(super) trait Says {
    /// Returns the text of a field; `None` where it says nothing.
    fn text(&self, name: &'static str) -> Result<Option<&str>, ReportProblem>;

    /// Returns the place of a field; `None` where it says nothing.
    fn place(&self, name: &'static str) -> Result<Option<Place>, ReportProblem>;
}

impl Says for Map<String, Value> {
    fn text(&self, name: &'static str) -> Result<Option<&str>, ReportProblem> {
        let wrong = ReportProblem::Type { field: name, expected: "text" };
        present(self, name).map(|value| value.as_str().ok_or(wrong)).transpose()
    }

    fn place(&self, name: &'static str) -> Result<Option<Place>, ReportProblem> {
        let Some(value) = present(self, name) else {
            return Ok(None);
        };
        let degrees = |name: &str| value.get(name).and_then(Value::as_f64);
        let (lat, lng) = degrees("lat").zip(degrees("lng")).ok_or(ReportProblem::Place(name))?;
        Place::new(lat, lng).map(Some).map_err(|_outside| ReportProblem::Place(name))
    }
}

/// Judges one report in JSON.
pub(super) fn judge(scheme: Scheme, report: &Value) -> Result<Judged, ReportProblem> {
    judge_said(scheme, report.as_object().ok_or(ReportProblem::NotAnObject)?)
}

/// Judges one report.
pub(super) fn judge_said(scheme: Scheme, said: &impl Says) -> Result<Judged, ReportProblem> {
    let ride_id = said.text("ride_id")?.ok_or(ReportProblem::Missing("ride_id"))?;
    let ride_id = RideId::parse(ride_id).map_err(|problem| ReportProblem::Id { field: "ride_id", problem })?;
    let started_at = instant(said, "started_at")?.ok_or(ReportProblem::Missing("started_at"))?;
    let ended_at = instant(said, "ended_at")?;
    if ended_at.is_some_and(|end| end < started_at) {
        return Err(ReportProblem::EndsBeforeStart);
    }
    let kind = match said.text("kind")? {
        None => RideKind::Rider,
        Some(name) => RideKind::find(name)
            .ok_or(ReportProblem::Type { field: "kind", expected: "rider, rebalance or maintenance" })?,
    };
    Ok(Judged {
        ride_id,
        vehicle: vehicle(scheme, said)?,
        plate_beside: plate_beside(scheme, said)?,
        started_at,
        ended_at,
        start: said.place("start")?,
        end: said.place("end")?,
        kind,
        rider_handle: said.text("rider_handle")?.filter(|handle| !handle.is_empty()).map(ToOwned::to_owned),
    })
}

/// Reads by what a report names its vehicle.
pub(super) fn vehicle(scheme: Scheme, said: &impl Says) -> Result<Named, ReportProblem> {
    if let Some(device) = said.text("device_id")? {
        let id = DeviceId::parse(device).map_err(|problem| ReportProblem::Id { field: "device_id", problem })?;
        return Ok(Named::Device(id));
    }
    let plate = said.text("plate")?.ok_or(ReportProblem::Missing("device_id"))?;
    let unknown = || ReportProblem::UnknownPlate(plate.to_owned());
    let reading = reading::read(scheme, plate).ok().ok_or_else(unknown)?;
    Ok(Named::Plate(plate.to_owned(), reading.hypotheses().iter().map(|one| one.number).collect()))
}

fn plate_beside(scheme: Scheme, said: &impl Says) -> Result<Option<Vec<PlateNumber>>, ReportProblem> {
    if said.text("device_id")?.is_none() {
        return Ok(None);
    }
    let numbers =
        |text| reading::read(scheme, text).map(|read| read.hypotheses().iter().map(|one| one.number).collect());
    Ok(said.text("plate")?.map(|text| numbers(text).unwrap_or_default()))
}

/// The fields of a report; whatever else it has is named in the result, for it may be a typing mistake.
const FIELDS: [&str; 9] =
    ["ride_id", "device_id", "plate", "started_at", "ended_at", "start", "end", "kind", "rider_handle"];

/// Returns the names of the fields that are not read.
pub(super) fn unread(report: &Value) -> Vec<String> {
    let names = report.as_object().into_iter().flat_map(Map::keys);
    names.filter(|name| !FIELDS.contains(&name.as_str())).take(20).cloned().collect()
}

pub(super) fn present<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.get(name).filter(|value| !value.is_null())
}

pub(super) fn instant(said: &impl Says, name: &'static str) -> Result<Option<Moment>, ReportProblem> {
    said.text(name)?
        .map(|text| Moment::parse(text).map_err(|problem| ReportProblem::Instant { field: name, problem }))
        .transpose()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
    use super::*;
    use crate::plate::KZ_158;
    use proptest::prelude::*;
    use serde_json::json;

    fn report() -> Value {
        json!({"ride_id": "r1", "device_id": "d1", "started_at": "2026-07-07T20:21:51+05:00",
               "ended_at": "2026-07-07T20:31:51+05:00", "start": {"lat": 43.2, "lng": 76.9}, "rider_handle": "u"})
    }

    fn without_or_with(field: &str, value: Value) -> Result<Judged, ReportProblem> {
        let mut report = report();
        report[field] = value;
        judge(KZ_158, &report)
    }

    #[test]
    fn a_sound_report_is_understood() {
        let judged = judge(KZ_158, &report()).unwrap();
        assert_eq!(judged.ended_at.unwrap().seconds_since(judged.started_at), 600);
        assert_eq!(judged.kind, RideKind::Rider);
    }

    #[test]
    fn each_thing_that_is_wrong_is_refused_by_its_name() {
        let code = |field: &str, value| without_or_with(field, value).unwrap_err().code();
        assert_eq!(code("ride_id", Value::Null), "missing");
        assert_eq!(code("ride_id", json!(7)), "wrong_type");
        assert_eq!(code("ride_id", json!("x".repeat(129))), "bad_id");
        assert_eq!(code("started_at", json!("2026-07-07T20:21:51")), "no_offset");
        assert_eq!(code("started_at", json!("soon")), "bad_instant");
        assert_eq!(code("ended_at", json!("2026-07-07T20:00:00+05:00")), "ends_before_start");
        assert_eq!(code("start", json!({"lat": 93, "lng": 1})), "bad_place");
        assert_eq!(code("kind", json!("joyride")), "wrong_type");
        assert_eq!(code("device_id", Value::Null), "missing");
        assert_eq!(judge(KZ_158, &json!([])).unwrap_err().code(), "not_an_object");
    }

    #[test]
    fn an_open_ride_has_no_end() {
        assert_eq!(without_or_with("ended_at", Value::Null).unwrap().ended_at, None);
    }

    proptest! {
        #[test]
        fn no_value_makes_the_judge_panic(field in "ride_id|device_id|plate|started_at|start|kind", text in "\\PC*", number: f64) {
            let _ = without_or_with(&field, json!(text));
            let _ = without_or_with(&field, json!(number));
            let _ = without_or_with(&field, json!({"lat": number, "lng": text}));
        }
    }
}
