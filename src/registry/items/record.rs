//! What became of a plate: printed, fitted, damaged, lost, withdrawn.
//!
//! *Invariant:* a statement is never overwritten; one about the same instant corrects the one before.

use rand::Rng;

use super::ItemError;
use crate::audit::Action;
use crate::model::{AccountId, Caller, ItemState, Moment, OperatorId, PlateItem};
use crate::plate::PlateNumber;
use crate::storage::audit_log::{self, Draft};
use crate::storage::plate_items::{self, NewItemState};
use crate::storage::{self, Db, Tx, operators, plates};

/// What an operator states about a plate.
#[derive(Debug, Clone)]
pub struct NewState {
    /// The state.
    pub state: ItemState,
    /// Since when; `None`: now.
    pub at: Option<Moment>,
    /// Why; needed to withdraw.
    pub reason: Option<String>,
}

/// A state that is to be true of an item.
#[derive(Debug, Clone)]
pub struct ItemStatement<'a> {
    /// The item as known.
    pub item: &'a PlateItem,
    /// The state.
    pub state: ItemState,
    /// Since when.
    pub since: Moment,
    /// Why.
    pub reason: Option<String>,
}

impl ItemStatement<'_> {
    /// Returns the row that records it.
    #[must_use]
    pub fn row(&self) -> NewItemState {
        NewItemState {
            number: self.item.number,
            item: self.item.item,
            version: self.item.next_version(),
            corrects: self.item.corrected_at(self.since),
            state: self.state,
            since: self.since,
            reason: self.reason.clone(),
        }
    }
}

/// Returns who calls, if it is an operator.
pub(super) fn own(caller: &Caller) -> Result<&OperatorId, ItemError> {
    caller.operator_id.as_ref().ok_or(ItemError::NotAnOperator)
}

/// Finds the items of a number of this operator's.
pub(super) fn items_of(db: &mut Db, operator: &OperatorId, number: PlateNumber) -> Result<Vec<PlateItem>, ItemError> {
    let plates = plates::find_by_numbers(db, &[number])?;
    if !plates.iter().any(|plate| plate.operator_id == *operator) {
        return Err(ItemError::Unknown);
    }
    Ok(plate_items::of_numbers(db, &[number])?)
}

/// Judges an instant that an operator states about an item.
pub(super) fn since(item: &PlateItem, at: Option<Moment>, now: Moment) -> Result<Moment, ItemError> {
    match at {
        Some(at) if at > now => Err(ItemError::InFuture),
        Some(at) if item.since.is_some_and(|since| at < since) => Err(ItemError::TooEarly),
        other => Ok(other.unwrap_or(now)),
    }
}

/// Returns a text without what surrounds it; `None` where nothing is left.
pub(super) fn text(field: &'static str, text: Option<&str>) -> Result<Option<String>, ItemError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > 2_000) {
        return Err(ItemError::TooLong(field));
    }
    Ok(text.map(ToOwned::to_owned))
}

/// Writes statements about items.
pub(super) fn state(
    tx: &mut Tx<'_>,
    statements: &[ItemStatement<'_>],
    by: &AccountId,
    now: Moment,
) -> Result<(), storage::Error> {
    let rows: Vec<_> = statements.iter().map(ItemStatement::row).collect();
    plate_items::insert_states(tx, &rows, by, now)
}

/// Records what became of a plate of the caller's. Goes on while the operator is suspended.
///
/// # Errors
/// [`ItemError`].
pub fn record_state(
    tx: &mut Tx<'_>,
    now: Moment,
    rng: &mut impl Rng,
    caller: &Caller,
    number: PlateNumber,
    item: u32,
    new: &NewState,
) -> Result<Vec<PlateItem>, ItemError> {
    let operator = operators::take_turn(tx, own(caller)?)?.id;
    let items = items_of(tx.db(), &operator, number)?;
    let found = items.iter().find(|found| found.item == item).ok_or(ItemError::Unknown)?;
    if found.is_withdrawn() {
        return Err(ItemError::Withdrawn);
    }
    let reason = text("reason", new.reason.as_deref())?;
    if new.state == ItemState::Withdrawn && reason.is_none() {
        return Err(ItemError::ReasonMissing);
    }
    let statement = ItemStatement { item: found, state: new.state, since: since(found, new.at, now)?, reason };
    state(tx, &[statement], &caller.account_id, now)?;
    let items = items_of(tx.db(), &operator, number)?;
    let subject = format!("{number}/{item}");
    audit_log::append(tx, now, rng, &[Draft::of(caller, Action::PlateItemRecorded, &subject)])?;
    Ok(items)
}
