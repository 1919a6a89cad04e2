//! Whereabouts: how well a scooter's rides and positions fit what was seen, at that time, in that place.
//!
//! A [`Fit`] is a likelihood: how probable it is that this scooter was seen there in the way the question tells, given
//! what is known of it. It is the mean over the instants of the question's window. At each instant the scooter is
//! ridden, and fits by the part of its reach that lies around the place ([`super::reach`]), or it stands, and fits by its
//! distance from where it was last known. Without a place only riding and standing are told apart.
//!
//! *Invariant:* nothing is excluded: clocks and positions are wrong sometimes, so every scooter keeps the weight that a
//! quite unknown one would have in such a case. What was not reported is no proof that nobody rode.

use super::reach::{Disk, Point, meeting, share};
use super::{Fix, Moment, Place, Purpose, RideKind, RideSession, Window};

/// How often the records, or the witness's time and place, are so wrong that they say nothing.
const WRONG: f64 = 0.02;
/// Which part of the scooters is ridden at a busy hour. Taken high: where it were low, silence would clear a rider.
const RIDDEN: f64 = 0.2;
/// How probable it is that a scooter which stands is taken for one that hit somebody.
const STOOD: f64 = 0.0002;
/// The same where the question is about an offence of whatever kind.
const STOOD_PERHAPS: f64 = 0.2;
/// How many instants of a stretch of a ride are looked at.
const LOOKS: u32 = 6;

/// What is plausible of scooters, in metres and seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Metres a second that no ride exceeds.
    pub fastest: f64,
    /// Within how many metres a reported position is right.
    pub place_error_m: f64,
    /// How far a scooter that stands is found from where it was left.
    pub parked_scale_m: f64,
    /// The radius of the area in which scooters are.
    pub town_radius_m: f64,
}

/// What was seen: when, where, and of what kind.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// When.
    pub window: Window,
    /// Where, and within how many metres.
    pub near: Option<(Place, f64)>,
    /// What it is about.
    pub purpose: Purpose,
}

/// What is known of a scooter around the window.
#[derive(Debug, Clone, Copy)]
pub struct Traces<'a> {
    /// The rides that touch the window.
    pub rides: &'a [RideSession],
    /// The last ride before, where none touches.
    pub before: Option<&'a RideSession>,
    /// The first ride after, where none touches.
    pub after: Option<&'a RideSession>,
    /// Its positions by time, none of them doubted.
    pub fixes: &'a [Fix],
    /// Whether everything was reported.
    pub complete: bool,
    /// How far an open ride reaches past its start, in seconds.
    pub max_ride_s: i64,
}

/// How well a scooter fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The likelihood, above 0 and up to 1.
    pub weight: f64,
    /// What each ride that touches the window adds to it, in the same order.
    pub rides: Vec<f64>,
    /// How far from the place it stood, where it stood and that is known, in metres.
    pub stood_m: Option<f64>,
}

#[derive(Clone, Copy)]
struct Anchor {
    at: Moment,
    place: Place,
    error_m: f64,
}

struct Look<'a> {
    seen: Seen,
    pace: Pace,
    traces: Traces<'a>,
}

/// Returns how well a scooter fits what was seen.
#[must_use]
pub fn fit(seen: Seen, pace: Pace, traces: Traces<'_>) -> Fit {
    let look = Look { seen, pace, traces };
    let unknown = look.unknown();
    let mut rides = vec![0.0; traces.rides.len()];
    let mut stood = 0.0;
    let mut stood_m: Option<f64> = None;
    for (at, part) in look.instants() {
        let covering = |ride: &RideSession| ride.covers(at, traces.max_ride_s);
        // Of overlapping reports one is wrong; which one, the place may tell.
        let weights = traces.rides.iter().map(|ride| if covering(ride) { look.ridden(ride, at) } else { 0.0 });
        let best = weights.enumerate().max_by(|(_, one), (_, other)| one.total_cmp(other));
        if let (Some((index, weight)), true) = (best, traces.rides.iter().any(covering)) {
            if let Some(sum) = rides.get_mut(index) {
                *sum += part * weight;
            }
            continue;
        }
        let (weight, metres) = look.standing(at);
        let metres = metres.filter(|metres| stood_m.is_none_or(|before| *metres < before));
        stood_m = metres.or(stood_m);
        stood += part * if traces.complete { weight } else { weight.max(unknown) };
    }
    for ride in &mut rides {
        *ride *= 1.0 - WRONG;
    }
    let known = stood.mul_add(1.0 - WRONG, rides.iter().sum::<f64>());
    Fit { weight: unknown.mul_add(WRONG, known).min(1.0), rides, stood_m }
}

/// Returns the fit of a scooter of which nothing is known.
#[must_use]
pub fn unknown_fit(seen: Seen, pace: Pace) -> f64 {
    let traces = Traces { rides: &[], before: None, after: None, fixes: &[], complete: false, max_ride_s: 0 };
    Look { seen, pace, traces }.unknown()
}

/// Returns whether a ride can have been at the place at some instant of the window; `None` where nothing says.
#[must_use]
pub fn can_have_been_there(seen: Seen, pace: Pace, traces: Traces<'_>, ride: &RideSession) -> Option<bool> {
    seen.near?;
    let look = Look { seen, pace, traces };
    let anchored = ride.start.is_some() || ride.end.is_some() || look.fixes_of(ride).next().is_some();
    let there = |(at, _): (Moment, f64)| ride.covers(at, traces.max_ride_s) && look.ridden(ride, at) > 0.0;
    anchored.then(|| look.instants().into_iter().any(there))
}

impl Look<'_> {
    fn stood_weight(&self) -> f64 {
        match self.seen.purpose {
            Purpose::Collision | Purpose::HitAndRun => STOOD,
            Purpose::Administrative | Purpose::Court | Purpose::Other => STOOD_PERHAPS,
            Purpose::InjuryOnParked | Purpose::Theft | Purpose::Impound => 1.0,
        }
    }

    fn town(&self) -> f64 {
        std::f64::consts::PI * self.pace.town_radius_m * self.pace.town_radius_m
    }

    fn around(&self) -> Option<(Place, Disk)> {
        let (place, radius) = self.seen.near?;
        Some((place, Disk { centre: Point::ORIGIN, radius: radius.max(self.pace.place_error_m) }))
    }

    /// The part of a town that lies around the place: what is left where no position is known.
    fn anywhere(&self) -> f64 {
        self.around().map_or(1.0, |(_, around)| share(around, &[], self.town()))
    }

    fn unknown(&self) -> f64 {
        self.anywhere() * (1.0 - RIDDEN).mul_add(self.stood_weight(), RIDDEN)
    }

    /// The instants that stand for the window, each with its part of it: edges are where a ride begins or ends.
    fn instants(&self) -> Vec<(Moment, f64)> {
        let window = self.seen.window;
        let (from, to) = (window.from(), window.to());
        if from >= to {
            return vec![(window.at, 1.0)];
        }
        let ends = |ride: &RideSession| [Some(ride.started_at), ride.covered(self.traces.max_ride_s).until];
        let mut edges: Vec<_> = self.traces.rides.iter().flat_map(ends).flatten().collect();
        edges.retain(|edge| from < *edge && *edge < to);
        edges.extend([from, to]);
        edges.sort_unstable();
        edges.dedup();
        let whole = seconds(from, to);
        let mut instants = Vec::new();
        for (begin, end) in edges.iter().zip(edges.iter().skip(1)) {
            let (begin, length) = (begin.as_millis(), end.as_millis().saturating_sub(begin.as_millis()));
            let part = seconds(Moment::from_millis(begin), *end) / whole / f64::from(LOOKS);
            // The middles of as many equal pieces.
            instants.extend((0..LOOKS).map(|piece| {
                let middle = length.saturating_mul(i64::from(2 * piece + 1)) / i64::from(2 * LOOKS);
                (Moment::from_millis(begin.saturating_add(middle)), part)
            }));
        }
        instants
    }

    fn fixes_of<'b>(&'b self, ride: &RideSession) -> impl Iterator<Item = &'b Fix> {
        let covered = ride.covered(self.traces.max_ride_s);
        self.traces.fixes.iter().filter(move |fix| covered.contains(fix.at) || covered.until == Some(fix.at))
    }

    fn error_of(&self, fix: &Fix) -> f64 {
        fix.accuracy_m.unwrap_or_default().max(self.pace.place_error_m)
    }

    fn anchor(&self, at: Moment, place: Place) -> Anchor {
        Anchor { at, place, error_m: self.pace.place_error_m }
    }

    /// The fit of a ride at an instant that it covers. What moves in the operator's van hits nobody.
    fn ridden(&self, ride: &RideSession, at: Moment) -> f64 {
        let kind = if ride.kind == RideKind::Rider { 1.0 } else { self.stood_weight() };
        let Some((origin, around)) = self.around() else { return kind };
        let fixes = self.fixes_of(ride).map(|fix| Anchor { at: fix.at, place: fix.place, error_m: self.error_of(fix) });
        let start = ride.start.map(|place| self.anchor(ride.started_at, place));
        let end = ride.ended_at.zip(ride.end).map(|(at, place)| self.anchor(at, place));
        let known: Vec<_> = fixes.chain(start).chain(end).collect();
        let before = known.iter().filter(|anchor| anchor.at <= at).max_by_key(|anchor| anchor.at);
        let after = known.iter().filter(|anchor| anchor.at >= at).min_by_key(|anchor| anchor.at);
        let disk = |anchor: &Anchor| Disk {
            centre: Point::seen_from(origin, anchor.place),
            radius: self.pace.fastest.mul_add(seconds(anchor.at, at).abs(), anchor.error_m),
        };
        let reach = match (before.map(disk), after.map(disk)) {
            (Some(one), Some(other)) => {
                let (one, other) = meeting(one, other, 2.0 * self.pace.place_error_m);
                vec![one, other]
            }
            (one, other) => one.into_iter().chain(other).collect(),
        };
        kind * share(around, &reach, self.town())
    }

    /// The fit of a scooter that stands, and how far from the place it stood, in metres.
    fn standing(&self, at: Moment) -> (f64, Option<f64>) {
        let weight = self.stood_weight();
        let Some((place, around)) = self.around() else { return (weight, None) };
        let metres = self.stands(at).into_iter().map(|stand| place.metres_to(stand)).min_by(f64::total_cmp);
        let part = metres.map_or_else(
            || self.anywhere(),
            |metres| (-(metres - around.radius).max(0.0) / self.pace.parked_scale_m).exp(),
        );
        (weight * part, metres)
    }

    /// Where a scooter that stands at an instant was last known before and first after: ends and starts of rides, and
    /// positions in between.
    fn stands(&self, at: Moment) -> Vec<Place> {
        let all = || self.traces.rides.iter().chain(self.traces.before).chain(self.traces.after);
        let last = all().filter(|ride| ride.ended_at.is_some_and(|end| end <= at)).max_by_key(|ride| ride.ended_at);
        let next = all().filter(|ride| ride.started_at > at).min_by_key(|ride| ride.started_at);
        let since = last.and_then(|ride| ride.ended_at);
        let until = next.map(|ride| ride.started_at);
        let between =
            |fix: &&Fix| since.is_none_or(|since| since <= fix.at) && until.is_none_or(|until| fix.at <= until);
        let fixes = || self.traces.fixes.iter().filter(between);
        let fix_before = fixes().rfind(|fix| fix.at <= at).map(|fix| fix.place);
        let fix_after = fixes().find(|fix| fix.at >= at).map(|fix| fix.place);
        let before = fix_before.or_else(|| last.and_then(|ride| ride.end));
        let after = fix_after.or_else(|| next.and_then(|ride| ride.start));
        before.into_iter().chain(after).collect()
    }
}

/// Seconds from one instant to another; a span that no question has counts as the longest of 24 days.
fn seconds(from: Moment, to: Moment) -> f64 {
    let millis = to.as_millis().saturating_sub(from.as_millis()).clamp(i64::from(-i32::MAX), i64::from(i32::MAX));
    f64::from(i32::try_from(millis).unwrap_or(i32::MAX)) / 1000.0
}
