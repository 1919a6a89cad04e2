//! Reading by example: each way of writing, and each way of writing wrongly, with what comes of it.
//!
//! *Invariant:* how people write is described here anew, not taken from the tables of the code under test.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests state what must hold")]

use super::number::PlateNumber;
use super::reading::{self, MAXIMUM_LENGTH, Reading, ReadingProblem, ReadingStep};
use super::scheme::KZ_158;

pub(super) fn read(text: &str) -> Result<Reading, ReadingProblem> {
    reading::read(KZ_158, text)
}

pub(super) fn numbers(reading: &Reading) -> Vec<String> {
    reading.hypotheses().iter().map(|hypothesis| hypothesis.number.to_string()).collect()
}

pub(super) fn numbers_in(text: &str) -> Vec<String> {
    numbers(&read(text).unwrap_or_else(|problem| panic!("{text:?}: {problem}")))
}

fn number(text: &str) -> PlateNumber {
    PlateNumber::parse(text).unwrap()
}

#[test]
fn what_says_a_number_plainly_is_exact() {
    for text in [
        "K04271",
        "k04271",
        "Ｋ０４２７１",
        "К04271",
        "к 04 271",
        "  K-04.271  ",
        "«K04271»",
        "№ K04271",
        "KZ K04271",
        "KZK04271KR",
        "K04271KR",
        "K04271 | KR",
        "K04271 -- KR",
        "К04271 КР",
        "HTTPS://S.GOV.KZ/P/K04271KR/0123456789",
        "https://example.org/base/p/k04271kr/0123456789?lang=kk",
        "/p/K04271",
    ] {
        assert_eq!(read(text).unwrap().exact(), Some(number("K04271")), "{text:?}: {:?}", read(text));
    }
    assert_eq!(read("KZA04271").unwrap().exact(), Some(number("A04271")));
    assert_eq!(read("  K04271 KR ").unwrap().text(), "K04271 KR");
    assert_eq!(read("К04271 КР").unwrap().pair(), number("K04271").control());
    assert_eq!(read("K04271").unwrap().pair(), None);
}

#[test]
fn a_cyrillic_letter_stays_two_numbers_until_the_pair_settles_it() {
    assert_eq!(numbers_in("Н04271"), ["H04271", "N04271"]);
    assert_eq!(numbers_in("р04271"), ["P04271", "R04271"]);
    let pair = number("N04271").control_text();
    let reading = read(&format!("Н04271 {pair}")).unwrap();
    assert_eq!(numbers(&reading), ["N04271"]);
    assert_eq!(reading.hypotheses()[0].steps, [ReadingStep::BySound]);
    assert_eq!(reading.exact(), None);
}

#[test]
fn look_alikes_are_repaired_by_slot_and_said_so() {
    for (text, right) in [("KO427I", "K04271".to_owned()), ("K0A2T1", "K04271".into()), ("К0427l", "K04271".into())] {
        let reading = read(text).unwrap();
        assert_eq!(numbers(&reading), [right], "{text}");
        assert!(matches!(reading.hypotheses()[0].steps[0], ReadingStep::SlotRepair { .. }));
        assert_eq!(reading.exact(), None);
    }
    assert_eq!(numbers_in("K0427g"), ["K04279", "K04276"]);
    assert_eq!(numbers_in("K0427G"), ["K04276"]);
    assert_eq!(numbers_in("KЗБ000"), ["K36000"]);
    assert_eq!(numbers_in("804271"), ["B04271"]);
    assert_eq!(numbers_in("004271"), ["O04271", "D04271", "Q04271"]);
}

#[test]
fn what_was_not_read_is_filled_in_or_refused() {
    assert_eq!(numbers_in("K0?27? KR"), ["K04271"]);
    assert_eq!(numbers_in("?04271KR"), ["K04271", "O04271"]);
    assert_eq!(numbers_in("K0427?K?"), ["K04271"]);
    assert_eq!(read("K0427?KR").unwrap().hypotheses()[0].steps, [ReadingStep::FromPair { position: 6 }]);
    assert_eq!(numbers_in("K04271??"), ["K04271"]);
    assert_eq!(numbers_in("K0427?").len(), 10);
    assert_eq!(numbers_in("?04271").len(), 26);
    assert_eq!(numbers_in("K04***").len(), 1_000);
    assert_eq!(numbers_in("K04…").len(), 1_000);
    assert_eq!(numbers_in("K0000?").len(), 9);
    assert_eq!(numbers_in("04271").len(), 26);
    assert_eq!(numbers_in("04271KR"), ["K04271", "O04271"]);
    assert!(numbers_in("K????1KR").contains(&"K04271".into()));
    assert_eq!(read("K0????"), Err(ReadingProblem::TooManyUnknown { known: 2 }));
    assert_eq!(read("??42?1"), Err(ReadingProblem::TooManyUnknown { known: 3 }));
    assert_eq!(read("??????"), Err(ReadingProblem::TooManyUnknown { known: 0 }));
    assert_eq!(read("??????KR"), Err(ReadingProblem::TooManyUnknown { known: 2 }));
}

#[test]
fn lost_zeros_are_put_back_and_said_so() {
    let reading = read("K4271").unwrap();
    assert_eq!(numbers(&reading), ["K04271"]);
    assert_eq!(reading.hypotheses()[0].steps, [ReadingStep::ZeroPadded { zeros: 1 }]);
    assert_eq!(numbers_in("K1"), ["K00001"]);
    let pair = number("K00427").control_text();
    assert_eq!(numbers_in(&format!("K427 {pair}")), ["K00427"]);
    assert_eq!(numbers_in("K0421KR"), ["K04271"], "the pair tells which digit is missing");
}

#[test]
fn a_pair_that_contradicts_the_number_offers_both_and_hides_neither() {
    let reading = read("K04277 KR").unwrap();
    let steps =
        |text: &str| reading.hypotheses().iter().find(|found| found.number == number(text)).unwrap().steps.clone();
    assert_eq!(steps("K04271"), [ReadingStep::Corrected { position: 6 }]);
    assert_eq!(steps("K04277"), [ReadingStep::AgainstPair]);
    assert_eq!(reading.exact(), None);
    assert_eq!(reading.pair().unwrap().to_string(), "KR");

    let reading = read("K04271 KS").unwrap();
    assert_eq!(numbers(&reading), ["K04271"]);
    assert_eq!(reading.hypotheses()[0].steps, [ReadingStep::Corrected { position: 8 }]);
    assert_eq!((reading.exact(), reading.pair().unwrap().to_string()), (None, "KS".into()));

    let exchanged = read("K04721 KR").unwrap();
    let found = exchanged.hypotheses().iter().find(|found| found.number == number("K04271")).unwrap();
    assert_eq!(found.steps, [ReadingStep::Exchanged { position: 4 }]);
    assert!(numbers(&exchanged).contains(&"K04721".into()));

    let reading = read("804271 KR").unwrap();
    assert_eq!(numbers(&reading), ["K04271", "O04271", "B04271"]);
    assert_eq!(reading.hypotheses()[0].steps, [ReadingStep::Corrected { position: 1 }]);

    let hopeless = read("K04270 KS").unwrap();
    assert!(hopeless.hypotheses().iter().any(|found| found.steps == [ReadingStep::AgainstPair]));
    assert_eq!(hopeless.exact(), None);
}

#[test]
fn problems_say_what_to_write_differently() {
    for text in ["", "  ", " - ", "\u{200B}", "...", "|"] {
        assert_eq!(read(text), Err(ReadingProblem::Empty), "{text:?}");
    }
    for (text, found) in
        [("K", 1), ("KZ", 2), ("4271", 4), ("K04271K", 7), ("K04271KRA", 9), ("K0?71", 5), ("scooter number", 13)]
    {
        assert_eq!(read(text), Err(ReadingProblem::WrongLength { found }), "{text:?}");
    }
    assert_eq!(read("  K04😀71"), Err(ReadingProblem::Foreign { character: '😀', position: 4 }));
    assert_eq!(read("https://example.org/K04271"), Err(ReadingProblem::Foreign { character: ':', position: 6 }));
    assert_eq!(read("K04X71"), Err(ReadingProblem::NotADigit { character: 'X', position: 4 }));
    assert_eq!(read("/p/K04X71"), Err(ReadingProblem::NotADigit { character: 'X', position: 7 }));
    assert_eq!(read("K00000"), Err(ReadingProblem::NoSuchNumber));
    assert_eq!(read(&"K".repeat(MAXIMUM_LENGTH)), Err(ReadingProblem::WrongLength { found: MAXIMUM_LENGTH }));
    assert_eq!(read(&"K".repeat(1_000_000)), Err(ReadingProblem::TooLong { length: 1_000_000 }));
}
