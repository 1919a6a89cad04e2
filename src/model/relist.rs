//! Other vehicles for a policy: which spans of cover hold once a new list does.
//!
//! *Invariant:* pure. Before the first day of the new list nothing changes: a vehicle that left was covered until then.

use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

use super::{CoverSpan, VehicleId, day_after, day_before};

/// First and last day of a cover; `None`: the policy's own.
pub type SpanDays = (Option<NaiveDate>, Option<NaiveDate>);

/// Whom a span covers; `None`: the whole fleet.
pub type Covered = Option<VehicleId>;

/// Returns, for everybody whose cover changes, the spans that hold from now on, when the policy covers exactly `wanted`
/// from the day `from` on. `valid_from` is the first day of the policy: a list that holds from there on is a correction
/// of the whole period.
#[must_use]
pub fn relist(
    current: &[CoverSpan],
    valid_from: NaiveDate,
    wanted: &BTreeSet<Covered>,
    from: NaiveDate,
) -> BTreeMap<Covered, Vec<SpanDays>> {
    let mut before: BTreeMap<Covered, Vec<SpanDays>> = BTreeMap::new();
    for span in current {
        before.entry(span.vehicle).or_default().push((span.first_day, span.last_day));
    }
    let everybody: BTreeSet<_> = before.keys().chain(wanted).copied().collect();
    let mut changed = BTreeMap::new();
    for covered in everybody {
        let mut had = before.remove(&covered).unwrap_or_default();
        had.sort_unstable();
        let mut has = kept_before(&had, valid_from, from);
        if wanted.contains(&covered) {
            join(&mut has, valid_from, from);
        }
        if has != had {
            changed.insert(covered, has);
        }
    }
    changed
}

/// The spans as far as they lie before the day.
fn kept_before(spans: &[SpanDays], valid_from: NaiveDate, from: NaiveDate) -> Vec<SpanDays> {
    let begins_before = |first: Option<NaiveDate>| first.unwrap_or(valid_from) < from;
    let kept = spans.iter().filter(|(first, _)| begins_before(*first));
    kept.map(|(first, last)| (*first, Some(last.map_or(day_before(from), |last| last.min(day_before(from)))))).collect()
}

/// Adds an open span from the day on; one that ended the day before goes on.
fn join(spans: &mut Vec<SpanDays>, valid_from: NaiveDate, from: NaiveDate) {
    match spans.last_mut() {
        Some((_, last)) if last.is_some_and(|last| day_after(last) >= from) => *last = None,
        _ => spans.push(((from > valid_from).then_some(from), None)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;
    use crate::model::Moment;
    use chrono::Days;
    use proptest::prelude::*;

    fn day(number: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 7, 1).unwrap().checked_add_days(Days::new(number)).unwrap()
    }

    fn span(vehicle: Covered, (first_day, last_day): SpanDays) -> CoverSpan {
        CoverSpan { vehicle, first_day, last_day, recorded_at: Moment::from_millis(0), superseded_at: None }
    }

    /// The policy runs from day 10 on; who is covered on a day?
    fn covered(spans: &[CoverSpan], who: Covered, number: u64) -> bool {
        let of_span = |span: &&CoverSpan| {
            span.vehicle == who
                && span.first_day.unwrap_or(day(10)) <= day(number)
                && span.last_day.is_none_or(|last| day(number) <= last)
        };
        spans.iter().any(|span| of_span(&span))
    }

    fn lists() -> impl Strategy<Value = Vec<(BTreeSet<Covered>, u64)>> {
        let who = prop_oneof![Just(None), (1_i64..4).prop_map(|id| Some(VehicleId(id)))];
        proptest::collection::vec((proptest::collection::btree_set(who, 1..4), 5_u64..30), 1..6)
    }

    proptest! {
        #[test]
        fn from_its_first_day_on_the_new_list_holds_and_before_it_nothing_changes(lists in lists()) {
            let mut spans: Vec<CoverSpan> = Vec::new();
            for (wanted, from) in lists {
                let before = spans.clone();
                for (who, days) in relist(&spans, day(10), &wanted, day(from)) {
                    spans.retain(|span| span.vehicle != who);
                    spans.extend(days.into_iter().map(|days| span(who, days)));
                }
                for who in [None, Some(VehicleId(1)), Some(VehicleId(2)), Some(VehicleId(3))] {
                    for number in 10..40 {
                        let expected =
                            if number < from { covered(&before, who, number) } else { wanted.contains(&who) };
                        prop_assert_eq!(covered(&spans, who, number), expected, "{:?} on day {}", who, number);
                    }
                }
                prop_assert!(relist(&spans, day(10), &wanted, day(from)).is_empty(), "the same list changes nothing");
            }
        }
    }
}
