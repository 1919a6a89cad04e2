//! Delimited text to records, by RFC 4180 with the liberties that spreadsheets take.
//!
//! Liberties: any of `\n`, `\r\n`, `\r` ends a record; a quotation mark inside an unquoted cell is a character; what
//! follows a closing mark belongs to the cell. A mark that nothing closes within the longest record costs its own line
//! only, not the rest of the file.
//!
//! Why not the `csv` crate here: it passes over blank lines without counting them, takes the rest of the file as one
//! cell after an unclosed mark, and bounds neither. Tests hold this reader to the same cells wherever both agree to read.
//!
//! *Invariant:* no record looks farther ahead than the longest record, so the work is linear in the file.

use super::bounds::Bounds;
use super::table::{Defect, Record};

/// The records of a text that are not blank.
#[derive(Debug, Clone)]
pub(super) struct Records<'a> {
    rest: &'a str,
    delimiter: u8,
    row: u32,
    /// Cells of the record before this one: as many are expected again.
    width: usize,
    bounds: &'a Bounds,
}

/// What a cell ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Delimiter,
    Line,
    Text,
}

/// One record, read to its end or to the end of the window.
struct Whole<'w> {
    cells: Vec<String>,
    /// Whether there were too many cells.
    defect: Option<Defect>,
    end: End,
    /// What is left of the window.
    after: &'w str,
}

impl<'a> Records<'a> {
    /// Reads `text` whose cells are separated by `delimiter`, an ASCII character other than a quotation mark.
    pub(super) fn new(text: &'a str, delimiter: u8, bounds: &'a Bounds) -> Self {
        Self { rest: text, delimiter, row: 0, width: 0, bounds }
    }

    fn next_record(&mut self) -> Record {
        self.row = self.row.saturating_add(1);
        let window = self.window();
        let cut_short = window.len() < self.rest.len();
        let (cells, defect, after) = match self.whole(window) {
            Ok(Whole { cells, defect, end: End::Line, after }) => {
                (cells, defect, after.len() + self.rest.len() - window.len())
            }
            Ok(Whole { cells, defect, .. }) if !cut_short => (cells, defect, 0),
            Ok(_) => self.line(Defect::TooLong),
            Err(defect) => self.line(defect),
        };
        let (_, rest) = self.rest.split_at_checked(self.rest.len() - after).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.width = cells.len();
        Record { defect, ..Record::sound(self.row, cells) }
    }

    /// As much of the rest as one record may take; a line end `\r\n` is never cut in two.
    fn window(&self) -> &'a str {
        let end = self.rest.floor_char_boundary(self.bounds.record_bytes);
        let (window, beyond) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        if window.ends_with('\r') && beyond.starts_with('\n') {
            return self.rest.get(..=end).unwrap_or(window);
        }
        window
    }

    /// Reads one record from the beginning of the window; nothing but a quotation mark without its fellow prevents it.
    fn whole<'w>(&self, window: &'w str) -> Result<Whole<'w>, Defect> {
        let mut cells = Vec::with_capacity(self.width);
        let mut defect = None;
        let mut rest = window;
        loop {
            let (cell, end, after) = if let Some(quoted) = rest.strip_prefix('"') {
                self.quoted(quoted).ok_or(Defect::QuoteNotClosed)?
            } else {
                let (cell, end, after) = self.plain(rest);
                (cell.to_owned(), end, after)
            };
            if cells.len() <= self.bounds.columns {
                cells.push(cell);
            } else if !cell.trim().is_empty() {
                defect = Some(Defect::TooManyCells);
            }
            if end != End::Delimiter {
                return Ok(Whole { cells, defect, end, after });
            }
            rest = after;
        }
    }

    /// Reads up to the next delimiter or line end.
    fn plain<'w>(&self, text: &'w str) -> (&'w str, End, &'w str) {
        let stop = text.bytes().position(|byte| byte == self.delimiter || byte == b'\n' || byte == b'\r');
        let Some((cell, after)) = stop.and_then(|stop| text.split_at_checked(stop)) else {
            return (text, End::Text, "");
        };
        match after.strip_prefix("\r\n").or_else(|| after.strip_prefix(['\n', '\r'])) {
            Some(next_line) => (cell, End::Line, next_line),
            None => (cell, End::Delimiter, after.strip_prefix(char::from(self.delimiter)).unwrap_or_default()),
        }
    }

    /// Reads what follows an opening quotation mark; nothing if no mark closes the cell.
    fn quoted<'w>(&self, text: &'w str) -> Option<(String, End, &'w str)> {
        let mut cell = String::new();
        let mut rest = text;
        loop {
            let (inside, after) = rest.split_once('"')?;
            cell.push_str(inside);
            if let Some(escaped) = after.strip_prefix('"') {
                cell.push('"');
                rest = escaped;
            } else {
                let (tail, end, after) = self.plain(after);
                cell.push_str(tail);
                return Some((cell, end, after));
            }
        }
    }

    /// Gives up on the record and takes the physical line: its cells with quotation marks kept (of an overlong line only
    /// the beginning), and how many bytes are left after it.
    fn line(&self, defect: Defect) -> (Vec<String>, Option<Defect>, usize) {
        let (line, end_and_rest) = match self.rest.find(['\n', '\r']) {
            Some(end) => self.rest.split_at_checked(end).unwrap_or((self.rest, "")),
            None => (self.rest, ""),
        };
        let end = if end_and_rest.starts_with("\r\n") { 2 } else { 1 };
        let left = end_and_rest.len().saturating_sub(end);
        if line.len() > self.bounds.record_bytes {
            let beginning = line.chars().take(self.bounds.cell_characters).collect();
            return (vec![beginning], Some(Defect::TooLong), left);
        }
        let cells = line.split(char::from(self.delimiter)).take(self.bounds.columns).map(str::to_owned).collect();
        (cells, Some(defect), left)
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        while !self.rest.is_empty() {
            let record = self.next_record();
            if record.cells.iter().any(|cell| !cell.trim().is_empty()) {
                return Some(record);
            }
        }
        None
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn records(text: &str) -> Vec<Record> {
        Records::new(text, b',', &Bounds::PROMISED).collect()
    }

    fn sound(row: u32, cells: &[&str]) -> Record {
        Record::sound(row, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_numbers_them() {
        let text = "a,b\r\n\r\n,\n\"two\r\nlines\",c\rd,\"say \"\"no\"\"\"\n\ne";
        assert_eq!(
            records(text),
            [sound(1, &["a", "b"]), sound(4, &["two\r\nlines", "c"]), sound(5, &["d", "say \"no\""]), sound(7, &["e"]),]
        );
    }

    #[test]
    fn an_unclosed_quotation_mark_costs_its_line_only() {
        let text = format!("a,b\r\n1,\"two\r\n3,{}\r\n", "x".repeat(70_000));
        let read = records(&text);
        assert_eq!(read[1].cells, ["1", "\"two"]);
        assert_eq!((read[1].row, read[1].defect), (2, Some(Defect::QuoteNotClosed)));
        assert_eq!((read[2].row, read[2].defect), (3, Some(Defect::TooLong)));
        assert_eq!(read[2].cells[0].len(), 4096);
        assert_eq!(read.len(), 3);
    }

    #[test]
    fn a_line_too_long_is_cut_and_the_next_is_read() {
        let text = format!("{}\r\nс,d", "ы,".repeat(40_000));
        let read = records(&text);
        assert_eq!(read[0].defect, Some(Defect::TooLong));
        assert_eq!(read[1], sound(2, &["с", "d"]));
    }

    #[test]
    fn cells_beyond_the_widest_record_are_named_unless_they_are_blank() {
        let full = vec!["x"; 300].join(",");
        let read = records(&format!("{full}\na,b{}\n", ",".repeat(300)));
        assert_eq!((read[0].defect, read[0].cells.len()), (Some(Defect::TooManyCells), 201));
        assert_eq!(read[1].defect, None);
    }

    #[test]
    fn many_unclosed_marks_are_read_in_linear_work() {
        let text = format!("{}{}", "\"a\n\"b\n".repeat(200_000), "\"");
        let started = records(&text);
        assert_eq!(started.last().unwrap().defect, Some(Defect::QuoteNotClosed));
    }

    fn by_the_crate(text: &str) -> Vec<Vec<String>> {
        let reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        reader.into_records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    fn not_blank(records: Vec<Vec<String>>) -> Vec<Vec<String>> {
        records.into_iter().filter(|cells| cells.iter().any(|cell| !cell.trim().is_empty())).collect()
    }

    proptest! {
        #[test]
        fn any_text_reads_as_the_csv_crate_reads_it(text in "[aж ,\"\n\r;]{0,60}") {
            // The crate takes an unclosed mark for the rest of the file; one more mark closes it for both.
            let unclosed = records(&text).iter().any(|record| record.defect.is_some());
            let text = if unclosed { text + "\"" } else { text };
            let read = records(&text);
            prop_assert!(read.iter().all(|record| record.defect.is_none()));
            let cells: Vec<Vec<String>> = read.into_iter().map(|record| record.cells).collect();
            prop_assert_eq!(cells, not_blank(by_the_crate(&text)));
        }

        #[test]
        fn no_text_panics_and_no_bytes_are_lost_between_records(text in "\\PC{0,200}", size in 1_usize..20) {
            let bounds = Bounds { record_bytes: size, columns: 3, cell_characters: 4, ..Bounds::PROMISED };
            let rows: Vec<u32> = Records::new(&text, b';', &bounds).map(|record| record.row).collect();
            prop_assert!(rows.is_sorted_by(|one, next| one < next));
            prop_assert!(rows.len() <= text.len());
        }
    }
}
