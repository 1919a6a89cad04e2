//! The run of a back-fill over its file: window after window, each judged, sorted and entered in steps.
//!
//! *Invariant:* the operator has its turn while a window is entered, and whoever waits for it is let in between; a step that
//! met somebody else's is tried again, and finds what that one recorded.

use rand::Rng;
use std::time::Duration;

use super::place::{Known, Placed, Placer};
use super::rows::as_reported;
use super::step::{Asks, Entered, step};
use crate::model::{Caller, Moment, OperatorId, RideReport, new_id};
use crate::registry::Registry;
use crate::registry::record::enter::Facts;
use crate::registry::record::report::without_handle;
use crate::registry::record::{RecordError, ReportProblem};
use crate::storage::statistics::{self, Filled};
use crate::storage::{self, Stride, operators, rides};

/// How often a step is tried that meets somebody else's.
const ATTEMPTS: u32 = 5;

/// The clock and the source of chance of a run, which outlives any one instant.
pub struct Hands<R> {
    /// The clock.
    pub now: fn() -> Moment,
    /// The source of chance.
    pub chance: fn() -> R,
}

/// Whether somebody else works on the registry meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Perhaps: no step keeps others waiting for long.
    Considerate,
    /// Nobody does: the steps are as large as is good for the speed.
    Alone,
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many are new.
    pub recorded: usize,
    /// How many were known as they are.
    pub repeated: usize,
    /// How many became new versions.
    pub versioned: usize,
    /// How many were refused.
    pub refused: usize,
}

/// A row that was refused, as it came.
#[derive(Debug, Clone)]
pub struct Refused {
    /// On which line of the file it begins, from 1.
    pub line: u64,
    /// Its cells.
    pub cells: Vec<Vec<u8>>,
    /// Why.
    pub problem: ReportProblem,
}

/// A back-fill under way.
pub struct BackFill<'a, R> {
    registry: &'a Registry,
    hands: Hands<R>,
    caller: Caller,
    operator: OperatorId,
    run: String,
    columns: Vec<String>,
    stride: Stride,
    counts: Counts,
    expects: Expects,
}

/// What a run expects of its next steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expects {
    /// Rides that are on record: none was entered yet, or the last ones met some.
    Known,
    /// Only new ones, like the last steps: to ask for each whether it is on record would be in vain.
    New,
    /// Now these, now those: it took all for new once, and they were not. To be wrong once more would cost more than to ask.
    Both,
}

impl Expects {
    const fn asks(self) -> Asks {
        match self {
            Self::Known | Self::Both => Asks::First,
            Self::New => Asks::Not,
        }
    }

    fn after(self, came: &[Came]) -> Self {
        if self == Self::Both || came.iter().any(|step| step.surprised) {
            Self::Both
        } else if came.iter().any(|step| step.counts.repeated + step.counts.versioned > 0) {
            Self::Known
        } else {
            Self::New
        }
    }
}

/// What came of a step.
struct Came {
    counts: Counts,
    /// Whether it took all rides for new, and some were not.
    surprised: bool,
}

impl<'a, R: Rng> BackFill<'a, R> {
    /// Begins.
    ///
    /// # Errors
    /// [`RecordError::NotAnOperator`], and those of the database.
    pub fn begin(
        registry: &'a Registry,
        hands: Hands<R>,
        caller: Caller,
        columns: &[String],
        pace: Pace,
    ) -> Result<Self, RecordError> {
        let operator = caller.operator_id.clone().ok_or(RecordError::NotAnOperator)?;
        let stride = registry.store.read(|db| -> Result<_, RecordError> { Ok(storage::stride(db)) })?;
        let stride = match pace {
            Pace::Considerate => stride,
            Pace::Alone => {
                let step = 200_000 / stride.abreast;
                Stride { window: 200_000, step, pause_ms: 0, room_mib: stride.room_mib * 2, ..stride }
            }
        };
        let run = new_id((hands.now)(), &mut (hands.chance)());
        let columns = columns.to_vec();
        let (counts, expects) = (Counts::default(), Expects::Known);
        Ok(Self { registry, hands, caller, operator, run, columns, stride, counts, expects })
    }

    /// Returns how many rows are to be taken at once.
    #[must_use]
    pub const fn window(&self) -> usize {
        self.stride.window
    }

    /// Ends: returns what came of all rows.
    #[must_use]
    pub fn end(self) -> Counts {
        statistics::renew(&self.registry.store, Filled::Rides);
        self.counts
    }

    /// Returns what came of all rows so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Returns who places the rows of the file, which may be done while others are entered.
    #[must_use]
    pub fn placer(&self) -> Placer<'a> {
        Placer::new(self.registry, self.operator.clone())
    }

    /// Enters a window of rows; returns those that are refused. Only what is returned `Ok` is on record.
    ///
    /// # Errors
    /// [`RecordError`]; then some of the window may be on record, and the same file again finds it there.
    pub fn take(&mut self, placed: Placed) -> Result<Vec<Refused>, RecordError> {
        self.keep(&placed.refused)?;
        self.enter(&placed)?;
        self.counts.refused += placed.refused.len();
        let refused = placed.refused.into_iter().map(|(line, cells, problem)| Refused {
            line,
            cells: cells.iter().map(<[u8]>::to_vec).collect(),
            problem,
        });
        Ok(refused.collect())
    }

    fn keep(&self, refused: &[(u64, csv::ByteRecord, ReportProblem)]) -> Result<(), RecordError> {
        if refused.is_empty() {
            return Ok(());
        }
        let (now, rng) = ((self.hands.now)(), &mut (self.hands.chance)());
        let kept: Vec<_> = refused
            .iter()
            .map(|(_, cells, problem)| {
                let report = without_handle(&as_reported(&self.columns, cells)).to_string();
                (new_id(now, rng), report, problem.code().to_owned())
            })
            .collect();
        self.registry.store.write(|tx| Ok(rides::keep_refused(tx, &self.operator, &kept, now)?))
    }

    /// Enters reports in steps, as many abreast as the database lets write side by side.
    fn enter(&mut self, placed: &Placed) -> Result<(), RecordError> {
        // Each step in a range of its own of the largest table's key: none touches the pages, or the scooters, of another.
        let sorted: Vec<_> = placed.reports.iter().collect();
        let steps = steps(&sorted, self.stride.step);
        let Known { fleet, insured } = placed.known.as_ref();
        let facts = Facts { rules: &self.registry.rules, fleet, insured, contradicted: &placed.contradicted };
        for abreast in steps.chunks(self.stride.abreast) {
            let came = match abreast {
                [alone] => vec![self.attempt(&facts, alone, Turn::Take)?],
                several => self.abreast(&facts, several)?,
            };
            self.expects = self.expects.after(&came);
            for Came { counts, .. } in came {
                self.counts.recorded += counts.recorded;
                self.counts.repeated += counts.repeated;
                self.counts.versioned += counts.versioned;
            }
            if self.stride.pause_ms > 0 {
                std::thread::park_timeout(Duration::from_millis(self.stride.pause_ms));
            }
        }
        Ok(())
    }

    /// Takes the turn of the operator in a transaction that does nothing else, and under it enters steps side by side.
    fn abreast(&self, facts: &Facts<'_>, steps: &[&[&RideReport]]) -> Result<Vec<Came>, RecordError> {
        let (registry, operator) = (self.registry, &self.operator);
        registry.store.write(|turn| {
            operators::await_turn(turn, operator)?;
            let attempt = |reports: &[&RideReport]| self.attempt(facts, reports, Turn::IsTaken);
            std::thread::scope(|scope| {
                let running: Vec<_> = steps.iter().map(|reports| scope.spawn(move || attempt(reports))).collect();
                running
                    .into_iter()
                    .map(|step| step.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                    .collect()
            })
        })
    }

    fn attempt(&self, facts: &Facts<'_>, reports: &[&RideReport], turn: Turn) -> Result<Came, RecordError> {
        let who = Entered { caller: &self.caller, operator: &self.operator, run: &self.run, stride: &self.stride };
        let (mut attempts, mut asks) = (0, self.expects.asks());
        loop {
            attempts += 1;
            let done = self.registry.store.write(|tx| {
                if turn == Turn::Take {
                    operators::await_turn(tx, &self.operator)?;
                }
                step(tx, (self.hands.now)(), &mut (self.hands.chance)(), &who, facts, reports, asks)
            });
            match done {
                Err(RecordError::Storage(storage::Error::Conflict(_))) if asks == Asks::Not => asks = Asks::First,
                Err(RecordError::Storage(storage::Error::Busy(_) | storage::Error::Conflict(_)))
                    if attempts < ATTEMPTS => {}
                other => {
                    let surprised = asks != self.expects.asks();
                    return other.map(|counts| Came { counts, surprised });
                }
            }
        }
    }
}

/// Who takes the turn of the operator.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Take,
    IsTaken,
}

/// Cuts sorted reports into steps of about so many, and never between two of one scooter.
fn steps<'r, 'a>(sorted: &'r [&'a RideReport], about: usize) -> Vec<&'r [&'a RideReport]> {
    let mut steps = Vec::new();
    let mut rest = sorted;
    while !rest.is_empty() {
        let cut = rest
            .get(about.saturating_sub(1))
            .map_or(rest.len(), |last| rest.partition_point(|report| report.vehicle_id <= last.vehicle_id));
        let (step, after) = rest.split_at(cut);
        steps.push(step);
        rest = after;
    }
    steps
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;
    use crate::model::{RideId, RideKind, VehicleId};

    #[test]
    fn steps_are_cut_between_scooters() {
        let report = |vehicle| RideReport {
            ride_id: RideId::parse("r").unwrap(),
            vehicle_id: VehicleId(vehicle),
            started_at: Moment::from_millis(0),
            ended_at: None,
            start: None,
            end: None,
            kind: RideKind::Rider,
            rider_handle: None,
        };
        let reports: Vec<_> = [1, 1, 2, 2, 2, 3, 4, 5].map(report).into_iter().collect();
        let sorted: Vec<_> = reports.iter().collect();
        let lengths = |about| steps(&sorted, about).iter().map(|step| step.len()).collect::<Vec<_>>();
        assert_eq!(lengths(3), [5, 3]);
        assert_eq!(lengths(2), [2, 3, 2, 1]);
        assert_eq!(lengths(100), [8]);
        assert!(steps(&[], 2).is_empty());
    }
}
