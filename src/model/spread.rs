//! Spread: scooters with nearly the same number that stand close together, which is what a witness mixes up.
//!
//! *Invariant:* pure, and bounded by the numbers: for each number only those one character apart are looked at, at most a
//! few dozen, however many scooters stand around.
//!
//! Why not a grid of places: in a full street a cell holds hundreds of scooters, all to be compared; the numbers that one
//! slip turns into each other are few wherever they stand.

use std::collections::{BTreeMap, HashMap};

use super::{DeviceId, Moment, Place};
use crate::plate::{PlateNumber, look_alikes};

/// What tells where a scooter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandFrom {
    /// Its last ride ended there.
    RideEnd,
    /// It said so itself.
    Telemetry,
}

impl StandFrom {
    /// Returns the name in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RideEnd => "ride_end",
            Self::Telemetry => "telemetry",
        }
    }
}

/// A scooter that stands somewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand {
    /// Its number.
    pub number: PlateNumber,
    /// The operator's id of it.
    pub device_id: DeviceId,
    /// Where it stands.
    pub place: Place,
    /// Since when that is known.
    pub at: Moment,
    /// What tells it.
    pub from: StandFrom,
}

/// Two scooters whose numbers one slip turns into each other, by their places in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Twins {
    /// The one with the lower number.
    pub one: usize,
    /// The other.
    pub other: usize,
    /// How far apart they stand, in metres.
    pub metres: f64,
    /// How easily one number is taken for the other, among all that it is easily taken for, 0 to 1.
    pub alike: f64,
}

/// Near-twins that stand close together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spread {
    /// All pairs, those that are most easily mixed up first.
    pub pairs: Vec<Twins>,
    /// Groups of scooters that pairs hold together, by their places in the list, the largest first.
    pub groups: Vec<Vec<usize>>,
}

/// Finds near-twins that stand within so many metres of each other. Near-twins differ in one character, or in the order of
/// two neighbouring ones.
#[must_use]
pub fn spread(stands: &[Stand], within_m: f64) -> Spread {
    let texts: Vec<Vec<char>> = stands.iter().map(|stand| stand.number.to_string().chars().collect()).collect();
    let mut found: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let mut note = |one: usize, other: usize| {
        let (one, other) = (one.min(other), one.max(other));
        let places = stands.get(one).zip(stands.get(other));
        let metres = places.map(|(one, other)| one.place.metres_to(other.place));
        if let Some(metres) = metres.filter(|metres| one != other && *metres <= within_m) {
            found.insert((one, other), metres);
        }
    };
    let mut alike: HashMap<Vec<char>, Vec<usize>> = HashMap::new();
    for (index, text) in texts.iter().enumerate() {
        for masked in masked(text) {
            let others = alike.entry(masked).or_default();
            for other in others.iter() {
                note(*other, index);
            }
            others.push(index);
        }
    }
    let by_text: HashMap<&[char], usize> =
        texts.iter().enumerate().map(|(index, text)| (text.as_slice(), index)).collect();
    for (index, text) in texts.iter().enumerate() {
        for place in 1..text.len() {
            let mut swapped = text.clone();
            swapped.swap(place - 1, place);
            if let Some(other) = by_text.get(swapped.as_slice()) {
                note(index, *other);
            }
        }
    }
    let mut alike = Alike::default();
    let mut pairs: Vec<_> = found
        .into_iter()
        .map(|((one, other), metres)| {
            let numbers = stands.get(one).zip(stands.get(other)).map(|(one, other)| (one.number, other.number));
            let alike = numbers.map(|(one, other)| alike.weight(one, other)).unwrap_or_default();
            Twins { one, other, metres, alike }
        })
        .collect();
    pairs.sort_by(|one, other| other.alike.total_cmp(&one.alike).then(one.metres.total_cmp(&other.metres)));
    Spread { groups: groups(&pairs, stands.len()), pairs }
}

/// A text with each of its characters hidden in turn.
fn masked(text: &[char]) -> impl Iterator<Item = Vec<char>> {
    (0..text.len()).map(|hidden| {
        text.iter().enumerate().map(|(place, character)| if place == hidden { '?' } else { *character }).collect()
    })
}

/// How easily characters are taken for each other. It hangs on the two that differ and hardly on the others, so it is
/// asked once for each two and not for each of half a million pairs.
#[derive(Default)]
struct Alike {
    known: HashMap<Vec<(char, char)>, f64>,
}

impl Alike {
    fn weight(&mut self, one: PlateNumber, other: PlateNumber) -> f64 {
        let (left, right) = (one.to_string(), other.to_string());
        let differing: Vec<_> = left.chars().zip(right.chars()).filter(|(left, right)| left != right).collect();
        // The order of two neighbours is mixed up whichever they are.
        let key = if differing.len() > 1 { Vec::new() } else { differing };
        let look = || look_alikes(one).into_iter().find(|(number, _)| *number == other).map(|(_, weight)| weight);
        *self.known.entry(key).or_insert_with(|| look().unwrap_or_default())
    }
}

/// Joins what pairs hold together; the largest group first, then by the first number.
fn groups(pairs: &[Twins], count: usize) -> Vec<Vec<usize>> {
    let mut leader: Vec<usize> = (0..count).collect();
    let lead = |leader: &[usize], mut of: usize| {
        while let Some(next) = leader.get(of).copied().filter(|next| *next != of) {
            of = next;
        }
        of
    };
    for pair in pairs {
        let (one, other) = (lead(&leader, pair.one), lead(&leader, pair.other));
        if let Some(slot) = leader.get_mut(one.max(other)) {
            *slot = one.min(other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..count {
        groups.entry(lead(&leader, index)).or_default().push(index);
    }
    let mut groups: Vec<_> = groups.into_values().filter(|group| group.len() > 1).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
    use super::*;
    use proptest::prelude::*;

    fn stand(serial: u32, lat: f64) -> Stand {
        Stand {
            number: PlateNumber::parse(&format!("K{serial:05}")).unwrap(),
            device_id: DeviceId::parse(&format!("k-{serial}")).unwrap(),
            place: Place { lat, lng: 76.9 },
            at: Moment::from_millis(0),
            from: StandFrom::RideEnd,
        }
    }

    #[test]
    fn twins_side_by_side_are_found_and_twins_far_apart_are_not() {
        let stands =
            [stand(4_271, 43.0), stand(4_277, 43.0001), stand(4_721, 43.0), stand(4_272, 43.5), stand(9_999, 43.0)];
        let found = spread(&stands, 50.0);
        let pairs: Vec<_> = found.pairs.iter().map(|pair| (pair.one, pair.other)).collect();
        assert!(pairs.contains(&(0, 1)) && pairs.contains(&(0, 2)), "{pairs:?}");
        assert_eq!((pairs.len(), found.groups), (2, vec![vec![0, 1, 2]]));
        assert_eq!(pairs[0], (0, 1), "1 and 7 are mixed up more easily than the order of two digits");
    }

    proptest! {
        #[test]
        fn exactly_the_pairs_of_a_search_of_all_pairs_are_found(
            serials in proptest::collection::btree_set(1_u32..300, 2..60), places in proptest::collection::vec(0_u32..4, 60),
        ) {
            let stands: Vec<_> = serials.iter().zip(&places).map(|(serial, place)| stand(*serial, 43.0 + f64::from(*place) * 0.0004)).collect();
            let found: std::collections::BTreeSet<_> = spread(&stands, 60.0).pairs.iter().map(|pair| (pair.one, pair.other)).collect();
            let mut all = std::collections::BTreeSet::new();
            for one in 0..stands.len() {
                for other in one + 1..stands.len() {
                    let near = stands[one].place.metres_to(stands[other].place) <= 60.0;
                    if near && look_alikes(stands[one].number).iter().any(|(number, _)| *number == stands[other].number) {
                        all.insert((one, other));
                    }
                }
            }
            prop_assert_eq!(found, all);
        }
    }
}
