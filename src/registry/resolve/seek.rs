//! From readings to issued numbers: which of the possible ones exist.
//!
//! *Invariant:* pure; never one silent guess: what fits stays until an issued number decides.

use std::collections::BTreeMap;

use super::question::Understood;
use crate::plate::{Difference, PlateNumber, Reading, look_alikes};

/// The numbers that a question may mean, by likelihood.
#[derive(Debug, Clone)]
pub(super) struct Sought {
    /// Each possible number with its likelihood, the best first; they sum to 1.
    pub(super) hypotheses: Vec<(PlateNumber, f64)>,
    /// How probable it is that none of them is meant.
    pub(super) elsewhere: f64,
    /// Where a number differs from what was read; of one that is not here, nothing is told.
    pub(super) differences: BTreeMap<PlateNumber, Vec<Difference>>,
    /// Numbers one likely misreading away from the best: offered if none of the above was issued.
    pub(super) nearby: Vec<(PlateNumber, f64)>,
    /// Whether the text named exactly one number without any repair.
    pub(super) exact: bool,
    /// Whether plate and code name different numbers.
    pub(super) differ: bool,
}

/// Weighs what plate and code may mean.
pub(super) fn seek(understood: &Understood) -> Sought {
    let readings: Vec<&Reading> = understood.plate.iter().chain(&understood.qr).collect();
    let share = 1.0 / f64::from(u32::try_from(readings.len().max(1)).unwrap_or(1));
    let mut weights: BTreeMap<PlateNumber, f64> = BTreeMap::new();
    for reading in &readings {
        for hypothesis in reading.hypotheses() {
            *weights.entry(hypothesis.number).or_default() += hypothesis.likelihood * share;
        }
    }
    let differ = match (&understood.plate, &understood.qr) {
        (Some(plate), Some(code)) => {
            !plate.hypotheses().iter().any(|one| code.hypotheses().iter().any(|other| one.number == other.number))
        }
        _ => false,
    };
    // What plate and code agree on is what is meant.
    if readings.len() == 2 && !differ {
        let in_both = |number: &PlateNumber| {
            readings.iter().all(|reading| reading.hypotheses().iter().any(|one| one.number == *number))
        };
        weights.retain(|number, _| in_both(number));
    }
    let mut hypotheses: Vec<_> = weights.into_iter().collect();
    sort(&mut hypotheses);
    normalise(&mut hypotheses);
    let nearby = hypotheses.first().map(|(best, _)| look_alikes(*best)).unwrap_or_default();
    let exact = hypotheses.len() == 1 && readings.iter().all(|reading| reading.exact().is_some());
    Sought { hypotheses, elsewhere: 0.0, differences: BTreeMap::new(), nearby, exact, differ }
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
