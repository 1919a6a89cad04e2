//! Reach: which part of where a scooter can have been lies around a place.
//!
//! *Invariant:* pure geometry in metres, east and north of the place asked about (azimuthal equidistant projection, so
//! that distances from that place are great-circle distances).
//!
//! **Why a share of an area.** All that is known of a ride at an instant is what it cannot have outrun: it is at most
//! `v·(t − t_S)` from its start and `v·(t_E − t)` from its end, two disks whose common part is its reach. Nothing says
//! where within the reach it was, so each square metre counts alike, and the probability that it was within `r` of the
//! place is the part of the reach that lies there. A short ride past the place has a small reach and so a large part of
//! it there; a ride that had time for a detour of 20 km has little there. Why not the ellipse of the whole ride: it
//! forgets when the ride was where, and gives a ride that is just beginning the places that it reached later.

use super::Place;

/// A point in metres east and north of the place asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    east: f64,
    north: f64,
}

impl Point {
    /// The place asked about itself.
    pub(super) const ORIGIN: Self = Self { east: 0.0, north: 0.0 };

    /// Returns where a place lies, seen from another.
    pub(super) fn seen_from(origin: Place, place: Place) -> Self {
        let (metres, course) = (origin.metres_to(place), origin.course_to(place).to_radians());
        Self { east: metres * course.sin(), north: metres * course.cos() }
    }

    fn metres_to(self, other: Self) -> f64 {
        (self.east - other.east).hypot(self.north - other.north)
    }
}

/// All points within a distance of one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Disk {
    pub(super) centre: Point,
    pub(super) radius: f64,
}

/// How many points of the smallest disk stand for its area.
const POINTS: u32 = 160;

impl Disk {
    fn area(self) -> f64 {
        std::f64::consts::PI * self.radius * self.radius
    }

    fn holds(self, point: Point) -> bool {
        self.centre.metres_to(point) <= self.radius
    }

    /// Points spread evenly over the disk (Vogel's sunflower), the same every time.
    fn points(self) -> impl Iterator<Item = Point> {
        let golden = std::f64::consts::PI * (3.0 - 5.0_f64.sqrt());
        (0..POINTS).map(move |index| {
            let radius = self.radius * ((f64::from(index) + 0.5) / f64::from(POINTS)).sqrt();
            let (sin, cos) = (golden * f64::from(index)).sin_cos();
            Point { east: radius.mul_add(cos, self.centre.east), north: radius.mul_add(sin, self.centre.north) }
        })
    }
}

/// Makes two disks meet: a ride that was faster than anybody rides, or a position that was wrong, still was somewhere.
/// Both grow alike, until the one overlaps the other by `overlap` metres.
pub(super) fn meeting(one: Disk, other: Disk, overlap: f64) -> (Disk, Disk) {
    let lacking = one.centre.metres_to(other.centre) + overlap - one.radius - other.radius;
    let more = (lacking / 2.0).max(0.0);
    (Disk { radius: one.radius + more, ..one }, Disk { radius: other.radius + more, ..other })
}

/// Returns the area that two disks share, in square metres.
fn lens(one: Disk, other: Disk) -> f64 {
    let distance = one.centre.metres_to(other.centre);
    let (small, large) = (one.radius.min(other.radius), one.radius.max(other.radius));
    if distance + small <= large {
        return std::f64::consts::PI * small * small;
    }
    if distance >= small + large {
        return 0.0;
    }
    let part = |near: f64, far: f64| {
        let cosine = (distance * distance + near * near - far * far) / (2.0 * distance * near);
        near * near * cosine.clamp(-1.0, 1.0).acos()
    };
    let kite = (small + large - distance)
        * (distance + small - large)
        * (distance - small + large)
        * (distance + small + large);
    (part(small, large) + part(large, small) - kite.max(0.0).sqrt() / 2.0).max(0.0)
}

/// Returns which part of a reach (what all its disks share) lies within `around`, 0 to 1. The reach is never taken for
/// larger than `whole` square metres: a scooter stays in its town, however long it was rented.
pub(super) fn share(around: Disk, reach: &[Disk], whole: f64) -> f64 {
    let area = match reach {
        [] => return (around.area() / whole).min(1.0),
        [only] => only.area(),
        [one, other, ..] => lens(*one, *other),
    };
    let smallest = reach.iter().copied().chain([around]).min_by(|one, other| one.radius.total_cmp(&other.radius));
    let Some(smallest) = smallest else { return 0.0 };
    let shared = smallest.points().filter(|point| around.holds(*point) && reach.iter().all(|disk| disk.holds(*point)));
    let shared = f64::from(u32::try_from(shared.count()).unwrap_or(POINTS)) / f64::from(POINTS) * smallest.area();
    (shared / area.min(whole).max(1.0)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOWN: f64 = 3e8;

    fn disk(east: f64, radius: f64) -> Disk {
        Disk { centre: Point { east, north: 0.0 }, radius }
    }

    #[test]
    fn two_disks_share_what_the_formula_says() {
        assert!((lens(disk(0.0, 1.0), disk(1.0, 1.0)) - 1.228_369_698_608_757).abs() < 1e-9);
        assert!((lens(disk(0.0, 5.0), disk(1.0, 2.0)) - 12.566_370_614).abs() < 1e-6);
        assert!(lens(disk(0.0, 1.0), disk(2.5, 1.0)).abs() < 1e-12);
    }

    #[test]
    fn a_small_reach_around_the_place_weighs_more_than_a_large_one() {
        let around = disk(0.0, 200.0);
        let (short, long) = ([disk(-500.0, 700.0), disk(500.0, 700.0)], [disk(-500.0, 5_000.0), disk(500.0, 5_000.0)]);
        assert!(share(around, &short, TOWN) > 5.0 * share(around, &long, TOWN));
        assert!(share(around, &[], TOWN) < share(around, &long, TOWN));
    }

    #[test]
    fn what_cannot_be_reached_has_no_part_and_what_is_wholly_there_has_all() {
        let around = disk(0.0, 200.0);
        assert!(share(around, &[disk(3_000.0, 900.0)], TOWN).abs() < 1e-12);
        assert!((share(around, &[disk(20.0, 100.0)], TOWN) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_place_seen_from_another_lies_in_its_direction() {
        let almaty = Place { lat: 43.24, lng: 76.92 };
        let east = Point::seen_from(almaty, Place { lat: 43.24, lng: 76.93 });
        assert!((east.east - 810.0).abs() < 2.0 && east.north.abs() < 1.0, "{east:?}");
    }

    proptest! {
        #[test]
        fn a_share_is_a_share_and_never_grows_with_the_distance(
            near in 0.0..3_000.0_f64, further in 0.0..3_000.0_f64, radius in 50.0..2_000.0_f64, reach in 50.0..9_000.0_f64,
        ) {
            let there = share(disk(near, radius), &[disk(0.0, reach)], TOWN);
            let beyond = share(disk(near + further, radius), &[disk(0.0, reach)], TOWN);
            prop_assert!((0.0..=1.0).contains(&there));
            // What 160 points cannot tell apart is not told apart.
            prop_assert!(beyond <= there + 0.02 * (radius.min(reach) / reach).powi(2) + 0.02, "{} {}", there, beyond);
        }

        #[test]
        fn two_disks_that_were_made_to_meet_do(gap in -500.0..40_000.0_f64, one in 1.0..3_000.0_f64, other in 1.0..3_000.0_f64) {
            let (left, right) = meeting(disk(0.0, one), disk((one + other + gap).max(0.0), other), 100.0);
            prop_assert!(lens(left, right) > 0.0);
        }
    }
}
