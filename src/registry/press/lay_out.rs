//! Which plates are printed of numbers, and what stands against it.
//!
//! *Invariant:* the same look is taken when an order is judged and again in the transaction that records its plates: what
//! came between is found.

use std::collections::{HashMap, HashSet};

use super::asked::part_name;
use super::error::{OrderWrong, PrintJobError, Spot};
use super::numbers::one;
use crate::model::{AsKnown, ItemState, Moment, PlateItem, PlateStatus, Position, plate_status_at};
use crate::plate::PlateNumber;
use crate::render::Part;
use crate::render::press::Die;
use crate::storage::print_jobs::{self, NewPrint, OrderPart, WantedPlates};
use crate::storage::{self, Db, plate_items, plates};

/// How many things of a kind are named.
const MOST_NAMED: usize = 10;
const NUMBERS_AT_ONCE: usize = 1_000;

/// What is printed of each number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pieces<'a> {
    /// The plates, or their labels.
    pub(super) part: Part,
    /// Which of each number.
    pub(super) positions: &'a [Position],
}

/// A plate in its place among all that are cut alike.
pub(super) struct Laid {
    pub(super) die: Die,
    pub(super) place: i64,
    pub(super) number: PlateNumber,
    pub(super) item: u32,
}

impl Pieces<'_> {
    /// The places in a number's list of items of what this die cuts.
    fn of_die(&self, die: Die) -> Vec<usize> {
        let cut = self.positions.iter().enumerate().filter(|(_, position)| Die::of(**position, self.part) == die);
        cut.map(|(place, _)| place).collect()
    }

    /// Returns how many plates a die cuts of each number.
    pub(super) fn a_number(&self, die: Die) -> usize {
        self.of_die(die).len()
    }

    /// Returns the plates of numbers in the order in which they are printed: by shape, then as the numbers were asked for.
    /// `first` is the place of the first number in the whole order.
    pub(super) fn laid<'p>(&self, first: i64, plates: &'p [WantedPlates]) -> impl Iterator<Item = Laid> + 'p {
        let dies = Die::ALL.map(|die| (die, self.of_die(die)));
        dies.into_iter().flat_map(move |(die, of_die)| {
            let a_number = i64::try_from(of_die.len()).unwrap_or(i64::MAX);
            (first..).zip(plates).flat_map(move |(number, wanted)| {
                let items = of_die.iter().filter_map(|place| wanted.items.get(*place).copied());
                let from = number.saturating_mul(a_number);
                let laid = (from..).zip(items).map(|(place, item)| Laid { die, place, number: wanted.number, item });
                // The list of one number's items is short, and borrowed no longer.
                laid.collect::<Vec<_>>()
            })
        })
    }

    /// Returns the rows of a part of an order.
    pub(super) fn rows(&self, part: &OrderPart, before: &HashSet<(PlateNumber, u32)>) -> Vec<NewPrint> {
        let row = |Laid { die, place, number, item }| {
            let printed_before = before.contains(&(number, item));
            NewPrint { die: die.as_str(), place, number, item, printed_before }
        };
        self.laid(part.first, &part.plates).map(row).collect()
    }
}

/// Things of a kind: the first ones, and how many there are.
struct Few<T>(Vec<T>, usize);

impl<T> Few<T> {
    const NONE: Self = Self(Vec::new(), 0);

    fn note(&mut self, thing: T) {
        self.1 += 1;
        if self.0.len() < MOST_NAMED {
            self.0.push(thing);
        }
    }
}

/// What was found of numbers.
pub(super) struct Look {
    /// What is printed of each against which nothing stands, in their order.
    pub(super) plates: Vec<WantedPlates>,
    /// Which of these were printed, or ordered to be, before.
    pub(super) before: HashSet<(PlateNumber, u32)>,
    annulled: Few<PlateNumber>,
    withdrawn: Few<(PlateNumber, Position)>,
    reprints: Few<(PlateNumber, Position)>,
}

/// Looks at numbers.
///
/// # Errors
/// Those of the database.
pub(super) fn look(
    db: &mut Db,
    now: Moment,
    pieces: Pieces<'_>,
    numbers: impl Iterator<Item = PlateNumber>,
) -> Result<Look, storage::Error> {
    let mut found = Look {
        plates: Vec::new(),
        before: HashSet::new(),
        annulled: Few::NONE,
        withdrawn: Few::NONE,
        reprints: Few::NONE,
    };
    let numbers: Vec<_> = numbers.collect();
    for chunk in numbers.chunks(NUMBERS_AT_ONCE) {
        found.look_at(db, now, pieces, chunk)?;
    }
    Ok(found)
}

impl Look {
    fn look_at(
        &mut self,
        db: &mut Db,
        now: Moment,
        pieces: Pieces<'_>,
        numbers: &[PlateNumber],
    ) -> Result<(), storage::Error> {
        let mut periods: HashMap<PlateNumber, Vec<_>> = HashMap::with_capacity(numbers.len());
        for plate in plates::find_by_numbers(db, numbers)? {
            periods.entry(plate.number).or_default().push(plate);
        }
        let mut items: HashMap<PlateNumber, Vec<PlateItem>> = HashMap::with_capacity(numbers.len());
        for item in plate_items::of_numbers(db, numbers)? {
            items.entry(item.number).or_default().push(item);
        }
        let ordered = print_jobs::printed_before(db, part_name(pieces.part), numbers)?;
        for number in numbers {
            let status = periods.get(number).and_then(|periods| plate_status_at(periods, now, AsKnown::Now));
            if status == Some(PlateStatus::Annulled) {
                self.annulled.note(*number);
                continue;
            }
            let of_number = items.get(number).map(Vec::as_slice).unwrap_or_default();
            let mut printed = Vec::with_capacity(pieces.positions.len());
            for position in pieces.positions {
                let there = of_number.iter().filter(|item| item.position == *position && !item.is_withdrawn());
                let Some(item) = there.max_by_key(|item| item.item) else {
                    self.withdrawn.note((*number, *position));
                    continue;
                };
                if ordered.contains(&(*number, item.item)) || is_made(pieces.part, item, now) {
                    self.before.insert((*number, item.item));
                    self.reprints.note((*number, *position));
                }
                printed.push(item.item);
            }
            self.plates.push(WantedPlates { number: *number, items: printed });
        }
        Ok(())
    }

    /// Returns how many plates were printed before, unless something stands against the order.
    ///
    /// # Errors
    /// [`PrintJobError::Order`], [`PrintJobError::ReasonMissing`].
    pub(super) fn judged(&self, spot: Spot, reason: Option<&str>) -> Result<usize, PrintJobError> {
        let mut faults = Vec::new();
        let mut add = |wrong| {
            if let PrintJobError::Order(one) = one(spot, wrong) {
                faults.extend(one);
            }
        };
        if self.annulled.1 > 0 {
            add(OrderWrong::Annulled(self.annulled.0.clone(), self.annulled.1));
        }
        if self.withdrawn.1 > 0 {
            add(OrderWrong::Withdrawn(self.withdrawn.0.clone(), self.withdrawn.1));
        }
        if !faults.is_empty() {
            return Err(PrintJobError::Order(faults));
        }
        let Few(first, count) = &self.reprints;
        if *count > 0 && reason.is_none() {
            return Err(PrintJobError::ReasonMissing { count: *count, first: first.clone() });
        }
        Ok(*count)
    }

    /// Returns what came between an order of these plates and now, by code.
    pub(super) fn bar(&self, ordered: &[WantedPlates], reason: Option<&str>) -> Option<&'static str> {
        if self.annulled.1 > 0 {
            Some("number_annulled")
        } else if self.plates != ordered {
            Some("plate_withdrawn")
        } else if self.reprints.1 > 0 && reason.is_none() {
            Some("printed_meanwhile")
        } else {
            None
        }
    }
}

/// Whether a plate was made, by whatever way: one that is on a scooter was, also where no print job made it.
fn is_made(part: Part, item: &PlateItem, now: Moment) -> bool {
    let state = item.standing(now, AsKnown::Now).map(|standing| standing.state);
    part == Part::Plate && state.is_some_and(|state| state != ItemState::Ordered)
}
