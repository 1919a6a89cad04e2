//! A plate replaced: a new item with a tag of its own, and the old one withdrawn.
//!
//! *Invariant:* no position has two plates that are valid: what is replaced is withdrawn in the same transaction.

use rand::Rng;

use super::ItemError;
use super::record::{ItemStatement, items_of, own, since, state, text};
use crate::audit::Action;
use crate::model::{
    AsKnown, Caller, ItemState, Moment, OperatorStatus, PlateItem, PlateStatus, Position, ReplacementReason,
    plate_status_at,
};
use crate::plate::PlateNumber;
use crate::registry::TagKeys;
use crate::storage::audit_log::{self, Draft};
use crate::storage::{Tx, operators, plate_items, plates};

/// A replacement that an operator orders.
#[derive(Debug, Clone)]
pub struct NewReplacement {
    /// Where the plate stands.
    pub position: Position,
    /// Why.
    pub reason: ReplacementReason,
    /// What else the operator notes.
    pub note: Option<String>,
    /// Since when the old one is no longer valid; `None`: now.
    pub at: Option<Moment>,
}

/// Orders another plate for a position of a number of the caller's; returns all items of the number, the new one last.
/// A suspended operator and an annulled number are refused: a replacement is there to be printed.
///
/// # Errors
/// [`ItemError`].
pub fn replace(
    tx: &mut Tx<'_>,
    keys: &TagKeys,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    number: PlateNumber,
    new: &NewReplacement,
) -> Result<Vec<PlateItem>, ItemError> {
    let operator = operators::take_turn(tx, own(caller)?)?;
    let items = items_of(tx.db(), &operator.id, number)?;
    if operator.status() != OperatorStatus::Admitted {
        return Err(ItemError::Suspended);
    }
    let periods = plates::find_by_numbers(tx.db(), &[number])?;
    if plate_status_at(&periods, now, AsKnown::Now) == Some(PlateStatus::Annulled) {
        return Err(ItemError::Annulled);
    }
    let at_position = || items.iter().filter(|item| item.position == new.position);
    // One that was withdrawn without a replacement gets one now.
    let old = at_position().rfind(|item| item.replaced_by.is_none()).ok_or(ItemError::Unknown)?;
    let since = since(old, new.at, now)?;
    let fresh = PlateItem {
        number,
        item: items.iter().map(|item| item.item).max().unwrap_or(3).saturating_add(1),
        position: new.position,
        copy: at_position().map(|item| item.copy).max().unwrap_or(1).saturating_add(1),
        tag_key: keys.current().id(),
        since: Some(since),
        recorded_at: now,
        replaces: Some((old.item, new.reason)),
        replaced_by: None,
        note: text("note", new.note.as_deref())?,
        states: Vec::new(),
    };
    plate_items::insert_item(tx, &fresh, &caller.account_id)?;
    if !old.is_withdrawn() {
        let reason = Some(new.reason.name().to_owned());
        let withdrawn = ItemStatement { item: old, state: ItemState::Withdrawn, since, reason };
        state(tx, &[withdrawn], &caller.account_id, now)?;
    }
    let items = items_of(tx.db(), &operator.id, number)?;
    let subject = format!("{number}/{}", fresh.item);
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::PlateItemRecorded, &subject)])?;
    Ok(items)
}
