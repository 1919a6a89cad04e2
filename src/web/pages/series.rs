//! The letters and whom to call, for everybody, on screen and on paper: for the day the registry is down.
//!
//! *Invariant:* no cookie, no script, no BIN; what is printed says when it was true.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::turn::take_turn;
use super::{style, telephone};
use crate::model::{Moment, Zone};
use crate::plate::{PlateNumber, Scheme};
use crate::registry::letters::{LetterStanding, Letters, TakenLetter, list_letters};
use crate::web::caller::language;
use crate::web::kind::Kind;
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::WebState;
use crate::words::{Language, say};

/// The number that the instruction reads: the one of the control pair's own example.
const SAMPLE: &str = "K04271";

/// The texts that speak of letters, and what is said in their place where numbers have none.
const WITHOUT_LETTERS: [(&str, &str); 6] = [
    ("title", "title_all"),
    ("lead", "lead_all"),
    ("none", "none_all"),
    ("read_number", "read_symbols"),
    ("read_letter", "read_alphabet"),
    ("call", "call_all"),
];

#[derive(Template)]
#[template(path = "series.html", config = "assets/templates/askama.toml")]
struct Page<'a> {
    language: Language,
    css: &'static str,
    scheme: Scheme,
    zone: Zone,
    now: Moment,
    letters: &'a Letters,
    sample: PlateNumber,
}

impl Page<'_> {
    fn has_letters(&self) -> bool {
        self.scheme.has_letters()
    }

    fn say(&self, key: &str) -> String {
        let other = WITHOUT_LETTERS.into_iter().find(|(with, _)| *with == key && !self.has_letters());
        let key = other.map_or(key, |(_, without)| without);
        say(self.language, &format!("series_page.{key}"), &[])
    }

    fn as_of(&self) -> String {
        say(self.language, "series_page.as_of", &[("time", &self.zone.for_people(self.now))])
    }

    fn left(&self) -> String {
        say(self.language, "series_page.left", &[("count", &self.letters.left.len().to_string())])
    }

    /// Whether a letter is left that had better not be claimed.
    fn has_advised(&self) -> bool {
        self.letters.left.iter().any(|letter| letter.is_dissimilar_advised())
    }

    #[allow(clippy::unused_self, reason = "called by the template")]
    fn is_plain(&self, taken: &TakenLetter) -> bool {
        taken.standing == LetterStanding::Confirmed
    }

    fn state(&self, taken: &TakenLetter) -> String {
        match taken.standing {
            LetterStanding::Confirmed => self.say("confirmed"),
            LetterStanding::Suspended => self.say("suspended"),
            LetterStanding::Closed => self.say("closed"),
            LetterStanding::Claimed { until: Some(until) } => {
                say(self.language, "series_page.claimed_until", &[("time", &self.zone.for_people(until))])
            }
            LetterStanding::Claimed { until: None } => self.say("claimed"),
        }
    }

    fn state_means(&self, taken: &TakenLetter) -> String {
        self.say(match taken.standing {
            LetterStanding::Confirmed => "confirmed",
            LetterStanding::Suspended => "suspended_means",
            LetterStanding::Closed => "closed_means",
            LetterStanding::Claimed { .. } => "claimed_means",
        })
    }
}

/// Shows whose each letter is and whom to call
///
/// A page to be printed, in Kazakh, Russian or English (`Accept-Language`, or `?lang=kk`).
#[utoipa::path(get, path = "/series", tag = "operation", operation_id = "show_series",
    params(("lang" = Option<String>, Query, description = "kk, ru or en")),
    responses((status = 200, description = "A page", content_type = "text/html")))]
pub(crate) async fn show(state: Data<WebState>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    if let Err(seconds) = take_turn(&state, &request) {
        let most = state.public_pages.most();
        let refused = Problem::new(Kind::TooMany).with("most", &most).with("seconds", &seconds);
        return Err(refused.retry_after(seconds));
    }
    let named = Params::of(&request).all("lang");
    let language = named.iter().find_map(|tag| Language::from_tag(tag)).unwrap_or_else(|| language(request.headers()));
    let html = state
        .public
        .act(move |db, registry, now| -> Result<_, Problem> {
            let scheme = registry.rules.scheme;
            let letters = list_letters(db, scheme)?;
            let sample = if scheme.has_letters() { SAMPLE } else { scheme.sample() };
            let page = Page {
                language,
                css: style::SERIES,
                scheme,
                zone: registry.rules.zone,
                now,
                letters: &letters,
                sample: PlateNumber::parse(sample).map_err(|error| Problem::new(Kind::Internal).because(error))?,
            };
            page.render().map_err(|error| Problem::new(Kind::Internal).because(error))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, style::series_policy()))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header((header::CONTENT_LANGUAGE, language.code()))
        .insert_header((header::VARY, "Accept-Language"))
        .body(html))
}
