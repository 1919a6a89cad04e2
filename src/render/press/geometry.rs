//! Where plates, marks and slug lie on a page, in whole micrometres from its top left corner.
//!
//! *Invariant:* plates do not overlap, and neither marks nor slug touch a plate or its bleed. The grid is the same on every
//! sheet of a file; only a roll ends where its last row does.

use super::{Die, PressProblem, PressSettings, Stock};
use crate::render::{Area, Length};

/// A grid of plates on the pages of one stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) columns: i32,
    pub(super) rows: i32,
    /// Whether the sheet lies on its longer side.
    pub(super) is_turned: bool,
    /// Width and height of a plate.
    plate: [Length; 2],
    /// Width and height of a full page.
    page: [Length; 2],
    /// Where the first plate begins.
    first: [Length; 2],
    gap: Length,
    /// From the cut to the outer end of a mark.
    band: Length,
    mark_offset: Length,
    slug: Length,
    /// What stays unprinted along the edges.
    margin: Length,
    stock: Stock,
}

/// One page of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) size: [Length; 2],
    /// Where the page is trimmed: see [`Grid::page`].
    pub(super) trim: Area,
    pub(super) bleed: Area,
    /// Where the line of text stands; its bottom is the line on which the letters stand.
    pub(super) slug: Area,
}

/// White above the slug, and below it for what hangs down, as parts of the height of capitals.
const SLUG_BAND: i32 = 2;

impl Grid {
    /// Puts as many plates of this size on the stock as fit.
    pub(super) fn new(
        settings: &PressSettings,
        stock: Stock,
        die: Die,
        plate: [Length; 2],
    ) -> Result<Self, PressProblem> {
        let sheet = |width_key, height_key, size: [Length; 2]| -> Result<Self, PressProblem> {
            let keys = [width_key, height_key];
            let upright = Self::on(settings, stock, plate, size);
            let [width, height] = size;
            let turned = Self { is_turned: true, ..Self::on(settings, stock, plate, [height, width]) };
            // Where it makes no difference the sheet stands upright, as it lies in the tray.
            let can_turn = stock != Stock::Roll;
            let best = if can_turn && turned.plates() > upright.plates() { turned } else { upright };
            if best.plates() > 0 { Ok(best) } else { Err(upright.too_small(settings, keys, die, size)) }
        };
        match stock {
            Stock::A4 => sheet("a4.width_mm", "a4.height_mm", [settings.a4.width_mm, settings.a4.height_mm]),
            Stock::Sra3 => sheet("sra3.width_mm", "sra3.height_mm", [settings.sra3.width_mm, settings.sra3.height_mm]),
            Stock::Roll => {
                sheet("roll.width_mm", "roll.longest_mm", [settings.roll.width_mm, settings.roll.longest_mm])
            }
            Stock::Single => Ok(Self::alone(settings, plate)),
        }
    }

    fn on(settings: &PressSettings, stock: Stock, plate: [Length; 2], page: [Length; 2]) -> Self {
        let band = settings.mark_offset_mm + settings.mark_length_mm;
        let slug = settings.slug_mm * SLUG_BAND;
        let [width, height] = page;
        // The slug's height is kept free above too: a printer turns a sheet over and expects the middle in the middle.
        let around = [settings.margin_mm + band, settings.margin_mm + band + slug];
        let [plate_width, plate_height] = plate;
        let [beside, above] = around;
        let columns = fitting(width - beside * 2, plate_width, settings.gap_mm);
        let rows = fitting(height - above * 2, plate_height, settings.gap_mm);
        let filled = |plate, count| filled(plate, settings.gap_mm, count);
        // The middle rounded down by itself, for halves of micrometres must not push the last plate out.
        let left = middle(width - filled(plate_width, columns));
        let top = middle(height - filled(plate_height, rows));
        Self {
            columns,
            rows,
            is_turned: false,
            plate,
            page,
            first: [left, top],
            gap: settings.gap_mm,
            band,
            mark_offset: settings.mark_offset_mm,
            slug: settings.slug_mm,
            margin: settings.margin_mm,
            stock,
        }
    }

    /// A page a plate: the marks end where the page does, and the slug stands below them.
    fn alone(settings: &PressSettings, plate: [Length; 2]) -> Self {
        let band = settings.mark_offset_mm + settings.mark_length_mm;
        let [width, height] = plate;
        let page = [width + band * 2, height + band * 2 + settings.slug_mm * SLUG_BAND];
        Self {
            columns: 1,
            rows: 1,
            is_turned: false,
            plate,
            page,
            first: [band, band],
            gap: settings.gap_mm,
            band,
            mark_offset: settings.mark_offset_mm,
            slug: settings.slug_mm,
            margin: Length::ZERO,
            stock: Stock::Single,
        }
    }

    fn too_small(
        &self,
        settings: &PressSettings,
        keys: [&'static str; 2],
        die: Die,
        size: [Length; 2],
    ) -> PressProblem {
        let ([width_key, height_key], [has_width, has_height]) = (keys, size);
        let [width, height] = self.plate;
        let beside = (settings.margin_mm + self.band) * 2;
        let needs = width + beside;
        if self.columns < 1 {
            return PressProblem::Stock { key: width_key, die, needs, has: has_width };
        }
        let needs = height + beside + settings.slug_mm * (SLUG_BAND * 2);
        PressProblem::Stock { key: height_key, die, needs, has: has_height }
    }

    /// How many plates a full page has.
    pub(super) fn plates(&self) -> i32 {
        self.columns.saturating_mul(self.rows)
    }

    /// Where the plate at this place of a page lies, counted from zero, row by row.
    pub(super) fn plate(&self, place: i32) -> Area {
        let (row, column) = self.row_and_column(place);
        let ([left, top], [width, height]) = (self.first, self.plate);
        let left = left + (width + self.gap) * column;
        Area { left, top: top + (height + self.gap) * row, width, height }
    }

    /// The row and the column of a place, counted from zero.
    pub(super) fn row_and_column(&self, place: i32) -> (i32, i32) {
        let columns = self.columns.max(1);
        (place.div_euclid(columns), place.rem_euclid(columns))
    }

    /// The page with this many plates.
    ///
    /// On a page of a single plate the trim box is the plate and the bleed box the plate with its bleed: whoever imposes
    /// places pages by them. A sheet that is imposed already is printed as it is, and every plate on it is cut along the line
    /// of its own; its trim box and bleed box are the sheet (the one must lie within the other, and that within the media
    /// box; ISO 32000-1, 14.11.2), so that no workflow crops, moves or scales it. Why not the grid as the trim box: a RIP that
    /// centres by it would shift a half-filled roll, and one that crops by it would cut off the marks.
    pub(super) fn page(&self, plates: i32, bleed: Length) -> Page {
        let [width, full] = self.page;
        let rows = self.row_and_column(plates.saturating_sub(1)).0 + 1;
        let [_, plate] = self.plate;
        let unused = if self.stock == Stock::Roll { (plate + self.gap) * (self.rows - rows) } else { Length::ZERO };
        let height = full - unused;
        let (trim, bleed) = if self.stock == Stock::Single {
            let plate = self.plate(0);
            (plate, grown(&plate, bleed))
        } else {
            let whole = Area { left: Length::ZERO, top: Length::ZERO, width, height };
            (whole, whole)
        };
        let [left, _] = self.first;
        let baseline = height - self.margin - self.slug / 2;
        let slug = Area { left, top: baseline - self.slug, width: width - left * 2, height: self.slug };
        Page { size: [width, height], trim, bleed, slug }
    }

    /// The crop marks of a page with this many plates: lines, each by its two ends. They stand around the whole grid, in
    /// line with every cut that goes through it.
    pub(super) fn marks(&self, plates: i32) -> Vec<[[Length; 2]; 2]> {
        let used_rows = self.row_and_column(plates.saturating_sub(1)).0 + 1;
        let used_columns = plates.min(self.columns);
        let ([left, top], [width, height]) = (self.first, self.plate);
        let right = left + filled(width, self.gap, used_columns);
        let bottom = top + filled(height, self.gap, used_rows);
        let (near, far) = (self.mark_offset, self.band);
        let mut lines = Vec::new();
        for column in 0..used_columns {
            let from = left + (width + self.gap) * column;
            for x in [from, from + width] {
                lines.push([[x, top - far], [x, top - near]]);
                lines.push([[x, bottom + near], [x, bottom + far]]);
            }
        }
        for row in 0..used_rows {
            let from = top + (height + self.gap) * row;
            for y in [from, from + height] {
                lines.push([[left - far, y], [left - near, y]]);
                lines.push([[right + near, y], [right + far, y]]);
            }
        }
        lines
    }
}

/// How many things of this length lie in a row with gaps between them.
fn fitting(room: Length, thing: Length, gap: Length) -> i32 {
    let pitch = (thing + gap).as_micrometres();
    (room + gap).as_micrometres().checked_div_euclid(pitch).unwrap_or_default().max(0)
}

fn filled(thing: Length, gap: Length, count: i32) -> Length {
    if count < 1 { Length::ZERO } else { (thing + gap) * count - gap }
}

fn middle(white: Length) -> Length {
    Length::micrometres(white.as_micrometres().div_euclid(2))
}

fn grown(area: &Area, by: Length) -> Area {
    let (left, top) = (area.left - by, area.top - by);
    Area { left, top, width: area.width + by * 2, height: area.height + by * 2 }
}
