//! Workbooks made by hand for the tests: what no program would write, and what some do.
//!
//! *Invariant:* only tests use this.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Packs parts into an archive.
pub(super) fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const WORKBOOK: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// A part of a workbook, by what it would be named.
pub(super) fn parts(sheets: &[(&str, &str, &str)], strings: &str, styles: &str) -> Vec<(String, String)> {
    let entry = |place: usize, (name, state, _): &(&str, &str, &str)| {
        format!("<sheet name=\"{name}\" sheetId=\"{place}\" state=\"{state}\" r:id=\"rId{place}\"/>")
    };
    let listed: String = (1..).zip(sheets).map(|(place, sheet)| entry(place, sheet)).collect();
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let related: String = (1..=sheets.len())
        .map(|place| relation(&format!("rId{place}"), "worksheet", &format!("worksheets/sheet{place}.xml")))
        .chain([relation("s", "sharedStrings", "sharedStrings.xml"), relation("t", "styles", "styles.xml")])
        .collect();
    let root = relation("r", "officeDocument", "xl/workbook.xml");
    let mut parts = vec![
        ("_rels/.rels".to_owned(), format!("<Relationships xmlns=\"{PACKAGE}\">{root}</Relationships>")),
        (
            "xl/workbook.xml".to_owned(),
            format!("<workbook xmlns=\"{WORKBOOK}\" xmlns:r=\"{OFFICE}\"><sheets>{listed}</sheets></workbook>"),
        ),
        ("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships>{related}</Relationships>")),
        ("xl/sharedStrings.xml".to_owned(), format!("<sst>{strings}</sst>")),
        ("xl/styles.xml".to_owned(), format!("<styleSheet>{styles}</styleSheet>")),
    ];
    for (place, (_, _, rows)) in (1..).zip(sheets) {
        let sheet = format!("<worksheet xmlns=\"{WORKBOOK}\"><sheetData>{rows}</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/sheet{place}.xml"), sheet));
    }
    parts
}

/// A workbook of sheets, each with its name, its state and the XML of its rows.
pub(super) fn workbook(sheets: &[(&str, &str, &str)], strings: &str, styles: &str) -> Vec<u8> {
    let parts = parts(sheets, strings, styles);
    packed(&parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect::<Vec<_>>())
}

/// A workbook of one sheet with such rows.
pub(super) fn sheet(rows: &str) -> Vec<u8> {
    workbook(&[("List", "visible", rows)], "", "")
}

/// A row of inline texts.
pub(super) fn row(cells: &[&str]) -> String {
    let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    format!("<row>{}</row>", cells.iter().map(cell).collect::<String>())
}
