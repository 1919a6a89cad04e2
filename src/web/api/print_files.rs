//! The files of print jobs, on their way out as fast as they are taken.
//!
//! *Invariant:* one file of a job is in memory at a time; no cache that others share keeps what opens a plate's page.

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::{self, Bytes, Path};
use futures_util::Stream;
use futures_util::stream::unfold;
use std::io;

use crate::model::PrintJobId;
use crate::registry::press::{self, Download};
use crate::web::caller::Call;
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::act;

/// The digest of the bytes, hexadecimal; as `GET /v1/print-jobs/{id}` tells it.
const SHA256: HeaderName = HeaderName::from_static("x-content-sha256");

/// Downloads a file of a print job
///
/// A file by its name, or `batch.zip`: all of them in one archive. Who receives plates is recorded.
#[utoipa::path(get, path = "/v1/print-jobs/{id}/files/{name}", tag = "fleet", operation_id = "fetch_print_file",
    params(("id" = String, Path, description = "The print job's id"),
           ("name" = String, Path, description = "The name of the file, or `batch.zip`")),
    responses((status = 200, description = "The file", content(
        (Vec<u8> = "application/pdf"), (Vec<u8> = "application/zip"), (String = "text/csv"), (String = "application/json"),
        (String = "text/plain")))))]
pub(crate) async fn fetch(call: Call, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    Params::of(&call.request).finish()?;
    let (id, name) = path.into_inner();
    let (caller, id) = (call.caller.clone(), PrintJobId::from_text(&id));
    let fetched = act(&call.state, move |registry, now, rng| press::fetch(registry, now, rng, &caller, &id, &name));
    let download = fetched.await?;
    let (size, sha256, name) = (download.size, download.sha256.clone(), download.name.clone());
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(media_type(&name))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        // Compressed already, or to be compared with its digest.
        .insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("identity")));
    if let Some(sha256) = sha256 {
        answer.insert_header((SHA256, sha256));
    }
    let pieces = pieces(download);
    Ok(match size {
        Some(size) => answer.body(SizedStream::new(size, pieces)),
        None => answer.streaming(pieces),
    })
}

/// Takes piece by piece, each on a thread that may wait for the database. A failure breaks the body off, so that nobody
/// takes a part for the whole.
fn pieces(download: Download) -> impl Stream<Item = Result<Bytes, io::Error>> {
    unfold(Some(download), |download| async move {
        let mut download = download?;
        let taken = web::block(move || {
            let piece = download.next_piece();
            (piece, download)
        });
        match taken.await {
            Ok((Ok(Some(piece)), download)) => Some((Ok(Bytes::from(piece)), Some(download))),
            Ok((Ok(None), _)) => None,
            Ok((Err(error), _)) => {
                tracing::error!(%error, source = ?error, "a print file broke off");
                Some((Err(io::Error::other(error)), None))
            }
            Err(error) => Some((Err(io::Error::other(error)), None)),
        }
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("pdf") => "application/pdf",
        Some("zip") => "application/zip",
        Some("csv") => "text/csv; charset=utf-8",
        Some("json") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
