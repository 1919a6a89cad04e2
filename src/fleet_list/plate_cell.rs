//! A cell that holds a plate: the numbers it can mean, the likeliest first.
//!
//! *Invariant:* nobody's letter is known here: which of several numbers is meant is decided by the registry.

use crate::plate::{PlateNumber, ReadingStep, Scheme, reading};

/// What a cell says about the plate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plates {
    /// The text means these numbers, the likeliest first, as it stands.
    Plain(Vec<PlateNumber>),
    /// It means them if a character is taken for another that looks like it, or if zeros are put before the digits.
    Assumed(Vec<PlateNumber>),
    /// The control letters beside the number contradict it.
    Contradiction,
    /// The text is no complete number.
    Nothing,
}

/// More meanings than this are no number of a list but a half-remembered one.
const MEANINGS: usize = 8;

/// Returns the numbers that the text of a cell can mean.
///
/// What people write in a list is read as what they type in a field: Cyrillic letters, separators, a control pair. A
/// number in its exact form means itself alone. Unlike a witness, the owner of a scooter can read every character off
/// and look again where the control letters do not fit, so nothing is filled in or corrected.
pub(super) fn read(scheme: Scheme, text: &str) -> Plates {
    if let Ok(number) = PlateNumber::parse(text)
        && number.scheme() == scheme
    {
        return Plates::Plain(vec![number]);
    }
    let Ok(reading) = reading::read(scheme, text) else {
        return Plates::Nothing;
    };
    let meanings = reading.hypotheses();
    let any = |wanted: fn(&ReadingStep) -> bool| meanings.iter().flat_map(|meaning| &meaning.steps).any(wanted);
    if meanings.len() > MEANINGS
        || any(|step| matches!(step, ReadingStep::Filled { .. } | ReadingStep::FromPair { .. }))
    {
        return Plates::Nothing;
    }
    if any(|step| {
        matches!(step, ReadingStep::AgainstPair | ReadingStep::Corrected { .. } | ReadingStep::Exchanged { .. })
    }) {
        return Plates::Contradiction;
    }
    let numbers = meanings.iter().map(|meaning| meaning.number).collect();
    if any(|step| matches!(step, ReadingStep::SlotRepair { .. } | ReadingStep::ZeroPadded { .. })) {
        Plates::Assumed(numbers)
    } else {
        Plates::Plain(numbers)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use crate::plate::KZ_158;

    fn read(text: &str) -> Plates {
        super::read(KZ_158, text)
    }

    fn numbers(texts: &[&str]) -> Vec<PlateNumber> {
        texts.iter().map(|text| PlateNumber::parse(text).unwrap()).collect()
    }

    #[test]
    fn a_number_in_its_exact_form_means_itself_alone() {
        assert_eq!(read("H00001"), Plates::Plain(numbers(&["H00001"])));
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        assert_eq!(read("а-00 001"), Plates::Plain(numbers(&["A00001"])));
        assert_eq!(read("K04271 KR"), Plates::Plain(numbers(&["K04271"])));
        let Plates::Plain(mut by_glyph_and_sound) = read("Н00001") else { unreachable!() };
        by_glyph_and_sound.sort_unstable();
        assert_eq!(by_glyph_and_sound, numbers(&["H00001", "N00001"]));
    }

    #[test]
    fn a_number_that_had_to_be_assumed_is_marked() {
        assert_eq!(read("KO4271"), Plates::Assumed(numbers(&["K04271"])));
        assert_eq!(read("K4271"), Plates::Assumed(numbers(&["K04271"])));
    }

    #[test]
    fn a_pair_that_does_not_fit_is_not_corrected() {
        assert_eq!(read("K04271 KX"), Plates::Contradiction);
        assert_eq!(read("K04217 KR"), Plates::Contradiction);
    }

    #[test]
    fn a_number_that_is_not_wholly_known_is_none() {
        for text in ["A0?001", "A00???", "A00000", "scooter", "", "?04271 KR"] {
            assert_eq!(read(text), Plates::Nothing, "{text:?}");
        }
    }
}
