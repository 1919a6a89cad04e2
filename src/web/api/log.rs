//! The audit log from outside: checkpoint, tiles (C2SP tlog-tiles), inclusion proofs.
//!
//! *Invariant:* hashes are anybody's; entries are the auditors', and leave this house under a route of their own.

use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::registry::attest::{self, ProofReceipt, TileReader};
use crate::web::caller::Call;
use crate::web::kind::Kind;
use crate::web::problem::Problem;
use crate::web::state::{WebState, act, read};

/// A tile of the signed log never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// A proof.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProofAnswer {
    proof: ProofReceipt,
}

/// Reads the newest signed checkpoint
#[utoipa::path(get, path = "/log/checkpoint", tag = "log", operation_id = "read_checkpoint",
    responses((status = 200, description = "A C2SP checkpoint", body = String, content_type = "text/plain")))]
pub(crate) async fn checkpoint(state: Data<WebState>) -> Result<HttpResponse, Problem> {
    let text = state.public.act(|db, _, _| attest::newest_checkpoint(db)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(text))
}

/// Reads a tile of hashes
#[utoipa::path(get, path = "/log/tile/{tail}", tag = "log", operation_id = "read_tile",
    params(("tail" = String, Path, description = "Level and index, such as `0/x001/067` or `0/000.p/5`")),
    responses((status = 200, description = "Hashes, 32 bytes each", body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn tile(state: Data<WebState>, tail: Path<String>) -> Result<HttpResponse, Problem> {
    let path = format!("tile/{tail}");
    let bytes = state.public.act(move |db, _, _| attest::tile(db, &path, TileReader::Anyone)).await?;
    Ok(octets(bytes, FOR_EVER))
}

/// Reads a tile of entries
///
/// What the leaves are hashes of: for auditors.
#[utoipa::path(get, path = "/log/tile/entries/{tail}", tag = "log", operation_id = "read_entries_tile",
    params(("tail" = String, Path, description = "Index, such as `x001/067` or `000.p/5`")),
    responses((status = 200, description = "Entries, each after its length", body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn entries(call: Call, tail: Path<String>) -> Result<HttpResponse, Problem> {
    let path = format!("tile/entries/{tail}");
    let bytes = read(&call.state, move |db, _| attest::tile(db, &path, TileReader::Auditor)).await?;
    Ok(octets(bytes, "no-store"))
}

/// Bytes that are addressed by what they are: they go as they are, unpacked.
fn octets(bytes: Vec<u8>, caching: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(ContentEncoding::Identity)
        .insert_header((header::CACHE_CONTROL, caching))
        .body(bytes)
}

/// Proves that an entry stands in the log
///
/// For auditors, and for the officer who asked.
#[utoipa::path(get, path = "/v1/log/proofs/{index}", tag = "log", operation_id = "prove_entry",
    params(("index" = u64, Path, description = "The entry's index, as its receipt says")),
    responses((status = 200, description = "The proof", body = ProofAnswer)))]
pub(crate) async fn prove(call: Call, index: Path<String>) -> Result<HttpResponse, Problem> {
    let index: u64 = index.parse().map_err(|problem| Problem::new(Kind::NotFound).because(problem))?;
    let caller = call.caller;
    let proof = act(&call.state, move |registry, _, _| attest::prove(registry, &caller, index));
    Ok(HttpResponse::Ok().json(ProofAnswer { proof: proof.await? }))
}
