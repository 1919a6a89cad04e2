//! Fleet lists: uploaded, checked, committed; their receipts and their bad rows.
//!
//! *Invariant:* an upload is on record before it is answered; the work on it belongs to the jobs, and this only waits.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Path, Payload};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::upload;
use crate::model::ImportId;
use crate::registry::book::{self, Once};
use crate::registry::enroll::{self, ImportReport, Intent, Mode, Upload};
use crate::web::body::digest;
use crate::web::caller::Call;
use crate::web::fault::Fault;
use crate::web::idempotency::{self, keyed};
use crate::web::kind::Kind;
use crate::web::params::Params;
use crate::web::prefer;
use crate::web::problem::Problem;
use crate::web::state::{act, read};
use crate::web::wrong::Wrong;

/// What an upload came to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportView {
    #[serde(flatten)]
    report: ImportReport,
    /// The path of the receipt, once it is committed.
    receipt_url: Option<String>,
    /// The path of the rows that have errors, where there are any.
    bad_rows_url: Option<String>,
}

impl ImportView {
    fn of(report: ImportReport) -> Self {
        let bad = report.counts.as_ref().and_then(|counts| counts.get("bad")?.as_u64()).unwrap_or_default();
        let part = |name| format!("/v1/fleet-imports/{}/{name}", report.id);
        Self {
            receipt_url: (report.status == "committed").then(|| part("receipt")),
            bad_rows_url: (report.is_ended() && bad > 0).then(|| part("bad-rows")),
            report,
        }
    }
}

/// One upload.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportAnswer {
    import: ImportView,
}

/// What is saved of an upload under its idempotency key: which one it was. A repetition is told how it stands now.
#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    import: ImportId,
}

struct Wishes {
    mapping: Vec<String>,
    mode: Mode,
    intent: Intent,
    adopt_up_to: Option<String>,
}

fn wishes(mut params: Params) -> Result<Wishes, Problem> {
    let dry_run = Fault::parameter("dry_run", Wrong::OneOf).with("values", &"true, false");
    let intent = params.read("dry_run", dry_run, |text| match text {
        "true" => Some(Intent::Check),
        "false" => Some(Intent::Commit),
        _ => None,
    });
    let mode = Fault::parameter("mode", Wrong::OneOf).with("values", &"all_or_nothing, good_rows");
    let mode = params.read("mode", mode, Mode::find);
    let wishes = Wishes {
        mapping: params.all("map"),
        mode: mode.unwrap_or(Mode::AllOrNothing),
        intent: intent.unwrap_or(Intent::Check),
        adopt_up_to: params.one("adopt_up_to"),
    };
    params.finish()?;
    Ok(wishes)
}

/// Uploads a fleet list
///
/// The file itself with its media type, or `multipart/form-data` with the part `file`; up to 256 MiB.
#[utoipa::path(post, path = "/v1/fleet-imports", tag = "fleet", operation_id = "upload_fleet",
    params(("dry_run" = Option<bool>, Query, description = "Only check (default), or make it true"),
           ("mode" = Option<String>, Query, description = "`all_or_nothing` (default) or `good_rows`"),
           ("map" = Option<Vec<String>>, Query, description = "`field:Column`, repeatable"),
           ("adopt_up_to" = Option<String>, Query, description = "A number up to which a jump ahead is meant"),
           ("Prefer" = Option<String>, Header, description = "`wait=N`, at most 120 seconds")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, description = "The work has ended", body = ImportAnswer),
              (status = 202, description = "The work goes on", body = ImportAnswer)))]
pub(crate) async fn send(call: Call, payload: Payload) -> Result<HttpResponse, Problem> {
    let wishes = wishes(Params::of(&call.request))?;
    let bytes = upload::file(call.request.headers(), payload.into_inner()).await?;
    let (mut keyed, caller) = (keyed(&call, Vec::new())?, call.caller.clone());
    let done = act(&call.state, move |registry, now, rng| {
        if let Some(keyed) = &mut keyed {
            keyed.body_digest = digest(&bytes);
        }
        let Wishes { mapping, mode, intent, adopt_up_to } = wishes;
        let upload = Upload { bytes, mapping, mode, intent, adopt_up_to };
        book::once(
            &registry.store,
            now,
            keyed.as_ref(),
            |tx| enroll::upload(tx, now, rng, registry.rules.scheme, &caller, upload).map(|import| Saved { import }),
            |saved| (202, serde_json::to_string(saved).ok()),
        )
    });
    follow(&call, done.await?).await
}

/// Commits a checked fleet list
#[utoipa::path(post, path = "/v1/fleet-imports/{id}/commit", tag = "fleet", operation_id = "commit_import",
    params(("id" = String, Path, description = "The import's id"),
           ("Prefer" = Option<String>, Header, description = "`wait=N`, at most 120 seconds")),
    responses((status = 200, description = "The work has ended", body = ImportAnswer),
              (status = 202, description = "The work goes on", body = ImportAnswer)))]
pub(crate) async fn commit(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (import, keyed, caller) = (ImportId::from_text(&id), keyed(&call, Vec::new())?, call.caller.clone());
    let done = act(&call.state, move |registry, now, rng| {
        book::once(
            &registry.store,
            now,
            keyed.as_ref(),
            |tx| {
                enroll::request_commit(tx, now, rng, registry.rules.scheme, &caller, &import)
                    .map(|()| Saved { import: import.clone() })
            },
            |saved| (202, serde_json::to_string(saved).ok()),
        )
    });
    follow(&call, done.await?).await
}

/// Wakes the workers, waits as long as the caller would, and tells how the upload stands.
async fn follow(call: &Call, done: Once<Saved>) -> Result<HttpResponse, Problem> {
    let (saved, replayed) = match done {
        Once::Done(saved) => (saved, false),
        Once::Before(_, body) => {
            let saved = serde_json::from_str(&body).map_err(|error| Problem::new(Kind::Internal).because(error));
            (saved?, true)
        }
    };
    (call.state.ring)();
    let wait = prefer::wait(call.request.headers());
    let report = prefer::until(ImportReport::is_ended, wait, || find(call, saved.import.clone())).await?;
    let mut response = answer(&report);
    if replayed {
        response.insert_header((idempotency::REPLAYED, "true"));
    }
    if let Some(wait) = wait {
        response.insert_header((prefer::APPLIED, format!("wait={}", wait.as_secs())));
    }
    Ok(response.json(ImportAnswer { import: ImportView::of(report) }))
}

/// 200 once the work has ended, however it ended.
fn answer(report: &ImportReport) -> HttpResponseBuilder {
    if report.is_ended() {
        return HttpResponse::Ok();
    }
    let mut response = HttpResponse::build(StatusCode::ACCEPTED);
    response.insert_header((header::LOCATION, format!("/v1/fleet-imports/{}", report.id)));
    response
}

async fn find(call: &Call, id: ImportId) -> Result<ImportReport, Problem> {
    let (caller, language, zone) = (call.caller.clone(), call.language, call.zone());
    read(&call.state, move |db, _| enroll::read_import(db, zone, &caller, language, &id)).await
}

/// Reads what an upload came to
#[utoipa::path(get, path = "/v1/fleet-imports/{id}", tag = "fleet", operation_id = "read_import",
    params(("id" = String, Path, description = "The import's id")),
    responses((status = 200, description = "How it stands", body = ImportAnswer)))]
pub(crate) async fn one(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let report = find(&call, ImportId::from_text(&id)).await?;
    Ok(HttpResponse::Ok().json(ImportAnswer { import: ImportView::of(report) }))
}
