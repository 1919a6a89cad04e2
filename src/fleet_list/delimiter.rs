//! What separates the cells of a text: asked of its first records, not of the operator.
//!
//! *Invariant:* quotation marks are obeyed: a delimiter inside them counts for nothing.

use std::collections::HashMap;

use super::bounds::Bounds;
use super::csv::Records;
use super::encoding::Decoded;
use super::table::{Header, Table};

/// In the order of preference where a text gives no reason to choose.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// How many records are asked.
const SAMPLE: usize = 50;

/// How many bytes are looked at for them: a file may begin with millions of blank lines.
const HEAD: usize = 4 * 1024 * 1024;

/// Opens a decoded text as a table; `header_hits` says how many cells of a record are known names of columns.
pub(super) fn open<'a>(
    decoded: &'a Decoded<'_>,
    header_hits: impl Fn(&[String]) -> usize,
    bounds: &'a Bounds,
) -> Table<'a> {
    let (declared, text) = declaration(&decoded.text);
    let found = declared.or_else(|| choose(text, header_hits, bounds));
    let [comma, ..] = DELIMITERS;
    Table {
        format: if found == Some(b'\t') { "tsv" } else { "csv" },
        encoding: decoded.encoding,
        delimiter: found.map(char::from),
        sheet: None,
        header: Header::Among,
        problems: Vec::new(),
        records: Box::new(Records::new(text, found.unwrap_or(comma), bounds)),
    }
}

/// Reads a first line `sep=;`, by which Excel is told the delimiter; Excel does not show it as a row.
fn declaration(text: &str) -> (Option<u8>, &str) {
    let first_line = text.split(['\n', '\r']).next().unwrap_or_default();
    let declared = match first_line.as_bytes() {
        [s, e, p, b'=', delimiter] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") => Some(*delimiter),
        _ => None,
    };
    let Some(delimiter) = declared.filter(|delimiter| DELIMITERS.contains(delimiter)) else {
        return (None, text);
    };
    let after = text.strip_prefix(first_line).unwrap_or(text);
    (Some(delimiter), after.strip_prefix("\r\n").or_else(|| after.strip_prefix(['\n', '\r'])).unwrap_or(after))
}

/// Returns the delimiter under which the text looks most like a table; none if it has a single column under each.
///
/// The best witness is a header row with names we know. Without one, the delimiter wins that gives the same number of
/// cells to the most records, then the one that gives more cells.
fn choose(text: &str, header_hits: impl Fn(&[String]) -> usize, bounds: &Bounds) -> Option<u8> {
    let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or(text);
    let mut best = None;
    for delimiter in DELIMITERS {
        let mut widths: HashMap<usize, usize> = HashMap::new();
        let mut hits = 0;
        for record in Records::new(head, delimiter, bounds).take(SAMPLE).filter(|record| record.defect.is_none()) {
            if record.cells.len() > 1 {
                hits = hits.max(header_hits(&record.cells));
            }
            *widths.entry(record.cells.len()).or_default() += 1;
        }
        let table = widths.into_iter().map(|(width, records)| (records, width)).max();
        if let Some(table) = table.filter(|(_, width)| *width > 1 || hits > 0)
            && best.is_none_or(|(_, most)| (hits, table) > most)
        {
            best = Some((delimiter, (hits, table)));
        }
    }
    best.map(|(delimiter, _)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<u8> {
        let known = |cells: &[String]| cells.iter().filter(|cell| *cell == "plate" || *cell == "make").count();
        choose(text, known, &Bounds::PROMISED)
    }

    #[test]
    fn the_delimiter_is_found_by_the_shape_of_the_table() {
        for (text, delimiter) in [
            ("x,y\n1,2\n3,4", Some(b',')),
            ("x;y;z\n1,5;2,5;3\n4,5;5,5;6", Some(b';')),
            ("x\ty\n\"1,2,3,4\"\t2", Some(b'\t')),
            ("x|y\n\"1|2;3;4\"|2", Some(b'|')),
            ("Fleet of the city, 2026, all\nplate;make\nA00001;Ninebot\n", Some(b';')),
            ("only\none\ncolumn", None),
            ("plate\nA00001\nA00002, scratched\nA00003", None),
            ("Fleet\nof\nthe\ncity\nplate;make\nA00001;Ninebot\n", Some(b';')),
            ("", None),
        ] {
            assert_eq!(found(text), delimiter, "{text:?}");
        }
    }

    #[test]
    fn a_declared_delimiter_is_obeyed_and_its_line_is_no_row() {
        assert_eq!(declaration("sep=|\r\na|b"), (Some(b'|'), "a|b"));
        assert_eq!(declaration("SEP=;"), (Some(b';'), ""));
        assert_eq!(declaration("sep=x\na"), (None, "sep=x\na"));
        assert_eq!(declaration("separator;b"), (None, "separator;b"));
    }
}
