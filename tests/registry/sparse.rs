//! Numbers of seven symbols: one sequence for all, shuffled, without words, and a key that is never made anew.
//!
//! *Invariant:* these tests name their scheme; the rest of the suite runs under it too where it names no number.

use serde_json::json;
use std::collections::BTreeSet;

use scooter_registry::plate::sparse::{Codeword, Correction, blocked_word};
use scooter_registry::plate::{KZ_158, SPARSE_19};

use crate::database::{Kind, kinds};
use crate::house::{TestRegistry, fleet, ride};
use crate::issue::importer;
use crate::people::Person;

const AT: &str = "2026-07-07T12:05:00+05:00";

fn sparse(kind: Kind) -> TestRegistry {
    TestRegistry::start_of(SPARSE_19, kind, &[])
}

fn word(number: &str) -> Codeword {
    Codeword::parse(number).unwrap_or_else(|| panic!("{number} does not check itself"))
}

/// A lawful number that was not given, as far as one sees it.
fn free_number(known: &BTreeSet<String>) -> String {
    let words = (0..).step_by(1_009).filter_map(Codeword::of_payload).filter(|word| blocked_word(*word).is_none());
    words.map(|word| word.to_string()).find(|number| !known.contains(number)).unwrap()
}

#[test]
fn operators_without_a_letter_receive_numbers_that_have_nothing_in_common() {
    for kind in kinds() {
        let registry = sparse(kind);
        let (one, other) = (registry.admitted('K'), registry.admitted('B'));
        one.enroll(&fleet("k", 40));
        other.enroll(&fleet("b", 40));
        let numbers: BTreeSet<_> = one.numbers().into_values().chain(other.numbers().into_values()).collect();
        assert_eq!(numbers.len(), 80);
        let begins: BTreeSet<_> = numbers.iter().map(|number| &number[..2]).collect();
        assert!(begins.len() > 50, "{numbers:?}");
        assert!(numbers.iter().all(|number| blocked_word(word(number)).is_none()));
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM numbers WHERE letter <> ''"), [0]);
        assert_eq!(
            registry.database.query_i64("SELECT COUNT(*) FROM numbers, numbering WHERE serial >= next_serial"),
            [0]
        );
    }
}

#[test]
fn eight_importers_on_two_servers_receive_twenty_thousand_different_numbers() {
    for kind in kinds() {
        // SQLite lets one write at a time; what could go wrong there goes wrong with fewer as well.
        let (rounds, rows) = if kind == Kind::Postgres { (5, 500) } else { (2, 100) };
        let registry = sparse(kind);
        let second = registry.second_server();
        let urls = [registry.url().to_owned(), second.url.clone()];
        let operators: Vec<_> = ['A', 'B', 'C', 'D'].map(|letter| registry.admitted(letter)).into();
        std::thread::scope(|scope| {
            for number in 0..8 {
                let (operator, urls) = (&operators[number % 4], &urls);
                scope.spawn(move || importer(operator, urls, &format!("i{number}"), rounds, rows));
            }
        });
        let all: Vec<_> = operators.iter().flat_map(|operator| operator.numbers().into_values()).collect();
        let different: BTreeSet<_> = all.iter().collect();
        assert_eq!((all.len(), different.len()), (8 * rounds * rows, 8 * rounds * rows));
        assert!(all.iter().all(|number| blocked_word(word(number)).is_none()));
        // What was passed over are words of the list and nothing else: fewer than one in ten.
        let next = usize::try_from(registry.database.query_i64("SELECT next_serial FROM numbering")[0]).unwrap();
        assert!(next >= all.len() && next < all.len() * 10 / 9, "{next}");
        second.stop().unwrap();
    }
}

#[test]
fn a_number_that_a_scooter_bears_is_kept_once_and_never_given() {
    for kind in kinds() {
        let registry = sparse(kind);
        let (operator, other) = (registry.admitted('K'), registry.admitted('B'));
        operator.enroll(&fleet("k", 3));
        // The number that the sequence would give next is kept by a list: the sequence passes it over.
        let given: BTreeSet<_> = operator.numbers().into_values().collect();
        let kept = free_number(&given);
        let shown = format!("{} {}", &kept[..3], kept[3..].to_lowercase());
        operator.enroll(&format!("device_id,plate\nkept,{shown}\n"));
        assert_eq!(operator.numbers()["kept"], kept);
        other.enroll(&fleet("b", 2));
        let again = other.upload("dry_run=false", format!("device_id,plate\nmine,{kept}\n").as_bytes());
        assert_eq!((&again["status"], &again["problems"][0]["kind"]), (&json!("refused"), &json!("plate_not_yours")));
        let mut wrong = kept.clone();
        wrong.replace_range(6.., if kept.ends_with('4') { "6" } else { "4" });
        let refused = other.upload("dry_run=false", format!("device_id,plate\nmine,{wrong}\n").as_bytes());
        assert_eq!(
            (&refused["status"], &refused["problems"][0]["kind"]),
            (&json!("refused"), &json!("plate_unreadable")),
            "{refused}"
        );
        let legal = other.upload("dry_run=false", b"device_id,plate\nmine,K00001\n");
        assert_eq!(legal["status"], "refused", "a number of the other scheme is none here: {legal}");
    }
}

#[test]
fn a_kept_number_ahead_in_the_sequence_is_passed_over_when_its_turn_comes() {
    let (registry, twin) = (sparse(Kind::Sqlite), tempfile::tempdir().unwrap());
    // A twin with the same key foretells what the sequence gives.
    for file in std::fs::read_dir(registry.secrets.path()).unwrap().map(Result::unwrap) {
        std::fs::copy(file.path(), twin.path().join(file.file_name())).unwrap();
    }
    let operator = registry.admitted('K');
    operator.enroll(&fleet("k", 4));
    let mut foretold: Vec<_> = operator.numbers().into_values().collect();
    let key = std::fs::read_to_string(twin.path().join("plate-numbers.key")).unwrap();
    let key: [u8; 32] = hex::decode(key.trim()).unwrap().try_into().unwrap();
    let shuffle = scooter_registry::plate::sparse::Shuffle::new(&key);
    let first = registry.database.query_i64("SELECT next_serial FROM numbering")[0];
    let ahead = (u32::try_from(first).unwrap()..).filter_map(|serial| Codeword::of_payload(shuffle.payload(serial)?));
    let ahead: Vec<_> =
        ahead.filter(|word| blocked_word(*word).is_none()).take(3).map(|word| word.to_string()).collect();
    operator.enroll(&format!("device_id,plate\nkept,{}\n", ahead[1]));
    operator.enroll(&fleet("m", 2));
    let numbers = operator.numbers();
    assert_eq!((&numbers["m-1"], &numbers["m-2"], &numbers["kept"]), (&ahead[0], &ahead[2], &ahead[1]));
    foretold.extend(ahead);
    assert_eq!(numbers.into_values().collect::<BTreeSet<_>>(), foretold.into_iter().collect());
}

#[test]
fn a_plate_resolves_to_the_ride_and_two_unreadable_symbols_are_filled_in() {
    for kind in kinds() {
        let registry = sparse(kind);
        let operator = registry.admitted('K');
        operator.enroll(&fleet("k", 1));
        operator.report(&[ride("r", "k-1", "2026-07-07T12:00:00+05:00", None)]);
        let number = operator.numbers()["k-1"].clone();
        let officer = registry.officer();
        let unread = format!("?{}{}?", &number[1..3], &number[3..6]);
        for text in [number.clone(), format!("{} {}", &number[..3], &number[3..]), number.to_lowercase(), unread] {
            let answer = officer.look_up(&text, AT);
            assert_eq!(answer["session"]["ride_id"], "r", "{text}: {answer}");
            assert_eq!(answer["plate"]["control"], "", "{answer}");
        }
        let plate = operator.get(&format!("/v1/plates/{number}")).expect(200);
        assert_eq!(plate["plate"]["number"], json!(number), "{plate}");
        let long = officer.ask("AXC46Q44", AT).problem(422, "invalid-request");
        assert!(long.to_string().contains("seven characters of 4679ACDEHJLPQSUWXYZ"), "{long}");
    }
}

#[test]
fn there_is_no_letter_to_claim_and_the_page_names_the_operators() {
    for kind in kinds() {
        let registry = sparse(kind);
        let operator = registry.admitted('K');
        for language in ["en", "ru", "kk"] {
            let refused = operator.speaking(language).post("/v1/series", &json!({"letter": "K"}));
            refused.problem(409, "no-letters");
        }
        let page = Person::nobody(registry.url()).get("/series").text();
        for part in ["Operators and their telephones", "ТОО Самокаты K", "+7 700 000 00 00", "AXC 46Q4"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        for absent in ["Letters left", "five digits", "scope=\"row\"", "series_page."] {
            assert!(!page.contains(absent), "{absent}: {page}");
        }
    }
}

#[test]
fn where_the_sequence_is_at_its_end_the_list_is_refused_and_says_so() {
    for kind in kinds() {
        let registry = sparse(kind);
        registry.database.execute("UPDATE numbering SET next_serial = 2476097").unwrap();
        let operator = registry.admitted('K');
        let import = operator.upload("dry_run=false", fleet("k", 3).as_bytes());
        let problem = &import["problems"][0];
        assert_eq!((&import["status"], &problem["kind"]), (&json!("refused"), &json!("numbers_used_up")), "{import}");
        assert!(operator.numbers().is_empty());
    }
}

#[test]
fn a_registry_keeps_the_scheme_it_began_with() {
    for kind in kinds() {
        for (begun, other) in [(SPARSE_19, KZ_158), (KZ_158, SPARSE_19)] {
            let mut registry = TestRegistry::start_of(begun, kind, &[]);
            registry.stop();
            let settings = registry.settings(&[("REGISTRY__SCHEME", other.name())]);
            let error = scooter_registry::startup::start(&settings).err().expect("the other scheme is refused");
            let text = error.to_string();
            assert!(text.contains(begun.name()) && text.contains(other.name()), "{text}");
            assert!(error.remedy().contains("set registry.scheme back"), "{}", error.remedy());
            registry.begin_again(&[]);
        }
    }
}

#[test]
fn a_registry_of_the_release_before_has_letters() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        registry.stop();
        registry.database.execute("DELETE FROM numbering").unwrap();
        let sparse = registry.settings(&[("REGISTRY__SCHEME", SPARSE_19.name())]);
        let error = scooter_registry::startup::start(&sparse).err().expect("it began with letters");
        assert!(error.to_string().contains("began with the plate numbers of kz-158"), "{error}");
        assert!(!registry.secrets.path().join("plate-numbers.key").exists(), "the attempt left nothing behind");
        registry.begin_again(&[]);
        assert_eq!(registry.database.query_i64("SELECT COUNT(*) FROM numbering WHERE scheme = 'kz-158'"), [1]);
    }
}

#[test]
fn a_lost_or_exchanged_key_of_numbers_is_never_replaced() {
    for kind in kinds() {
        let mut registry = sparse(kind);
        let operator = registry.admitted('K');
        operator.enroll(&fleet("k", 1));
        registry.stop();
        let file = registry.secrets.path().join("plate-numbers.key");
        let aside = registry.secrets.path().join("aside");
        std::fs::rename(&file, &aside).unwrap();
        let start = |registry: &TestRegistry| {
            let error = scooter_registry::startup::start(&registry.settings(&[])).err().expect("it does not start");
            format!("{error:?} {}", error.remedy())
        };
        let lost = start(&registry);
        assert!(lost.contains("NumberKeyLost") && lost.contains("restore it from its backup"), "{lost}");
        assert!(!file.exists(), "none was made");
        std::fs::write(&file, "ab".repeat(32)).unwrap();
        assert!(start(&registry).contains("OtherNumberKey"));
        std::fs::rename(&aside, &file).unwrap();
        registry.begin_again(&[]);
        operator.at(registry.url()).enroll(&fleet("m", 1));
    }
}

#[test]
fn the_code_on_the_plate_opens_its_page_and_the_number_stands_in_two_groups() {
    for kind in kinds() {
        let registry = sparse(kind);
        let operator = registry.admitted('K');
        operator.enroll(&fleet("k", 1));
        let number = operator.numbers()["k-1"].clone();
        let face = operator.get(&format!("/v1/plates/{number}.svg")).text();
        assert!(face.contains(&format!("{} {}", &number[..3], &number[3..])), "{face}");
        let qr = crate::plate_items::qr(&operator, &number, 1);
        assert!(qr.starts_with(&format!("HTTPS://REG.TEST/P/{number}/")), "{qr}");
        let page = Person::nobody(registry.url()).get(&qr["HTTPS://REG.TEST".len()..]);
        assert!(page.status == 200 && page.text().contains(&format!("{} {}", &number[..3], &number[3..])), "{page:?}");
    }
}

#[test]
fn a_misread_symbol_is_corrected_to_one_number_only() {
    let word = word("AXC46Q4");
    let mut values = word.values();
    values[2] = (values[2] + 1) % 19;
    assert_eq!(Correction::of(values).map(|correction| (correction.word, correction.place)), Some((word, 2)));
}
