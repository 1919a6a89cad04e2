//! Lookups: the officer's question.
//!
//! *Invariant:* a question without a lawful purpose and a case number (or `pending` at the kerb) never becomes a
//! [`Question`].

use regex::Regex;
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

use super::account::named_variants;
use super::{AsKnown, Moment, Place};
use crate::plate::Sight;

/// Why the officer asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A collision.
    Collision,
    /// A collision after which the rider left.
    HitAndRun,
    /// Somebody was hurt by a scooter that stood.
    InjuryOnParked,
    /// A scooter, or something with it, was stolen.
    Theft,
    /// A scooter was impounded.
    Impound,
    /// An administrative offence.
    Administrative,
    /// A court asks.
    Court,
    /// Something else; a comment says what.
    Other,
}

named_variants!(Purpose {
    Collision => "collision",
    HitAndRun => "hit_and_run",
    InjuryOnParked => "injury_on_parked",
    Theft => "theft",
    Impound => "impound",
    Administrative => "administrative",
    Court => "court",
    Other => "other",
});

/// The stretch of time that a question is about: an instant and a tolerance to both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The instant asked about.
    pub at: Moment,
    /// Seconds before and after, 0 to 21 600.
    pub tolerance: u32,
}

impl Window {
    /// The longest tolerance, in seconds: six hours.
    pub const MOST: u32 = 21_600;
    /// Above this tolerance, in seconds, rides are listed and none is called the answer: thirty minutes.
    pub const LISTS_ABOVE: u32 = 1_800;

    /// Returns the first instant of the window.
    #[must_use]
    pub fn from(self) -> Moment {
        self.at.plus_seconds(-i64::from(self.tolerance))
    }

    /// Returns the last instant of the window.
    #[must_use]
    pub fn to(self) -> Moment {
        self.at.plus_seconds(i64::from(self.tolerance))
    }
}

/// What else was seen of the scooter, as it was said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features {
    /// Its colour, or colours.
    pub colour: Option<String>,
    /// Who made it, or whose it is.
    pub make: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Where it was going: a word of the compass, or degrees clockwise from north.
    pub direction: Option<String>,
    /// Where a photo of it is kept. Nobody here looks at it.
    pub photo: Option<String>,
    /// The names of what else was said and is not read.
    pub not_read: Vec<String>,
}

/// An officer's question; every field was judged.
#[derive(Debug, Clone)]
pub struct Question {
    /// What was read on the metal, as typed.
    pub plate: Option<String>,
    /// What the code on the plate said, as scanned.
    pub qr: Option<String>,
    /// When.
    pub window: Window,
    /// From whose knowledge it is to be answered: today's, or the registry's at an earlier instant.
    pub as_known: AsKnown,
    /// Where, and within how many metres.
    pub near: Option<(Place, f64)>,
    /// Why.
    pub purpose: Purpose,
    /// The case; `None`: pending, to be completed within a day.
    pub case_number: Option<String>,
    /// Whatever else the officer noted.
    pub comment: Option<String>,
    /// How well the plate was seen.
    pub sight: Sight,
    /// What else was seen.
    pub features: Features,
}

/// The shapes that a case number may have, by name.
#[derive(Debug, Clone)]
pub struct CasePatterns {
    patterns: Vec<(String, Regex)>,
}

/// Why a text is no case number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CaseProblem {
    /// No pattern fits.
    #[error("case_number fits none of the known shapes: {}", .known.join(", "))]
    Unknown {
        /// The names of the shapes that are known.
        known: Vec<String>,
    },
}

impl CasePatterns {
    /// Compiles named patterns; each must fit the whole case number.
    ///
    /// # Errors
    /// The pattern that is no regular expression.
    pub fn compile(named: &[(String, String)]) -> Result<Self, regex::Error> {
        let patterns = named
            .iter()
            .map(|(name, pattern)| Ok((name.clone(), Regex::new(&format!("^(?:{pattern})$"))?)))
            .collect::<Result<_, regex::Error>>()?;
        Ok(Self { patterns })
    }

    /// Reads a case number: `None` for `pending`.
    ///
    /// # Errors
    /// Names the shapes that are known, where none fits.
    pub fn read(&self, text: &str) -> Result<Option<String>, CaseProblem> {
        let text = text.trim();
        if text == "pending" {
            return Ok(None);
        }
        if self.patterns.iter().any(|(_, pattern)| pattern.is_match(text)) {
            Ok(Some(text.to_owned()))
        } else {
            Err(CaseProblem::Unknown { known: self.patterns.iter().map(|(name, _)| name.clone()).collect() })
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;

    #[test]
    fn a_case_number_fits_a_pattern_as_a_whole() {
        let patterns = CasePatterns::compile(&[("КУИ 2026-000001".into(), "[0-9]{4}-[0-9]{6}".into())]).unwrap();
        assert_eq!(patterns.read(" 2026-000001 "), Ok(Some("2026-000001".into())));
        assert_eq!(patterns.read("pending"), Ok(None));
        for wrong in ["", "2026-0000011", "x2026-000001", "Pending"] {
            assert_eq!(patterns.read(wrong), Err(CaseProblem::Unknown { known: vec!["КУИ 2026-000001".into()] }));
        }
    }
}
