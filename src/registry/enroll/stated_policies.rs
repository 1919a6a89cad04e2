//! What rows say about insurance: which policies a list makes or extends, and which scooters it leaves without any.
//!
//! *Invariant:* pure. A row without the whole of a policy states none; a policy on record is never altered by a list but
//! for the vehicles that it covers.

use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};

use super::known::Known;
use super::plan::{RowPlan, Terms};
use crate::fleet_list::{Field, FleetRow, Found, Problem, ProblemKind, Severity};
use crate::model::{Coverage, LONGEST_INSURER, NewPolicy, Policy, PolicyId, VehicleFacts, VehicleId, day_after};
use crate::registry::insure::StatedPolicy;

/// The field that a row changes which joins a policy.
pub(super) const POLICY: &str = "policy";

/// A policy that the list makes or extends, with the rows of the vehicles that join it.
#[derive(Debug, Clone)]
pub(super) struct PlannedPolicy {
    pub(super) stated: StatedPolicy,
    pub(super) rows: Vec<u32>,
}

/// What a row states in full.
struct Stated<'a> {
    insurer: &'a str,
    number: &'a str,
    /// Folded once a row: a list may have a million rows of one number and as many insurers.
    contract: Contract,
    from: NaiveDate,
    until: NaiveDate,
}

/// The number of a policy, and its insurer as all texts that name it are alike.
type Contract = (String, String);

fn contract(number: &str, insurer: &str) -> Contract {
    (number.trim().to_owned(), Policy::folded_insurer(insurer))
}

/// Things of one contract by their first day. No two of them have a day in common.
type ByDay<T> = BTreeMap<NaiveDate, T>;

impl<'a> Stated<'a> {
    fn of(row: &'a FleetRow) -> Option<Self> {
        let (insurer, number) = (row.insurer.as_deref()?, row.policy_number.as_deref()?);
        let (from, until) = (row.policy_from?, row.policy_until?);
        (from <= until).then(|| Self { insurer, number, contract: contract(number, insurer), from, until })
    }

    /// How it fits a policy of the same contract.
    fn fit(&self, (from, until): (NaiveDate, NaiveDate)) -> Fit {
        if (self.from, self.until) == (from, until) {
            Fit::Same
        } else if self.from <= until && from <= self.until {
            Fit::Contradicts
        } else {
            Fit::Other
        }
    }

    /// The last that begins before this one ends: if any has a day in common with it, this one has.
    fn nearest<T: Copy>(&self, alike: Option<&ByDay<T>>) -> Option<T> {
        alike?.range(..=self.until).next_back().map(|(_, one)| *one)
    }
}

/// How what a row states fits a policy.
enum Fit {
    Same,
    /// The same insurer and number, with days in common, and another period.
    Contradicts,
    Other,
}

/// What becomes of the policy of a row.
enum Outcome {
    /// It is planned, in that place; the row's vehicle joins it.
    Joins(usize),
    /// Its vehicle is covered by it already.
    Has,
    /// Nothing: the policy on record has another period.
    Contradicts(NaiveDate, NaiveDate),
    /// Nothing: its insurer is longer than it may be.
    Unfit,
}

/// What the list does about insurance.
pub(super) struct Insurance<'a> {
    known: &'a Known,
    today: NaiveDate,
    planned: Vec<PlannedPolicy>,
    /// The places of the new ones: each scooter may have a policy of its own.
    new: HashMap<Contract, ByDay<usize>>,
    /// The places of those on record.
    extended: HashMap<&'a PolicyId, usize>,
    /// The policies on record; two of one contract have no day in common there.
    on_record: HashMap<Contract, ByDay<&'a Policy>>,
    /// Policies on record with another period than rows state: how many rows, and the first.
    contradicted: BTreeMap<String, (NaiveDate, NaiveDate, usize, u32)>,
    uninsured: Vec<u32>,
    /// Rows whose insurer is longer than it may be.
    unfit: Vec<u32>,
}

impl<'a> Insurance<'a> {
    /// Plans the policies of the rows that were planned; a row whose vehicle joins one is a changed row.
    pub(super) fn plan(known: &'a Known, terms: Terms<'_>, stated: &[FleetRow], rows: &mut [RowPlan]) -> Self {
        let mut insurance = Self {
            known,
            today: terms.today,
            planned: Vec::new(),
            new: HashMap::new(),
            extended: HashMap::new(),
            on_record: HashMap::new(),
            unfit: Vec::new(),
            contradicted: BTreeMap::new(),
            uninsured: Vec::new(),
        };
        for policy in &known.policies {
            let alike = insurance.on_record.entry(contract(&policy.policy_number, &policy.insurer)).or_default();
            alike.entry(policy.valid_from).or_insert(policy);
        }
        let stated: HashMap<u32, &FleetRow> = stated.iter().map(|row| (row.row, row)).collect();
        for plan in rows {
            if let Some(row) = stated.get(&plan.row()) {
                insurance.row(row, plan);
            }
        }
        insurance.planned.retain(|policy| !policy.rows.is_empty());
        insurance
    }

    /// Returns the policies, and what stands against the list's insurance.
    pub(super) fn into_parts(self, found: &Found) -> (Vec<PlannedPolicy>, Vec<Problem>) {
        let mut problems: Vec<_> = self
            .contradicted
            .iter()
            .map(|(number, (from, until, count, first))| {
                Problem::new(ProblemKind::PolicyDiffers)
                    .with("policy", number)
                    .with("policy_from", &from.to_string())
                    .with("policy_until", &until.to_string())
                    .with("count", &count.to_string())
                    .with("first", &first.to_string())
            })
            .collect();
        let column = found.columns.iter().find(|column| column.field == Some(Field::Insurer));
        problems.extend(self.unfit.iter().map(|row| {
            Problem {
                severity: Severity::Warning,
                ..Problem::new(ProblemKind::CellTooLong)
                    .at_row(*row)
                    .in_column(column.map_or("", |column| &column.column))
                    .with("limit", &LONGEST_INSURER.to_string())
            }
        }));
        if let Some(first) = self.uninsured.first() {
            let told = Problem::new(ProblemKind::VehiclesUninsured)
                .with("count", &self.uninsured.len().to_string())
                .with("first", &first.to_string());
            problems.push(told);
        }
        (self.planned, problems)
    }

    fn row(&mut self, row: &FleetRow, plan: &mut RowPlan) {
        let stated = Stated::of(row);
        let mut covers_itself = false;
        if let Some(stated) = &stated {
            match self.outcome(stated, plan.vehicle_id()) {
                Outcome::Joins(place) => {
                    self.planned.get_mut(place).into_iter().for_each(|policy| policy.rows.push(row.row));
                    plan.change(POLICY);
                    covers_itself = true;
                }
                Outcome::Has => covers_itself = true,
                Outcome::Contradicts(from, until) => {
                    let number = stated.number.trim().to_owned();
                    self.contradicted.entry(number).or_insert((from, until, 0, row.row)).2 += 1;
                }
                Outcome::Unfit => self.unfit.push(row.row),
            }
        }
        let day = plan.facts().in_service.map_or(self.today, |day| day.max(self.today));
        let by_itself = covers_itself && stated.is_some_and(|one| one.from <= day && day <= one.until);
        if serves(plan.facts(), day) && !by_itself && !self.is_covered(plan.vehicle_id(), day) {
            self.uninsured.push(row.row);
        }
    }

    fn outcome(&mut self, stated: &Stated<'_>, vehicle: Option<VehicleId>) -> Outcome {
        let mut contradicted = None;
        if let Some(policy) = stated.nearest(self.on_record.get(&stated.contract)) {
            let period = (policy.valid_from, policy.valid_until);
            match stated.fit(period) {
                Fit::Same if self.reaches_its_end(policy, vehicle) || self.left(policy, vehicle) => {
                    return Outcome::Has;
                }
                Fit::Same => return Outcome::Joins(self.known_policy(policy)),
                Fit::Contradicts => contradicted = Some(period),
                Fit::Other => {}
            }
        }
        if let Some(place) = stated.nearest(self.new.get(&stated.contract))
            && let Some(StatedPolicy::New(new)) = self.planned.get(place).map(|planned| &planned.stated)
        {
            let period = (new.valid_from, new.valid_until);
            match stated.fit(period) {
                Fit::Same => return Outcome::Joins(place),
                Fit::Contradicts => contradicted = Some(period),
                Fit::Other => {}
            }
        }
        if let Some((from, until)) = contradicted {
            return Outcome::Contradicts(from, until);
        }
        match self.new_policy(stated) {
            Some(new) => {
                let place = self.place(StatedPolicy::New(new));
                self.new.entry(stated.contract.clone()).or_default().insert(stated.from, place);
                Outcome::Joins(place)
            }
            None => Outcome::Unfit,
        }
    }

    fn new_policy(&self, stated: &Stated<'_>) -> Option<NewPolicy> {
        let alike = self.on_record.get(&stated.contract);
        let before = alike.and_then(|alike| alike.range(..stated.from).next_back()).map(|(_, policy)| *policy);
        let before = before.filter(|policy| day_after(policy.valid_until) == stated.from);
        let new = NewPolicy {
            insurer: stated.insurer.trim().to_owned(),
            policy_number: stated.number.trim().to_owned(),
            valid_from: stated.from,
            valid_until: stated.until,
            // The vehicles are those of the rows; new ones have no number yet.
            vehicles: None,
            renews: before.map(|policy| policy.id.clone()),
        };
        new.check().ok()
    }

    /// The place of a policy on record among the planned ones.
    fn known_policy(&mut self, policy: &'a Policy) -> usize {
        if let Some(place) = self.extended.get(&policy.id) {
            return *place;
        }
        let place = self.place(StatedPolicy::Known(policy.id.clone()));
        self.extended.insert(&policy.id, place);
        place
    }

    fn place(&mut self, stated: StatedPolicy) -> usize {
        let place = self.planned.len();
        self.planned.push(PlannedPolicy { stated, rows: Vec::new() });
        place
    }

    /// Whether a vehicle left a policy that is over: a list that still names it then says nothing new.
    fn left(&self, policy: &Policy, vehicle: Option<VehicleId>) -> bool {
        let had = vehicle.and_then(|vehicle| self.known.covers.get(&Some(vehicle)));
        policy.valid_until < self.today && had.into_iter().flatten().any(|cover| cover.policy.id == policy.id)
    }

    /// Whether a vehicle is covered by a policy up to its last day: one that left earlier joins it again.
    fn reaches_its_end(&self, policy: &Policy, vehicle: Option<VehicleId>) -> bool {
        let of = |key: Option<VehicleId>| self.known.covers.get(&key).into_iter().flatten();
        let end = day_after(policy.valid_until);
        let own = vehicle.into_iter().flat_map(|vehicle| of(Some(vehicle)));
        own.chain(of(None)).any(|cover| cover.policy.id == policy.id && cover.days.until == end)
    }

    fn is_covered(&self, vehicle: Option<VehicleId>, day: NaiveDate) -> bool {
        let of = |key: Option<VehicleId>| self.known.covers.get(&key).into_iter().flatten();
        let own = vehicle.into_iter().flat_map(|vehicle| of(Some(vehicle)));
        Coverage::of(own.chain(of(None))).on(day).is_some()
    }
}

fn serves(facts: &VehicleFacts, day: NaiveDate) -> bool {
    facts.out_of_service.is_none_or(|last| day <= last)
}
