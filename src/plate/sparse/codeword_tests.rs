//! What the code of seven symbols promises, tried.
//!
//! *Invariant:* linear arguments are tried exhaustively: an error is told apart by its own sums, whatever word it befalls.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]

use proptest::prelude::*;

use super::codeword::{CAPACITY, Codeword, Correction, PLACES, completions, completions_of_any};

fn any_word() -> impl Strategy<Value = Codeword> {
    (0..CAPACITY).prop_map(|payload| Codeword::of_payload(payload).unwrap())
}

/// Adds to each place, modulo 19.
fn added(word: Codeword, error: [u8; PLACES]) -> [u8; PLACES] {
    let mut values = word.values();
    for (value, add) in values.iter_mut().zip(error) {
        *value = (*value + add) % 19;
    }
    values
}

#[test]
fn no_error_in_one_or_two_places_is_a_word_so_two_words_differ_in_three() {
    // The difference of two words is a word: it suffices that no word but zero has fewer than three places that are not zero.
    let zero = Codeword::of_payload(0).unwrap();
    assert_eq!(zero.values(), [0; PLACES]);
    for one in 0..PLACES {
        for other in one + 1..PLACES {
            for (left, right) in (0..19).flat_map(|left| (0..19).map(move |right| (left, right))) {
                let mut error = [0; PLACES];
                (error[one], error[other]) = (left, right);
                assert_eq!(Codeword::of_values(added(zero, error)).is_some(), (left, right) == (0, 0));
            }
        }
    }
}

#[test]
fn there_are_as_many_words_as_payloads_and_nothing_beyond() {
    assert_eq!(Codeword::of_payload(CAPACITY), None);
    let last = Codeword::of_payload(CAPACITY - 1).unwrap();
    assert_eq!(&last.values()[..5], [18; 5]);
    assert_eq!(Codeword::of_values([19, 0, 0, 0, 0, 0, 0]), None);
}

#[test]
fn a_third_unreadable_place_leaves_nineteen_words_in_their_order() {
    let word = Codeword::parse("AXC46Q4").unwrap();
    let mut places = word.values().map(Some);
    for place in [1, 3, 6] {
        places[place] = None;
    }
    assert_eq!(completions(&places), None);
    let words: Vec<_> = completions_of_any(places).collect();
    assert!(words.len() == 19 && words.is_sorted() && words.contains(&word));
    places[0] = None;
    assert_eq!(completions_of_any(places).count(), 361);
}

#[test]
fn what_is_not_exactly_seven_symbols_is_no_word() {
    for text in ["", "AXC46Q", "AXC46Q44", "AXC 46Q4", "axc46q4", "AXC46QO", "АXC46Q4"] {
        assert_eq!(Codeword::parse(text), None, "{text:?}");
    }
}

proptest! {
    #[test]
    fn a_word_comes_back_from_its_payload_and_its_text(word in any_word()) {
        prop_assert_eq!(Codeword::of_payload(word.payload()), Some(word));
        prop_assert_eq!(Codeword::parse(&word.to_string()), Some(word));
        prop_assert_eq!(Codeword::of_values(word.values()), Some(word));
    }

    #[test]
    fn any_one_or_two_unreadable_symbols_are_filled_in(word in any_word()) {
        for one in 0..PLACES {
            for other in one..PLACES {
                let mut places = word.values().map(Some);
                (places[one], places[other]) = (None, None);
                prop_assert_eq!(completions(&places), Some(word));
            }
        }
    }

    #[test]
    fn every_single_error_is_corrected(word in any_word()) {
        for place in 0..PLACES {
            for add in 1..19 {
                let mut error = [0; PLACES];
                error[place] = add;
                prop_assert_eq!(Correction::of(added(word, error)), Some(Correction { word, place }));
            }
        }
        prop_assert_eq!(Correction::of(word.values()), None);
    }

    #[test]
    fn every_error_in_two_symbols_is_detected(word in any_word(), one in 0..PLACES, other in 0..PLACES, adds in [1_u8..19, 1_u8..19]) {
        prop_assume!(one != other);
        let mut error = [0; PLACES];
        (error[one], error[other]) = (adds[0], adds[1]);
        let wrong = added(word, error);
        prop_assert_eq!(Codeword::of_values(wrong), None);
        if let Some(correction) = Correction::of(wrong) {
            prop_assert_ne!(correction.word, word);
        }
    }

    #[test]
    fn every_transposition_is_detected(word in any_word(), one in 0..PLACES, other in 0..PLACES) {
        let mut values = word.values();
        prop_assume!(values[one] != values[other]);
        values.swap(one, other);
        prop_assert_eq!(Codeword::of_values(values), None);
    }
}
