//! The file of a fleet list as it arrives: as the body itself, or as the part `file` of a form.
//!
//! *Invariant:* the media type decides nothing but whether it is a form: what the file is, its bytes say.

use actix_multipart::{Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use futures_util::StreamExt;

use crate::web::body::{bytes, media_type, too_large, unpacked};
use crate::web::fault::Fault;
use crate::web::kind::Kind;
use crate::web::problem::Problem;
use crate::web::wrong::Wrong;

/// The most bytes that a list may have, unpacked.
pub(super) const LIMIT: usize = 256 * 1024 * 1024;

/// Reads the file of a request.
pub(super) async fn file(headers: &HeaderMap, payload: Payload) -> Result<Vec<u8>, Problem> {
    if media_type(headers).as_deref() == Some("multipart/form-data") {
        part(headers, payload, LIMIT).await
    } else {
        bytes(headers, payload, LIMIT).await
    }
}

/// Reads the first part named `file`. The other parts are passed over, and count against the limit all the same.
async fn part(headers: &HeaderMap, payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut form = Multipart::new(headers, unpacked(headers, payload)?);
    let mut file = None;
    let mut left = limit;
    while let Some(part) = form.next().await {
        let mut part = part.map_err(|error| unreadable(&error))?;
        let mut wanted = (file.is_none() && part.name() == Some("file")).then(Vec::new);
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(|error| unreadable(&error))?;
            left = left.checked_sub(chunk.len()).ok_or_else(|| too_large(limit))?;
            if let Some(bytes) = &mut wanted {
                bytes.extend_from_slice(&chunk);
            }
        }
        file = file.or(wanted);
    }
    file.ok_or_else(|| Problem::invalid([Fault::field("file", Wrong::Missing)]))
}

fn unreadable(error: &MultipartError) -> Problem {
    Problem::new(Kind::Unreadable).because(error.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use actix_web::http::header::{self, HeaderValue};
    use actix_web::web::Bytes;

    fn form(body: &'static str) -> (HeaderMap, Payload) {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=edge"));
        let body = futures_util::stream::iter([Ok(Bytes::from_static(body.as_bytes()))]);
        (headers, Payload::Stream { payload: Box::pin(body) })
    }

    const FORM: &str = "--edge\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--edge\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n\
        device_id\nA\r\n--edge--\r\n";

    #[actix_web::test]
    async fn the_part_named_file_is_the_list() {
        let (headers, payload) = form(FORM);
        assert_eq!(file(&headers, payload).await.unwrap(), b"device_id\nA");
    }

    #[actix_web::test]
    async fn the_parts_together_may_not_be_larger_than_a_list() {
        let (headers, payload) = form(FORM);
        assert_eq!(part(&headers, payload, 10).await.unwrap_err().kind(), Kind::TooLarge);
    }

    #[actix_web::test]
    async fn a_form_without_a_file_and_a_form_that_is_none_are_refused() {
        let (headers, payload) =
            form("--edge\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n--edge--\r\n");
        assert_eq!(file(&headers, payload).await.unwrap_err().kind(), Kind::Invalid);
        let (headers, payload) = form("no form at all");
        assert_eq!(file(&headers, payload).await.unwrap_err().kind(), Kind::Unreadable);
    }
}
