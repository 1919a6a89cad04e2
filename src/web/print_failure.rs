//! What stands against printing plates, as problems.
//!
//! *Invariant:* every variant is named here: a new one does not compile until somebody decided what its caller is told.

use super::fault::{Fault, Spot as Place};
use super::kind::Kind;
use super::problem::Problem;
use super::wrong::Wrong;
use crate::model::Position;
use crate::plate::PlateNumber;
use crate::registry::press::{OrderFault, OrderWrong, PrintJobError, Spot};

/// How many of the numbers that a text may mean are named.
const NUMBERS_NAMED: usize = 10;
/// In how many seconds a file that is not made is worth asking for again.
const AGAIN_S: u64 = 2;

impl From<PrintJobError> for Problem {
    fn from(error: PrintJobError) -> Self {
        match error {
            PrintJobError::NotAnOperator => Self::new(Kind::Forbidden),
            PrintJobError::Unknown => Self::new(Kind::NotFound),
            PrintJobError::Suspended => Self::new(Kind::OperatorSuspended),
            PrintJobError::Order(faults) => Self::invalid(faults.iter().map(order_fault)),
            PrintJobError::NoLabel => Self::invalid([Fault::field("part", Wrong::NoLabel)]),
            PrintJobError::Stock(why) => Self::invalid([Fault::field("stock", Wrong::Stock).with("why", &why)]),
            PrintJobError::ReasonMissing { count, first } => {
                let fault = Fault::field("reason", Wrong::ReprintReason).with("count", &count);
                Self::invalid([fault.with("which", &plates(&first, count))])
            }
            PrintJobError::CopiesWithoutReason => Self::invalid([Fault::field("reason", Wrong::CopiesReason)]),
            PrintJobError::ReasonTooLong => {
                Self::invalid([Fault::field("reason", Wrong::Length).with("least", &1).with("most", &2000)])
            }
            PrintJobError::NotMade { status } => {
                let problem = Self::new(Kind::PrintFileNotMade).with("status", &status);
                let comes = matches!(status.as_str(), "queued" | "working");
                if comes { problem.retry_after(AGAIN_S) } else { problem }
            }
            PrintJobError::Erased => Self::new(Kind::PrintFilesErased),
            PrintJobError::Ended { status } => Self::new(Kind::PrintJobEnded).with("status", &status),
            PrintJobError::NoKey
            | PrintJobError::OrderUnreadable(_)
            | PrintJobError::Press(_)
            | PrintJobError::Code(_)
            | PrintJobError::Picture(_)
            | PrintJobError::Packing(_)
            | PrintJobError::Report(_) => Self::new(Kind::Internal).because(error),
            PrintJobError::Storage(error) => error.into(),
        }
    }
}

fn order_fault(fault: &OrderFault) -> Fault {
    let at = |wrong| Fault::new(Place::Pointer(pointer(fault.spot)), wrong);
    match &fault.wrong {
        OrderWrong::Unreadable => at(Wrong::PlateNumber),
        OrderWrong::Unknown if fault.spot == Spot::Import => at(Wrong::ImportUnknown),
        OrderWrong::Unknown => at(Wrong::NumberUnknown),
        OrderWrong::Several(numbers) => at(Wrong::SeveralNumbers).with("numbers", &named(numbers, numbers.len())),
        OrderWrong::Repeated => at(Wrong::NumberRepeated),
        OrderWrong::Annulled(first, count) => {
            at(Wrong::NumbersAnnulled).with("count", count).with("which", &named(first, *count))
        }
        OrderWrong::Withdrawn(first, count) => {
            at(Wrong::PlatesWithdrawn).with("count", count).with("which", &plates(first, *count))
        }
        OrderWrong::NotCommitted(status) => at(Wrong::ImportOpen).with("status", status),
        OrderWrong::Nothing => at(Wrong::NothingToPrint),
        OrderWrong::TooMany(most) => at(Wrong::Many).with("most", most),
        OrderWrong::NoRange => at(Wrong::NumberRange),
    }
}

fn pointer(spot: Spot) -> String {
    match spot {
        Spot::Number(place) => format!("/numbers/{place}"),
        Spot::Numbers => "/numbers".to_owned(),
        Spot::Import => "/import".to_owned(),
        Spot::Range => "/range".to_owned(),
        Spot::From => "/range/from".to_owned(),
        Spot::To => "/range/to".to_owned(),
    }
}

fn plates(first: &[(PlateNumber, Position)], count: usize) -> String {
    let texts: Vec<_> = first.iter().map(|(number, position)| format!("{number} {position}")).collect();
    named(&texts, count)
}

fn named(first: &[impl ToString], count: usize) -> String {
    let texts: Vec<_> = first.iter().take(NUMBERS_NAMED).map(ToString::to_string).collect();
    let more = if count > texts.len() { ", …" } else { "" };
    format!("{}{more}", texts.join(", "))
}
