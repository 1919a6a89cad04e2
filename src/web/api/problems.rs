//! `GET /problems/{slug}`: what a type of problem means and what to do about it.
//!
//! *Invariant:* the page loads nothing, runs nothing and sets nothing.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;

use crate::web::caller::Speaking;
use crate::web::kind::Kind;
use crate::web::problem::Problem;
use crate::web::respond::{escaped, page};
use crate::words::{Language, say};

/// Explains a type of problem
#[utoipa::path(get, path = "/problems/{slug}", tag = "problems", operation_id = "explain_problem",
    params(("slug" = String, Path, description = "The last part of a problem's `type`")),
    responses((status = 200, description = "What it means and what to do", body = String, content_type = "text/html")))]
pub(crate) async fn explain(slug: Path<String>, Speaking(language): Speaking) -> Result<HttpResponse, Problem> {
    let kind = Kind::find(&slug).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let mut response = page(html(kind, language), "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, header::HeaderValue::from_static(language.code()));
    headers.insert(header::VARY, header::HeaderValue::from_static("Accept-Language"));
    Ok(response)
}

fn html(kind: Kind, language: Language) -> String {
    let text = |part: &str| escaped(&say(language, &format!("problems.{}.{part}", kind.slug()), &[]));
    let heading = |part: &str| escaped(&say(language, &format!("problem_page.{part}"), &[]));
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title></head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <p>HTTP {}</p>\n<h2>{}</h2>\n<p>{}</p>\n<p>{}</p>\n</main>\n</body>\n</html>\n",
        language.code(),
        kind.status().as_u16(),
        heading("what_to_do"),
        // The placeholders are filled in an answer; here they stand for whatever it was.
        text("remedy").replace(['{', '}'], ""),
        heading("instance"),
        title = text("title"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_page_in_every_language_that_holds_no_placeholder() {
        for kind in Kind::ALL {
            for language in Language::ALL {
                let html = html(*kind, language);
                assert!(html.contains(&format!("lang=\"{language}\"")) && !html.contains('{'), "{html}");
                assert!(!html.contains("<script") && !html.contains("problem_page."), "{html}");
            }
        }
    }
}
