//! The cells of one sheet as records, read in the order in which they stand.
//!
//! *Invariant:* the records never take much more room than the sheet itself, wherever its cells stand and however often
//! they name a long string: a cell in the last column and the last row is one cell.

use super::archive::Refusal;
use super::looks::Looks;
use super::number;
use super::strings::Strings;
use super::xml::{Tag, Token, Xml};
use crate::fleet_list::ProblemKind;
use crate::fleet_list::bounds::Bounds;
use crate::fleet_list::table::{Defect, Fault, Record};

/// What the sheets of a workbook share.
pub(super) struct Shared<'s> {
    pub(super) strings: &'s Strings,
    pub(super) looks: &'s Looks,
    pub(super) is_1904: bool,
    pub(super) bounds: &'s Bounds,
}

/// Bytes that the records may take whatever the sheet takes.
const FREE: u64 = 16 * 1024 * 1024;

/// Bytes that a byte of the sheet may come to. A cell takes 20 bytes there at least.
const GROWTH: u64 = 8;

/// What a cell takes beside its text.
const CELL: u64 = 24;

/// Reads the first records that are not blank, at most so many.
pub(super) fn records(mut xml: Xml<'_, '_>, shared: &Shared<'_>, most: usize) -> Result<Vec<Record>, Refusal> {
    let mut records = Vec::new();
    let mut row = 0_u32;
    let mut taken = 0_u64;
    while let Some(token) = xml.next()? {
        match token {
            Token::Start(tag) if tag.name() == "row" => {
                // Rows may leave their number out, and a number that goes backwards is no number.
                let next = row.saturating_add(1);
                row = tag.number("r").filter(|stated| *stated >= next).unwrap_or(next);
                if row > shared.bounds.last_row {
                    return Err(xml.too_large());
                }
                let record = Reading { xml: &mut xml, shared, record: Record::sound(row, Vec::new()) }.whole()?;
                let room: usize = record.cells.iter().map(String::len).sum();
                let cells = u64::try_from(record.cells.len() + record.faults.len() * 2).unwrap_or(u64::MAX);
                taken = taken.saturating_add(u64::try_from(room).unwrap_or(u64::MAX));
                taken = taken.saturating_add(cells.saturating_mul(CELL));
                let kept = taken.saturating_add(shared.strings.kept());
                let room_for = FREE.saturating_add(xml.unpacked().saturating_mul(GROWTH));
                if taken > room_for || kept > shared.bounds.kept_bytes {
                    return Err(xml.too_large());
                }
                if !record.is_blank() {
                    records.push(record);
                }
                if records.len() >= most {
                    return Ok(records);
                }
            }
            Token::End(name) if name == "sheetData" => return Ok(records),
            _ => {}
        }
    }
    Err(xml.damaged())
}

/// One row as it is read.
struct Reading<'r, 'z, 'a> {
    xml: &'r mut Xml<'z, 'a>,
    shared: &'r Shared<'r>,
    record: Record,
}

/// What stands in a cell.
enum Content {
    Text(String),
    /// A formula that whoever wrote the file did not calculate.
    NotCalculated,
}

impl Reading<'_, '_, '_> {
    fn whole(mut self) -> Result<Record, Refusal> {
        let mut place = 0;
        let mut bytes = 0_usize;
        loop {
            match self.xml.next()? {
                Some(Token::Start(tag)) if tag.name() == "c" => {
                    place = match tag.attribute("r") {
                        Some(stated) => column(&stated).ok_or_else(|| self.xml.damaged())?,
                        None => place,
                    };
                    let content = self.content(&tag)?;
                    if let Content::Text(text) = &content {
                        bytes = bytes.saturating_add(text.len());
                    }
                    if bytes > self.shared.bounds.record_bytes {
                        self.record.defect = Some(Defect::TooLong);
                    } else {
                        self.put(place, content);
                    }
                    place = place.saturating_add(1);
                }
                Some(Token::Start(_)) => self.xml.skip()?,
                Some(Token::End(_)) => {
                    self.record.trim_end();
                    return Ok(self.record);
                }
                Some(Token::Text(_)) => {}
                None => return Err(self.xml.damaged()),
            }
        }
    }

    /// Puts a cell in its place; as many as a record may have, and one more that says that there are too many.
    fn put(&mut self, place: usize, content: Content) {
        let text = match content {
            Content::Text(text) => text,
            Content::NotCalculated if self.record.faults.len() > self.shared.bounds.columns => return,
            Content::NotCalculated => {
                let kind = ProblemKind::FormulaNotCalculated;
                self.record.faults.push(Fault { place, kind, args: Vec::new() });
                String::new()
            }
        };
        if place > self.shared.bounds.columns {
            if !text.trim().is_empty() {
                self.record.defect = self.record.defect.or(Some(Defect::TooManyCells));
            }
            return;
        }
        if text.is_empty() {
            return;
        }
        if self.record.cells.len() <= place {
            self.record.cells.resize(place.saturating_add(1), String::new());
        }
        if let Some(cell) = self.record.cells.get_mut(place) {
            *cell = text;
        }
    }

    /// Reads the cell that has just begun (ECMA-376 part 1, 18.3.1.4).
    fn content(&mut self, tag: &Tag) -> Result<Content, Refusal> {
        let most = self.shared.bounds.record_bytes;
        let kind = tag.attribute("t").unwrap_or_default();
        let mut text = String::new();
        let mut has_formula = false;
        loop {
            match self.xml.next()? {
                Some(Token::Start(part)) => match part.name() {
                    "v" if kind != "inlineStr" => text = self.xml.text(most)?,
                    "is" => text = self.xml.rich_text(most)?,
                    "f" => {
                        has_formula = true;
                        self.xml.skip()?;
                    }
                    _ => self.xml.skip()?,
                },
                Some(Token::End(_)) => break,
                Some(Token::Text(_)) => {}
                None => return Err(self.xml.damaged()),
            }
        }
        if has_formula && text.is_empty() && kind != "str" {
            return Ok(Content::NotCalculated);
        }
        Ok(Content::Text(self.meant(tag, &kind, text)?))
    }

    /// What the written value means by the kind of its cell (ECMA-376 part 1, 18.18.11).
    fn meant(&self, tag: &Tag, kind: &str, written: String) -> Result<String, Refusal> {
        if written.is_empty() {
            return Ok(written);
        }
        match kind {
            "s" => {
                let text = written.trim().parse().ok().and_then(|place| self.shared.strings.get(place));
                text.map(ToOwned::to_owned).ok_or_else(|| self.xml.damaged())
            }
            "b" => Ok(if ["1", "true"].contains(&written.trim()) { "true" } else { "false" }.to_owned()),
            "d" => Ok(written.strip_suffix("T00:00:00").map(ToOwned::to_owned).unwrap_or(written)),
            "" | "n" => {
                let look = self.shared.looks.get(tag.number("s").unwrap_or(0));
                Ok(number::shown(&written, look, self.shared.is_1904).unwrap_or(written))
            }
            _ => Ok(written),
        }
    }
}

/// The place of the column that a cell names: `A1` is 0, `XFD1048576` 16 383.
fn column(stated: &str) -> Option<usize> {
    let letters = stated.bytes().take_while(u8::is_ascii_alphabetic);
    let count = letters.clone().count();
    if count == 0 || count > 3 {
        return None;
    }
    letters
        .map(|letter| usize::from(letter.to_ascii_uppercase() - b'A') + 1)
        .fold(0, |sum, letter| sum * 26 + letter)
        .checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_known_by_its_letters() {
        for (stated, place) in [
            ("A1", Some(0)),
            ("z9", Some(25)),
            ("AA1", Some(26)),
            ("XFD1048576", Some(16_383)),
            ("1", None),
            ("AAAA1", None),
        ] {
            assert_eq!(column(stated), place, "{stated}");
        }
    }
}
