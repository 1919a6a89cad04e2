//! Candidates and rides in the shape in which they leave the house.
//!
//! *Invariant:* nothing is judged here: what stands in a list was chosen before.

use super::facts::{Candidate, Facts};
use super::say;
use crate::model::{Answer, AnswerCandidate, AnswerSession, EarlierVersion, OperatorId, RideId, RideSession, Zone};
use crate::storage::rides_found::FoundRides;

/// Lists a candidate, with the ride that fits where there is one.
pub(super) fn listed(
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

/// A ride in its outward shape, with its older versions.
pub(super) fn session(facts: &Facts, ride: &RideSession, rides: &FoundRides) -> AnswerSession {
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
pub(super) fn shown(zone: Zone, answer: &Answer, rides: &[FoundRides]) -> Vec<(OperatorId, RideId, u32)> {
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
