//! Reading the seven symbols of `sparse-19`, which check each other without anything beside them.
//!
//! *Invariant:* what contradicts the checks is left out only while something agrees with them; then it is what one correction
//! makes of it, and never the text itself, for no plate bears it.

use super::code::Slot;
use super::evidence::meanings;
use super::fold::Sign;
use super::hypothesis::{CORRECTED, Candidate, EXCHANGED, Misfit, Outcome, outcome};
use super::layout::{Cell, Layout, cell, decided};
use super::reading::ReadingStep;
use super::slot::How;
use super::sparse::{Codeword, Correction, PLACES, completions, value};

/// The most rows of symbols that are held against the checks: each place has three meanings at most.
const MOST_ROWS: usize = 3_000;

/// One row of symbols that the text may mean.
#[derive(Clone)]
struct Row {
    values: [Option<u8>; PLACES],
    weight: f64,
    steps: Vec<ReadingStep>,
}

/// Returns the way in which `signs` lie in the seven places: all of them, or with one stretch that makes up for the rest.
pub(super) fn layouts(signs: &[Sign]) -> Vec<Layout> {
    let signs = decided(signs, &[PLACES]);
    let cells: Vec<Cell> = signs.iter().map(cell).collect();
    let stretch = signs.iter().position(|sign| *sign == Sign::Stretch);
    let whole = match (PLACES.checked_sub(cells.len()), stretch) {
        (Some(0), _) => Some(cells),
        (Some(missing), Some(place)) => {
            let (before, after) = cells.split_at(place);
            Some([before, &vec![Cell::Unread; missing], after].concat())
        }
        _ => None,
    };
    whole.into_iter().map(|cells| Layout { cells, weight: 1.0 }).collect()
}

/// Returns the numbers that `layouts` may mean.
pub(super) fn weigh(layouts: &[Layout]) -> Result<Outcome, Misfit> {
    let mut candidates = Vec::new();
    for layout in layouts {
        let rows = rows(layout)?;
        let agreeing: Vec<Candidate> = rows
            .iter()
            .filter_map(|row| Some(candidate(completions(&row.values)?, row.weight, row.steps.clone())))
            .collect();
        candidates.extend(if agreeing.is_empty() { contradicting(&rows) } else { agreeing });
    }
    if candidates.is_empty() { Err(Misfit::NoNumber) } else { Ok(outcome(candidates)) }
}

fn candidate(word: Codeword, weight: f64, steps: Vec<ReadingStep>) -> Candidate {
    Candidate { number: word.into(), weight, steps, pair: None }
}

/// Returns every row of symbols that a layout may mean.
fn rows(layout: &Layout) -> Result<Vec<Row>, Misfit> {
    if layout.cells.iter().filter(|cell| **cell == Cell::Unread).count() > 2 {
        return Err(Misfit::TooMany);
    }
    let mut rows = vec![Row { values: [None; PLACES], weight: layout.weight, steps: Vec::new() }];
    for (place, cell) in layout.cells.iter().enumerate() {
        let Cell::Written { character, position } = *cell else {
            for row in &mut rows {
                row.steps.push(ReadingStep::FromPair { position: place + 1 });
            }
            continue;
        };
        let meanings = meanings(Slot::Sparse, character);
        if meanings.is_empty() {
            return Err(Misfit::NotADigit { character, position });
        }
        let chosen = |row: &Row| {
            let of = meanings.iter().map(|meaning| {
                let mut row = row.clone();
                row.weight *= meaning.weight;
                if let Some(found) = row.values.get_mut(place) {
                    *found = value(meaning.character);
                }
                row.steps.extend(step_of(place, meaning.how));
                row
            });
            of.collect::<Vec<_>>()
        };
        rows = rows.iter().flat_map(chosen).take(MOST_ROWS).collect();
    }
    Ok(rows)
}

fn step_of(place: usize, how: How) -> Option<ReadingStep> {
    match how {
        How::Plain => None,
        How::Glyph => Some(ReadingStep::ByGlyph),
        How::Sound => Some(ReadingStep::BySound),
        How::Repair => Some(ReadingStep::SlotRepair { position: place + 1 }),
    }
}

/// Returns what one wrong symbol, or two neighbours in the wrong order, explain.
fn contradicting(rows: &[Row]) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for row in rows {
        let read: Vec<u8> = row.values.iter().copied().flatten().collect();
        let Ok(values) = <[u8; PLACES]>::try_from(read) else { continue };
        let with = |step| row.steps.iter().copied().chain([step]).collect::<Vec<_>>();
        if let Some(correction) = Correction::of(values) {
            let step = ReadingStep::Corrected { position: correction.place + 1 };
            candidates.push(candidate(correction.word, row.weight * CORRECTED, with(step)));
        }
        for place in 0..PLACES - 1 {
            let mut exchanged = values;
            exchanged.swap(place, place + 1);
            if let Some(word) = Codeword::of_values(exchanged) {
                let step = ReadingStep::Exchanged { position: place + 1 };
                candidates.push(candidate(word, row.weight * EXCHANGED, with(step)));
            }
        }
    }
    candidates
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::super::reading::{Reading, ReadingProblem, read};
    use super::super::scheme::SPARSE_19;
    use super::super::sparse::ALPHABET;
    use super::*;
    use crate::plate::PlateNumber;
    use proptest::prelude::*;

    fn seen(text: &str) -> Reading {
        read(SPARSE_19, text).unwrap()
    }

    #[test]
    fn separators_case_and_width_do_not_matter() {
        for text in
            ["AXC46Q4", "axc 46q4", "AXC-46Q4", "ＡＸＣ４６Ｑ４", "№ AXC 46Q4", "https://reg.test/P/AXC46Q4/4T8XJ2K9QZ"]
        {
            assert_eq!(seen(text).exact().map(|number| number.to_string()).as_deref(), Some("AXC46Q4"), "{text}");
        }
    }

    #[test]
    fn what_has_no_place_in_the_alphabet_is_taken_for_what_it_looks_like() {
        assert_eq!(seen("AXC46O4").hypotheses()[0].number.to_string(), "AXC46Q4");
        assert_eq!(seen("AXC4604").hypotheses()[0].number.to_string(), "AXC46Q4");
        assert_eq!(seen("АХС46Q4").hypotheses()[0].number.to_string(), "AXC46Q4");
        assert!(seen("AXC46O4").exact().is_none());
        let repaired = ReadingStep::SlotRepair { position: 6 };
        assert!(seen("AXC4684").hypotheses().iter().all(|one| one.steps.contains(&repaired)));
    }

    #[test]
    fn too_little_and_too_much_is_refused() {
        assert_eq!(read(SPARSE_19, ""), Err(ReadingProblem::Empty));
        assert_eq!(read(SPARSE_19, "AXC46Q"), Err(ReadingProblem::WrongLength { found: 6 }));
        assert_eq!(read(SPARSE_19, "AXC46Q44"), Err(ReadingProblem::WrongLength { found: 8 }));
        assert_eq!(read(SPARSE_19, "AXC????"), Err(ReadingProblem::TooManyUnknown { known: 3 }));
        assert_eq!(read(SPARSE_19, "AX…").unwrap_err(), ReadingProblem::TooManyUnknown { known: 2 });
    }

    fn any_word() -> impl Strategy<Value = Codeword> {
        (0..super::super::sparse::CAPACITY).prop_map(|payload| Codeword::of_payload(payload).unwrap())
    }

    proptest! {
        #[test]
        fn one_wrong_symbol_and_one_exchange_are_mended(word in any_word(), place in 0_usize..7, other in 0_usize..19) {
            let mut text: Vec<char> = word.to_string().chars().collect();
            text[place] = ALPHABET[other];
            let reading = seen(&text.iter().collect::<String>());
            prop_assert!(reading.hypotheses().iter().any(|one| one.number == PlateNumber::from(word)));
            let mut text: Vec<char> = word.to_string().chars().collect();
            text.swap(place, (place + 1).min(6));
            let reading = seen(&text.iter().collect::<String>());
            prop_assert!(reading.hypotheses().iter().any(|one| one.number == PlateNumber::from(word)));
        }

        #[test]
        fn any_two_unread_symbols_are_filled_in(word in any_word(), one in 0_usize..7, other in 0_usize..7) {
            let mut text: Vec<char> = word.to_string().chars().collect();
            text[one] = '?';
            text[other] = '?';
            let reading = seen(&text.iter().collect::<String>());
            prop_assert_eq!(reading.hypotheses().len(), 1);
            prop_assert_eq!(reading.hypotheses()[0].number, PlateNumber::from(word));
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,20}") {
            let _ = read(SPARSE_19, &text);
            let _ = super::super::recall::recall(SPARSE_19, &text);
        }
    }
}
