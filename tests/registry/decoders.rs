//! Two independent readers of QR codes, and the rasteriser that turns a PDF into pixels: as judges over pictures.
//!
//! *Invariant:* none of them shares a line with what drew the pictures. Under a strict run a missing one is a failure.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Once;

/// With the value 1 a missing program is a failure; `tests/run` sets it, and installs them.
const STRICT_VARIABLE: &str = "SCOOTER_REGISTRY_TEST_STRICT";
/// How many pictures one call is given.
const FILES_A_CALL: usize = 50;

/// Returns whether a program can be started.
///
/// # Panics
/// If it cannot although the run is strict.
pub(crate) fn there_is(program: &'static str, package: &str, told: &'static Once) -> bool {
    let started = Command::new(program).arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let strict = std::env::var(STRICT_VARIABLE).is_ok_and(|value| value == "1");
    assert!(started || !strict, "{program} is missing although the run is strict: pictures would go unread by it");
    if !started {
        told.call_once(|| {
            // Not a print macro: the test runner would swallow it.
            let told = writeln!(
                std::io::stderr(),
                "{program} is left out: install {package} (tests/run does), and pictures are judged by it too"
            );
            drop(told);
        });
    }
    started
}

/// Whether the second reader is there: `zbarimg`.
pub(crate) fn there_is_zbar() -> bool {
    static TOLD: Once = Once::new();
    there_is("zbarimg", "zbar-tools", &TOLD)
}

/// Whether the rasteriser is there: `pdftoppm`.
pub(crate) fn there_is_poppler() -> bool {
    static TOLD: Once = Once::new();
    there_is("pdftoppm", "poppler-utils", &TOLD)
}

/// Whether there is what checks a PDF: `qpdf`.
pub(crate) fn there_is_qpdf() -> bool {
    static TOLD: Once = Once::new();
    there_is("qpdf", "qpdf", &TOLD)
}

/// Whether there is what tells the inks of a PDF apart: `gs`.
pub(crate) fn there_is_ghostscript() -> bool {
    static TOLD: Once = Once::new();
    there_is("gs", "ghostscript", &TOLD)
}

/// Reads the codes of a picture with `rqrr`.
pub(crate) fn read_by_rqrr(picture: &[u8]) -> Vec<String> {
    let image = image::load_from_memory(picture).expect("the picture is one").to_luma8();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let grey = |x: usize, y: usize| image.as_raw()[y * width + x];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    prepared.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, content)| content).collect()
}

/// Reads the codes of many pictures with `zbarimg`, by file.
pub(crate) fn read_by_zbar(files: &[PathBuf]) -> HashMap<PathBuf, Vec<String>> {
    let mut found: HashMap<PathBuf, Vec<String>> = HashMap::new();
    for files in files.chunks(FILES_A_CALL) {
        let call = Command::new("zbarimg")
            .args(["--xml", "--quiet", "--nodbus", "-Sdisable", "-Sqrcode.enable"])
            .args(files)
            .output()
            .expect("zbarimg runs");
        let mut file = PathBuf::new();
        for part in String::from_utf8_lossy(&call.stdout).split('<') {
            if let Some(rest) = part.strip_prefix("source href='") {
                file = rest.split('\'').next().unwrap_or_default().into();
            } else if let Some(rest) = part.strip_prefix("![CDATA[") {
                let content = rest.split("]]>").next().unwrap_or_default().to_owned();
                found.entry(file.clone()).or_default().push(content);
            }
        }
    }
    found
}

/// Turns a PDF into a picture with `pdftoppm`; returns the picture's file.
pub(crate) fn rasterised(pdf: &Path, dpi: u32) -> PathBuf {
    let stem = pdf.with_extension("raster");
    let done = Command::new("pdftoppm")
        .args(["-r", &dpi.to_string(), "-gray", "-png", "-singlefile"])
        .args([pdf, &stem])
        .status()
        .expect("pdftoppm runs");
    assert!(done.success(), "{} is no PDF to pdftoppm", pdf.display());
    let picture = pdf.with_extension("raster.png");
    assert!(picture.exists(), "pdftoppm wrote {}", picture.display());
    picture
}
