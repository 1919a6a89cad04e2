//! Gathering facts: plates, vehicles, operators, policies, watermarks, for a slice of questions at once.
//!
//! *Invariant:* a fixed number of exchanges with the database, however many questions, and one more for each instant whose
//! knowledge is asked for; no ride is read here.

use std::collections::{BTreeSet, HashMap};

use super::around::Around;
use super::facts::{Candidate, Meant, NeverIssued};
use super::issued::IssuedNumbers;
use super::seek::{Sought, normalise, sort};
use crate::model::{
    AsKnown, Caller, Custody, LinkVerdict, Moment, Operator, OperatorId, Plate, Reporting, Series, SeriesStatus, Zone,
    plate_status_at, plate_told_at,
};
use crate::plate::{PlateLink, PlateNumber, look_alikes};
use crate::registry::TagKeys;
use crate::registry::access::InForce;
use crate::storage::audit_log::Seen;
use crate::storage::{self, Db, surroundings, watermarks};

/// Everything that the questions' numbers lead to.
pub(super) struct Gathered {
    plates: Plates,
    /// Where a number was never issued: those one likely misreading away from it.
    nearby: HashMap<PlateNumber, Vec<(PlateNumber, f64)>>,
    operators: HashMap<OperatorId, Operator>,
    around: Around,
    watermarks: Vec<(AsKnown, HashMap<OperatorId, Moment>)>,
    series: Vec<Series>,
    in_force: InForce,
    seen: Seen,
}

/// The three times of a question: about which instant, from whose knowledge, asked when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instants {
    pub(super) at: Moment,
    pub(super) as_known: AsKnown,
    pub(super) asked_at: Moment,
}

impl Instants {
    /// Returns the instant at which the answer would have been given.
    pub(super) fn told_at(self) -> Moment {
        self.as_known.instant().unwrap_or(self.asked_at)
    }

    fn knows(self, plate: &Plate) -> bool {
        self.as_known.holds(plate.recorded_at, plate.superseded_at)
    }

    /// Whether a version had been believed before the one that is known.
    fn knew_before(self, plate: &Plate) -> bool {
        plate.superseded_at.is_some_and(|superseded| superseded <= self.told_at())
    }
}

/// A question as far as gathering asks: the numbers that it may mean, its times, and the code that was scanned.
pub(super) struct Posed<'a> {
    pub(super) sought: &'a Sought,
    pub(super) instants: Instants,
    pub(super) link: Option<PlateLink>,
}

/// All versions of the plates of each number.
type Plates = HashMap<PlateNumber, Vec<Plate>>;

impl Gathered {
    /// Reads it; `keys`: those of the callers, of whom it is to be known whether they are valid.
    pub(super) fn find(db: &mut Db, now: Moment, keys: &[&str], posed: &[Posed<'_>]) -> storage::Result<Self> {
        let of_texts = posed.iter().flat_map(|one| &one.sought.hypotheses).map(|(one, _)| *one);
        let mut numbers: BTreeSet<_> = of_texts.collect();
        numbers.extend(posed.iter().filter_map(|one| one.link).map(|link| link.number));
        let find = |db: &mut Db, numbers: &BTreeSet<PlateNumber>| {
            let numbers: Vec<_> = numbers.iter().copied().collect();
            surroundings::find(db, surroundings::Around { numbers: &numbers, keys, now })
        };
        let mut found = find(db, &numbers)?;
        let mut plates = by_number(std::mem::take(&mut found.plates));
        let nearby = nearby(&plates, posed);
        if !nearby.is_empty() {
            numbers.extend(nearby.values().flatten().map(|(number, _)| *number));
            found = find(db, &numbers)?;
            plates = by_number(std::mem::take(&mut found.plates));
        }
        // As a rule everybody asks what is known now.
        let mut watermarks = vec![(AsKnown::Now, found.watermarks)];
        let knowledge: BTreeSet<_> = posed.iter().map(|one| one.instants.as_known).collect();
        for as_known in knowledge.into_iter().filter(|as_known| *as_known != AsKnown::Now) {
            let operators: Vec<_> = found.operators.iter().map(|operator| operator.id.clone()).collect();
            watermarks.push((as_known, watermarks::newest(db, &operators, as_known)?));
        }
        Ok(Self {
            operators: found.operators.into_iter().map(|operator| (operator.id.clone(), operator)).collect(),
            around: Around::of_found(found.stand),
            watermarks,
            series: found.series,
            in_force: InForce::of(found.keys_in_force),
            seen: found.seen,
            plates,
            nearby,
        })
    }

    /// Returns what a question's numbers came to at the instant.
    pub(super) fn meant(&self, zone: Zone, sought: &Sought, instants: Instants) -> Meant {
        let mut issued = self.issued(&sought.hypotheses, instants);
        // Of a plate and a code that differ both are told, whatever became of their numbers.
        if issued.len() > 1 && !sought.differ {
            // A number that nobody bore then was not read then, where another one was borne.
            let borne: Vec<_> = issued.iter().copied().filter(|(number, _)| self.is_borne(*number, instants)).collect();
            if !borne.is_empty() {
                issued = borne;
                normalise(&mut issued);
            }
        }
        let candidates = |issued: &[(PlateNumber, f64)]| -> Vec<Candidate> {
            issued.iter().filter_map(|(number, weight)| self.candidate(zone, *number, *weight, instants)).collect()
        };
        let mut found = candidates(&issued);
        for candidate in &mut found {
            candidate.probability *= 1.0 - sought.elsewhere;
            candidate.differences = sought.differences.get(&candidate.number).cloned().unwrap_or_default();
        }
        // What was not read plainly may be a number that is not here: then even one is only a candidate.
        let alone = sought.exact || sought.elsewhere <= 0.0;
        match found.len() {
            0 => {
                let number = sought.hypotheses.first().map(|(number, _)| *number);
                let is_claimed = |letter| {
                    self.series.iter().any(|series| series.letter == letter && series.status == SeriesStatus::Confirmed)
                };
                let claimed = number.is_some_and(|number| number.letter().is_none_or(is_claimed));
                let reason = if claimed { "not_issued" } else { "letter_unclaimed" };
                Meant::Never(NeverIssued {
                    number,
                    reason,
                    offered: candidates(&self.issued(self.nearby_of(number), instants)),
                })
            }
            1 if alone => match found.pop() {
                Some(one) => Meant::One(Box::new(one)),
                None => Meant::Several(Vec::new()),
            },
            _ => Meant::Several(found),
        }
    }

    /// Returns whether a caller's key is valid.
    pub(super) fn admits(&self, caller: &Caller) -> bool {
        self.in_force.holds(caller)
    }

    /// Returns the log as it stood at the same instant.
    pub(super) fn into_seen(self) -> Seen {
        self.seen
    }

    /// Returns how far each letter's numbers were issued.
    pub(super) fn heads(&self) -> IssuedNumbers<'static> {
        IssuedNumbers::of_series(&self.series)
    }

    fn issued(&self, weighed: &[(PlateNumber, f64)], instants: Instants) -> Vec<(PlateNumber, f64)> {
        let is_known = |number: &PlateNumber| self.known(*number, instants).next().is_some();
        let mut issued: Vec<_> = weighed.iter().copied().filter(|(number, _)| is_known(number)).collect();
        sort(&mut issued);
        normalise(&mut issued);
        issued
    }

    fn nearby_of(&self, number: Option<PlateNumber>) -> &[(PlateNumber, f64)] {
        number.and_then(|number| self.nearby.get(&number)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The versions of a number's plates that are known; several where it was borne during several periods.
    fn known(&self, number: PlateNumber, instants: Instants) -> impl Iterator<Item = &Plate> {
        known(&self.plates, number, instants)
    }

    fn is_borne(&self, number: PlateNumber, instants: Instants) -> bool {
        self.known(number, instants).any(|plate| plate.borne.contains(instants.at))
    }

    fn candidate(&self, zone: Zone, number: PlateNumber, probability: f64, instants: Instants) -> Option<Candidate> {
        let at = instants.at;
        let all = self.plates.get(&number)?;
        let plate = plate_told_at(all, at, instants.as_known)?;
        let status = plate_status_at(all, at, instants.as_known)?;
        let mut before = all.iter().filter(|plate| instants.knew_before(plate));
        let borne_otherwise = before.find(|before| before.borne.contains(at) && before.vehicle_id != plate.vehicle_id);
        let mut before = all.iter().filter(|plate| instants.knew_before(plate));
        let changed_since = !plate.borne.contains(at) && before.any(|plate| plate.borne.contains(at));
        let operator = self.operators.get(&plate.operator_id).cloned();
        let mut around = self.around.of(zone, plate, status, instants);
        if borne_otherwise.is_some() {
            around.warnings.insert(0, "bearer_corrected");
        }
        Some(Candidate {
            number,
            probability,
            differences: Vec::new(),
            vehicle: around.vehicle,
            status,
            standing: around.standing,
            reporting: Reporting {
                custody: operator.as_ref().map_or(Custody::Deposited, |operator| operator.custody),
                complete_until: self.complete_until(&plate.operator_id, instants.as_known),
                asked_at: instants.told_at(),
            },
            operator,
            policy: around.policy,
            warnings: around.warnings,
            changed_since,
            plate: plate.clone(),
        })
    }

    /// Judges a scanned code as of the instant asked about.
    pub(super) fn judge_link(&self, keys: &TagKeys, link: &PlateLink, instants: Instants) -> LinkVerdict {
        self.around.judge_link(keys, link, instants)
    }

    fn complete_until(&self, operator: &OperatorId, as_known: AsKnown) -> Option<Moment> {
        let (_, newest) = self.watermarks.iter().find(|(of, _)| *of == as_known)?;
        newest.get(operator).copied()
    }
}

fn by_number(plates: Vec<Plate>) -> Plates {
    let mut found = Plates::new();
    for plate in plates {
        found.entry(plate.number).or_default().push(plate);
    }
    found
}

fn known(plates: &Plates, number: PlateNumber, instants: Instants) -> impl Iterator<Item = &Plate> {
    plates.get(&number).into_iter().flatten().filter(move |plate| instants.knows(plate))
}

/// What to offer where none of a question's numbers was known: numbers that look like the likeliest one.
fn nearby(plates: &Plates, posed: &[Posed<'_>]) -> HashMap<PlateNumber, Vec<(PlateNumber, f64)>> {
    let mut nearby = HashMap::new();
    for one in posed {
        let is_known = |(number, _): &(PlateNumber, f64)| known(plates, *number, one.instants).next().is_some();
        if let Some((best, _)) = one.sought.hypotheses.first()
            && !one.sought.hypotheses.iter().any(is_known)
        {
            nearby.entry(*best).or_insert_with(|| look_alikes(*best));
        }
    }
    nearby
}
