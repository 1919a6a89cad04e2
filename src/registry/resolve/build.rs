//! Building the answer: facts and rides in, the whole answer out.
//!
//! *Invariant:* pure, and a plain function: it is called by the audit log with the rides, and can carry nothing away
//! but the answer that is being written down.

use super::ResolveError;
use super::facts::{Candidate, Facts, Meant, NeverIssued};
use super::list::{listed, session, shown};
use super::rank::rank;
use super::{advice, say};
use crate::audit::{Decision, digested};
use crate::model::{
    AmbiguousBy, Answer, AnswerCandidate, AnswerReading, Judgement, NeighbourSession, PlateStatus, Verdict, judge,
};
use crate::storage::disclosure::Built;
use crate::storage::rides_found::FoundRides;

/// Builds the answer to one question.
#[allow(clippy::needless_pass_by_value, reason = "the audit log hands over what it opened")]
pub(super) fn build(facts: Facts, rides: Vec<FoundRides>) -> Result<Built<Answer>, ResolveError> {
    let mut answer = empty(&facts);
    let mut warnings = Vec::new();
    if facts.question.as_known.instant().is_some() {
        warnings.push("as_known_then");
    }
    if facts.differ {
        warnings.push("qr_differs_from_face");
    }
    warnings.extend(facts.link.and_then(say::link_warning));
    if !facts.named.unknown.is_empty() {
        warnings.push("feature_not_understood");
    }
    let verdict = match &facts.meant {
        Meant::Never(never) => never_issued(&facts, never, &mut answer),
        Meant::One(one) => {
            if !facts.exact {
                warnings.push("reading_repaired");
            }
            one_number(&facts, one, rides.first(), &mut answer, &mut warnings)
        }
        Meant::Several(several) => several_numbers(&facts, several, &rides, &mut answer, &mut warnings),
    };
    verdict.name().clone_into(&mut answer.verdict);
    say::explain(&facts, verdict, &warnings, &mut answer);
    let decision = match verdict {
        Verdict::UnknownNumber | Verdict::NotInService | Verdict::Idle | Verdict::NotReported => Decision::Empty,
        _ => Decision::Answered,
    };
    let shown = shown(facts.zone, &answer, &rides);
    let (digest, bytes) = digested(&answer)?;
    Ok(Built { answer, bytes, digest, decision, shown })
}

fn empty(facts: &Facts) -> Answer {
    let at = facts.question.window.at;
    Answer {
        id: facts.id.clone(),
        verdict: String::new(),
        reason: None,
        ambiguous_by: None,
        reading: None,
        operator: None,
        vehicle: None,
        plate: None,
        policy: None,
        session: None,
        open: false,
        before: None,
        after: None,
        candidates: Vec::new(),
        withdrawn: Vec::new(),
        warnings: Vec::new(),
        explanations: std::collections::BTreeMap::new(),
        next_steps: Vec::new(),
        source: None,
        at: facts.zone.stamp(at),
        at_local: facts.zone.for_people(at),
        tolerance: facts.question.window.tolerance,
        asked_at: facts.zone.stamp(facts.asked_at),
        known_at: facts.question.as_known.instant().map(|instant| facts.zone.stamp(instant)),
        data_complete_until: None,
        receipt: None,
    }
}

fn never_issued(facts: &Facts, never: &NeverIssued, answer: &mut Answer) -> Verdict {
    answer.reason = Some(never.reason.to_owned());
    answer.reading = never.number.map(|number| AnswerReading {
        number: number.to_string(),
        control: number.control_text(),
        probability: 0.0,
    });
    let reason = say::reason(facts.language, "looks_alike", &[]);
    answer.candidates = never
        .offered
        .iter()
        .take(facts.most_candidates)
        .map(|candidate| listed(facts, candidate, None, &[], vec![reason.clone()]))
        .collect();
    Verdict::UnknownNumber
}

fn one_number(
    facts: &Facts,
    one: &Candidate,
    rides: Option<&FoundRides>,
    answer: &mut Answer,
    warnings: &mut Vec<&'static str>,
) -> Verdict {
    let status = one.status;
    answer.reading = Some(AnswerReading {
        number: one.number.to_string(),
        control: one.number.control_text(),
        probability: one.probability,
    });
    answer.operator = one.operator.as_ref().map(say::operator);
    answer.plate = Some(say::plate(facts.zone, one, status));
    answer.vehicle = one.vehicle.as_ref().map(|vehicle| say::vehicle(vehicle, one.standing));
    let none = FoundRides::default();
    let rides = rides.unwrap_or(&none);
    if one.changed_since {
        warnings.push("service_changed_since");
    }
    warnings.extend(&one.warnings);
    if status != PlateStatus::InService {
        answer.reason = Some(status.name().to_owned());
        if !rides.touching.is_empty() {
            warnings.push("ride_outside_service");
            answer.candidates = fitting(facts, one, rides);
        }
        return Verdict::NotInService;
    }
    if one.plate.borne.from.is_none() {
        warnings.push("service_start_unknown");
    }
    answer.policy = one.policy.as_ref().map(|policy| say::policy(facts.zone, policy));
    if one.policy.is_none() {
        warnings.push("insurance_gap");
    }
    if one.operator.as_ref().is_some_and(|operator| operator.suspension.is_some()) {
        warnings.push("operator_suspended");
    }
    answer.source = Some(one.reporting.custody.name().to_owned());
    answer.data_complete_until = one.reporting.complete_until.map(|until| facts.zone.stamp(until));
    judged(facts, one, rides, answer, warnings)
}

fn judged(
    facts: &Facts,
    one: &Candidate,
    rides: &FoundRides,
    answer: &mut Answer,
    warnings: &mut Vec<&'static str>,
) -> Verdict {
    let window = facts.question.window;
    let said = verdict_of(facts, one, rides);
    warnings.extend(said.warnings.iter().copied());
    answer.ambiguous_by = said.ambiguous_by.map(|by| by_name(by).to_owned());
    if let Some(ride) = said.session {
        answer.open = ride.ended_at.is_none();
        answer.session = Some(session(facts, ride, rides));
        warnings.extend(say::ride_warnings(ride, rides, facts.late_after_s));
    }
    if said.verdict == Verdict::Ambiguous {
        answer.candidates = fitting(facts, one, rides);
    }
    warnings.extend(say::withdrawal_warnings(rides));
    answer.withdrawn = rides.withdrawn.iter().map(|ride| session(facts, ride, rides)).collect();
    answer.before = rides.before.as_ref().map(|ride| NeighbourSession {
        gap_s: window.at.seconds_since(ride.ended_at.unwrap_or(ride.started_at)),
        session: session(facts, ride, rides),
    });
    answer.after = rides.after.as_ref().map(|ride| NeighbourSession {
        gap_s: ride.started_at.seconds_since(window.at),
        session: session(facts, ride, rides),
    });
    said.verdict
}

/// Lists the rides of one scooter that fit, those that cover the instant first.
fn fitting(facts: &Facts, one: &Candidate, rides: &FoundRides) -> Vec<AnswerCandidate> {
    let at = facts.question.window.at;
    let mut fitting: Vec<_> = rides.touching.iter().collect();
    fitting.sort_by_key(|ride| !ride.covers(at, facts.max_ride_s));
    let share = 1.0 / f64::from(u32::try_from(fitting.len().max(1)).unwrap_or(1));
    fitting
        .into_iter()
        .take(facts.most_candidates)
        .map(|ride| {
            let code = if ride.covers(at, facts.max_ride_s) { "covers_instant" } else { "within_tolerance" };
            let reasons = vec![say::reason(facts.language, code, &[])];
            AnswerCandidate {
                probability: share,
                ..listed(facts, one, Some(ride), std::slice::from_ref(rides), reasons)
            }
        })
        .collect()
}

/// One of several numbers is the answer where it is nearly certain, and none of them contradicts another by plate and
/// code; else all that fit are listed. Even then the others stand beside it: it is never a silent hit.
fn several_numbers(
    facts: &Facts,
    several: &[Candidate],
    rides: &[FoundRides],
    answer: &mut Answer,
    warnings: &mut Vec<&'static str>,
) -> Verdict {
    let ranking = rank(facts, several, rides);
    let listed = ranking.listed(facts);
    if ranking.entries.len() > facts.most_candidates {
        warnings.push("more_fit_than_listed");
    }
    if let Some(best) = ranking.certain(facts) {
        warnings.push("reading_uncertain");
        let one = Candidate { probability: best.posterior, ..best.candidate.clone() };
        let verdict = one_number(facts, &one, best.rides, answer, warnings);
        if answer.candidates.is_empty() {
            answer.candidates = listed;
        }
        return verdict;
    }
    answer.candidates = listed;
    answer.ambiguous_by = Some(by_name(AmbiguousBy::Plate).to_owned());
    answer.next_steps = advice::distinguishing(facts, &ranking);
    Verdict::Ambiguous
}

/// What the rides of one scooter say.
pub(super) fn verdict_of<'a>(facts: &Facts, one: &Candidate, rides: &'a FoundRides) -> Judgement<'a> {
    judge(
        facts.question.window,
        &rides.touching,
        rides.before.as_ref(),
        rides.after.as_ref(),
        one.reporting,
        facts.max_ride_s,
    )
}

const fn by_name(by: AmbiguousBy) -> &'static str {
    match by {
        AmbiguousBy::Plate => "plate",
        AmbiguousBy::Time => "time",
        AmbiguousBy::Overlap => "overlap",
    }
}
