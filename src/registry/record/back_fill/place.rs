//! The rows of a window placed: which scooter each means, and which are refused before anything is entered.
//!
//! *Invariant:* nothing is written; the fleet is one view of the database, for no more than so many windows.

use std::collections::HashSet;
use std::sync::Arc;

use super::rows::Row;
use super::told::Told;
use crate::model::{OperatorId, RideId, RideReport};
use crate::registry::Registry;
use crate::registry::record::fleet::Fleet;
use crate::registry::record::insured::Insured;
use crate::registry::record::report::{contradicts, of_vehicle};
use crate::registry::record::{RecordError, ReportProblem};

/// After how many windows the fleet is looked at anew.
const WINDOWS_A_LOOK: u32 = 10;

/// What reports are judged by, of one instant.
pub(super) struct Known {
    pub(super) fleet: Fleet,
    pub(super) insured: Insured,
}

/// Places the rows of a file, window after window.
pub struct Placer<'a> {
    registry: &'a Registry,
    operator: OperatorId,
    known: Option<Arc<Known>>,
    windows: u32,
    told: Told,
}

/// A window of rows, placed.
pub struct Placed {
    /// The reports by scooter and start.
    pub(super) reports: Vec<RideReport>,
    /// The rides whose report names a scooter and the plate of another one, or of none.
    pub(super) contradicted: HashSet<RideId>,
    /// Line, cells and reason of the rows that are refused.
    pub(super) refused: Vec<(u64, csv::ByteRecord, ReportProblem)>,
    pub(super) known: Arc<Known>,
}

impl<'a> Placer<'a> {
    pub(super) fn new(registry: &'a Registry, operator: OperatorId) -> Self {
        Self { registry, operator, known: None, windows: 0, told: Told::default() }
    }

    /// Places the rows of the next window.
    ///
    /// # Errors
    /// Those of the database.
    pub fn place(&mut self, rows: Vec<Row>) -> Result<Placed, RecordError> {
        let known = self.look()?;
        let mut placed = Placed {
            reports: Vec::with_capacity(rows.len()),
            contradicted: HashSet::new(),
            refused: Vec::new(),
            known: Arc::clone(&known),
        };
        for row in rows {
            let report = row.judged.and_then(|judged| {
                let contradicts = contradicts(&judged, &known.fleet);
                let report = of_vehicle(judged, &known.fleet)?;
                if !self.told.note(&report) {
                    return Err(ReportProblem::TwiceInCall(report.ride_id.as_str().to_owned()));
                }
                if contradicts {
                    placed.contradicted.insert(report.ride_id.clone());
                }
                Ok(report)
            });
            match report {
                Ok(report) => placed.reports.push(report),
                Err(problem) => placed.refused.push((row.line, row.cells, problem)),
            }
        }
        placed.reports.sort_by_key(|report| (report.vehicle_id, report.started_at));
        Ok(placed)
    }

    fn look(&mut self) -> Result<Arc<Known>, RecordError> {
        let due = self.windows.is_multiple_of(WINDOWS_A_LOOK);
        self.windows = self.windows.wrapping_add(1);
        if let Some(known) = self.known.as_ref().filter(|_| !due) {
            return Ok(Arc::clone(known));
        }
        let known = self.registry.store.read(|db| -> Result<_, RecordError> {
            Ok(Known { fleet: Fleet::whole(db, &self.operator)?, insured: Insured::whole(db, &self.operator)? })
        })?;
        let known = Arc::new(known);
        self.known = Some(Arc::clone(&known));
        Ok(known)
    }
}
