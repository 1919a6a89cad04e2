//! Pictures of plates: every QR code says what it should to independent readers, from pixels and from paper; and who gets
//! which picture.
//!
//! *Invariant:* what a code should say comes from the registry's answer or from the key, never from the picture.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use scooter_registry::config;
use scooter_registry::model::Position;
use scooter_registry::plate::{KZ_158, PlateLink, PlateNumber, SeriesLetter, Tag, TagKey};
use scooter_registry::registry::print::{Format, kind, write};
use scooter_registry::render::{self, Dpi, Faces, Inscription, Part, Validity};
use scooter_registry::startup;

use crate::database::{TestDatabase, kinds};
use crate::decoders::{rasterised, read_by_rqrr, read_by_zbar, there_is_poppler, there_is_zbar};
use crate::house::{TestRegistry, fleet, settings};
use crate::people::Reply;

/// How many numbers are drawn; each in three positions, each as PNG and as PDF.
const COUNT_VARIABLE: &str = "SCOOTER_REGISTRY_TEST_PLATES";
const COUNT: usize = 20;
/// Coarser than a printer's: a code must be read from here too.
const RASTER_DPI: u32 = 200;

fn wanted_count() -> usize {
    std::env::var(COUNT_VARIABLE).map_or(COUNT, |text| text.parse().expect("a number of plates"))
}

/// The widest and the narrowest number, and others by chance: the same ones in every run.
fn numbers(count: usize) -> Vec<PlateNumber> {
    let mut rng = StdRng::seed_from_u64(158);
    let letters: Vec<_> = SeriesLetter::all().collect();
    let by_chance = std::iter::repeat_with(|| {
        let letter = letters[rng.random_range(0..letters.len())];
        PlateNumber::of(letter, rng.random_range(1..=99_999)).unwrap()
    });
    [render::widest_number(KZ_158), render::narrowest_number(KZ_158)]
        .into_iter()
        .flatten()
        .chain(by_chance)
        .take(count)
        .collect()
}

/// What was drawn: the link, the PNG, the rasterised PDF.
struct Drawn {
    link: String,
    files: Vec<PathBuf>,
}

fn draw(faces: &Faces, key: &TagKey, number: PlateNumber, folder: &Path) -> Vec<Drawn> {
    let items = [(1, Position::Rear), (2, Position::Left), (3, Position::Right)];
    let draw = |(item, position): (u32, Position)| {
        let link = PlateLink::new(number, Tag::of(key, number, item)).text("REG.TEST");
        let what = Inscription { number, code: &link, operator: "Жел Самокат", validity: Validity::Valid };
        let face = faces.draw(kind(position), Part::Plate, &what).unwrap().unwrap();
        let stem = folder.join(format!("{number}-{position}"));
        let png = stem.with_extension("png");
        std::fs::write(&png, write(&face, Format::Png(Dpi::USUAL)).unwrap()).unwrap();
        let mut files = vec![png];
        if there_is_poppler() {
            let pdf = stem.with_extension("pdf");
            std::fs::write(&pdf, write(&face, Format::Pdf).unwrap()).unwrap();
            files.push(rasterised(&pdf, RASTER_DPI));
        }
        Drawn { link, files }
    };
    items.map(draw).into()
}

/// Reads every picture with every reader; returns how many readings there were, and those that differ from the link.
fn read(drawn: &[Drawn]) -> (usize, Vec<String>) {
    let files: Vec<PathBuf> = drawn.iter().flat_map(|drawn| drawn.files.clone()).collect();
    let by_zbar = there_is_zbar().then(|| read_by_zbar(&files));
    let (mut count, mut wrong) = (0, Vec::new());
    for Drawn { link, files } in drawn {
        for file in files {
            let mut readings = vec![("rqrr", read_by_rqrr(&std::fs::read(file).unwrap()))];
            readings.extend(by_zbar.as_ref().map(|found| ("zbar", found.get(file).cloned().unwrap_or_default())));
            for (reader, found) in readings {
                count += 1;
                if found != [link.clone()] {
                    wrong.push(format!("{reader} reads {found:?} in {}, not {link}", file.display()));
                }
            }
        }
    }
    (count, wrong)
}

#[test]
fn every_code_says_its_link_to_every_reader_from_pixels_and_from_paper() {
    let settings = config::load(None, []).unwrap();
    let faces = Faces::new(KZ_158, &settings.plates, "REG.TEST").unwrap();
    let key = TagKey::new(1, [7; 32]);
    let numbers = numbers(wanted_count());
    let folder = tempfile::tempdir().unwrap();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let shares: Vec<(usize, usize, Vec<String>)> = std::thread::scope(|scope| {
        let work = |share: &[PlateNumber]| {
            let mut total = (0, 0, Vec::new());
            // A few at a time, so that the files of a thousand plates need not be kept.
            for numbers in share.chunks(16) {
                let drawn: Vec<_> =
                    numbers.iter().flat_map(|number| draw(&faces, &key, *number, folder.path())).collect();
                let (read, wrong) = read(&drawn);
                total = (total.0 + drawn.len(), total.1 + read, [total.2, wrong].concat());
                let files = drawn.iter().flat_map(|drawn| &drawn.files);
                files.for_each(|file| std::fs::remove_file(file).unwrap());
            }
            total
        };
        let threads: Vec<_> = numbers
            .chunks(numbers.len().div_ceil(threads).max(1))
            .map(|share| scope.spawn(move || work(share)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let plates: usize = shares.iter().map(|share| share.0).sum();
    let readings: usize = shares.iter().map(|share| share.1).sum();
    let wrong: Vec<_> = shares.into_iter().flat_map(|share| share.2).collect();
    let readers = 1 + usize::from(there_is_zbar());
    assert_eq!(readings, plates * readers * (1 + usize::from(there_is_poppler())), "every picture is read by all");
    assert_eq!(plates, numbers.len() * 3);
    let told = writeln!(
        std::io::stderr(),
        "{} numbers, {plates} plates, {readings} readings, {} wrong",
        numbers.len(),
        wrong.len()
    );
    drop(told);
    assert!(wrong.is_empty(), "{} of {readings} readings:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_code_that_says_something_else_is_noticed() {
    let settings = config::load(None, []).unwrap();
    let faces = Faces::new(KZ_158, &settings.plates, "REG.TEST").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let number = PlateNumber::parse("K04271").unwrap();
    let mut drawn = draw(&faces, &TagKey::new(1, [7; 32]), number, folder.path());
    let (count, wrong) = read(&drawn);
    assert_eq!((drawn.len(), wrong.len()), (3, 0));
    drawn[0].link = PlateLink::new(number, Tag::of(&TagKey::new(1, [8; 32]), number, 1)).text("REG.TEST");
    let (again, wrong) = read(&drawn);
    assert_eq!((again, wrong.len()), (count, count / 3));
}

/// The links of a number's plates by item, as the registry tells its operator.
fn links(plate: &Reply) -> BTreeMap<u64, String> {
    let items = plate.expect(200)["plate"]["items"].as_array().unwrap().clone();
    items.iter().map(|item| (item["item"].as_u64().unwrap(), item["qr"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn the_operator_prints_its_own_plates_with_the_links_that_the_registry_tells() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let (operator, foreign) = (registry.operator('K'), registry.operator('Z'));
        operator.enroll(&fleet("k", 1));
        let links = links(&operator.get("/v1/plates/K00001"));
        for (item, position) in [(1, "rear"), (2, "left"), (3, "right")] {
            let png = operator.get(&format!("/v1/plates/K00001.png?position={position}&dpi=200"));
            assert_eq!((png.status, png.header("content-type")), (200, Some("image/png")), "{}", png.text());
            assert_eq!(read_by_rqrr(&png.bytes), [links[&item].clone()], "{position}");
            let named = format!("attachment; filename=\"K00001-{position}-{item}.png\"");
            assert_eq!(png.header("content-disposition"), Some(named.as_str()));
            assert_eq!(png.header("cache-control"), Some("private, no-cache"));
            let tag = png.header("etag").unwrap().to_owned();
            let path = format!("/v1/plates/K00001.png?dpi=200&item={item}");
            let known = operator.send("GET", &path, &[("if-none-match", &tag)], &[]);
            assert_eq!((known.status, known.bytes.len()), (304, 0), "the item names its position");
        }
        let svg = operator.get("/v1/plates/K00001.svg");
        assert!(svg.text().starts_with("<svg") && svg.header("content-type") == Some("image/svg+xml"));
        let pdf = operator.get("/v1/plates/%D0%BA-00001.pdf?position=left");
        assert!(pdf.bytes.starts_with(b"%PDF-"), "{} {}", pdf.status, pdf.text());
        assert_eq!(pdf.header("content-type"), Some("application/pdf"));
        assert_eq!(foreign.get("/v1/plates/K00001.svg").status, 404);
        for (path, code) in [
            ("K00001.png?dpi=71", "dpi"),
            ("K00001.png?dpi=1201", "dpi"),
            ("K00001.png?position=top", "one_of"),
            ("K00001.svg?dpi=300", "unknown_parameter"),
            ("K00001.pdf?item=2&position=rear", "one_of"),
            ("K00001.svg?item=0", "item"),
            ("K00001.svg?part=label", "no_label"),
        ] {
            let refused = operator.get(&format!("/v1/plates/{path}"));
            assert_eq!(refused.problem(422, "invalid-request")["errors"][0]["code"], code, "{path}");
        }
        assert_eq!(operator.get("/v1/plates/K00001.svg?item=9").status, 404);
    }
}

#[test]
fn anybody_else_gets_a_specimen_that_opens_nothing() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        let regulator = registry.regulator();
        for position in ["rear", "left"] {
            let path = format!("/v1/plates/K00001.png?position={position}");
            let (valid, specimen) = (operator.get(&path), regulator.get(&path));
            assert_eq!(specimen.status, 200);
            assert_ne!(valid.bytes, specimen.bytes);
            assert!(specimen.header("content-disposition").unwrap().contains("-specimen.png"));
            let read = read_by_rqrr(&specimen.bytes);
            assert!(read.iter().all(|content| PlateLink::parse(content).is_err()), "{read:?}");
        }
        let svg = |person: &crate::people::Person| person.get("/v1/plates/K00001.svg").text();
        assert!(svg(&regulator).contains("fill=\"#fff\"") && !svg(&operator).contains("fill=\"#fff\""));
    }
}

#[test]
fn what_may_not_be_printed_is_refused_and_nothing_else_is() {
    for kind in kinds() {
        let registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll("device_id,in_service,out_of_service\nk-1,,\nk-2,2026-07-01,2026-07-31\n");
        operator.get("/v1/plates/K00002.svg").problem(409, "annulled-not-printed");
        let replaced = json!({"position": "rear", "reason": "stolen"});
        operator.post("/v1/plates/K00001/items", &replaced).expect(201);
        operator.get("/v1/plates/K00001.svg?item=1").problem(409, "plate-withdrawn");
        let links = links(&operator.get("/v1/plates/K00001"));
        let rear = operator.get("/v1/plates/K00001.png");
        assert_eq!(read_by_rqrr(&rear.bytes), [links[&4].clone()], "the one that is valid now");
        let regulator = registry.regulator();
        let suspension = format!("/v1/operators/{}/suspension", operator.id);
        regulator.post(&suspension, &json!({"reason": "test"})).expect(201);
        operator.get("/v1/plates/K00001.pdf").problem(409, "operator-suspended");
        assert_eq!(regulator.get("/v1/plates/K00001.pdf").status, 200);
        operator.get("/v1/plates/K00001").expect(200);
        regulator.delete(&suspension).expect(200);
        assert_eq!(operator.get("/v1/plates/K00001.pdf").status, 200);
    }
}

#[test]
fn what_the_settings_keep_off_the_plate_stands_on_its_label() {
    let more = [("PLATES__QR", "label"), ("PLATES__CONTROL_PAIR", "label")];
    let registry = TestRegistry::kz_with(kinds()[0], &more);
    let operator = registry.operator('K');
    operator.enroll(&fleet("k", 1));
    let links = links(&operator.get("/v1/plates/K00001"));
    for (item, position) in [(1, "rear"), (3, "right")] {
        let path = format!("/v1/plates/K00001.png?position={position}");
        assert!(read_by_rqrr(&operator.get(&path).bytes).is_empty(), "{position}");
        let label = operator.get(&format!("{path}&part=label"));
        assert_eq!(read_by_rqrr(&label.bytes), [links[&item].clone()], "{position}");
    }
}

#[test]
fn a_registry_whose_plates_do_not_fit_does_not_start_and_the_doctor_says_why() {
    let database = TestDatabase::create(kinds()[0]);
    let secrets = tempfile::tempdir().unwrap();
    let narrow =
        settings(&database.url, secrets.path(), &[("PLATES__REAR__WIDTH_MM", "120.5"), ("REGISTRY__SCHEME", "kz-158")]);
    let refused = startup::start(&narrow).err().unwrap();
    assert!(matches!(refused, startup::StartError::Plates(_)), "{refused}");
    let doctor = |width: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scooter-registry"));
        command.arg("doctor").env("SCOOTER_REGISTRY__DATABASE__URL", &database.url);
        command.env("SCOOTER_REGISTRY__SECRETS__DIRECTORY", secrets.path());
        let output = command.env("SCOOTER_REGISTRY__PLATES__REAR__WIDTH_MM", width).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let told = doctor("120.5");
    assert!(told.contains("needs 133.291 mm, and width_mm leaves 120.5 mm: 12.791 mm too little"), "{told}");
    let told = doctor("134");
    assert!(told.contains("version 2 (25 modules), level M"), "{told}");
    assert!(told.contains("plates.rear: 134 mm × 60 mm; the widest number, W44444"), "{told}");
    assert!(told.contains("modules of 1 mm and 33 mm with its quiet zone"), "{told}");
}

#[test]
fn the_command_writes_what_the_server_drew() {
    let registry = TestRegistry::kz(kinds()[0]);
    let operator = registry.operator('K');
    operator.enroll(&fleet("k", 1));
    let folder = tempfile::tempdir().unwrap();
    let print = |number: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scooter-registry"));
        command.current_dir(folder.path()).env("SCOOTER_REGISTRY_KEY", operator.key.as_deref().unwrap());
        command.args(["print", number, "--server", registry.url()]).args(more).output().unwrap()
    };
    assert!(print("K00001", &[]).status.success());
    let written = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(written("K00001-rear.pdf"), operator.get("/v1/plates/K00001.pdf").bytes);
    let more = ["--position", "left", "--format", "png", "--dpi", "200", "--output", "left.png"];
    assert!(print("k 00001", &more).status.success());
    assert_eq!(written("left.png"), operator.get("/v1/plates/K00001.png?position=left&dpi=200").bytes);
    let refused = print("K00002", &[]);
    assert_eq!(refused.status.code(), Some(1), "{}", String::from_utf8_lossy(&refused.stderr));
}
