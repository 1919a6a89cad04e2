//! Fields that are numbers or places.
//!
//! *Invariant:* a figure outside its bounds is refused with the bounds, never cut to them.

use serde_json::Value;
use std::ops::RangeInclusive;

use super::fault::Fault;
use super::fields::Fields;
use super::wrong::Wrong;
use crate::model::Place;

impl Fields {
    /// Reads a whole number out of a value.
    pub(crate) fn whole(&mut self, name: &'static str, value: &Value, within: &RangeInclusive<u32>) -> Option<u32> {
        let found = value.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|found| within.contains(found));
        if found.is_none() {
            let fault = Fault::field(name, Wrong::WholeNumber);
            self.refuse(fault.with("least", within.start()).with("most", within.end()));
        }
        found
    }

    /// Takes a whole number that may be absent.
    pub(crate) fn optional_whole(&mut self, name: &'static str, within: &RangeInclusive<u32>) -> Option<u32> {
        let value = self.optional(name)?;
        self.whole(name, &value, within)
    }

    /// Takes a number that may be absent.
    pub(crate) fn optional_figure(&mut self, name: &'static str, within: &RangeInclusive<f64>) -> Option<f64> {
        let value = self.optional(name)?;
        let found = value.as_f64().filter(|found| within.contains(found));
        if found.is_none() {
            let fault = Fault::field(name, Wrong::Figure);
            self.refuse(fault.with("least", within.start()).with("most", within.end()));
        }
        found
    }

    /// Takes a place that may be absent.
    pub(crate) fn optional_place(&mut self, name: &'static str) -> Option<Place> {
        let value = self.optional(name)?;
        let degrees = |part: &str| value.get(part).and_then(Value::as_f64);
        let place = degrees("lat").zip(degrees("lng")).and_then(|(lat, lng)| Place::new(lat, lng).ok());
        if place.is_none() {
            self.refuse(Fault::field(name, Wrong::Place));
        }
        place
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn figures_and_places_outside_their_bounds_are_refused() {
        let sent = json!({"entry": 0, "km": -0.5, "place": {"lat": 91.0, "lng": 0.0}, "other": {"lat": 1}});
        let mut fields = Fields::of(sent).unwrap();
        assert_eq!(fields.optional_whole("entry", &(1..=9)), None);
        assert_eq!(fields.optional_figure("km", &(0.0..=9.0)), None);
        assert_eq!((fields.optional_place("place"), fields.optional_place("other")), (None, None));
        assert_eq!(fields.optional_place("absent"), None);
        assert!(fields.finish(Some(())).is_err());
    }

    #[test]
    fn figures_and_places_within_their_bounds_are_taken() {
        let mut fields = Fields::of(json!({"entry": 9, "km": 0, "place": {"lat": 43.2, "lng": 76.9}})).unwrap();
        assert_eq!(fields.optional_whole("entry", &(1..=9)), Some(9));
        assert_eq!(fields.optional_figure("km", &(0.0..=9.0)), Some(0.0));
        assert_eq!(fields.optional_place("place"), Place::new(43.2, 76.9).ok());
        assert!(fields.finish(Some(())).is_ok());
    }
}
