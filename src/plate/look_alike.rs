//! From a number to the numbers it is easily taken for: one misreading, one exchange of neighbours, one slip in the alphabet.
//!
//! *Invariant:* no number is left out because it was not issued, nor put in because it was: that is not known here.
//!
//! The weights rest on judgement about the shapes of a plain grotesque face. They rank numbers against each other and are not
//! probabilities of misreading.

use std::collections::BTreeMap;

use super::letter::SeriesLetter;
use super::number::PlateNumber;

/// Pairs of characters that share most of their strokes, with the weight of taking either for the other.
const CONFUSED: [(char, char, f64); 29] = [
    ('0', '8', 6.0),
    ('0', '6', 5.0),
    ('0', '9', 4.0),
    ('1', '7', 8.0),
    ('1', '4', 3.0),
    ('2', '7', 4.0),
    ('3', '5', 4.0),
    ('3', '8', 8.0),
    ('3', '9', 3.0),
    ('4', '9', 3.0),
    ('5', '6', 7.0),
    ('5', '8', 3.0),
    ('5', '9', 3.0),
    ('6', '8', 8.0),
    ('8', '9', 6.0),
    ('B', 'E', 3.0),
    ('B', 'R', 4.0),
    ('C', 'G', 7.0),
    ('D', 'O', 8.0),
    ('E', 'F', 7.0),
    ('H', 'N', 5.0),
    ('I', 'L', 4.0),
    ('K', 'X', 5.0),
    ('M', 'N', 6.0),
    ('O', 'Q', 9.0),
    ('P', 'R', 6.0),
    ('U', 'V', 6.0),
    ('V', 'Y', 6.0),
    ('M', 'W', 3.0),
];
/// Any other character of the same kind.
const OTHERWISE: f64 = 1.0;
/// Two neighbouring digits exchanged.
const EXCHANGED: f64 = 5.0;
/// The letter before or after in the alphabet, as one remembers it.
const ALPHABET_NEIGHBOUR: f64 = 2.0;

/// Returns the lawful numbers that are one likely misreading away from `number`, which is not among them, each with its weight:
/// the heaviest first, equal ones in the order of numbers, the weights adding up to 1.
///
/// These are all numbers that differ in one character and those in which two neighbouring digits have changed places.
///
/// ```
/// use scooter_registry::plate::{PlateNumber, look_alikes};
///
/// let near = look_alikes(PlateNumber::parse("K04271")?);
/// assert_eq!(near[0].0, PlateNumber::parse("K04211")?); // 7 taken for 1
/// assert!(near.iter().any(|(number, _)| number.to_string() == "K04721"));
/// # Ok::<(), scooter_registry::plate::PlateNumberProblem>(())
/// ```
#[must_use]
pub fn look_alikes(number: PlateNumber) -> Vec<(PlateNumber, f64)> {
    let mut weights: BTreeMap<PlateNumber, f64> = BTreeMap::new();
    for (text, weight) in substitutions(number).into_iter().chain(exchanges(number)) {
        // The serial zero is the one text among these that is no number.
        if let Some(other) = PlateNumber::parse(&text).ok().filter(|other| *other != number) {
            *weights.entry(other).or_default() += weight;
        }
    }
    let total: f64 = weights.values().sum();
    let mut ranked: Vec<_> = weights.into_iter().map(|(other, weight)| (other, weight / total)).collect();
    ranked.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    ranked
}

/// Returns the texts that differ from `number` in one character.
fn substitutions(number: PlateNumber) -> Vec<(String, f64)> {
    let written = number.to_string();
    let replaced = |place: usize, other: char| {
        written.chars().enumerate().map(|(here, character)| if here == place { other } else { character }).collect()
    };
    let of_place = |(place, character): (usize, char)| {
        let others: Vec<char> =
            if place == 0 { SeriesLetter::all().map(SeriesLetter::as_char).collect() } else { ('0'..='9').collect() };
        others.into_iter().map(|other| (replaced(place, other), confusion(character, other))).collect::<Vec<_>>()
    };
    written.chars().enumerate().flat_map(of_place).collect()
}

/// Returns the texts in which two neighbouring digits have changed places.
fn exchanges(number: PlateNumber) -> Vec<(String, f64)> {
    let exchanged = |place: usize| {
        let mut characters: Vec<char> = number.to_string().chars().collect();
        characters.swap(place, place + 1);
        (characters.into_iter().collect(), EXCHANGED)
    };
    (1..=4).map(exchanged).collect()
}

/// Returns the weight of taking `one` for `other`.
fn confusion(one: char, other: char) -> f64 {
    let alike = |(left, right, weight): &(char, char, f64)| {
        ((*left, *right) == (one, other) || (*right, *left) == (one, other)).then_some(*weight)
    };
    let by_shape = CONFUSED.iter().find_map(alike).unwrap_or(OTHERWISE);
    let are_neighbours = one.is_alphabetic() && u32::from(one).abs_diff(u32::from(other)) == 1;
    if are_neighbours { by_shape + ALPHABET_NEIGHBOUR } else { by_shape }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::super::number::tests::any_number;
    use super::*;
    use proptest::prelude::*;

    fn near(text: &str) -> Vec<(String, f64)> {
        look_alikes(PlateNumber::parse(text).unwrap())
            .into_iter()
            .map(|(number, weight)| (number.to_string(), weight))
            .collect()
    }

    fn weight(text: &str, other: &str) -> f64 {
        near(text).into_iter().find(|(number, _)| number == other).map_or(0.0, |(_, weight)| weight)
    }

    #[test]
    fn shapes_weigh_more_than_chance_and_neighbours_more_than_strangers() {
        assert!(weight("K04271", "K04277") > weight("K04271", "K04275"));
        assert!(weight("K04271", "K04721") > weight("K04271", "K04571"));
        assert!(weight("K04271", "L04271") > weight("K04271", "S04271"));
        assert!(weight("K04271", "X04271") > weight("K04271", "L04271"));
    }

    #[test]
    fn the_serial_zero_and_the_number_itself_are_not_offered() {
        assert!(near("A00001").iter().all(|(number, _)| number != "A00000" && number != "A00001"));
        assert_eq!(near("A00001").len(), 25 + 5 * 9 - 1 + 1);
        assert_eq!(near("A11111").len(), 25 + 5 * 9);
    }

    #[test]
    fn no_two_characters_stand_twice_in_the_table() {
        let pairs: std::collections::BTreeSet<_> =
            CONFUSED.iter().map(|(left, right, _)| (left.min(right), left.max(right))).collect();
        assert_eq!(pairs.len(), CONFUSED.len());
    }

    proptest! {
        #[test]
        fn weights_descend_and_add_up_to_one(number in any_number()) {
            let near = look_alikes(number);
            prop_assert!(near.windows(2).all(|two| two[0].1 >= two[1].1));
            prop_assert!((near.iter().map(|(_, weight)| weight).sum::<f64>() - 1.0).abs() < 1e-9);
        }

        #[test]
        fn a_number_is_near_another_exactly_as_the_other_is_to_it(number in any_number()) {
            for (other, _) in look_alikes(number) {
                prop_assert!(look_alikes(other).iter().any(|(back, _)| *back == number), "{} {}", number, other);
            }
        }
    }
}
