//! A refusal as a value: what kind it is, what is wrong, why inwardly; and as `application/problem+json` (RFC 9457).
//!
//! *Invariant:* the cause never leaves the house; a fault of ours explains nothing but its instance id.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use std::error::Error;
use std::fmt;
use utoipa::ToSchema;

use super::fault::{Fault, FaultDocument};
use super::kind::Kind;
use crate::words::{Language, say};

/// A refusal.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    arguments: Vec<(&'static str, String)>,
    faults: Vec<Fault>,
    headers: Vec<(header::HeaderName, HeaderValue)>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// A refusal as it leaves the house (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemDocument {
    /// The address that explains this type of problem and what to do.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The type of problem in a few words, in the caller's language.
    pub(crate) title: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What to do about it, in the caller's language.
    pub(crate) detail: String,
    /// The id under which this occurrence stands in our log.
    pub(crate) instance: String,
    /// All that is wrong in the request, one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<FaultDocument>,
}

impl Problem {
    /// Refuses.
    #[must_use]
    pub(crate) fn new(kind: Kind) -> Self {
        let mut problem = Self { kind, arguments: Vec::new(), faults: Vec::new(), headers: Vec::new(), cause: None };
        if kind == Kind::Busy {
            problem = problem.retry_after(1);
        }
        problem
    }

    /// Refuses a request in which this is wrong.
    #[must_use]
    pub(crate) fn invalid(faults: impl IntoIterator<Item = Fault>) -> Self {
        let mut problem = Self::new(Kind::Invalid);
        problem.faults.extend(faults);
        problem
    }

    /// Fills a placeholder of the texts.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    /// Says where it is wrong.
    #[must_use]
    pub(crate) fn at(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Keeps the cause for our log.
    #[must_use]
    pub(crate) fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Adds a header.
    #[must_use]
    pub(crate) fn header(mut self, name: header::HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// Says in how many seconds it is worth trying again (RFC 9110, 10.2.3).
    #[must_use]
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, &seconds.to_string())
    }

    /// Returns the type.
    #[must_use]
    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the causes, outermost first, in one line.
    #[must_use]
    pub(crate) fn chain(&self) -> Option<String> {
        let cause = self.cause.as_deref()?;
        let mut text = cause.to_string();
        let mut next = cause.source();
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        Some(text)
    }

    /// Returns the refusal for people and programs.
    #[must_use]
    pub(crate) fn document(&self, language: Language, instance: &str) -> ProblemDocument {
        let slug = self.kind.slug();
        let arguments: Vec<_> = self.arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        ProblemDocument {
            kind: format!("/problems/{slug}"),
            title: say(language, &format!("problems.{slug}.title"), &[]),
            status: self.kind.status().as_u16(),
            detail: say(language, &format!("problems.{slug}.remedy"), &arguments),
            instance: format!("urn:uuid:{instance}"),
            errors: self.faults.iter().map(|fault| fault.document(language)).collect(),
        }
    }

    /// Returns the refusal as an answer.
    #[must_use]
    pub(crate) fn response(&self, language: Language, instance: &str) -> HttpResponse {
        let mut response = HttpResponse::build(self.kind.status());
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response.insert_header((header::CONTENT_LANGUAGE, language.code()));
        response.append_header((header::VARY, "Accept-Language"));
        let body = serde_json::to_string(&self.document(language, instance)).unwrap_or_default();
        response.content_type("application/problem+json").body(body)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind.slug())
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| -> &(dyn Error + 'static) { cause })
    }
}

/// What the framework needs to carry the refusal to the door, which alone knows the caller's language.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.kind.status())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_ours_says_nothing_of_its_cause() {
        let problem = Problem::new(Kind::Internal).because("the disk at /var/lib is full");
        let document = serde_json::to_string(&problem.document(Language::En, "0190")).unwrap_or_default();
        assert!(!document.contains("disk"), "{document}");
        assert_eq!(problem.chain().as_deref(), Some("the disk at /var/lib is full"));
    }

    #[test]
    fn whoever_is_told_that_we_are_busy_is_told_when_to_come_again() {
        let response = Problem::new(Kind::Busy).response(Language::Ru, "0190");
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key(header::RETRY_AFTER));
        assert_eq!(
            response.headers().get(header::CONTENT_TYPE),
            Some(&HeaderValue::from_static("application/problem+json"))
        );
    }

    #[test]
    fn the_title_is_the_same_each_time_and_the_detail_speaks_of_this_time() {
        let said =
            |letter: &str| Problem::new(Kind::LetterTaken).with("letter", &letter).document(Language::En, "0190");
        assert_eq!(said("A").title, said("B").title);
        assert_ne!(said("A").detail, said("B").detail);
        assert_eq!(said("A").kind, "/problems/letter-taken");
    }
}
