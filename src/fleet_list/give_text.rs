//! Rows given back as text: delimited, or as the objects they were.
//!
//! *Invariant:* no delimited cell begins with a character that a spreadsheet takes for a formula, unless it is a plain
//! number. An object keeps every member as it was written, but for ours of an earlier time.

use std::collections::HashMap;

use encoding_rs::WINDOWS_1251;

use super::bounds::Bounds;
use super::give_back::{Form, Given, harmless};
use super::json::{Element, elements, members, quoted};
use super::{encoding, given_back};

/// Writes rows in the delimiter and encoding of their file (UTF-16 becomes UTF-8). UTF-8 begins with a byte order mark,
/// without which spreadsheets misread it. Returns the encoding and the bytes.
pub(super) fn delimited(given: &Given<'_>) -> (&'static str, Vec<u8>) {
    let found = &given.list.found;
    let delimiter = found.delimiter.as_deref().and_then(|text| text.bytes().next()).unwrap_or(b',');
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    let places = given_back::own_places(found);
    let width = given_back::width(given.rows.iter().map(|(row, _)| *row), found, &places);
    let names = places.iter().filter_map(|place| found.columns.get(*place)).map(|column| column.column.clone());
    let ours = given.columns.iter().map(|column| column.name(given.language));
    let blank = std::iter::repeat_n(String::new(), width - places.len());
    // Writing into memory does not fail; were it to, the rows up to there would be given back.
    let mut written = writer.write_record(names.chain(blank).chain(ours).map(|name| harmless(&name))).is_ok();
    for (row, beside) in &given.rows {
        let mut cells = given_back::own_cells(row, found, &places);
        cells.resize(width, "");
        let all = cells.into_iter().chain(beside.iter().map(String::as_str));
        written &= writer.write_record(all.map(harmless)).is_ok();
    }
    let bytes = if written { writer.into_inner().unwrap_or_default() } else { Vec::new() };
    let text = String::from_utf8(bytes).unwrap_or_default();
    if found.encoding == "windows-1251" {
        let (bytes, _, unmappable) = WINDOWS_1251.encode(&text);
        if !unmappable {
            return ("windows-1251", bytes.into_owned());
        }
    }
    ("utf-8", [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat())
}

/// Writes rows as objects with members of ours at their end.
pub(super) fn objects(given: &Given<'_>, form: Form) -> Vec<u8> {
    let decoded = encoding::decode(given.file);
    let found = elements(&decoded.text, &Bounds::PROMISED).map(|found| found.list).unwrap_or_default();
    let written: HashMap<u32, Element<'_>> = found.into_iter().map(|element| (element.row, element)).collect();
    let names: Vec<&str> = given.list.found.columns.iter().map(|column| column.column.as_str()).collect();
    let ours = given_back::columns(&names);
    let is_ours = |key: &str| names.iter().zip(&ours).any(|(name, ours)| *ours && *name == key.trim());
    let object = |(row, beside): &(&super::FleetRow, Vec<String>)| {
        let element = written.get(&row.row)?;
        let mut members = match element.defect {
            None => members(element.raw, &Bounds::PROMISED),
            Some(_) => vec![(BROKEN.to_owned(), quoted(element.raw))],
        };
        members.retain(|(key, _)| !is_ours(key));
        let more = given.columns.iter().zip(beside).map(|(column, text)| (column.key().to_owned(), quoted(text)));
        members.extend(more);
        let members: Vec<String> =
            members.into_iter().map(|(key, value)| format!("{}:{value}", quoted(&key))).collect();
        Some(format!("{{{}}}", members.join(",")))
    };
    let objects: Vec<String> = given.rows.iter().filter_map(object).collect();
    let text = match form {
        Form::Ndjson => objects.into_iter().map(|object| object + "\n").collect(),
        _ => format!("[\n{}\n]\n", objects.join(",\n")),
    };
    text.into_bytes()
}

/// The key under which a line is given back that is no object.
const BROKEN: &str = "broken_line";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::super::{FleetList, FleetRow, Mapping, OF_BAD_ROWS, give_back, read};
    use super::*;
    use crate::plate::KZ_158;
    use crate::words::Language;

    fn all(file: &[u8], language: Language) -> (FleetList, Vec<u8>) {
        let list = read(KZ_158, file, &Mapping::default());
        let beside = |row: &FleetRow| Some(vec![format!("row {}", row.row), "-".to_owned()]);
        let given = give_back(file, &list, &OF_BAD_ROWS, language, beside);
        (list, given.bytes)
    }

    #[test]
    fn rows_come_back_in_the_delimiter_and_encoding_in_which_they_came() {
        let (file, _, _) = WINDOWS_1251.encode("Марка;Модель\r\nНиндзя;М\r\n");
        let (_, bytes) = all(&file, Language::Ru);
        assert_eq!(WINDOWS_1251.decode(&bytes).0, "Марка;Модель;Что не так;Как исправить\r\nНиндзя;М;row 2;'-\r\n");
    }

    #[test]
    fn what_windows_1251_cannot_write_comes_back_as_utf_8() {
        let (file, _, _) = WINDOWS_1251.encode("Марка;Модель\r\nНиндзя;М\r\n");
        let text = String::from_utf8(all(&file, Language::Kk).1).unwrap();
        assert!(text.starts_with("\u{FEFF}Марка;Модель;Қате;Қалай түзету керек\r\n"), "{text}");
    }

    #[test]
    fn cells_beyond_the_last_column_come_back_beyond_it_and_are_bad_until_they_are_gone() {
        let (list, bytes) = all(b"device_id,make\na,Okai\nb,Okai,x\n", Language::En);
        assert_eq!(list.rows.iter().map(|row| row.bad).collect::<Vec<_>>(), [false, true]);
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("device_id,make,,What is wrong,") && text.contains("b,Okai,x,row 3"), "{text}");
        let again = read(KZ_158, text.as_bytes(), &Mapping::default());
        assert_eq!(again.rows.iter().map(|row| row.bad).collect::<Vec<_>>(), [false, true]);
        let mended = read(KZ_158, text.replace("Okai,x,", "Okai,,").as_bytes(), &Mapping::default());
        assert!(mended.rows.iter().all(|row| !row.bad), "{:?}", mended.problems);
    }

    #[test]
    fn objects_keep_what_is_in_them_as_it_was_written() {
        let file = "{\"device_id\":\"a\",\"n\":1.50,\"at\":{\"x\":[1]},\"n\":12345678901234567890}\n{\"device_id\":\n";
        let (_, bytes) = all(file.as_bytes(), Language::En);
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "{\"device_id\":\"a\",\"n\":1.50,\"at\":{\"x\":[1]},\"n\":12345678901234567890,\"problem\":\"row 1\",\"remedy\":\"-\"}\n\
             {\"broken_line\":\"{\\\"device_id\\\":\",\"problem\":\"row 2\",\"remedy\":\"-\"}\n"
        );
    }
}
