//! How probable a number is that a text names as it stands, but without its control pair: a misread digit would be another scooter.
//!
//! It is the number's share among all issued numbers, as in [`candidates`](super::candidates()), but none of them is listed: serials
//! run from 1 to the head of each sequence, so that their likelihoods are summed digit by digit. It takes some microseconds, which
//! every lookup of a number without its pair costs.
//!
//! *Invariant:* the same reading under the same heads has the same probability here and there, but for what lists leave out.

use super::candidates::{EXCHANGED, NEVER_ISSUED, with_exchanges};
use super::code::Slot;
use super::confusion::{CONDITIONS, Likelihoods, conditions};
use super::evidence::at;
use super::layout::Layout;
use super::letter::SeriesLetter;
use super::mass::times;
use super::number::PlateNumber;
use super::recall::Recollection;
use super::sight::Sight;

/// How many digits a serial has.
const DIGITS: usize = 5;

/// Returns the probability of `number`, which `recollection` names without its pair, among the numbers up to these heads: letter and
/// highest serial. 1 for a number of `sparse-19`, which carries its checks within.
#[must_use]
pub fn plain_probability(
    recollection: &Recollection,
    sight: Sight,
    number: PlateNumber,
    heads: &[(SeriesLetter, u32)],
) -> f64 {
    let (Some((letter, serial)), Some(layout)) = (number.in_series(), recollection.layouts().first()) else {
        return 1.0;
    };
    let mut of_number = 0.0;
    let mut of_issued = 0.0;
    let mut of_all = 0.0;
    for (laid, exchanged) in with_exchanges(recollection.code(), layout) {
        let weight = if exchanged.is_some() { EXCHANGED } else { 1.0 };
        let read = Read::of(&laid, conditions(sight).map(|condition| condition * weight));
        of_number += read.number(letter, serial);
        of_issued += heads.iter().map(|(letter, head)| read.up_to(*letter, *head)).sum::<f64>();
        if exchanged.is_none() {
            of_all = read.all();
        }
    }
    let issued: f64 = heads.iter().map(|(_, head)| f64::from(*head)).sum();
    let never = of_all * f64::min(1.0, issued / recollection.scheme().numbers()) * NEVER_ISSUED;
    let total = of_issued + never;
    if total > 0.0 { f64::min(1.0, of_number / total) } else { 1.0 }
}

/// What a layout says of the letter and of each digit.
struct Read {
    letters: Vec<(char, Likelihoods)>,
    digits: [[Likelihoods; 10]; DIGITS],
    /// The sums over all digits from each place on; behind the last it is 1.
    behind: [Likelihoods; DIGITS + 1],
}

impl Read {
    fn of(layout: &Layout, prior: Likelihoods) -> Self {
        let mut cells = layout.cells.iter().copied();
        let letters = cells.next().map(|cell| at(Slot::Letter, cell));
        let letters = letters.iter().flat_map(|place| &place.possible);
        let letters = letters.map(|one| (one.character, times(prior, one.likelihoods))).collect();
        let mut digits = [[[0.0; CONDITIONS]; 10]; DIGITS];
        for (digit, cell) in digits.iter_mut().zip(cells) {
            for one in &at(Slot::Digit, cell).possible {
                if let Some(likelihoods) = digit.get_mut(usize::from(one.value)) {
                    *likelihoods = one.likelihoods;
                }
            }
        }
        let mut behind = [[1.0; CONDITIONS]; DIGITS + 1];
        let mut so_far = [1.0; CONDITIONS];
        for (sum, digit) in behind.iter_mut().take(DIGITS).rev().zip(digits.iter().rev()) {
            so_far = times(so_far, sum_of(digit));
            *sum = so_far;
        }
        Self { letters, digits, behind }
    }

    fn letter(&self, letter: SeriesLetter) -> Likelihoods {
        let found = self.letters.iter().find(|(character, _)| *character == letter.as_char());
        found.map_or([0.0; CONDITIONS], |(_, likelihoods)| *likelihoods)
    }

    /// The weight of one number.
    fn number(&self, letter: SeriesLetter, serial: u32) -> f64 {
        let of_place = |(digit, place): (usize, &[Likelihoods; 10])| place.get(digit).copied().unwrap_or_default();
        let weight = digits_of(serial).into_iter().zip(&self.digits).map(of_place).fold(self.letter(letter), times);
        weight.iter().sum()
    }

    /// The weight of all numbers of a letter from serial 1 to `head`.
    fn up_to(&self, letter: SeriesLetter, head: u32) -> f64 {
        let first = self.letter(letter);
        let mut sum = [0.0; CONDITIONS];
        // The digits so far are those of the head; at each place a smaller one leaves the rest free.
        let mut so_far = first;
        for (digit, (place, behind)) in
            digits_of(head).into_iter().zip(self.digits.iter().zip(self.behind.iter().skip(1)))
        {
            let smaller = sum_of(place.get(..digit).unwrap_or_default());
            add(&mut sum, times(so_far, times(smaller, *behind)));
            so_far = times(so_far, place.get(digit).copied().unwrap_or_default());
        }
        add(&mut sum, so_far);
        // There is no serial 0.
        sum.iter().sum::<f64>() - self.number(letter, 0)
    }

    /// The weight of all numbers of the scheme.
    fn all(&self) -> f64 {
        let digits = self.behind.first().copied().unwrap_or([1.0; CONDITIONS]);
        self.letters.iter().map(|(_, letter)| times(*letter, digits).iter().sum::<f64>()).sum()
    }
}

fn digits_of(serial: u32) -> [usize; DIGITS] {
    let digit = |power: u32| usize::try_from(serial / power % 10).unwrap_or_default();
    [10_000, 1_000, 100, 10, 1].map(digit)
}

fn sum_of(likelihoods: &[Likelihoods]) -> Likelihoods {
    let mut sum = [0.0; CONDITIONS];
    for one in likelihoods {
        add(&mut sum, *one);
    }
    sum
}

fn add(sum: &mut Likelihoods, more: Likelihoods) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use crate::plate::{Issued, KZ_158, candidates, recall};
    use proptest::prelude::*;

    struct Heads(Vec<(SeriesLetter, u32)>);

    impl Issued for Heads {
        fn is_issued(&self, number: PlateNumber) -> bool {
            let (letter, serial) = number.in_series().unwrap();
            self.0.iter().any(|(of, head)| *of == letter && (1..=*head).contains(&serial))
        }

        fn count(&self) -> u32 {
            self.0.iter().map(|(_, head)| head).sum()
        }
    }

    fn heads(heads: &[(char, u32)]) -> Vec<(SeriesLetter, u32)> {
        heads.iter().map(|(letter, head)| (SeriesLetter::parse(&letter.to_string()).unwrap(), *head)).collect()
    }

    proptest! {
        #[test]
        fn it_is_what_ranking_says(letter in "[AKNB]", serial in 1_u32..=15_000, head in 1_u32..=99_999) {
            let all = heads(&[('A', 15_000), ('K', head.max(serial)), ('N', 15_000), ('B', 15_000)]);
            let text = format!("{letter}{serial:05}");
            let seen = recall(KZ_158, &text).unwrap();
            let number = seen.exact().unwrap();
            let ranked = candidates(&seen, Sight::Clear, &Heads(all.clone()), 2_000).unwrap();
            let listed = ranked.candidates.iter().find(|found| found.number == number).unwrap().probability;
            let told = plain_probability(&seen, Sight::Clear, number, &all);
            prop_assert!((told - listed).abs() < 5e-3, "{text}: {told} here, {listed} by ranking");
        }
    }

    #[test]
    fn sums_over_serials_are_those_of_the_serials() {
        let seen = recall(KZ_158, "K04271").unwrap();
        let read = Read::of(seen.layouts().first().unwrap(), conditions(Sight::Clear));
        let letter = SeriesLetter::parse("K").unwrap();
        for head in [1, 9, 10, 4_270, 4_271, 10_000, 12_345] {
            let one_by_one: f64 = (1..=head).map(|serial| read.number(letter, serial)).sum();
            assert!((read.up_to(letter, head) - one_by_one).abs() < 1e-9, "{head}");
        }
    }
}
