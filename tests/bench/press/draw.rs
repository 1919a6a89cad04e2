//! A batch drawn: the rear plate and both side plates of every number, file by file, as the deed that prints jobs does.
//!
//! *Invariant:* one file is in memory at a time.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use scooter_registry::config;
use scooter_registry::model::Position;
use scooter_registry::plate::{PlateLink, PlateNumber, SeriesLetter, Tag, TagKey};
use scooter_registry::render::press::{Die, Manifest, Ordered, PlannedFile, Press, PressItem, Slug, Stock};
use scooter_registry::render::{Faces, Inscription, Part, Validity};

use crate::busy::busy;

const OPERATORS: [&str; 3] = ["Қала Самокат", "Жел", "Әуе Ұшқыр Ғарыш"];
const SLUG: Slug<'_> = Slug { operator: "Қала Самокат", batch: "bench", job_hash: "9f86d081884c7d65" };

/// Draws the plates of so many numbers, and prints one line: pages, plates, pages a second of work, plates a second of work,
/// bytes a plate, the most memory that was used in MiB.
pub(crate) fn draw(stock: Stock, plates: u32, directory: Option<&Path>) {
    let settings = config::load(None, []).expect("the built-in settings are complete");
    let faces = Faces::new(settings.registry.scheme, &settings.plates, "REG.TEST").unwrap();
    let press = Press::new(&faces, &settings.press, stock).unwrap();
    let mut manifest = Manifest::new();
    let (mut took, mut pages, mut items, mut bytes) = (Duration::ZERO, 0_u32, 0_usize, 0_usize);
    let mut ordered = Vec::new();
    for positions in [&[Position::Rear][..], &[Position::Left, Position::Right]] {
        let die = Die::of(positions[0], Part::Plate);
        let count = usize::try_from(plates).unwrap() * positions.len();
        ordered.push(Ordered { die, items: count });
        for file in press.plan(die, count) {
            let began = busy();
            let links = links(&file, positions);
            let wanted: Vec<_> = links.iter().map(item).collect();
            let drawn = press.draw_file(&SLUG, die, file.number, &wanted).unwrap();
            took += busy().saturating_sub(began);
            pages += drawn.sheets;
            items += wanted.len();
            bytes += drawn.bytes.len();
            if let Some(directory) = directory {
                std::fs::write(directory.join(&file.name), &drawn.bytes).unwrap();
                manifest.add(&file.name, &drawn, &wanted);
            }
        }
    }
    let seconds = took.as_secs_f64();
    let plates_a_second = f64::from(u32::try_from(items).unwrap()) / seconds;
    let pages_a_second = f64::from(pages) / seconds;
    let a_plate = bytes / items;
    println!("{pages} {items} {pages_a_second:.1} {plates_a_second:.1} {a_plate} {:.1}", most_memory());
    if let Some(directory) = directory {
        std::fs::write(directory.join("manifest.csv"), manifest.into_bytes()).unwrap();
        let mut report = String::new();
        write!(report, "{}", press.preflight(&ordered)).unwrap();
        std::fs::write(directory.join("preflight.txt"), report).unwrap();
    }
}

/// A plate that is wanted, with its link.
type Linked = (PlateNumber, Position, String, &'static str);

fn links(file: &PlannedFile, positions: &[Position]) -> Vec<Linked> {
    let key = TagKey::new(1, [7; 32]);
    let letters: Vec<_> = SeriesLetter::all().collect();
    let linked = file.items.clone().map(|index| {
        let (serial, position) = (index / positions.len(), positions[index % positions.len()]);
        // Serials scattered by a prime, over four letters: as different as numbers get.
        let letter = letters[serial % 4 * 7];
        let number = PlateNumber::of(letter, 1 + u32::try_from(serial * 7_919 % 99_999).unwrap()).unwrap();
        let item = item_number(position);
        let link = PlateLink::new(number, Tag::of(&key, number, item)).text("REG.TEST");
        (number, position, link, OPERATORS[serial % OPERATORS.len()])
    });
    linked.collect()
}

fn item((number, position, code, operator): &Linked) -> PressItem<'_> {
    let inscription = Inscription { number: *number, code, operator, validity: Validity::Valid };
    PressItem { inscription, position: *position, item: item_number(*position), copy: 1 }
}

const fn item_number(position: Position) -> u32 {
    match position {
        Position::Rear => 1,
        Position::Left => 2,
        Position::Right => 3,
    }
}

/// What the process held at the most, in MiB, where the system tells (Linux).
fn most_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    kibibytes.unwrap_or(f64::NAN) / 1024.0
}
