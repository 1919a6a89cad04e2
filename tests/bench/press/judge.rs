//! A batch judged: every page as pixels, every code read by `rqrr` and by `zbarimg`, and compared with the list.
//!
//! *Invariant:* a code counts as read only by the reader that read it, on the page where the list says it lies.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The codes of each page, by file and page.
type Pages = BTreeMap<(String, u32), BTreeSet<String>>;

/// Judges all files of a directory; prints a line, and returns how many codes were not read by one of the readers, or read
/// and not listed.
pub(crate) fn judge(directory: &Path, dpi: u32) -> usize {
    let wanted = listed(&directory.join("manifest.csv"));
    let (mut codes, mut by_rqrr, mut by_zbar, mut strange) = (0, 0, 0, 0);
    for ((file, page), wanted) in &wanted {
        let picture = rasterised(&directory.join(file), *page, dpi);
        let found = [read_by_rqrr(&picture), read_by_zbar(&picture)];
        std::fs::remove_file(&picture).unwrap();
        codes += wanted.len();
        by_rqrr += found[0].intersection(wanted).count();
        by_zbar += found[1].intersection(wanted).count();
        strange += found.iter().map(|found| found.difference(wanted).count()).sum::<usize>();
        for (reader, found) in ["rqrr", "zbar"].iter().zip(&found) {
            for code in wanted.difference(found) {
                println!("{reader} at {dpi} dpi did not read {code} in {file}, page {page}");
            }
        }
    }
    let pages = wanted.len();
    println!(
        "{dpi} dpi: {pages} pages, {codes} codes; rqrr read {by_rqrr}, zbar {by_zbar}, {strange} that are not listed"
    );
    codes * 2 - by_rqrr - by_zbar + strange
}

fn listed(manifest: &Path) -> Pages {
    let mut pages = Pages::new();
    let mut rows = csv::Reader::from_path(manifest).unwrap();
    for row in rows.records() {
        let row = row.unwrap();
        let page = (row[0].to_owned(), row[1].parse().unwrap());
        assert!(pages.entry(page).or_default().insert(row[9].to_owned()), "a code is listed twice: {row:?}");
    }
    pages
}

fn rasterised(pdf: &Path, page: u32, dpi: u32) -> std::path::PathBuf {
    let stem = pdf.with_extension(format!("{dpi}-{page}"));
    let [dpi, page] = [dpi, page].map(|number| number.to_string());
    let done = Command::new("pdftoppm")
        .args(["-r", &dpi, "-gray", "-singlefile", "-f", &page, "-l", &page])
        .args([pdf, &stem])
        .status()
        .expect("pdftoppm runs: install poppler-utils");
    assert!(done.success(), "{} is no PDF to pdftoppm", pdf.display());
    let mut name = stem.into_os_string();
    name.push(".pgm");
    name.into()
}

fn read_by_rqrr(picture: &Path) -> BTreeSet<String> {
    let bytes = std::fs::read(picture).unwrap();
    // PGM: P5, width, height, 255, each ended by white space; then a byte a pixel.
    let mut fields = bytes.splitn(5, |byte| byte.is_ascii_whitespace());
    let mut number = || -> usize { std::str::from_utf8(fields.next().unwrap()).unwrap().parse().unwrap_or(0) };
    let [_, width, height, most] = [number(), number(), number(), number()];
    let pixels = fields.next().unwrap();
    assert_eq!((most, pixels.len()), (255, width * height), "{}", picture.display());
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    prepared.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, content)| content).collect()
}

fn read_by_zbar(picture: &Path) -> BTreeSet<String> {
    let call = Command::new("zbarimg")
        .args(["--raw", "--quiet", "--nodbus", "-Sdisable", "-Sqrcode.enable"])
        .arg(picture)
        .output()
        .expect("zbarimg runs: install zbar-tools");
    String::from_utf8_lossy(&call.stdout).lines().map(str::to_owned).collect()
}
