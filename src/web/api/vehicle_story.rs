//! A vehicle as it is, or as of an instant, as known now or then.
//!
//! *Invariant:* the answer names the two instants that it was told for.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::maintenance::MaintenanceView;
use super::policy_views::PolicyView;
use super::retirement::RetirementView;
use super::statuses::StatusView;
use super::vehicle_change::tag;
use super::vehicles::{NumberView, VehicleView, device};
use crate::model::{AsKnown, ItemStanding, Moment, PlateItem, Vehicle, Zone};
use crate::registry::life::{NumberThen, Present, Story, tell};
use crate::web::caller::Call;
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::act;

/// A number that the vehicle bears, bore or will bear.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NumberThenView {
    #[serde(flatten)]
    number: NumberView,
    /// Whether the vehicle bears it at that instant: `not_yet`, `in_service` or `annulled`.
    status: String,
    from: Option<String>,
    until: Option<String>,
    /// Why this version of the record was made.
    reason: String,
    recorded_at: String,
}

impl NumberThenView {
    fn of(number: NumberThen, zone: Zone) -> Self {
        let plate = number.plate;
        Self {
            number: plate.number.into(),
            status: number.status.name().to_owned(),
            from: plate.borne.from.map(|at| zone.stamp(at)),
            until: plate.borne.until.map(|at| zone.stamp(at)),
            reason: plate.reason,
            recorded_at: zone.stamp(plate.recorded_at),
        }
    }
}

/// A scooter as of an instant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoryView {
    #[serde(flatten)]
    vehicle: VehicleView,
    /// The instant as of which it is told.
    at: String,
    /// The instant whose knowledge it is told from; null: what is known now.
    known_at: Option<String>,
    /// The report that the status follows from.
    reported_status: Option<StatusView>,
    /// Its retirement, also one later than the instant.
    retirement: Option<RetirementView>,
    /// All its numbers, in order.
    numbers: Vec<NumberThenView>,
    /// The maintenance that was under way.
    maintenance: Vec<MaintenanceView>,
    /// The insurance policy in force; null: none was known.
    policy: Option<PolicyView>,
    /// The physical plates of the numbers that it bore, each as it was.
    items: Vec<ItemThenView>,
}

/// A physical plate as of an instant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemThenView {
    #[serde(flatten)]
    number: NumberView,
    /// Which of the number's plates, from 1.
    item: u32,
    /// `rear`, `left` or `right`.
    position: &'static str,
    /// The how manieth at this position, from 1.
    copy: u32,
    /// `ordered`, `printed`, `fitted`, `damaged`, `lost` or `withdrawn`.
    state: &'static str,
    /// Since when; null: since it is one.
    since: Option<String>,
    reason: Option<String>,
    /// The plate that it replaces.
    replaces: Option<u32>,
}

impl ItemThenView {
    fn of(item: &PlateItem, standing: ItemStanding, zone: Zone) -> Self {
        Self {
            number: item.number.into(),
            item: item.item,
            position: item.position.name(),
            copy: item.copy,
            state: standing.state.name(),
            since: standing.since.map(|at| zone.stamp(at)),
            reason: standing.reason,
            replaces: item.replaces.map(|(before, _)| before),
        }
    }
}

impl StoryView {
    fn of(story: Story, at: Moment, as_known: AsKnown, zone: Zone) -> Self {
        let retired_from = story.retirement.as_ref().map(|retirement| retirement.from);
        let vehicle = Vehicle { facts: story.facts, version: story.version, number: story.number, ..story.vehicle };
        Self {
            vehicle: VehicleView::of(Present { vehicle, standing: story.standing, retired_from }, zone),
            at: zone.stamp(at),
            known_at: as_known.instant().map(|at| zone.stamp(at)),
            reported_status: story.report.map(|report| StatusView::of(report, zone)),
            retirement: story.retirement.map(|retirement| RetirementView::of(retirement, zone)),
            numbers: story.numbers.into_iter().map(|number| NumberThenView::of(number, zone)).collect(),
            maintenance: story.under_way.into_iter().map(|record| MaintenanceView::of(record, zone)).collect(),
            policy: story.policy.map(|cover| PolicyView::of(&cover.policy, zone)),
            items: story.items.into_iter().map(|(item, standing)| ItemThenView::of(&item, standing, zone)).collect(),
        }
    }
}

/// One scooter as of an instant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoryAnswer {
    vehicle: StoryView,
}

/// Reads a vehicle of one's own fleet, now or as of an instant
///
/// Without parameters: as recorded last. With `at` as it was then; with `known_at` as the registry would have answered
/// then, also to a question about then. Where the vehicle was registered later than `known_at`, that is said: 404.
#[utoipa::path(get, path = "/v1/vehicles/{device_id}", tag = "fleet", operation_id = "read_vehicle",
    params(("device_id" = String, Path, description = "The operator's own id, percent-encoded"),
        ("at" = Option<String>, Query, description = "As of which instant; if absent: known_at, or now"),
        ("known_at" = Option<String>, Query, description = "From whose knowledge; if absent: today's")),
    responses((status = 200, description = "The vehicle", body = StoryAnswer)))]
pub(crate) async fn one(call: Call, device_id: Path<String>) -> Result<HttpResponse, Problem> {
    let mut params = Params::of(&call.request);
    let (at, known_at) = (params.moment("at"), params.moment("known_at"));
    params.finish()?;
    let (device, zone, caller) = (device(&device_id)?, call.zone(), call.caller.clone());
    let as_known = AsKnown::from(known_at);
    let told = act(&call.state, move |registry, now, _| {
        let instant = at.or(known_at).unwrap_or(now);
        let told = registry.store.read(|db| tell(db, zone, &caller, &device, instant, as_known));
        told.map(|story| (instant, story))
    });
    let (instant, mut story) = told.await?;
    let mut response = HttpResponse::Ok();
    if at.is_none() && known_at.is_none() {
        // As it is recorded last, also what is stated of days to come: this is what a change is made to.
        story.facts = story.vehicle.facts.clone();
        story.version = story.vehicle.version;
        story.number = story.vehicle.number;
        response.insert_header(tag(story.version));
    }
    Ok(response.json(StoryAnswer { vehicle: StoryView::of(story, instant, as_known, zone) }))
}
