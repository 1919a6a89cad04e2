//! Each deed's errors as problems.
//!
//! *Invariant:* every variant is named here: a new one does not compile until somebody decided what its caller is told.

use actix_web::http::header;

use super::caller::key_invalid;
use super::fault::{Fault, Spot};
use super::kind::Kind;
use super::problem::Problem;
use super::wrong::Wrong;
use crate::model::{IdentificationProblem, OperatorProblem, PolicyProblem};
use crate::registry::access::{AccessError, AccountError};
use crate::registry::admit::AdmitError;
use crate::registry::attest::AttestError;
use crate::registry::book::OnceError;
use crate::registry::claim::ClaimError;
use crate::registry::enroll::EnrollError;
use crate::registry::insure::InsureError;
use crate::registry::items::ItemError;
use crate::registry::print::PrintError;
use crate::registry::read::{NumberError, ReadError};
use crate::registry::record::RecordError;
use crate::registry::resolve::{FieldProblem, ResolveError};
use crate::storage::Error as StorageError;

/// How many vehicles that are not in the fleet are named one by one.
const UNKNOWN_NAMED: usize = 100;
/// How many of the numbers that a text may mean are named.
const NUMBERS_NAMED: usize = 10;

fn ours(error: impl std::error::Error + Send + Sync + 'static) -> Problem {
    Problem::new(Kind::Internal).because(error)
}

fn reason_missing() -> Problem {
    Problem::invalid([Fault::field("reason", Wrong::Length).with("least", &1).with("most", &2000)])
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Busy(_) | StorageError::Lost(_) | StorageError::Unsettled(_) => {
                Self::new(Kind::Busy).because(error)
            }
            StorageError::Missing | StorageError::Conflict(_) | StorageError::Broken(_) => ours(error),
        }
    }
}

impl<E: Into<Self>> From<OnceError<E>> for Problem {
    fn from(error: OnceError<E>) -> Self {
        match error {
            OnceError::Deed(error) => error.into(),
            OnceError::OtherCall => Self::new(Kind::KeyReused),
            OnceError::NotKept => Self::new(Kind::SecretNotKept),
            OnceError::InFlight => Self::new(Kind::InFlight).retry_after(1),
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Storage(error) => error.into(),
            AccessError::Unreadable(_) | AccessError::Invalid => key_invalid().because(error),
        }
    }
}

impl From<AdmitError> for Problem {
    fn from(error: AdmitError) -> Self {
        match error {
            AdmitError::BinTaken => Self::new(Kind::BinTaken).at(Fault::field("bin", Wrong::Taken)),
            AdmitError::Unknown => Self::new(Kind::NotFound),
            AdmitError::ReasonMissing => reason_missing(),
            AdmitError::Suspended => Self::new(Kind::AlreadySuspended),
            AdmitError::NotSuspended => Self::new(Kind::NotSuspended),
            AdmitError::Storage(error) => error.into(),
        }
    }
}

/// Returns what is wrong with an operator to be admitted.
#[must_use]
pub(crate) fn operator_fault(problem: &OperatorProblem) -> Fault {
    let field = problem.field();
    match problem {
        OperatorProblem::Text { most, .. } => Fault::field(field, Wrong::Length).with("least", &1).with("most", &most),
        OperatorProblem::Email => Fault::field(field, Wrong::Email),
        OperatorProblem::Bin(IdentificationProblem::Shape) => Fault::field(field, Wrong::BinShape),
        OperatorProblem::Bin(IdentificationProblem::CheckDigit { expected: Some(expected) }) => {
            Fault::field(field, Wrong::BinCheckDigit).with("expected", &expected)
        }
        OperatorProblem::Bin(IdentificationProblem::CheckDigit { expected: None }) => {
            Fault::field(field, Wrong::BinNeverGiven)
        }
        OperatorProblem::Custody => Fault::field(field, Wrong::OneOf).with("values", &"deposited, held"),
    }
}

impl From<ClaimError> for Problem {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::NotAnOperator => Self::new(Kind::Forbidden),
            ClaimError::Suspended => Self::new(Kind::OperatorSuspended),
            ClaimError::Taken(letter) => {
                Self::new(Kind::LetterTaken).with("letter", &letter).at(Fault::field("letter", Wrong::Taken))
            }
            ClaimError::Enough => Self::new(Kind::NoFurtherLetter),
            ClaimError::NoLetters => Self::new(Kind::NoLetters),
            ClaimError::InFuture => Self::invalid([Fault::field("in_use_since", Wrong::InFuture)]),
            ClaimError::Unknown(_) => Self::new(Kind::NotFound),
            ClaimError::Own => Self::new(Kind::OwnClaim),
            ClaimError::Over(letter) => Self::new(Kind::ObjectionsOver).with("letter", &letter),
            ClaimError::Decided(letter) => Self::new(Kind::ClaimDecided).with("letter", &letter),
            ClaimError::ReasonMissing => reason_missing(),
            ClaimError::Storage(error) => error.into(),
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Unknown => Self::new(Kind::NotFound),
            AccountError::AuthorityMissing => Self::invalid([Fault::field("authority", Wrong::AuthorityMissing)]),
            AccountError::OperatorMissing => Self::invalid([Fault::field("operator_id", Wrong::OperatorMissing)]),
            AccountError::Name => {
                Self::invalid([Fault::field("name", Wrong::Length).with("least", &1).with("most", &200)])
            }
            AccountError::NoScope => Self::invalid([Fault::field("scopes", Wrong::NoScope)]),
            AccountError::Scope(scope) => Self::invalid([Fault::field("scopes", Wrong::Scope).with("scope", &scope)]),
            AccountError::Expired => Self::invalid([Fault::field("expires_at", Wrong::InPast)]),
            AccountError::Outlives(most) => {
                Self::invalid([Fault::field("expires_at", Wrong::Outlives).with("most", &most.to_utc_text())])
            }
            AccountError::Storage(error) => error.into(),
        }
    }
}

impl From<EnrollError> for Problem {
    fn from(error: EnrollError) -> Self {
        match error {
            EnrollError::NotAnOperator => Self::new(Kind::Forbidden),
            EnrollError::Suspended => Self::new(Kind::OperatorSuspended),
            EnrollError::NoConfirmedSeries => Self::new(Kind::NoConfirmedLetter),
            EnrollError::Unknown => Self::new(Kind::NotFound),
            EnrollError::NotChecked { status } => Self::new(Kind::ImportNotChecked).with("status", &status),
            EnrollError::NotReady { status } => Self::new(Kind::ImportNotReady).with("status", &status),
            EnrollError::Mapping(problem) => {
                Self::invalid([Fault::parameter("map", Wrong::Mapping).said(move |language| problem.say(language))])
            }
            EnrollError::AdoptUpTo => Self::invalid([Fault::parameter("adopt_up_to", Wrong::PlateNumber)]),
            EnrollError::Report(_) | EnrollError::Entry(_) => ours(error),
            EnrollError::Storage(error) => error.into(),
        }
    }
}

impl From<InsureError> for Problem {
    fn from(error: InsureError) -> Self {
        match error {
            InsureError::NotAnOperator => Self::new(Kind::Forbidden),
            InsureError::Problem(problem) => Self::invalid([policy_fault(&problem)]),
            InsureError::UnknownVehicles(devices) => Self::invalid(devices.iter().take(UNKNOWN_NAMED).map(|device| {
                Fault::field("vehicles", Wrong::VehicleUnknown).with("device_id", &device).with("count", &devices.len())
            })),
            InsureError::UnknownRenewed => Self::invalid([Fault::field("renews", Wrong::PolicyUnknown)]),
            InsureError::Exists(id) => Self::new(Kind::PolicyExists)
                .with("policy", &id)
                .header(header::LOCATION, &format!("/v1/policies/{id}")),
            InsureError::Unknown => Self::new(Kind::NotFound),
            InsureError::ReasonMissing => reason_missing(),
            InsureError::TooLong(field) => {
                Self::invalid([Fault::field(field, Wrong::Length).with("least", &0).with("most", &2000)])
            }
            InsureError::InFuture => Self::invalid([Fault::field("checked_at", Wrong::InFuture)]),
            InsureError::Storage(error) => error.into(),
        }
    }
}

fn policy_fault(problem: &PolicyProblem) -> Fault {
    match problem {
        PolicyProblem::Text(field) => Fault::field(field, Wrong::Length).with("least", &1).with("most", &200),
        PolicyProblem::Backwards => Fault::field("valid_until", Wrong::Backwards),
        PolicyProblem::NoVehicle => Fault::field("vehicles", Wrong::Vehicles),
    }
}

impl From<ItemError> for Problem {
    fn from(error: ItemError) -> Self {
        match error {
            ItemError::NotAnOperator => Self::new(Kind::Forbidden),
            ItemError::Unknown => Self::new(Kind::NotFound),
            ItemError::Suspended => Self::new(Kind::OperatorSuspended),
            ItemError::Annulled => Self::new(Kind::AnnulledNotPrinted),
            ItemError::Withdrawn => Self::new(Kind::PlateWithdrawn),
            ItemError::InFuture => Self::invalid([Fault::field("at", Wrong::InFuture)]),
            ItemError::TooEarly => Self::invalid([Fault::field("at", Wrong::BeforePlate)]),
            ItemError::ReasonMissing => reason_missing(),
            ItemError::TooLong(field) => {
                Self::invalid([Fault::field(field, Wrong::Length).with("least", &1).with("most", &2000)])
            }
            ItemError::UnknownVehicle(device) => Self::invalid([Fault::field("device_id", Wrong::VehicleUnknown)
                .with("device_id", &device)
                .with("count", &1)]),
            ItemError::Settled => Self::new(Kind::AlarmSettled),
            ItemError::Storage(error) => error.into(),
        }
    }
}

impl From<PrintError> for Problem {
    fn from(error: PrintError) -> Self {
        match error {
            PrintError::Unknown => Self::new(Kind::NotFound),
            PrintError::Number(error) => error.into(),
            PrintError::Suspended => Self::new(Kind::OperatorSuspended),
            PrintError::Annulled => Self::new(Kind::AnnulledNotPrinted),
            PrintError::Withdrawn => Self::new(Kind::PlateWithdrawn),
            PrintError::OtherPosition(position) => {
                Self::invalid([Fault::parameter("position", Wrong::OneOf).with("values", &position)])
            }
            PrintError::NoLabel => Self::invalid([Fault::parameter("part", Wrong::NoLabel)]),
            PrintError::NoKey | PrintError::Code(_) | PrintError::Picture(_) => ours(error),
            PrintError::Storage(error) => error.into(),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotAnOperator => Self::new(Kind::Forbidden),
            // What cannot be a number is none of the caller's numbers.
            ReadError::Unknown | ReadError::Unreadable(_) => Self::new(Kind::NotFound),
            ReadError::Storage(error) => error.into(),
        }
    }
}

impl From<NumberError> for Problem {
    fn from(error: NumberError) -> Self {
        match error {
            NumberError::NotAnOperator => Self::new(Kind::Forbidden),
            // What cannot be a number is none of the caller's numbers.
            NumberError::Unknown | NumberError::Unreadable(_) => Self::new(Kind::NotFound),
            NumberError::Several(numbers) => {
                let texts: Vec<_> = numbers.iter().take(NUMBERS_NAMED).map(ToString::to_string).collect();
                let more = if numbers.len() > NUMBERS_NAMED { ", …" } else { "" };
                let named = format!("{}{more}", texts.join(", "));
                Self::invalid([Fault::parameter("number", Wrong::SeveralNumbers).with("numbers", &named)])
            }
            NumberError::Storage(error) => error.into(),
        }
    }
}

impl From<RecordError> for Problem {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::NotAnOperator => Self::new(Kind::Forbidden),
            RecordError::Empty => Self::invalid([Fault::new(Spot::Pointer(String::new()), Wrong::NoReport)]),
            RecordError::TooMany { count, most } => {
                Self::new(Kind::TooManyReports).with("count", &count).with("most", &most)
            }
            RecordError::InFuture => Self::invalid([Fault::field("complete_until", Wrong::InFuture)]),
            RecordError::Entry(_) => ours(error),
            RecordError::Storage(error) => error.into(),
        }
    }
}

/// Returns what is wrong with a field of a question.
#[must_use]
pub(crate) fn question_fault(problem: FieldProblem) -> Fault {
    Fault::found(problem.field, problem.code, problem.text)
}

impl From<ResolveError> for Problem {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Unknown => Self::new(Kind::NotFound),
            ResolveError::NotPending => Self::new(Kind::CaseNamed),
            ResolveError::Fault | ResolveError::Kept(_) | ResolveError::Unreadable(_) | ResolveError::Entry(_) => {
                ours(error)
            }
            ResolveError::Overtaken => Self::new(Kind::Busy).because(error),
            ResolveError::Storage(error) => error.into(),
        }
    }
}

impl From<AttestError> for Problem {
    fn from(error: AttestError) -> Self {
        match error {
            AttestError::Unknown => Self::new(Kind::NotFound),
            AttestError::NotSignedYet => Self::new(Kind::NotSignedYet).retry_after(1),
            AttestError::Forbidden => Self::new(Kind::Forbidden),
            AttestError::OtherKey { .. } | AttestError::Broken(_) | AttestError::Entry(_) => ours(error),
            AttestError::Storage(error) => error.into(),
        }
    }
}
