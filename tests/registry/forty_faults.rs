//! A list of 500 scooters with 40 faults of more than 20 kinds: told at once, given back, mended by the remedies, taken.
//!
//! *Invariant:* the list that goes back is the file that came out, with single cells mended; nothing is written anew.

use std::collections::BTreeSet;

use scooter_registry::plate::PlateNumber;
use serde_json::{Value, json};

use crate::database::kinds;
use crate::house::TestRegistry;
use crate::people::Person;
use crate::sheets::{self, Form};

const ROWS: usize = 500;

const HEADER: [&str; 14] = [
    "ID устройства",
    "Серийный номер",
    "Марка",
    "Модель",
    "Год выпуска",
    "Цвет",
    "Ввод в эксплуатацию",
    "Вывод из эксплуатации",
    "Рег. номер",
    "Номер полиса",
    "Страховщик",
    "Полис с",
    "Полис по",
    "Комментарий",
];

/// A fault: its kind, the column in which it is told, the cell that is spoiled, how, and what the remedy asks for.
struct Fault {
    kind: &'static str,
    told: Option<&'static str>,
    place: usize,
    spoilt: String,
    mended: String,
}

fn fault(kind: &'static str, place: usize, spoilt: &str, mended: &str) -> Fault {
    let told = HEADER.get(place).copied();
    Fault { kind, told, place, spoilt: spoilt.to_owned(), mended: mended.to_owned() }
}

/// A number with control letters of another one.
fn with_wrong_pair(number: &str, other: &str) -> String {
    let pair = |text: &str| PlateNumber::parse(text).unwrap().control_text();
    assert_ne!(pair(number), pair(other));
    format!("{number} {}", pair(other))
}

fn faults() -> Vec<Fault> {
    let of_row = |kind, told: Option<&'static str>, fault: Fault| Fault { kind, told, ..fault };
    vec![
        fault("year_unreadable", 4, "20x6", "2026"),
        fault("year_unreadable", 4, "1889", "2024"),
        fault("year_unreadable", 4, "26", "2026"),
        fault("date_unreadable", 6, "31.02.2026", "28.02.2026"),
        fault("date_unreadable", 6, "12/31/2026", "31.12.2026"),
        fault("date_unreadable", 6, "вчера", "2026-07-06"),
        fault("date_ambiguous", 6, "07/01/2026", "2026-07-01"),
        fault("date_ambiguous", 11, "02/03/2026", "2026-03-02"),
        fault("service_ends_before_start", 7, "2026-06-30", ""),
        fault("policy_ends_before_start", 12, "30.06.2025", "30.06.2027"),
        fault("plate_unreadable", 8, "самокат", ""),
        of_row("too_many_cells", None, fault("", 14, "лишнее", "")),
        fault("plate_contradicts_pair", 8, &with_wrong_pair("H00700", "H00701"), "H00700"),
        fault("plate_contradicts_pair", 8, &with_wrong_pair("H00703", "H00709"), "H00703"),
        fault("plate_read_as", 8, "HO0702", "HO0702"),
        fault("device_id_twice_in_file", 0, "s-1", "s-{}"),
        fault("device_id_twice_in_file", 0, "s-2", "s-{}"),
        fault("serial_number_twice_in_file", 1, "SN-3", "SN-{}"),
        fault("serial_number_twice_in_file", 1, "SN-4", "SN-{}"),
        fault("plate_twice_in_file", 8, "H00710", ""),
        fault("plate_of_another_operator", 8, "Z00001", ""),
        fault("plate_of_another_operator", 8, "Z00002", ""),
        fault("series_not_confirmed", 8, "Q00001", ""),
        fault("plate_ambiguous", 8, "Н00720", "N00720"),
        fault("plate_already_borne", 8, "H00001", ""),
        fault("vehicle_bears_another_plate", 8, "H00730", ""),
        fault("plate_annulled", 8, "H00003", ""),
        fault("plate_too_far_ahead", 8, "H90000", ""),
        fault("plate_too_far_ahead", 8, "N90000", ""),
        fault("serial_number_taken", 1, "OLD-1", "SN-{}"),
        of_row("row_without_key", None, fault("", 0, "", "s-{}")),
        of_row("row_without_key", None, fault("", 0, " ", "s-{}")),
        fault("identifier_too_long", 0, &"s".repeat(130), "s-{}"),
        fault("identifier_too_long", 9, &"P".repeat(129), "P-1"),
        fault("cell_too_long", 3, &"ы".repeat(4_097), "Max G2"),
        fault("control_characters", 1, "SN\u{7}-36", "SN-{}"),
        fault("characters_broken", 1, "SN\u{FFFD}-37", "SN-{}"),
        fault("number_rounded", 1, "8,60123E+14", "860123456789012"),
        fault("formula_error", 2, "#ССЫЛКА!", "Okai"),
        fault("formula_error", 5, "#REF!", "зелёный"),
    ]
}

/// The row that holds a fault; rows above the first are the ones that others repeat.
fn row_of(place: usize) -> usize {
    11 + place * 12
}

/// The cells of the whole list, its header first.
fn list(faults: &[Fault]) -> Vec<Vec<String>> {
    let row = |number: usize| {
        let cells = format!(
            "s-{number},SN-{number},Okai,ES400,2025,зелёный,2026-07-01,,,P-1,АО Страховая,2026-07-01,2027-06-30,"
        );
        cells.split(',').map(str::to_owned).collect::<Vec<String>>()
    };
    let mut rows: Vec<Vec<String>> = (1..=ROWS).map(row).collect();
    rows[4][8] = "H00710".to_owned();
    for (place, fault) in faults.iter().enumerate() {
        let row = &mut rows[row_of(place) - 1];
        row[13] = format!("fault-{place}");
        match fault.kind {
            "vehicle_bears_another_plate" => row[0] = "old-2".to_owned(),
            "row_without_key" => row[1] = String::new(),
            _ => {}
        }
        if row.len() == fault.place {
            row.push(String::new());
        }
        row[fault.place].clone_from(&fault.spoilt);
    }
    rows.insert(0, HEADER.map(str::to_owned).to_vec());
    rows
}

/// An operator with two letters that a Cyrillic character may mean both of, three scooters, and one annulled number.
fn operator(registry: &TestRegistry) -> Person {
    registry.operator('Z').enroll("device_id\nz-1\nz-2\n");
    let operator = registry.operator('H');
    operator.enroll("device_id,serial_number,in_service,out_of_service\nold-1,OLD-1,,\nold-2,OLD-2,,\nold-3,OLD-3,2024-01-01,2024-02-01\n");
    operator.post("/v1/series", &json!({"letter": "N"})).expect(201);
    let decision = json!({"decision": "confirm", "reason": "test"});
    registry.regulator().post("/v1/series/N/decision", &decision).expect(200);
    operator
}

/// What is told of the rows, as (row, column, kind).
fn told(import: &Value) -> BTreeSet<(u64, Option<String>, String)> {
    let problems = import["problems"].as_array().unwrap().iter().filter(|problem| problem["row"].is_u64());
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    problems
        .map(|problem| (problem["row"].as_u64().unwrap(), text(&problem["column"]), text(&problem["kind"]).unwrap()))
        .collect()
}

fn is_russian(text: &str) -> bool {
    text.chars().any(|character| ('а'..='я').contains(&character))
}

/// Mends the rows that came back, cell by cell, as each remedy says.
fn mend(rows: &mut [Vec<String>], faults: &[Fault]) {
    let header = rows[0].clone();
    assert_eq!(header.last().map(String::as_str), Some("Как исправить"));
    assert_eq!(header[header.len() - 2], "Что не так");
    for row in &mut rows[1..] {
        row.resize(header.len(), String::new());
        let place: usize = row[13].strip_prefix("fault-").unwrap_or_else(|| panic!("{row:?}")).parse().unwrap();
        let fault = &faults[place];
        assert!(is_russian(&row[header.len() - 2]) && is_russian(&row[header.len() - 1]), "{row:?}");
        row[fault.place] = fault.mended.replace("{}", &row_of(place).to_string());
    }
}

fn told_given_back_mended_and_taken(form: Form) {
    let faults = faults();
    assert_eq!(faults.len(), 40);
    let kinds_planted: BTreeSet<_> = faults.iter().map(|fault| fault.kind).collect();
    assert!(kinds_planted.len() >= 20, "{}", kinds_planted.len());
    let expected: BTreeSet<_> = faults
        .iter()
        .enumerate()
        .map(|(place, fault)| {
            let row = u64::try_from(row_of(place) + 1).unwrap();
            (row, fault.told.map(ToOwned::to_owned), fault.kind.to_owned())
        })
        .collect();
    let file = sheets::write(form, &list(&faults));
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = operator(&registry).speaking("ru");
        let checked = operator.upload("", &file);
        assert_eq!(checked["found"]["format"], form.ending());
        assert_eq!(told(&checked), expected, "{checked}");
        assert_eq!((&checked["counts"]["rows"], &checked["counts"]["bad"]), (&json!(ROWS), &json!(39)));
        for problem in checked["problems"].as_array().unwrap() {
            assert!(is_russian(problem["problem"].as_str().unwrap()), "{problem}");
            assert!(is_russian(problem["remedy"].as_str().unwrap()), "{problem}");
            let warning = problem["kind"] == "plate_read_as" || problem["row"].is_null();
            assert_eq!(problem["severity"] == "warning", warning, "{problem}");
        }
        assert_eq!(checked["counts"]["by_problem"]["year_unreadable"], 3);
        let taken = operator.upload("dry_run=false&mode=good_rows", &file);
        assert_eq!((&taken["status"], operator.numbers().len()), (&json!("committed"), 3 + ROWS - 39), "{taken}");
        for import in [&checked, &taken] {
            let bad = operator.get(import["bad_rows_url"].as_str().unwrap());
            let mut rows = sheets::read(form, &bad.bytes);
            assert_eq!(rows.len(), 1 + 39, "{form:?}");
            mend(&mut rows, &faults);
            let mended = operator.upload("dry_run=false", &sheets::write(form, &rows));
            assert_eq!(mended["status"], "committed", "{mended}");
            assert_eq!(mended["counts"]["rows"], 39);
        }
        // One row means old-2, which was there before.
        assert_eq!(operator.numbers().len(), 3 + ROWS - 1);
    }
}

#[test]
fn forty_faults_in_a_csv_are_told_given_back_mended_and_taken() {
    told_given_back_mended_and_taken(Form::Csv);
}

#[test]
fn forty_faults_in_a_workbook_are_told_given_back_mended_and_taken() {
    told_given_back_mended_and_taken(Form::Xlsx);
}
