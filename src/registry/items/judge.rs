//! What a scanned code is worth.
//!
//! *Invariant:* every item's tag is computed and compared, whether or not an earlier one fitted, and also for a number that
//! was never given: how long it takes tells nothing.

use std::collections::BTreeMap;

use crate::model::{AsKnown, ItemState, LinkVerdict, Moment, PlateItem, Position};
use crate::plate::{PlateLink, PlateNumber, Tag};
use crate::registry::{Registry, TagKeys};
use crate::storage::{self, Db, plate_items};

/// Returns the link in an item's QR code; `None` where the key that made its tag is not here, which no opened registry
/// lets happen.
#[must_use]
pub fn link_of(keys: &TagKeys, item: &PlateItem) -> Option<PlateLink> {
    let key = keys.find(item.tag_key)?;
    Some(PlateLink::new(item.number, Tag::of(key, item.number, item.item)))
}

/// Returns what the QR code of an item says; as [`link_of`].
#[must_use]
pub fn code_of(registry: &Registry, item: &PlateItem) -> Option<String> {
    Some(link_of(registry.secrets.tag_keys(), item)?.text(&registry.rules.qr_host))
}

/// Returns what the QR codes of the newest rear plates of these numbers say, in a fixed number of statements.
///
/// # Errors
/// Those of the database.
pub fn rear_codes(
    db: &mut Db,
    registry: &Registry,
    numbers: &[PlateNumber],
) -> storage::Result<BTreeMap<PlateNumber, String>> {
    let items = plate_items::of_numbers(db, numbers)?;
    // In the order of the items, so that the newest one stays.
    let rear = items.iter().filter(|item| item.position == Position::Rear);
    Ok(rear.filter_map(|item| Some((item.number, code_of(registry, item)?))).collect())
}

/// Judges a scanned code by the items of its number, as they were at an instant. The code of a plate that is younger than
/// the instant, or was not known then, is valid all the same: the registry made it, so that it is no forgery.
#[must_use]
pub fn judge(keys: &TagKeys, link: &PlateLink, items: &[PlateItem], at: Moment, as_known: AsKnown) -> LinkVerdict {
    let of_number = || items.iter().filter(|item| item.number == link.number);
    let mut found = None;
    for item in of_number() {
        let fits = link_of(keys, item).is_some_and(|made| made.tag == link.tag);
        found = if fits { Some(item) } else { found };
    }
    // A number that was never given costs as much time as one that was.
    for item in of_number().count()..3 {
        let tag = Tag::of(keys.current(), link.number, u32::try_from(item).unwrap_or_default());
        std::hint::black_box(tag == link.tag);
    }
    let Some(item) = found.filter(|_| link.agrees()) else { return LinkVerdict::FalseTag };
    match item.standing(at, as_known) {
        Some(standing) if standing.state == ItemState::Withdrawn => {
            match item.replaced_by.filter(|(_, known_at)| as_known.holds(*known_at, None)) {
                Some((by, _)) => LinkVerdict::Replaced { item: item.item, by },
                None => LinkVerdict::Withdrawn { item: item.item },
            }
        }
        Some(_) | None => LinkVerdict::Valid { item: item.item },
    }
}

/// Judges a scanned code as of now.
///
/// # Errors
/// Those of the database.
pub fn judge_link(db: &mut Db, keys: &TagKeys, now: Moment, link: &PlateLink) -> storage::Result<LinkVerdict> {
    let items = plate_items::of_numbers(db, &[link.number])?;
    Ok(judge(keys, link, &items, now, AsKnown::Now))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
    use super::*;
    use crate::model::{ItemStateVersion, ReplacementReason};
    use crate::plate::TagKey;
    use rand::{RngExt, SeedableRng};

    const fn at(millis: i64) -> Moment {
        Moment::from_millis(millis)
    }

    fn keys() -> TagKeys {
        TagKeys::new(TagKey::new(2, [2; 32]), vec![TagKey::new(1, [1; 32])])
    }

    /// Three plates, of which the rear one was replaced at 500 by a fourth, made with the next key.
    fn items() -> Vec<PlateItem> {
        let [mut rear, left, right] = PlateItem::first_three(PlateNumber::parse("K04271").unwrap(), 1, at(100));
        rear.states.push(ItemStateVersion {
            version: 1,
            state: ItemState::Withdrawn,
            since: Some(at(500)),
            reason: Some("stolen".to_owned()),
            recorded_at: at(510),
            superseded_at: None,
        });
        rear.replaced_by = Some((4, at(510)));
        let fourth = PlateItem {
            item: 4,
            copy: 2,
            position: Position::Rear,
            tag_key: 2,
            since: Some(at(500)),
            recorded_at: at(510),
            replaces: Some((1, ReplacementReason::Stolen)),
            replaced_by: None,
            states: vec![PlateItem::beginning(at(510))],
            ..rear.clone()
        };
        vec![rear, left, right, fourth]
    }

    #[test]
    fn every_item_answers_to_its_own_code_and_the_replaced_one_says_by_which() {
        let items = items();
        let verdicts: Vec<_> = items
            .iter()
            .map(|item| judge(&keys(), &link_of(&keys(), item).unwrap(), &items, at(900), AsKnown::Now))
            .collect();
        assert_eq!(
            verdicts,
            [
                LinkVerdict::Replaced { item: 1, by: 4 },
                LinkVerdict::Valid { item: 2 },
                LinkVerdict::Valid { item: 3 },
                LinkVerdict::Valid { item: 4 },
            ]
        );
    }

    #[test]
    fn a_code_is_judged_as_of_an_instant_and_as_known_then() {
        let items = items();
        let rear = link_of(&keys(), &items[0]).unwrap();
        let verdict = |instant, as_known| judge(&keys(), &rear, &items, at(instant), as_known);
        assert_eq!(verdict(499, AsKnown::Now), LinkVerdict::Valid { item: 1 });
        assert_eq!(verdict(505, AsKnown::At(at(505))), LinkVerdict::Valid { item: 1 });
        assert_eq!(verdict(505, AsKnown::Now), LinkVerdict::Replaced { item: 1, by: 4 });
    }

    #[test]
    fn the_code_of_a_plate_that_is_younger_than_the_instant_is_no_false_one() {
        let items = items();
        let fourth = link_of(&keys(), &items[3]).unwrap();
        for (instant, as_known) in [(499, AsKnown::Now), (900, AsKnown::At(at(505)))] {
            assert_eq!(judge(&keys(), &fourth, &items, at(instant), as_known), LinkVerdict::Valid { item: 4 });
        }
    }

    #[test]
    fn a_wrong_pair_or_another_number_is_false_whatever_the_tag() {
        let items = items();
        let left = link_of(&keys(), &items[1]).unwrap();
        let other = PlateNumber::parse("A00001").unwrap();
        for link in [PlateLink { pair: other.control(), ..left }, PlateLink::new(other, left.tag)] {
            assert_eq!(judge(&keys(), &link, &items, at(900), AsKnown::Now), LinkVerdict::FalseTag);
        }
        assert_eq!(judge(&keys(), &left, &[], at(900), AsKnown::Now), LinkVerdict::FalseTag, "never given");
    }

    #[test]
    fn ten_thousand_guesses_are_all_false() {
        let items = items();
        let mut rng = rand::rngs::StdRng::seed_from_u64(8);
        for _ in 0..10_000 {
            let letters: String = (0..10)
                .map(|_| char::from(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[rng.random_range(0..32_usize)]))
                .collect();
            let link = PlateLink::new(items[0].number, Tag::parse(&letters).unwrap());
            assert_eq!(judge(&keys(), &link, &items, at(900), AsKnown::Now), LinkVerdict::FalseTag);
        }
    }
}
