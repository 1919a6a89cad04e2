//! One thing that is wrong in a request, where it stands, and how it is said.
//!
//! *Invariant:* the value that was sent is not repeated: it may be a plate or a person's.

use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

use super::wrong::Wrong;
use crate::words::{Language, say};

/// Where something wrong stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Spot {
    /// In the body, as a JSON Pointer (RFC 6901).
    Pointer(String),
    /// In the query, by parameter.
    Parameter(String),
    /// In a header, by name.
    Header(&'static str),
    /// In the text of the body, by line and column from 1.
    Text {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
}

enum Words {
    /// `faults.<code>` with its placeholders filled.
    Ours(Vec<(&'static str, String)>),
    /// What the floor below says itself.
    Theirs(Box<dyn Fn(Language) -> String + Send + Sync>),
}

/// One thing that is wrong in a request.
pub(crate) struct Fault {
    spot: Spot,
    code: &'static str,
    words: Words,
}

/// One thing that is wrong, as it leaves the house.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct FaultDocument {
    /// JSON Pointer to the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pointer: Option<String>,
    /// The parameter of the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameter: Option<String>,
    /// The header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) header: Option<String>,
    /// The line of the body, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    /// The column of that line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<usize>,
    /// What is wrong, for programs.
    pub(crate) code: String,
    /// What is wrong and what is expected, in the caller's language.
    pub(crate) detail: String,
}

impl Fault {
    /// Says what is wrong with something that stands there.
    #[must_use]
    pub(crate) const fn new(spot: Spot, wrong: Wrong) -> Self {
        Self { spot, code: wrong.code(), words: Words::Ours(Vec::new()) }
    }

    /// Says what is wrong with a field of the body.
    #[must_use]
    pub(crate) fn field(name: &str, wrong: Wrong) -> Self {
        Self::new(Spot::Pointer(pointer(name)), wrong)
    }

    /// Says what is wrong with a parameter of the query.
    #[must_use]
    pub(crate) fn parameter(name: &str, wrong: Wrong) -> Self {
        Self::new(Spot::Parameter(name.to_owned()), wrong)
    }

    /// Fills a placeholder of the text.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: &impl ToString) -> Self {
        if let Words::Ours(arguments) = &mut self.words {
            arguments.push((name, value.to_string()));
        }
        self
    }

    /// Takes what a deed found wrong with a field, under its own code.
    #[must_use]
    pub(crate) fn found(field: &str, code: &'static str, text: String) -> Self {
        let words = Words::Theirs(Box::new(move |_| text.clone()));
        Self { spot: Spot::Pointer(pointer(field)), code, words }
    }

    /// Lets the floor below say it: it knows better what is wrong.
    #[must_use]
    pub(crate) fn said(mut self, say: impl Fn(Language) -> String + Send + Sync + 'static) -> Self {
        self.words = Words::Theirs(Box::new(say));
        self
    }

    /// Returns the fault for people and programs.
    #[must_use]
    pub(crate) fn document(&self, language: Language) -> FaultDocument {
        let detail = match &self.words {
            Words::Theirs(say) => say(language),
            Words::Ours(arguments) => {
                let arguments: Vec<_> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
                say(language, &format!("faults.{}", self.code), &arguments)
            }
        };
        let mut document = FaultDocument { code: self.code.to_owned(), detail, ..FaultDocument::default() };
        match &self.spot {
            Spot::Pointer(pointer) => document.pointer = Some(pointer.clone()),
            Spot::Parameter(name) => document.parameter = Some(name.clone()),
            Spot::Header(name) => document.header = Some((*name).to_owned()),
            Spot::Text { line, column } => {
                document.line = Some(*line);
                document.column = Some(*column);
            }
        }
        document
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Fault({} at {:?})", self.code, self.spot)
    }
}

/// Returns the JSON Pointer of a field of the body's top level (RFC 6901, section 3).
#[must_use]
pub(crate) fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_slash_is_one_step_of_the_pointer() {
        assert_eq!(pointer("a/b~c"), "/a~1b~0c");
    }

    #[test]
    fn a_fault_says_where_and_what_in_the_language_of_the_caller() {
        let fault = Fault::field("legal_name", Wrong::Length).with("least", &1).with("most", &200);
        for language in Language::ALL {
            let document = fault.document(language);
            assert_eq!(document.pointer.as_deref(), Some("/legal_name"));
            assert!(document.detail.contains("200") && !document.detail.contains('{'), "{}", document.detail);
        }
        assert_ne!(fault.document(Language::Ru).detail, fault.document(Language::Kk).detail);
    }
}
