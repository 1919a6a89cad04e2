//! Words around the answer: facts in their outward shape, warnings, reasons and next steps in the caller's language.
//!
//! *Invariant:* a warning is a code first; its sentence stands beside it and may be reworded.

use super::facts::{Candidate, Facts, Meant, Scooter};
use crate::model::{
    Answer, AnswerOperator, AnswerPlate, AnswerPolicy, AnswerVehicle, LinkVerdict, Operator, PlateStatus, Policy,
    RideSession, Standing, Verdict, Zone,
};
use crate::storage::rides_found::FoundRides;
use crate::words;
use crate::words::Language;

pub(super) fn operator(operator: &Operator) -> AnswerOperator {
    AnswerOperator {
        id: operator.id.as_str().to_owned(),
        legal_name: operator.legal_name.clone(),
        contact_phone: operator.contact_phone.clone(),
        contact_email: operator.contact_email.clone(),
        status: operator.status().name().to_owned(),
    }
}

pub(super) fn vehicle(vehicle: &Scooter, standing: Standing) -> AnswerVehicle {
    AnswerVehicle {
        device_id: vehicle.device_id.as_str().to_owned(),
        serial_number: vehicle.facts.serial_number.clone(),
        make: vehicle.facts.make.clone(),
        model: vehicle.facts.model.clone(),
        year: vehicle.facts.year,
        colour: vehicle.facts.colour.clone(),
        status: standing.name().to_owned(),
    }
}

pub(super) fn plate(zone: Zone, candidate: &Candidate, status: PlateStatus) -> AnswerPlate {
    AnswerPlate {
        number: candidate.number.to_string(),
        control: candidate.number.control_text(),
        from: candidate.plate.borne.from.map(|from| zone.stamp(from)),
        until: candidate.plate.borne.until.map(|until| zone.stamp(until)),
        status: status.name().to_owned(),
    }
}

pub(super) fn policy(zone: Zone, policy: &Policy) -> AnswerPolicy {
    AnswerPolicy {
        insurer: policy.insurer.clone(),
        number: policy.policy_number.clone(),
        valid_from: policy.valid_from.to_string(),
        valid_until: policy.valid_until.to_string(),
        source: policy.source.name().to_owned(),
        checked_at: policy.checked_at.map(|at| zone.stamp(at)),
    }
}

/// Returns what is to be warned of about a scanned code.
pub(super) const fn link_warning(link: LinkVerdict) -> Option<&'static str> {
    match link {
        LinkVerdict::Valid { .. } => None,
        LinkVerdict::Replaced { .. } | LinkVerdict::Withdrawn { .. } => Some("qr_replaced"),
        LinkVerdict::FalseTag => Some("qr_false_tag"),
    }
}

/// Returns what is to be warned of about a ride that is the answer.
pub(super) fn ride_warnings(ride: &RideSession, rides: &FoundRides, late_after_s: i64) -> Vec<&'static str> {
    let earlier: Vec<_> = rides.earlier.iter().filter(|earlier| earlier.ride_id == ride.ride_id).collect();
    let first_received = earlier.iter().map(|earlier| earlier.received_at).min().unwrap_or(ride.received_at);
    let mut warnings = Vec::new();
    if ride.version > 1 {
        warnings.push("older_versions_exist");
    }
    if ride.ended_at.is_some_and(|end| first_received.seconds_since(end) > late_after_s) {
        warnings.push("reported_late");
    }
    let asked = rides.first_shown.iter().find(|(id, _)| *id == ride.ride_id).map(|(_, asked)| *asked);
    // A version that only added the end says nothing else than the one that was shown.
    let mut versions = earlier.into_iter().chain([ride]);
    let changed_after =
        |asked| versions.any(|version| version.version > 1 && !version.completes && version.received_at >= asked);
    if asked.is_some_and(changed_after) {
        warnings.push("changed_after_question");
    }
    warnings
}

/// Returns what is to be warned of about rides that once covered the window and no longer do.
pub(super) fn withdrawal_warnings(rides: &FoundRides) -> Vec<&'static str> {
    let mut warnings = Vec::new();
    if !rides.withdrawn.is_empty() {
        warnings.push("older_version_covered");
    }
    let asked_before = |ride: &RideSession| {
        let shown = rides.first_shown.iter().find(|(id, _)| *id == ride.ride_id).map(|(_, asked)| *asked);
        shown.is_some_and(|asked| ride.superseded_at.is_some_and(|at| at >= asked))
    };
    if rides.withdrawn.iter().any(asked_before) {
        warnings.push("changed_after_question");
    }
    warnings
}

pub(super) fn reason(language: Language, code: &str, args: &[(&str, &str)]) -> String {
    words::say(language, &format!("lookup.reason.{code}"), args)
}

/// Writes warnings with their sentences, and what to do next.
pub(super) fn explain(facts: &Facts, verdict: Verdict, warnings: &[&'static str], answer: &mut Answer) {
    for code in warnings {
        if !answer.warnings.iter().any(|warning| warning == code) {
            answer.warnings.push((*code).to_owned());
            let words = facts.named.unknown.join(", ");
            let text = words::say(facts.language, &format!("lookup.warning.{code}"), &[("words", &words)]);
            answer.explanations.insert((*code).to_owned(), text);
        }
    }
    let verdict_text = words::say(facts.language, &format!("lookup.verdict.{verdict}"), &[]);
    answer.explanations.insert(verdict.name().to_owned(), verdict_text);
    // What would tell the candidates apart stands first.
    answer.next_steps.extend(steps(facts, verdict));
}

fn steps(facts: &Facts, verdict: Verdict) -> Vec<String> {
    let mut codes: Vec<&str> = match verdict {
        Verdict::Riding => vec!["call_operator", "preserve", "account_holder"],
        Verdict::Ambiguous if matches!(facts.meant, Meant::One(_)) => vec!["check_time_and_plate", "preserve"],
        Verdict::Ambiguous => vec!["preserve"],
        Verdict::Idle => vec!["check_time_and_plate", "call_operator"],
        Verdict::NotReported => vec!["ask_again", "call_operator", "preserve"],
        Verdict::MovedByOperator => vec!["call_operator", "ask_driver"],
        Verdict::EndedUnknown | Verdict::OperatorHolds => vec!["call_operator", "preserve"],
        Verdict::NotInService => vec!["check_time_and_plate", "false_plate"],
        Verdict::UnknownNumber => vec!["check_time_and_plate", "false_plate", "guarantee_fund"],
    };
    if facts.question.case_number.is_none() {
        codes.push("name_case");
    }
    let operator = match &facts.meant {
        Meant::One(one) => one.operator.as_ref(),
        _ => None,
    };
    codes
        .into_iter()
        .filter(|code| *code != "call_operator" || operator.is_some())
        .map(|code| {
            let name = operator.map_or("", |operator| operator.legal_name.as_str());
            let phone = operator.map_or("", |operator| operator.contact_phone.as_str());
            let args = [("operator", name), ("phone", phone)];
            words::say(facts.language, &format!("lookup.step.{code}"), &args)
        })
        .collect()
}
