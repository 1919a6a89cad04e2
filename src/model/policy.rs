//! Insurance policies: who pays.
//!
//! *Invariant:* a policy is what the operator says until somebody checked it with the insurers, and says which.
//! *Invariant:* a policy is never changed; a change is a new version of it, and the old one keeps when it was believed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

use super::account::named_variants;
use super::{DeviceId, ImportId, Moment, OperatorId, PolicyId};

/// Who vouches for a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicySource {
    /// The operator says so.
    Operator,
    /// Checked with the insurers' database.
    Insurer,
}

named_variants!(PolicySource { Operator => "operator", Insurer => "insurer" });

/// What the insurers' records say of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// They have it as it stands here.
    Confirmed,
    /// They have no such policy.
    NotFound,
    /// They have it otherwise.
    Differs,
}

named_variants!(CheckOutcome { Confirmed => "confirmed", NotFound => "not_found", Differs => "differs" });

impl CheckOutcome {
    /// Returns whether it speaks against the policy.
    #[must_use]
    pub const fn contradicts(self) -> bool {
        !matches!(self, Self::Confirmed)
    }

    /// Returns who vouches for a policy after this outcome: one that was confirmed is the insurer's word.
    #[must_use]
    pub const fn source(self) -> PolicySource {
        match self {
            Self::Confirmed => PolicySource::Insurer,
            Self::NotFound | Self::Differs => PolicySource::Operator,
        }
    }
}

/// A policy to be recorded.
#[derive(Debug, Clone)]
pub struct NewPolicy {
    /// The insurance company.
    pub insurer: String,
    /// The policy's number.
    pub policy_number: String,
    /// The first day of cover.
    pub valid_from: NaiveDate,
    /// The last day of cover.
    pub valid_until: NaiveDate,
    /// The covered vehicles; `None`: the whole fleet, now and later.
    pub vehicles: Option<Vec<DeviceId>>,
    /// The policy that it goes on after.
    pub renews: Option<PolicyId>,
}

/// What is to be different about a policy; absent: as it is.
#[derive(Debug, Clone, Default)]
pub struct PolicyChange {
    /// The insurance company.
    pub insurer: Option<String>,
    /// The policy's number.
    pub policy_number: Option<String>,
    /// The first day of cover.
    pub valid_from: Option<NaiveDate>,
    /// The last day of cover.
    pub valid_until: Option<NaiveDate>,
    /// The covered vehicles; the inner `None`: the whole fleet, now and later.
    pub vehicles: Option<Option<Vec<DeviceId>>>,
    /// The first day on which these vehicles are the covered ones; absent: today.
    pub vehicles_from: Option<NaiveDate>,
}

/// What is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyProblem {
    /// A text is empty or too long.
    #[error("{0} must have 1 to 200 characters")]
    Text(&'static str),
    /// The last day lies before the first.
    #[error("valid_until lies before valid_from")]
    Backwards,
    /// The list of vehicles is empty.
    #[error("vehicles must be \"all\" or name at least one device_id")]
    NoVehicle,
}

impl NewPolicy {
    /// Judges the fields together.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(self) -> Result<Self, PolicyProblem> {
        check(&self.insurer, &self.policy_number, self.valid_from, self.valid_until)?;
        if self.vehicles.as_ref().is_some_and(Vec::is_empty) {
            return Err(PolicyProblem::NoVehicle);
        }
        Ok(self)
    }
}

/// How many characters the name of an insurer, or the number of a policy, has at most.
pub const LONGEST_INSURER: usize = 200;

fn check(insurer: &str, number: &str, from: NaiveDate, until: NaiveDate) -> Result<(), PolicyProblem> {
    let bad = |text: &str| text.trim().is_empty() || text.chars().count() > LONGEST_INSURER;
    if bad(insurer) {
        return Err(PolicyProblem::Text("insurer"));
    }
    if bad(number) {
        return Err(PolicyProblem::Text("policy_number"));
    }
    if until < from {
        return Err(PolicyProblem::Backwards);
    }
    Ok(())
}

/// A version of a policy as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its id, the same for all versions.
    pub id: PolicyId,
    /// Which version this is, from 1.
    pub version: u32,
    /// Whose vehicles it covers.
    pub operator_id: OperatorId,
    /// The insurance company.
    pub insurer: String,
    /// The policy's number.
    pub policy_number: String,
    /// The first day of cover.
    pub valid_from: NaiveDate,
    /// The last day of cover.
    pub valid_until: NaiveDate,
    /// Whether its newest list of vehicles is the whole fleet.
    pub covers_all: bool,
    /// Who vouches for this version.
    pub source: PolicySource,
    /// When this version was compared with the insurers' records.
    pub checked_at: Option<Moment>,
    /// What that found.
    pub check: Option<CheckOutcome>,
    /// Where the comparison can be looked up.
    pub reference: Option<String>,
    /// The policy that it goes on after.
    pub renews: Option<PolicyId>,
    /// Why this version was recorded.
    pub reason: String,
    /// The fleet list that stated it.
    pub import_id: Option<ImportId>,
    /// The account that recorded it; unknown for policies of the first days.
    pub recorded_by: Option<String>,
    /// When the registry learned of this version.
    pub recorded_at: Moment,
    /// When a newer version replaced it.
    pub superseded_at: Option<Moment>,
}

/// Why the first version of a policy is recorded.
const RECORDED: &str = "recorded";

impl Policy {
    /// Makes the first version of a policy: the operator's word.
    #[must_use]
    pub fn first(id: PolicyId, operator_id: OperatorId, new: &NewPolicy, by: &str, now: Moment) -> Self {
        Self {
            id,
            version: 1,
            operator_id,
            insurer: new.insurer.trim().to_owned(),
            policy_number: new.policy_number.trim().to_owned(),
            valid_from: new.valid_from,
            valid_until: new.valid_until,
            covers_all: new.vehicles.is_none(),
            source: PolicySource::Operator,
            checked_at: None,
            check: None,
            reference: None,
            renews: new.renews.clone(),
            reason: RECORDED.to_owned(),
            import_id: None,
            recorded_by: Some(by.to_owned()),
            recorded_at: now,
            superseded_at: None,
        }
    }

    /// Returns the next version, as alike as can be.
    #[must_use]
    pub fn next(&self, reason: &str, by: &str, now: Moment) -> Self {
        Self {
            version: self.version.saturating_add(1),
            reason: reason.to_owned(),
            import_id: None,
            recorded_by: Some(by.to_owned()),
            recorded_at: now,
            superseded_at: None,
            ..self.clone()
        }
    }

    /// Returns the next version with a change laid over it. What the insurers once confirmed was another text: the new
    /// one is the operator's word until it is checked.
    ///
    /// # Errors
    /// What is wrong with the policy as it would be.
    pub fn changed(&self, change: &PolicyChange, reason: &str, by: &str, now: Moment) -> Result<Self, PolicyProblem> {
        if change.vehicles.as_ref().is_some_and(|list| list.as_ref().is_some_and(Vec::is_empty)) {
            return Err(PolicyProblem::NoVehicle);
        }
        let stated = |new: Option<&String>, old: &str| new.map_or(old, |text| text.trim()).to_owned();
        let next = Self {
            insurer: stated(change.insurer.as_ref(), &self.insurer),
            policy_number: stated(change.policy_number.as_ref(), &self.policy_number),
            valid_from: change.valid_from.unwrap_or(self.valid_from),
            valid_until: change.valid_until.unwrap_or(self.valid_until),
            covers_all: change.vehicles.as_ref().map_or(self.covers_all, Option::is_none),
            source: PolicySource::Operator,
            checked_at: None,
            check: None,
            reference: None,
            ..self.next(reason, by, now)
        };
        check(&next.insurer, &next.policy_number, next.valid_from, next.valid_until)?;
        Ok(next)
    }

    /// Returns whether both say the same about the contract; vehicles and checks aside.
    #[must_use]
    pub fn same_contract(&self, other: &Self) -> bool {
        (&self.insurer, &self.policy_number) == (&other.insurer, &other.policy_number)
            && (self.valid_from, self.valid_until) == (other.valid_from, other.valid_until)
    }

    /// Returns whether this is the policy of that insurer and number, however the insurer is written.
    #[must_use]
    pub fn is_of(&self, insurer: &str, number: &str) -> bool {
        self.policy_number == number.trim() && Self::one_insurer(&self.insurer, insurer)
    }

    /// Returns whether two texts name one insurer, whatever its quotation marks and case.
    #[must_use]
    pub fn one_insurer(one: &str, other: &str) -> bool {
        one == other || Self::folded_insurer(one) == Self::folded_insurer(other)
    }

    /// Returns what is alike of all texts that name one insurer: letters and digits only, in lower case. `АО "Полис"` and
    /// `АО «ПОЛИС»` are one. Who compares many folds each once.
    #[must_use]
    pub fn folded_insurer(insurer: &str) -> String {
        insurer.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    }

    /// Returns whether some day lies in this policy's period and between those two days.
    #[must_use]
    pub fn meets(&self, from: NaiveDate, until: NaiveDate) -> bool {
        self.valid_from <= until && from <= self.valid_until
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;

    fn policy() -> Policy {
        let new = NewPolicy {
            insurer: " АО «Полис» ".to_owned(),
            policy_number: "П-1".to_owned(),
            valid_from: "2026-07-01".parse().unwrap(),
            valid_until: "2026-07-31".parse().unwrap(),
            vehicles: None,
            renews: None,
        };
        let (id, operator) = (PolicyId::from_text("p"), OperatorId::from_text("o"));
        Policy::first(id, operator, &new.check().unwrap(), "me", Moment::from_millis(1))
    }

    #[test]
    fn what_was_confirmed_is_the_operators_word_again_once_it_is_changed() {
        let checked = Policy {
            source: PolicySource::Insurer,
            check: Some(CheckOutcome::Confirmed),
            checked_at: Some(Moment::from_millis(2)),
            ..policy()
        };
        let until = Some("2026-07-10".parse().unwrap());
        let change = PolicyChange { valid_until: until, ..PolicyChange::default() };
        let next = checked.changed(&change, "ended early", "me", Moment::from_millis(3)).unwrap();
        assert_eq!((next.version, next.source, next.check, next.checked_at), (2, PolicySource::Operator, None, None));
        assert_eq!((next.valid_from, Some(next.valid_until)), (checked.valid_from, until));
    }

    #[test]
    fn a_policy_cannot_be_changed_into_one_that_could_not_be_recorded() {
        let early = PolicyChange { valid_until: Some("2026-06-30".parse().unwrap()), ..PolicyChange::default() };
        let changed = |change: &PolicyChange| policy().changed(change, "r", "me", Moment::from_millis(3));
        assert_eq!(changed(&early).unwrap_err(), PolicyProblem::Backwards);
        let nobody = PolicyChange { vehicles: Some(Some(Vec::new())), ..PolicyChange::default() };
        assert_eq!(changed(&nobody).unwrap_err(), PolicyProblem::NoVehicle);
        let blank = PolicyChange { insurer: Some("  ".to_owned()), ..PolicyChange::default() };
        assert_eq!(changed(&blank).unwrap_err(), PolicyProblem::Text("insurer"));
    }

    #[test]
    fn an_insurer_is_the_same_however_it_is_quoted() {
        assert!(policy().is_of("ао \"ПОЛИС\"", " П-1 ") && !policy().is_of("АО Полис-2", "П-1"));
    }

    #[test]
    fn periods_that_share_their_last_day_meet_and_adjoining_ones_do_not() {
        let day = |text: &str| text.parse().unwrap();
        assert!(policy().meets(day("2026-07-31"), day("2026-08-31")));
        assert!(!policy().meets(day("2026-08-01"), day("2026-08-31")));
    }
}
