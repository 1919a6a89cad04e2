//! Making a plan true: vehicles, numbers, plates, what each row became, and the entries.
//!
//! *Invariant:* one transaction, and the head of the audit log is moved last.

use rand::Rng;
use std::collections::HashMap;

use super::EnrollError;
use super::known::Known;
use super::plan::{Plan, RowPlan};
use super::stated_policies::POLICY;
use crate::audit::{Action, Decision, Hash, digest_of};
use crate::model::{
    Fact, ImportId, Moment, OperatorId, Period, Plate, Series, ServicePeriod, Vehicle, VehicleFacts, VehicleId,
    VehicleVersion, Zone, service_stated,
};
use crate::plate::PlateNumber;
use crate::plate::sparse::Shuffle;
use crate::registry::Rules;
use crate::registry::insure::{self, Listed, ListedOutcome, ListedPolicy};
use crate::registry::issue::{IssueError, Order, Supply, issue};
use crate::registry::life;
use crate::storage::audit_log::{self, Draft};
use crate::storage::fleet_imports::{self, RowOutcome};
use crate::storage::vehicles::{self, NewVersion};
use crate::storage::{self, Tx, plates};

/// What the plan is applied for.
pub(super) struct Applied<'a> {
    pub(super) import: &'a ImportId,
    pub(super) operator: &'a OperatorId,
    pub(super) account: &'a str,
    pub(super) now: Moment,
    pub(super) rules: &'a Rules,
    /// The first of the vehicle numbers that were reserved.
    pub(super) first_id: i64,
    pub(super) file_digest: Hash,
    /// The key that makes the tags of new numbers.
    pub(super) tag_key: u16,
    /// What shuffles the serials of new numbers, where the scheme has no letters.
    pub(super) shuffle: Option<&'a Shuffle>,
}

/// Makes the plan true.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    rng: &mut impl Rng,
    applied: &Applied<'_>,
    known: &Known,
    plan: &Plan,
) -> Result<(), EnrollError> {
    let own: Vec<Series> = known.own_letters(applied.operator).into_iter().cloned().collect();
    let (born, numbers) = new_vehicles(tx, applied, &own, plan)?;
    let ended = changed_vehicles(tx, applied, plan)?;
    let insured = insure_vehicles(tx, rng, applied, plan)?;
    let outcomes = outcomes(plan, &numbers);
    fleet_imports::insert_rows(tx, applied.import, &outcomes)?;
    let ended_at_once = born.iter().filter(|plate| plate.borne.until.is_some()).map(|plate| plate.number);
    let annulled: Vec<_> = ended_at_once.chain(ended).map(|number| number.to_string()).collect();
    insure::look(tx, applied.rules, applied.now, rng, applied.operator)?;
    log(tx, rng, applied, &numbers, &annulled, &insured)
}

fn insure_vehicles(
    tx: &mut Tx<'_>,
    rng: &mut impl Rng,
    applied: &Applied<'_>,
    plan: &Plan,
) -> Result<ListedOutcome, EnrollError> {
    let mut new_ids = applied.first_id..;
    let mut vehicles = HashMap::new();
    for row in &plan.rows {
        let id = row.vehicle_id().or_else(|| new_ids.next().map(VehicleId));
        vehicles.extend(id.map(|id| (row.row(), id)));
    }
    let listed: Vec<_> = plan
        .policies
        .iter()
        .map(|policy| ListedPolicy {
            stated: policy.stated.clone(),
            vehicles: policy.rows.iter().filter_map(|row| vehicles.get(row).copied()).collect(),
        })
        .collect();
    let list = Listed {
        import: applied.import,
        operator: applied.operator,
        account: applied.account,
        now: applied.now,
        zone: applied.rules.zone,
    };
    Ok(insure::record_listed(tx, rng, list, &listed)?)
}

fn new_vehicles(
    tx: &mut Tx<'_>,
    applied: &Applied<'_>,
    own: &[Series],
    plan: &Plan,
) -> Result<(Vec<Plate>, Vec<PlateNumber>), EnrollError> {
    let new: Vec<_> = plan
        .rows
        .iter()
        .filter_map(|row| match row {
            RowPlan::New { device_id, facts, kept, .. } => Some((device_id, facts, *kept)),
            _ => None,
        })
        .collect();
    let kept: Vec<_> = new.iter().filter_map(|(_, _, kept)| *kept).collect();
    let wanted = new.len() - kept.len();
    let supply = applied.shuffle.map_or(Supply::Letters(own), Supply::Shuffled);
    let order = Order { operator: applied.operator, kept: &kept, wanted, tag_key: applied.tag_key };
    let given = issue(tx, applied.now, supply, order);
    let mut given = given.map_err(|error| match error {
        IssueError::UsedUp => storage::Error::Conflict("fewer numbers are left than vehicles need".to_owned()),
        IssueError::Storage(error) => error,
    })?;
    given.reverse();
    let mut versions = Vec::with_capacity(new.len());
    let mut born = Vec::with_capacity(new.len());
    let mut numbers = Vec::with_capacity(new.len());
    for ((device_id, facts, kept), id) in new.into_iter().zip(applied.first_id..) {
        let Some(number) = kept.or_else(|| given.pop()) else {
            continue;
        };
        let since =
            own.iter().find(|series| Some(series.letter) == number.letter()).and_then(|series| series.in_use_since);
        versions.push(NewVersion::first(VehicleId(id), device_id.clone(), facts.clone()));
        born.push(Plate {
            number,
            version: 1,
            vehicle_id: VehicleId(id),
            operator_id: applied.operator.clone(),
            borne: borne(applied.rules.zone, facts, since),
            reason: if kept.is_some() { "adopted" } else { "issued" }.to_owned(),
            recorded_at: applied.now,
            superseded_at: None,
        });
        numbers.push(number);
    }
    vehicles::insert(tx, applied.operator, &versions, Some(applied.import), applied.now)?;
    plates::insert(tx, &born, Some(applied.import))?;
    Ok((born, numbers))
}

/// The period in which a vehicle bears its number: from its first day in service, else from when the letter is in use,
/// else since ever; until the end of its last day.
fn borne(zone: Zone, facts: &VehicleFacts, in_use_since: Option<Moment>) -> Period {
    let from = facts.in_service.map(|day| zone.start_of(day)).or(in_use_since);
    Period::new(from, facts.out_of_service.map(|day| zone.end_of(day)))
}

/// Changes known vehicles; returns their numbers that end now.
fn changed_vehicles(tx: &mut Tx<'_>, applied: &Applied<'_>, plan: &Plan) -> Result<Vec<PlateNumber>, EnrollError> {
    let changed: Vec<_> = plan
        .rows
        .iter()
        .filter_map(|row| match row {
            // What joined a policy is described as before.
            RowPlan::Changed { fields, .. } if fields.iter().all(|field| *field == POLICY) => None,
            RowPlan::Changed { vehicle, facts, fields, .. } => Some((vehicle, facts, fields)),
            _ => None,
        })
        .collect();
    let serves = |fields: &[&str]| fields.iter().filter_map(|name| Fact::find(name)).any(Fact::is_service_date);
    let serving: Vec<_> =
        changed.iter().filter(|(_, _, fields)| serves(fields)).map(|(vehicle, ..)| vehicle.id).collect();
    let mut known: HashMap<VehicleId, Vec<VehicleVersion>> = HashMap::new();
    for version in vehicles::find_versions(tx.db(), &serving)? {
        known.entry(version.vehicle_id).or_default().push(version);
    }
    let versions: Vec<_> = changed
        .into_iter()
        .map(|(vehicle, facts, fields)| {
            let known = known.get(&vehicle.id).map_or(&[][..], Vec::as_slice);
            next_version(applied.rules.zone, known, vehicle, facts, fields)
        })
        .collect();
    vehicles::change(tx, applied.operator, &versions, Some(applied.import), applied.now)?;
    let numbers = life::numbers_of(tx.db(), &serving)?;
    let followed =
        life::follow(tx, applied.now, applied.rules.zone, &numbers, life::Cause::Service, Some(applied.import))?;
    Ok(followed.annulled)
}

/// What a list states of a known vehicle always held, but for service dates, which speak about a period.
fn next_version(
    zone: Zone,
    known: &[VehicleVersion],
    vehicle: &Vehicle,
    facts: &VehicleFacts,
    fields: &[&str],
) -> NewVersion {
    let mut stated: Vec<_> = fields.iter().filter_map(|name| Fact::find(name)).collect();
    let mut service = ServicePeriod::FIRST;
    if stated.iter().any(|fact| fact.is_service_date()) {
        let old = (vehicle.facts.in_service, vehicle.facts.out_of_service);
        (service, _) = service_stated(zone, known, old, (facts.in_service, facts.out_of_service));
        stated.extend([Fact::InService, Fact::OutOfService]);
        stated.sort_unstable();
        stated.dedup();
    }
    NewVersion {
        version: vehicle.version.saturating_add(1),
        stated: Some(stated),
        service,
        ..NewVersion::first(vehicle.id, vehicle.device_id.clone(), facts.clone())
    }
}

fn outcomes(plan: &Plan, numbers: &[PlateNumber]) -> Vec<RowOutcome> {
    let mut numbers = numbers.iter();
    let outcome = |row: u32, outcome: &str, device_id: &str, number: Option<PlateNumber>, fields: &[&str]| RowOutcome {
        row: i64::from(row),
        outcome: outcome.to_owned(),
        device_id: device_id.to_owned(),
        number: number.map(|number| number.to_string()),
        changes: (!fields.is_empty()).then(|| fields.join(",")),
    };
    plan.rows
        .iter()
        .map(|row| match row {
            RowPlan::New { row, device_id, .. } => {
                outcome(*row, "new", device_id.as_str(), numbers.next().copied(), &[])
            }
            RowPlan::Changed { row, vehicle, fields, .. } => {
                outcome(*row, "changed", vehicle.device_id.as_str(), vehicle.number, fields)
            }
            RowPlan::Unchanged { row, vehicle } => {
                outcome(*row, "unchanged", vehicle.device_id.as_str(), vehicle.number, &[])
            }
        })
        .collect()
}

fn log(
    tx: &mut Tx<'_>,
    rng: &mut impl Rng,
    applied: &Applied<'_>,
    numbers: &[PlateNumber],
    annulled: &[String],
    insured: &ListedOutcome,
) -> Result<(), EnrollError> {
    let draft = |action, subject: &str, answer_digest| Draft {
        actor: applied.account.to_owned(),
        authority: None,
        role: "operator_staff".to_owned(),
        action,
        purpose: None,
        case_number: None,
        subject: Some(subject.to_owned()),
        question_digest: Some(applied.file_digest),
        answer_digest,
        decision: Decision::Done,
    };
    let mut drafts = vec![draft(Action::Import, applied.import.as_str(), None)];
    if !numbers.is_empty() {
        drafts.push(draft(Action::Issue, applied.import.as_str(), Some(digest_of(&numbers)?)));
    }
    for (action, policies) in [(Action::PolicyRecorded, &insured.made), (Action::PolicyChanged, &insured.extended)] {
        if !policies.is_empty() {
            drafts.push(draft(action, applied.import.as_str(), Some(digest_of(policies)?)));
        }
    }
    drafts.extend(annulled.iter().map(|number| draft(Action::Annul, number, None)));
    audit_log::append(tx, applied.now, rng, &drafts)?;
    Ok(())
}
