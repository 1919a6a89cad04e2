//! How probable a reading is over all numbers together, issued or not: what the likelihoods of those that were found are held
//! against.
//!
//! *Invariant:* the sum is over rows that pass both checks: a row that was read plainly and passes none has no number behind it.

use super::code::{Code, Sums};
use super::confusion::{CONDITIONS, Likelihoods};
use super::evidence::Place;

/// What is less likely than this beside the best of its place is left out.
const NEGLIGIBLE: f64 = 1e-7;

/// Returns the sum of the weights of all rows that pass the checks, by dynamic programming over the two sums.
pub(super) fn mass(code: &Code, places: &[Place], prior: Likelihoods) -> f64 {
    // Where two places say nothing they absorb both sums, and the checks hold by chance.
    if places.iter().filter(|place| place.is_unread).count() >= 2 {
        let rows = places.iter().fold(prior, |rows, place| times(rows, place.sum));
        return rows.iter().sum::<f64>() / code.rows_a_number();
    }
    let mut by_sums = vec![[0.0; CONDITIONS]; code.states()];
    if let Some(first) = by_sums.get_mut(code.state(Sums::default())) {
        *first = prior;
    }
    for (index, place) in places.iter().enumerate() {
        let mut next = vec![[0.0; CONDITIONS]; code.states()];
        for (state, weights) in by_sums.iter().enumerate().filter(|(_, weights)| weights.iter().any(|one| *one > 0.0)) {
            let sums = code.sums(state);
            for one in place.possible.iter().filter(|one| matters(place, &one.likelihoods)) {
                if let Some(sum) = next.get_mut(code.state(code.with(sums, index, one.value))) {
                    let more = times(*weights, one.likelihoods);
                    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
                }
            }
        }
        by_sums = next;
    }
    by_sums.get(code.state(Sums::default())).map_or(0.0, |weights| weights.iter().sum())
}

fn matters(place: &Place, likelihoods: &Likelihoods) -> bool {
    likelihoods.iter().zip(place.best).any(|(one, best)| *one > best * NEGLIGIBLE)
}

/// Returns the products, condition by condition.
pub(super) fn times(left: Likelihoods, right: Likelihoods) -> Likelihoods {
    let mut product = left;
    product.iter_mut().zip(right).for_each(|(one, other)| *one *= other);
    product
}
