//! How often one character is taken for another: measured on degraded pictures of our own typeface.
//!
//! The table stands in `assets/confusion`, made by `tests/bench/confusion`: glyphs are drawn, degraded to a few pixels of height,
//! and read by classifiers that never saw the face. They rank misreadings; they do not predict people. What a table of pictures
//! cannot know is added here: slips that have nothing to do with shapes, and letters remembered by their place in the alphabet.
//!
//! *Invariant:* no likelihood is zero where a character may stand at all: nothing that was seen rules a plate out by itself.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::code::Slot;
use super::sight::Sight;

/// The measured counts: alphabet, height in pixels, how blurred, what stood there, what was read, how often.
const MEASURED: &str = include_str!("../../assets/confusion/overpass-bold.tsv");

/// Under how many conditions a plate may have been seen.
pub(super) const CONDITIONS: usize = 6;

/// A likelihood for each condition.
pub(super) type Likelihoods = [f64; CONDITIONS];

/// Which measured pictures belong to a condition: those of a height, of one blur or of both. Before them comes the condition
/// that nothing was in the way, and after them one that is worse than what was measured.
const MEASURED_AS: [(u8, Option<&str>); CONDITIONS - 2] =
    [(12, None), (10, None), (7, Some("sharp")), (7, Some("soft"))];

/// How probable each condition is, before anything was read.
///
/// Who says that a plate was seen badly is believed: then it was seen under the worst conditions that were measured, or worse. A
/// number is so called certain only if it would be under these; under better ones it is right more often than is said.
const CLEAR: Likelihoods = [0.9, 0.06, 0.04, 0.0, 0.0, 0.0];
const POOR: Likelihoods = [0.0, 0.0, 0.0, 0.1, 0.5, 0.4];

/// Under the condition that is worse than what was measured there are so many times as many errors as under the worst that was,
/// but never more than this part of all characters.
const WORSE: f64 = 2.0;
const MOST_WRONG: f64 = 0.8;

/// People and programs differ in what they take for what: this part of all errors is spread evenly.
const UNLIKE_THE_READER: f64 = 0.3;
/// How often a character is another one for no reason of its shape: a slip of the finger, of the tongue, of the memory.
const SLIP: f64 = 0.002;
/// How often a letter is remembered as its neighbour in the alphabet, on each side.
const DRIFT: f64 = 0.001;
/// How often a character of a plate seen without any trouble stays unread.
const UNREAD: f64 = 0.02;

/// How often what was read of a character, under each condition that was measured.
type Counts = HashMap<(Slot, char), [HashMap<Option<char>, f64>; CONDITIONS - 2]>;

/// The measured table as likelihoods.
pub(super) struct Confusion {
    of: HashMap<(Slot, char, Option<char>), Likelihoods>,
}

/// Returns how probable each condition is for a plate seen like that.
pub(super) const fn conditions(sight: Sight) -> Likelihoods {
    match sight {
        Sight::Clear => CLEAR,
        Sight::Poor => POOR,
    }
}

impl Confusion {
    /// Returns the table that this program carries.
    pub(super) fn shipped() -> &'static Self {
        static TABLE: LazyLock<Confusion> = LazyLock::new(|| Confusion::parse(MEASURED));
        &TABLE
    }

    /// Returns how probable it is, under each condition, that `read` (or nothing) is read where `truth` stands.
    pub(super) fn likelihood(&self, slot: Slot, truth: char, read: Option<char>) -> Likelihoods {
        self.of.get(&(slot, truth, read)).copied().unwrap_or([SLIP / 36.0; CONDITIONS])
    }

    fn parse(text: &str) -> Self {
        let mut counts = Counts::new();
        for row in text.lines().filter(|line| !line.starts_with('#')).filter_map(Row::parse) {
            let conditions = counts.entry((row.slot, row.truth)).or_default();
            for (counted, (height, blur)) in conditions.iter_mut().zip(MEASURED_AS) {
                if row.height == height && blur.is_none_or(|blur| blur == row.blur) {
                    *counted.entry(row.read).or_default() += row.count;
                }
            }
        }
        let mut of = HashMap::new();
        for slot in [Slot::Letter, Slot::Digit, Slot::Control, Slot::Sparse] {
            for truth in slot.alphabet().iter().copied() {
                for read in slot.alphabet().iter().copied().map(Some).chain([None]) {
                    of.insert((slot, truth, read), likelihoods(&counts, slot, truth, read));
                }
            }
        }
        Self { of }
    }
}

/// A line of the table.
struct Row<'a> {
    slot: Slot,
    height: u8,
    blur: &'a str,
    truth: char,
    /// `None` where the reader was unsure.
    read: Option<char>,
    count: f64,
}

impl<'a> Row<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut cells = line.split('\t');
        let slot = match cells.next()? {
            "letter" => Slot::Letter,
            "digit" => Slot::Digit,
            "control" => Slot::Control,
            "sparse" => Slot::Sparse,
            _ => return None,
        };
        Some(Self {
            slot,
            height: cells.next()?.parse().ok()?,
            blur: cells.next()?,
            truth: cells.next()?.chars().next()?,
            read: cells.next()?.chars().next().filter(|read| *read != '?'),
            count: cells.next()?.parse().ok()?,
        })
    }
}

fn likelihoods(counts: &Counts, slot: Slot, truth: char, read: Option<char>) -> Likelihoods {
    let untroubled = match read {
        None => UNREAD,
        Some(read) if read == truth => 1.0 - UNREAD,
        Some(_) => 0.0,
    };
    let mut likelihoods = [slipped(untroubled, slot, truth, read); CONDITIONS];
    let conditions = counts.get(&(slot, truth)).into_iter().flatten();
    for (likelihood, counted) in likelihoods.iter_mut().skip(1).zip(conditions) {
        *likelihood = slipped(measured(slot, truth, read, counted), slot, truth, read);
    }
    let [.., measured_last, beyond] = &mut likelihoods;
    let right = counts
        .get(&(slot, truth))
        .and_then(|conditions| conditions.last())
        .map_or(0.0, |counted| slipped(measured(slot, truth, Some(truth), counted), slot, truth, Some(truth)));
    let errors = f64::min(WORSE, MOST_WRONG / (1.0 - right));
    *beyond = if read == Some(truth) { 1.0 - errors * (1.0 - right) } else { errors * *measured_last };
    likelihoods
}

/// Laplace's rule with half a count: what was never seen among thousands is rare, not impossible.
fn measured(slot: Slot, truth: char, read: Option<char>, counted: &HashMap<Option<char>, f64>) -> f64 {
    let possible = f64::from(u32::try_from(slot.alphabet().len()).unwrap_or(u32::MAX));
    let all = counted.values().sum::<f64>() + 0.5 * (possible + 1.0);
    let share = |read: Option<char>| (counted.get(&read).copied().unwrap_or_default() + 0.5) / all;
    if read.is_none() || read == Some(truth) {
        return share(read);
    }
    let errors = 1.0 - share(None) - share(Some(truth));
    (1.0 - UNLIKE_THE_READER) * share(read) + UNLIKE_THE_READER * errors / (possible - 1.0)
}

/// Adds what has nothing to do with shapes.
fn slipped(by_shape: f64, slot: Slot, truth: char, read: Option<char>) -> f64 {
    let Some(read) = read else { return by_shape };
    let possible = f64::from(u32::try_from(slot.alphabet().len()).unwrap_or(u32::MAX));
    let drift = if slot == Slot::Letter { DRIFT } else { 0.0 };
    let drifted = if u32::from(read).abs_diff(u32::from(truth)) == 1 { drift } else { 0.0 };
    by_shape * (1.0 - SLIP - 2.0 * drift) + SLIP / possible + drifted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_of_a_character_adds_up_to_one_under_every_condition() {
        for slot in [Slot::Letter, Slot::Digit, Slot::Control, Slot::Sparse] {
            for truth in slot.alphabet().iter().copied() {
                let reads = slot.alphabet().iter().copied().map(Some).chain([None]);
                let mut sums = [0.0; CONDITIONS];
                for read in reads {
                    let likelihoods = Confusion::shipped().likelihood(slot, truth, read);
                    assert!(likelihoods.iter().all(|one| *one > 0.0), "{slot:?} {truth} {read:?}");
                    sums.iter_mut().zip(likelihoods).for_each(|(sum, one)| *sum += one);
                }
                // A letter at either end of the alphabet has one neighbour only.
                assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 0.01), "{slot:?} {truth} {sums:?}");
            }
        }
    }

    #[test]
    fn every_height_was_measured_for_every_character() {
        for slot in [Slot::Letter, Slot::Digit, Slot::Control, Slot::Sparse] {
            for truth in slot.alphabet().iter().copied() {
                let [_, twelve, .., seven, _] = Confusion::shipped().likelihood(slot, truth, Some(truth));
                assert!(twelve > seven && seven > 0.3, "{slot:?} {truth} {twelve} {seven}");
            }
        }
    }

    #[test]
    fn shapes_that_share_strokes_are_taken_for_each_other_more_often_than_others() {
        let at_8 = |truth, read| Confusion::shipped().likelihood(Slot::Digit, truth, Some(read))[3];
        assert!(at_8('8', '0') > at_8('8', '7'));
        assert!(at_8('7', '1') > at_8('7', '8'));
    }

    #[test]
    fn the_conditions_of_each_sight_add_up_to_one() {
        for sight in Sight::ALL {
            assert!((conditions(sight).iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
}
