//! A cell that holds a plate: the numbers it can mean, the likeliest first.
//!
//! *Invariant:* nobody's letter is known here: which of several numbers is meant is decided by the registry.

use crate::plate::{PlateNumber, ReadingStep, reading};

/// More meanings than this are no number of a list but a half-remembered one.
const MEANINGS: usize = 8;

/// Returns the numbers that the text of a cell can mean; none if it is no complete number.
///
/// What people write in a list is read as what they type in a field: Cyrillic letters, separators, a control pair. A
/// number in its exact form means itself alone.
pub(super) fn numbers(text: &str) -> Vec<PlateNumber> {
    if let Ok(number) = PlateNumber::parse(text) {
        return vec![number];
    }
    let Ok(reading) = reading::read(text) else {
        return Vec::new();
    };
    let meanings = reading.hypotheses();
    if meanings.len() > MEANINGS || meanings.iter().flat_map(|meaning| &meaning.steps).any(is_filling) {
        return Vec::new();
    }
    meanings.iter().map(|meaning| meaning.number).collect()
}

/// Whether an unreadable character was filled in: a witness may leave one open, the owner of the scooter reads it off.
fn is_filling(step: &ReadingStep) -> bool {
    matches!(step, ReadingStep::Filled { .. } | ReadingStep::FromPair { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<String> {
        numbers(text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_number_in_its_exact_form_means_itself_alone() {
        assert_eq!(written("H00001"), ["H00001"]);
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        assert_eq!(written("а-00 001"), ["A00001"]);
        assert_eq!(written("K04271 KR"), ["K04271"]);
        let mut by_glyph_and_sound = written("Н00001");
        by_glyph_and_sound.sort();
        assert_eq!(by_glyph_and_sound, ["H00001", "N00001"]);
    }

    #[test]
    fn a_number_that_is_not_wholly_known_is_none() {
        for text in ["A0?001", "A00???", "A00000", "scooter", "", "AB0001", "?04271 KR"] {
            assert_eq!(written(text), [""; 0], "{text:?}");
        }
    }
}
