//! Plate items: the physical plates of a number, and what became of each.
//!
//! Issuing a number makes three (rear 1, left 2, right 3), which follow from the number and are recorded nowhere; a
//! replacement is an item of its own, with a tag of its own.
//!
//! *Invariant:* a withdrawn item is never anything else again: its tag answers that the plate was replaced.
//! *Invariant:* states carry two times: since when true, and known from when to when.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::account::named_variants;
use super::{AsKnown, Moment};
use crate::plate::PlateNumber;

/// Where on the scooter a plate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Above the rear wheel.
    Rear,
    /// Left of the steering column.
    Left,
    /// Right of the steering column.
    Right,
}

named_variants!(Position { Rear => "rear", Left => "left", Right => "right" });

/// What became of a plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// It is to be made.
    Ordered,
    /// It was made.
    Printed,
    /// It is on the scooter.
    Fitted,
    /// It can no longer be read as it should.
    Damaged,
    /// Nobody knows where it is: fallen off, or stolen.
    Lost,
    /// It is no longer valid, for good.
    Withdrawn,
}

named_variants!(ItemState {
    Ordered => "ordered",
    Printed => "printed",
    Fitted => "fitted",
    Damaged => "damaged",
    Lost => "lost",
    Withdrawn => "withdrawn",
});

/// Why a plate was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplacementReason {
    /// Broken or bent.
    Damaged,
    /// Gone.
    Lost,
    /// Taken.
    Stolen,
    /// Scratched or faded.
    Illegible,
    /// Exchanged although nothing was wrong with it.
    Renewed,
}

named_variants!(ReplacementReason {
    Damaged => "damaged",
    Lost => "lost",
    Stolen => "stolen",
    Illegible => "illegible",
    Renewed => "renewed",
});

/// A version of what is known about an item's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemStateVersion {
    /// Which version, from 1, over all states of the item; 0 for the one that an item begins with.
    pub version: u32,
    /// The state.
    pub state: ItemState,
    /// Since when it is true; `None`: since the item is one.
    pub since: Option<Moment>,
    /// Why, in the operator's words, or the reason of a replacement.
    pub reason: Option<String>,
    /// When the registry learned of it.
    pub recorded_at: Moment,
    /// When it was corrected.
    pub superseded_at: Option<Moment>,
}

/// A physical plate with all versions of its states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlateItem {
    /// The number on it.
    pub number: PlateNumber,
    /// Which of the number's items, from 1; the tag covers it.
    pub item: u32,
    /// Where it stands.
    pub position: Position,
    /// The how manieth at that position, from 1.
    pub copy: u32,
    /// The id of the key that made its tag.
    pub tag_key: u16,
    /// Since when there is such a plate; `None` for the first three of a number.
    pub since: Option<Moment>,
    /// When the registry learned of it.
    pub recorded_at: Moment,
    /// What it replaces, and why.
    pub replaces: Option<(u32, ReplacementReason)>,
    /// What replaces it, and when the registry learned of that.
    pub replaced_by: Option<(u32, Moment)>,
    /// What the operator noted when it was ordered.
    pub note: Option<String>,
    /// All versions of its states, in the order of `version`; never empty.
    pub states: Vec<ItemStateVersion>,
}

/// What an item was at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemStanding {
    /// The state.
    pub state: ItemState,
    /// Since when; `None`: since the item is one.
    pub since: Option<Moment>,
    /// Why.
    pub reason: Option<String>,
}

impl PlateItem {
    /// Returns the three items that a number has by being issued or adopted.
    #[must_use]
    pub fn first_three(number: PlateNumber, tag_key: u16, issued_at: Moment) -> [Self; 3] {
        [(1, Position::Rear), (2, Position::Left), (3, Position::Right)].map(|(item, position)| Self {
            number,
            item,
            position,
            copy: 1,
            tag_key,
            since: None,
            recorded_at: issued_at,
            replaces: None,
            replaced_by: None,
            note: None,
            states: vec![Self::beginning(issued_at)],
        })
    }

    /// Returns the state that an item begins with.
    #[must_use]
    pub const fn beginning(recorded_at: Moment) -> ItemStateVersion {
        ItemStateVersion {
            version: 0,
            state: ItemState::Ordered,
            since: None,
            reason: None,
            recorded_at,
            superseded_at: None,
        }
    }

    /// Returns what it was at an instant, as known then or now: the newest of the states that are true by then. `None`
    /// where there was no such item, or nobody knew of it.
    #[must_use]
    pub fn standing(&self, at: Moment, as_known: AsKnown) -> Option<ItemStanding> {
        if self.since.is_some_and(|since| at < since) || !as_known.holds(self.recorded_at, None) {
            return None;
        }
        let by_then = self.states.iter().filter(|version| {
            version.since.is_none_or(|since| since <= at) && as_known.holds(version.recorded_at, version.superseded_at)
        });
        // Withdrawn is final, also where the withdrawal is dated before something that was stated earlier.
        let newest =
            by_then.max_by_key(|version| (version.state == ItemState::Withdrawn, version.since, version.version))?;
        Some(ItemStanding { state: newest.state, since: newest.since.or(self.since), reason: newest.reason.clone() })
    }

    /// Returns whether it was withdrawn, whenever that is or becomes true, as known now.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.states.iter().any(|version| version.state == ItemState::Withdrawn && version.superseded_at.is_none())
    }

    /// Returns the version that the next statement about its state gets.
    #[must_use]
    pub fn next_version(&self) -> u32 {
        self.states.iter().map(|version| version.version).max().unwrap_or_default().saturating_add(1)
    }

    /// Returns the version that a statement about this very instant corrects.
    #[must_use]
    pub fn corrected_at(&self, since: Moment) -> Option<u32> {
        let same = |version: &&ItemStateVersion| version.since == Some(since) && version.superseded_at.is_none();
        self.states.iter().find(same).map(|version| version.version)
    }
}

/// Returns the warnings that an answer about a number carries because of its plates at an instant, in this order and each
/// once:
///
/// - `plate_item_lost`: one was lost, or was replaced because it was lost or stolen and may be on another scooter;
/// - `plate_item_damaged`: one cannot be read as it should;
/// - `plate_item_replaced`: one was replaced, whatever the reason.
#[must_use]
pub fn item_warnings(items: &[PlateItem], at: Moment, as_known: AsKnown) -> Vec<&'static str> {
    let standings: Vec<_> = items.iter().filter_map(|item| Some((item, item.standing(at, as_known)?))).collect();
    let is_replaced = |item: &PlateItem, standing: &ItemStanding| {
        standing.state == ItemState::Withdrawn
            && item.replaced_by.is_some_and(|(_, known_at)| as_known.holds(known_at, None))
    };
    let is_gone = |standing: &ItemStanding| {
        let reasons = [ReplacementReason::Lost.name(), ReplacementReason::Stolen.name()];
        standing.state == ItemState::Lost
            || standing.state == ItemState::Withdrawn
                && standing.reason.as_deref().is_some_and(|reason| reasons.contains(&reason))
    };
    [
        ("plate_item_lost", standings.iter().any(|(_, standing)| is_gone(standing))),
        ("plate_item_damaged", standings.iter().any(|(_, standing)| standing.state == ItemState::Damaged)),
        ("plate_item_replaced", standings.iter().any(|(item, standing)| is_replaced(item, standing))),
    ]
    .into_iter()
    .filter_map(|(code, holds)| holds.then_some(code))
    .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
    use super::*;

    const fn at(millis: i64) -> Moment {
        Moment::from_millis(millis)
    }

    fn rear() -> PlateItem {
        let [rear, _, _] = PlateItem::first_three(PlateNumber::parse("K04271").unwrap(), 1, at(100));
        rear
    }

    fn stated(item: &mut PlateItem, state: ItemState, since: i64, recorded_at: i64) {
        let corrected = item.corrected_at(at(since));
        let next = ItemStateVersion {
            version: item.next_version(),
            state,
            since: Some(at(since)),
            reason: None,
            recorded_at: at(recorded_at),
            superseded_at: None,
        };
        for version in &mut item.states {
            if Some(version.version) == corrected {
                version.superseded_at = Some(at(recorded_at));
            }
        }
        item.states.push(next);
    }

    fn state(item: &PlateItem, instant: i64, as_known: AsKnown) -> Option<ItemState> {
        item.standing(at(instant), as_known).map(|standing| standing.state)
    }

    #[test]
    fn a_number_has_three_plates_that_nobody_recorded() {
        let items = PlateItem::first_three(PlateNumber::parse("K04271").unwrap(), 7, at(100));
        let shape = items.map(|item| (item.item, item.position.name(), item.copy, item.tag_key));
        assert_eq!(shape, [(1, "rear", 1, 7), (2, "left", 1, 7), (3, "right", 1, 7)]);
    }

    #[test]
    fn a_state_reported_late_is_true_from_its_instant_and_known_from_its_report() {
        let mut rear = rear();
        stated(&mut rear, ItemState::Fitted, 200, 210);
        stated(&mut rear, ItemState::Lost, 300, 900);
        assert_eq!(state(&rear, 250, AsKnown::Now), Some(ItemState::Fitted));
        assert_eq!(state(&rear, 300, AsKnown::Now), Some(ItemState::Lost));
        assert_eq!(state(&rear, 300, AsKnown::At(at(899))), Some(ItemState::Fitted));
        assert_eq!(state(&rear, 300, AsKnown::At(at(205))), Some(ItemState::Ordered));
        assert_eq!(state(&rear, 300, AsKnown::At(at(99))), None, "nobody knew of the number");
    }

    #[test]
    fn a_statement_about_the_same_instant_corrects_the_one_before() {
        let mut rear = rear();
        stated(&mut rear, ItemState::Lost, 300, 310);
        stated(&mut rear, ItemState::Fitted, 300, 400);
        assert_eq!(state(&rear, 500, AsKnown::Now), Some(ItemState::Fitted));
        assert_eq!(state(&rear, 500, AsKnown::At(at(399))), Some(ItemState::Lost));
        assert!(!rear.is_withdrawn());
    }

    #[test]
    fn a_withdrawal_dated_back_ends_what_was_stated_after_it() {
        let mut rear = rear();
        stated(&mut rear, ItemState::Fitted, 400, 410);
        stated(&mut rear, ItemState::Withdrawn, 300, 500);
        assert_eq!(state(&rear, 299, AsKnown::Now), Some(ItemState::Ordered));
        assert_eq!(state(&rear, 450, AsKnown::Now), Some(ItemState::Withdrawn));
        assert_eq!(state(&rear, 450, AsKnown::At(at(499))), Some(ItemState::Fitted));
    }

    #[test]
    fn warnings_are_those_of_the_instant_and_of_what_was_known() {
        let mut rear = rear();
        stated(&mut rear, ItemState::Lost, 300, 310);
        let mut withdrawn = rear.clone();
        stated(&mut withdrawn, ItemState::Withdrawn, 400, 410);
        withdrawn.states[2].reason = Some("stolen".to_owned());
        withdrawn.replaced_by = Some((4, at(410)));
        let warned = |items: &[PlateItem], instant, as_known| item_warnings(items, at(instant), as_known);
        assert_eq!(warned(&[rear.clone()], 299, AsKnown::Now), Vec::<&str>::new());
        assert_eq!(warned(&[rear], 300, AsKnown::Now), ["plate_item_lost"]);
        assert_eq!(warned(&[withdrawn.clone()], 400, AsKnown::Now), ["plate_item_lost", "plate_item_replaced"]);
        assert_eq!(warned(&[withdrawn], 400, AsKnown::At(at(409))), ["plate_item_lost"]);
    }
}
