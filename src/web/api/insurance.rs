//! Insurance as a whole: what an operator's fleet is covered for, and what operators are told.
//!
//! *Invariant:* an operator sees its own fleet and notices only.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::model::{AsKnown, DeviceId, InsuranceNotice, PolicyId, Zone};
use crate::registry::insure::{self, CoverageReport, WantedNotices};
use crate::web::caller::Call;
use crate::web::fault::Fault;
use crate::web::paging::{self, Page};
use crate::web::params::Params;
use crate::web::problem::Problem;
use crate::web::state::read;
use crate::web::wrong::Wrong;

/// Days without cover.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GapView {
    /// The first day; null: a year before the instant, or longer ago.
    from: Option<String>,
    /// The first day with cover again; null: none is on record within a year.
    until: Option<String>,
    /// How many vehicles.
    vehicles: usize,
}

/// A policy whose cover ends soon, with nothing that adjoins.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExpiringView {
    /// The policy.
    policy: String,
    /// How many days after the instant the last day of cover lies.
    days: i64,
    /// The last day of cover.
    valid_until: String,
    /// How many vehicles.
    vehicles: usize,
}

/// What the fleet is covered for at an instant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoverageView {
    at: String,
    /// How many vehicles are in service.
    vehicles: usize,
    covered: usize,
    uncovered: usize,
    /// The first thousand that are not covered.
    uncovered_vehicles: Vec<String>,
    /// The last day on which all vehicles that are covered now still are; adjoining policies count as one.
    covered_until: Option<String>,
    /// Days without cover within a year before and after: those that have begun, and those after which cover goes on.
    gaps: Vec<GapView>,
    /// What ends within the days of the setting `insurance.warn_days`.
    expiring: Vec<ExpiringView>,
}

/// What the fleet is covered for at an instant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoverageAnswer {
    coverage: CoverageView,
}

impl CoverageAnswer {
    fn of(report: CoverageReport, at: String) -> Self {
        let gaps = report.gaps.iter().map(|gap| GapView {
            from: gap.from.map(|day| day.to_string()),
            until: gap.until.map(|day| day.to_string()),
            vehicles: gap.vehicles,
        });
        let expiring = report.expiring.iter().map(|one| ExpiringView {
            policy: one.policy.to_string(),
            days: one.days,
            valid_until: one.last_day.to_string(),
            vehicles: one.vehicles,
        });
        let coverage = CoverageView {
            at,
            vehicles: report.vehicles,
            covered: report.covered,
            uncovered: report.vehicles.saturating_sub(report.covered),
            gaps: gaps.collect(),
            expiring: expiring.collect(),
            covered_until: report.covered_until.map(|day| day.to_string()),
            uncovered_vehicles: report.uncovered_vehicles.into_iter().map(String::from).collect(),
        };
        Self { coverage }
    }
}

/// Tells what the fleet is covered for
///
/// At the instant `at` (now, if absent), as known now or at the instant `known_at`.
#[utoipa::path(get, path = "/v1/policies/coverage", tag = "policies", operation_id = "get_coverage",
    params(("at" = Option<String>, Query, description = "The instant: RFC 3339 with offset"),
           ("known_at" = Option<String>, Query, description = "As known at this instant")),
    responses((status = 200, description = "What it is covered for", body = CoverageAnswer)))]
pub(crate) async fn coverage(call: Call) -> Result<HttpResponse, Problem> {
    let mut params = Params::of(&call.request);
    let at = params.moment("at").unwrap_or_else(clock::now);
    let known = AsKnown::from(params.moment("known_at"));
    params.finish()?;
    let caller = call.caller.clone();
    let report =
        read(&call.state, move |db, registry| insure::coverage(db, &registry.rules, &caller, at, known)).await?;
    Ok(HttpResponse::Ok().json(CoverageAnswer::of(report, call.zone().stamp(at))))
}

/// Something that an operator is told about its insurance.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeView {
    id: String,
    operator_id: String,
    /// `expires_in_30` (or another number of days), `expired`, `uncovered_vehicles` or `check_contradicts`.
    kind: String,
    /// The policy, where it is about one alone.
    policy: Option<String>,
    /// The policies, where it is about some: the first ten.
    policies: Vec<String>,
    /// The last day of cover.
    due: Option<String>,
    /// How many vehicles are concerned, at the newest look.
    count: usize,
    /// The first of them.
    first_vehicles: Vec<String>,
    raised_at: String,
    /// When it was found to be mended; null while it stands.
    settled_at: Option<String>,
}

impl NoticeView {
    fn of(notice: &InsuranceNotice, zone: Zone) -> Self {
        let cause = &notice.cause;
        Self {
            id: notice.id.clone(),
            operator_id: notice.operator_id.to_string(),
            kind: cause.kind.to_string(),
            policy: match cause.policies.as_slice() {
                [one] => Some(one.to_string()),
                _ => None,
            },
            policies: cause.policies.iter().map(PolicyId::to_string).collect(),
            due: cause.due.map(|day| day.to_string()),
            count: cause.vehicles,
            first_vehicles: cause.first_devices.iter().map(DeviceId::to_string).collect(),
            raised_at: zone.stamp(notice.raised_at),
            settled_at: notice.settled_at.map(|at| zone.stamp(at)),
        }
    }
}

/// A page of notices.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticesAnswer {
    notices: Vec<NoticeView>,
    /// The path of the next page.
    next: Option<String>,
}

/// Lists what operators are told about their insurance
///
/// Those that stand; with `state=all` settled ones too. An operator sees its own. Raised and settled at every change of
/// policies and fleet, and once a day.
#[utoipa::path(get, path = "/v1/policies/notices", tag = "policies", operation_id = "list_insurance_notices",
    params(("state" = Option<String>, Query, description = "`open` (if absent) or `all`")),
    responses((status = 200, description = "A page", body = NoticesAnswer)))]
pub(crate) async fn notices(call: Call) -> Result<HttpResponse, Problem> {
    let mut params = Params::of(&call.request);
    let fault = Fault::parameter("state", Wrong::OneOf).with("values", &"open, all");
    let wanted = params
        .read("state", fault, |text| match text {
            "open" => Some(WantedNotices::Open),
            "all" => Some(WantedNotices::All),
            _ => None,
        })
        .unwrap_or(WantedNotices::Open);
    let filter = if wanted == WantedNotices::All { "state=all".to_owned() } else { String::new() };
    let page = Page::read(&call, params, filter)?;
    let (caller, after, rows) = (call.caller.clone(), page.after.clone(), page.to_read());
    let listed = move |db: &mut _, _: &_| insure::list_notices(db, &caller, wanted, after.as_deref(), rows);
    let mut found = read(&call.state, listed).await?;
    let next = page.cut(&call, &mut found, |notice| notice.id.clone());
    let notices = found.iter().map(|notice| NoticeView::of(notice, call.zone())).collect();
    Ok(paging::answer(&NoticesAnswer { notices, next: next.clone() }, next.as_deref()))
}
