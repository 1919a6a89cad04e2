//! Ride sessions: rentals as operators report them.
//!
//! *Invariant:* nothing reported is dropped because it looks wrong; it is stored and marked. The rider's handle never
//! stands in a [`RideSession`]: only a salted commitment of it is kept.

use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

use super::account::named_variants;
use super::{Moment, OperatorId, Period, RideId, VehicleId};

/// A place on earth, WGS 84 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Place {
    /// Latitude, -90 to 90.
    pub lat: f64,
    /// Longitude, -180 to 180.
    pub lng: f64,
}

/// Why two numbers are no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("lat must lie within -90 and 90, lng within -180 and 180")]
pub struct PlaceProblem;

impl Place {
    /// Judges latitude and longitude in degrees.
    ///
    /// # Errors
    /// [`PlaceProblem`] where one lies outside its range or is no number.
    pub fn new(lat: f64, lng: f64) -> Result<Self, PlaceProblem> {
        if (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lng) {
            Ok(Self { lat, lng })
        } else {
            Err(PlaceProblem)
        }
    }

    /// Returns the great-circle distance to another place in metres (haversine on a sphere of 6 371 km).
    #[must_use]
    pub fn metres_to(self, other: Self) -> f64 {
        let (lat_a, lat_b) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = ((lat_b - lat_a) / 2.0).sin();
        let half_lng = ((other.lng - self.lng).to_radians() / 2.0).sin();
        let h = half_lat.mul_add(half_lat, lat_a.cos() * lat_b.cos() * half_lng * half_lng);
        2.0 * 6_371_000.0 * h.sqrt().min(1.0).asin()
    }

    /// Returns the course on which another place lies, in degrees clockwise from north, 0 up to 360. Between a place and
    /// itself it is 0.
    #[must_use]
    pub fn course_to(self, other: Self) -> f64 {
        let (lat_a, lat_b) = (self.lat.to_radians(), other.lat.to_radians());
        let lng = (other.lng - self.lng).to_radians();
        let east = lng.sin() * lat_b.cos();
        let north = lat_a.cos() * lat_b.sin() - lat_a.sin() * lat_b.cos() * lng.cos();
        // The rounding of a course that is a hair west of north must not come to 360.
        Some(east.atan2(north).to_degrees().rem_euclid(360.0)).filter(|course| *course < 360.0).unwrap_or_default()
    }
}

/// Who moved the scooter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RideKind {
    /// A rental.
    Rider,
    /// The operator moved it to where it is wanted.
    Rebalance,
    /// The operator moved it for maintenance.
    Maintenance,
}

named_variants!(RideKind { Rider => "rider", Rebalance => "rebalance", Maintenance => "maintenance" });

/// What looked wrong about a ride when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RideMark {
    /// It covers instants that another ride of the same scooter covers.
    Overlaps,
    /// It began later than it was received.
    BeginsInFuture,
    /// It has no end yet.
    Open,
    /// It lasted longer than the longest plausible ride.
    Long,
    /// The scooter bore no number when it began.
    WithoutPlate,
    /// It was received much later than it ended.
    ReportedLate,
    /// The plate in the report is not the one that the scooter named beside it bears.
    PlateDiffers,
    /// No policy that was on record when it came covered the scooter on the day it began.
    Uninsured,
}

named_variants!(RideMark {
    Overlaps => "overlaps",
    BeginsInFuture => "begins_in_future",
    Open => "open",
    Long => "long",
    WithoutPlate => "without_plate",
    ReportedLate => "reported_late",
    PlateDiffers => "plate_differs",
    Uninsured => "uninsured",
});

/// An operator's report of a ride, judged by itself; its vehicle is found.
#[derive(Clone, PartialEq)]
pub struct RideReport {
    /// The operator's id of the ride.
    pub ride_id: RideId,
    /// The scooter.
    pub vehicle_id: VehicleId,
    /// When it began.
    pub started_at: Moment,
    /// When it ended; `None`: still open, or never ended.
    pub ended_at: Option<Moment>,
    /// Where it began.
    pub start: Option<Place>,
    /// Where it ended.
    pub end: Option<Place>,
    /// Who moved the scooter.
    pub kind: RideKind,
    /// The operator's pseudonym of the rider; becomes a commitment and is forgotten.
    pub rider_handle: Option<String>,
}

/// A version of a ride as recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct RideSession {
    /// The scooter.
    pub vehicle_id: VehicleId,
    /// Whose ride.
    pub operator_id: OperatorId,
    /// The operator's id of the ride.
    pub ride_id: RideId,
    /// Which version, from 1.
    pub version: u32,
    /// When it began.
    pub started_at: Moment,
    /// When it ended; `None`: still open, or never ended.
    pub ended_at: Option<Moment>,
    /// Where it began.
    pub start: Option<Place>,
    /// Where it ended.
    pub end: Option<Place>,
    /// Who moved the scooter.
    pub kind: RideKind,
    /// When this version was received.
    pub received_at: Moment,
    /// When a newer version replaced it.
    pub superseded_at: Option<Moment>,
    /// Whether this version only added the end to the one before it.
    pub completes: bool,
}

impl RideSession {
    /// Returns the instants that the ride covers; an open one reaches `max_ride_s` seconds past its start.
    #[must_use]
    pub fn covered(&self, max_ride_s: i64) -> Period {
        Period::new(
            Some(self.started_at),
            Some(self.ended_at.unwrap_or_else(|| self.started_at.plus_seconds(max_ride_s))),
        )
    }

    /// Returns whether the ride covers some instant of `[from, to]`. A ride of no length covers its one instant.
    #[must_use]
    pub fn touches(&self, from: Moment, to: Moment, max_ride_s: i64) -> bool {
        let covered = self.covered(max_ride_s);
        let ends_after = covered.until.is_none_or(|until| until > from || (until == self.started_at && until == from));
        self.started_at <= to && ends_after
    }

    /// Returns whether the ride covers the instant.
    #[must_use]
    pub fn covers(&self, at: Moment, max_ride_s: i64) -> bool {
        self.touches(at, at, max_ride_s)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;

    #[test]
    fn a_degree_of_latitude_is_a_hundred_and_eleven_kilometres() {
        let (south, north) = (Place::new(43.0, 76.9).unwrap(), Place::new(44.0, 76.9).unwrap());
        assert!((south.metres_to(north) - 111_195.0).abs() < 10.0);
    }

    #[test]
    fn a_course_is_told_clockwise_from_north() {
        let here = Place::new(43.24, 76.92).unwrap();
        for (lat, lng, course) in [(43.3, 76.92, 0.0), (43.24, 76.99, 90.0), (43.1, 76.92, 180.0), (43.24, 76.8, 270.0)]
        {
            assert!((here.course_to(Place::new(lat, lng).unwrap()) - course).abs() < 0.1, "{course}");
        }
        assert!(here.course_to(here).abs() < 1e-9);
    }

    #[test]
    fn a_place_outside_the_globe_is_refused() {
        assert_eq!(Place::new(91.0, 0.0), Err(PlaceProblem));
        assert_eq!(Place::new(f64::NAN, 0.0), Err(PlaceProblem));
    }
}
