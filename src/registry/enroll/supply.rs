//! Numbers as a supply: none is adopted far above the highest, and none is planned that is not there.
//!
//! *Invariant:* judged over all rows that were planned, never row by row: a whole fleet may be adopted at once.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::Judge;
use super::plan::RowPlan;
use crate::fleet_list::{Field, Problem, ProblemKind};
use crate::plate::{PlateNumber, SeriesLetter};

impl Judge<'_> {
    /// Finds kept numbers that lie too far above the highest one: one typing mistake must not burn a letter. Numbers
    /// are taken in ascending order, each raising the highest, so that a whole fleet is adopted without being asked.
    pub(super) fn too_far_ahead(&mut self, rows: &[RowPlan]) -> BTreeSet<u32> {
        let mut kept: Vec<_> = rows
            .iter()
            .filter_map(|plan| match plan {
                RowPlan::New { row, kept: Some(number), .. } => Some((*number, *row)),
                _ => None,
            })
            .collect();
        kept.sort_unstable();
        let mut highest: BTreeMap<SeriesLetter, u32> = BTreeMap::new();
        let mut too_far = BTreeSet::new();
        for (number, row) in kept {
            let Some((letter, serial)) = number.in_series() else { continue };
            let known = self.known.letters.get(&letter).map_or(0, |series| series.next_serial.saturating_sub(1));
            let top = highest.entry(letter).or_insert(known);
            let limit = top.saturating_add(self.terms.adoption_jump);
            let meant = self.terms.adopt_up_to.is_some_and(|limit| limit.letter() == Some(letter) && number <= limit);
            if serial > limit && !meant {
                let highest = PlateNumber::of(letter, *top).map_or_else(|_| "0".to_owned(), |top| top.to_string());
                let problem = self
                    .problem(ProblemKind::PlateTooFarAhead, row, Field::Plate, &number.to_string())
                    .with("plate", &number.to_string())
                    .with("highest", &highest)
                    .with("limit", &self.terms.adoption_jump.to_string());
                self.problems.push(problem);
                too_far.insert(row);
            } else {
                *top = (*top).max(serial);
            }
        }
        too_far
    }

    /// Says so if the operator's letters have fewer numbers left than vehicles need.
    pub(super) fn used_up(&mut self, rows: &[RowPlan]) {
        if !self.terms.scheme.has_letters() {
            return self.sequence_used_up(rows);
        }
        let own = self.known.own_letters(self.terms.operator);
        let wanted = rows.iter().filter(|plan| matches!(plan, RowPlan::New { kept: None, .. })).count();
        let last = SeriesLetter::LAST_SERIAL;
        let left: u32 = own
            .iter()
            .map(|series| {
                let kept = rows.iter().filter_map(|plan| match plan {
                    RowPlan::New { kept: Some(number), .. } if number.letter() == Some(series.letter) => {
                        number.serial()
                    }
                    _ => None,
                });
                let next = kept.max().map_or(series.next_serial, |top| series.next_serial.max(top.saturating_add(1)));
                last.saturating_add(1).saturating_sub(next)
            })
            .sum();
        if u32::try_from(wanted).unwrap_or(u32::MAX) > left {
            let letter = own.last().map_or_else(String::new, |series| series.letter.to_string());
            self.problems.push(Problem::new(ProblemKind::SeriesUsedUp).with("letter", &letter));
        }
    }

    /// Says so if the registry's sequence is at its end. Up to a tenth of what is left is passed over; where only that is
    /// lacking, the commit finds it.
    fn sequence_used_up(&mut self, rows: &[RowPlan]) {
        let wanted = rows.iter().filter(|plan| matches!(plan, RowPlan::New { kept: None, .. })).count();
        let left = self.terms.scheme.capacity().saturating_sub(self.known.next_serial);
        if u32::try_from(wanted).unwrap_or(u32::MAX) > left {
            self.problems.push(Problem::new(ProblemKind::NumbersUsedUp).with("left", &left.to_string()));
        }
    }
}
