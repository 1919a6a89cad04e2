//! Files for operators: the receipt of an upload, its bad rows, and templates to begin with.
//!
//! *Invariant:* a file goes out in the form in which it came in, and says what it is: its bytes were made before.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};

use crate::model::ImportId;
use crate::registry::enroll::{self, EnrollError, Form, GivenFile, Template};
use crate::web::caller::{Call, Speaking};
use crate::web::fault::Fault;
use crate::web::kind::Kind;
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::respond::download;
use crate::web::state::{WebState, act, read};
use crate::web::wrong::Wrong;
use crate::words::Language;

/// Downloads the receipt of a committed upload
///
/// The columns of the file with the number, the control pair and the content of the code, in the form of the file.
#[utoipa::path(get, path = "/v1/fleet-imports/{id}/receipt", tag = "fleet", operation_id = "read_import_receipt",
    params(("id" = String, Path, description = "The import's id")),
    responses((status = 200, description = "A list in the form in which it was sent", content(
        (String = "text/csv"), (String = "text/tab-separated-values"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/json"), (String = "application/x-ndjson")))))]
pub(crate) async fn receipt(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (caller, language, id) = (call.caller, call.language, ImportId::from_text(&id));
    let given = read(&call.state, move |db, registry| enroll::receipt(db, registry, &caller, language, &id)).await?;
    Ok(file(given, "receipt"))
}

/// Downloads the bad rows of an upload
///
/// In the form of the file, with two more columns: what is wrong, and how to mend it, in the caller's language. Mended in
/// place, the file can be sent again as it is.
#[utoipa::path(get, path = "/v1/fleet-imports/{id}/bad-rows", tag = "fleet", operation_id = "read_import_bad_rows",
    params(("id" = String, Path, description = "The import's id")),
    responses((status = 200, description = "A list in the form in which it was sent", content(
        (String = "text/csv"), (String = "text/tab-separated-values"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/json"), (String = "application/x-ndjson")))))]
pub(crate) async fn bad_rows(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (caller, language, id) = (call.caller, call.language, ImportId::from_text(&id));
    let given = act(&call.state, move |registry, now, _| -> Result<GivenFile, EnrollError> {
        registry.store.read(|db| enroll::bad_rows(db, registry, now, &caller, language, &id))
    });
    Ok(file(given.await?, "bad-rows"))
}

/// Downloads a template of a fleet list
///
/// A header that is read without a hint, with the columns that the law asks for or with all. A workbook has drop-downs
/// and a second sheet that explains.
#[utoipa::path(get, path = "/v1/fleet-templates/{file}", tag = "fleet", operation_id = "read_fleet_template",
    params(("file" = String, Path, description = "`required.csv`, `full.csv`, `required.xlsx` or `full.xlsx`"),
           ("lang" = Option<String>, Query, description = "`kk`, `ru` or `en`; else what `Accept-Language` prefers")),
    responses((status = 200, description = "A list without a scooter", content(
        (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(crate) async fn template(
    state: Data<WebState>,
    Speaking(preferred): Speaking,
    request: actix_web::HttpRequest,
    file_name: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut params = Params::of(&request);
    let wrong = Fault::parameter("lang", Wrong::OneOf).with("values", &"kk, ru, en");
    let language = params.read("lang", wrong, Language::from_tag).unwrap_or(preferred);
    params.finish()?;
    let template = Template::find(&file_name).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let stem = file_name.split('.').next().unwrap_or_default().to_owned();
    let given = state.public.act(move |_, registry, _| -> Result<_, Problem> {
        Ok(enroll::template(registry.rules.scheme, template, language))
    });
    let mut response = file(given.await?, &format!("scooters-{stem}-{language}"));
    response.headers_mut().insert(header::CONTENT_LANGUAGE, header::HeaderValue::from_static(language.code()));
    Ok(response)
}

/// Answers with a file to be saved under a name and the ending of its form.
fn file(given: GivenFile, stem: &str) -> HttpResponse {
    let charset = given.encoding.map_or_else(String::new, |encoding| format!("; charset={encoding}"));
    let media_type = format!("{}{charset}", media_type(given.form));
    download(given.bytes, &media_type, &format!("{stem}.{}", given.form.ending()))
}

const fn media_type(form: Form) -> &'static str {
    match form {
        Form::Csv => "text/csv",
        Form::Tsv => "text/tab-separated-values",
        Form::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Form::Json => "application/json",
        Form::Ndjson => "application/x-ndjson",
    }
}
