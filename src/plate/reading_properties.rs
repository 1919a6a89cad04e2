//! Reading after writing: whatever a person does to a number, the right one is among the hypotheses.
//!
//! *Invariant:* how people write is described here anew, not taken from the tables of the code under test.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]

use proptest::prelude::*;

use super::number::tests::any_number;
use super::reading::ReadingStep;
use super::reading_tests::{numbers, numbers_in, read};

/// What a person types on a Cyrillic keyboard for a Latin letter: by shape, and by sound; Latin where there is nothing.
const BY_SHAPE: [(char, char); 17] = [
    ('A', 'А'),
    ('B', 'В'),
    ('C', 'С'),
    ('E', 'Е'),
    ('F', 'Ғ'),
    ('H', 'Н'),
    ('I', 'І'),
    ('J', 'Ј'),
    ('K', 'К'),
    ('M', 'М'),
    ('O', 'О'),
    ('P', 'Р'),
    ('S', 'Ѕ'),
    ('T', 'Т'),
    ('W', 'Ш'),
    ('X', 'Х'),
    ('Y', 'У'),
];
const BY_SOUND: [(char, char); 25] = [
    ('A', 'А'),
    ('B', 'Б'),
    ('C', 'Ц'),
    ('D', 'Д'),
    ('E', 'Э'),
    ('F', 'Ф'),
    ('G', 'Г'),
    ('H', 'Х'),
    ('I', 'И'),
    ('J', 'Ж'),
    ('K', 'К'),
    ('L', 'Л'),
    ('M', 'М'),
    ('N', 'Н'),
    ('O', 'О'),
    ('P', 'П'),
    ('Q', 'Қ'),
    ('R', 'Р'),
    ('S', 'С'),
    ('T', 'Т'),
    ('U', 'У'),
    ('V', 'В'),
    ('W', 'В'),
    ('Y', 'Ы'),
    ('Z', 'З'),
];
const SEPARATORS: [&str; 12] = ["", " ", "-", " - ", "\u{A0}", "\u{2009}", "—", "‑", ".", "·", "\u{200B}", "|"];

/// How one character is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Hand {
    Latin,
    Lower,
    Wide,
    Shape,
    Sound,
    LowerShape,
    LowerSound,
}

impl Hand {
    pub(super) const ALL: [Self; 7] =
        [Self::Latin, Self::Lower, Self::Wide, Self::Shape, Self::Sound, Self::LowerShape, Self::LowerSound];

    fn write(self, character: char) -> char {
        let typed = |table: &[(char, char)]| {
            table.iter().find(|(latin, _)| *latin == character).map_or(character, |found| found.1)
        };
        let lower = |character: char| character.to_lowercase().next().unwrap();
        match self {
            Self::Latin => character,
            Self::Lower => lower(character),
            Self::Wide => char::from_u32(u32::from(character) + 0xFEE0).unwrap(),
            Self::Shape => typed(&BY_SHAPE),
            Self::Sound => typed(&BY_SOUND),
            Self::LowerShape => lower(typed(&BY_SHAPE)),
            Self::LowerSound => lower(typed(&BY_SOUND)),
        }
    }
}

fn any_hand() -> impl Strategy<Value = Hand> {
    use Hand::{Latin, Lower, LowerShape, LowerSound, Shape, Sound, Wide};
    prop::sample::select(vec![Latin, Lower, Wide, Shape, Sound, LowerShape, LowerSound])
}

fn latin_hand() -> impl Strategy<Value = Hand> {
    prop::sample::select(vec![Hand::Latin, Hand::Lower, Hand::Wide])
}

/// Writes `text` with one hand and one separator after each character.
pub(super) fn written(text: &str, hands: &[Hand], separators: &[&str]) -> String {
    let signs = text.chars().zip(hands).zip(separators);
    signs
        .flat_map(|((character, hand), separator)| std::iter::once(hand.write(character)).chain(separator.chars()))
        .collect()
}

fn separators() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(SEPARATORS.to_vec()), 8)
}

proptest! {
    #[test]
    fn a_number_written_by_any_hand_is_among_the_hypotheses(
        number in any_number(), hands in prop::collection::vec(any_hand(), 8), separators in separators()
    ) {
        let text = written(&number.to_string(), &hands, &separators);
        prop_assert!(numbers_in(&text).contains(&number.to_string()), "{}: {:?}", text, numbers_in(&text));
    }

    #[test]
    fn a_number_in_latin_letters_is_exact_with_and_without_its_pair(
        number in any_number(), hands in prop::collection::vec(latin_hand(), 8), separators in separators()
    ) {
        for text in [number.to_string(), number.machine_form()] {
            let text = written(&text, &hands, &separators);
            prop_assert_eq!(read(&text).unwrap().exact(), Some(number), "{}", text);
        }
    }

    /// Two readings differ from each other only where a letter is ambiguous; code words differ in three places. So a number is
    /// alone unless its letter and both control letters are typed in Cyrillic.
    #[test]
    fn a_number_with_its_pair_is_among_the_hypotheses_and_alone_if_one_letter_is_latin(
        number in any_number(), hands in prop::collection::vec(any_hand(), 8), separators in separators()
    ) {
        let plain = number.machine_form();
        let text = written(&plain, &hands, &separators);
        let reading = read(&text).unwrap();
        prop_assert!(numbers(&reading).contains(&number.to_string()), "{}: {:?}", text, reading);
        prop_assert!(reading.hypotheses().iter().all(|found| found.steps.iter().all(|step| matches!(step, ReadingStep::ByGlyph | ReadingStep::BySound))));
        let one_letter_is_latin = [0, 6, 7].iter().any(|place| text_is_latin(&plain, &hands, *place));
        if one_letter_is_latin {
            prop_assert_eq!(numbers(&reading), [number.to_string()], "{}", text);
            prop_assert_eq!(reading.pair(), number.control());
        }
    }

    #[test]
    fn one_wrong_character_beside_the_pair_never_hides_the_right_number(
        number in any_number(), place in 0_usize..8, replacement in "[A-Z0-9]"
    ) {
        let mut characters: Vec<char> = number.machine_form().chars().collect();
        characters[place] = replacement.chars().next().unwrap();
        let text: String = characters.iter().collect();
        if let Ok(reading) = read(&text) {
            let shares_a_value = |letter: char| "IWOKQT".contains(letter);
            let may_pass = place == 0 && shares_a_value(number.letter().unwrap().as_char());
            prop_assert!(may_pass || numbers(&reading).contains(&number.to_string()), "{}: {:?}", text, reading);
            let unchanged = text == number.machine_form();
            prop_assert!(unchanged || may_pass || reading.exact().is_none() , "{}: {:?}", text, reading);
        } else {
            prop_assert!((1..=5).contains(&place) && replacement.chars().all(char::is_alphabetic));
        }
    }

    #[test]
    fn likelihoods_descend_and_add_up_to_one(text in "[KНВg0-9?]{6}[KRНР]{0,2}") {
        if let Ok(reading) = read(&text) {
            let likelihoods: Vec<f64> = reading.hypotheses().iter().map(|found| found.likelihood).collect();
            prop_assert!(!likelihoods.is_empty());
            prop_assert!(likelihoods.windows(2).all(|two| two[0] >= two[1]));
            prop_assert!((likelihoods.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            let distinct: std::collections::BTreeSet<_> = numbers(&reading).into_iter().collect();
            prop_assert_eq!(distinct.len(), likelihoods.len());
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&text);
        let _ = read(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_text_of_signs_makes_the_reader_panic(text in "[KZНgбЬ0-9?*_….\\-/pP |]{0,12}") {
        if let Ok(reading) = read(&text) {
            prop_assert!(!reading.hypotheses().is_empty() && reading.hypotheses().len() <= 8 * 1_000);
        }
    }
}

fn text_is_latin(plain: &str, hands: &[Hand], place: usize) -> bool {
    hands[place].write(plain.chars().nth(place).unwrap()).is_ascii() || matches!(hands[place], Hand::Wide)
}
