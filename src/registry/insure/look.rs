//! Looking at what lacks insurance, and telling the operator: at every change of it, and once a day.
//!
//! *Invariant:* a look depends on the records and the day alone, so that two looks on one day raise nothing twice,
//! whichever server took them; what is mended is settled.

use chrono::NaiveDate;
use rand::Rng;
use std::collections::{BTreeMap, HashMap};

use super::fleet::InsuredFleet;
use crate::model::{
    AsKnown, CheckOutcome, Cover, Coverage, DeviceId, Moment, NoticeCause, NoticeKind, OperatorId, PolicyId, Zone,
    day_after, day_before, new_id,
};
use crate::registry::{Registry, Rules};
use crate::storage::{self, Tx, insurance_notices, operators};

/// How many vehicles and policies a notice names.
const MOST_NAMED: usize = 10;

/// Looks at the insurance of every operator's fleet; returns how many notices are new. Each operator is looked at in a
/// transaction of its own.
///
/// # Errors
/// Those of the database.
pub fn look_at_all(registry: &Registry, now: Moment, rng: &mut impl Rng) -> storage::Result<usize> {
    let all = registry.store.read(|db| operators::list(db, None, None, usize::MAX))?;
    let mut raised = 0;
    for operator in all.into_iter().filter(|operator| operator.closed_at.is_none()) {
        raised += registry.store.write(|tx| {
            operators::take_turn(tx, &operator.id)?;
            look(tx, &registry.rules, now, rng, &operator.id)
        })?;
    }
    Ok(raised)
}

/// Looks at the insurance of an operator's fleet: raises notices of what is new, settles those of what is mended; returns
/// how many are new. The operator's turn must have been taken.
///
/// # Errors
/// Those of the database.
pub fn look(
    tx: &mut Tx<'_>,
    rules: &Rules,
    now: Moment,
    rng: &mut impl Rng,
    operator: &OperatorId,
) -> storage::Result<usize> {
    let fleet = InsuredFleet::find(tx.db(), operator, now, AsKnown::Now)?;
    let causes = causes(&fleet, rules.zone, &rules.warn_days, now);
    let mut open: HashMap<_, _> =
        insurance_notices::open_of(tx.db(), operator)?.into_iter().map(|notice| (notice.cause.key(), notice)).collect();
    let mut raised = 0;
    for cause in causes {
        match open.remove(&cause.key()) {
            None => {
                insurance_notices::raise(tx, &new_id(now, rng), operator, &cause, now)?;
                raised += 1;
            }
            Some(notice) if notice.cause != cause => insurance_notices::recount(tx, &notice.id, &cause)?,
            Some(_) => {}
        }
    }
    let mended: Vec<_> = open.values().map(|notice| notice.id.as_str()).collect();
    insurance_notices::settle(tx, &mended, now)?;
    Ok(raised)
}

/// What makes a cause: kind, contradicted policy, last day of cover.
type Key = (NoticeKind, Option<PolicyId>, Option<NaiveDate>);

/// What is concerned by a cause.
#[derive(Debug, Default)]
struct Concerned {
    policies: Vec<PolicyId>,
    devices: Vec<DeviceId>,
}

impl Concerned {
    fn add(&mut self, policy: Option<&PolicyId>, device: &DeviceId) {
        if let Some(policy) =
            policy.filter(|policy| self.policies.len() < MOST_NAMED && !self.policies.contains(policy))
        {
            self.policies.push(policy.clone());
        }
        // A policy may name a vehicle and cover its fleet too.
        if self.devices.last() != Some(device) {
            self.devices.push(device.clone());
        }
    }
}

/// Finds what the operator must be told. A vehicle whose cover ran out belongs to the notice of that day; what nothing
/// ever covered, to the notice of uncovered vehicles.
pub(super) fn causes(fleet: &InsuredFleet, zone: Zone, warn_days: &[u32], now: Moment) -> Vec<NoticeCause> {
    let today = zone.date_of(now);
    let mut found: BTreeMap<Key, Concerned> = BTreeMap::new();
    for cover in fleet.covers.values().flatten() {
        if cover.policy.check.is_some_and(CheckOutcome::contradicts) && today <= cover.policy.valid_until {
            let id = cover.policy.id.clone();
            let concerned = Concerned { policies: vec![id.clone()], devices: Vec::new() };
            found.entry((NoticeKind::CheckContradicts, Some(id), None)).or_insert(concerned);
        }
    }
    for vehicle in &fleet.vehicles {
        let coverage = fleet.coverage(vehicle.id);
        let serves = |day| vehicle.borne.contains(zone.start_of(day));
        for policy in coverage.policies() {
            if let Some(concerned) = found.get_mut(&(NoticeKind::CheckContradicts, Some(policy.id.clone()), None)) {
                concerned.add(None, &vehicle.device_id);
            }
        }
        if let Some((kind, cover)) = lacking(&coverage, warn_days, today, serves) {
            let due = cover.map(|cover| day_before(cover.days.until));
            let policy = cover.map(|cover| &cover.policy.id);
            found.entry((kind, None, due)).or_default().add(policy, &vehicle.device_id);
        }
    }
    found
        .into_iter()
        .map(|((kind, _, due), concerned)| NoticeCause {
            kind,
            policies: concerned.policies,
            due,
            vehicles: concerned.devices.len(),
            first_devices: concerned.devices.into_iter().take(MOST_NAMED).collect(),
        })
        .collect()
}

/// What a vehicle lacks today or soon, and the cover that ends or ended last. Cover that ends with the vehicle's service
/// lacks nothing.
fn lacking<'a>(
    coverage: &Coverage<'a>,
    warn_days: &[u32],
    today: NaiveDate,
    serves: impl Fn(NaiveDate) -> bool,
) -> Option<(NoticeKind, Option<&'a Cover>)> {
    let Some(days) = coverage.days_left(today) else {
        return Some(match coverage.last_before(today) {
            Some(cover) => (NoticeKind::Expired, Some(cover)),
            None => (NoticeKind::UncoveredVehicles, None),
        });
    };
    let ahead = warn_days.iter().copied().filter(|ahead| days <= i64::from(*ahead)).min()?;
    let last_day = coverage.until(today).map(day_before)?;
    let cover = coverage.on(last_day)?;
    serves(day_after(last_day)).then_some((NoticeKind::ExpiresIn(ahead), Some(cover)))
}
