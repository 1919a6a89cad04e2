//! Pictures of plates, to be printed.
//!
//! *Invariant:* nothing is recorded, and no cache that others share keeps a picture: a QR code in it opens a plate's page.

use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentEncoding, EntityTag, Header as _, IfNoneMatch};
use actix_web::web::Path;
use sha2::{Digest, Sha256};

use crate::model::Position;
use crate::registry::print::{Format, Picture, Wanted, draw_plate};
use crate::render::{Dpi, Part, Validity};
use crate::web::caller::Call;
use crate::web::fault::Fault;
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::respond::download;
use crate::web::state::act;
use crate::web::wrong::Wrong;

/// Draws a plate as SVG
///
/// In true size, of outlines. For the regulator it is a specimen without a valid tag.
#[utoipa::path(get, path = "/v1/plates/{number}.svg", tag = "fleet", operation_id = "draw_plate_as_svg",
    params(("number" = String, Path, description = "The registration number"),
           ("position" = Option<String>, Query, description = "`rear` (default), `left` or `right`"),
           ("item" = Option<u32>, Query, description = "Which of the number's plates; the valid one at the position, if absent"),
           ("part" = Option<String>, Query, description = "`plate` (default), or `label` for the sticker that bears what the settings keep off the plate")),
    responses((status = 200, description = "The picture", content_type = "image/svg+xml")))]
pub(crate) async fn svg(call: Call, number: Path<String>) -> Result<HttpResponse, Problem> {
    let (wanted, params) = wanted(&call, number.into_inner());
    params.finish()?;
    draw(call, wanted, Format::Svg).await
}

/// Draws a plate as PNG
///
/// Black and white, in true size at the resolution, which is recorded in the file. For the regulator it is a specimen
/// without a valid tag.
#[utoipa::path(get, path = "/v1/plates/{number}.png", tag = "fleet", operation_id = "draw_plate_as_png",
    params(("number" = String, Path, description = "The registration number"),
           ("position" = Option<String>, Query, description = "`rear` (default), `left` or `right`"),
           ("item" = Option<u32>, Query, description = "Which of the number's plates; the valid one at the position, if absent"),
           ("part" = Option<String>, Query, description = "`plate` (default), or `label` for the sticker that bears what the settings keep off the plate"),
           ("dpi" = Option<u16>, Query, description = "Dots an inch, 72 to 1200; 300, if absent")),
    responses((status = 200, description = "The picture", content_type = "image/png")))]
pub(crate) async fn png(call: Call, number: Path<String>) -> Result<HttpResponse, Problem> {
    let (wanted, mut params) = wanted(&call, number.into_inner());
    let fault = Fault::parameter("dpi", Wrong::Dpi).with("least", &Dpi::LEAST).with("most", &Dpi::MOST);
    let dpi = params.read("dpi", fault, |text| text.parse().ok().and_then(Dpi::new));
    params.finish()?;
    draw(call, wanted, Format::Png(dpi.unwrap_or(Dpi::USUAL))).await
}

/// Draws a plate as PDF
///
/// One page of true size, of outlines in pure black. For the regulator it is a specimen without a valid tag.
#[utoipa::path(get, path = "/v1/plates/{number}.pdf", tag = "fleet", operation_id = "draw_plate_as_pdf",
    params(("number" = String, Path, description = "The registration number"),
           ("position" = Option<String>, Query, description = "`rear` (default), `left` or `right`"),
           ("item" = Option<u32>, Query, description = "Which of the number's plates; the valid one at the position, if absent"),
           ("part" = Option<String>, Query, description = "`plate` (default), or `label` for the sticker that bears what the settings keep off the plate")),
    responses((status = 200, description = "The picture", content_type = "application/pdf")))]
pub(crate) async fn pdf(call: Call, number: Path<String>) -> Result<HttpResponse, Problem> {
    let (wanted, params) = wanted(&call, number.into_inner());
    params.finish()?;
    draw(call, wanted, Format::Pdf).await
}

fn wanted(call: &Call, number: String) -> (Wanted, Params) {
    let mut params = Params::of(&call.request);
    let fault = Fault::parameter("position", Wrong::OneOf).with("values", &"rear, left, right");
    let position = params.read("position", fault, Position::find);
    let item =
        params.read("item", Fault::parameter("item", Wrong::Item), |text| text.parse().ok().filter(|it| *it > 0));
    let fault = Fault::parameter("part", Wrong::OneOf).with("values", &"plate, label");
    let part = params.read("part", fault, |text| match text {
        "plate" => Some(Part::Plate),
        "label" => Some(Part::Label),
        _ => None,
    });
    (Wanted { number, position, item, part: part.unwrap_or(Part::Plate) }, params)
}

async fn draw(call: Call, wanted: Wanted, format: Format) -> Result<HttpResponse, Problem> {
    let (caller, part) = (call.caller.clone(), wanted.part);
    let drawn = act(&call.state, move |registry, now, _| draw_plate(registry, now, &caller, &wanted, format));
    let picture = drawn.await?;
    let tag =
        EntityTag::new_weak(hex::encode(Sha256::digest(&picture.bytes).iter().take(16).copied().collect::<Vec<_>>()));
    let known = IfNoneMatch::parse(&call.request).is_ok_and(|known| match known {
        IfNoneMatch::Any => true,
        IfNoneMatch::Items(tags) => tags.iter().any(|known| known.weak_eq(&tag)),
    });
    let mut answer = if known {
        HttpResponse::NotModified().finish()
    } else {
        let name = name(&picture, part, extension(format));
        download(picture.bytes, media_type(format), &name)
    };
    let headers = answer.headers_mut();
    // Asked anew each time: the operator may have been suspended, or the plate withdrawn.
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("private, no-cache"));
    if let Ok(tag) = header::HeaderValue::from_str(&tag.to_string()) {
        headers.insert(header::ETAG, tag);
    }
    if matches!(format, Format::Png(_)) {
        // It is compressed already.
        let identity = header::HeaderValue::from_static(ContentEncoding::Identity.as_str());
        headers.insert(header::CONTENT_ENCODING, identity);
    }
    Ok(answer)
}

fn name(picture: &Picture, part: Part, extension: &str) -> String {
    let label = if part == Part::Label { "-label" } else { "" };
    let specimen = if picture.validity == Validity::Specimen { "-specimen" } else { "" };
    format!("{}-{}-{}{label}{specimen}.{extension}", picture.number, picture.position, picture.item)
}

const fn extension(format: Format) -> &'static str {
    match format {
        Format::Svg => "svg",
        Format::Png(_) => "png",
        Format::Pdf => "pdf",
    }
}

const fn media_type(format: Format) -> &'static str {
    match format {
        Format::Svg => "image/svg+xml",
        Format::Png(_) => "image/png",
        Format::Pdf => "application/pdf",
    }
}
