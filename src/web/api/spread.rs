//! The deployment hint: near-twins of one's own fleet that stand close together.
//!
//! *Invariant:* what is listed is bounded; how much there is stands in the summary.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Place, Stand, Twins, Zone};
use crate::registry::spread::{FleetSpread, fleet_spread};
use crate::web::caller::Call;
use crate::web::fault::Fault;
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::act;
use crate::web::wrong::Wrong;
use crate::words::{Language, say};

/// Within how many metres, where nothing else is asked for: what a witness sees at once.
const WITHIN_M: u32 = 50;
const MOST_WITHIN_M: u32 = 2_000;
/// How many groups and pairs are listed, where nothing else is asked for.
const LISTED: u32 = 20;
const MOST_LISTED: u32 = 200;
/// How many scooters of a group are listed.
const MOST_OF_A_GROUP: usize = 50;

/// A scooter that stands somewhere.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StandView {
    /// Its number.
    number: String,
    /// The operator's id of it.
    device_id: String,
    /// Where it stands.
    place: Place,
    /// When it was there.
    at: String,
    /// What tells it: `ride_end` or `telemetry`.
    from: String,
}

/// Two scooters whose numbers are easily mixed up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TwinsView {
    one: StandView,
    other: StandView,
    /// How far apart they stand.
    metres: f64,
    /// How easily one is taken for the other, among all numbers that it is easily taken for, 0 to 1.
    alike: f64,
}

/// Scooters that near-twins hold together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupView {
    /// How many there are.
    size: usize,
    /// The first of them by number, 50 at most.
    scooters: Vec<StandView>,
}

/// How one's own fleet is spread.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpreadView {
    /// Within how many metres.
    within_m: u32,
    /// How many scooters' places are known.
    known: usize,
    /// How many others bear a number: ridden now, or of unknown place.
    elsewhere: usize,
    /// How many stand beside a near-twin.
    beside_a_twin: usize,
    /// How many pairs there are.
    pairs: usize,
    /// How many groups they make.
    groups: usize,
    /// The largest groups.
    worst_groups: Vec<GroupView>,
    /// The pairs that are most easily mixed up.
    worst_pairs: Vec<TwinsView>,
    /// What to do, in the caller's language.
    advice: String,
}

/// One spread.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpreadAnswer {
    spread: SpreadView,
}

/// Shows where near-twins stand close together
///
/// Numbers one character apart, or with two neighbouring characters exchanged, that stand side by side are what a witness
/// mixes up. From the ends of the last rides, and from positions where they are newer. This look is an entry of the audit log.
#[utoipa::path(get, path = "/v1/fleet/spread", tag = "fleet", operation_id = "fleet_spread",
    params(("within_m" = Option<u32>, Query, description = "How close, in metres: 1 to 2000; 50 if absent"),
           ("limit" = Option<u32>, Query, description = "How many groups and pairs are listed: 1 to 200; 20 if absent")),
    responses((status = 200, description = "How the caller's own fleet is spread", body = SpreadAnswer)))]
pub(crate) async fn show(call: Call) -> Result<HttpResponse, Problem> {
    let mut params = Params::of(&call.request);
    let mut whole = |name: &'static str, most: u32| {
        let fault = Fault::parameter(name, Wrong::WholeNumber).with("least", &1).with("most", &most);
        params.read(name, fault, |text| text.parse().ok().filter(|value| (1..=most).contains(value)))
    };
    let within_m = whole("within_m", MOST_WITHIN_M).unwrap_or(WITHIN_M);
    let listed = whole("limit", MOST_LISTED).unwrap_or(LISTED);
    params.finish()?;
    let (zone, language, caller) = (call.zone(), call.language, call.caller.clone());
    let found =
        act(&call.state, move |registry, now, rng| fleet_spread(registry, now, rng, &caller, f64::from(within_m)))
            .await?;
    let listed = usize::try_from(listed).unwrap_or(usize::MAX);
    Ok(HttpResponse::Ok().json(SpreadAnswer { spread: view(&found, within_m, listed, zone, language) }))
}

fn view(found: &FleetSpread, within_m: u32, listed: usize, zone: Zone, language: Language) -> SpreadView {
    let stand = |index: &usize| found.stands.get(*index).map(|stand| stand_view(stand, zone));
    let group = |group: &Vec<usize>| GroupView {
        size: group.len(),
        scooters: group.iter().take(MOST_OF_A_GROUP).filter_map(stand).collect(),
    };
    let twins = |pair: &Twins| {
        let metres = (pair.metres * 10.0).round() / 10.0;
        Some(TwinsView { one: stand(&pair.one)?, other: stand(&pair.other)?, metres, alike: pair.alike })
    };
    let (known, beside) = (found.stands.len().to_string(), found.beside.to_string());
    let key = match (found.stands.is_empty(), found.beside) {
        (true, _) => "spread.unknown",
        (false, 0) => "spread.none",
        _ => "spread.advice",
    };
    let args = [("known", known.as_str()), ("beside", beside.as_str()), ("metres", &within_m.to_string())];
    SpreadView {
        within_m,
        known: found.stands.len(),
        elsewhere: found.elsewhere,
        beside_a_twin: found.beside,
        pairs: found.spread.pairs.len(),
        groups: found.spread.groups.len(),
        worst_groups: found.spread.groups.iter().take(listed).map(group).collect(),
        worst_pairs: found.spread.pairs.iter().take(listed).filter_map(twins).collect(),
        advice: say(language, key, &args),
    }
}

fn stand_view(stand: &Stand, zone: Zone) -> StandView {
    StandView {
        number: stand.number.to_string(),
        device_id: stand.device_id.to_string(),
        place: stand.place,
        at: zone.stamp(stand.at),
        from: stand.from.name().to_owned(),
    }
}
