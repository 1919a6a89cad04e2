//! Faces for the scenes: for every number on standard input the rear plate as PNG, and where on it things stand.
//!
//! `faces FOLDER HOST DPI < NUMBERS` writes `FOLDER/NUMBER.png` and a line for each: number, control letters, what the QR code
//! says, the side of its symbol in modules without the quiet zone, and in micrometres from the top left corner the plate
//! (width, height), the symbol (left, top, side), and the box of the number (left, top, right, bottom) and of the pair.
//!
//! *Invariant:* draws through `scooter_registry::render` alone: what is measured is what a press would print.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program for the bench: it writes lines, and ends where something is wrong"
)]

use std::io::BufRead;
use std::path::PathBuf;

use scooter_registry::config;
use scooter_registry::plate::{PlateLink, PlateNumber, Tag, TagKey};
use scooter_registry::render::{Dpi, Face, FaceKind, Faces, Inscription, Length, Mark, Part, Plotter, Validity};

/// Dots an inch at which a dot is a micrometre.
const MICROMETRES: u32 = 25_400;

fn micrometres(length: Length) -> i32 {
    length.pixels(MICROMETRES)
}

/// Where the characters of this height stand: from the origin of the first to that of the last, and from the top of the
/// capitals to the line on which they stand.
fn origins(face: &Face, height: Length) -> String {
    let mut found = face.marks.iter().filter_map(|mark| match mark {
        Mark::Glyph { origin, baseline, cap, .. } if *cap == height => Some((*origin, *baseline)),
        _ => None,
    });
    let (first, baseline) = found.next().expect("characters of this height");
    let (last, _) = found.next_back().expect("more than one character");
    format!("{},{},{},{}", micrometres(first), micrometres(baseline - height), micrometres(last), micrometres(baseline))
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    // Started by `cargo bench` without a folder: there is nothing to draw.
    let Some(folder) = arguments.next().map(PathBuf::from) else { return };
    let host = arguments.next().expect("a host");
    let dpi = arguments.next().map_or(Some(Dpi::USUAL), |text| Dpi::new(text.parse().expect("dots an inch")));
    let settings = config::load(None, []).expect("the built-in settings are complete").plates;
    let faces = Faces::new(scooter_registry::plate::KZ_158, &settings, &host).unwrap();
    let key = TagKey::new(1, [7; 32]);
    let mut plotter = Plotter::new(dpi.expect("dots an inch within the range"));
    for line in std::io::stdin().lock().lines() {
        let number = PlateNumber::parse(line.unwrap().trim()).unwrap();
        let code = PlateLink::new(number, Tag::of(&key, number, 1)).text(&host);
        let what = Inscription { number, code: &code, operator: "Qala Scooters", validity: Validity::Valid };
        let face = faces.draw(FaceKind::Rear, Part::Plate, &what).unwrap().unwrap();
        std::fs::write(folder.join(format!("{number}.png")), plotter.draw(&face).unwrap()).unwrap();
        let (symbol, area) = face
            .marks
            .iter()
            .find_map(|mark| match mark {
                Mark::Code { symbol, area, .. } => Some((symbol, area)),
                _ => None,
            })
            .expect("a code");
        println!(
            "{number}\t{}\t{code}\t{}\t{},{}\t{},{},{}\t{}\t{}",
            number.control_text(),
            symbol.width(),
            micrometres(face.width),
            micrometres(face.height),
            micrometres(area.left),
            micrometres(area.top),
            micrometres(area.width),
            origins(&face, settings.rear.number_mm),
            origins(&face, settings.rear.pair_mm),
        );
    }
}
