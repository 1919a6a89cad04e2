//! Plates a second on one core: number, control pair and QR code on 1181 × 709 pixels, as PNG with its resolution.
//!
//! Run by `tests/bench/plates/run`, which sets the same plate drawn by Python beside it. Each round draws numbers that were
//! not drawn before; what is measured is everything from the number to the bytes of the file.
//!
//! *Invariant:* prints figures and judges nothing: benchmarks fail no build.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement, not the registry: it reads the clock, writes lines, and ends where something is wrong"
)]

#[path = "../busy.rs"]
mod busy;

use std::time::Duration;

use scooter_registry::config;
use scooter_registry::plate::{KZ_158, PlateLink, PlateNumber, SeriesLetter, Tag, TagKey};
use scooter_registry::render::{Dpi, FaceKind, Faces, Inscription, Length, Part, PlateSettings, Plotter, Validity};

use busy::busy;

const ROUND: Duration = Duration::from_secs(1);

/// 100 × 60 mm: 1181 × 709 pixels at 300 dots an inch. Only the number is smaller than on the plate of the settings.
fn settings() -> PlateSettings {
    let mut plates = config::load(None, []).expect("the built-in settings are complete").plates;
    plates.rear.width_mm = Length::millimetres(100);
    plates.rear.number_mm = Length::millimetres(16);
    plates.rear.pair_mm = Length::millimetres(10);
    plates.text.clear();
    plates
}

fn draw(faces: &Faces, plotter: &mut Plotter, key: &TagKey, number: PlateNumber) -> Vec<u8> {
    let link = PlateLink::new(number, Tag::of(key, number, 1)).text("REG.TEST");
    let what = Inscription { number, code: &link, operator: "", validity: Validity::Valid };
    let face = faces.draw(FaceKind::Rear, Part::Plate, &what).unwrap().unwrap();
    plotter.draw(&face).unwrap()
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let rounds: u32 = arguments.next().map_or(5, |text| text.parse().expect("a number of rounds"));
    let sample = arguments.next();
    let faces = Faces::new(KZ_158, &settings(), "REG.TEST").unwrap();
    let key = TagKey::new(1, [7; 32]);
    let mut plotter = Plotter::new(Dpi::USUAL);
    let mut numbers = (1..=99_999).cycle().map(|serial| {
        let letter = SeriesLetter::parse("K").unwrap();
        PlateNumber::of(letter, serial).unwrap()
    });
    let first = draw(&faces, &mut plotter, &key, PlateNumber::parse("K04271").unwrap());
    if let Some(file) = sample {
        std::fs::write(file, &first).unwrap();
    }
    for _ in 0..rounds {
        let began = busy();
        let (mut plates, mut bytes) = (0_u32, 0);
        while busy().saturating_sub(began) < ROUND {
            for number in numbers.by_ref().take(50) {
                bytes += draw(&faces, &mut plotter, &key, number).len();
                plates += 1;
            }
        }
        let rate = f64::from(plates) / busy().saturating_sub(began).as_secs_f64();
        println!("{rate:.1} {}", bytes / usize::try_from(plates).unwrap());
    }
}
