//! What is known about a question before any ride is looked at.
//!
//! *Invariant:* nothing here says whether anybody rode.

use super::second::Named;
use crate::model::{
    DeviceId, LinkVerdict, Moment, Operator, Pace, Plate, PlateStatus, Policy, Question, Reporting, Seen, Standing,
    VehicleFacts, Zone,
};
use crate::plate::{Difference, PlateNumber};
use crate::words::Language;

/// A number that was issued and may be meant, with everything around it but the rides.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) number: PlateNumber,
    /// How probable it is by the reading alone, among the issued numbers that may be meant and whatever else was read.
    pub(super) probability: f64,
    /// Where the number differs from what was read, as far as that is told.
    pub(super) differences: Vec<Difference>,
    pub(super) plate: Plate,
    /// Whether an older version of the record had the number borne at the instant, and the newest has not.
    pub(super) changed_since: bool,
    /// The scooter as it was at the instant.
    pub(super) vehicle: Option<Scooter>,
    /// Whether the number was borne at the instant.
    pub(super) status: PlateStatus,
    /// Where in its life the scooter was at the instant.
    pub(super) standing: Standing,
    pub(super) operator: Option<Operator>,
    pub(super) policy: Option<Policy>,
    pub(super) reporting: Reporting,
    /// What is to be warned of because of its physical plates, its insurance and its own life, by code.
    pub(super) warnings: Vec<&'static str>,
}

/// A scooter as it is told of.
#[derive(Debug, Clone)]
pub(super) struct Scooter {
    /// The operator's id of it.
    pub(super) device_id: DeviceId,
    /// What it looks like.
    pub(super) facts: VehicleFacts,
}

/// Why no issued number is meant.
#[derive(Debug, Clone)]
pub(super) struct NeverIssued {
    pub(super) number: Option<PlateNumber>,
    pub(super) reason: &'static str,
    /// Issued numbers one likely misreading away.
    pub(super) offered: Vec<Candidate>,
}

/// What the numbers came to.
#[derive(Debug, Clone)]
pub(super) enum Meant {
    Never(NeverIssued),
    One(Box<Candidate>),
    Several(Vec<Candidate>),
}

impl Meant {
    /// The candidates whose rides are wanted, in order: of several, those that bear their number at the instant; a
    /// single one in any case, for a ride outside its service is worth knowing.
    pub(super) fn riding(&self, at: Moment) -> Vec<&Candidate> {
        match self {
            Self::Never(_) => Vec::new(),
            Self::One(one) => vec![one],
            Self::Several(several) => several.iter().filter(|candidate| candidate.plate.borne.contains(at)).collect(),
        }
    }
}

/// What is known about a question before any ride is looked at.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) id: String,
    pub(super) language: Language,
    pub(super) zone: Zone,
    pub(super) max_ride_s: i64,
    pub(super) late_after_s: i64,
    pub(super) most_candidates: usize,
    pub(super) asked_at: Moment,
    pub(super) question: Question,
    pub(super) exact: bool,
    pub(super) differ: bool,
    /// How probable it is that none of the numbers is meant.
    pub(super) elsewhere: f64,
    /// The numbers that the code may mean, where one was scanned.
    pub(super) of_code: Vec<PlateNumber>,
    /// What else was seen, understood.
    pub(super) named: Named,
    pub(super) pace: Pace,
    /// What the scanned code is worth, where one was scanned that has the shape of ours.
    pub(super) link: Option<LinkVerdict>,
    pub(super) meant: Meant,
}

impl Facts {
    /// Returns what was seen: when, where, of what kind.
    pub(super) const fn seen(&self) -> Seen {
        Seen { window: self.question.window, near: self.question.near, purpose: self.question.purpose }
    }
}
