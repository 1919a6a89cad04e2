//! Tables written and read as an operator's own programs would, not as the registry does.
//!
//! *Invariant:* the registry's own readers and writers are not used here.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::Workbook;

/// A form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Semicolons, UTF-8 with a byte order mark.
    Csv,
    /// A workbook of text cells.
    Xlsx,
}

impl Form {
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

pub(crate) fn write(form: Form, rows: &[Vec<String>]) -> Vec<u8> {
    match form {
        Form::Csv => {
            let mut writer = csv::WriterBuilder::new().delimiter(b';').flexible(true).from_writer(Vec::new());
            for row in rows {
                writer.write_record(row).unwrap();
            }
            [b"\xEF\xBB\xBF".to_vec(), writer.into_inner().unwrap()].concat()
        }
        Form::Xlsx => {
            let mut workbook = Workbook::new();
            let sheet = workbook.add_worksheet();
            for (line, row) in (0..).zip(rows) {
                for (column, cell) in (0..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
                    sheet.write_string(line, column, cell).unwrap();
                }
            }
            workbook.save_to_buffer().unwrap()
        }
    }
}

pub(crate) fn read(form: Form, bytes: &[u8]) -> Vec<Vec<String>> {
    match form {
        Form::Csv => {
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").expect("a byte order mark");
            let reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).flexible(true).from_reader(bytes);
            reader.into_records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
        }
        Form::Xlsx => {
            let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
            let name = workbook.sheet_names()[0].clone();
            let range = workbook.worksheet_range(&name).unwrap();
            range.rows().map(|row| row.iter().map(text).collect()).collect()
        }
    }
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    }
}
