//! One position, judged by itself: from JSON to what it says.
//!
//! *Invariant:* no database: which vehicle is meant is still only a name here.

use serde_json::{Map, Value};

use super::ReportProblem;
use super::judge::{Named, instant, present, vehicle};
use crate::model::{Moment, Place};
use crate::plate::Scheme;

/// What a report of a position says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Point {
    pub(super) vehicle: Named,
    pub(super) at: Moment,
    pub(super) place: Place,
    pub(super) speed: Option<f64>,
    pub(super) heading: Option<f64>,
    pub(super) accuracy_m: Option<f64>,
}

/// Judges one report of a position.
pub(super) fn judge_point(scheme: Scheme, report: &Value) -> Result<Point, ReportProblem> {
    let fields = report.as_object().ok_or(ReportProblem::NotAnObject)?;
    let vehicle = vehicle(scheme, fields)?;
    let at = instant(fields, "at")?.ok_or(ReportProblem::Missing("at"))?;
    let degrees = |name| present(fields, name).ok_or(ReportProblem::Missing(name));
    let (lat, lng) = (degrees("lat")?.as_f64(), degrees("lng")?.as_f64());
    let place =
        lat.zip(lng).and_then(|(lat, lng)| Place::new(lat, lng).ok()).ok_or(ReportProblem::Place("lat, lng"))?;
    Ok(Point {
        vehicle,
        at,
        place,
        speed: figure(fields, "speed", 100.0, "a number from 0 to 100 (m/s)")?,
        heading: figure(fields, "heading", 360.0, "a number from 0 to 360 (°)")?,
        accuracy_m: figure(fields, "accuracy_m", 100_000.0, "a number from 0 to 100000 (m)")?,
    })
}

fn figure(
    fields: &Map<String, Value>,
    field: &'static str,
    most: f64,
    expected: &'static str,
) -> Result<Option<f64>, ReportProblem> {
    let wrong = ReportProblem::Type { field, expected };
    let sound = |value: &Value| value.as_f64().filter(|figure| (0.0..=most).contains(figure));
    present(fields, field).map(|value| sound(value).ok_or(wrong)).transpose()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
    use super::*;
    use crate::plate::KZ_158;
    use proptest::prelude::*;
    use serde_json::json;

    fn with(field: &str, value: Value) -> Result<Point, ReportProblem> {
        let mut report = json!({"device_id": "d", "at": "2026-07-07T20:21:51+05:00", "lat": 43.2, "lng": 76.9});
        report[field] = value;
        judge_point(KZ_158, &report)
    }

    #[test]
    fn a_sound_position_is_understood_and_each_fault_has_its_name() {
        assert_eq!(with("speed", json!(4.5)).unwrap().speed, Some(4.5));
        let code = |field: &str, value| with(field, value).unwrap_err().code();
        assert_eq!(code("device_id", Value::Null), "missing");
        assert_eq!(code("at", json!("2026-07-07T20:21:51")), "no_offset");
        assert_eq!(code("lat", json!(91)), "bad_place");
        assert_eq!(code("lng", json!("76.9")), "bad_place");
        assert_eq!(code("heading", json!(361)), "wrong_type");
        assert_eq!(code("speed", json!(-1)), "wrong_type");
    }

    proptest! {
        #[test]
        fn no_value_makes_the_judge_panic(field in "device_id|plate|at|lat|lng|speed", text in "\\PC*", number: f64) {
            let _ = with(&field, json!(text));
            let _ = with(&field, json!(number));
        }
    }
}
