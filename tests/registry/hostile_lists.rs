//! Lists that mean harm: archives that grow, XML that multiplies, sizes that lie, sheets that are nearly all empty.
//!
//! *Invariant:* each is refused within two seconds, and the server's memory grows by 64 MiB at most; the harness first
//! shows that it can see memory grow.

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::database::Kind;
use crate::house::TestRegistry;
use crate::people::Person;
use crate::server::Server;

const MIB: u64 = 1024 * 1024;

/// A part of an archive: a beginning, a piece so many times, and an end.
type Part<'p> = (&'p str, &'p str, &'p str, usize, &'p str);

fn archive(parts: &[Part<'_>]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, begin, piece, times, end) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(begin.as_bytes()).unwrap();
        let block = piece.repeat(10_000.min(*times).max(1));
        let blocks = times / 10_000.min(*times).max(1);
        (0..blocks).for_each(|_| zip.write_all(block.as_bytes()).unwrap());
        zip.write_all(end.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook of one sheet; each of the four parts may be given in another form.
fn workbook(other: &[Part<'_>]) -> Vec<u8> {
    let root = format!(
        "<Relationships><Relationship Id=\"r\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "<workbook xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"
    );
    let related = format!(
        "<Relationships><Relationship Id=\"s\" Type=\"{OFFICE}/worksheet\" Target=\"sheet.xml\"/>\
         <Relationship Id=\"t\" Type=\"{OFFICE}/sharedStrings\" Target=\"strings.xml\"/>\
         <Relationship Id=\"u\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/></Relationships>"
    );
    let sheet = "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>device_id</t></is></c></row>";
    let usual: [Part<'_>; 6] = [
        ("_rels/.rels", &root, "", 0, ""),
        ("xl/workbook.xml", &book, "", 0, ""),
        ("xl/_rels/workbook.xml.rels", &related, "", 0, ""),
        ("xl/strings.xml", "<sst/>", "", 0, ""),
        ("xl/styles.xml", "<styleSheet/>", "", 0, ""),
        ("xl/sheet.xml", sheet, "", 0, "</sheetData></worksheet>"),
    ];
    let parts: Vec<Part<'_>> = usual
        .into_iter()
        .map(|part| other.iter().find(|(name, ..)| *name == part.0).copied().unwrap_or(part))
        .chain(other.iter().filter(|(name, ..)| usual.iter().all(|part| part.0 != *name)).copied())
        .collect();
    archive(&parts)
}

const SHEET: &str = "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>device_id</t></is></c></row>";
const END: &str = "</sheetData></worksheet>";

/// Writes other sizes of unpacked parts into the headers of an archive.
fn lying(mut bytes: Vec<u8>) -> Vec<u8> {
    let places: Vec<usize> = (0..bytes.len() - 4).filter(|place| bytes[*place..].starts_with(b"PK\x01\x02")).collect();
    for place in places {
        bytes[place + 24..place + 28].copy_from_slice(&100_u32.to_le_bytes());
    }
    bytes
}

/// An archive of very many empty parts.
fn crowd() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    (0..60_000).for_each(|number| zip.start_file(format!("{number}.xml"), options).unwrap());
    zip.finish().unwrap().into_inner()
}

fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    let laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>\
                  <worksheet><sheetData><row><c t=\"inlineStr\"><is><t>&c;</t></is></c></row>";
    let fetched = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><sst><si><t>&a;</t></si></sst>";
    let quadratic = format!("<!DOCTYPE x [<!ENTITY a \"{}\">]><sst><si><t>", "a".repeat(50_000));
    let far = "<row><c r=\"GR2\"><v>1</v></c></row>";
    let one = vec![("xl/sheet.xml", SHEET, " ", 400_000_000, END)];
    vec![
        ("a sheet of spaces", workbook(&one)),
        ("a sheet of spaces that says it is small", lying(workbook(&one))),
        ("a sheet of empty rows", workbook(&[("xl/sheet.xml", SHEET, "<row><c><v>1</v></c></row>", 8_000_000, END)])),
        ("far cells in many rows", workbook(&[("xl/sheet.xml", SHEET, far, 5_000_000, END)])),
        (
            "one tag without an end",
            workbook(&[("xl/sheet.xml", "<worksheet><sheetData><row r=\"", "1", 100_000_000, "")]),
        ),
        ("a text without an end", workbook(&[("xl/strings.xml", "<sst><si><t>", "a", 100_000_000, "")])),
        ("many shared strings", workbook(&[("xl/strings.xml", "<sst>", "<si><t>a</t></si>", 9_000_000, "</sst>")])),
        ("many looks", workbook(&[("xl/styles.xml", "<styleSheet><cellXfs>", "<xf numFmtId=\"14\"/>", 5_000_000, "")])),
        ("elements within elements", workbook(&[("xl/sheet.xml", SHEET, "<row>", 9_000_000, "")])),
        (
            "many relations",
            workbook(&[("xl/_rels/workbook.xml.rels", "<R>", "<Relationship Id=\"a\"/>", 5_000_000, "")]),
        ),
        ("entities that multiply", workbook(&[("xl/sheet.xml", laughs, "", 0, END)])),
        ("an entity used many times", workbook(&[("xl/strings.xml", &quadratic, "&a;", 50_000, "</t></si></sst>")])),
        ("an entity that fetches a file", workbook(&[("xl/strings.xml", fetched, "", 0, "")])),
        (
            "a count that lies",
            workbook(&[("xl/strings.xml", "<sst count=\"9999999999999\" uniqueCount=\"9999999999999\"/>", "", 0, "")]),
        ),
        ("a part beside the sheet that grows", workbook(&[("docProps/app.xml", "<a>", " ", 200_000_000, "</a>")])),
        ("very many parts", crowd()),
        ("the beginning of an archive", b"PK\x03\x04\x14\0\x08\x08\x08\0".to_vec()),
        ("arrays within arrays", "[".repeat(4_000_000).into_bytes()),
        ("objects within objects", "{\"a\":".repeat(2_000_000).into_bytes()),
        ("one long line", ["device_id\n".to_owned(), "x".repeat(8_000_000)].concat().into_bytes()),
        ("quotation marks that nothing closes", ["device_id\n".to_owned(), "\"a\n".repeat(100)].concat().into_bytes()),
    ]
}

/// Uploads a list and returns how long it took to be refused.
fn refused(operator: &Person, name: &str, bytes: &[u8]) -> Duration {
    let began = Instant::now();
    let import = operator.upload("", bytes);
    let took = began.elapsed();
    assert_eq!(import["status"], "checked", "{name}: {import}");
    let problems = import["problems"].as_array().unwrap();
    let errors: Vec<_> = problems.iter().filter(|problem| problem["severity"] == "error").collect();
    let rows = &import["counts"]["rows"];
    assert!(!errors.is_empty() && (rows == 0 || import["counts"]["bad"] == *rows), "{name}: {import}");
    assert!(errors.iter().all(|problem| !problem["remedy"].as_str().unwrap().is_empty()), "{name}");
    took
}

#[test]
fn a_list_that_means_harm_is_refused_in_two_seconds_and_64_mebibytes() {
    let mut registry = TestRegistry::kz(Kind::Sqlite);
    let operator = registry.operator('K');
    registry.stop();
    let server = Server::start(&registry.database.url, registry.secrets.path());
    let operator = operator.at(&server.url);
    operator.upload("", b"device_id\na\n");
    for (name, bytes) in corpus() {
        server.forget_peak();
        let before = server.peak();
        let took = refused(&operator, name, &bytes);
        let grown = server.peak().saturating_sub(before);
        assert!(took <= Duration::from_secs(2), "{name}: {took:?}");
        assert!(grown <= 64 * MIB, "{name}: {} MiB", grown / MIB);
    }
    // What sees no growth anywhere would prove nothing: an honest large list has to show.
    server.forget_peak();
    let before = server.peak();
    let list = (0..400_000).map(|row| format!("{row},Ninebot,Max G2,green\n")).collect::<Vec<_>>().concat();
    operator.upload("", ["device_id,make,model,colour\n", &list].concat().as_bytes());
    assert!(server.peak().saturating_sub(before) > 64 * MIB);
}
