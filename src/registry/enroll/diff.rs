//! What a list would change, told field by field, and what it does not name.
//!
//! *Invariant:* only told: nothing is changed here, and nothing is retired because a list does not name it.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plan::{Plan, RowPlan};
use super::stated_policies::POLICY;
use crate::fleet_list::FleetList;
use crate::model::{OperatorId, VehicleFacts, VehicleId};
use crate::storage::{self, Db, vehicle_ids};

/// How many changed rows, and how many vehicles that the list does not name, are told one by one; all are counted.
const TOLD: usize = 1_000;

/// How many device ids are read at once.
const IDS_AT_ONCE: usize = 10_000;

/// A known vehicle whose facts the list changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowChange {
    /// The row that changes it.
    pub row: u32,
    /// The operator's id of it.
    pub device_id: String,
    /// The facts that change.
    pub fields: Vec<FieldChange>,
}

/// A fact that the list changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    /// The field: `colour`.
    pub field: String,
    /// What is on record; nothing if nothing is.
    pub from: Option<String>,
    /// What the list says.
    pub to: Option<String>,
}

/// What a list would change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Diff {
    /// The first thousand changed rows, with the facts that change.
    pub changes: Vec<RowChange>,
    /// How many there are in all.
    pub changes_total: usize,
    /// The first thousand device ids of the fleet that the list does not name, in the order of registration. They are
    /// offered for retirement.
    pub missing: Vec<String>,
}

/// Tells what a plan would change and which of the operator's vehicles it does not name.
pub(super) fn find(db: &mut Db, operator: &OperatorId, list: &FleetList, plan: &Plan) -> storage::Result<Diff> {
    let stated = list.rows.iter().filter(|_| !plan.policies.is_empty());
    let joined: HashMap<u32, &str> = stated.filter_map(|row| Some((row.row, row.policy_number.as_deref()?))).collect();
    let changed = || plan.rows.iter().filter_map(|row| of_row(row, &joined));
    let missing = if plan.counts.missing > 0 { missing(db, operator, &named(plan))? } else { Vec::new() };
    Ok(Diff { changes: changed().take(TOLD).collect(), changes_total: plan.counts.changed, missing })
}

/// A vehicle that joins a policy leaves none: the number that its row states is told, and nothing that it had before.
fn of_row(plan: &RowPlan, joined: &HashMap<u32, &str>) -> Option<RowChange> {
    let RowPlan::Changed { row, vehicle, facts, fields } = plan else { return None };
    let fields = fields.iter().map(|field| FieldChange {
        field: (*field).to_owned(),
        from: fact(&vehicle.facts, field),
        to: if *field == POLICY { joined.get(row).map(ToString::to_string) } else { fact(facts, field) },
    });
    Some(RowChange { row: *row, device_id: vehicle.device_id.as_str().to_owned(), fields: fields.collect() })
}

/// A fact by the name of its field, as a list writes it.
fn fact(facts: &VehicleFacts, field: &str) -> Option<String> {
    match field {
        "serial_number" => facts.serial_number.clone(),
        "make" => facts.make.clone(),
        "model" => facts.model.clone(),
        "year" => facts.year.map(|year| year.to_string()),
        "colour" => facts.colour.clone(),
        "in_service" => facts.in_service.map(|day| day.to_string()),
        "out_of_service" => facts.out_of_service.map(|day| day.to_string()),
        "comment" => facts.comment.clone(),
        _ => None,
    }
}

fn named(plan: &Plan) -> BTreeSet<VehicleId> {
    let vehicle = |plan: &RowPlan| match plan {
        RowPlan::Changed { vehicle, .. } | RowPlan::Unchanged { vehicle, .. } => Some(vehicle.id),
        RowPlan::New { .. } => None,
    };
    plan.rows.iter().filter_map(vehicle).collect()
}

fn missing(db: &mut Db, operator: &OperatorId, named: &BTreeSet<VehicleId>) -> storage::Result<Vec<String>> {
    let mut missing = Vec::new();
    let mut after = VehicleId(0);
    loop {
        let page = vehicle_ids::list(db, operator, after, IDS_AT_ONCE)?;
        let Some((last, _)) = page.last() else { return Ok(missing) };
        after = *last;
        let unnamed = page.iter().filter(|(id, _)| !named.contains(id));
        missing.extend(unnamed.map(|(_, device_id)| device_id.as_str().to_owned()));
        if missing.len() >= TOLD {
            missing.truncate(TOLD);
            return Ok(missing);
        }
    }
}
