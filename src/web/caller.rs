//! Who is asking, in which language, and where: what the gate found out, handed to the handlers.
//!
//! *Invariant:* who asks comes from the credential alone, never from a body or a path.

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use std::future::{Ready, ready};

use super::kind::Kind;
use super::problem::Problem;
use super::state::WebState;
use crate::model::{Caller, Zone};
use crate::words::Language;

/// An authenticated call.
pub(crate) struct Call {
    /// The registry and its surroundings.
    pub(crate) state: Data<WebState>,
    /// Who asks.
    pub(crate) caller: Caller,
    /// The language of the answer.
    pub(crate) language: Language,
    /// The path and the query as they were sent.
    pub(crate) request: HttpRequest,
}

impl Call {
    /// Returns the zone in which instants leave the house.
    #[must_use]
    pub(crate) fn zone(&self) -> Zone {
        self.state.registry.rules.zone
    }
}

impl FromRequest for Call {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<Data<WebState>>().cloned();
        let caller = request.extensions().get::<Caller>().cloned();
        let call = state.zip(caller).map(|(state, caller)| Self {
            state,
            caller,
            language: language(request.headers()),
            request: request.clone(),
        });
        ready(call.ok_or_else(|| Problem::new(Kind::Internal).because("a route for anyone was asked who calls")))
    }
}

/// The language of the answer, for routes that need no credential.
pub(crate) struct Speaking(pub(crate) Language);

impl FromRequest for Speaking {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(language(request.headers()))))
    }
}

/// The refusal of a key that is not, or no longer, in force (RFC 6750, section 3.1).
#[must_use]
pub(crate) fn key_invalid() -> Problem {
    Problem::new(Kind::Unauthenticated).header(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")
}

/// Returns the language that the headers ask for.
#[must_use]
pub(crate) fn language(headers: &HeaderMap) -> Language {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    asked.map_or_else(Language::default, Language::negotiate)
}

/// Returns the key of `Authorization: Bearer <key>` (RFC 6750, section 2.1; the scheme's case does not matter).
#[must_use]
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !key.trim().is_empty()).then(|| key.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn authorization(value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn a_key_is_found_whatever_the_case_of_the_scheme() {
        assert_eq!(bearer(&authorization("Bearer smr_live_x")), Some("smr_live_x"));
        assert_eq!(bearer(&authorization("bearer  smr_live_x")), Some("smr_live_x"));
    }

    #[test]
    fn another_scheme_or_an_empty_key_is_no_credential() {
        for value in ["Basic c21y", "Bearer", "Bearer ", "smr_live_x", ""] {
            assert_eq!(bearer(&authorization(value)), None, "{value}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
