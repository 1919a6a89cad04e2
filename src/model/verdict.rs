//! Verdicts: what the rides around an instant say about who rode.
//!
//! *Invariant:* `idle` clears a rider, so it is never said where reporting is not complete; `ambiguous` is never
//! narrowed to one ride by order of arrival.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::account::named_variants;
use super::{Custody, Moment, RideKind, RideSession, Window};

/// The first word of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Exactly one ride covers the instant: a rental was open. Not proof of who rode.
    Riding,
    /// Several numbers, or several rides, fit.
    Ambiguous,
    /// In service, completely reported, and nobody rode.
    Idle,
    /// No ride is known, and more may be reported.
    NotReported,
    /// The operator itself moved the scooter.
    MovedByOperator,
    /// The last ride began before the instant and never ended.
    EndedUnknown,
    /// The operator keeps its rides itself and has not answered.
    OperatorHolds,
    /// No vehicle bore the number at the instant.
    NotInService,
    /// The number was never issued.
    UnknownNumber,
}

named_variants!(Verdict {
    Riding => "riding",
    Ambiguous => "ambiguous",
    Idle => "idle",
    NotReported => "not_reported",
    MovedByOperator => "moved_by_operator",
    EndedUnknown => "ended_unknown",
    OperatorHolds => "operator_holds",
    NotInService => "not_in_service",
    UnknownNumber => "unknown_number",
});

/// What makes an answer ambiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmbiguousBy {
    /// Several numbers are possible.
    Plate,
    /// Several rides lie within the tolerance.
    Time,
    /// Several rides cover the instant itself.
    Overlap,
}

/// How far an operator's reports are known to be complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reporting {
    /// Who keeps the rides.
    pub custody: Custody,
    /// The operator's word that everything up to here was reported.
    pub complete_until: Option<Moment>,
    /// When the question is asked: nobody can have reported completely what has not happened yet.
    pub asked_at: Moment,
}

/// What the rides say.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement<'a> {
    /// The first word.
    pub verdict: Verdict,
    /// What makes it ambiguous.
    pub ambiguous_by: Option<AmbiguousBy>,
    /// The ride that is the answer, for `riding`, `moved_by_operator` and `ended_unknown`.
    pub session: Option<&'a RideSession>,
    /// The rides that fit, for `ambiguous`.
    pub fitting: Vec<&'a RideSession>,
    /// Warnings by code.
    pub warnings: Vec<&'static str>,
}

/// Judges the newest versions of the rides around a window, of a vehicle that was in service.
///
/// `rides` holds the rides that may touch the window; `before` and `after` its neighbours. The order of the rules is
/// that of the registry's domain: several rides (or a window too wide to name one), exactly one, none. Complete means
/// that the operator's watermark has passed the instant. An operator that never stated a watermark is judged by the
/// weaker sign that a later ride of the vehicle came, which the warning `completeness_inferred` says; where a watermark
/// is stated, it is believed instead. A ride that was dated ahead when it came, or came before the instant, is no sign,
/// and no instant that has not come yet is ever `idle`.
#[must_use]
pub fn judge<'a>(
    window: Window,
    rides: &'a [RideSession],
    before: Option<&'a RideSession>,
    after: Option<&'a RideSession>,
    reporting: Reporting,
    max_ride_s: i64,
) -> Judgement<'a> {
    let mut fitting: Vec<_> =
        rides.iter().filter(|ride| ride.touches(window.from(), window.to(), max_ride_s)).collect();
    fitting.sort_by_key(|ride| {
        (!ride.covers(window.at, max_ride_s), distance(ride, window.at, max_ride_s), ride.started_at)
    });
    let say =
        |verdict| Judgement { verdict, ambiguous_by: None, session: None, fitting: Vec::new(), warnings: Vec::new() };
    if fitting.len() > 1 || (!fitting.is_empty() && window.tolerance > Window::LISTS_ABOVE) {
        let covering = fitting.iter().filter(|ride| ride.covers(window.at, max_ride_s)).count();
        let by = if covering > 1 { AmbiguousBy::Overlap } else { AmbiguousBy::Time };
        return Judgement { ambiguous_by: Some(by), fitting, ..say(Verdict::Ambiguous) };
    }
    if let Some(ride) = fitting.first().copied() {
        let verdict = if ride.kind == RideKind::Rider { Verdict::Riding } else { Verdict::MovedByOperator };
        let missed = !ride.covers(window.at, max_ride_s);
        let warnings = if missed { vec!["within_tolerance_only"] } else { Vec::new() };
        return Judgement { session: Some(ride), warnings, ..say(verdict) };
    }
    if let Some(ride) = before.filter(|ride| ride.ended_at.is_none()) {
        return Judgement { session: Some(ride), ..say(Verdict::EndedUnknown) };
    }
    let ahead = window.at > reporting.asked_at;
    let sign = after.filter(|ride| !ahead && ride.received_at > window.at && ride.started_at <= ride.received_at);
    match (reporting.custody, reporting.complete_until) {
        (Custody::Held, _) => say(Verdict::OperatorHolds),
        (Custody::Deposited, Some(until)) if until > window.at && !ahead => say(Verdict::Idle),
        (Custody::Deposited, None) if sign.is_some() => {
            Judgement { warnings: vec!["completeness_inferred"], ..say(Verdict::Idle) }
        }
        (Custody::Deposited, _) => {
            let warnings = match (ahead, after) {
                (true, _) => vec!["instant_in_future"],
                (false, Some(_)) => vec!["later_ride_received"],
                (false, None) => Vec::new(),
            };
            Judgement { warnings, ..say(Verdict::NotReported) }
        }
    }
}

/// Seconds between the instant and the ride; 0 where the ride covers it.
fn distance(ride: &RideSession, at: Moment, max_ride_s: i64) -> i64 {
    let until = ride.covered(max_ride_s).until.unwrap_or(ride.started_at);
    ride.started_at.seconds_since(at).max(at.seconds_since(until)).max(0)
}
