//! From layouts to the numbers they may mean, each with its weight and the steps that led to it.
//!
//! *Invariant:* what contradicts the control pair is left out only while something agrees with it.
//! *Invariant:* at most [`MOST_DRAFTS`] drafts are looked at for a layout, and at most [`MOST_NUMBERS`] numbers come out of it.

use std::collections::BTreeMap;

use super::control::{self, ControlPair, Fragment};
use super::layout::{Cell, Layout};
use super::number::PlateNumber;
use super::reading::{Hypothesis, ReadingStep};
use super::slot::{How, Meaning, control_meanings, digit_meanings, letter_meanings};

/// The most numbers that one layout may mean.
pub(super) const MOST_NUMBERS: usize = 1_000;
/// The most drafts that are held against the arithmetic: four unreadable digits beside the two that it solves.
const MOST_DRAFTS: usize = 10_000;
/// A hypothesis this much lighter than the heaviest is dropped.
const NEGLIGIBLE: f64 = 1e-4;

/// How likely a number is, as against a reading that agrees with its pair, once the pair contradicts what was read: one wrong
/// character explains it best, then two exchanged ones, and least a true number beside a pair with two errors.
pub(super) const CORRECTED: f64 = 0.7;
pub(super) const EXCHANGED: f64 = 0.2;
const AGAINST_PAIR: f64 = 0.1;

/// The order in which unreadable places are left to the arithmetic, of which it solves two: those with most values first.
const SOLVED_FIRST: [usize; 8] = [7, 6, 0, 5, 4, 3, 2, 1];

/// Why a layout means no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// A character in a digit's place is none and looks like none.
    NotADigit { character: char, position: usize },
    /// Too many numbers fit.
    TooMany,
    /// The only number that fits has the serial zero, or contradicts its pair.
    NoNumber,
}

/// The numbers that a text may mean.
pub(super) struct Outcome {
    /// Never empty; likeliest first, equally likely ones by number.
    pub(super) hypotheses: Vec<Hypothesis>,
    /// The pair that was written, as the likeliest hypothesis needs it.
    pub(super) pair: Option<ControlPair>,
}

/// One number with its weight before all weights are made to add up to 1.
pub(super) struct Candidate {
    pub(super) number: PlateNumber,
    pub(super) weight: f64,
    pub(super) steps: Vec<ReadingStep>,
    pub(super) pair: Option<ControlPair>,
}

/// A layout with one meaning chosen for every written character.
#[derive(Clone)]
struct Draft {
    fragment: Fragment,
    weight: f64,
    steps: Vec<ReadingStep>,
    /// By what the Cyrillic letters were chosen so far.
    hands: Hands,
}

/// Whether some letter was taken for its shape, and some for its sound.
#[derive(Clone, Copy, Default)]
struct Hands {
    shape: bool,
    sound: bool,
}

/// Returns the numbers that `layouts` may mean: those that agree with the pair or have none to agree with, and only if there
/// are none of these, those that contradict it.
pub(super) fn weigh(layouts: &[Layout]) -> Result<Outcome, Misfit> {
    let with_pair: Vec<Layout> = layouts.iter().filter(|layout| layout.has_pair()).cloned().collect();
    let candidates = match gather(layouts, agreeing) {
        Err(misfit) if misfit != Misfit::TooMany && !with_pair.is_empty() => gather(&with_pair, contradicting)?,
        settled => settled?,
    };
    Ok(outcome(candidates))
}

/// Returns the candidates of all layouts. A misfit is reported, that of the first layout, only if no layout has a candidate;
/// but if too many numbers fit one layout, the few that fit another would be a silent guess.
fn gather(layouts: &[Layout], read: fn(&Layout) -> Result<Vec<Candidate>, Misfit>) -> Result<Vec<Candidate>, Misfit> {
    let mut candidates = Vec::new();
    let mut misfit = None;
    for layout in layouts {
        match read(layout) {
            Ok(more) => candidates.extend(more),
            Err(Misfit::TooMany) => return Err(Misfit::TooMany),
            Err(other) => misfit = misfit.or(Some(other)),
        }
    }
    if candidates.is_empty() { Err(misfit.unwrap_or(Misfit::NoNumber)) } else { Ok(candidates) }
}

/// Returns the numbers that the arithmetic allows for `layout`. Where no control letter was written both are left to the
/// arithmetic, which then allows every number.
///
/// Nobody types one letter by its shape and the next by its sound: such a number stands only while no other agrees.
fn agreeing(layout: &Layout) -> Result<Vec<Candidate>, Misfit> {
    let (mixed, of_one_hand): (Vec<Draft>, Vec<Draft>) =
        drafts(layout)?.into_iter().partition(|draft| draft.hands.shape && draft.hands.sound);
    let candidates = completed(layout, &of_one_hand)?;
    if candidates.is_empty() { completed(layout, &mixed) } else { Ok(candidates) }
}

fn completed(layout: &Layout, drafts: &[Draft]) -> Result<Vec<Candidate>, Misfit> {
    let mut candidates = Vec::new();
    for draft in drafts {
        for (number, pair) in draft.fragment.completions() {
            let pair = layout.has_pair().then_some(pair);
            candidates.push(Candidate { number, weight: draft.weight, steps: draft.steps.clone(), pair });
        }
        if candidates.len() > MOST_NUMBERS {
            return Err(Misfit::TooMany);
        }
    }
    Ok(candidates)
}

/// Returns the numbers that `layout` may mean although its pair contradicts every one of its readings.
fn contradicting(layout: &Layout) -> Result<Vec<Candidate>, Misfit> {
    let written = written_pair(layout);
    let mut candidates = agreeing(&layout.without_pair())?;
    for candidate in &mut candidates {
        candidate.weight *= AGAINST_PAIR;
        candidate.steps.push(ReadingStep::AgainstPair);
    }
    for draft in drafts(layout)?.iter().filter(|draft| draft.fragment.unread() == 0) {
        let mut push = |number, weight, step| {
            let kept = draft.steps.iter().copied().filter(|earlier| !undoes(step, *earlier));
            let steps = kept.chain([step]).collect();
            candidates.push(Candidate { number, weight: draft.weight * weight, steps, pair: None });
        };
        for correction in control::corrections_of(&draft.fragment) {
            push(correction.number, CORRECTED, ReadingStep::Corrected { position: correction.position });
        }
        for (position, exchanged) in draft.fragment.exchanged() {
            for (number, _) in exchanged.completions() {
                push(number, EXCHANGED, ReadingStep::Exchanged { position: position + 1 });
            }
        }
    }
    for candidate in &mut candidates {
        candidate.pair = written;
    }
    Ok(candidates)
}

/// Returns whether `step` replaces the very character that `earlier` explains.
fn undoes(step: ReadingStep, earlier: ReadingStep) -> bool {
    let ReadingStep::Corrected { position: corrected } = step else {
        return false;
    };
    match earlier {
        ReadingStep::ByGlyph | ReadingStep::BySound => corrected == 1,
        ReadingStep::SlotRepair { position } => corrected == position,
        _ => false,
    }
}

/// Returns every way to choose a meaning for each written character of `layout`, and a character for each unreadable one
/// that the arithmetic cannot solve.
fn drafts(layout: &Layout) -> Result<Vec<Draft>, Misfit> {
    let unread = |place: &&usize| layout.cells.get(**place) == Some(&Cell::Unread);
    let solved: Vec<usize> = SOLVED_FIRST.iter().filter(unread).take(2).copied().collect();
    let padding = Some(layout.padding()).filter(|zeros| *zeros > 0).map(|zeros| ReadingStep::ZeroPadded { zeros });
    let first = Draft {
        fragment: Fragment::default(),
        weight: layout.weight,
        steps: padding.into_iter().collect(),
        hands: Hands::default(),
    };
    let mut drafts = vec![first];
    for (place, cell) in layout.cells.iter().enumerate() {
        if solved.contains(&place) {
            for draft in drafts.iter_mut().filter(|_| place < 6) {
                draft.steps.push(ReadingStep::FromPair { position: place + 1 });
            }
            continue;
        }
        let choices = choices(place, *cell);
        match cell {
            Cell::Written { character, position } if choices.is_empty() => {
                return Err(Misfit::NotADigit { character: *character, position: *position });
            }
            _ if drafts.len() * choices.len() > MOST_DRAFTS => return Err(Misfit::TooMany),
            _ => {
                let chosen = drafts.iter().flat_map(|draft| choices.iter().map(|choice| draft.with(place, choice)));
                drafts = chosen.collect();
            }
        }
    }
    Ok(drafts)
}

impl Draft {
    fn with(&self, place: usize, (meaning, step): &(Meaning, Option<ReadingStep>)) -> Self {
        let steps = self.steps.iter().copied().chain(*step).collect();
        let fragment = self.fragment.with(place, meaning.character);
        let hands = Hands {
            shape: self.hands.shape || meaning.how == How::Glyph,
            sound: self.hands.sound || meaning.how == How::Sound,
        };
        Self { fragment, weight: self.weight * meaning.weight, steps, hands }
    }
}

/// Returns what may stand in `place` (from 0) given its cell, each with the step to be told about.
fn choices(place: usize, cell: Cell) -> Vec<(Meaning, Option<ReadingStep>)> {
    let plain = |character| Meaning { character, weight: 1.0, how: How::Plain };
    match cell {
        Cell::Written { character, .. } => {
            meanings(place, character).into_iter().map(|meaning| (meaning, step_of(place, meaning.how))).collect()
        }
        Cell::Padding => vec![(plain('0'), None)],
        Cell::Unread => {
            // Never a control letter: unreadable ones are the first to be left to the arithmetic.
            let lawful = if place == 0 { 'A'..='Z' } else { '0'..='9' };
            lawful.map(|character| (plain(character), Some(ReadingStep::Filled { position: place + 1 }))).collect()
        }
    }
}

fn meanings(place: usize, written: char) -> Vec<Meaning> {
    match place {
        0 => letter_meanings(written),
        1..=5 => digit_meanings(written),
        _ => control_meanings(written),
    }
}

/// Returns the step to be told about. In which script a control letter was typed says nothing about the number.
fn step_of(place: usize, how: How) -> Option<ReadingStep> {
    match how {
        How::Glyph if place == 0 => Some(ReadingStep::ByGlyph),
        How::Sound if place == 0 => Some(ReadingStep::BySound),
        How::Repair => Some(ReadingStep::SlotRepair { position: place + 1 }),
        How::Plain | How::Glyph | How::Sound => None,
    }
}

/// Returns the likeliest reading of the control letters of `layout`, if both were written.
fn written_pair(layout: &Layout) -> Option<ControlPair> {
    let likeliest = |cell: &Cell| match cell {
        Cell::Written { character, .. } => {
            let meanings = control_meanings(*character);
            meanings.iter().max_by(|left, right| left.weight.total_cmp(&right.weight)).map(|meaning| meaning.character)
        }
        Cell::Unread | Cell::Padding => None,
    };
    let text: String = layout.cells.iter().skip(6).map(likeliest).collect::<Option<_>>()?;
    ControlPair::parse(&text).ok()
}

/// Returns the candidates as hypotheses: those of one number added up under the heaviest, the negligible dropped, the
/// likelihoods adding up to 1, the likeliest first.
pub(super) fn outcome(candidates: Vec<Candidate>) -> Outcome {
    let mut by_number: BTreeMap<PlateNumber, (f64, Candidate)> = BTreeMap::new();
    for candidate in candidates {
        match by_number.get_mut(&candidate.number) {
            Some((sum, heaviest)) => {
                *sum += candidate.weight;
                if candidate.weight > heaviest.weight {
                    *heaviest = candidate;
                }
            }
            None => {
                by_number.insert(candidate.number, (candidate.weight, candidate));
            }
        }
    }
    let most = by_number.values().map(|(sum, _)| *sum).fold(0.0, f64::max);
    by_number.retain(|_, (sum, _)| *sum >= most * NEGLIGIBLE);
    let total: f64 = by_number.values().map(|(sum, _)| *sum).sum();
    let mut ranked: Vec<(f64, Candidate)> = by_number.into_values().collect();
    // Stable: equally likely numbers stay in the order of numbers.
    ranked.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    let pair = ranked.first().and_then(|(_, candidate)| candidate.pair);
    let hypothesis = |(sum, candidate): (f64, Candidate)| Hypothesis {
        number: candidate.number,
        likelihood: sum / total,
        steps: candidate.steps,
    };
    Outcome { hypotheses: ranked.into_iter().map(hypothesis).collect(), pair }
}
