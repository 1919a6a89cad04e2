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
use crate::model::{ImportId, Moment, OperatorId, Period, Plate, Series, Vehicle, VehicleFacts, VehicleId, Zone};
use crate::plate::PlateNumber;
use crate::registry::Rules;
use crate::registry::insure::{self, Listed, ListedOutcome, ListedPolicy};
use crate::registry::issue::{IssueError, issue};
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
    let changed = changed_vehicles(tx, applied, known, plan)?;
    let insured = insure_vehicles(tx, rng, applied, plan)?;
    let outcomes = outcomes(plan, &numbers);
    fleet_imports::insert_rows(tx, applied.import, &outcomes)?;
    let annulled: Vec<_> = born
        .iter()
        .chain(&changed)
        .filter(|plate| plate.borne.until.is_some())
        .map(|plate| plate.number.to_string())
        .collect();
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
    let given = issue(tx, applied.now, applied.operator, own, &kept, wanted, applied.tag_key);
    let mut given = given.map_err(|error| match error {
        IssueError::UsedUp => storage::Error::Conflict("the operator's letters are used up".to_owned()),
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
        let since = own.iter().find(|series| series.letter == number.letter()).and_then(|series| series.in_use_since);
        versions.push(NewVersion { id: VehicleId(id), device_id: device_id.clone(), version: 1, facts: facts.clone() });
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
    vehicles::insert(tx, applied.operator, &versions, applied.import, applied.now)?;
    plates::insert(tx, &born, Some(applied.import))?;
    Ok((born, numbers))
}

/// The period in which a vehicle bears its number: from its first day in service, else from when the letter is in use,
/// else since ever; until the end of its last day.
fn borne(zone: Zone, facts: &VehicleFacts, in_use_since: Option<Moment>) -> Period {
    let from = facts.in_service.map(|day| zone.start_of(day)).or(in_use_since);
    Period::new(from, facts.out_of_service.map(|day| zone.end_of(day)))
}

fn changed_vehicles(
    tx: &mut Tx<'_>,
    applied: &Applied<'_>,
    known: &Known,
    plan: &Plan,
) -> Result<Vec<Plate>, EnrollError> {
    let mut versions = Vec::new();
    let mut replaced = Vec::new();
    for row in &plan.rows {
        let RowPlan::Changed { vehicle, facts, fields, .. } = row else {
            continue;
        };
        // What joined a policy is described as before.
        if fields.iter().all(|field| *field == POLICY) {
            continue;
        }
        versions.push(NewVersion {
            id: vehicle.id,
            device_id: vehicle.device_id.clone(),
            version: vehicle.version.saturating_add(1),
            facts: facts.clone(),
        });
        if fields.iter().any(|field| ["in_service", "out_of_service"].contains(field)) {
            replaced.extend(next_plate(applied, known, vehicle, facts));
        }
    }
    vehicles::change(tx, applied.operator, &versions, applied.import, applied.now)?;
    let numbers: Vec<_> = replaced.iter().map(|plate| plate.number).collect();
    plates::supersede(tx, &numbers, applied.now)?;
    plates::insert(tx, &replaced, Some(applied.import))?;
    Ok(replaced)
}

fn next_plate(applied: &Applied<'_>, known: &Known, vehicle: &Vehicle, facts: &VehicleFacts) -> Option<Plate> {
    let plate = known.plates.get(&vehicle.number?)?;
    let since = known.letters.get(&plate.number.letter()).and_then(|series| series.in_use_since);
    let borne = borne(applied.rules.zone, facts, since);
    let reason = if borne.until.is_some() { "annulled" } else { "service dates changed" };
    Some(Plate {
        version: plate.version.saturating_add(1),
        borne,
        reason: reason.to_owned(),
        recorded_at: applied.now,
        ..plate.clone()
    })
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
    audit_log::append(tx, applied.now, rng, drafts)?;
    Ok(())
}
