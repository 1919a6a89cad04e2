//! From a number to the numbers it is easily taken for.
//!
//! One character of a legal number misread, or two neighbouring digits exchanged, is another legal number. Under `sparse-19` it
//! is none: numbers differ in three symbols at least, so that what is taken for another one has three of them misread.
//!
//! How easily is what [`Confusion`] tells of plates seen well and seen badly, in either direction.
//!
//! *Invariant:* no number is left out because it was not issued, nor put in because it was: that is not known here.

use std::collections::BTreeMap;

use super::candidates::EXCHANGED;
use super::code::{SPARSE, Slot};
use super::confusion::{CONDITIONS, Confusion, Likelihoods, conditions};
use super::mass::times;
use super::number::PlateNumber;
use super::scheme::Scheme;
use super::sight::Sight;
use super::sparse::PLACES;

/// As many numbers as are offered at most, of the 630 that have three other symbols: about as many as a legal number has.
const MOST: usize = 64;

/// Returns the lawful numbers that are one likely misreading away from `number`, which is not among them, each with its weight:
/// the heaviest first, equal ones in the order of numbers, the weights adding up to 1.
///
/// These are all numbers that differ in one character and those in which two neighbouring digits have changed places; under
/// `sparse-19` the likeliest of those that differ in three symbols.
///
/// ```
/// use scooter_registry::plate::{PlateNumber, look_alikes};
///
/// let near = look_alikes(PlateNumber::parse("K04271")?);
/// assert!(near.iter().any(|(number, _)| number.to_string() == "K04277"));
/// assert!(near.iter().any(|(number, _)| number.to_string() == "K04721"));
/// # Ok::<(), scooter_registry::plate::PlateNumberProblem>(())
/// ```
#[must_use]
pub fn look_alikes(number: PlateNumber) -> Vec<(PlateNumber, f64)> {
    let text: Vec<char> = number.to_string().chars().collect();
    let (texts, most) = match number.scheme() {
        Scheme::Kz158 => ([one_misread(&text), exchanged(&text)].concat(), usize::MAX),
        Scheme::Sparse19 => (three_misread(&text), MOST),
    };
    let mut weights: BTreeMap<PlateNumber, f64> = BTreeMap::new();
    for (text, weight) in texts {
        // The serial zero is the one text among these that is no number.
        if let Some(other) = PlateNumber::of_characters(&text).filter(|other| *other != number) {
            *weights.entry(other).or_default() += weight;
        }
    }
    let mut ranked: Vec<_> = weights.into_iter().collect();
    // Stable: equal ones stay in the order of numbers.
    ranked.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    ranked.truncate(most);
    let total: f64 = ranked.iter().map(|(_, weight)| weight).sum();
    ranked.into_iter().map(|(other, weight)| (other, weight / total)).collect()
}

/// Returns the texts that differ from a legal number in one character.
fn one_misread(text: &[char]) -> Vec<(Vec<char>, f64)> {
    let of_place = |(place, one): (usize, &char)| {
        let slot = if place == 0 { Slot::Letter } else { Slot::Digit };
        let one = *one;
        let misread = slot.alphabet().iter().copied().filter(move |other| *other != one);
        misread.map(move |other| (replaced(text, &[(place, other)]), weight(mixed_up(slot, one, other))))
    };
    text.iter().enumerate().flat_map(of_place).collect()
}

/// Returns the texts in which two neighbouring digits have changed places.
fn exchanged(text: &[char]) -> Vec<(Vec<char>, f64)> {
    let digits = text.windows(2).enumerate().skip(1);
    let exchanged = digits.map(|(place, two)| match two {
        [left, right] => (replaced(text, &[(place, *right), (place + 1, *left)]), EXCHANGED),
        _ => (text.to_vec(), 0.0),
    });
    exchanged.collect()
}

/// Returns the numbers of `sparse-19` that differ in three symbols: one is replaced, and the two others follow from the checks.
fn three_misread(text: &[char]) -> Vec<(Vec<char>, f64)> {
    let values: Vec<(usize, u8)> =
        text.iter().enumerate().filter_map(|(place, one)| Some((place, Slot::Sparse.value(*one)?))).collect();
    let triples = (0..PLACES).flat_map(|one| (one + 1..PLACES).map(move |two| (one, two)));
    let triples = triples.flat_map(|(one, two)| (two + 1..PLACES).map(move |three| [one, two, three]));
    let mut found = Vec::new();
    for [one, two, three] in triples {
        let kept = || values.iter().copied().filter(|(place, _)| ![one, two, three].contains(place));
        let solver = SPARSE.solver([two, three]);
        for (character, value) in
            Slot::Sparse.alphabet().iter().zip(0..).filter(|(other, _)| text.get(one) != Some(other))
        {
            let sums = SPARSE.sums_over(kept().chain([(one, value)]));
            let [second, third] =
                solver.solve(sums).map(|value| Slot::Sparse.characters(value).next().unwrap_or_default());
            let others = [(one, *character), (two, second), (three, third)];
            let likelihoods = others.iter().map(|(place, other)| {
                text.get(*place).map_or([0.0; CONDITIONS], |stands| mixed_up(Slot::Sparse, *stands, *other))
            });
            found.push((replaced(text, &others), weight(likelihoods.fold([1.0; CONDITIONS], times))));
        }
    }
    found
}

fn replaced(text: &[char], others: &[(usize, char)]) -> Vec<char> {
    let other = |place: usize| others.iter().find(|(at, _)| *at == place).map(|(_, other)| *other);
    text.iter().enumerate().map(|(place, one)| other(place).unwrap_or(*one)).collect()
}

/// How probable it is to read one character where the other stands, whichever of the two that is.
fn mixed_up(slot: Slot, one: char, other: char) -> Likelihoods {
    let table = Confusion::shipped();
    let mut both = table.likelihood(slot, one, Some(other));
    let back = table.likelihood(slot, other, Some(one));
    both.iter_mut().zip(back).for_each(|(there, back)| *there = f64::midpoint(*there, back));
    both
}

/// How probable it is over all conditions under which a plate is seen: by a slip where it was seen well, by its shape where not.
fn weight(likelihoods: Likelihoods) -> f64 {
    let of_sight = |sight| times(conditions(sight), likelihoods).iter().sum::<f64>();
    f64::midpoint(of_sight(Sight::Clear), of_sight(Sight::Poor))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::super::number::tests::{any_number, any_of_both};
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
        assert!(
            (weight("K04271", "K04721") - weight("K04271", "K40271")).abs() < 1e-12,
            "any two are exchanged as easily"
        );
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
    fn a_number_of_nineteen_symbols_is_taken_for_those_with_three_others_that_look_alike() {
        let near = near("AXC46Q4");
        assert_eq!(near.len(), MOST);
        let differing = |other: &str| other.chars().zip("AXC46Q4".chars()).filter(|(one, other)| one != other).count();
        assert!(near.iter().all(|(other, _)| differing(other) == 3), "{near:?}");
        let all = three_misread(&"AXC46Q4".chars().collect::<Vec<_>>());
        let distinct: std::collections::BTreeSet<_> = all.iter().map(|(text, _)| text).collect();
        // As many words of this weight has a code of this kind: C(7, 3) · 18.
        assert_eq!((all.len(), distinct.len()), (630, 630));
    }

    proptest! {
        #[test]
        fn weights_descend_and_add_up_to_one(number in any_of_both()) {
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
