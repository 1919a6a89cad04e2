//! Rows given back to their operator in the form in which they came.
//!
//! *Invariant:* no cell begins with a character that a spreadsheet takes for a formula, unless it is a plain number.

use encoding_rs::WINDOWS_1251;

use super::Found;

/// Writes rows with their own columns and some more, in the delimiter and encoding of the file that they came from
/// (UTF-16 becomes UTF-8). UTF-8 begins with a byte order mark, without which spreadsheets misread it.
#[must_use]
pub fn give_back(found: &Found, more: &[String], rows: impl Iterator<Item = (Vec<String>, Vec<String>)>) -> Vec<u8> {
    let delimiter = found.delimiter.as_deref().and_then(|text| text.bytes().next()).unwrap_or(b',');
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    let header = found.columns.iter().map(|column| column.column.as_str()).chain(more.iter().map(String::as_str));
    let width = found.columns.len();
    // Writing into memory does not fail; were it to, the rows up to there would be given back.
    let mut written = writer.write_record(header.map(harmless)).is_ok();
    for (mut cells, more) in rows {
        cells.resize(width, String::new());
        written &= writer.write_record(cells.iter().chain(&more).map(|cell| harmless(cell))).is_ok();
    }
    let bytes = if written { writer.into_inner().unwrap_or_default() } else { Vec::new() };
    let text = String::from_utf8(bytes).unwrap_or_default();
    if found.encoding == "windows-1251" {
        let (bytes, _, unmappable) = WINDOWS_1251.encode(&text);
        if !unmappable {
            return bytes.into_owned();
        }
    }
    [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat()
}

/// Puts an apostrophe before what a spreadsheet would run (OWASP, CSV injection).
fn harmless(cell: &str) -> String {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if risky && cell.replace(',', ".").parse::<f64>().is_err() { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;
    use crate::fleet_list::{FoundBy, FoundColumn};

    fn found(encoding: &str, delimiter: &str) -> Found {
        let column = FoundColumn { column: "Марка".into(), field: None, by: FoundBy::Nothing };
        Found {
            encoding: encoding.into(),
            delimiter: Some(delimiter.into()),
            columns: vec![column],
            ..Found::default()
        }
    }

    fn rows(cell: &str) -> std::vec::IntoIter<(Vec<String>, Vec<String>)> {
        vec![(vec![cell.to_owned()], vec!["A00001".to_owned()])].into_iter()
    }

    #[test]
    fn rows_come_back_in_the_delimiter_and_encoding_in_which_they_came() {
        let bytes = give_back(&found("windows-1251", ";"), &["number".into()], rows("Ниндзя"));
        assert_eq!(WINDOWS_1251.decode(&bytes).0, "Марка;number\r\nНиндзя;A00001\r\n");
    }

    #[test]
    fn what_windows_1251_cannot_write_comes_back_as_utf_8() {
        let bytes = give_back(&found("windows-1251", ";"), &["нөмірі".into()], rows("x"));
        assert_eq!(String::from_utf8(bytes).unwrap(), "\u{FEFF}Марка;нөмірі\r\nx;A00001\r\n");
    }

    #[test]
    fn a_formula_is_made_harmless_and_a_number_stays() {
        for (cell, expected) in [("=1+1", "'=1+1"), ("-82.9", "-82.9"), ("@SUM", "'@SUM"), ("+7 701", "'+7 701")] {
            let text = String::from_utf8(give_back(&found("utf-8", ","), &[], rows(cell))).unwrap();
            assert!(text.contains(&format!("\n{expected},")), "{text}");
        }
    }
}
