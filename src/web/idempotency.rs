//! `Idempotency-Key`: a creation that is sent twice creates once, and is answered twice.
//!
//! *Invariant:* key, effect and answer are saved in one transaction; a secret in an answer is not saved.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName};
use rand::rngs::ThreadRng;
use serde::Serialize;
use serde_json::Value;

use super::caller::Call;
use super::fault::{Fault, Spot};
use super::kind::Kind;
use super::problem::Problem;
use super::state::act;
use super::wrong::Wrong;
use crate::model::{Caller, Moment};
use crate::registry::Registry;
use crate::registry::book::{self, Once};
use crate::storage::idempotency::Keyed;
use crate::storage::{Error as StorageError, Tx};

/// Says that an answer was given before.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const KEY: &str = "Idempotency-Key";

/// Whether the answer is saved for a repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// It is given again.
    Answer,
    /// It is given again without what stands at this JSON Pointer (RFC 6901), which is null then: whoever reads the
    /// database must not find it.
    Without(&'static str),
    /// It holds a secret: a repetition is refused.
    Nothing,
}

/// Returns the key that a call came with, bound to its caller, address and body.
///
/// # Errors
/// A problem, where the header is no key.
pub(crate) fn keyed(call: &Call, body_digest: Vec<u8>) -> Result<Option<Keyed>, Problem> {
    let Some(key) = key(call.request.headers())? else {
        return Ok(None);
    };
    let route = format!("{} {}", call.request.method(), call.request.uri());
    Ok(Some(Keyed { account_id: call.caller.account_id.clone(), key, route, body_digest }))
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(KEY);
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let lawful = (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if lawful && values.next().is_none() {
        Ok(Some(text.to_owned()))
    } else {
        Err(Problem::invalid([Fault::new(Spot::Header(KEY), Wrong::IdempotencyKey)]))
    }
}

/// Does a deed once for the key that the call came with, and answers with what it came to.
///
/// # Errors
/// The deed's, and those of [`book::once`], as problems.
pub(crate) async fn once<T, E>(
    call: Call,
    body_digest: Vec<u8>,
    status: StatusCode,
    keep: Keep,
    deed: impl FnOnce(&mut Tx<'_>, &Registry, Moment, &mut ThreadRng, &Caller) -> Result<T, E> + Send + 'static,
) -> Result<HttpResponse, Problem>
where
    T: Serialize + Send + 'static,
    E: From<StorageError> + Into<Problem> + Send + 'static,
{
    let keyed = keyed(&call, body_digest)?;
    let caller = call.caller;
    let done = act(&call.state, move |registry, now, rng| {
        book::once(
            &registry.store,
            now,
            keyed.as_ref(),
            |tx| deed(tx, registry, now, rng, &caller),
            |done| (i32::from(status.as_u16()), kept(done, keep)),
        )
    });
    match done.await? {
        Once::Done(done) => Ok(HttpResponse::build(status).json(done)),
        Once::Before(status, body) => again(status, body),
    }
}

/// Returns what is saved of an answer.
fn kept(done: &impl Serialize, keep: Keep) -> Option<String> {
    match keep {
        Keep::Answer => serde_json::to_string(done).ok(),
        Keep::Without(pointer) => {
            let mut answer = serde_json::to_value(done).ok()?;
            if let Some(secret) = answer.pointer_mut(pointer) {
                *secret = Value::Null;
            }
            Some(answer.to_string())
        }
        Keep::Nothing => None,
    }
}

/// Gives a saved answer again.
fn again(status: i32, body: String) -> Result<HttpResponse, Problem> {
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.ok_or_else(|| Problem::new(Kind::Internal).because("a saved status is none"))?;
    Ok(HttpResponse::build(status).insert_header((REPLAYED, "true")).content_type("application/json").body(body))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn sent(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HeaderName::from_static("idempotency-key"), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn a_key_is_1_to_200_visible_characters() {
        assert_eq!(key(&sent(&[])).unwrap(), None);
        assert_eq!(key(&sent(&[" 8e03978e-40d5 "])).unwrap().as_deref(), Some("8e03978e-40d5"));
        assert!(key(&sent(&[&"k".repeat(200)])).is_ok());
        for wrong in ["", "   ", "two words", &"k".repeat(201)] {
            assert_eq!(key(&sent(&[wrong])).unwrap_err().kind(), Kind::Invalid, "{wrong}");
        }
    }

    #[test]
    fn two_keys_are_none() {
        assert!(key(&sent(&["a", "b"])).is_err());
    }
}
