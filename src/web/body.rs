//! Reading bodies: bounded, unpacked, and as what they claim to be.
//!
//! *Invariant:* no more bytes are kept than the limit allows, whatever a header claims, packed or not.

use actix_web::dev::{Decompress, Payload};
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use futures_util::{Stream, StreamExt};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::pin::Pin;

use super::fault::{Fault, Spot};
use super::fields::Fields;
use super::kind::Kind;
use super::problem::Problem;
use super::wrong::Wrong;

/// The most bytes that a JSON request of one object may have: a policy may name a whole fleet.
const JSON_LIMIT: usize = 8 * 1024 * 1024;

/// A request body that is one JSON object.
pub(crate) trait Request: Sized {
    /// Reads the fields, all of them, also after a wrong one.
    fn read(fields: &mut Fields) -> Option<Self>;
}

/// A body that was read into a request; and its digest, which tells a repetition from another call.
pub(crate) struct Json<T> {
    /// What was asked.
    pub(crate) asked: T,
    /// SHA-256 of the bytes.
    pub(crate) digest: Vec<u8>,
}

impl<T: Request + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            require_type(request.headers(), &["application/json"])?;
            let bytes = bytes(request.headers(), payload, JSON_LIMIT).await?;
            let mut fields = Fields::of(json(&bytes)?)?;
            let asked = T::read(&mut fields);
            Ok(Self { asked: fields.finish(asked)?, digest: digest(&bytes) })
        })
    }
}

/// Returns the SHA-256 of a body.
#[must_use]
pub(crate) fn digest(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// Reads JSON, and says where it stops being JSON.
///
/// # Errors
/// [`Kind::MalformedJson`] with line and column.
pub(crate) fn json(bytes: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(bytes).map_err(|error| malformed(&error, 0))
}

/// Reads JSON values line by line (NDJSON); blank lines are passed over.
///
/// # Errors
/// [`Kind::MalformedJson`] with line and column.
pub(crate) fn json_lines(bytes: &[u8]) -> Result<Vec<Value>, Problem> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    lines
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(before, line)| serde_json::from_slice(line).map_err(|error| malformed(&error, before)))
        .collect()
}

fn malformed(error: &serde_json::Error, lines_before: usize) -> Problem {
    let (line, column) = (error.line().saturating_add(lines_before), error.column());
    let fault = Fault::new(Spot::Text { line, column }, Wrong::JsonSyntax).with("line", &line).with("column", &column);
    Problem::new(Kind::MalformedJson).with("line", &line).with("column", &column).at(fault)
}

/// Returns the media type of a body in lower case, without its parameters.
#[must_use]
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().unwrap_or("unreadable");
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Refuses a body that claims to be something else; one that claims nothing is taken.
///
/// # Errors
/// [`Kind::WrongMediaType`], naming what is taken.
pub(crate) fn require_type(headers: &HeaderMap, taken: &[&str]) -> Result<(), Problem> {
    match media_type(headers) {
        Some(found) if !taken.contains(&found.as_str()) => Err(Problem::new(Kind::WrongMediaType)
            .with("taken", &taken.join(", "))
            .header(header::ACCEPT, &taken.join(", "))),
        _ => Ok(()),
    }
}

/// The bytes of a body, unpacked as they come.
pub(crate) type Unpacked = Pin<Box<dyn Stream<Item = Result<actix_web::web::Bytes, PayloadError>>>>;

/// Returns the stream of a body, unpacked by its `Content-Encoding`.
///
/// # Errors
/// [`Kind::WrongMediaType`] for a packing that is not known.
pub(crate) fn unpacked(headers: &HeaderMap, payload: Payload) -> Result<Unpacked, Problem> {
    let packing = headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("unreadable").trim());
    match packing.map(str::to_ascii_lowercase).as_deref() {
        None | Some("identity" | "") => Ok(Box::pin(payload)),
        Some("gzip" | "deflate" | "zstd") => Ok(Box::pin(Decompress::from_headers(payload, headers))),
        Some(_) => Err(Problem::new(Kind::WrongMediaType)
            .with("taken", &"gzip, deflate, zstd")
            .header(header::ACCEPT_ENCODING, "gzip, deflate, zstd")),
    }
}

/// Reads a whole body.
///
/// # Errors
/// [`Kind::TooLarge`] as soon as it is clear, [`Kind::Unreadable`] where it was cut.
pub(crate) async fn bytes(headers: &HeaderMap, payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let stated = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if stated.is_some_and(|stated| stated > limit) {
        return Err(too_large(limit));
    }
    let mut body = Vec::with_capacity(stated.unwrap_or_default().min(1 << 20));
    let mut stream = unpacked(headers, payload)?;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| cut(error, limit))?;
        if body.len().saturating_add(chunk.len()) > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn cut(error: PayloadError, limit: usize) -> Problem {
    match error {
        PayloadError::Overflow => too_large(limit),
        other => Problem::new(Kind::Unreadable).because(other.to_string()),
    }
}

/// Refuses a body above the limit.
#[must_use]
pub(crate) fn too_large(limit: usize) -> Problem {
    Problem::new(Kind::TooLarge).with("limit", &(limit / (1024 * 1024)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use crate::words::Language;
    use actix_web::http::header::HeaderValue;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn json_that_breaks_off_says_in_which_line_and_column() {
        let document = json(b"{\n  \"letter\": }").unwrap_err().document(Language::En, "0190");
        let fault = document.errors.first().unwrap();
        assert_eq!((document.status, fault.line, fault.column), (400, Some(2), Some(13)));
    }

    #[test]
    fn a_broken_line_of_many_is_named_by_its_number_in_the_body() {
        assert_eq!(json_lines(b"{\"a\":1}\r\n\n{\"a\":2}\n").unwrap().len(), 2);
        let document = json_lines(b"{}\n\n{]\n").unwrap_err().document(Language::En, "0190");
        assert_eq!(document.errors.first().unwrap().line, Some(3));
    }

    #[test]
    fn a_body_that_claims_another_type_is_refused_and_one_that_claims_nothing_is_taken() {
        let taken = ["application/json"];
        assert!(require_type(&HeaderMap::new(), &taken).is_ok());
        assert!(require_type(&headers(header::CONTENT_TYPE, "Application/JSON; charset=utf-8"), &taken).is_ok());
        let refused = require_type(&headers(header::CONTENT_TYPE, "text/csv"), &taken).unwrap_err();
        assert_eq!(refused.kind(), Kind::WrongMediaType);
    }

    #[actix_web::test]
    async fn a_body_that_claims_too_much_is_refused_before_it_is_read() {
        let refused = bytes(&headers(header::CONTENT_LENGTH, "11"), Payload::None, 10).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::TooLarge);
    }

    #[actix_web::test]
    async fn a_packing_that_is_not_known_is_refused() {
        let refused = bytes(&headers(header::CONTENT_ENCODING, "br"), Payload::None, 10).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::WrongMediaType);
    }
}
