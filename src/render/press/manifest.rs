//! The list that goes with a batch: which plate lies where, so that whoever packs them finds them.
//!
//! *Invariant:* every cell is taken by a spreadsheet as what it is: none begins as a formula does.

use csv::{Terminator, WriterBuilder};

use super::{PressFile, PressItem};

/// The list of a batch, as CSV (RFC 4180).
#[derive(Debug)]
pub struct Manifest {
    rows: csv::Writer<Vec<u8>>,
}

/// The columns; `sha256` is that of the file.
const HEADER: [&str; 11] =
    ["file", "sheet", "row", "column", "plate", "control", "position", "item", "copy", "qr", "sha256"];

impl Default for Manifest {
    fn default() -> Self {
        Self::new()
    }
}

impl Manifest {
    /// Begins a list, with its header.
    #[must_use]
    pub fn new() -> Self {
        let mut manifest = Self::going_on();
        manifest.row(&HEADER.map(str::to_owned));
        manifest
    }

    /// Goes on with a list that was begun elsewhere: without header, to be put behind it.
    #[must_use]
    pub fn going_on() -> Self {
        Self { rows: WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new()) }
    }

    /// Adds the plates of a file.
    pub fn add(&mut self, name: &str, file: &PressFile, items: &[PressItem<'_>]) {
        for (placement, item) in file.placements.iter().zip(items) {
            let number = item.inscription.number;
            self.row(&[
                name.to_owned(),
                placement.sheet.to_string(),
                placement.row.to_string(),
                placement.column.to_string(),
                number.to_string(),
                number.control_text(),
                item.position.to_string(),
                item.item.to_string(),
                item.copy.to_string(),
                item.inscription.code.to_owned(),
                file.sha256.clone(),
            ]);
        }
    }

    /// Returns the list.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.rows.into_inner().unwrap_or_default()
    }

    fn row(&mut self, cells: &[String]) {
        // Into memory nothing fails to be written, and all rows have as many cells as the header.
        let written = self.rows.write_record(cells.iter().map(|cell| harmless(cell)));
        debug_assert!(written.is_ok(), "a row has as many cells as the header");
    }
}

/// A cell that a spreadsheet would compute is shown with an apostrophe in front (OWASP, CSV injection).
fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use crate::model::Position;
    use crate::plate::PlateNumber;
    use crate::render::press::Placement;
    use crate::render::{Inscription, Validity};

    #[test]
    fn a_row_says_where_a_plate_lies_and_no_cell_is_a_formula() {
        let number = PlateNumber::parse("K04271").unwrap();
        let code = "=HYPERLINK(\"X\",1)";
        let inscription = Inscription { number, code, operator: "", validity: Validity::Valid };
        let items = [PressItem { inscription, position: Position::Left, item: 7, copy: 2 }];
        let placements = vec![Placement { sheet: 3, row: 1, column: 2 }];
        let file = PressFile { bytes: Vec::new(), sha256: "ab".to_owned(), sheets: 3, placements };
        let mut manifest = Manifest::new();
        manifest.add("side-001.pdf", &file, &items);
        let rows = "file,sheet,row,column,plate,control,position,item,copy,qr,sha256\r\n\
            side-001.pdf,3,1,2,K04271,KR,left,7,2,\"'=HYPERLINK(\"\"X\"\",1)\",ab\r\n";
        assert_eq!(String::from_utf8(manifest.into_bytes()).unwrap(), rows);
        let mut rest = Manifest::going_on();
        rest.add("side-001.pdf", &file, &items);
        assert!(rows.ends_with(&String::from_utf8(rest.into_bytes()).unwrap()));
    }
}
