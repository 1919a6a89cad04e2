//! Building the answer: facts and rides in, the whole answer out.
//!
//! *Invariant:* pure, and a plain function: it is called by the audit log with the rides, and can carry nothing away
//! but the answer that is being written down.

use super::ResolveError;
use super::facts::{Candidate, Facts, Meant, NeverIssued};
use super::say;
use crate::audit::{Decision, digest_of};
use crate::model::{
    AmbiguousBy, Answer, AnswerCandidate, AnswerReading, AnswerSession, EarlierVersion, Judgement, NeighbourSession,
    OperatorId, PlateStatus, RideId, RideSession, Verdict, Zone, judge,
};
use crate::storage::audit_log::Built;
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
    let verdict = match &facts.meant {
        Meant::Never(never) => never_issued(&facts, never, &mut answer),
        Meant::One(one) => {
            if !facts.exact {
                warnings.push("reading_repaired");
            }
            one_number(&facts, one, rides.first(), &mut answer, &mut warnings)
        }
        Meant::Several(several) => several_numbers(&facts, several, &rides, &mut answer),
    };
    verdict.name().clone_into(&mut answer.verdict);
    say::explain(&facts, verdict, &warnings, &mut answer);
    let decision = match verdict {
        Verdict::UnknownNumber | Verdict::NotInService | Verdict::Idle | Verdict::NotReported => Decision::Empty,
        _ => Decision::Answered,
    };
    let shown = shown(facts.zone, &answer, &rides);
    Ok(Built { digest: digest_of(&answer)?, answer, decision, shown })
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

fn several_numbers(facts: &Facts, several: &[Candidate], rides: &[FoundRides], answer: &mut Answer) -> Verdict {
    let at = facts.question.window.at;
    answer.ambiguous_by = Some(by_name(AmbiguousBy::Plate).to_owned());
    let reads = say::reason(facts.language, "reads_as", &[]);
    let mut of_riding = rides.iter();
    for candidate in several {
        let found = if candidate.plate.borne.contains(at) { of_riding.next() } else { None };
        let Some(found) = found else {
            let reasons = vec![reads.clone(), say::reason(facts.language, "not_borne", &[])];
            answer.candidates.push(listed(facts, candidate, None, &[], reasons));
            continue;
        };
        let verdict = verdict_of(facts, candidate, found).verdict;
        let reasons = vec![reads.clone(), say::reason(facts.language, verdict.name(), &[])];
        let of = std::slice::from_ref(found);
        if found.touching.is_empty() {
            answer.candidates.push(listed(facts, candidate, None, of, reasons));
        } else {
            // Every ride that fits is listed; which of them is meant, nobody knows.
            let each = found.touching.iter().map(|ride| listed(facts, candidate, Some(ride), of, reasons.clone()));
            answer.candidates.extend(each);
        }
    }
    // Those that rode before those that did not; within each, as likely as they read.
    answer.candidates.sort_by_key(|candidate| candidate.session.is_none());
    answer.candidates.truncate(facts.most_candidates);
    Verdict::Ambiguous
}

fn verdict_of<'a>(facts: &Facts, one: &Candidate, rides: &'a FoundRides) -> Judgement<'a> {
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

fn listed(
    facts: &Facts,
    candidate: &Candidate,
    ride: Option<&RideSession>,
    rides: &[FoundRides],
    reasons: Vec<String>,
) -> AnswerCandidate {
    let of = FoundRides::default();
    AnswerCandidate {
        number: candidate.number.to_string(),
        control: candidate.number.control_text(),
        probability: candidate.probability,
        vehicle: candidate.vehicle.as_ref().map(|vehicle| say::vehicle(vehicle, candidate.standing)),
        session: ride.map(|ride| session(facts, ride, rides.first().unwrap_or(&of))),
        reasons,
    }
}

fn session(facts: &Facts, ride: &RideSession, rides: &FoundRides) -> AnswerSession {
    let stamp = |moment| facts.zone.stamp(moment);
    // Whole seconds to minutes: two decimals are enough, and stay the same in every JSON reader.
    let seconds = facts.question.window.at.seconds_since(ride.started_at);
    let hundredths = i32::try_from((seconds * 100).div_euclid(60)).unwrap_or(i32::MAX);
    AnswerSession {
        ride_id: ride.ride_id.as_str().to_owned(),
        started_at: stamp(ride.started_at),
        ended_at: ride.ended_at.map(stamp),
        received_at: stamp(ride.received_at),
        version: ride.version,
        kind: ride.kind.name().to_owned(),
        minutes_from_start: f64::from(hundredths) / 100.0,
        start: ride.start,
        end: ride.end,
        versions: rides
            .earlier
            .iter()
            .filter(|earlier| earlier.ride_id == ride.ride_id && earlier.operator_id == ride.operator_id)
            .map(|earlier| EarlierVersion {
                version: earlier.version,
                started_at: stamp(earlier.started_at),
                ended_at: earlier.ended_at.map(stamp),
                received_at: stamp(earlier.received_at),
                superseded_at: earlier.superseded_at.map(stamp),
            })
            .collect(),
    }
}

/// Which rides the answer names as answers or candidates: if one of them changes later, that is an entry.
fn shown(zone: Zone, answer: &Answer, rides: &[FoundRides]) -> Vec<(OperatorId, RideId, u32)> {
    let candidates = answer.candidates.iter().filter_map(|candidate| candidate.session.as_ref());
    let neighbours = answer.before.iter().chain(&answer.after).map(|neighbour| &neighbour.session);
    let sessions = answer.session.iter().chain(candidates).chain(neighbours);
    // Another operator's ride of the same id is another ride: version and start tell them apart.
    let named: Vec<_> = sessions.map(|one| (one.ride_id.clone(), one.version, one.started_at.clone())).collect();
    rides
        .iter()
        .flat_map(|found| found.touching.iter().chain(&found.before).chain(&found.after))
        .filter(|ride| named.contains(&(ride.ride_id.as_str().to_owned(), ride.version, zone.stamp(ride.started_at))))
        .map(|ride| (ride.operator_id.clone(), ride.ride_id.clone(), ride.version))
        .collect()
}
