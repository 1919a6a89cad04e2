//! Series: the letter of an operator.
//!
//! *Invariant:* a letter belongs to one operator for its whole fleet and is never given to another once confirmed.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::account::named_variants;
use super::{Moment, OperatorId};
use crate::plate::SeriesLetter;

/// How far a claim to a letter has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeriesStatus {
    /// Claimed; the others may object.
    Claimed,
    /// The regulator confirmed it: numbers may be issued.
    Confirmed,
    /// The regulator rejected it: the letter is free again.
    Rejected,
}

named_variants!(SeriesStatus { Claimed => "claimed", Confirmed => "confirmed", Rejected => "rejected" });

/// A letter with its claim and decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The Latin letter.
    pub letter: SeriesLetter,
    /// Whose it is.
    pub operator_id: OperatorId,
    /// How far the claim has come.
    pub status: SeriesStatus,
    /// When it was claimed here.
    pub claimed_at: Moment,
    /// Since when scooters bear it, for a letter that was in use before (adoption).
    pub in_use_since: Option<Moment>,
    /// The notice once given to the other operators, as stated.
    pub notice: Option<String>,
    /// Until when the others may object; `None` for an adoption, which has no new clock.
    pub objections_until: Option<Moment>,
    /// When the regulator decided.
    pub decided_at: Option<Moment>,
    /// Why.
    pub decision_reason: Option<String>,
    /// The serial that the next issue takes.
    pub next_serial: u32,
}
