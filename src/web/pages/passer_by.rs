//! The page behind a plate's QR code, for whoever stands before the scooter.
//!
//! *Invariant:* whatever is not the code of a plate gets one and the same page and status, and nothing that was sent is
//! repeated in it. No cookie, no script, no question.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::style::{self, policy};
use super::telephone;
use super::turn::take_turn;
use crate::clock;
use crate::model::{Moment, Zone};
use crate::plate::PlateLink;
use crate::registry::passer_by::{Insured, PageVerdict, ShownPlate, look_at};
use crate::web::caller::language;
use crate::web::kind::Kind;
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::WebState;
use crate::words::{Language, say};

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

#[derive(Template)]
#[template(path = "passer_by.html", config = "assets/templates/askama.toml")]
struct Page<'a> {
    language: Language,
    css: &'static str,
    zone: Zone,
    now: Moment,
    /// What is told of the plate; `None` for a code that the registry did not make.
    shown: Option<&'a ShownPlate>,
    /// How many seconds to wait, where the address asked too often.
    wait: Option<u64>,
}

impl Page<'_> {
    fn say(&self, key: &str) -> String {
        say(self.language, &format!("passer_by.{key}"), &[])
    }

    /// The name of what is said first.
    fn verdict(&self) -> &'static str {
        match (self.shown.map(|plate| plate.verdict), self.wait) {
            (Some(PageVerdict::Genuine), _) => "genuine",
            (Some(PageVerdict::Lost), _) => "lost",
            (Some(PageVerdict::Replaced), _) => "replaced",
            (Some(PageVerdict::Withdrawn), _) => "withdrawn",
            (Some(PageVerdict::Annulled), _) => "annulled",
            (None, Some(_)) => "wait",
            (None, None) => "unconfirmed",
        }
    }

    fn word(&self) -> String {
        self.say(&format!("{}_word", self.verdict()))
    }

    fn lead(&self) -> String {
        let seconds = self.wait.unwrap_or_default().to_string();
        say(self.language, &format!("passer_by.{}_lead", self.verdict()), &[("seconds", &seconds)])
    }

    fn is_good(&self) -> bool {
        self.verdict() == "genuine"
    }

    fn is_on_the_road(&self) -> bool {
        self.shown.is_some_and(|plate| plate.verdict != PageVerdict::Annulled)
    }

    fn looks(&self) -> String {
        let described = self.shown.map(|plate| plate.make.iter().chain(&plate.colour).cloned().collect::<Vec<_>>());
        match described {
            Some(described) if !described.is_empty() => described.join(", "),
            _ => self.say("looks_unknown"),
        }
    }

    fn is_insured(&self) -> bool {
        self.shown.is_some_and(|plate| plate.insured != Insured::No)
    }

    fn insured(&self) -> String {
        self.say(if self.is_insured() { "insured_yes" } else { "insured_no" })
    }

    fn insured_by(&self) -> String {
        match self.shown.map(|plate| plate.insured) {
            Some(Insured::ByOperator) => self.say("insured_by_operator"),
            Some(Insured::Checked(Some(at))) => {
                let date = self.zone.date_of(at).format("%d.%m.%Y").to_string();
                say(self.language, "passer_by.insured_checked_on", &[("date", &date)])
            }
            Some(Insured::Checked(None)) => self.say("insured_checked"),
            Some(Insured::No) | None => self.say("insured_by_nobody"),
        }
    }

    fn telephone_link(&self) -> Option<String> {
        telephone::link(&self.shown?.telephone)
    }

    fn as_of(&self) -> String {
        say(self.language, "passer_by.as_of", &[("time", &self.zone.for_people(self.now))])
    }
}

/// Shows what a plate's code is worth
///
/// A page for whoever scanned it, in Kazakh, Russian or English (`Accept-Language`, or `?lang=kk`): 200 for a plate that is
/// valid, lost, replaced, withdrawn or annulled; 404 for every other code.
#[utoipa::path(get, path = "/p/{code}", tag = "operation", operation_id = "show_plate",
    params(("code" = String, Path, description = "Number and control pair, a slash, the tag; in any case"),
        ("lang" = Option<String>, Query, description = "kk, ru or en")),
    responses((status = 200, description = "A page", content_type = "text/html")))]
pub(crate) async fn show(
    state: Data<WebState>,
    request: HttpRequest,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    let language = wanted(&request);
    let zone = state.registry.rules.zone;
    let page = Page { language, css: style::PASSER_BY, zone, now: clock::now(), shown: None, wait: None };
    if let Err(seconds) = take_turn(&state, &request) {
        let html = rendered(&Page { wait: Some(seconds), ..page })?;
        let mut answer = answer(StatusCode::TOO_MANY_REQUESTS, language, html);
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        return Ok(answer);
    }
    let link = code.split_once('/').and_then(|(number, tag)| PlateLink::of_segments(number, tag).ok());
    // Drawn in the room too: what the public costs is paid there.
    let (status, html) = state
        .public
        .act(move |db, registry, now| -> Result<_, Problem> {
            let shown = look_at(db, registry, now, link.as_ref())?;
            let status = if shown.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
            Ok((status, rendered(&Page { shown: shown.as_ref(), ..page })?))
        })
        .await?;
    Ok(answer(status, language, html))
}

/// Shows what a plate's code is worth, as the code itself writes the address
///
/// As `/p/{code}`: a QR code is smaller in capitals.
#[utoipa::path(get, path = "/P/{code}", tag = "operation", operation_id = "show_scanned_plate",
    params(("code" = String, Path, description = "Number and control pair, a slash, the tag; in any case"),
        ("lang" = Option<String>, Query, description = "kk, ru or en")),
    responses((status = 200, description = "A page", content_type = "text/html")))]
pub(crate) async fn show_scanned(
    state: Data<WebState>,
    request: HttpRequest,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    show(state, request, code).await
}

/// Scanners add parameters of their own, so that unknown ones are passed over here.
fn wanted(request: &HttpRequest) -> Language {
    let named = Params::of(request).all("lang");
    named.iter().find_map(|tag| Language::from_tag(tag)).unwrap_or_else(|| language(request.headers()))
}

fn rendered(page: &Page<'_>) -> Result<String, Problem> {
    page.render().map_err(|error| Problem::new(Kind::Internal).because(error))
}

fn answer(status: StatusCode, language: Language, html: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CONTENT_LANGUAGE, language.code()))
        .insert_header((header::VARY, "Accept-Language"))
        .insert_header((ROBOTS, "noindex, nofollow"))
        .body(html)
}
