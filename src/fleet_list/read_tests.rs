//! What a whole file must come to: the facts of its rows, and every problem it can have.
//!
//! *Invariant:* every kind of problem that a file alone can have is reached here through `read` itself.

use std::collections::BTreeSet;

use super::bounds::Bounds;
use super::read::{read, read_within};
use super::workbook_samples::{packed, row as row_of, sheet, workbook};
use super::{Field, FleetList, FoundBy, Mapping, Problem, ProblemKind, RowKey, Severity};
use crate::plate::KZ_158;
use crate::words::Language;

fn list(text: &str) -> FleetList {
    read(KZ_158, text.as_bytes(), &Mapping::default())
}

fn mapped(text: &str, pairs: &[&str]) -> FleetList {
    let pairs: Vec<String> = pairs.iter().map(|pair| (*pair).to_owned()).collect();
    read(KZ_158, text.as_bytes(), &Mapping::parse(&pairs).unwrap())
}

fn of_kind(list: &FleetList, kind: ProblemKind) -> Vec<&Problem> {
    list.problems.iter().filter(|problem| problem.kind == kind).collect()
}

/// The one problem of that kind.
fn only(list: &FleetList, kind: ProblemKind) -> &Problem {
    match of_kind(list, kind).as_slice() {
        [problem] => problem,
        other => panic!("{kind:?}: {} of {:?}", other.len(), list.problems),
    }
}

const FULL: &str = "device_id,serial_number,make,model,year,colour,in_service,out_of_service,plate,\
                    policy_number,insurer,policy_from,policy_until,comment\n";

/// A city's open list of scooters, made up here in the shape such lists have.
const CITY: &str = "Company,Vehicle_ID,Type,Latitude,Longitude,Battery_Pct,Is_Available\n\
                    Veo,aa-11,scooter,40.003142,-82.998488,,True\n\
                    Veo,aa-12,scooter,39.960560,-82.979303,,True\n\
                    Veo,aa-13,scooter,39.960560,-82.979304,,False\n";

#[test]
fn a_full_list_becomes_typed_rows_without_a_problem() {
    let row = "S-1,SN1,Ninebot,Max G2,2025,жёлтый,01.07.2026,,A00001,P-7,Insurer,2026-07-01,30.06.2027,\"two\nlines\"";
    let list = list(&format!("{FULL}{row}\n"));
    assert_eq!(list.problems, []);
    let read = &list.rows[0];
    assert_eq!((read.row, read.bad, read.cells.len()), (2, false, 14));
    assert_eq!(read.key(), Some(RowKey::DeviceId("S-1")));
    assert_eq!(read.serial_number.as_deref(), Some("SN1"));
    assert_eq!((read.make.as_deref(), read.model.as_deref()), (Some("Ninebot"), Some("Max G2")));
    assert_eq!((read.year, read.colour.as_deref()), (Some(2025), Some("жёлтый")));
    assert_eq!(read.in_service.map(|day| day.to_string()).as_deref(), Some("2026-07-01"));
    assert_eq!(read.out_of_service, None);
    assert_eq!(read.policy_until.map(|day| day.to_string()).as_deref(), Some("2027-06-30"));
    assert_eq!(read.plate.as_ref().map(|plate| plate.numbers[0].to_string()).as_deref(), Some("A00001"));
    assert_eq!(read.comment.as_deref(), Some("two\nlines"));
    assert_eq!(list.found.delimiter.as_deref(), Some(","));
    assert!(list.found.columns.iter().all(|column| column.by == FoundBy::Alias));
}

#[test]
fn a_kazakh_list_with_titles_above_it_is_understood() {
    let text =
        "Самокаттар тізімі;;\r\n;;\r\n2026 жылғы 1 шілде;;\r\nҚұрылғы ID;Тіркеу нөмірі;Маркасы\r\nS-1;А00001;Okai\r\n";
    let list = list(text);
    assert_eq!(list.found.header_row, Some(4));
    assert_eq!((list.rows.len(), list.rows[0].row), (1, 5));
    assert_eq!(list.rows[0].make.as_deref(), Some("Okai"));
    assert_eq!(list.rows[0].plate.as_ref().map(|plate| plate.text.as_str()), Some("А00001"));
}

#[test]
fn a_row_is_known_by_device_id_else_serial_number_else_plate() {
    let list = list("device_id,serial_number,plate\nS-1,SN1,A00001\n,SN2,A00002\n,,A00003\n");
    let keys: Vec<_> = list.rows.iter().map(|row| row.key().unwrap()).collect();
    assert_eq!(keys[..2], [RowKey::DeviceId("S-1"), RowKey::SerialNumber("SN2")]);
    assert!(matches!(keys[2], RowKey::Plate([number]) if number.to_string() == "A00003"));
    assert!(list.rows.iter().all(|row| !row.bad));
}

#[test]
fn a_list_without_keys_is_told_once_and_the_fitting_column_is_proposed() {
    let list = list(CITY);
    let problem = only(&list, ProblemKind::KeyProposed);
    assert_eq!((problem.row, problem.column.as_deref()), (None, Some("Vehicle_ID")));
    for language in Language::ALL {
        assert!(problem.remedy(language).contains("map=device_id:Vehicle_ID"), "{language}");
    }
    assert!(list.rows.iter().all(|row| row.bad));
    assert_eq!(of_kind(&list, ProblemKind::RowWithoutKey), Vec::<&Problem>::new());
    assert_eq!(list.problems[0].kind, ProblemKind::KeyProposed, "errors of the file come first");
}

#[test]
fn the_proposal_once_obeyed_makes_every_row_good() {
    let list = mapped(CITY, &[" Device_ID : vehicle_id"]);
    assert!(list.rows.iter().all(|row| !row.bad));
    assert_eq!(list.rows[2].device_id.as_deref(), Some("aa-13"));
    let absent: Vec<_> = list.problems.iter().map(|problem| (problem.kind, problem.args[0].1.as_str())).collect();
    let missing = ["serial_number", "make", "model", "year", "in_service"];
    assert_eq!(absent, missing.map(|field| (ProblemKind::FactColumnMissing, field)));
    assert!(list.problems.iter().all(|problem| problem.severity == Severity::Warning));
    let columns: Vec<_> = list.found.columns.iter().map(|column| (column.field, column.by)).collect();
    assert_eq!(columns[..2], [(None, FoundBy::Nothing), (Some(Field::DeviceId), FoundBy::Map)]);
}

#[test]
fn formulas_are_kept_as_text() {
    let list = list("device_id,comment\n=1+1,@SUM(A1)\n");
    assert_eq!(list.rows[0].device_id.as_deref(), Some("=1+1"));
    assert_eq!(list.rows[0].comment.as_deref(), Some("@SUM(A1)"));
}

#[test]
fn the_later_of_two_equal_rows_is_told_the_first() {
    let list = list("device_id,serial_number,plate\nS-1,SN1,A00001\nS-2,SN2,A00002\nS-1,SN1,а 00001\n");
    for kind in [ProblemKind::DeviceIdTwiceInFile, ProblemKind::SerialNumberTwiceInFile, ProblemKind::PlateTwiceInFile]
    {
        let problem = only(&list, kind);
        assert_eq!((problem.row, &problem.args[0]), (Some(4), &("first".to_owned(), "2".to_owned())));
    }
    assert_eq!(list.rows.iter().map(|row| row.bad).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn problems_are_ordered_by_row_after_those_of_the_file() {
    let list = list("plate,year\nA00001,26\n,2026\nx,2026\nA00002,y\n");
    let rows: Vec<_> = list.problems.iter().map(|problem| problem.row).collect();
    assert!(rows.is_sorted(), "{rows:?}");
    assert_eq!(only(&list, ProblemKind::RowWithoutKey).row, Some(3));
}

#[test]
fn problems_beyond_the_bound_are_counted_and_their_rows_marked() {
    let bounds = Bounds { problems: 2, ..Bounds::PROMISED };
    let list = read_within(b"plate\n1\n2\n3\n4\n5\n", &Mapping::default(), &bounds);
    assert_eq!(only(&list, ProblemKind::MoreProblems).args[0].1, "3");
    assert_eq!(of_kind(&list, ProblemKind::PlateUnreadable).len(), 2);
    assert!(list.rows.iter().all(|row| row.bad));
}

/// What an encrypted document begins with, and the name in its directory.
fn encrypted() -> Vec<u8> {
    let name = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes);
    b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".iter().copied().chain(name).collect()
}

/// For every kind that a file alone can have, the smallest file that has it.
fn smallest() -> Vec<(ProblemKind, Vec<u8>)> {
    use ProblemKind as K;
    let text = |text: &str| text.as_bytes().to_vec();
    let row = |column: &str, value: &str| format!("device_id,{column}\nS-1,{value}\n").into_bytes();
    vec![
        (K::FileEmpty, text(" \n")),
        (K::FormatNotAccepted, text("%PDF-1.7")),
        (K::WorkbookDamaged, text("PK\u{3}\u{4}rest")),
        (K::FileEncrypted, encrypted()),
        (K::JsonBroken, text("[{\"device_id\":1}")),
        (K::JsonNoList, text("[\"a\",\"b\"]")),
        (K::UnpacksTooLarge, sheet(&format!("<row/>{}", " ".repeat(2_000_000)))),
        (K::EntitiesDeclared, packed(&[("_rels/.rels", b"<!DOCTYPE x><x/>")])),
        (K::SheetsEmpty, sheet("")),
        (
            K::SheetsNotRead,
            workbook(&[("A", "visible", &row_of(&["device_id"])), ("B", "visible", &row_of(&["plate"]))], "", ""),
        ),
        (K::FormulaNotCalculated, sheet(&format!("{}<row><c><f>1</f></c></row>", row_of(&["device_id"])))),
        (K::FormulaError, row("serial_number", "#REF!")),
        (K::LineBroken, text("{\"device_id\":1}\n{\"device_id\"")),
        (K::RowNoObject, text("{\"device_id\":1}\n2")),
        (K::KeyRepeated, text("[{\"device_id\":1,\"device_id\":2}]")),
        (K::NestedValue, text("[{\"device_id\":1,\"make\":{}}]")),
        (K::NotATable, b"\x7FELF\x02\x01\x01\0\0\0".to_vec()),
        (K::HeaderMissing, text("Ninebot,N2GSD2101,2024\n")),
        (K::TooManyColumns, text(&format!("device_id,plate{}\n", ",x".repeat(200)))),
        (K::NoRows, text("device_id,plate\n")),
        (K::KeyMissing, text("make,model\nOkai,ES200\nOkai,ES200\n")),
        (K::KeyProposed, text(CITY)),
        (K::CharactersReplaced, b"device_id,\xD0\xBC\xD0\xB0\xD1\x80\xD0\xBA\xD0\xB0\nS-1,\xFF\n".to_vec()),
        (K::ColumnRepeated, text("device_id,color,colour\nS-1,red,red\n")),
        (K::FactColumnMissing, text("device_id\nS-1\n")),
        (K::FactCellsBlank, text("device_id,make\nS-1,\n")),
        (K::PolicyIncomplete, row("policy_number", "P-1")),
        (K::RowsShort, text("device_id,make\nS-1\n")),
        (K::RowTooLong, row("comment", &"x".repeat(70_000))),
        (K::QuoteNotClosed, row("comment", "\"open")),
        (K::TooManyCells, row("make", "Okai,ES200")),
        (K::RowWithoutKey, text("device_id,make\nS-1,Okai\n,Okai\n")),
        (K::CellTooLong, row("comment", &"ы".repeat(4097))),
        (K::IdentifierTooLong, row("serial_number", &"1".repeat(129))),
        (K::ControlCharacters, row("serial_number", "a\u{1b}b")),
        (K::CharactersBroken, row("serial_number", "a\u{fffd}b")),
        (K::NumberRounded, row("serial_number", "8.60123E+14")),
        (K::YearUnreadable, row("year", "1989")),
        (K::DateUnreadable, row("in_service", "12/31/2026")),
        (K::DateAmbiguous, row("policy_from", "07/01/2026")),
        (K::ServiceEndsBeforeStart, text("device_id,in_service,out_of_service\nS-1,2026-07-02,2026-07-01\n")),
        (K::PolicyEndsBeforeStart, text("device_id,policy_from,policy_until\nS-1,2026-07-02,2026-07-01\n")),
        (K::PlateUnreadable, row("plate", "scooter")),
        (K::PlateContradictsPair, row("plate", "K04271 KX")),
        (K::PlateReadAs, row("plate", "KO4271")),
        (K::ArraysNotRead, text("{\"vehicles\":[{\"device_id\":\"S-1\"}],\"zones\":[{\"device_id\":\"S-2\"}]}")),
        (K::DeviceIdTwiceInFile, text("device_id\nS-1\nS-1\n")),
        (K::SerialNumberTwiceInFile, text("serial_number\n1\n1\n")),
        (K::PlateTwiceInFile, text("plate\nA00001\nA00001\n")),
    ]
}

#[test]
fn every_kind_that_a_file_can_have_is_reached_and_said() {
    let mut reached: BTreeSet<ProblemKind> = BTreeSet::new();
    let mut lists: Vec<(ProblemKind, FleetList)> =
        smallest().into_iter().map(|(kind, bytes)| (kind, read(KZ_158, &bytes, &Mapping::default()))).collect();
    let few = Bounds { rows: 1, problems: 0, ..Bounds::PROMISED };
    lists.push((ProblemKind::TooManyRows, read_within(b"plate\nx\ny\n", &Mapping::default(), &few)));
    lists.push((ProblemKind::MoreProblems, read_within(b"plate\nx\n", &Mapping::default(), &few)));
    lists.push((ProblemKind::MappedColumnMissing, mapped("device_id\nS-1\n", &["make:Brand name"])));
    for (kind, list) in &lists {
        let told = of_kind(list, *kind);
        let [problem, ..] = told.as_slice() else { panic!("{kind:?} is not among {:?}", list.problems) };
        reached.insert(*kind);
        if let Some(row) = problem.row {
            let bad = list.rows.iter().find(|known| known.row == row).map(|row| row.bad);
            assert_eq!(bad, Some(problem.severity == Severity::Error), "{kind:?}");
        }
        for language in Language::ALL {
            for sentence in [problem.problem(language), problem.remedy(language)] {
                assert!(!sentence.contains('{') && !sentence.starts_with("fleet_list."), "{kind:?}: {sentence}");
            }
        }
    }
    let of_files = ProblemKind::ALL.iter().copied().filter(|kind| *kind < ProblemKind::SeriesNotConfirmed);
    assert_eq!(reached, of_files.collect());
}

#[test]
fn ids_are_bounded_by_characters_and_not_by_bytes() {
    let longest = "ы".repeat(128);
    let list = list(&format!("device_id,make\n{longest},Okai\n{longest}ы,Okai\n"));
    assert_eq!(list.rows[0].device_id.as_deref(), Some(longest.as_str()));
    assert_eq!((list.rows[1].device_id.as_deref(), list.rows[1].bad), (None, true));
}

#[test]
fn a_reading_survives_json() {
    let list = list(CITY);
    let json = serde_json::to_string(&list).unwrap();
    assert_eq!(serde_json::from_str::<FleetList>(&json).unwrap(), list);
    assert!(json.contains(r#""by":"none""#) && json.contains(r#""severity":"warning""#));
}

#[test]
fn a_cut_utf16_file_does_not_make_a_scooter_of_half_an_id() {
    let text = "device_id,plate\nS-1,A00001\nS-23";
    let mut bytes: Vec<u8> = [0xFEFF_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    bytes.pop();
    let list = read(KZ_158, &bytes, &Mapping::default());
    assert_eq!(only(&list, ProblemKind::CharactersBroken).row, Some(3));
    assert_eq!(list.rows.iter().map(|row| row.bad).collect::<Vec<_>>(), [false, true]);
    assert_eq!(list.rows[1].device_id, None);
}

#[test]
fn a_nul_in_any_cell_that_is_read_makes_its_row_bad_however_far_down_it_stands() {
    let fields: Vec<&str> = FULL.trim_end().split(',').collect();
    let sound =
        "S-1,SN1,Ninebot,Max,2025,red,2026-07-01,2026-07-02,A00001,P-7,Insurer,2026-07-01,2027-06-30,none at all";
    let filler = (0..200).map(|place| format!("filler-{place},,Ninebot,Max\n")).collect::<Vec<_>>().concat();
    for (place, field) in fields.iter().enumerate() {
        for nul in ["\0", "\0\0\0\0"] {
            let mut cells: Vec<String> = sound.split(',').map(str::to_owned).collect();
            cells[place].push_str(nul);
            let list = list(&format!("{FULL}{filler}{}\n{sound}\n", cells.join(",")));
            let bad: Vec<u32> = list.rows.iter().filter(|row| row.bad).map(|row| row.row).collect();
            assert_eq!(bad.first(), Some(&202), "{field}: {:?}", list.problems);
        }
    }
    let zeroed = list(&format!("{FULL}{filler}{}\n", "\0".repeat(512)));
    assert!(zeroed.rows.last().unwrap().bad, "{:?}", zeroed.problems);
}
