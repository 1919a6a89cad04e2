//! Ranking: what the plate read as, times how well rides, time and place fit, times what else was seen.
//!
//! *Invariant:* pure. Probabilities share 1 with the chance that none of the candidates is meant, which weighs like a
//! scooter of which nothing is known. Ties stay ties, in the order of numbers.

use super::build::verdict_of;
use super::facts::{Candidate, Facts};
use super::list::listed;
use super::reasons::reasons;
use super::second::Comparison;
use crate::model::{AnswerCandidate, Custody, Fit, Moment, Reporting, RideSession, Traces, Verdict, fit, unknown_fit};
use crate::storage::rides_found::FoundRides;

/// From this probability on a number is called the answer, with a warning that says how it was read.
const CERTAIN: f64 = 0.95;

/// A candidate with what its rides and features come to.
pub(super) struct Entry<'a> {
    pub(super) candidate: &'a Candidate,
    /// Its rides; absent where nobody bore the number at the instant.
    pub(super) rides: Option<&'a FoundRides>,
    pub(super) verdict: Option<Verdict>,
    pub(super) fit: Fit,
    pub(super) compared: Vec<Comparison>,
    /// How probable it is, 0 to 1.
    pub(super) posterior: f64,
}

/// All candidates, the most probable first.
pub(super) struct Ranking<'a> {
    pub(super) entries: Vec<Entry<'a>>,
}

/// Ranks candidates; `rides` holds those of the ones that bore their number at the instant, in the same order.
pub(super) fn rank<'a>(facts: &Facts, candidates: &'a [Candidate], rides: &'a [FoundRides]) -> Ranking<'a> {
    let window = facts.question.window;
    let unknown = unknown_fit(facts.seen(), facts.pace);
    let mut of_riding = rides.iter();
    let mut entries: Vec<_> = candidates
        .iter()
        .map(|candidate| {
            let borne = candidate.plate.borne.contains(window.at);
            let rides = if borne { of_riding.next() } else { None };
            let fit = rides.map_or_else(
                || Fit { weight: unknown, rides: Vec::new(), stood_m: None },
                |rides| fit(facts.seen(), facts.pace, traces(facts, candidate, rides)),
            );
            let (features, compared) = facts.named.compare(candidate, rides, window);
            let verdict = rides.map(|rides| verdict_of(facts, candidate, rides).verdict);
            Entry { candidate, rides, verdict, posterior: candidate.probability * fit.weight * features, fit, compared }
        })
        .collect();
    // What is not listed fits like the unknown, in its features too: a scooter that differs in all of them must not seem
    // certain only because nothing else is listed.
    let features = facts.named.unknown_weight();
    let elsewhere = facts.elsewhere * unknown * features;
    let sum = entries.iter().map(|entry| entry.posterior).sum::<f64>() + elsewhere;
    if sum > 0.0 {
        for entry in &mut entries {
            entry.posterior /= sum;
        }
    }
    entries.sort_by(|one, other| {
        other.posterior.total_cmp(&one.posterior).then(one.candidate.number.cmp(&other.candidate.number))
    });
    Ranking { entries }
}

/// What is known of a candidate around the window.
pub(super) fn traces<'a>(facts: &Facts, candidate: &Candidate, rides: &'a FoundRides) -> Traces<'a> {
    Traces {
        rides: &rides.touching,
        before: rides.before.as_ref(),
        after: rides.after.as_ref(),
        fixes: &rides.fixes,
        complete: is_complete(candidate.reporting, rides, facts.question.window.at),
        max_ride_s: facts.max_ride_s,
    }
}

/// Whether nobody can have ridden but as reported: by the rule of the verdict `idle` ([`crate::model::judge`]), which asks
/// for the word of the operator or the weaker sign of a later ride.
fn is_complete(reporting: Reporting, rides: &FoundRides, at: Moment) -> bool {
    let told = |until: Moment| until > at && at <= reporting.asked_at;
    let is_sign = |ride: &RideSession| ride.received_at > at && ride.started_at <= ride.received_at;
    let never_ended = rides.before.as_ref().is_some_and(|ride| ride.ended_at.is_none());
    reporting.custody == Custody::Deposited
        && !never_ended
        && reporting.complete_until.map_or_else(|| rides.after.as_ref().is_some_and(is_sign), told)
}

impl Ranking<'_> {
    /// Returns the one number that is nearly certain, where there is one.
    pub(super) fn certain(&self, facts: &Facts) -> Option<&Entry<'_>> {
        self.entries.first().filter(|best| !facts.differ && best.posterior >= CERTAIN)
    }

    /// Lists the most probable candidates with their rides, as many as may leave. Of a plate and a code that differ both
    /// stand there, whatever their rank.
    pub(super) fn listed(&self, facts: &Facts) -> Vec<AnswerCandidate> {
        let mut chosen: Vec<_> = self.entries.iter().take(facts.most_candidates).collect();
        if facts.differ {
            let of_code = |entry: &Entry<'_>| facts.of_code.contains(&entry.candidate.number);
            for wanted in [true, false] {
                if chosen.iter().any(|entry| of_code(entry) == wanted) {
                    continue;
                }
                if let Some(entry) = self.entries.iter().find(|entry| of_code(entry) == wanted) {
                    chosen.truncate(facts.most_candidates.saturating_sub(1));
                    chosen.push(entry);
                }
            }
        }
        let mut rows: Vec<Vec<_>> = chosen.into_iter().map(|entry| entry.rows(facts)).collect();
        // Each keeps its first ride before anybody's second.
        let firsts = rows.iter_mut().filter(|rows| !rows.is_empty()).map(|rows| rows.remove(0)).collect::<Vec<_>>();
        let mut rows: Vec<_> =
            firsts.into_iter().chain(rows.into_iter().flatten()).take(facts.most_candidates).collect();
        rows.sort_by(|one, other| other.probability.total_cmp(&one.probability));
        rows
    }
}

impl Entry<'_> {
    /// The rows of a candidate: each ride that fits with its share, or the scooter alone.
    fn rows(&self, facts: &Facts) -> Vec<AnswerCandidate> {
        let row = |ride: Option<&RideSession>, share: f64| {
            let of = self.rides.map(std::slice::from_ref).unwrap_or_default();
            let reasons = reasons(facts, self, ride);
            let row = listed(facts, self.candidate, ride, of, reasons);
            AnswerCandidate { probability: self.posterior * share, ..row }
        };
        let touching = self.rides.map(|rides| rides.touching.as_slice()).unwrap_or_default();
        if touching.is_empty() {
            return vec![row(None, 1.0)];
        }
        let sum: f64 = self.fit.rides.iter().sum();
        let alike = 1.0 / f64::from(u32::try_from(touching.len()).unwrap_or(u32::MAX));
        let share = |part: &f64| if sum > 0.0 { part / sum } else { alike };
        let mut rows: Vec<_> =
            touching.iter().zip(&self.fit.rides).map(|(ride, part)| row(Some(ride), share(part))).collect();
        rows.sort_by(|one, other| other.probability.total_cmp(&one.probability));
        rows
    }
}
