//! Print files judged by what a print shop has: every code is read back from the page, the inks are told apart, the boxes
//! measured, the file checked.
//!
//! *Invariant:* none of the judges shares a line with what drew the files; the batch that is judged whole stands in
//! `tests/bench/press`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use scooter_registry::config;
use scooter_registry::model::Position;
use scooter_registry::plate::{PlateLink, PlateNumber, SeriesLetter, Tag, TagKey};
use scooter_registry::render::press::{Die, Manifest, Press, PressFile, PressItem, Slug, Stock};
use scooter_registry::render::{Faces, Inscription, Part, Validity, widest_number};

use crate::decoders::{pages_of, read_by_rqrr, read_by_zbar, there_is_ghostscript, there_is_poppler};
use crate::decoders::{there_is_qpdf, there_is_zbar};

/// A name that hangs below its line and stands above it.
const OPERATOR: &str = "Әуе Ұшқыр Ғарыш";
const SLUG: Slug<'_> = Slug { operator: OPERATOR, batch: "2026-11-24-01", job_hash: "9f86d081884c7d65" };

/// A drawn file on the disk, and the links that its codes must say.
struct Drawn {
    pdf: PathBuf,
    file: PressFile,
    links: BTreeSet<String>,
}

/// Numbers that differ as much as they can; the widest one first.
fn numbers(count: u32) -> Vec<PlateNumber> {
    let others = (1..count).map(|index| {
        let letter = SeriesLetter::all().nth(index as usize * 7 % 26).unwrap();
        PlateNumber::of(letter, 1 + index * 7_919 % 99_999).unwrap()
    });
    widest_number(scooter_registry::plate::KZ_158).into_iter().chain(others).collect()
}

fn drawn(directory: &Path, stock: Stock, position: Position, count: u32) -> Drawn {
    let settings = config::load(None, []).unwrap();
    let faces = Faces::new(scooter_registry::plate::KZ_158, &settings.plates, "REG.TEST").unwrap();
    let press = Press::new(&faces, &settings.press, stock).unwrap();
    let key = TagKey::new(1, [7; 32]);
    let numbers = numbers(count);
    let link = |number: &PlateNumber| PlateLink::new(*number, Tag::of(&key, *number, 1)).text("REG.TEST");
    let links: Vec<String> = numbers.iter().map(link).collect();
    let items: Vec<PressItem<'_>> = numbers
        .iter()
        .zip(&links)
        .map(|(number, code)| {
            let inscription = Inscription { number: *number, code, operator: OPERATOR, validity: Validity::Valid };
            PressItem { inscription, position, item: 1, copy: 1 }
        })
        .collect();
    let die = Die::of(position, Part::Plate);
    let file = press.draw_file(&SLUG, die, 1, &items).unwrap();
    let mut manifest = Manifest::new();
    manifest.add("file.pdf", &file, &items);
    let listed = String::from_utf8(manifest.into_bytes()).unwrap();
    assert!(links.iter().all(|link| listed.contains(link.as_str())), "every code is listed");
    let pdf = directory.join(format!("{stock}-{die}.pdf"));
    std::fs::write(&pdf, &file.bytes).unwrap();
    Drawn { pdf, file, links: links.into_iter().collect() }
}

/// Every stock with both shapes: two sheets of a format, two lengths of a roll would be a hundred plates.
fn all_drawn(directory: &Path) -> Vec<Drawn> {
    let counts = [(Stock::A4, 9), (Stock::Sra3, 19), (Stock::Roll, 9), (Stock::Single, 3)];
    counts
        .into_iter()
        .flat_map(|(stock, count)| {
            [Position::Rear, Position::Right].map(|position| drawn(directory, stock, position, count))
        })
        .collect()
}

#[test]
fn every_code_of_a_print_file_is_read_back_at_300_and_150_dots_an_inch() {
    if !there_is_poppler() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for drawn in all_drawn(directory.path()) {
        for dpi in [300, 150] {
            let pages = pages_of(&drawn.pdf, dpi);
            assert_eq!(pages.len(), drawn.file.sheets as usize, "{}", drawn.pdf.display());
            let read = |page: &PathBuf| read_by_rqrr(&std::fs::read(page).unwrap());
            let found: BTreeSet<String> = pages.iter().flat_map(read).collect();
            assert_eq!(found, drawn.links, "rqrr, {dpi} dpi, {}", drawn.pdf.display());
            if there_is_zbar() {
                let found: BTreeSet<String> = read_by_zbar(&pages).into_values().flatten().collect();
                assert_eq!(found, drawn.links, "zbar, {dpi} dpi, {}", drawn.pdf.display());
            }
            pages.iter().for_each(|page| std::fs::remove_file(page).unwrap());
        }
    }
}

#[test]
fn a_print_file_has_two_inks_black_and_the_cut_line() {
    if !there_is_ghostscript() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for drawn in all_drawn(directory.path()) {
        let plates = tempfile::tempdir_in(directory.path()).unwrap();
        let output = format!("-sOutputFile={}", plates.path().join("%d.tif").display());
        let done = Command::new("gs")
            .args(["-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-dLastPage=1", "-sDEVICE=tiffsep", "-sCompression=none"])
            .args(["-r100", &output])
            .arg(&drawn.pdf)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(inked(plates.path()), ["Black", "CutContour"], "{}", drawn.pdf.display());
    }
}

/// The separations that have ink, by name.
fn inked(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some((_, rest)) = name.split_once('(') else { continue };
        // Eight bits a pixel, without compression: first the tags, which are less than a hundredth, then the pixels, of which
        // 255 has no ink. So, from the end, a single inked pixel ends the white.
        let bytes = std::fs::read(&path).unwrap();
        let white = bytes.iter().rev().take_while(|byte| **byte == 0xff).count();
        if white * 100 < bytes.len() * 99 {
            names.push(rest.trim_end_matches(").tif").to_owned());
        }
    }
    names.sort();
    names
}

#[test]
fn a_print_file_is_sound_and_its_boxes_are_exact() {
    let directory = tempfile::tempdir().unwrap();
    for drawn in all_drawn(directory.path()) {
        if there_is_qpdf() {
            let done = Command::new("qpdf").arg("--check").arg(&drawn.pdf).output().unwrap();
            let told = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success() && !told.contains("WARNING"), "{told}");
        }
        if there_is_poppler() && drawn.pdf.to_string_lossy().contains("single-rear") {
            let done = Command::new("pdfinfo").arg("-box").arg(&drawn.pdf).output().unwrap();
            let told = String::from_utf8_lossy(&done.stdout).into_owned();
            let measured = |name: &str| -> Vec<f64> {
                let line = told.lines().find_map(|line| line.strip_prefix(name)).unwrap();
                line.split_whitespace().map(|points| points.parse::<f64>().unwrap() * 25.4 / 72.0).collect()
            };
            // The plate, 134 × 60 mm; 3 mm and 4 mm of marks around it; the slug below.
            for (name, wanted) in [
                ("MediaBox:", [0.0, 0.0, 148.0, 78.0]),
                ("TrimBox:", [7.0, 11.0, 141.0, 71.0]),
                ("BleedBox:", [5.0, 9.0, 143.0, 73.0]),
            ] {
                let found = measured(name);
                let is_exact = found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() <= 0.01);
                assert!(found.len() == 4 && is_exact, "{name} {found:?}");
            }
        }
    }
}
