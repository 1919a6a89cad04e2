//! What must hold for any file: reading never fails, and a table is the same in every encoding and with every delimiter.
//!
//! *Invariant:* the files are made here and by chance; none is a fixture.

use encoding_rs::WINDOWS_1251;
use proptest::prelude::*;

use super::bounds::Bounds;
use super::read::{read, read_within};
use super::{FleetList, FleetRow, Mapping, Severity};
use crate::plate::KZ_158;

fn list(text: &str) -> FleetList {
    read(KZ_158, text.as_bytes(), &Mapping::default())
}

/// A table with the given rows in a delimiter, every cell quoted where it must be.
fn written(rows: &[[String; 4]], delimiter: char, line_end: &str) -> String {
    let quoted = |cell: &String| {
        let special = cell.contains([delimiter, '"', '\n', '\r']);
        if special { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
    };
    let header = ["device_id", "марка", "model", "comment"].map(str::to_owned);
    let lines = std::iter::once(&header).chain(rows);
    let joined = lines.map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(&delimiter.to_string()));
    joined.map(|line| line + line_end).collect()
}

fn encodings(text: &str) -> [Vec<u8>; 5] {
    let marked = || std::iter::once(0xFEFF_u16).chain(text.encode_utf16());
    [
        text.as_bytes().to_vec(),
        format!("\u{FEFF}{text}").into_bytes(),
        marked().flat_map(u16::to_le_bytes).collect(),
        marked().flat_map(u16::to_be_bytes).collect(),
        WINDOWS_1251.encode(text).0.into_owned(),
    ]
}

fn without_place(rows: &[FleetRow]) -> Vec<FleetRow> {
    rows.iter().map(|row| FleetRow { row: 0, ..row.clone() }).collect()
}

fn cells() -> impl Strategy<Value = Vec<[String; 4]>> {
    let cell = "[a-zа-я][a-zа-я0-9 ,;|\"']{0,12}";
    let comment = "[a-zа-я][a-zа-я ,;|\n\t\"]{0,20}";
    proptest::collection::vec([cell, cell, cell, comment].map(|pattern| pattern), 1..8).prop_map(|rows| {
        rows.into_iter()
            .enumerate()
            .map(|(place, [id, make, model, comment])| [format!("{place}-{}", id.trim()), make, model, comment])
            .collect()
    })
}

proptest! {
    #[test]
    fn no_bytes_make_reading_fail(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let list = read(KZ_158, &bytes, &Mapping::default());
        prop_assert!(!list.rows.is_empty() || !list.problems.is_empty());
    }

    #[test]
    fn no_text_under_a_header_makes_reading_fail(body in "[\\PC\n\r\t\",;]{0,300}", size in 1_usize..64) {
        let text = format!("device_id;plate,year\tin_service\n{body}");
        let bounds = Bounds { record_bytes: 40 + size, columns: size, rows: size, cell_characters: size, ..Bounds::PROMISED };
        let list = read_within(text.as_bytes(), &Mapping::default(), &bounds);
        prop_assert!(list.rows.len() <= size);
        prop_assert!(list.rows.is_sorted_by(|one, next| one.row < next.row));
        for problem in list.problems.iter().filter(|problem| problem.severity == Severity::Error) {
            let row = list.rows.iter().find(|row| Some(row.row) == problem.row);
            prop_assert!(row.is_none_or(|row| row.bad));
        }
    }

    #[test]
    fn a_table_reads_the_same_in_every_encoding_and_with_every_delimiter(rows in cells()) {
        let expected = list(&written(&rows, ',', "\n"));
        let ids: Vec<&str> = expected.rows.iter().filter_map(|row| row.device_id.as_deref()).collect();
        prop_assert_eq!(ids, rows.iter().map(|[id, ..]| id.as_str()).collect::<Vec<_>>());
        let comments: Vec<_> = expected.rows.iter().filter_map(|row| row.comment.as_deref()).collect();
        prop_assert_eq!(comments, rows.iter().map(|[.., comment]| comment.trim()).collect::<Vec<_>>());
        for delimiter in [',', ';', '\t', '|'] {
            let name = delimiter.to_string();
            for line_end in ["\n", "\r\n", "\r"] {
                for bytes in encodings(&written(&rows, delimiter, line_end)) {
                    let read = read(KZ_158, &bytes, &Mapping::default());
                    prop_assert_eq!(read.found.delimiter.as_deref(), Some(&*name));
                    prop_assert_eq!(without_place(&read.rows), without_place(&expected.rows));
                    prop_assert_eq!(&read.problems, &expected.problems);
                }
            }
        }
    }
}
