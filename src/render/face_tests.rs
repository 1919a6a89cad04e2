//! What every picture must hold: the same bytes for the same plate, everything in its place, margins and quiet zone kept.
//!
//! *Invariant:* pictures are judged by their pixels, not by the code that drew them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic,
    reason = "tests state what must hold"
)]

use proptest::prelude::*;

use super::face::{Face, FaceProblem, Faces, Inscription, Mark, Validity};
use super::length::Length;
use super::png::{Dpi, Plotter};
use super::settings::{CodeUse, FaceKind, PairUse, Part, PlateSettings};
use super::symbol::Symbol;
use super::{narrowest_number, pdf, svg, widest_number};
use crate::plate::{KZ_158, PlateNumber, SeriesLetter};

fn settings() -> PlateSettings {
    let mut shipped: toml::Table = include_str!("../../config/base.toml").parse().unwrap();
    shipped.remove("plates").unwrap().try_into().unwrap()
}

fn faces() -> Faces {
    Faces::new(KZ_158, &settings(), "REG.TEST").unwrap()
}

fn link(number: PlateNumber) -> String {
    format!("HTTPS://REG.TEST/P/{}/0123456789", number.machine_form())
}

fn drawn(faces: &Faces, kind: FaceKind, part: Part, number: PlateNumber, validity: Validity) -> Face {
    let what = Inscription { number, code: &link(number), operator: "Қала «Жел» Самокат", validity };
    faces.draw(kind, part, &what).unwrap().unwrap()
}

fn plate(kind: FaceKind, number: PlateNumber) -> Face {
    drawn(&faces(), kind, Part::Plate, number, Validity::Valid)
}

/// Pixels of a picture: whether each is black.
struct Pixels {
    width: usize,
    black: Vec<bool>,
}

impl Pixels {
    fn of(face: &Face, dpi: u16) -> Self {
        let file = Plotter::new(Dpi::new(dpi).unwrap()).draw(face).unwrap();
        let image = image::load_from_memory(&file).unwrap().to_luma8();
        Self { width: image.width() as usize, black: image.pixels().map(|pixel| pixel.0[0] == 0).collect() }
    }

    fn at(&self, x: usize, y: usize) -> bool {
        self.black[y * self.width + x]
    }

    fn height(&self) -> usize {
        self.black.len() / self.width
    }

    fn is_white(&self, xs: std::ops::Range<usize>, ys: std::ops::Range<usize>) -> bool {
        ys.into_iter().all(|y| xs.clone().all(|x| !self.at(x, y)))
    }
}

fn pixel(length: Length, dpi: u16) -> usize {
    usize::try_from(length.pixels(u32::from(dpi))).unwrap()
}

fn the_code(face: &Face) -> Option<(Symbol, super::Area, Length)> {
    face.marks.iter().find_map(|mark| match mark {
        Mark::Code { symbol, area, module } => Some((Symbol::clone(symbol), *area, *module)),
        _ => None,
    })
}

fn any_number() -> impl Strategy<Value = PlateNumber> {
    (0_usize..26, 1_u32..=99_999)
        .prop_filter_map("lawful", |(rank, serial)| PlateNumber::of(SeriesLetter::all().nth(rank)?, serial).ok())
}

fn any_kind() -> impl Strategy<Value = FaceKind> {
    prop_oneof![Just(FaceKind::Rear), Just(FaceKind::Side)]
}

/// Margins, quiet zone, and that nothing lies over anything else: the boxes of number, pair, code and text are apart.
fn judge(kind: FaceKind, number: PlateNumber) {
    let (settings, dpi) = (settings(), 300);
    let face = plate(kind, number);
    let pixels = Pixels::of(&face, dpi);
    // What was rounded may reach one pixel further.
    let margin = pixel(settings.of(kind).margin_mm, dpi) - 1;
    let (width, height) = (pixels.width, pixels.height());
    assert!(pixels.is_white(0..width, 0..margin), "{kind:?} {number}: above");
    assert!(pixels.is_white(0..width, height - margin..height), "{kind:?} {number}: below");
    assert!(pixels.is_white(0..margin, 0..height), "{kind:?} {number}: left");
    assert!(pixels.is_white(width - margin..width, 0..height), "{kind:?} {number}: right");
    let (_, area, module) = the_code(&face).unwrap();
    let [left, right] = [area.left, area.right()].map(|length| pixel(length, dpi));
    let [top, bottom] = [area.top, area.bottom()].map(|length| pixel(length, dpi));
    let quiet = pixel(module * 4, dpi) - 1;
    let around = (left - quiet..right + quiet, top - quiet..bottom + quiet);
    assert!(around.0.end <= width && around.1.end <= height);
    for (xs, ys) in [
        (around.0.clone(), around.1.start..top),
        (around.0.clone(), bottom..around.1.end),
        (around.0.start..left, around.1.clone()),
        (right..around.0.end, around.1.clone()),
    ] {
        assert!(pixels.is_white(xs, ys), "{kind:?} {number}: the quiet zone");
    }
}

#[test]
fn the_widest_and_the_narrowest_number_fit_with_margins_and_quiet_zone() {
    for kind in FaceKind::ALL {
        for number in [widest_number(KZ_158).unwrap(), narrowest_number(KZ_158).unwrap()] {
            judge(kind, number);
        }
    }
}

#[test]
fn number_pair_code_and_text_stand_apart_whatever_the_number() {
    for kind in FaceKind::ALL {
        let face = plate(kind, widest_number(KZ_158).unwrap());
        let (_, code, module) = the_code(&face).unwrap();
        let quiet = module * 4;
        for mark in &face.marks {
            if let Mark::Glyph { character, origin, baseline, cap } = mark {
                let right = *origin + super::typeface::ink_width(*character, *cap);
                let apart = right <= code.left - quiet
                    || *origin >= code.right() + quiet
                    || *baseline <= code.top - quiet
                    || *baseline - *cap >= code.bottom() + quiet;
                assert!(apart, "{kind:?} {character}");
            }
        }
    }
}

#[test]
fn settings_that_do_not_fit_are_refused_with_what_they_lack() {
    let mut narrow = settings();
    narrow.rear.width_mm = Length::millimetres(130);
    let Err(FaceProblem::Layout(problem)) = Faces::new(KZ_158, &narrow, "REG.TEST") else { panic!("it does not fit") };
    assert_eq!((problem.section, problem.key), ("plates.rear", "width_mm"));
    assert_eq!(problem.needs - problem.has, Length::micrometres(3_291), "{problem}");
    let mut low = settings();
    low.side.height_mm = Length::millimetres(30);
    let problem = Faces::new(KZ_158, &low, "REG.TEST").unwrap_err();
    assert!(matches!(problem, FaceProblem::Layout(problem) if problem.key == "height_mm"));
    assert!(matches!(Faces::new(KZ_158, &settings(), "РЕГ.KZ"), Err(FaceProblem::Host(_))));
}

#[test]
fn a_longer_host_takes_version_3_and_still_fits() {
    assert_eq!(faces().version().number(), 2);
    assert_eq!(Faces::new(KZ_158, &settings(), "samokat.gov.kz").unwrap().version().number(), 3);
}

#[test]
fn what_is_left_off_leaves_an_even_plate_and_what_is_labelled_goes_to_the_sticker() {
    let number = PlateNumber::parse("K04271").unwrap();
    for (pair, code) in
        [(PairUse::Omit, CodeUse::Omit), (PairUse::Label, CodeUse::Label), (PairUse::Label, CodeUse::Face)]
    {
        let mut wanted = settings();
        (wanted.control_pair, wanted.qr) = (pair, code);
        let faces = Faces::new(KZ_158, &wanted, "REG.TEST").unwrap();
        for kind in FaceKind::ALL {
            let face = drawn(&faces, kind, Part::Plate, number, Validity::Valid);
            assert_eq!(the_code(&face).is_some(), code == CodeUse::Face, "{kind:?} {code:?}");
            let bars = face.marks.iter().filter(|mark| matches!(mark, Mark::Bar(_))).count();
            assert_eq!(bars, 0, "{kind:?}");
            let what = Inscription { number, code: &link(number), operator: "", validity: Validity::Valid };
            let label = faces.draw(kind, Part::Label, &what).unwrap();
            assert_eq!(label.is_some(), pair == PairUse::Label);
            if let Some(label) = label {
                assert_eq!(the_code(&label).is_some(), code == CodeUse::Label);
                assert!(label.width < face.width && label.height <= face.height);
            }
        }
    }
}

#[test]
fn a_specimen_is_one_in_every_output() {
    let number = PlateNumber::parse("K04271").unwrap();
    for kind in FaceKind::ALL {
        let valid = plate(kind, number);
        let specimen = drawn(&faces(), kind, Part::Plate, number, Validity::Specimen);
        assert_eq!(specimen.marks.len(), valid.marks.len() + 2);
        assert!(svg(&specimen).contains("#fff") && !svg(&valid).contains("#fff"));
        let [one, other] = [&valid, &specimen].map(|face| Pixels::of(face, 100));
        let changed = one.black.iter().zip(&other.black).filter(|(one, other)| one != other).count();
        assert!(changed * 20 > one.black.len(), "{changed} of {}", one.black.len());
        assert!(pdf(&specimen) != pdf(&valid));
    }
}

#[test]
fn a_picture_says_its_size_and_resolution() {
    let face = plate(FaceKind::Rear, PlateNumber::parse("K04271").unwrap());
    let file = Plotter::new(Dpi::USUAL).draw(&face).unwrap();
    let reader = ::png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
    let info = reader.info();
    assert_eq!((info.width, info.height), (1583, 709));
    assert_eq!(info.bit_depth, ::png::BitDepth::One);
    assert_eq!(info.pixel_dims.unwrap().xppu, 11_811);
    assert!(svg(&face).contains("width=\"134mm\" height=\"60mm\" viewBox=\"0 0 134 60\""));
    let text = String::from_utf8_lossy(&pdf(&face)).into_owned();
    for part in ["/MediaBox [0 0 379.84", "/TrimBox [0 0 379.84", "0 0 0 1 k"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("/CreationDate") && !text.contains("/ID") && !text.contains(" rg"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_same_plate_gives_the_same_bytes(number in any_number(), other in any_number(), kind in any_kind(), dpi in 72_u16..400) {
        let face = plate(kind, number);
        prop_assert_eq!(svg(&face), svg(&plate(kind, number)));
        prop_assert_eq!(pdf(&face), pdf(&plate(kind, number)));
        let mut used = Plotter::new(Dpi::new(dpi).unwrap());
        used.draw(&plate(FaceKind::Rear, other)).unwrap();
        used.draw(&plate(FaceKind::Side, other)).unwrap();
        prop_assert_eq!(used.draw(&face).unwrap(), Plotter::new(Dpi::new(dpi).unwrap()).draw(&face).unwrap());
    }

    #[test]
    fn every_module_stands_where_the_geometry_says(number in any_number(), kind in any_kind(), dpi in 200_u16..700) {
        let face = plate(kind, number);
        let pixels = Pixels::of(&face, dpi);
        let (symbol, area, module) = the_code(&face).unwrap();
        for row in 0..symbol.width() {
            for column in 0..symbol.width() {
                let middle = |from: Length, at: usize| {
                    pixel(from + module * i32::try_from(at).unwrap() + module / 2, dpi)
                };
                let found = pixels.at(middle(area.left, column), middle(area.top, row));
                prop_assert_eq!(found, symbol.is_dark(column, row), "column {} row {}", column, row);
            }
        }
    }

    #[test]
    fn every_number_keeps_margins_and_quiet_zone(number in any_number(), kind in any_kind()) {
        judge(kind, number);
    }
}
