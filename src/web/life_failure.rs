//! What stands against a deed about a vehicle's life, as problems.
//!
//! *Invariant:* every variant is named here: a new one does not compile until somebody decided what its caller is told.

use super::fault::{Fault, Spot};
use super::kind::Kind;
use super::problem::Problem;
use super::wrong::Wrong;
use crate::model::MaintenanceProblem;
use crate::registry::life::LifeError;

impl From<LifeError> for Problem {
    fn from(error: LifeError) -> Self {
        let invalid = |field, wrong| Self::invalid([Fault::field(field, wrong)]);
        match error {
            LifeError::NotAnOperator => Self::new(Kind::Forbidden),
            // What cannot be a number is none of the caller's numbers.
            LifeError::Unknown | LifeError::Unreadable(_) => Self::new(Kind::NotFound),
            LifeError::NotKnownThen { registered_at } => {
                Self::new(Kind::NotKnownThen).with("registered_at", &registered_at.to_utc_text())
            }
            LifeError::Text(field, most) => Self::invalid([too_long(field, most)]),
            LifeError::Year => {
                let fault = Fault::field("year", Wrong::WholeNumber);
                Self::invalid([fault.with("least", &1990).with("most", &2100)])
            }
            LifeError::InFuture(field) => invalid(field, Wrong::InFuture),
            LifeError::Backwards("out_of_service") => invalid("out_of_service", Wrong::Backwards),
            LifeError::Backwards(field) => invalid(field, Wrong::EndsBeforeBeginning),
            LifeError::NoFact => Self::invalid([Fault::new(Spot::Pointer(String::new()), Wrong::NoFact)]),
            LifeError::NothingToReplace => invalid("replaces", Wrong::NotCurrent),
            LifeError::Moved { version } => Self::new(Kind::VersionMoved).with("version", &version),
            LifeError::SerialNumberTaken => {
                Self::new(Kind::SerialNumberTaken).at(Fault::field("serial_number", Wrong::Taken))
            }
            LifeError::Retired { from } => Self::new(Kind::VehicleRetired).with("from", &from.to_utc_text()),
            LifeError::NotRetired => Self::new(Kind::NotRetired),
            LifeError::NumberAnnulled => Self::new(Kind::NumberAnnulled),
            LifeError::NothingToCorrect => Self::new(Kind::NothingToCorrect),
            LifeError::Maintenance(problem) => Self::invalid([maintenance_fault(problem)]),
            LifeError::Storage(error) => error.into(),
        }
    }
}

fn too_long(field: &str, most: usize) -> Fault {
    Fault::field(field, Wrong::Length).with("least", &1).with("most", &most)
}

fn maintenance_fault(problem: MaintenanceProblem) -> Fault {
    match problem {
        MaintenanceProblem::Text(field, most) => too_long(field, most),
        MaintenanceProblem::TooManyParts(most) => Fault::field("parts", Wrong::Many).with("most", &most),
        MaintenanceProblem::Backwards => Fault::field("ended_at", Wrong::EndsBeforeBeginning),
        MaintenanceProblem::InFuture => Fault::field("began_at", Wrong::InFuture),
        MaintenanceProblem::Odometer => {
            Fault::field("odometer_km", Wrong::Figure).with("least", &0).with("most", &1_000_000)
        }
    }
}
