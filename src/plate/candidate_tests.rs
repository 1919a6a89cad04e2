//! Ranking by example and at large: ten thousand numbers as people type them, and what half a plate leads to.
//!
//! *Invariant:* every figure is counted here from texts that are made here.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]

use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::number::tests::{any_number, any_of_both};
use super::reading::read;
use super::reading_properties::{Hand, written};
use super::scheme::{KZ_158, SPARSE_19, Scheme};
use super::sight::Sight;
use super::sparse::{self, Codeword};
use super::{Candidate, Difference, Issued, PlateNumber, Ranked, SeriesLetter, TooMany, candidates, recall};

/// Fifteen thousand numbers of each of four letters.
struct FourSeries;

impl Issued for FourSeries {
    fn is_issued(&self, number: PlateNumber) -> bool {
        number.letter().is_some_and(|letter| "AKNB".contains(letter.as_char()))
            && number.serial().is_some_and(|serial| serial <= 15_000)
    }

    fn count(&self) -> u32 {
        60_000
    }
}

/// Two million of the numbers of `sparse-19`.
struct TwoMillion;

impl Issued for TwoMillion {
    fn is_issued(&self, number: PlateNumber) -> bool {
        Codeword::parse(&number.to_string()).is_some_and(|word| word.payload() % 19 < 16)
    }

    fn count(&self) -> u32 {
        2_085_136
    }
}

fn number(text: &str) -> PlateNumber {
    PlateNumber::parse(text).unwrap()
}

fn ranked(text: &str, sight: Sight) -> Ranked {
    candidates(&recall(KZ_158, text).unwrap(), sight, &FourSeries, 2_000).unwrap()
}

fn first(text: &str, sight: Sight) -> Candidate {
    ranked(text, sight).candidates[0].clone()
}

fn random_number(rng: &mut StdRng) -> PlateNumber {
    let letter = SeriesLetter::all().nth(rng.random_range(0..26)).unwrap();
    PlateNumber::of(letter, rng.random_range(1..100_000)).unwrap()
}

const SEPARATED: [&str; 4] = ["", " ", "-", " \u{A0}"];

#[test]
fn ten_thousand_numbers_typed_by_any_one_hand_are_always_among_the_hypotheses_and_alone_with_their_pair() {
    let mut rng = StdRng::seed_from_u64(158);
    for _ in 0..10_000 {
        let number = random_number(&mut rng);
        for hand in Hand::ALL {
            let separators: Vec<&str> = (0..8).map(|_| SEPARATED[rng.random_range(0..SEPARATED.len())]).collect();
            let alone = written(&number.to_string(), &[hand; 8], &separators);
            let found = read(KZ_158, &alone).unwrap();
            assert!(found.hypotheses().iter().any(|one| one.number == number), "{alone}");
            let paired = written(&number.machine_form(), &[hand; 8], &separators);
            let found = read(KZ_158, &paired).unwrap();
            let numbers: Vec<_> = found.hypotheses().iter().map(|one| one.number).collect();
            assert_eq!(numbers, [number], "{paired}");
        }
    }
}

#[test]
fn two_erasures_of_ten_thousand_numbers_are_filled_in_from_the_pair() {
    let mut rng = StdRng::seed_from_u64(19);
    for _ in 0..10_000 {
        let number = random_number(&mut rng);
        let mut text: Vec<char> = number.machine_form().chars().collect();
        let one = rng.random_range(0..8);
        let other = (one + rng.random_range(1..8)) % 8;
        (text[one], text[other]) = ('?', '?');
        let text: String = text.into_iter().collect();
        let found = read(KZ_158, &text).unwrap();
        let numbers: Vec<_> = found.hypotheses().iter().map(|one| one.number).collect();
        // I and W, O and K, Q and T share a value: an unread letter comes as both, which the order of claims prevents.
        let twins = usize::from(text.starts_with('?') && "IWOKQT".contains(number.letter().unwrap().as_char()));
        assert!(numbers.contains(&number) && numbers.len() == 1 + twins, "{text}: {numbers:?}");
    }
}

#[test]
fn a_number_that_was_misread_in_one_place_is_found_from_its_pair() {
    for sight in Sight::ALL {
        let found = first("K04277KR", sight);
        assert_eq!(found.number, number("K04271"));
        assert!(found.probability > 0.95, "{found:?}");
        assert_eq!(found.differences, [Difference::Misread { position: 6, read: '7', stands: '1' }]);
        assert_eq!(first("K02471KR", sight).differences, [Difference::Exchanged { position: 3 }]);
        assert_eq!(first("K0427?KR", sight).differences, [Difference::Unread { position: 6, stands: '1' }]);
    }
}

#[test]
fn a_dense_number_that_was_seen_badly_is_never_sure() {
    let clear = first("K04271", Sight::Clear);
    let poor = first("K04271", Sight::Poor);
    assert_eq!((clear.number, poor.number), (number("K04271"), number("K04271")));
    assert!(clear.probability > 0.95 && clear.probability < 0.999, "{clear:?}");
    assert!(poor.probability > 0.5 && poor.probability < 0.95, "{poor:?}");
}

#[test]
fn a_shorter_text_is_matched_wherever_it_may_have_stood() {
    let numbers = |text| -> Vec<String> {
        ranked(text, Sight::Clear).candidates.iter().map(|found| found.number.to_string()).collect()
    };
    // A, B, K and N, with a 0 or a 1 before the digits, or any digit but 15 000 and more behind them.
    for wanted in ["A04271", "N14271"] {
        assert!(numbers("4271").contains(&wanted.to_owned()), "{wanted}");
    }
    assert_eq!(numbers("0427KR")[0], "K04271");
    assert!(numbers("K042").iter().take(100).all(|number| number.starts_with("K042")));
    // The letter of the last series is as good as that of the first, however many letters lie before it.
    assert!(["A00271", "N00271"].iter().all(|wanted| numbers("???271").contains(&(*wanted).to_owned())));
    assert!(numbers("71KR").iter().take(4).any(|number| number == "K04271"));
}

#[test]
fn ties_are_ties_in_the_order_of_numbers() {
    let found = ranked("K0??71", Sight::Poor);
    let hundred = &found.candidates[..100];
    assert!(hundred.windows(2).all(|two| two[0].number < two[1].number));
    assert!(hundred.windows(2).all(|two| (two[0].probability - two[1].probability).abs() < 1e-9));
}

#[test]
fn a_letter_is_not_only_misread_but_misremembered_by_its_neighbour() {
    let found = ranked("L04271", Sight::Clear);
    assert_eq!(found.candidates[0].number, number("K04271"));
}

#[test]
fn too_little_is_refused_instead_of_guessed() {
    let refused = candidates(&recall(KZ_158, "K?????").unwrap(), Sight::Clear, &FourSeries, 2_000);
    assert_eq!(refused, Err(TooMany));
    assert!(recall(KZ_158, "??????").is_err());
    // Ten thousand fit equally well; two thousand of them would leave the others out without a word.
    let refused = candidates(&recall(KZ_158, "K1????").unwrap(), Sight::Clear, &FourSeries, 2_000);
    assert_eq!(refused, Err(TooMany));
}

#[test]
fn two_unknown_symbols_among_two_million_leave_one_number_on_top() {
    for text in ["A?C46?9", "?XC4?Q4", "AXC46??"] {
        let found = candidates(&recall(SPARSE_19, text).unwrap(), Sight::Clear, &TwoMillion, 10).unwrap();
        assert!(found.candidates[0].probability > 0.95, "{text}: {found:?}");
    }
}

proptest! {
    /// The search finds what a scan of everything would find, with the same shares.
    #[test]
    fn probabilities_add_up_and_descend(number in any_of_both(), place in 0_usize..7, sign in "[A-Z0-9?]") {
        let mut text: Vec<char> = number.machine_form().chars().collect();
        text[place] = sign.chars().next().unwrap();
        let text: String = text.into_iter().collect();
        let issued: &dyn Issued = if number.letter().is_some() { &FourSeries } else { &TwoMillion };
        let Ok(seen) = recall(number.scheme(), &text) else { return Ok(()) };
        for sight in Sight::ALL {
            let found = candidates(&seen, sight, issued, 2_000).unwrap();
            let sum: f64 = found.candidates.iter().map(|one| one.probability).sum();
            prop_assert!((sum + found.elsewhere - 1.0).abs() < 1e-6, "{text}: {sum} {}", found.elsewhere);
            prop_assert!(found.candidates.windows(2).all(|two| two[0].probability >= two[1].probability - 1e-9));
            prop_assert!(found.candidates.iter().all(|one| issued.is_issued(one.number)));
        }
    }

    #[test]
    fn a_number_that_was_issued_and_read_right_comes_first(letter in "[AKNB]", serial in 1_u32..=15_000, paired in any::<bool>()) {
        let number = PlateNumber::of(SeriesLetter::parse(&letter).unwrap(), serial).unwrap();
        let text = if paired { number.machine_form() } else { number.to_string() };
        for sight in Sight::ALL {
            prop_assert_eq!(first(&text, sight).number, number);
        }
    }

    #[test]
    fn any_two_unread_characters_beside_the_pair_leave_the_right_number_on_top(
        serial in 1_u32..=15_000, one in 0_usize..8, further in 1_usize..8
    ) {
        let number = PlateNumber::of(SeriesLetter::parse("N").unwrap(), serial).unwrap();
        let mut text: Vec<char> = number.machine_form().chars().collect();
        (text[one], text[(one + further) % 8]) = ('?', '?');
        let found = first(&text.iter().collect::<String>(), Sight::Clear);
        prop_assert_eq!(found.number, number);
        prop_assert!(found.probability > 0.9);
    }

    #[test]
    fn no_text_makes_the_ranking_panic(text in "[KZNAXC4679нв0-9?*… -]{0,12}", sparse in any::<bool>()) {
        let scheme: Scheme = if sparse { SPARSE_19 } else { KZ_158 };
        if let Ok(seen) = recall(scheme, &text) {
            let _ = candidates(&seen, Sight::Poor, &FourSeries, 50);
        }
    }

    #[test]
    fn every_lawful_number_can_be_recalled(number in any_number()) {
        prop_assert_eq!(recall(KZ_158, &number.to_string()).unwrap().exact(), Some(number));
        prop_assert!(recall(KZ_158, &number.machine_form()).unwrap().is_checked());
        prop_assert!(!recall(KZ_158, &number.to_string()).unwrap().is_checked());
    }
}

#[test]
fn a_number_of_seven_symbols_checks_itself() {
    let word = Codeword::of_payload(sparse::CAPACITY / 3).unwrap().to_string();
    assert!(recall(SPARSE_19, &word).unwrap().is_checked());
}
