//! Gathering facts: plates, vehicles, operators, policies, watermarks, for a slice of questions at once.
//!
//! *Invariant:* a fixed number of statements, however many questions; no ride is read here.

use std::collections::{BTreeSet, HashMap};

use super::facts::{Candidate, Meant, NeverIssued};
use super::seek::{Sought, normalise, sort};
use crate::model::{
    Custody, Moment, Operator, OperatorId, Plate, Policy, Reporting, SeriesStatus, Vehicle, VehicleId, Zone,
};
use crate::plate::{PlateNumber, SeriesLetter};
use crate::storage::{self, Db, operators, plates, policies, series, vehicles, watermarks};

/// Everything that the questions' numbers lead to.
pub(super) struct Gathered {
    plates: HashMap<PlateNumber, Vec<Plate>>,
    vehicles: HashMap<VehicleId, Vehicle>,
    operators: HashMap<OperatorId, Operator>,
    by_vehicle: Vec<(VehicleId, Policy)>,
    by_fleet: Vec<Policy>,
    watermarks: HashMap<OperatorId, Moment>,
    letters: BTreeSet<SeriesLetter>,
    asked_at: Moment,
}

impl Gathered {
    pub(super) fn find(db: &mut Db, asked_at: Moment, sought: &[&Sought]) -> storage::Result<Self> {
        let numbers: BTreeSet<_> =
            sought.iter().flat_map(|one| one.hypotheses.iter().chain(&one.nearby)).map(|(number, _)| *number).collect();
        let numbers: Vec<_> = numbers.into_iter().collect();
        let mut plates: HashMap<_, Vec<_>> = HashMap::new();
        for plate in plates::find_all_versions(db, &numbers)? {
            plates.entry(plate.number).or_default().push(plate);
        }
        let all = || plates.values().flatten();
        let vehicle_ids: BTreeSet<_> = all().map(|plate| plate.vehicle_id).collect();
        let vehicle_ids: Vec<_> = vehicle_ids.into_iter().collect();
        let operator_ids: BTreeSet<_> = all().map(|plate| plate.operator_id.clone()).collect();
        let operator_ids: Vec<_> = operator_ids.into_iter().collect();
        let found = operators::find_all(db, &operator_ids)?;
        let confirmed = series::list(db, None, None, 26)?;
        Ok(Self {
            vehicles: vehicles::find_by_ids(db, &vehicle_ids)?,
            operators: found.into_iter().map(|operator| (operator.id.clone(), operator)).collect(),
            by_vehicle: policies::of_vehicles(db, &vehicle_ids)?,
            by_fleet: policies::of_fleets(db, &operator_ids)?,
            watermarks: watermarks::newest(db, &operator_ids)?,
            letters: confirmed
                .into_iter()
                .filter(|series| series.status == SeriesStatus::Confirmed)
                .map(|series| series.letter)
                .collect(),
            plates,
            asked_at,
        })
    }

    /// Returns what a question's numbers came to at the instant.
    pub(super) fn meant(&self, zone: Zone, sought: &Sought, at: Moment) -> Meant {
        let mut issued = self.issued(&sought.hypotheses);
        if issued.len() > 1 {
            // A number that nobody bore then was not read then, where another one was borne.
            let borne: Vec<_> = issued.iter().copied().filter(|(number, _)| self.is_borne(*number, at)).collect();
            if !borne.is_empty() {
                issued = borne;
                normalise(&mut issued);
            }
        }
        let candidates = |issued: &[(PlateNumber, f64)]| -> Vec<Candidate> {
            issued.iter().filter_map(|(number, weight)| self.candidate(zone, *number, *weight, at)).collect()
        };
        let mut found = candidates(&issued);
        match found.len() {
            0 => {
                let number = sought.hypotheses.first().map(|(number, _)| *number);
                let claimed = number.is_some_and(|number| self.letters.contains(&number.letter()));
                let reason = if claimed { "not_issued" } else { "letter_unclaimed" };
                Meant::Never(NeverIssued { number, reason, offered: candidates(&self.issued(&sought.nearby)) })
            }
            1 => match found.pop() {
                Some(one) => Meant::One(Box::new(one)),
                None => Meant::Several(Vec::new()),
            },
            _ => Meant::Several(found),
        }
    }

    fn issued(&self, weighed: &[(PlateNumber, f64)]) -> Vec<(PlateNumber, f64)> {
        let mut issued: Vec<_> =
            weighed.iter().copied().filter(|(number, _)| self.plates.contains_key(number)).collect();
        sort(&mut issued);
        normalise(&mut issued);
        issued
    }

    fn is_borne(&self, number: PlateNumber, at: Moment) -> bool {
        self.plates
            .get(&number)
            .is_some_and(|plates| plates.iter().any(|plate| plate.superseded_at.is_none() && plate.borne.contains(at)))
    }

    fn candidate(&self, zone: Zone, number: PlateNumber, probability: f64, at: Moment) -> Option<Candidate> {
        let plates = self.plates.get(&number)?;
        let now = || plates.iter().filter(|plate| plate.superseded_at.is_none());
        let plate =
            now().find(|plate| plate.borne.contains(at)).or_else(|| now().max_by_key(|plate| plate.borne.from))?;
        let changed_since = plates.iter().any(|plate| plate.superseded_at.is_some() && plate.borne.contains(at))
            && !plate.borne.contains(at);
        let operator = self.operators.get(&plate.operator_id).cloned();
        let covering =
            |policy: &&Policy| zone.start_of(policy.valid_from) <= at && at < zone.end_of(policy.valid_until);
        let named =
            self.by_vehicle.iter().filter(|(vehicle, _)| *vehicle == plate.vehicle_id).map(|(_, policy)| policy);
        let of_fleet = self.by_fleet.iter().filter(|policy| policy.operator_id == plate.operator_id);
        let policy = named.chain(of_fleet).filter(covering).max_by_key(|policy| policy.recorded_at).cloned();
        Some(Candidate {
            number,
            probability,
            vehicle: self.vehicles.get(&plate.vehicle_id).cloned(),
            reporting: Reporting {
                custody: operator.as_ref().map_or(Custody::Deposited, |operator| operator.custody),
                complete_until: self.watermarks.get(&plate.operator_id).copied(),
                asked_at: self.asked_at,
            },
            operator,
            policy,
            changed_since,
            plate: plate.clone(),
        })
    }
}
