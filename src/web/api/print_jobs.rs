//! Print jobs: ordered, followed, listed, cancelled.
//!
//! *Invariant:* an order is on record before it is answered; the work on it belongs to the jobs, and this only waits.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::print_order::PrintOrder;
use crate::model::PrintJobId;
use crate::registry::book::{self, Once};
use crate::registry::press::{self, PrintJobReport};
use crate::web::body::Json;
use crate::web::caller::Call;
use crate::web::idempotency::{self, keyed};
use crate::web::kind::Kind;
use crate::web::paging::{self, Page};
use crate::web::params::Params;
use crate::web::prefer;
use crate::web::problem::Problem;
use crate::web::state::{act, read};

/// In how many seconds a job that goes on is worth looking at again.
const LOOK_AGAIN_S: &str = "1";

/// One print job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PrintJobAnswer {
    print_job: PrintJobReport,
}

/// A page of print jobs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PrintJobsAnswer {
    print_jobs: Vec<PrintJobReport>,
    /// The path of the next page.
    next: Option<String>,
}

/// What is saved of an order under its idempotency key: which job it became. A repetition is told how it stands now.
#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    print_job: PrintJobId,
}

/// Orders plates to be printed
///
/// Exactly one of `numbers`, `import` and `range`. The order is frozen when it is accepted, and drawn file by file: sheets
/// for a print shop (`pdf`), or a picture a plate (`svg`, `png`). The same order gives the same bytes. Plates that were printed
/// before, or several copies of one, need a `reason`. With the file that shows it a plate counts as printed.
#[utoipa::path(post, path = "/v1/print-jobs", tag = "fleet", operation_id = "order_print", request_body = PrintOrder,
    params(("Prefer" = Option<String>, Header, description = "`wait=N`, at most 120 seconds")),
    responses((status = 200, description = "The work has ended", body = PrintJobAnswer),
              (status = 202, description = "The work goes on", body = PrintJobAnswer)))]
pub(crate) async fn order(call: Call, body: Json<PrintOrder>) -> Result<HttpResponse, Problem> {
    let asked = body.asked.asked;
    let (keyed, caller) = (keyed(&call, body.digest)?, call.caller.clone());
    let done = act(&call.state, move |registry, now, rng| {
        // Judged before the transaction, and told within it: a repetition is answered as it was, whatever stands against it now.
        let judged = registry.store.read(|db| press::judge(db, registry, now, &caller, &asked));
        book::once(
            &registry.store,
            now,
            keyed.as_ref(),
            |tx| press::order(tx, now, rng, &caller, &asked, &judged?).map(|print_job| Saved { print_job }),
            |saved| (202, serde_json::to_string(saved).ok()),
        )
    });
    let (saved, replayed) = match done.await? {
        Once::Done(saved) => (saved, false),
        Once::Before(_, body) => {
            let saved = serde_json::from_str(&body).map_err(|error| Problem::new(Kind::Internal).because(error));
            (saved?, true)
        }
    };
    (call.state.ring)();
    let mut response = follow(&call, &saved.print_job).await?;
    if replayed {
        response.headers_mut().insert(idempotency::REPLAYED, header::HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Waits as long as the caller would, and tells how the job stands.
async fn follow(call: &Call, id: &PrintJobId) -> Result<HttpResponse, Problem> {
    let wait = prefer::wait(call.request.headers());
    let print_job = prefer::until(PrintJobReport::is_ended, wait, || find(call, id.clone())).await?;
    let mut response =
        if print_job.is_ended() { HttpResponse::Ok() } else { HttpResponse::build(StatusCode::ACCEPTED) };
    response.insert_header((header::LOCATION, format!("/v1/print-jobs/{id}")));
    if !print_job.is_ended() {
        response.insert_header((header::RETRY_AFTER, LOOK_AGAIN_S));
    }
    if let Some(wait) = wait {
        response.insert_header((prefer::APPLIED, format!("wait={}", wait.as_secs())));
    }
    Ok(response.json(PrintJobAnswer { print_job }))
}

async fn find(call: &Call, id: PrintJobId) -> Result<PrintJobReport, Problem> {
    let (caller, language) = (call.caller.clone(), call.language);
    read(&call.state, move |db, registry| press::read_job(db, registry, &caller, language, &id)).await
}

/// Lists print jobs, the newest first
#[utoipa::path(get, path = "/v1/print-jobs", tag = "fleet", operation_id = "list_print_jobs",
    responses((status = 200, description = "A page", body = PrintJobsAnswer)))]
pub(crate) async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let page = Page::read(&call, Params::of(&call.request), String::new())?;
    let (caller, language, before, rows) = (call.caller.clone(), call.language, page.after.clone(), page.to_read());
    let mut print_jobs = read(&call.state, move |db, registry| {
        press::list_jobs(db, registry, &caller, language, before.as_deref(), rows)
    })
    .await?;
    let next = page.cut(&call, &mut print_jobs, |job| job.id.clone());
    Ok(paging::answer(&PrintJobsAnswer { print_jobs, next: next.clone() }, next.as_deref()))
}

/// Reads how a print job stands
///
/// With its files, each as soon as it is made, and the preflight report.
#[utoipa::path(get, path = "/v1/print-jobs/{id}", tag = "fleet", operation_id = "read_print_job",
    params(("id" = String, Path, description = "The print job's id"),
           ("Prefer" = Option<String>, Header, description = "`wait=N`, at most 120 seconds")),
    responses((status = 200, description = "How it stands", body = PrintJobAnswer)))]
pub(crate) async fn one(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    Params::of(&call.request).finish()?;
    let wait = prefer::wait(call.request.headers());
    let id = PrintJobId::from_text(&id);
    let print_job = prefer::until(PrintJobReport::is_ended, wait, || find(&call, id.clone())).await?;
    let mut response = HttpResponse::Ok();
    if !print_job.is_ended() {
        response.insert_header((header::RETRY_AFTER, LOOK_AGAIN_S));
    }
    if let Some(wait) = wait {
        response.insert_header((prefer::APPLIED, format!("wait={}", wait.as_secs())));
    }
    Ok(response.json(PrintJobAnswer { print_job }))
}

/// Cancels a print job
///
/// No further file is made. Files that were made stay, and their plates count as printed.
#[utoipa::path(post, path = "/v1/print-jobs/{id}/cancellation", tag = "fleet", operation_id = "cancel_print_job",
    params(("id" = String, Path, description = "The print job's id")),
    responses((status = 201, description = "It is cancelled", body = PrintJobAnswer)))]
pub(crate) async fn cancel(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (id, language) = (PrintJobId::from_text(&id), call.language);
    idempotency::once(
        call,
        Vec::new(),
        StatusCode::CREATED,
        idempotency::Keep::Answer,
        move |tx, registry, now, rng, caller| {
            press::cancel(tx, now, rng, caller, &id)?;
            let print_job = press::read_job(tx.db(), registry, caller, language, &id)?;
            Ok::<_, press::PrintJobError>(PrintJobAnswer { print_job })
        },
    )
    .await
}
