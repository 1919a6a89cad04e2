//! Lists by pages: a cursor says where the next one begins.
//!
//! *Invariant:* a cursor goes on only where it was given: it is tagged with its caller, its list and its filter.

use actix_web::HttpResponse;
use actix_web::http::header;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use subtle::ConstantTimeEq;

use super::caller::Call;
use super::fault::Fault;
use super::params::Params;
use super::problem::Problem;
use super::wrong::Wrong;

const ROWS_BY_DEFAULT: usize = 100;
const MOST_ROWS: usize = 1_000;
const TAG_LENGTH: usize = 16;

/// A page that was asked for.
#[derive(Debug)]
pub(crate) struct Page {
    rows: usize,
    /// The place after which it begins, as the list wrote it into the cursor.
    pub(crate) after: Option<String>,
    /// What the cursor is bound to.
    scope: Scope,
}

#[derive(Debug, Clone)]
struct Scope {
    account: String,
    path: String,
    filter: String,
}

impl Page {
    /// Reads `limit` and `cursor`; `filter` is what else the query says, as it has to be said again.
    ///
    /// # Errors
    /// A problem, where the limit is none or the cursor was not given for this list; and what [`Params::finish`] says.
    pub(crate) fn read(call: &Call, mut params: Params, filter: String) -> Result<Self, Problem> {
        let limit_fault = Fault::parameter("limit", Wrong::Limit).with("most", &MOST_ROWS);
        let limit = |text: &str| text.parse::<usize>().ok().filter(|rows| (1..=MOST_ROWS).contains(rows));
        let rows = params.read("limit", limit_fault, limit).unwrap_or(ROWS_BY_DEFAULT);
        let path = call.request.uri().path().to_owned();
        let scope = Scope { account: call.caller.account_id.to_string(), path, filter };
        let open = |text: &str| open(|value| tag(call, value), &scope, text);
        let after = params.read("cursor", Fault::parameter("cursor", Wrong::Cursor), open);
        params.finish()?;
        Ok(Self { rows, after, scope })
    }

    /// Returns how many rows to read: one more than are shown, which tells whether there is a next page.
    #[must_use]
    pub(crate) const fn to_read(&self) -> usize {
        self.rows.saturating_add(1)
    }

    /// Cuts what was read to the page, and returns the path of the next one. `place` writes a row's place for the cursor.
    pub(crate) fn cut<T>(&self, call: &Call, read: &mut Vec<T>, place: impl Fn(&T) -> String) -> Option<String> {
        self.next(|value| tag(call, value), read, place)
    }

    fn next<T>(
        &self,
        tag: impl Fn(&str) -> Vec<u8>,
        read: &mut Vec<T>,
        place: impl Fn(&T) -> String,
    ) -> Option<String> {
        let more = read.len() > self.rows;
        read.truncate(self.rows);
        let last = read.last().filter(|_| more)?;
        let cursor = seal(tag, &self.scope, &place(last));
        let filter = if self.scope.filter.is_empty() { String::new() } else { format!("{}&", self.scope.filter) };
        Some(format!("{}?{filter}limit={}&cursor={cursor}", self.scope.path, self.rows))
    }
}

/// Answers with a page; the next one also stands in `Link` (RFC 8288).
pub(crate) fn answer(body: &impl Serialize, next: Option<&str>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(next) = next {
        response.insert_header((header::LINK, format!("<{next}>; rel=\"next\"")));
    }
    response.json(body)
}

fn tag(call: &Call, value: &str) -> Vec<u8> {
    call.state.registry.secrets.tag("cursor", value)
}

/// What is tagged: JSON keeps the four apart whatever they hold.
fn bound(scope: &Scope, place: &str) -> String {
    serde_json::json!([scope.account, scope.path, scope.filter, place]).to_string()
}

fn seal(tag: impl Fn(&str) -> Vec<u8>, scope: &Scope, place: &str) -> String {
    let mut bytes = tag(&bound(scope, place));
    bytes.truncate(TAG_LENGTH);
    bytes.extend_from_slice(place.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn open(tag: impl Fn(&str) -> Vec<u8>, scope: &Scope, cursor: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (given, place) = bytes.split_at_checked(TAG_LENGTH)?;
    let place = std::str::from_utf8(place).ok()?;
    let fitting = tag(&bound(scope, place));
    bool::from(given.ct_eq(fitting.get(..TAG_LENGTH)?)).then(|| place.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    fn sign(value: &str) -> Vec<u8> {
        Sha256::new().chain_update(b"a key of this test").chain_update(value).finalize().to_vec()
    }

    fn scope() -> Scope {
        Scope { account: "a".to_owned(), path: "/v1/sessions".to_owned(), filter: "from=1".to_owned() }
    }

    fn page(rows: usize) -> Page {
        Page { rows, after: None, scope: scope() }
    }

    #[test]
    fn a_cursor_is_good_for_its_caller_list_and_filter_only() {
        let cursor = seal(sign, &scope(), "1234|ride");
        assert_eq!(open(sign, &scope(), &cursor).as_deref(), Some("1234|ride"));
        for other in [
            Scope { account: "b".to_owned(), ..scope() },
            Scope { path: "/v1/vehicles".to_owned(), ..scope() },
            Scope { filter: String::new(), ..scope() },
        ] {
            assert_eq!(open(sign, &other, &cursor), None, "{other:?}");
        }
    }

    #[test]
    fn the_last_page_has_no_next_one() {
        let (mut three, mut two) = (vec![1, 2, 3], vec![1, 2]);
        let next = page(2).next(sign, &mut three, ToString::to_string);
        assert_eq!(three, [1, 2]);
        assert!(next.is_some_and(|next| next.starts_with("/v1/sessions?from=1&limit=2&cursor=")));
        assert_eq!(page(2).next(sign, &mut two, ToString::to_string), None);
    }

    proptest! {
        #[test]
        fn any_place_comes_back_and_any_other_text_is_refused(place in "\\PC*", forged in "[A-Za-z0-9_-]{0,60}") {
            let cursor = seal(sign, &scope(), &place);
            prop_assert_eq!(open(sign, &scope(), &cursor), Some(place));
            prop_assert_eq!(open(sign, &scope(), &forged), None);
        }
    }
}
