//! From a reading to the issued numbers that it may have been, with probabilities that mean what they say.
//!
//! For every way in which the signs can lie, each number has a likelihood: the product over the places of how probable it is to
//! read what was read where that number stands, under each condition of sight, summed over the conditions. All numbers that
//! were issued are equally probable before anything was read; so a number's probability is its share of the sum.
//!
//! The numbers are not scanned. The sharpest places are tried in the order of their likelihoods down to a threshold, the two
//! others are computed from them (ordered-statistics decoding, Fossorier and Lin 1995), and the threshold sinks until what lies
//! below it cannot matter. So the work depends on the reading, not on how many numbers were issued.
//!
//! *Invariant:* ties are ties: equally likely numbers have the same probability and stand in the order of numbers.
//! *Invariant:* what is not listed is not forgotten: its share stands in `elsewhere`.

use serde::Serialize;

use super::code::{Code, Solver, Sums};
use super::confusion::{CONDITIONS, Likelihoods, conditions};
use super::evidence::{Place, evidence};
use super::layout::Layout;
use super::mass::{mass, times};
use super::number::PlateNumber;
use super::recall::Recollection;
use super::sight::Sight;

/// Tells which numbers were issued.
pub trait Issued {
    /// Whether this one was. It may be told of some that were not, as of holes in a sequence: who lists them finds out.
    fn is_issued(&self, number: PlateNumber) -> bool;

    /// About how many were.
    fn count(&self) -> u32;
}

/// A number that a reading may have been.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The number.
    pub number: PlateNumber,
    /// How probable it is, 0 to 1.
    pub probability: f64,
    /// Where it differs from what was read.
    pub differences: Vec<Difference>,
}

/// Where a number differs from what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "difference", rename_all = "snake_case")]
pub enum Difference {
    /// A character was read as another one.
    Misread {
        /// The place, from 1.
        position: usize,
        /// What was read.
        read: char,
        /// What stands on this plate.
        stands: char,
    },
    /// A character that was not read.
    Unread {
        /// The place, from 1.
        position: usize,
        /// What stands on this plate.
        stands: char,
    },
    /// This character and the next were read in the wrong order.
    Exchanged {
        /// The place of the first of the two, from 1.
        position: usize,
    },
}

/// The issued numbers that a reading may have been.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranked {
    /// The likeliest first, equally likely ones in the order of numbers.
    pub candidates: Vec<Candidate>,
    /// The probability that it was none of these.
    pub elsewhere: f64,
}

/// More numbers fit equally well than can be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many numbers fit equally well: more characters are needed")]
pub struct TooMany;

/// The most combinations that are tried for a reading: some milliseconds of work.
const MOST_TRIED: usize = 60_000;
/// A number this much less likely than the best does not matter.
const NEGLIGIBLE: f64 = 1e-4;
/// How far the threshold sinks in search of a first issued number.
const HOPELESS: f64 = 1e-12;
/// Two neighbours in the wrong order, for each such place.
pub(super) const EXCHANGED: f64 = 0.002;
/// How probable it is that the plate bears a number that was never issued: forged, foreign, or no scooter's.
pub(super) const NEVER_ISSUED: f64 = 1e-3;

/// Returns the issued numbers that `recollection` may have been, `most` at most.
///
/// # Errors
/// [`TooMany`], where so little was read that more numbers fit equally well than are tried.
pub fn candidates(
    recollection: &Recollection,
    sight: Sight,
    issued: &dyn Issued,
    most: usize,
) -> Result<Ranked, TooMany> {
    let code = recollection.code();
    let layouts: Vec<Laid> = recollection
        .layouts()
        .iter()
        .flat_map(|layout| with_exchanges(code, layout))
        .map(|(layout, exchanged)| Laid::new(layout, exchanged, code, sight))
        .collect();
    let best = layouts.iter().map(Laid::bound).fold(0.0, f64::max);
    let mut threshold = best * 0.5;
    let mut found = search(code, &layouts, threshold).ok_or(TooMany)?;
    loop {
        let likeliest = found.iter().find(|(number, _)| issued.is_issued(*number)).map(|(_, weight)| *weight);
        let enough = likeliest.map_or(best * HOPELESS, |weight| weight * NEGLIGIBLE);
        if threshold <= enough {
            break;
        }
        threshold = f64::max(threshold * 0.1, enough * 0.99);
        match search(code, &layouts, threshold) {
            Some(more) => found = more,
            None => break,
        }
    }
    ranked(recollection, code, &layouts, &found, issued, most)
}

/// A layout with what it says.
struct Laid {
    layout: Layout,
    /// The first of two places that are read as exchanged.
    exchanged: Option<usize>,
    places: Vec<Place>,
    /// How probable the layout is under each condition.
    prior: Likelihoods,
    /// The places that are tried, the sharpest first.
    tried: Vec<usize>,
    /// The two that are computed.
    solved: [usize; 2],
    /// The best that the tried places from here on, and the solved ones, can still give.
    ahead: Vec<Likelihoods>,
}

pub(super) fn with_exchanges(code: &Code, layout: &Layout) -> Vec<(Layout, Option<usize>)> {
    let swapped = layout.exchanges(code).into_iter().map(|(place, swapped)| (swapped, Some(place)));
    std::iter::once((layout.clone(), None)).chain(swapped).collect()
}

impl Laid {
    fn new(layout: Layout, exchanged: Option<usize>, code: &Code, sight: Sight) -> Self {
        let places = evidence(code, &layout);
        let weight = layout.weight * if exchanged.is_some() { EXCHANGED } else { 1.0 };
        let prior = conditions(sight).map(|condition| condition * weight);
        let sharpness = |place: &Place| {
            let shares = place.best.iter().zip(place.sum).map(|(best, sum)| if sum > 0.0 { best / sum } else { 0.0 });
            shares.sum::<f64>()
        };
        let mut order: Vec<usize> = (0..places.len()).collect();
        let of = |index: &usize| places.get(*index).map_or(0.0, sharpness);
        order.sort_by(|left, right| of(right).total_cmp(&of(left)));
        let tried = order.get(..order.len().saturating_sub(2)).unwrap_or_default().to_vec();
        let solved = match order.as_slice() {
            [.., one, other] => [*one, *other],
            _ => [0, 1],
        };
        let mut ahead = vec![product(solved.iter().filter_map(|place| places.get(*place)).map(|place| place.best))];
        for place in tried.iter().rev() {
            let best = places.get(*place).map_or([1.0; CONDITIONS], |place| place.best);
            let behind = ahead.last().copied().unwrap_or([1.0; CONDITIONS]);
            ahead.push(times(behind, best));
        }
        ahead.reverse();
        Self { layout, exchanged, places, prior, tried, solved, ahead }
    }
}

fn product(all: impl Iterator<Item = Likelihoods>) -> Likelihoods {
    all.fold([1.0; CONDITIONS], times)
}

fn greatest(likelihoods: Likelihoods) -> f64 {
    likelihoods.into_iter().fold(0.0, f64::max)
}

impl Laid {
    /// The most that any number can weigh under this layout, but for the number of conditions.
    fn bound(&self) -> f64 {
        self.ahead.first().map_or(0.0, |ahead| greatest(times(self.prior, *ahead)))
    }

    /// The weight of all numbers together, issued or not. An exchange beside it adds next to nothing.
    fn whole(&self, code: &Code) -> f64 {
        if self.exchanged.is_some() { 0.0 } else { mass(code, &self.places, self.prior) }
    }
}

/// One search through one layout.
struct Search<'a> {
    code: &'a Code,
    laid: &'a Laid,
    solver: Solver,
    threshold: f64,
    text: [char; 8],
    left: usize,
    found: &'a mut Vec<(PlateNumber, f64)>,
}

/// Returns every number whose weight may reach the threshold, the heaviest first; `None` if that takes too long.
fn search(code: &Code, layouts: &[Laid], threshold: f64) -> Option<Vec<(PlateNumber, f64)>> {
    let mut found = Vec::new();
    let mut left = MOST_TRIED;
    for laid in layouts.iter().filter(|laid| laid.bound() >= threshold) {
        let solver = code.solver(laid.solved);
        let mut search = Search { code, laid, solver, threshold, text: ['?'; 8], left, found: &mut found };
        search.descend(0, laid.prior, Sums::default())?;
        left = search.left;
    }
    Some(merged(found))
}

/// What weights are compared by, to nine digits: the order of multiplication must not decide between equals.
fn rank(weight: f64) -> f64 {
    (weight.ln() * 1e9).round()
}

/// Adds up the weights of one number, and sorts.
fn merged(mut found: Vec<(PlateNumber, f64)>) -> Vec<(PlateNumber, f64)> {
    found.sort_unstable_by_key(|(number, _)| *number);
    found.dedup_by(|(later, weight), (kept, sum)| {
        let same = later == kept;
        if same {
            *sum += *weight;
        }
        same
    });
    // Stable: equal ones stay in the order of numbers.
    found.sort_by(|(_, left), (_, right)| rank(*right).total_cmp(&rank(*left)));
    found
}

impl Search<'_> {
    /// Tries everything in the places from `depth` on; `None` if too much was tried.
    fn descend(&mut self, depth: usize, so_far: Likelihoods, sums: Sums) -> Option<()> {
        let laid = self.laid;
        let (Some(index), Some(ahead)) = (laid.tried.get(depth), laid.ahead.get(depth + 1)) else {
            self.complete(so_far, sums);
            return Some(());
        };
        let Some(place) = laid.places.get(*index) else { return Some(()) };
        for one in &place.possible {
            let product = times(so_far, one.likelihoods);
            if greatest(times(product, *ahead)) < self.threshold {
                continue;
            }
            self.left = self.left.checked_sub(1)?;
            if let Some(written) = self.text.get_mut(*index) {
                *written = one.character;
            }
            self.descend(depth + 1, product, self.code.with(sums, *index, one.value))?;
        }
        Some(())
    }

    /// Computes the two places that were not tried, and keeps the number if it is lawful.
    fn complete(&mut self, so_far: Likelihoods, sums: Sums) {
        let [one_value, other_value] = self.solver.solve(sums);
        let [one, other] = self.laid.solved;
        let (Some(one_place), Some(other_place)) = (self.laid.places.get(one), self.laid.places.get(other)) else {
            return;
        };
        for first in one_place.possible.iter().filter(|possible| possible.value == one_value) {
            for second in other_place.possible.iter().filter(|possible| possible.value == other_value) {
                let weight: f64 = times(so_far, times(first.likelihoods, second.likelihoods)).iter().sum();
                for (place, character) in [(one, first.character), (other, second.character)] {
                    if let Some(written) = self.text.get_mut(place) {
                        *written = character;
                    }
                }
                let number = self.text.get(..self.code.of_number).and_then(PlateNumber::of_characters);
                self.found.extend(number.map(|number| (number, weight)));
            }
        }
    }
}

/// Holds the numbers against what was issued, and makes shares of the weights.
fn ranked(
    recollection: &Recollection,
    code: &Code,
    layouts: &[Laid],
    found: &[(PlateNumber, f64)],
    issued: &dyn Issued,
    most: usize,
) -> Result<Ranked, TooMany> {
    let density = f64::min(1.0, f64::from(issued.count()) / recollection.scheme().numbers());
    let known: Vec<_> = found.iter().filter(|(number, _)| issued.is_issued(*number)).copied().collect();
    // To list some of those that fit equally well would be a silent guess.
    if let (Some((_, best)), Some((_, beyond))) = (known.first(), known.get(most))
        && rank(*best) <= rank(*beyond)
    {
        return Err(TooMany);
    }
    let seen: f64 = found.iter().map(|(_, weight)| *weight).sum();
    let whole: f64 = layouts.iter().map(|laid| laid.whole(code)).sum();
    let unseen = f64::max(0.0, whole - seen) * density;
    let never = f64::max(whole, seen) * density * NEVER_ISSUED;
    let total = known.iter().map(|(_, weight)| *weight).sum::<f64>() + unseen + never;
    if known.is_empty() || total <= 0.0 {
        return Ok(Ranked { candidates: Vec::new(), elsewhere: 1.0 });
    }
    let kept: Vec<Candidate> = known
        .iter()
        .take(most)
        .map(|(number, weight)| Candidate {
            number: *number,
            probability: weight / total,
            differences: differences(code, layouts, *number),
        })
        .collect();
    let listed: f64 = kept.iter().map(|candidate| candidate.probability).sum();
    Ok(Ranked { candidates: kept, elsewhere: f64::max(0.0, 1.0 - listed) })
}

/// Returns where a number differs from what was read, in the layout that explains it best.
fn differences(code: &Code, layouts: &[Laid], number: PlateNumber) -> Vec<Difference> {
    let text: Vec<char> = number.machine_form().chars().collect();
    let weight = |laid: &Laid| -> f64 {
        let of_place = |(place, character): (&Place, &char)| {
            let found = place.possible.iter().find(|possible| possible.character == *character);
            found.map_or([0.0; CONDITIONS], |possible| possible.likelihoods)
        };
        times(laid.prior, product(laid.places.iter().zip(&text).map(of_place))).iter().sum()
    };
    let best = layouts.iter().max_by(|left, right| weight(left).total_cmp(&weight(right)));
    best.map(|laid| laid.layout.differences(code, &text, laid.exchanged)).unwrap_or_default()
}
