//! The arithmetic that both schemes share: places, what may stand in each, and the two sums that must vanish.
//!
//! Let x be the values of the characters in their places i, modulo a prime p; then Σ xᵢ = 0 and Σ 2ⁱ·xᵢ = 0. For a legal number
//! with its control pair p is 23 (see [`control`](super::control)), for `sparse-19` it is 19, a Reed-Solomon code (Reed and
//! Solomon 1960) whose roots are 1 and 2. In both any two places can be computed from the others.
//!
//! *Invariant:* nothing is allocated and nothing fails: the ranking asks a hundred thousand times for one reading.

use super::letter::SeriesLetter;
use super::sparse;

/// What may stand in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Slot {
    /// A series letter.
    Letter,
    /// A digit.
    Digit,
    /// A control letter.
    Control,
    /// A character of `sparse-19`.
    Sparse,
}

/// As many places as a legal number has with its pair.
const MOST_PLACES: usize = 8;

const LETTERS: &[char] = &[
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W',
    'X', 'Y', 'Z',
];
const DIGITS: &[char] = &['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
/// Without I, O and Q, which are taken for 1 and 0.
const CONTROL_LETTERS: &[char] = &[
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z',
];

/// The places of a number with all that checks it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    modulus: u16,
    /// 2ⁱ for each place.
    weights: [u16; MOST_PLACES],
    /// What may stand in each place.
    pub(super) slots: &'static [Slot],
    /// How many of the first places are the number itself, without a pair beside it.
    pub(super) of_number: usize,
}

/// A legal number and its control pair.
pub(super) const PAIRED: Code = Code {
    modulus: 23,
    weights: powers_of_two(23),
    slots: &[
        Slot::Letter,
        Slot::Digit,
        Slot::Digit,
        Slot::Digit,
        Slot::Digit,
        Slot::Digit,
        Slot::Control,
        Slot::Control,
    ],
    of_number: 6,
};

/// A number of `sparse-19`, which carries its checks within.
pub(super) const SPARSE: Code =
    Code { modulus: 19, weights: powers_of_two(19), slots: &[Slot::Sparse; sparse::PLACES], of_number: sparse::PLACES };

const fn powers_of_two(modulus: u16) -> [u16; MOST_PLACES] {
    let two = 2 % modulus;
    let four = two * two % modulus;
    let sixteen = four * four % modulus;
    let by_sixteen = [1, two, four, four * two % modulus];
    let [one, other, third, fourth] = by_sixteen;
    [
        one,
        other,
        third,
        fourth,
        one * sixteen % modulus,
        other * sixteen % modulus,
        third * sixteen % modulus,
        fourth * sixteen % modulus,
    ]
}

impl Slot {
    /// Returns what may stand here, in the order of ASCII.
    pub(super) const fn alphabet(self) -> &'static [char] {
        match self {
            Self::Letter => LETTERS,
            Self::Digit => DIGITS,
            Self::Control => CONTROL_LETTERS,
            Self::Sparse => &sparse::ALPHABET,
        }
    }

    /// Returns the value of a character that may stand here: its rank in the alphabet, but for series letters, three of which
    /// share a value with another.
    pub(super) fn value(self, character: char) -> Option<u8> {
        let rank = || self.alphabet().iter().zip(0..).find_map(|(one, rank)| (*one == character).then_some(rank));
        match self {
            Self::Letter => SeriesLetter::from_char(character).map(SeriesLetter::value),
            Self::Digit | Self::Control => rank(),
            Self::Sparse => sparse::value(character),
        }
    }

    /// Returns the characters of a value that may stand here: none, one, or two series letters.
    pub(super) fn characters(self, value: u8) -> impl Iterator<Item = char> {
        self.alphabet().iter().copied().filter(move |character| self.value(*character) == Some(value))
    }
}

/// The two sums over the places that are known so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    plain: u16,
    weighted: u16,
}

impl Code {
    fn weight(&self, place: usize) -> u16 {
        self.weights.get(place).copied().unwrap_or_default()
    }

    /// Returns the sums with one more place known.
    pub(super) fn with(&self, sums: Sums, place: usize, value: u8) -> Sums {
        let value = u16::from(value);
        Sums {
            plain: (sums.plain + value) % self.modulus,
            weighted: (sums.weighted + self.weight(place) * value) % self.modulus,
        }
    }

    /// Returns the sums over values in their places.
    pub(super) fn sums_over(&self, values: impl IntoIterator<Item = (usize, u8)>) -> Sums {
        values.into_iter().fold(Sums::default(), |sums, (place, value)| self.with(sums, place, value))
    }

    /// Returns the one place at which another character makes both sums vanish; `None` if they vanish already, or if no single
    /// place does.
    pub(super) fn wrong_place(&self, sums: Sums) -> Option<usize> {
        // An error e at place i leaves e and 2ⁱ·e.
        let explains = |place: &usize| self.weight(*place) * sums.plain % self.modulus == sums.weighted;
        (0..self.slots.len()).find(explains).filter(|_| sums.plain != 0)
    }

    /// Returns the values that the unread places must have; `None` if nothing makes both sums vanish, or if more than two are
    /// unread.
    pub(super) fn missing(&self, places: &[Option<u8>]) -> Option<[Option<(usize, u8)>; 2]> {
        let mut unread = places.iter().enumerate().filter_map(|(place, value)| value.is_none().then_some(place));
        let (one, other, further) = (unread.next(), unread.next(), unread.next());
        let read = places.iter().enumerate().filter_map(|(place, value)| Some((place, (*value)?)));
        let sums = self.sums_over(read);
        let found = match (one, other) {
            (Some(one), Some(other)) => {
                let [first, second] = self.solver([one, other]).solve(sums);
                [Some((one, first)), Some((other, second))]
            }
            (Some(only), None) => {
                [u8::try_from((self.modulus - sums.plain) % self.modulus).ok().map(|value| (only, value)), None]
            }
            _ => [None, None],
        };
        let whole = found.into_iter().flatten().fold(sums, |sums, (place, value)| self.with(sums, place, value));
        (further.is_none() && whole == Sums::default()).then_some(found)
    }

    /// Returns how many rows of characters there are for each that passes both checks.
    pub(super) fn rows_a_number(&self) -> f64 {
        f64::from(self.modulus) * f64::from(self.modulus)
    }

    /// Returns how many pairs of sums there are.
    pub(super) fn states(&self) -> usize {
        usize::from(self.modulus) * usize::from(self.modulus)
    }

    /// Returns the rank of a pair of sums.
    pub(super) fn state(&self, sums: Sums) -> usize {
        usize::from(sums.plain) * usize::from(self.modulus) + usize::from(sums.weighted)
    }

    /// Returns the pair of sums of a rank.
    pub(super) fn sums(&self, state: usize) -> Sums {
        let of = |sum: usize| u16::try_from(sum).unwrap_or_default();
        let modulus = usize::from(self.modulus);
        Sums { plain: of(state / modulus), weighted: of(state % modulus) }
    }

    /// Returns what computes two different places from all others.
    pub(super) fn solver(&self, places: [usize; 2]) -> Solver {
        let p = self.modulus;
        let [one, other] = places.map(|place| self.weight(place));
        // From a + b = -s and u·a + v·b = -t: (u - v)·a = v·s - t. The modulus is prime: x to the power of p - 2 inverts x.
        let divisor = (one + p - other) % p;
        let inverse = (0..p - 2).fold(1, |power, _| power * divisor % p);
        Solver { modulus: p, weight: other, inverse }
    }
}

/// Computes two places from all others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Solver {
    modulus: u16,
    weight: u16,
    inverse: u16,
}

impl Solver {
    /// Returns the values that the two places must have, given the sums over all others.
    pub(super) fn solve(self, sums: Sums) -> [u8; 2] {
        let p = self.modulus;
        let first = (self.weight * sums.plain + p - sums.weighted) % p * self.inverse % p;
        let second = (2 * p - sums.plain - first) % p;
        [first, second].map(|value| u8::try_from(value).unwrap_or_default())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::super::number::tests::any_of_both;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_character_of_an_alphabet_has_a_value_below_the_modulus() {
        for code in [PAIRED, SPARSE] {
            for slot in code.slots {
                assert!(slot.alphabet().is_sorted());
                assert!(slot.alphabet().iter().all(|one| u16::from(slot.value(*one).unwrap()) < code.modulus));
            }
        }
        assert_eq!(Slot::Control.value('O'), None);
        assert_eq!(Slot::Letter.value('I'), Slot::Letter.value('W'));
        assert_eq!(Slot::Letter.characters(19).collect::<String>(), "IW");
        assert_eq!(Slot::Digit.characters(10).count(), 0);
    }

    #[test]
    fn the_weights_of_all_places_differ() {
        for code in [PAIRED, SPARSE] {
            let weights = &code.weights[..code.slots.len()];
            let powers = (0..).map(|place| 2_u16.pow(place) % code.modulus);
            assert!(weights.iter().copied().eq(powers.take(weights.len())), "{weights:?}");
            assert_eq!(weights.iter().collect::<std::collections::BTreeSet<_>>().len(), weights.len());
        }
    }

    proptest! {
        #[test]
        fn any_two_places_follow_from_the_others(number in any_of_both(), one in 0_usize..7, further in 1_usize..7) {
            let code = if number.letter().is_some() { PAIRED } else { SPARSE };
            let other = (one + further) % code.slots.len();
            let text: Vec<char> = number.machine_form().chars().collect();
            let value = |place: usize| code.slots[place].value(text[place]).unwrap();
            let known = (0..code.slots.len()).filter(|place| ![one, other].contains(place));
            let sums = known.fold(Sums::default(), |sums, place| code.with(sums, place, value(place)));
            prop_assert_eq!(code.solver([one, other]).solve(sums), [value(one), value(other)]);
        }
    }
}
