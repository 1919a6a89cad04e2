//! The description of the API (`OpenAPI` 3.1) and the page that shows it.
//!
//! *Invariant:* the page loads nothing from anywhere else: what it shows is compiled in.

use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::web::Path;
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::{Config, serve};

use crate::web::kind::Kind;
use crate::web::openapi;
use crate::web::problem::Problem;
use crate::web::respond::page;

static DESCRIPTION: LazyLock<Result<String, String>> =
    LazyLock::new(|| openapi::description().to_json().map_err(|error| error.to_string()));

/// Without `none`, the page would send the description's address to a validator elsewhere.
static CONFIG: LazyLock<Arc<Config<'static>>> =
    LazyLock::new(|| Arc::new(Config::from("/openapi.json").validator_url("none").deep_linking(true)));

/// The page writes style attributes, and shows its own pictures from `data:` addresses.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n<title>scooter-registry API</title>\n\
    <link rel=\"stylesheet\" href=\"/docs/swagger-ui.css\">\n\
    <link rel=\"icon\" type=\"image/png\" href=\"/docs/favicon-32x32.png\">\n</head>\n<body>\n\
    <div id=\"swagger-ui\"></div>\n<script src=\"/docs/swagger-ui-bundle.js\"></script>\n\
    <script src=\"/docs/swagger-ui-standalone-preset.js\"></script>\n\
    <script src=\"/docs/swagger-initializer.js\"></script>\n</body>\n</html>\n";

/// Describes the API
#[utoipa::path(get, path = "/openapi.json", tag = "operation", operation_id = "describe",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
pub(crate) async fn description() -> Result<HttpResponse, Problem> {
    match &*DESCRIPTION {
        Ok(json) => Ok(HttpResponse::Ok().content_type("application/json").body(json.as_str())),
        Err(error) => Err(Problem::new(Kind::Internal).because(error.as_str())),
    }
}

/// Shows the description of the API
#[utoipa::path(get, path = "/docs", tag = "operation", operation_id = "show_description",
    responses((status = 200, description = "A page", content_type = "text/html")))]
pub(crate) async fn index() -> HttpResponse {
    page(PAGE.to_owned(), POLICY)
}

/// Serves the parts of that page
#[utoipa::path(get, path = "/docs/{file}", tag = "operation", operation_id = "read_description_part",
    params(("file" = String, Path, description = "The file's name")),
    responses((status = 200, description = "The file")))]
pub(crate) async fn part(file: Path<String>) -> Result<HttpResponse, Problem> {
    let found =
        serve(&file, Arc::clone(&CONFIG)).map_err(|error| Problem::new(Kind::Internal).because(error.to_string()))?;
    let found = found.filter(|_| !file.is_empty()).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let mut response = HttpResponse::Ok();
    if found.gzpipped {
        response.insert_header(ContentEncoding::Gzip);
    }
    Ok(response
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .content_type(found.content_type)
        .body(found.bytes.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_that_the_page_names_is_compiled_in() {
        let named: Vec<_> = PAGE.split('"').filter_map(|part| part.strip_prefix("/docs/")).collect();
        assert_eq!(named.len(), 5);
        for name in named {
            assert!(serve(name, Arc::clone(&CONFIG)).is_ok_and(|file| file.is_some()), "{name}");
        }
        assert!(!PAGE.contains("//"), "the page asks nobody else");
    }

    #[test]
    fn the_page_reads_our_description_and_asks_no_validator() {
        let start = serve("swagger-initializer.js", Arc::clone(&CONFIG)).ok().flatten();
        let start = start.map(|file| String::from_utf8_lossy(&file.bytes).into_owned()).unwrap_or_default();
        assert!(start.contains("/openapi.json") && start.contains("\"validatorUrl\": \"none\""), "{start}");
        assert!(!start.contains("https://"), "{start}");
    }
}
