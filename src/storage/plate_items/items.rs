//! Plate items with all versions of their states.
//!
//! *Invariant:* an item is never changed; its states are superseded, never overwritten.
#![allow(clippy::ref_option_ref, reason = "the derived code of rows borrows their fields")]

use diesel::prelude::*;
use std::collections::BTreeMap;

use crate::model::{AccountId, ItemState, ItemStateVersion, Moment, PlateItem, Position, ReplacementReason};
use crate::plate::PlateNumber;
use crate::storage::connection::Tx;
use crate::storage::db::Db;
use crate::storage::dialect::bundle::Slice;
use crate::storage::dialect::rows_a_statement;
use crate::storage::error::Result;
use crate::storage::schema::{numbers, plate_item_states as states, plate_items as items};
use crate::storage::tag_keys::stored_id;
use crate::storage::values::{known, number, signed, unsigned};

/// A number with the key of its tags and the instant at which it was given.
pub(in crate::storage) type GivenRow = (String, i32, i64);
pub(in crate::storage) type ItemRow = (String, i32, String, i32, i32, String, Option<String>, i32, i64, i64);
pub(in crate::storage) type StateRow = (String, i32, i32, String, i64, Option<String>, i64, Option<i64>);

/// The numbers as they were given, each with three items.
pub(in crate::storage) const GIVEN: Slice =
    Slice { columns: "t.number, t.tag_key, t.issued_at", from: "qn CROSS JOIN numbers t WHERE t.number = qn.number" };

/// The items that came later.
pub(in crate::storage) const LATER: Slice = Slice {
    columns: "t.number, t.item, t.position, t.copy, t.replaces, t.reason, t.note, t.tag_key, t.since, t.ordered_at",
    from: "qn CROSS JOIN plate_items t WHERE t.number = qn.number",
};

/// All versions of the states of items.
pub(in crate::storage) const STATED: Slice = Slice {
    columns: "t.number, t.item, t.version, t.state, t.since, t.reason, t.recorded_at, t.superseded_at",
    from: "qn CROSS JOIN plate_item_states t WHERE t.number = qn.number",
};

/// Something to be recorded about an item's state.
#[derive(Debug, Clone)]
pub struct NewItemState {
    /// The number.
    pub number: PlateNumber,
    /// The item.
    pub item: u32,
    /// The next version, [`PlateItem::next_version`].
    pub version: u32,
    /// What it corrects, [`PlateItem::corrected_at`].
    pub corrects: Option<u32>,
    /// The state.
    pub state: ItemState,
    /// Since when.
    pub since: Moment,
    /// Why.
    pub reason: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = states, treat_none_as_default_value = false)]
struct NewStateRow<'a> {
    number: String,
    item: i32,
    version: i32,
    state: &'a str,
    since: i64,
    reason: Option<&'a str>,
    recorded_at: i64,
    recorded_by: &'a str,
    superseded_at: Option<i64>,
}

/// Finds the items of these numbers, in the order of number and item, with all versions of their states; a number that was
/// never given has none. The number of statements does not depend on how many numbers are asked for.
///
/// # Errors
/// Those of the database.
pub fn of_numbers(db: &mut Db, of: &[PlateNumber]) -> Result<Vec<PlateItem>> {
    let (mut given, mut later, mut stated) = (Vec::new(), Vec::new(), Vec::new());
    for chunk in of.chunks(rows_a_statement(1)) {
        let texts: Vec<_> = chunk.iter().map(ToString::to_string).collect();
        let rows = numbers::table.filter(numbers::number.eq_any(&texts)).select((
            numbers::number,
            numbers::tag_key,
            numbers::issued_at,
        ));
        given.extend(rows.load::<GivenRow>(db)?);
        let rows = items::table.filter(items::number.eq_any(&texts)).select((
            items::number,
            items::item,
            items::position,
            items::copy,
            items::replaces,
            items::reason,
            items::note,
            items::tag_key,
            items::since,
            items::ordered_at,
        ));
        later.extend(rows.load::<ItemRow>(db)?);
        let rows = states::table.filter(states::number.eq_any(&texts)).select((
            states::number,
            states::item,
            states::version,
            states::state,
            states::since,
            states::reason,
            states::recorded_at,
            states::superseded_at,
        ));
        stated.extend(rows.load::<StateRow>(db)?);
    }
    assembled(given, later, stated)
}

/// Makes items out of their rows, in the order of number and item.
pub(in crate::storage) fn assembled(
    given: Vec<GivenRow>,
    mut later: Vec<ItemRow>,
    mut stated: Vec<StateRow>,
) -> Result<Vec<PlateItem>> {
    let mut found = BTreeMap::new();
    for (text, tag_key, issued_at) in given {
        let first = PlateItem::first_three(number(&text)?, stored_id(tag_key)?, Moment::from_millis(issued_at));
        found.extend(first.into_iter().map(|item| ((item.number, item.item), item)));
    }
    later.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    for row in later {
        let item = item(row)?;
        if let Some(before) = item.replaces.and_then(|(before, _)| found.get_mut(&(item.number, before))) {
            before.replaced_by = Some((item.item, item.recorded_at));
        }
        found.insert((item.number, item.item), item);
    }
    stated.sort_by(|one, other| (&one.0, one.1, one.2).cmp(&(&other.0, other.1, other.2)));
    for row in stated {
        let (place, version) = state(row)?;
        if let Some(item) = found.get_mut(&place) {
            item.states.push(version);
        }
    }
    Ok(found.into_values().collect())
}

fn item(row: ItemRow) -> Result<PlateItem> {
    let (text, item, position, copy, replaces, reason, note, tag_key, since, ordered_at) = row;
    let recorded_at = Moment::from_millis(ordered_at);
    let reason = known(ReplacementReason::find(&reason), "reason of a replacement", &reason)?;
    Ok(PlateItem {
        number: number(&text)?,
        item: unsigned(item)?,
        position: known(Position::find(&position), "position of a plate", &position)?,
        copy: unsigned(copy)?,
        tag_key: stored_id(tag_key)?,
        since: Some(Moment::from_millis(since)),
        recorded_at,
        replaces: Some((unsigned(replaces)?, reason)),
        replaced_by: None,
        note,
        states: vec![PlateItem::beginning(recorded_at)],
    })
}

fn state(row: StateRow) -> Result<((PlateNumber, u32), ItemStateVersion)> {
    let (text, item, version, state, since, reason, recorded_at, superseded_at) = row;
    let version = ItemStateVersion {
        version: unsigned(version)?,
        state: known(ItemState::find(&state), "state of a plate", &state)?,
        since: Some(Moment::from_millis(since)),
        reason,
        recorded_at: Moment::from_millis(recorded_at),
        superseded_at: superseded_at.map(Moment::from_millis),
    };
    Ok(((number(&text)?, unsigned(item)?), version))
}

/// Records a replacement.
///
/// # Errors
/// [`crate::storage::Error::Conflict`] where there is an item of its number, or another one replaces the same.
pub fn insert_item(tx: &mut Tx<'_>, new: &PlateItem, by: &AccountId) -> Result<()> {
    let (replaces, reason) = new.replaces.map_or((0, ""), |(item, reason)| (item, reason.name()));
    diesel::insert_into(items::table)
        .values((
            items::number.eq(new.number.to_string()),
            items::item.eq(signed(new.item)?),
            items::position.eq(new.position.name()),
            items::copy.eq(signed(new.copy)?),
            items::replaces.eq(signed(replaces)?),
            items::reason.eq(reason),
            items::note.eq(new.note.as_deref()),
            items::tag_key.eq(i32::from(new.tag_key)),
            items::since.eq(new.since.unwrap_or(new.recorded_at).as_millis()),
            items::ordered_at.eq(new.recorded_at.as_millis()),
            items::ordered_by.eq(by.as_str()),
        ))
        .execute(tx.db())?;
    Ok(())
}

/// Records states of items, as many as there are in a few statements; what one of them corrects is superseded.
///
/// # Errors
/// Those of the database.
pub fn insert_states(tx: &mut Tx<'_>, new: &[NewItemState], by: &AccountId, now: Moment) -> Result<()> {
    for (state, corrected) in new.iter().filter_map(|state| Some((state, state.corrects?))) {
        let of_item = states::table
            .filter(states::number.eq(state.number.to_string()))
            .filter(states::item.eq(signed(state.item)?))
            .filter(states::version.eq(signed(corrected)?));
        diesel::update(of_item).set(states::superseded_at.eq(Some(now.as_millis()))).execute(tx.db())?;
    }
    let rows = new
        .iter()
        .map(|new| {
            Ok(NewStateRow {
                number: new.number.to_string(),
                item: signed(new.item)?,
                version: signed(new.version)?,
                state: new.state.name(),
                since: new.since.as_millis(),
                reason: new.reason.as_deref(),
                recorded_at: now.as_millis(),
                recorded_by: by.as_str(),
                superseded_at: None,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    for chunk in rows.chunks(rows_a_statement(9)) {
        on_each!(tx.db(), connection => diesel::insert_into(states::table).values(chunk).execute(connection))?;
    }
    Ok(())
}
