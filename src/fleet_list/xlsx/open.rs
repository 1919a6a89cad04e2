//! A workbook opened: its sheets looked at, one of them taken.
//!
//! *Invariant:* hidden sheets are not read, hidden rows are; which sheet was read is said, and so is which other could have
//! been meant.

use super::archive::{Archive, Refusal};
use super::looks::Looks;
use super::sheet::{Shared, records};
use super::strings::Strings;
use super::workbook::{Sheet, Workbook};
use super::xml::Xml;
use crate::fleet_list::bounds::Bounds;
use crate::fleet_list::table::{Header, Record, Table};
use crate::fleet_list::{Mapping, Problem, ProblemKind, header};

/// Why an archive comes to no table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum NoTable {
    /// It is no workbook but something else that is kept in an archive.
    Other(&'static str),
    /// It is a workbook that cannot or may not be read.
    Refused(Refusal),
    /// No visible sheet has a cell in it.
    Empty,
}

impl From<Refusal> for NoTable {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Opens the list in an archive: the first visible sheet with names of columns that are known or mapped, else the first
/// with anything on it.
pub(in super::super) fn open(bytes: &[u8], mapping: &Mapping, bounds: &Bounds) -> Result<Table<'static>, NoTable> {
    let mut archive = Archive::open(bytes, bounds)?;
    if let Some(other) = other_format(&archive) {
        return Err(NoTable::Other(other));
    }
    let Some(workbook) = Workbook::read(&mut archive)? else { return Err(NoTable::Other("ZIP")) };
    let strings = Strings::read(&mut archive, workbook.strings.as_deref(), bounds)?;
    let looks = Looks::read(&mut archive, workbook.styles.as_deref(), bounds)?;
    let shared = Shared { strings: &strings, looks: &looks, is_1904: workbook.is_1904, bounds };
    let mut named = Vec::new();
    let mut filled = None;
    for sheet in &workbook.sheets {
        let first = rows_of(&mut archive, sheet, &shared, header::LOOKED_AT)?;
        if header::named(&first, mapping).is_some() {
            named.push(sheet);
        }
        filled = filled.or((!first.is_empty()).then_some(sheet));
    }
    let sheet = named.first().copied().or(filled).ok_or(NoTable::Empty)?;
    let most = bounds.rows.saturating_add(header::LOOKED_AT).saturating_add(1);
    let rows = rows_of(&mut archive, sheet, &shared, most)?;
    Ok(Table {
        format: "xlsx",
        encoding: "",
        delimiter: None,
        sheet: Some(sheet.name.clone()),
        header: Header::Among,
        problems: not_read(sheet, &named).into_iter().collect(),
        records: Box::new(rows.into_iter()),
    })
}

fn rows_of(archive: &mut Archive<'_>, sheet: &Sheet, shared: &Shared<'_>, most: usize) -> Result<Vec<Record>, Refusal> {
    let xml = Xml::open(archive, &sheet.part)?.ok_or_else(|| Refusal::Damaged(sheet.part.clone()))?;
    records(xml, shared, most)
}

fn not_read(read: &Sheet, named: &[&Sheet]) -> Option<Problem> {
    let others: Vec<&str> = named.iter().skip(1).map(|sheet| sheet.name.as_str()).collect();
    (!others.is_empty())
        .then(|| Problem::new(ProblemKind::SheetsNotRead).with("sheet", &read.name).with("sheets", &others.join(", ")))
}

/// What else is kept in an archive of this kind, by the parts that only it has.
fn other_format(archive: &Archive<'_>) -> Option<&'static str> {
    let known =
        [("xl/workbook.bin", "XLSB"), ("content.xml", "ODS"), ("word/document.xml", "DOCX"), ("index.xml", "NUMBERS")];
    known.into_iter().find(|(part, _)| archive.has(part)).map(|(_, name)| name)
}
