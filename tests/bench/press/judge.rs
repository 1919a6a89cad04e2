//! A batch judged: every page as pixels, every plate cut out of it, its code read by `rqrr` and by `zbarimg`, and compared
//! with the list.
//!
//! *Invariant:* a code counts as read only by the reader that read it, where the list says it lies.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scooter_registry::config;
use scooter_registry::render::Faces;
use scooter_registry::render::press::{Die, Placement, Press, Stock};

use crate::decoders::read_by_zbar;
use crate::page_pixels::Pixels;

/// What stands on each page, by file and page: where, and the code.
type Pages = BTreeMap<(String, u32), Vec<(Placement, String)>>;

/// Judges all files of a directory that was drawn on SRA3; prints a line, and returns how many codes one of the readers
/// did not read, or read otherwise.
pub(crate) fn judge(directory: &Path, dpi: u32) -> usize {
    let settings = config::load(None, []).expect("the built-in settings are complete");
    let faces = Faces::new(settings.registry.scheme, &settings.plates, "REG.TEST").unwrap();
    let press = Press::new(&faces, &settings.press, Stock::Sra3).unwrap();
    let listed = listed(&directory.join("manifest.csv"));
    let mut wrong = [0, 0];
    let mut codes = 0;
    for ((file, page), plates) in &listed {
        let die = press.dies().find(|die| file.rsplit_once('-').is_some_and(|(name, _)| name == die.as_str())).unwrap();
        let pictures = cut(&press, die, &Pixels::of(&directory.join(file), *page, dpi), dpi, plates, directory);
        let files: Vec<PathBuf> = pictures.iter().map(|(picture, ..)| picture.clone()).collect();
        let by_zbar = read_by_zbar(&files);
        for (picture, by_rqrr, wanted) in pictures {
            let nothing = Vec::new();
            for (reader, found) in [&by_rqrr, by_zbar.get(&picture).unwrap_or(&nothing)].into_iter().enumerate() {
                if found.as_slice() != std::slice::from_ref(wanted) {
                    wrong[reader] += 1;
                    println!("{} at {dpi} dpi read {found:?}, not {wanted}, in {file}", ["rqrr", "zbar"][reader]);
                }
            }
            codes += 1;
            std::fs::remove_file(picture).unwrap();
        }
    }
    let [by_rqrr, by_zbar] = wrong.map(|wrong| codes - wrong);
    println!("{dpi} dpi: {} pages, {codes} codes; rqrr read {by_rqrr}, zbar {by_zbar}", listed.len());
    wrong.into_iter().sum()
}

/// Cuts the plates of a page out of it; returns the file of each, what `rqrr` read, and what stands there.
fn cut<'p>(
    press: &Press<'_>,
    die: Die,
    page: &Pixels,
    dpi: u32,
    plates: &'p [(Placement, String)],
    directory: &Path,
) -> Vec<(PathBuf, Vec<String>, &'p String)> {
    let cut = |(index, (placement, code)): (usize, &'p (Placement, String))| {
        let plate = page.cut(&press.area(die, placement).unwrap(), dpi);
        let picture = directory.join(format!("{index}.pgm"));
        plate.save(&picture);
        (picture, plate.read_by_rqrr(), code)
    };
    plates.iter().enumerate().map(cut).collect()
}

fn listed(manifest: &Path) -> Pages {
    let mut pages = Pages::new();
    let mut rows = csv::Reader::from_path(manifest).unwrap();
    for row in rows.records() {
        let row = row.unwrap();
        let [sheet, place, column] = [1, 2, 3].map(|cell| row[cell].parse().unwrap());
        let placement = Placement { sheet, row: place, column };
        pages.entry((row[0].to_owned(), sheet)).or_default().push((placement, row[9].to_owned()));
    }
    pages
}
