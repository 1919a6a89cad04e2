//! Physical plates, their states, who fitted them where, and what alarms that raised.
//!
//! *Invariant:* the first three plates of a number have no row: they follow from it.

pub(super) mod alarms;
mod fittings;
pub(super) mod items;

pub use alarms::{alarms_of, find_alarm, insert_alarms, list_alarms, open_alarms, settle_alarm};
pub use fittings::{FittingsWanted, fittings_of, insert_fitting, list_fittings};
pub use items::{NewItemState, insert_item, insert_states, of_numbers};
