//! From what was seen to the issued numbers that it may have been, with probabilities.
//!
//! *Invariant:* never one silent guess: a text that does not say one number plainly becomes candidates, and what none of
//! them explains stays as a share of its own.

use std::collections::BTreeMap;

use super::issued::IssuedNumbers;
use super::question::Understood;
use crate::plate::{
    Candidate, Difference, Issued, PlateNumber, Ranked, Recollection, Sight, TooMany, candidates, plain_probability,
};

/// The most numbers that a question may mean: above this fewer than three characters of the plate are known.
const MOST_NUMBERS: usize = 2_000;

/// The numbers that a question may mean, by probability.
#[derive(Debug, Clone)]
pub(super) struct Sought {
    /// Each possible number with its probability, the best first.
    pub(super) hypotheses: Vec<(PlateNumber, f64)>,
    /// Where each of them differs from what was read, if it does.
    pub(super) differences: BTreeMap<PlateNumber, Vec<Difference>>,
    /// The probability that it is none of them.
    pub(super) elsewhere: f64,
    /// Whether the text named exactly one number without any repair.
    pub(super) exact: bool,
    /// Whether plate and code name different numbers.
    pub(super) differ: bool,
}

/// Weighs what plate and code may mean.
///
/// # Errors
/// [`TooMany`], where so little was read that the numbers cannot be told apart.
pub(super) fn seek(understood: &Understood, issued: &IssuedNumbers<'_>) -> Result<Sought, TooMany> {
    let seen: Vec<&Recollection> = understood.plate.iter().chain(&understood.qr).collect();
    let ranked: Vec<Ranked> =
        seen.iter().map(|seen| rank(seen, sight_of(understood.sight, seen), issued)).collect::<Result<_, _>>()?;
    let exact = !seen.is_empty() && seen.iter().all(|seen| says_plainly(seen, sight_of(understood.sight, seen)));
    let (ranked, differ) = match ranked.as_slice() {
        [plate, code] => both(plate, code),
        [only] => (only.clone(), false),
        _ => (Ranked::default(), false),
    };
    let hypotheses: Vec<_> = ranked.candidates.iter().map(|found| (found.number, found.probability)).collect();
    let best = hypotheses.first().map(|(number, _)| *number).or_else(|| plainest(&seen));
    Ok(Sought {
        exact: exact && hypotheses.len() == 1,
        hypotheses: if hypotheses.is_empty() { best.map(|best| (best, 1.0)).into_iter().collect() } else { hypotheses },
        differences: ranked.candidates.into_iter().map(|found| (found.number, found.differences)).collect(),
        elsewhere: ranked.elsewhere,
        differ,
    })
}

/// Whether a question is answered without ranking: every text in it names a number as it stands.
pub(super) fn is_plain(understood: &Understood) -> bool {
    let mut seen = understood.plate.iter().chain(&understood.qr);
    seen.all(|seen| says_plainly(seen, sight_of(understood.sight, seen)))
}

/// How well a plate was seen: as was said, else as the text shows: who could not read a character did not see it well.
fn sight_of(said: Option<Sight>, seen: &Recollection) -> Sight {
    let shown = if seen.is_whole() { Sight::Clear } else { Sight::Poor };
    said.unwrap_or(shown)
}

/// Whether a text is taken as it stands: its checks confirm it, or it was seen clearly.
fn says_plainly(seen: &Recollection, sight: Sight) -> bool {
    seen.exact().is_some() && (seen.is_checked() || sight == Sight::Clear)
}

/// A number that is said plainly is what is meant, issued or not; everything else is ranked among those that were issued.
fn rank(seen: &Recollection, sight: Sight, issued: &IssuedNumbers<'_>) -> Result<Ranked, TooMany> {
    match seen.exact().filter(|_| says_plainly(seen, sight)) {
        Some(number) => {
            let plain =
                Candidate { number, probability: plainly(seen, sight, issued, number), differences: Vec::new() };
            Ok(Ranked { elsewhere: 1.0 - plain.probability, candidates: vec![plain] })
        }
        None => candidates(seen, sight, issued, MOST_NUMBERS),
    }
}

/// How probable it is that a number said plainly is the one that was there. Without the control pair a misread digit names
/// another scooter, and nothing shows it.
fn plainly(seen: &Recollection, sight: Sight, issued: &IssuedNumbers<'_>, number: PlateNumber) -> f64 {
    if seen.is_checked() || !issued.is_issued(number) {
        return 1.0;
    }
    plain_probability(seen, sight, number, &issued.heads())
}

/// What plate and code agree on is what is meant; where they agree on nothing both stand, each with half of the weight.
fn both(plate: &Ranked, code: &Ranked) -> (Ranked, bool) {
    let of = |ranked: &Ranked, number: PlateNumber| {
        ranked.candidates.iter().find(|found| found.number == number).map(|found| found.probability)
    };
    let shared: Vec<Candidate> = plate
        .candidates
        .iter()
        .filter_map(|found| {
            Some(Candidate { probability: found.probability * of(code, found.number)?, ..found.clone() })
        })
        .collect();
    let total: f64 = shared.iter().map(|found| found.probability).sum();
    // A product of two unlikely readings is no agreement.
    if total > 1e-3 {
        let of_total = |found: Candidate| Candidate { probability: found.probability / total, ..found };
        let mut candidates: Vec<_> = shared.into_iter().map(of_total).collect();
        candidates.sort_by(|left, right| right.probability.total_cmp(&left.probability));
        return (Ranked { candidates, elsewhere: 0.0 }, false);
    }
    let mut halves: BTreeMap<PlateNumber, Candidate> = BTreeMap::new();
    for found in code.candidates.iter().chain(&plate.candidates) {
        let half = Candidate { probability: found.probability / 2.0, ..found.clone() };
        let one = halves.entry(found.number).or_insert(Candidate { probability: 0.0, ..half.clone() });
        one.probability += half.probability;
    }
    let mut candidates: Vec<_> = halves.into_values().collect();
    candidates.sort_by(|left, right| right.probability.total_cmp(&left.probability));
    (Ranked { candidates, elsewhere: f64::midpoint(plate.elsewhere, code.elsewhere) }, true)
}

/// Where no issued number explains what was read: the number that it says best.
fn plainest(seen: &[&Recollection]) -> Option<PlateNumber> {
    let readings = seen.iter().filter_map(|seen| seen.reading());
    readings.filter_map(|reading| reading.hypotheses().first()).map(|found| found.number).next()
}

pub(super) fn sort(weighed: &mut [(PlateNumber, f64)]) {
    weighed.sort_by(|(a, left), (b, right)| right.total_cmp(left).then(a.cmp(b)));
}

pub(super) fn normalise(weighed: &mut [(PlateNumber, f64)]) {
    let sum: f64 = weighed.iter().map(|(_, weight)| *weight).sum();
    if sum > 0.0 {
        for (_, weight) in weighed {
            *weight /= sum;
        }
    }
}
