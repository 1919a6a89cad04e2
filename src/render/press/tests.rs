//! What every print file must hold: nothing overlaps, everything lies where it may, boxes are exact, bytes repeat.
//!
//! *Invariant:* files are judged by what stands in them, geometry by the lengths it comes to.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic,
    reason = "tests state what must hold"
)]

use proptest::prelude::*;

use super::geometry::Grid;
use super::*;
use crate::model::Position;
use crate::plate::{KZ_158, PlateNumber, SeriesLetter};
use crate::render::{Area, CodeUse, Faces, Inscription, Length, PairUse, PlateSettings, Validity};

fn shipped(section: &str) -> toml::Value {
    let mut shipped: toml::Table = include_str!("../../../config/base.toml").parse().unwrap();
    shipped.remove(section).unwrap()
}

fn settings() -> PressSettings {
    shipped("press").try_into().unwrap()
}

fn plates() -> PlateSettings {
    shipped("plates").try_into().unwrap()
}

fn faces() -> Faces {
    Faces::new(KZ_158, &plates(), "REG.TEST").unwrap()
}

const SLUG: Slug<'_> =
    Slug { operator: "Қала Самокат", batch: "2026-11-24-01", job_hash: "9f86d081884c7d659a2feaa0c55a" };

/// Draws so many plates of a die.
fn drawn(press: &Press<'_>, die: Die, count: u32, validity: Validity) -> Result<PressFile, PressError> {
    let letter = SeriesLetter::parse("W").unwrap();
    let numbers: Vec<_> = (0..count).map(|serial| PlateNumber::of(letter, 44_444 + serial).unwrap()).collect();
    let links: Vec<_> =
        numbers.iter().map(|number| format!("HTTPS://REG.TEST/P/{}/0123456789", number.machine_form())).collect();
    let position = if die.kind == crate::render::FaceKind::Rear { Position::Rear } else { Position::Left };
    let items = numbers.iter().zip(&links).map(|(number, code)| {
        let inscription = Inscription { number: *number, code, operator: "Жел Самокат", validity };
        PressItem { inscription, position, item: 1, copy: 1 }
    });
    press.draw_file(&SLUG, die, 1, &items.collect::<Vec<_>>())
}

/// The numbers of all boxes of this name, in points.
fn boxes(bytes: &[u8], name: &str) -> Vec<[f64; 4]> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let name = format!("/{name} [");
    let found = text.split(&name).skip(1).map(|rest| {
        let numbers = rest.split(']').next().unwrap().split_whitespace().map(|number| number.parse().unwrap());
        <[f64; 4]>::try_from(numbers.collect::<Vec<_>>()).unwrap()
    });
    found.collect()
}

/// Whether a box of points is these millimetres, within a hundredth.
#[track_caller]
fn is_box(found: [f64; 4], millimetres: [f64; 4]) {
    for (found, wanted) in found.into_iter().zip(millimetres) {
        assert!((found * 25.4 / 72.0 - wanted).abs() < 0.005, "{found} pt, {wanted} mm");
    }
}

fn is_apart(one: &Area, other: &Area, by: Length) -> bool {
    one.right() + by <= other.left
        || other.right() + by <= one.left
        || one.bottom() + by <= other.top
        || other.bottom() + by <= one.top
}

/// What holds of every page, whatever the settings.
fn judge_page(settings: &PressSettings, grid: &Grid, plates: i32, stock: Stock) {
    let page = grid.page(plates, settings.bleed_mm);
    let [width, height] = page.size;
    let edge = if stock == Stock::Single { Length::ZERO } else { settings.margin_mm };
    let lies: Vec<Area> = (0..plates).map(|place| grid.plate(place)).collect();
    for (index, plate) in lies.iter().enumerate() {
        assert!(lies[..index].iter().all(|other| is_apart(plate, other, settings.gap_mm)), "{plate:?} overlaps");
        let inside =
            plate.left >= edge && plate.top >= edge && plate.right() <= width - edge && plate.bottom() <= height - edge;
        assert!(inside, "{plate:?} outside {width} × {height}");
        let grown = Area {
            left: plate.left - settings.bleed_mm,
            top: plate.top - settings.bleed_mm,
            width: plate.width + settings.bleed_mm * 2,
            height: plate.height + settings.bleed_mm * 2,
        };
        assert!(is_apart(&grown, &page.slug, Length::ZERO), "the slug touches {plate:?}");
        for [[x, y], [right, bottom]] in grid.marks(plates) {
            let mark = Area { left: x, top: y, width: right - x, height: bottom - y };
            assert!(is_apart(&grown, &mark, Length::ZERO), "{mark:?} touches {plate:?}");
            assert!(is_apart(&mark, &page.slug, Length::ZERO), "{mark:?} touches the slug");
            assert!(x >= edge && y >= edge && right <= width - edge && bottom <= height - edge, "{mark:?}");
        }
    }
    assert!(page.slug.left >= edge && page.slug.right() <= width - edge && page.slug.bottom() <= height - edge);
    // Every cut that goes through the page has a mark at both of its ends.
    let marks = grid.marks(plates);
    for plate in &lies {
        for x in [plate.left, plate.right()] {
            assert_eq!(marks.iter().filter(|[from, until]| from[0] == x && until[0] == x).count(), 2);
        }
        for y in [plate.top, plate.bottom()] {
            assert_eq!(marks.iter().filter(|[from, until]| from[1] == y && until[1] == y).count(), 2);
        }
    }
}

#[test]
fn the_shipped_settings_put_plates_on_every_stock() {
    let (faces, settings) = (faces(), settings());
    Press::judge(&faces, &settings).unwrap();
    let counts = Stock::ALL.map(|stock| {
        let press = Press::new(&faces, &settings, stock).unwrap();
        press.dies().map(|die| press.capacity(die).unwrap()).collect::<Vec<_>>()
    });
    let [a4, sra3, roll, single] = counts;
    assert_eq!(a4, [[4, 5_000], [8, 5_000]]);
    assert_eq!(sra3, [[12, 4_992], [18, 4_986]]);
    assert_eq!(single, [[1, 5_000], [1, 5_000]]);
    assert!(roll[0][0] >= 80 && roll[1][0] >= 100, "{roll:?}");
}

#[test]
fn a_batch_goes_into_files_of_whole_sheets() {
    let (faces, settings) = (faces(), settings());
    let press = Press::new(&faces, &settings, Stock::Sra3).unwrap();
    let planned = press.plan(Die::ALL[0], 10_000);
    let seen: Vec<_> = planned.iter().map(|file| (file.name.as_str(), file.items.clone(), file.sheets)).collect();
    assert_eq!(
        seen,
        [("rear-001.pdf", 0..4_992, 416), ("rear-002.pdf", 4_992..9_984, 416), ("rear-003.pdf", 9_984..10_000, 2)]
    );
    assert!(press.plan(Die::ALL[0], 0).is_empty());
    assert!(press.plan(Die::ALL[2], 10).is_empty(), "there are no labels");
}

#[test]
fn a_single_page_is_trimmed_where_the_plate_ends_and_bleeds_around_it() {
    let (faces, settings) = (faces(), settings());
    let press = Press::new(&faces, &settings, Stock::Single).unwrap();
    for (die, [width, height]) in [(Die::ALL[0], [134.0, 60.0]), (Die::ALL[1], [120.0, 40.0])] {
        let file = drawn(&press, die, 3, Validity::Valid).unwrap();
        assert_eq!(file.sheets, 3);
        // Below the plate stand its marks (7 mm) and the slug (4 mm).
        let [media, bleed, trim] = ["MediaBox", "BleedBox", "TrimBox"].map(|name| boxes(&file.bytes, name));
        assert_eq!([media.len(), bleed.len(), trim.len()], [3; 3]);
        for page in 0..3 {
            is_box(media[page], [0.0, 0.0, width + 14.0, height + 18.0]);
            is_box(trim[page], [7.0, 11.0, width + 7.0, height + 11.0]);
            is_box(bleed[page], [5.0, 9.0, width + 9.0, height + 13.0]);
        }
    }
}

#[test]
fn a_sheet_is_trimmed_nowhere_and_a_roll_ends_after_its_last_row() {
    let (faces, settings) = (faces(), settings());
    let sra3 = drawn(&Press::new(&faces, &settings, Stock::Sra3).unwrap(), Die::ALL[0], 13, Validity::Valid).unwrap();
    for name in ["MediaBox", "BleedBox", "TrimBox"] {
        let found = boxes(&sra3.bytes, name);
        assert_eq!(found.len(), 2, "{name}");
        for found in found {
            is_box(found, [0.0, 0.0, 320.0, 450.0]);
        }
    }
    assert_eq!(sra3.placements[11], Placement { sheet: 1, row: 6, column: 2 });
    assert_eq!(sra3.placements[12], Placement { sheet: 2, row: 1, column: 1 });
    let roll = drawn(&Press::new(&faces, &settings, Stock::Roll).unwrap(), Die::ALL[0], 5, Validity::Valid).unwrap();
    let [_, _, width, height] = boxes(&roll.bytes, "MediaBox")[0].map(|points| points * 25.4 / 72.0);
    assert!((width - 610.0).abs() < 0.005 && height < 300.0, "{width} × {height}");
}

#[test]
fn the_same_items_give_the_same_bytes_and_others_give_another_identity() {
    let (faces, settings) = (faces(), settings());
    for stock in Stock::ALL {
        let press = Press::new(&faces, &settings, stock).unwrap();
        for die in [Die::ALL[0], Die::ALL[1]] {
            let [one, again] = [20, 20].map(|count| drawn(&press, die, count, Validity::Valid).unwrap());
            assert!(one == again, "{stock} {die}");
            let other = drawn(&press, die, 19, Validity::Valid).unwrap();
            let id = |file: &PressFile| {
                String::from_utf8_lossy(&file.bytes)
                    .rsplit("/ID [")
                    .next()
                    .unwrap()
                    .split(']')
                    .next()
                    .unwrap()
                    .to_owned()
            };
            assert_ne!(id(&one), id(&other));
            let text = String::from_utf8_lossy(&one.bytes).into_owned();
            assert!(!text.contains("Date") && !text.contains("/Info"));
        }
    }
}

#[test]
fn a_specimen_does_not_go_to_press_nor_does_a_plate_of_another_shape() {
    let (faces, settings) = (faces(), settings());
    let press = Press::new(&faces, &settings, Stock::A4).unwrap();
    assert_eq!(drawn(&press, Die::ALL[0], 2, Validity::Specimen), Err(PressError::Specimen));
    assert_eq!(drawn(&press, Die::ALL[2], 2, Validity::Valid), Err(PressError::NoDie(Die::ALL[2])));
    let most = PressError::Count { stock: Stock::A4, count: 0, most: 5_000 };
    assert_eq!(drawn(&press, Die::ALL[0], 0, Validity::Valid), Err(most));
    let number = PlateNumber::parse("K04271").unwrap();
    let inscription = Inscription { number, code: "HTTPS://REG.TEST/P/", operator: "", validity: Validity::Valid };
    let item = PressItem { inscription, position: Position::Right, item: 3, copy: 1 };
    let wrong = press.draw_file(&SLUG, Die::ALL[0], 1, &[item]);
    assert_eq!(wrong, Err(PressError::OtherDie { index: 0, die: Die::ALL[0] }));
    let lower = PressItem { inscription: Inscription { code: "https", ..inscription }, ..item };
    let wrong = press.draw_file(&SLUG, Die::ALL[1], 1, &[item, lower]);
    assert!(matches!(wrong, Err(PressError::Code { index: 1, .. })), "{wrong:?}");
}

/// Spoils the settings.
type Spoil = fn(&mut PressSettings);

#[test]
fn what_cannot_be_printed_is_refused_with_its_key() {
    let wrong: [(Spoil, &str); 13] = [
        (|it| it.plates_a_file = 5_001, "press.plates_a_file"),
        (|it| it.plates_a_file = 0, "press.plates_a_file"),
        (|it| it.cut_colour = "Black".to_owned(), "press.cut_colour"),
        (|it| it.cut_colour = String::new(), "press.cut_colour"),
        (|it| it.cut_shown_as = [0, 101, 0, 0], "press.cut_shown_as"),
        (|it| it.cut_line_mm = Length::ZERO, "press.cut_line_mm"),
        (|it| it.mark_line_mm = Length::millimetres(2), "press.mark_line_mm"),
        (|it| it.slug_mm = Length::ZERO, "press.slug_mm"),
        (|it| it.mark_offset_mm = Length::millimetres(1), "press.mark_offset_mm"),
        (|it| it.gap_mm = Length::millimetres(3), "press.gap_mm"),
        (|it| it.safety_mm = Length::millimetres(4), "press.safety_mm"),
        (|it| it.sra3.width_mm = Length::millimetres(150), "press.sra3.width_mm"),
        (|it| it.roll.longest_mm = Length::millimetres(80), "press.roll.longest_mm"),
    ];
    for (change, key) in wrong {
        let mut settings = settings();
        change(&mut settings);
        if key.contains("sra3") {
            settings.sra3.height_mm = Length::millimetres(150);
        }
        let problem = Press::judge(&faces(), &settings).unwrap_err().to_string();
        assert!(problem.starts_with(&format!("{key}: ")), "{problem}");
    }
}

#[test]
fn every_use_of_pair_and_code_is_drawn_on_every_stock() {
    for (pair, code) in [PairUse::Print, PairUse::Omit, PairUse::Label]
        .into_iter()
        .flat_map(|pair| [CodeUse::Face, CodeUse::Label, CodeUse::Omit].map(|code| (pair, code)))
    {
        let mut wanted = plates();
        (wanted.control_pair, wanted.qr) = (pair, code);
        let (faces, settings) = (Faces::new(KZ_158, &wanted, "REG.TEST").unwrap(), settings());
        for stock in Stock::ALL {
            let press = Press::new(&faces, &settings, stock).unwrap();
            assert_eq!(press.dies().count(), if pair == PairUse::Label || code == CodeUse::Label { 4 } else { 2 });
            for die in press.dies() {
                let [a_sheet, _] = press.capacity(die).unwrap();
                let file = drawn(&press, die, 3, Validity::Valid).unwrap();
                assert_eq!(file.sheets as usize, 3_usize.div_ceil(a_sheet), "{stock} {die}");
            }
            let report = press.preflight(&press.dies().map(|die| Ordered { die, items: 3 }).collect::<Vec<_>>());
            assert_eq!(report.warnings.contains(&PressWarning::NoCode), code == CodeUse::Omit);
        }
    }
}

#[test]
fn the_report_says_what_a_printer_asks() {
    let (faces, mut settings) = (faces(), settings());
    settings.module_least_mm = Length::micrometres(900);
    settings.bleed_mm = Length::micrometres(500);
    let press = Press::new(&faces, &settings, Stock::Sra3).unwrap();
    let report =
        press.preflight(&[Ordered { die: Die::ALL[0], items: 10_000 }, Ordered { die: Die::ALL[1], items: 20_000 }]);
    assert_eq!((report.items, report.files), (30_000, 8));
    assert_eq!(report.separations, ["Black", "CutContour"]);
    let rear = &report.dies[0];
    assert_eq!((rear.widest_number.as_deref(), rear.number_fits), (Some("W44444"), true));
    let code = rear.code.as_ref().unwrap();
    assert!((code.module_mm - 0.8).abs() < 1e-9 && code.quiet_modules >= 4.0, "{code:?}");
    let small = PressWarning::SmallModules { die: Die::ALL[0], module_mm: 0.8, least_mm: 0.9 };
    assert_eq!(report.warnings, [small, PressWarning::NarrowBleed { bleed_mm: 0.5, cut_tolerance_mm: 1.0 }]);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["dies"][1]["die"], "side");
    assert_eq!(json["warnings"][0]["kind"], "small_modules");
    let said = report.to_string();
    assert!(
        said.starts_with("30000 pieces on ") && said.contains("W44444") && said.contains("to be looked at"),
        "{said}"
    );
}

fn any_settings() -> impl Strategy<Value = PressSettings> {
    let lengths = (0_i32..12_000, 0_i32..3_000, 0_i32..6_000, 1_i32..8_000, 1_000_i32..4_000, 0_i32..9_000);
    lengths.prop_map(|(margin, bleed, offset, length, slug, gap)| {
        let mut settings = settings();
        settings.margin_mm = Length::micrometres(margin);
        settings.bleed_mm = Length::micrometres(bleed);
        settings.mark_offset_mm = Length::micrometres(bleed + offset + 1);
        settings.mark_length_mm = Length::micrometres(length);
        settings.slug_mm = Length::micrometres(slug);
        settings.gap_mm = Length::micrometres(1_000.max(bleed * 2) + gap);
        settings
    })
}

proptest! {
    #[test]
    fn nothing_on_a_page_overlaps_whatever_the_settings(
        settings in any_settings(), stock in prop::sample::select(Stock::ALL.to_vec()),
        width in 20_000_i32..200_000, height in 10_000_i32..150_000, share in 0.0_f64..1.0,
    ) {
        prop_assert_eq!(settings.judge(), Ok(()));
        let plate = [Length::micrometres(width), Length::micrometres(height)];
        if let Ok(grid) = Grid::new(&settings, stock, Die::ALL[0], plate) {
            let full = grid.plates();
            judge_page(&settings, &grid, full, stock);
            #[allow(clippy::cast_possible_truncation, reason = "a share of some hundreds")]
            judge_page(&settings, &grid, ((f64::from(full) * share) as i32).max(1), stock);
        }
    }

    #[test]
    fn a_plan_holds_every_item_once(items in 0_usize..40_000, a_file in 1_u32..5_000, stock in prop::sample::select(Stock::ALL.to_vec())) {
        let (faces, mut settings) = (faces(), settings());
        settings.plates_a_file = a_file;
        let press = Press::new(&faces, &settings, stock).unwrap();
        let [a_sheet, _] = press.capacity(Die::ALL[1]).unwrap();
        let planned = press.plan(Die::ALL[1], items);
        let mut next = 0;
        for (file, number) in planned.iter().zip(1..) {
            prop_assert_eq!((file.items.start, file.number), (next, number));
            prop_assert!(file.items.len() <= (a_file as usize).max(a_sheet) && !file.items.is_empty());
            prop_assert!(file.items.end == items || file.items.len().is_multiple_of(a_sheet));
            next = file.items.end;
        }
        prop_assert_eq!(next, items);
    }
}
