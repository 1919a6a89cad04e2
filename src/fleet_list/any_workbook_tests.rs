//! What must hold of every workbook, honest or not.
//!
//! *Invariant:* whatever the bytes are, the answer is a report, and hostile ones cost no more than their bounds.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use std::collections::BTreeMap;

use calamine::{DataRef, Reader, Xlsx};

use super::workbook_samples::{packed, parts, row, sheet, workbook};
use super::{FleetList, Mapping, ProblemKind, read};
use crate::plate::KZ_158;
use proptest::prelude::*;

fn list(bytes: &[u8]) -> FleetList {
    read(KZ_158, bytes, &Mapping::default())
}

fn kinds(list: &FleetList) -> Vec<ProblemKind> {
    list.problems.iter().map(|problem| problem.kind).collect()
}

/// The kind of the one problem of a file of which nothing is read.
fn refusal(bytes: &[u8]) -> ProblemKind {
    let list = list(bytes);
    assert_eq!((list.rows.len(), list.problems.len()), (0, 1), "{:?}", list.problems);
    list.problems[0].kind
}

fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    list(bytes).rows.into_iter().map(|row| row.cells).collect()
}

const HEADER: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>device_id</t></is></c>\
                      <c r=\"B1\" t=\"inlineStr\"><is><t>comment</t></is></c></row>";

#[test]
fn every_kind_of_cell_is_read_as_it_is_shown() {
    let styles = "<numFmts><numFmt numFmtId=\"170\" formatCode=\"dd.mm.yyyy;@\"/><numFmt numFmtId=\"171\" formatCode=\"000000\"/>\
                  </numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>\
                  <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/><xf numFmtId=\"9\"/><xf numFmtId=\"14\"/></cellXfs>";
    let strings = "<si><t>one</t></si>\n<si><r><t>ri</t></r>\n<r><rPr><b/></rPr><t xml:space=\"preserve\">ch </t></r><rPh><t>x</t></rPh></si>\
                   <si/><si><t>a&amp;b&#1046;<![CDATA[<c>]]></t></si>";
    for (cell, text) in [
        ("<c t=\"s\"><v>0</v></c>", "one"),
        ("<c t=\"s\"><v>1</v></c>", "rich "),
        ("<c t=\"s\"><v>3</v></c>", "a&bЖ<c>"),
        ("<c t=\"inlineStr\"><is><t>in</t><r><t>line</t></r></is></c>", "inline"),
        ("<c t=\"str\"><f>A1</f><v>cached</v></c>", "cached"),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
        ("<c t=\"b\"><v>1</v></c>", "true"),
        ("<c t=\"e\"><v>#REF!</v></c>", "#REF!"),
        ("<c t=\"d\"><v>2026-07-01T00:00:00</v></c>", "2026-07-01"),
        ("<c s=\"1\"><v>46204</v></c>", "2026-07-01"),
        ("<c s=\"4\"><v>46204.75</v></c>", "2026-07-01 18:00:00"),
        ("<c s=\"2\"><v>42</v></c>", "000042"),
        ("<c s=\"3\"><v>0.87</v></c>", "87%"),
        ("<c s=\"99\"><v>2026.0</v></c>", "2026"),
        ("<c t=\"n\"><v>8.6012345678901e+14</v></c>", "860123456789010"),
        ("<x:c xmlns:x=\"u\" t=\"s\"><x:v>0</x:v></x:c>", "one"),
    ] {
        let rows = format!("{HEADER}<row><c t=\"inlineStr\"><is><t>a</t></is></c>{cell}</row>");
        let bytes = workbook(&[("List", "visible", &rows)], strings, styles);
        assert_eq!(cells(&bytes), [["a", text]], "{cell}");
    }
}

#[test]
fn a_formula_that_was_not_calculated_or_came_to_an_error_makes_its_row_bad_where_its_column_is_used() {
    let with =
        |first: &str, second: &str| list(&sheet(&format!("{}<row>{first}{second}</row>", row(&["device_id", "x"]))));
    let text = "<c t=\"inlineStr\"><is><t>a</t></is></c>";
    let bad = with("<c><f>A9</f></c>", text);
    assert!(bad.rows[0].bad && kinds(&bad).contains(&ProblemKind::FormulaNotCalculated), "{:?}", bad.problems);
    assert!(!kinds(&bad).contains(&ProblemKind::RowWithoutKey), "{:?}", bad.problems);
    let bad = with("<c t=\"e\"><v>#DIV/0!</v></c>", text);
    assert!(bad.rows[0].bad && kinds(&bad).contains(&ProblemKind::FormulaError), "{:?}", bad.problems);
    assert!(!with(text, "<c><f>A9</f></c>").rows[0].bad);
    assert!(!with(text, "<c t=\"e\"><v>#DIV/0!</v></c>").rows[0].bad);
    assert!(!with(text, "<c t=\"str\"><f>A9</f><v></v></c>").rows[0].bad);
}

#[test]
fn the_first_visible_sheet_with_known_names_is_read_and_the_others_are_named() {
    let scooters = [row(&["device_id", "make"]), row(&["a", "Okai"])].concat();
    let notes = [row(&["Our fleet", "of 2026", "x"]), row(&["1", "2", "3"])].concat();
    let bytes = workbook(
        &[
            ("Hidden", "hidden", &scooters),
            ("Notes", "visible", &notes),
            ("One", "visible", &scooters),
            ("Two", "visible", &scooters),
        ],
        "",
        "",
    );
    let list = list(&bytes);
    assert_eq!((list.found.sheet.as_deref(), list.found.header_row), (Some("One"), Some(1)));
    let told = list.problems.iter().find(|problem| problem.kind == ProblemKind::SheetsNotRead).unwrap();
    assert_eq!(told.args[1].1, "Two");
    assert_eq!(list.rows[0].device_id.as_deref(), Some("a"));
}

#[test]
fn rows_keep_their_numbers_and_cells_their_columns() {
    let rows = "<row r=\"3\"><c r=\"B3\" t=\"inlineStr\"><is><t>device_id</t></is></c><c t=\"inlineStr\"><is><t>make</t></is></c></row>\
                <row r=\"4\"/><row r=\"7\" hidden=\"1\"><c r=\"C7\" t=\"inlineStr\"><is><t>Okai</t></is></c></row>\
                <row><c r=\"B8\" t=\"inlineStr\"><is><t>a</t></is></c></row>";
    let list = list(&sheet(rows));
    assert_eq!(list.found.header_row, Some(3));
    assert_eq!(list.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [7, 8]);
    assert_eq!(list.rows[0].make.as_deref(), Some("Okai"));
    assert!(!kinds(&list).contains(&ProblemKind::RowsShort));
}

#[test]
fn a_cell_in_the_last_corner_of_a_sheet_is_one_cell() {
    let corner = "<row r=\"1048576\"><c r=\"XFD1048576\" t=\"inlineStr\"><is><t>x</t></is></c></row>";
    let list = list(&sheet(&format!("{HEADER}<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>{corner}")));
    assert_eq!(list.rows.iter().map(|row| (row.row, row.bad)).collect::<Vec<_>>(), [(2, false), (1_048_576, true)]);
    assert!(kinds(&list).contains(&ProblemKind::TooManyCells));
}

#[test]
fn what_grows_while_it_is_unpacked_is_stopped() {
    let blank = format!("{HEADER}{}", "<row><c><v></v></c></row>".repeat(2_000_000));
    assert_eq!(refusal(&sheet(&blank)), ProblemKind::UnpacksTooLarge);
    let spaces = sheet(&format!("{HEADER}{}", " ".repeat(60_000_000)));
    assert_eq!(refusal(&spaces), ProblemKind::UnpacksTooLarge);
    let strings = workbook(&[("List", "visible", HEADER)], &"<si><t>x</t></si>".repeat(3_000_000), "");
    assert_eq!(refusal(&strings), ProblemKind::UnpacksTooLarge);
}

#[test]
fn too_many_looks_elements_within_each_other_and_rows_beyond_every_sheet_are_refused() {
    let looks = |count: usize| format!("<cellXfs>{}</cellXfs>", "<xf numFmtId=\"0\"/>".repeat(count));
    let with = |styles: &str| workbook(&[("List", "visible", &format!("{HEADER}{}", row(&["a"])))], "", styles);
    assert_eq!(refusal(&with(&looks(65_537))), ProblemKind::UnpacksTooLarge);
    assert_eq!(cells(&with(&looks(40_000))), [["a"]]);
    let deep = format!("{HEADER}{}{}", "<x>".repeat(100), "</x>".repeat(100));
    assert_eq!(refusal(&sheet(&deep)), ProblemKind::UnpacksTooLarge);
    let far = "<row r=\"4294967295\"><c><v>1</v></c></row><row><c><v>2</v></c></row>";
    assert_eq!(refusal(&sheet(&format!("{HEADER}{far}"))), ProblemKind::UnpacksTooLarge);
}

#[test]
fn one_long_string_in_many_cells_and_far_cells_in_many_rows_are_stopped() {
    let numbered = |cell: &dyn Fn(usize) -> String| {
        (2..60_000).map(|row| format!("<row r=\"{row}\">{}</row>", cell(row))).collect::<Vec<_>>().concat()
    };
    let long = numbered(&|row| format!("<c r=\"A{row}\" t=\"s\"><v>0</v></c>"));
    let strings = format!("<si><t>{}</t></si>", "x".repeat(4_000));
    let bytes = workbook(&[("List", "visible", &format!("{HEADER}{long}"))], &strings, "");
    assert_eq!(refusal(&bytes), ProblemKind::UnpacksTooLarge);
    let far = numbered(&|row| format!("<c r=\"GR{row}\"><v>{row}</v></c>"));
    assert_eq!(refusal(&sheet(&format!("{HEADER}{far}"))), ProblemKind::UnpacksTooLarge);
}

#[test]
fn entities_and_what_lies_about_itself_are_refused() {
    let mut lies = parts(&[("List", "visible", HEADER)], "", "");
    let doctype = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]>";
    for place in 0..lies.len() {
        let mut with: Vec<_> = lies.clone();
        with[place].1.insert_str(0, doctype);
        let with: Vec<(&str, &[u8])> = with.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        assert_eq!(refusal(&packed(&with)), ProblemKind::EntitiesDeclared, "{}", lies[place].0);
    }
    lies[3].1 = "<sst count=\"99999999999\" uniqueCount=\"9999999999999\"><si><t>x</t></si></sst>".to_owned();
    lies[5].1 = lies[5].1.replace("<sheetData>", "<dimension ref=\"A1:XFD1048576\"/><sheetData>");
    let lies: Vec<(&str, &[u8])> = lies.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    assert_eq!(refusal_or_no_rows(&packed(&lies)), ProblemKind::NoRows);
    let unknown = sheet(&format!("{HEADER}<row><c t=\"inlineStr\"><is><t>&nope;</t></is></c></row>"));
    assert_eq!(refusal(&unknown), ProblemKind::WorkbookDamaged);
}

fn refusal_or_no_rows(bytes: &[u8]) -> ProblemKind {
    kinds(&list(bytes))[0]
}

#[test]
fn what_is_no_workbook_is_refused_by_its_name() {
    for (part, format) in
        [("content.xml", "ods"), ("xl/workbook.bin", "xlsb"), ("word/document.xml", "docx"), ("readme.txt", "zip")]
    {
        let list = list(&packed(&[(part, b"<x/>")]));
        assert_eq!(
            (list.found.format.as_str(), kinds(&list).as_slice()),
            (format, &[ProblemKind::FormatNotAccepted][..])
        );
    }
    assert_eq!(refusal(&workbook(&[("A", "visible", ""), ("B", "hidden", HEADER)], "", "")), ProblemKind::SheetsEmpty);
    assert_eq!(refusal(&sheet("<row><c r=\"A1\" t=\"s\"><v>5</v></c></row>")), ProblemKind::WorkbookDamaged);
    assert_eq!(refusal(&sheet("<row><c r=\"1\"><v>5</v></c></row>")), ProblemKind::WorkbookDamaged);
}

/// A workbook as a library writes it.
fn written(rows: &[(String, u64, u32)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in (0..).zip(["device_id", "serial_number", "in_service"]) {
        sheet.write_string(0, column, name).unwrap();
    }
    let day = Format::new().set_num_format("yyyy/mm/dd");
    for (line, (id, serial, days)) in (1..).zip(rows) {
        sheet.write_string(line, 0, id).unwrap();
        // A spreadsheet's number: 53 bits.
        sheet.write_number(line, 1, f64::from(u32::try_from(*serial).unwrap())).unwrap();
        let date = ExcelDateTime::from_serial_datetime(f64::from(*days)).unwrap();
        sheet.write_datetime_with_format(line, 2, &date, &day).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_workbook_written_by_a_library_reads_back_as_the_same_cells(
        rows in prop::collection::vec(("[a-zа-яәіңғүұқөһ<&>\"' 0-9=+-]{0,12}[a-z]", 0_u64..u64::from(u32::MAX), 32_874_u32..73_415), 1..20)
    ) {
        let read = cells(&written(&rows));
        prop_assert_eq!(read.len(), rows.len());
        for (cells, (id, serial, days)) in read.iter().zip(&rows) {
            let day = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).unwrap() + chrono::Duration::days(i64::from(*days));
            prop_assert_eq!(cells, &vec![id.clone(), serial.to_string(), day.to_string()]);
        }
    }

    #[test]
    fn no_bytes_make_an_archive_fail(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(!list(&[b"PK\x03\x04".as_slice(), &bytes].concat()).problems.is_empty());
    }

    #[test]
    fn no_xml_makes_a_sheet_fail(body in "(<(row|c|v|f|is|t|x)( (r|t|s)=\"[A-Z]{0,4}[0-9]{0,12}[snb]?\")*/?>|</(row|c|v|f|is|t)>|[a0&;#x.]{1,3}){0,30}") {
        let bytes = sheet(&format!("{HEADER}{body}"));
        prop_assert!(!list(&bytes).problems.is_empty());
        let strings = workbook(&[("List", "visible", HEADER)], &body, &body);
        prop_assert!(!list(&strings).problems.is_empty());
    }
}

#[test]
fn a_workbook_with_flipped_bytes_is_read_or_refused() {
    let rows: Vec<_> = (0..40).map(|row| (format!("S-{row}"), row * 7, 46_000)).collect();
    let sound = written(&rows);
    let mut state = 7_u64;
    for _ in 0..2_000 {
        let mut bytes = sound.clone();
        for _ in 0..3 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let place = usize::try_from(state >> 33).unwrap() % bytes.len();
            bytes[place] ^= u8::try_from((state >> 8) & 0xFF).unwrap();
        }
        let list = list(&bytes);
        assert!(!list.problems.is_empty() || list.rows.len() <= rows.len());
    }
}

/// The texts of the first visible sheet, as another reader of workbooks gives them; numbers in their shortest form.
fn by_calamine(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    let mut reader = book.worksheet_cells_reader(&name).unwrap();
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    while let Some(cell) = reader.next_cell().unwrap() {
        let (line, column) = cell.get_position();
        let text = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::Float(value) => value.to_string(),
            DataRef::DateTime(moment) => {
                let (year, month, day, ..) = moment.to_ymd_hms_milli();
                format!("{year:04}-{month:02}-{day:02}")
            }
            DataRef::String(text) => text.clone(),
            DataRef::SharedString(text) => (*text).to_owned(),
            other => format!("{other:?}"),
        };
        let row = rows.entry(line).or_default();
        row.resize(usize::try_from(column).unwrap() + 1, String::new());
        *row.last_mut().unwrap() = text;
    }
    rows.into_values().collect()
}

#[test]
fn another_reader_of_workbooks_reads_the_same_cells() {
    let rows: Vec<_> =
        (0..40).map(|row| (format!(" S-{row} "), row * 104_729, 46_000 + u32::try_from(row).unwrap())).collect();
    let libre_office = include_bytes!("../../tests/fixtures/libreoffice.xlsx");
    for (bytes, above) in [(written(&rows), 1), (libre_office.to_vec(), 2)] {
        let theirs = by_calamine(&bytes);
        let ours = cells(&bytes);
        assert!(ours.len() >= 12);
        assert_eq!(ours, theirs[above..]);
    }
}
