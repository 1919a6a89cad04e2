//! Fixes: where a scooter said that it was, between and during its rides.
//!
//! *Invariant:* two positions of one scooter for one instant are both kept, and neither is believed.

use super::{Moment, Place, VehicleId};

/// A position that an operator reported.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fix {
    /// The scooter.
    pub vehicle_id: VehicleId,
    /// When it was there.
    pub at: Moment,
    /// Where.
    pub place: Place,
    /// How fast it was, in metres a second.
    pub speed: Option<f64>,
    /// Where it was heading, in degrees clockwise from north.
    pub heading: Option<f64>,
    /// Within how many metres the position is right.
    pub accuracy_m: Option<f64>,
    /// Whether another position had been reported for the same instant.
    pub contradicts: bool,
}

impl Fix {
    /// Returns whether another report says the same: position, speed, heading and accuracy.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.vehicle_id == other.vehicle_id
            && self.at == other.at
            && self.place == other.place
            && (self.speed, self.heading, self.accuracy_m) == (other.speed, other.heading, other.accuracy_m)
    }
}

/// Leaves out every instant for which two positions were reported, and sorts the others by time.
#[must_use]
pub fn believed(mut fixes: Vec<Fix>) -> Vec<Fix> {
    fixes.sort_by_key(|fix| fix.at);
    let doubted: Vec<_> = fixes.iter().filter(|fix| fix.contradicts).map(|fix| fix.at).collect();
    fixes.retain(|fix| !doubted.contains(&fix.at));
    fixes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_with_two_positions_is_left_out_and_the_others_stand_in_order() {
        let fix = |at, lat, contradicts| Fix {
            vehicle_id: VehicleId(1),
            at: Moment::from_millis(at),
            place: Place { lat, lng: 76.9 },
            speed: None,
            heading: None,
            accuracy_m: None,
            contradicts,
        };
        let left = believed(vec![fix(3, 43.3, false), fix(2, 43.2, false), fix(2, 44.2, true), fix(1, 43.1, false)]);
        assert_eq!(left.iter().map(|fix| fix.at.as_millis()).collect::<Vec<_>>(), [1, 3]);
    }
}
