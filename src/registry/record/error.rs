//! Why reports were not taken.
//!
//! *Invariant:* what is wrong with one report is a [`ReportProblem`] of it and never fails its neighbours.

use thiserror::Error;

use crate::model::{MomentProblem, TextIdProblem};
use crate::storage;
use crate::words::{Language, say};

/// Why a call was not carried out.
#[derive(Debug, Error)]
pub enum RecordError {
    /// The caller is no operator.
    #[error("only an operator reports rides")]
    NotAnOperator,
    /// Nothing was reported.
    #[error("the list of rides is empty")]
    Empty,
    /// More than one call takes.
    #[error("{count} rides were sent, and one call takes {most}")]
    TooMany {
        /// How many were sent.
        count: usize,
        /// How many one call takes.
        most: usize,
    },
    /// Reporting cannot be complete up to an instant that has not come.
    #[error("complete_until lies in the future")]
    InFuture,
    /// The entry of the audit log cannot be written.
    #[error("the rides cannot be entered into the audit log")]
    Entry(#[from] crate::audit::EntryProblem),
    /// The database failed.
    #[error("the rides could not be recorded")]
    Storage(#[from] storage::Error),
}

/// Why one report was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReportProblem {
    /// The row or line cannot be read.
    #[error("the row cannot be read")]
    Unreadable,
    /// The item is no object.
    #[error("a report must be an object")]
    NotAnObject,
    /// A field that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field has a value of another type.
    #[error("{field} must be {expected}")]
    Type {
        /// The field.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// An id cannot be one.
    #[error("{field} is no id")]
    Id {
        /// The field.
        field: &'static str,
        /// Why.
        #[source]
        problem: TextIdProblem,
    },
    /// An instant cannot be read.
    #[error("{field} is no instant")]
    Instant {
        /// The field.
        field: &'static str,
        /// Why.
        #[source]
        problem: MomentProblem,
    },
    /// A place lies outside the globe.
    #[error("{0} is no place")]
    Place(&'static str),
    /// The end lies before the start.
    #[error("the ride ends before it starts")]
    EndsBeforeStart,
    /// No such vehicle in the operator's fleet.
    #[error("the vehicle {0} is not in the fleet")]
    UnknownVehicle(String),
    /// The plate is none of the operator's numbers, or fits several.
    #[error("the plate {0} is none of the fleet's numbers, or fits several")]
    UnknownPlate(String),
    /// The same ride stands in this call before, with other values.
    #[error("the ride {0} stands in this call twice, with different values")]
    TwiceInCall(String),
}

impl ReportProblem {
    /// Returns the name of the problem, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::NotAnObject => "not_an_object",
            Self::Missing(_) => "missing",
            Self::Type { .. } => "wrong_type",
            Self::Id { .. } => "bad_id",
            Self::Instant { problem: MomentProblem::NoOffset, .. } => "no_offset",
            Self::Instant { problem: MomentProblem::Unreadable, .. } => "bad_instant",
            Self::Instant { problem: MomentProblem::OutOfRange, .. } => "instant_out_of_range",
            Self::Place(_) => "bad_place",
            Self::EndsBeforeStart => "ends_before_start",
            Self::UnknownVehicle(_) => "unknown_vehicle",
            Self::UnknownPlate(_) => "unknown_plate",
            Self::TwiceInCall(_) => "twice_in_call",
        }
    }

    /// Returns what is wrong and how to mend it, in the caller's language.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let (field, value) = match self {
            Self::Type { field, expected } => (*field, (*expected).to_owned()),
            Self::Missing(field) | Self::Place(field) | Self::Id { field, .. } | Self::Instant { field, .. } => {
                (*field, String::new())
            }
            Self::UnknownVehicle(value) | Self::UnknownPlate(value) | Self::TwiceInCall(value) => ("", value.clone()),
            Self::Unreadable | Self::NotAnObject | Self::EndsBeforeStart => ("", String::new()),
        };
        say(language, &format!("sessions.{}", self.code()), &[("field", field), ("value", &value)])
    }
}
