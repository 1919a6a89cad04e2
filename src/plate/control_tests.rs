//! What the control pair promises, held over samples and, where it can be, over every error.
//!
//! *Invariant:* the expected pairs are known vectors or recomputed here from the two sums, never taken from the code under test.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "tests state what must hold")]

use proptest::prelude::*;

use super::control::{ControlPair, ControlPairProblem, Correction, Fragment, FragmentProblem, check, correct, fill};
use super::number::PlateNumber;
use super::number::tests::any_number;

const ALPHABET: &str = "ABCDEFGHJKLMNPRSTUVWXYZ";

fn text_of(number: PlateNumber) -> Vec<char> {
    number.machine_form().chars().collect()
}

/// Every character that may stand in a place.
fn lawful(position: usize) -> Vec<char> {
    match position {
        0 => ('A'..='Z').collect(),
        1..=5 => ('0'..='9').collect(),
        _ => ALPHABET.chars().collect(),
    }
}

/// Returns the number and the pair that the characters are, if they name a lawful number.
fn read(characters: &[char]) -> Option<(PlateNumber, ControlPair)> {
    let text: String = characters.iter().collect();
    Some((PlateNumber::parse(&text[..6]).ok()?, ControlPair::parse(&text[6..]).unwrap()))
}

fn share_a_value(left: char, right: char) -> bool {
    left == right || ["IW", "OK", "QT"].iter().any(|pair| pair.contains(left) && pair.contains(right))
}

fn sample() -> impl Iterator<Item = PlateNumber> {
    ["A00001", "K04271", "Z99999", "M12345", "I10101", "W90210", "O00700", "Q55555", "T08060", "B31415"]
        .into_iter()
        .map(|text| PlateNumber::parse(text).unwrap())
}

#[test]
fn the_known_numbers_have_their_known_pairs() {
    for (number, pair) in [("K04271", "KR"), ("A00001", "LN"), ("Z99999", "DZ"), ("M12345", "AX")] {
        assert_eq!(PlateNumber::parse(number).unwrap().control_text(), pair, "{number}");
    }
}

#[test]
fn every_error_in_one_or_two_characters_is_detected() {
    for number in sample() {
        let right = text_of(number);
        for first in 0..8 {
            for second in first..8 {
                for one in lawful(first) {
                    for other in lawful(second) {
                        let mut wrong = right.clone();
                        (wrong[first], wrong[second]) = (one, other);
                        let letter_is_a_twin = share_a_value(wrong[0], right[0]);
                        if letter_is_a_twin && wrong[1..] == right[1..] {
                            continue;
                        }
                        if let Some((number, pair)) = read(&wrong) {
                            assert!(!check(number, pair), "{wrong:?} passed for {right:?}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn letters_that_share_a_value_share_the_pair_and_only_they_do() {
    for left in lawful(0) {
        for right in lawful(0) {
            let pairs = [left, right].map(|letter| PlateNumber::parse(&format!("{letter}04271")).unwrap().control());
            assert_eq!(pairs[0] == pairs[1], share_a_value(left, right), "{left} {right}");
        }
    }
}

#[test]
fn only_two_of_the_23_letters_are_a_pair() {
    assert_eq!(ControlPair::parse("K"), Err(ControlPairProblem::NotTwoLetters));
    assert_eq!(ControlPair::parse("KRA"), Err(ControlPairProblem::NotTwoLetters));
    for character in ['I', 'O', 'Q', 'k', '1', 'К'] {
        assert_eq!(
            ControlPair::parse(&format!("K{character}")),
            Err(ControlPairProblem::NotAControlLetter { character })
        );
    }
    for first in ALPHABET.chars() {
        for second in ALPHABET.chars() {
            let text = format!("{first}{second}");
            assert_eq!(ControlPair::parse(&text).unwrap().to_string(), text);
        }
    }
}

#[test]
fn two_wrong_characters_are_never_taken_for_none() {
    let pair = ControlPair::parse("KR").unwrap();
    assert!(correct(PlateNumber::parse("K04271").unwrap(), pair).is_empty());
    // The last digit and the last control letter changed by opposite amounts: the first sum stays zero, so no single place fits.
    let wrong = (PlateNumber::parse("K04270").unwrap(), ControlPair::parse("KS").unwrap());
    assert!(!check(wrong.0, wrong.1));
    assert!(correct(wrong.0, wrong.1).is_empty());
}

#[test]
fn three_unreadable_characters_are_refused() {
    let fragment = Fragment::parse("K0???1KR").unwrap();
    assert_eq!(fill(&fragment), Err(FragmentProblem::TooManyUnread { unread: 3 }));
    assert_eq!(Fragment::parse("K04271KRA"), Err(FragmentProblem::TooLong));
    assert_eq!(Fragment::parse("K0427K"), Err(FragmentProblem::Misplaced { character: 'K', position: 6 }));
    assert_eq!(Fragment::parse("K04271KO"), Err(FragmentProblem::Misplaced { character: 'O', position: 8 }));
}

#[test]
fn an_unreadable_letter_comes_as_both_that_share_its_value() {
    let filled = fill(&Fragment::parse(&format!("?04271{}", "KR")).unwrap()).unwrap();
    let numbers: Vec<_> = filled.iter().map(|(number, _)| number.to_string()).collect();
    assert_eq!(numbers, ["K04271", "O04271"]);
}

#[test]
fn zero_is_never_filled_in_as_a_serial() {
    // A00000 has the values of a code word with the pair AA, but is no lawful number.
    assert_eq!(fill(&Fragment::parse("A0000?AA").unwrap()), Ok(Vec::new()));
}

proptest! {
    #[test]
    fn both_sums_of_a_number_with_its_pair_are_zero(number in any_number()) {
        let values: Vec<usize> = text_of(number)
            .iter()
            .map(|character| match character {
                'I' => 19,
                'O' => 9,
                'Q' => 16,
                '0'..='9' => character.to_digit(10).map(|digit| usize::try_from(digit).unwrap()).unwrap(),
                letter => ALPHABET.find(*letter).unwrap(),
            })
            .collect();
        prop_assert_eq!(values.iter().sum::<usize>() % 23, 0);
        prop_assert_eq!(values.iter().enumerate().map(|(position, value)| (1 << position) * value).sum::<usize>() % 23, 0);
    }

    #[test]
    fn every_transposition_is_detected(number in any_number()) {
        let right = text_of(number);
        for first in 0..8 {
            for second in first + 1..8 {
                let mut wrong = right.clone();
                wrong.swap(first, second);
                let lawful_still = lawful(first).contains(&wrong[first]) && lawful(second).contains(&wrong[second]);
                if lawful_still
                    && !share_a_value(right[first], right[second])
                    && let Some((number, pair)) = read(&wrong)
                {
                    prop_assert!(!check(number, pair), "{:?} passed for {:?}", wrong, right);
                }
            }
        }
    }

    #[test]
    fn any_single_wrong_character_is_corrected(number in any_number()) {
        let right = text_of(number);
        for position in 0..8 {
            for character in lawful(position) {
                let mut wrong = right.clone();
                wrong[position] = character;
                let Some((misread, pair)) = read(&wrong) else { continue };
                if check(misread, pair) {
                    continue;
                }
                let corrections = correct(misread, pair);
                let expected = Correction { number, pair: number.control().unwrap(), position: position + 1 };
                prop_assert!(corrections.contains(&expected), "{:?}: {:?}", wrong, corrections);
                prop_assert!(corrections.len() <= 2);
                prop_assert!(corrections.iter().all(|correction| check(correction.number, correction.pair)));
            }
        }
    }

    #[test]
    fn any_two_unreadable_characters_are_filled_in(number in any_number()) {
        let right = text_of(number);
        for first in 0..8 {
            for second in first..8 {
                let mut partial = right.clone();
                (partial[first], partial[second]) = ('?', '?');
                let text: String = partial.iter().collect();
                let filled = fill(&Fragment::parse(&text)?)?;
                prop_assert!(filled.contains(&(number, number.control().unwrap())), "{}: {:?}", text, filled);
                for (other, _) in filled.iter().filter(|(other, _)| *other != number) {
                    prop_assert!(first == 0 && other.serial() == number.serial(), "{}: {:?}", text, filled);
                }
            }
        }
    }

    #[test]
    fn a_pair_comes_back_from_its_text_and_from_json(number in any_number()) {
        let pair = number.control().unwrap();
        prop_assert_eq!(ControlPair::parse(&pair.to_string()), Ok(pair));
        prop_assert_eq!(serde_json::from_str::<ControlPair>(&serde_json::to_string(&pair)?)?, pair);
    }
}
