//! Rows given back to their operator in the form in which they came.
//!
//! *Invariant:* whatever is given back can be sent again: mended in place, it reads as what it meant.

use serde::{Deserialize, Serialize};

use super::table::Record;
use super::{FleetList, FleetRow, GivenColumn, give_text, give_workbook};
use crate::words::Language;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Delimited text.
    Csv,
    /// Text delimited by tabs.
    Tsv,
    /// A workbook.
    Xlsx,
    /// An array of objects.
    Json,
    /// An object a line.
    Ndjson,
}

impl Form {
    /// Returns the form of a file by what was found; delimited text for what could not be read.
    #[must_use]
    pub fn of(format: &str) -> Self {
        match format {
            "tsv" => Self::Tsv,
            "xlsx" => Self::Xlsx,
            "json" => Self::Json,
            "ndjson" => Self::Ndjson,
            _ => Self::Csv,
        }
    }

    /// Returns the ending of a file name.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
        }
    }
}

/// A file for an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenFile {
    /// Its form.
    pub form: Form,
    /// The label of the encoding of its text; a workbook is none.
    pub encoding: Option<&'static str>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Some rows of a file with columns of ours beside their own.
pub(super) struct Given<'g> {
    /// The file as it came: objects are given back as they were written.
    pub(super) file: &'g [u8],
    pub(super) list: &'g FleetList,
    pub(super) columns: &'g [GivenColumn],
    /// The rows with what stands in our columns.
    pub(super) rows: Vec<(&'g FleetRow, Vec<String>)>,
    pub(super) language: Language,
}

/// Writes rows of a file in its form with columns of ours after their own; `beside` says what stands in them, and nothing
/// for a row that is not given back. The columns are named in a language.
#[must_use]
pub fn give_back(
    file: &[u8],
    list: &FleetList,
    columns: &[GivenColumn],
    language: Language,
    beside: impl Fn(&FleetRow) -> Option<Vec<String>>,
) -> GivenFile {
    let rows = list.rows.iter().filter_map(|row| Some((row, beside(row)?))).collect();
    let given = Given { file, list, columns, rows, language };
    let form = Form::of(&list.found.format);
    let (encoding, bytes) = match form {
        Form::Csv | Form::Tsv => {
            let (encoding, bytes) = give_text::delimited(&given);
            (Some(encoding), bytes)
        }
        Form::Xlsx => (None, give_workbook::workbook(&given)),
        Form::Json | Form::Ndjson => (Some("utf-8"), give_text::objects(&given, form)),
    };
    GivenFile { form, encoding, bytes }
}

/// Puts an apostrophe before what a spreadsheet would run (OWASP, CSV injection), but for plain numbers.
pub(super) fn harmless(cell: &str) -> String {
    if is_risky(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// Undoes it in the cells of a record of a file that was given back.
pub(super) fn as_it_was(mut record: Record) -> Record {
    for cell in &mut record.cells {
        if cell.starts_with('\'') && is_risky(cell) {
            cell.remove(0);
        }
    }
    record
}

/// Whether a cell is a formula, or one that was made harmless any number of times.
fn is_risky(cell: &str) -> bool {
    let core = cell.trim_start_matches('\'');
    core.starts_with(['=', '+', '-', '@', '\t', '\r']) && core.replace(',', ".").parse::<f64>().is_err()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use crate::fleet_list::{Mapping, OF_BAD_ROWS, read};
    use crate::plate::KZ_158;
    use proptest::prelude::*;

    #[test]
    fn a_formula_is_made_harmless_and_a_number_stays() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("-82.9", "-82.9"),
            ("@SUM", "'@SUM"),
            ("+7 701", "'+7 701"),
            ("'=x", "''=x"),
            ("'x", "'x"),
        ] {
            assert_eq!(harmless(cell), expected);
        }
    }

    /// One list in every form, with a bad year in its second row.
    fn in_every_form() -> Vec<(Form, Vec<u8>)> {
        let text = "device_id,serial_number,year,comment\n-S1,0042,2025,=1+1\n@S2,0043,last year,\"a \"\"b\"\"\"\n";
        let tabs = text.replace("\"a \"\"b\"\"\"", "a \"b\"").replace(',', "\t");
        let object = |id: &str, serial: &str, year: &str, comment: &str| {
            format!(r#"{{"device_id":"{id}","serial_number":"{serial}","year":{year},"comment":"{comment}"}}"#)
        };
        let objects = [object("-S1", "0042", "2025", "=1+1"), object("@S2", "0043", "\"last year\"", r#"a \"b\""#)];
        let list = read(KZ_158, text.as_bytes(), &Mapping::default());
        let as_sheet = FleetList { found: super::super::Found { format: "xlsx".into(), ..list.found.clone() }, ..list };
        let sheet = give_back(&[], &as_sheet, &[], Language::En, |_| Some(Vec::new())).bytes;
        vec![
            (Form::Csv, text.as_bytes().to_vec()),
            (Form::Tsv, tabs.into_bytes()),
            (Form::Xlsx, sheet),
            (Form::Json, format!("[{}]", objects.join(",")).into_bytes()),
            (Form::Ndjson, objects.join("\n").into_bytes()),
        ]
    }

    /// Device id, serial number, year and comment of a row.
    type Facts<'l> = (Option<&'l str>, Option<&'l str>, Option<u16>, Option<&'l str>);

    fn facts(list: &FleetList) -> Vec<Facts<'_>> {
        list.rows
            .iter()
            .map(|row| (row.device_id.as_deref(), row.serial_number.as_deref(), row.year, row.comment.as_deref()))
            .collect()
    }

    #[test]
    fn a_list_is_the_same_in_every_form_and_comes_back_in_its_own() {
        for (form, bytes) in in_every_form() {
            let list = read(KZ_158, &bytes, &Mapping::default());
            assert_eq!(list.found.format, form.ending(), "{:?}", list.problems);
            let expected = [
                (Some("-S1"), Some("0042"), Some(2025), Some("=1+1")),
                (Some("@S2"), Some("0043"), None, Some("a \"b\"")),
            ];
            assert_eq!(facts(&list), expected, "{form:?}");
            for language in Language::ALL {
                let back = give_back(&bytes, &list, &OF_BAD_ROWS, language, |row| {
                    row.bad.then(|| vec!["=problem".to_owned(), "remedy".to_owned()])
                });
                assert_eq!(back.form, form);
                let again = read(KZ_158, &back.bytes, &Mapping::default());
                assert_eq!(again.found.format, form.ending());
                assert_eq!(facts(&again), expected[1..], "{form:?}");
                let ours = again.found.columns.iter().filter(|column| column.by == super::super::FoundBy::Registry);
                assert_eq!(ours.count(), 2, "{form:?} {language}");
                assert_eq!(again.problems.len(), 4, "the bad year and three absent facts: {:?}", again.problems);
                let twice = give_back(&back.bytes, &again, &OF_BAD_ROWS, language, |_| Some(vec![String::new(); 2]));
                assert_eq!(
                    read(KZ_158, &twice.bytes, &Mapping::default()).found.columns,
                    again.found.columns,
                    "{form:?}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn what_was_made_harmless_is_as_it_was(cell in "['=+@\\-]{0,4}\\PC{0,8}") {
            let record = as_it_was(Record::sound(1, vec![harmless(&cell)]));
            prop_assert_eq!(&record.cells[0], &cell);
        }
    }
}
