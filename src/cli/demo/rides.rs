//! A believable day of rides around Almaty.
//!
//! *Invariant:* the same day and fleet give the same rides: chance comes from a seed, not from the machine.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::kept::Example;
use crate::model::{Moment, Place, Zone};

/// How busy each hour is, from midnight: the mornings and evenings of a city.
const DEMAND: [u32; 24] = [3, 2, 1, 1, 1, 2, 4, 8, 12, 9, 7, 8, 10, 10, 9, 9, 10, 13, 16, 15, 12, 9, 7, 5];
/// Where rides begin in the morning: squares, stations and parks of the city, WGS 84.
const PLACES: [(f64, f64); 8] = [
    (43.2383, 76.9453),
    (43.2567, 76.9286),
    (43.2220, 76.8512),
    (43.2630, 76.9420),
    (43.2376, 76.9150),
    (43.2425, 76.9589),
    (43.2180, 76.9270),
    (43.2731, 76.9490),
];

/// A day in a zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day {
    zone: Zone,
    start: Moment,
    end: Moment,
}

/// A ride of that day.
#[derive(Debug, Clone)]
pub(super) struct Ride {
    id: String,
    device_id: String,
    number: String,
    started_at: Moment,
    ended_at: Moment,
    start: Place,
    end: Place,
    zone: Zone,
}

impl Day {
    /// Returns the day before this instant: it is over, so that it can be reported completely.
    pub(super) fn before(now: Moment, zone: Zone) -> Self {
        let today = zone.date_of(now);
        let day = today.pred_opt().unwrap_or(today);
        Self { zone, start: zone.start_of(day), end: zone.end_of(day) }
    }

    /// Returns its end, as it is written to the registry.
    pub(super) fn end(&self) -> String {
        self.zone.stamp(self.end)
    }

    /// Returns noon so many days before it began, as it is written to the registry.
    pub(super) fn days_before(&self, days: i64) -> String {
        self.zone.stamp(self.start.plus_seconds((12 - 24 * days) * 3_600))
    }
}

impl Ride {
    /// Returns the report of it.
    pub(super) fn report(&self) -> Value {
        json!({
            "ride_id": self.id, "device_id": self.device_id, "started_at": self.zone.stamp(self.started_at),
            "ended_at": self.zone.stamp(self.ended_at), "start": self.start, "end": self.end,
            "rider_handle": format!("rider-{}", self.id),
        })
    }

    fn middle(&self) -> Moment {
        self.started_at.plus_seconds(self.ended_at.seconds_since(self.started_at) / 2)
    }
}

/// Makes the rides of a day: every scooter goes on from where it was left.
pub(super) fn of_day(day: &Day, letter: &str, fleet: &[(String, String)]) -> Vec<Ride> {
    let seed = letter.bytes().fold(158_u64, |seed, byte| seed * 31 + u64::from(byte));
    let mut rng = StdRng::seed_from_u64(seed);
    let busiest = DEMAND.iter().copied().max().unwrap_or(1);
    let mut rides = Vec::new();
    for (device_id, number) in fleet {
        let home = PLACES.get(rng.random_range(0..PLACES.len())).copied().unwrap_or((43.24, 76.93));
        let mut at =
            Place { lat: home.0 + rng.random_range(-0.004..0.004), lng: home.1 + rng.random_range(-0.005..0.005) };
        let mut free = day.start.plus_seconds(rng.random_range(0..3_600));
        while free.plus_seconds(5_400) < day.end {
            let hour = usize::try_from(free.seconds_since(day.start) / 3_600).unwrap_or(0);
            let demand = DEMAND.get(hour).copied().unwrap_or(1);
            // A scooter waits between a quarter of an hour and an hour and a half, and is taken more often when many want one.
            let waited = free.plus_seconds(rng.random_range(900..5_400));
            if rng.random_range(0..busiest * 3) >= demand {
                free = waited;
                continue;
            }
            let started_at = free.plus_seconds(rng.random_range(60..900));
            let minutes = rng.random_range(4..26);
            let ended_at = started_at.plus_seconds(minutes * 60 + rng.random_range(0..60));
            let end = go_on(at, f64::from(u32::try_from(minutes).unwrap_or(4)), &mut rng);
            rides.push(Ride {
                id: format!("{letter}-{:05}", rides.len() + 1),
                device_id: device_id.clone(),
                number: number.clone(),
                started_at,
                ended_at,
                start: at,
                end,
                zone: day.zone,
            });
            at = end;
            free = ended_at.plus_seconds(rng.random_range(900..5_400));
        }
    }
    rides
}

/// Goes on for some minutes at 7 to 14 km/h, within the city.
fn go_on(from: Place, minutes: f64, rng: &mut StdRng) -> Place {
    let metres = minutes / 60.0 * rng.random_range(7_000.0..14_000.0) * 0.7;
    let direction: f64 = rng.random_range(0.0..std::f64::consts::TAU);
    let lat = from.lat + metres * direction.cos() / 111_195.0;
    let lng = from.lng + metres * direction.sin() / (111_195.0 * from.lat.to_radians().cos());
    Place { lat: lat.clamp(43.18, 43.32), lng: lng.clamp(76.82, 77.02) }
}

/// Picks questions whose answers are worth seeing: of the first operator a ride, of the second a scooter that stood.
pub(super) fn questions(day: &Day, place: usize, rides: &[Ride]) -> Option<Example> {
    if place == 0 {
        // Long enough, and far enough from its neighbours, to be the only one within the default tolerance.
        let ride = rides.iter().find(|ride| {
            ride.ended_at.seconds_since(ride.started_at) > 780 && ride.started_at.seconds_since(day.start) > 36_000
        })?;
        return Some(Example {
            plate: ride.number.clone(),
            at: day.zone.stamp(ride.middle()),
            shows: format!("somebody rode: {}", ride.id),
        });
    }
    let (before, after) = rides.iter().zip(rides.iter().skip(1)).find(|(before, after)| {
        let gap = after.started_at.seconds_since(before.ended_at);
        before.device_id == after.device_id && (3_600..14_400).contains(&gap)
    })?;
    let gap = after.started_at.seconds_since(before.ended_at);
    Some(Example {
        plate: before.number.to_lowercase(),
        at: day.zone.stamp(before.ended_at.plus_seconds(gap / 2)),
        shows: "nobody rode: the rides before and after are named".to_owned(),
    })
}
