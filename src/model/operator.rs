//! Operators: the sharing companies.
//!
//! *Invariant:* suspension stops new numbers and printing; it never makes a number invalid.

use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

use super::account::named_variants;
use super::{IdentificationNumber, IdentificationProblem, Moment, OperatorId};

/// Where an operator's ride sessions are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Custody {
    /// The operator reports them to the registry.
    Deposited,
    /// The operator keeps them and answers when asked.
    Held,
}

named_variants!(Custody { Deposited => "deposited", Held => "held" });

/// Whether an operator may receive new numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorStatus {
    /// Admitted and at work.
    Admitted,
    /// No new numbers, no printing; everything else goes on.
    Suspended,
    /// Gone; its records stay.
    Closed,
}

named_variants!(OperatorStatus { Admitted => "admitted", Suspended => "suspended", Closed => "closed" });

/// An operator as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Its id.
    pub id: OperatorId,
    /// Its name in law.
    pub legal_name: String,
    /// BIN of a company, IIN of a sole trader (personal data).
    pub bin: String,
    /// The number that is answered at any hour.
    pub contact_phone: String,
    /// Where it is written to.
    pub contact_email: String,
    /// Where its ride sessions are kept.
    pub custody: Custody,
    /// Since when it is admitted.
    pub admitted_at: Moment,
    /// The reason of the running suspension and its beginning.
    pub suspension: Option<(Moment, String)>,
    /// When it closed.
    pub closed_at: Option<Moment>,
}

impl Operator {
    /// Returns whether it may receive new numbers.
    #[must_use]
    pub const fn status(&self) -> OperatorStatus {
        match (self.closed_at.is_some(), self.suspension.is_some()) {
            (true, _) => OperatorStatus::Closed,
            (false, true) => OperatorStatus::Suspended,
            (false, false) => OperatorStatus::Admitted,
        }
    }
}

/// An operator to be admitted; every field was judged.
#[derive(Debug, Clone)]
pub struct NewOperator {
    /// Its name in law.
    pub legal_name: String,
    /// Its BIN or IIN.
    pub bin: IdentificationNumber,
    /// The number that is answered at any hour.
    pub contact_phone: String,
    /// Where it is written to.
    pub contact_email: String,
    /// Where its ride sessions are kept.
    pub custody: Custody,
}

/// What is wrong with an operator to be admitted, by field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OperatorProblem {
    /// A text is empty or too long.
    #[error("{field} must have 1 to {most} characters")]
    Text {
        /// The field's name.
        field: &'static str,
        /// How many characters it may have.
        most: usize,
    },
    /// An address without `@`.
    #[error("contact_email must be an e-mail address")]
    Email,
    /// Not a BIN or IIN.
    #[error("bin is wrong")]
    Bin(#[source] IdentificationProblem),
    /// Neither `deposited` nor `held`.
    #[error("custody must be deposited or held")]
    Custody,
}

impl OperatorProblem {
    /// Returns the name of the field that is wrong.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Text { field, .. } => field,
            Self::Email => "contact_email",
            Self::Bin(_) => "bin",
            Self::Custody => "custody",
        }
    }
}

impl NewOperator {
    /// Judges the fields; telephone numbers and names are text and not judged further.
    ///
    /// # Errors
    /// All that is wrong, not only the first.
    pub fn parse(
        legal_name: &str,
        bin: &str,
        contact_phone: &str,
        contact_email: &str,
        custody: &str,
    ) -> Result<Self, Vec<OperatorProblem>> {
        let mut problems = Vec::new();
        let mut text = |field: &'static str, value: &str| {
            let value = value.trim();
            let most = 200;
            if value.is_empty() || value.chars().count() > most {
                problems.push(OperatorProblem::Text { field, most });
            }
            value.to_owned()
        };
        let legal_name = text("legal_name", legal_name);
        let contact_phone = text("contact_phone", contact_phone);
        let contact_email = text("contact_email", contact_email);
        if !contact_email.is_empty() && !contact_email.contains('@') {
            problems.push(OperatorProblem::Email);
        }
        let custody = Custody::find(custody.trim());
        if custody.is_none() {
            problems.push(OperatorProblem::Custody);
        }
        let bin = IdentificationNumber::parse(bin).map_err(OperatorProblem::Bin);
        match (bin, custody, problems.is_empty()) {
            (Ok(bin), Some(custody), true) => Ok(Self { legal_name, bin, contact_phone, contact_email, custody }),
            (bin, _, _) => {
                problems.extend(bin.err());
                Err(problems)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let fields = |problems: Vec<OperatorProblem>| problems.iter().map(OperatorProblem::field).collect::<Vec<_>>();
        let all = NewOperator::parse(" ", "180240012347", "", "nobody", "somewhere").map_err(fields).err();
        assert_eq!(all, Some(vec!["legal_name", "contact_phone", "contact_email", "custody", "bin"]));
    }
}
