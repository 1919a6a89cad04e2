//! What a printer would ask before plates go to press, answered from the geometry that is drawn by.
//!
//! *Invariant:* says what is, and warns; what cannot be printed was refused before. Lengths are millimetres.

use serde::Serialize;
use std::fmt;

use super::{Die, Press, Stock};
use crate::render::symbol::QUIET_MODULES;
use crate::render::{CodeUse, widest_number};

/// How many plates of a die are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// The shape.
    pub die: Die,
    /// How many.
    pub items: usize,
}

/// The report; its words are those of the JSON in which it is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preflight {
    /// On what is printed.
    pub stock: Stock,
    /// The inks, and no other.
    pub separations: [String; 2],
    /// Percent of black ink in everything that is read.
    pub black_percent: u8,
    /// Percent of all inks below it: the ground is left as the material is.
    pub ground_percent: u8,
    /// How many plates and labels.
    pub items: usize,
    /// On how many sheets.
    pub sheets: usize,
    /// In how many files.
    pub files: usize,
    /// Each shape.
    pub dies: Vec<DieReport>,
    /// What is to be looked at.
    pub warnings: Vec<PressWarning>,
}

/// The report on one shape.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DieReport {
    /// The shape.
    pub die: Die,
    /// How many plates.
    pub items: usize,
    /// On how many sheets.
    pub sheets: usize,
    /// In which files.
    pub files: Vec<String>,
    /// How wide and high a plate is.
    pub size_mm: [f64; 2],
    /// How wide and high a full sheet is, as it lies.
    pub sheet_mm: [f64; 2],
    /// Whether the sheet lies on its longer side.
    pub is_turned: bool,
    /// How many plates lie beside each other.
    pub columns: u32,
    /// How many rows a full sheet has.
    pub rows: u32,
    /// How many plates a full sheet has.
    pub plates_a_sheet: usize,
    /// What stays free of ink inside the cut, at the least.
    pub white_mm: f64,
    /// The widest number of the scheme; absent on a label, where it stands in small.
    pub widest_number: Option<String>,
    /// How wide it is.
    pub number_mm: Option<f64>,
    /// How wide it may be: the plate without what must stay white at its sides.
    pub room_mm: Option<f64>,
    /// Whether the widest number fits.
    pub number_fits: bool,
    /// The QR code, where it bears one.
    pub code: Option<CodeReport>,
}

/// The report on a QR code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodeReport {
    /// Its version.
    pub version: u8,
    /// How many modules a side has.
    pub modules: u8,
    /// The side of a module.
    pub module_mm: f64,
    /// The least sensible one.
    pub module_least_mm: f64,
    /// How many modules stay white around it even where the cut strays as far as is allowed; four are needed.
    pub quiet_modules: f64,
    /// How far the cut may stray.
    pub cut_tolerance_mm: f64,
}

/// What is to be looked at before plates go to press.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PressWarning {
    /// The modules are smaller than is sensible.
    SmallModules {
        /// On what.
        die: Die,
        /// The side of a module.
        module_mm: f64,
        /// The least sensible one.
        least_mm: f64,
    },
    /// The quiet zone is less than four modules where the cut strays as far as is allowed.
    NarrowQuietZone {
        /// On what.
        die: Die,
        /// How many modules stay.
        modules: f64,
    },
    /// The bleed is less than the cut may stray.
    NarrowBleed {
        /// The bleed.
        bleed_mm: f64,
        /// How far the cut may stray.
        cut_tolerance_mm: f64,
    },
    /// The host of the link makes the code larger than the smallest version.
    LargeCode {
        /// Its version.
        version: u8,
    },
    /// Neither plates nor labels bear a QR code.
    NoCode,
}

impl Press<'_> {
    /// Reports on a batch. Shapes that this registry does not have are left out.
    #[must_use]
    pub fn preflight(&self, ordered: &[Ordered]) -> Preflight {
        let wanted = |die: Die| ordered.iter().filter(|it| it.die == die).map(|it| it.items).sum::<usize>();
        let counted = self.dies().map(|die| (die, wanted(die))).filter(|(_, items)| *items > 0);
        let dies: Vec<_> = counted.filter_map(|(die, items)| self.report(die, items)).collect();
        Preflight {
            stock: self.stock,
            separations: ["Black".to_owned(), self.settings.cut_colour.clone()],
            black_percent: 100,
            ground_percent: 0,
            items: dies.iter().map(|die| die.items).sum(),
            sheets: dies.iter().map(|die| die.sheets).sum(),
            files: dies.iter().map(|die| die.files.len()).sum(),
            warnings: self.warnings(&dies),
            dies,
        }
    }

    fn report(&self, die: Die, items: usize) -> Option<DieReport> {
        let layout = self.faces.layout(die.kind, die.part)?;
        let plates = self.faces.settings();
        let lengths = plates.of(die.kind);
        let grid = self.grid(die)?;
        let [plates_a_sheet, _] = self.capacity(die)?;
        let planned = self.plan(die, items);
        let (size, sheet) = self.sizes(die)?;
        let number = layout.number.as_ref().map(|(grid, _)| grid.width());
        let room = layout.size.width - lengths.margin_mm * 2;
        let code = layout.code.map(|(area, module)| {
            let white = layout.white_around(&area) - plates.cut_tolerance_mm;
            CodeReport {
                version: self.faces.version().number(),
                modules: self.faces.version().modules(),
                module_mm: module.as_millimetres(),
                module_least_mm: self.settings.module_least_mm.as_millimetres(),
                quiet_modules: quiet(white.as_millimetres(), module.as_millimetres()),
                cut_tolerance_mm: plates.cut_tolerance_mm.as_millimetres(),
            }
        });
        let white = layout.whites(lengths.text_mm).into_iter().map(|(_, white)| white).min().unwrap_or_default();
        Some(DieReport {
            die,
            items,
            sheets: planned.iter().map(|file| file.sheets).sum(),
            files: planned.into_iter().map(|file| file.name).collect(),
            size_mm: size.map(crate::render::Length::as_millimetres),
            sheet_mm: sheet.map(crate::render::Length::as_millimetres),
            is_turned: grid.is_turned,
            columns: u32::try_from(grid.columns).unwrap_or_default(),
            rows: u32::try_from(grid.rows).unwrap_or_default(),
            plates_a_sheet,
            white_mm: white.as_millimetres(),
            widest_number: number.and_then(|_| widest_number(self.faces.scheme())).map(|number| number.to_string()),
            number_mm: number.map(crate::render::Length::as_millimetres),
            room_mm: number.map(|_| room.as_millimetres()),
            number_fits: number.is_none_or(|number| number <= room),
            code,
        })
    }

    fn warnings(&self, dies: &[DieReport]) -> Vec<PressWarning> {
        let settings = self.faces.settings();
        let mut warnings = Vec::new();
        for (die, code) in dies.iter().filter_map(|die| Some((die.die, die.code.as_ref()?))) {
            if code.module_mm < code.module_least_mm {
                let (module_mm, least_mm) = (code.module_mm, code.module_least_mm);
                warnings.push(PressWarning::SmallModules { die, module_mm, least_mm });
            }
            if code.quiet_modules < f64::from(QUIET_MODULES) {
                warnings.push(PressWarning::NarrowQuietZone { die, modules: code.quiet_modules });
            }
        }
        if self.settings.bleed_mm < settings.cut_tolerance_mm {
            let [bleed_mm, cut_tolerance_mm] =
                [self.settings.bleed_mm, settings.cut_tolerance_mm].map(crate::render::Length::as_millimetres);
            warnings.push(PressWarning::NarrowBleed { bleed_mm, cut_tolerance_mm });
        }
        if settings.qr == CodeUse::Omit {
            warnings.push(PressWarning::NoCode);
        } else if self.faces.version() > crate::render::CodeVersion::SMALLEST {
            warnings.push(PressWarning::LargeCode { version: self.faces.version().number() });
        }
        warnings
    }
}

/// Modules of white, to a hundredth downward: a report that rounds up would hide what is missing.
fn quiet(white_mm: f64, module_mm: f64) -> f64 {
    (white_mm / module_mm * 100.0 + 1e-6).floor() / 100.0
}

impl fmt::Display for PressWarning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SmallModules { die, module_mm, least_mm } => {
                write!(
                    formatter,
                    "{die}: a module of the QR code has {module_mm} mm; below {least_mm} mm it is hard to read"
                )
            }
            Self::NarrowQuietZone { die, modules } => {
                write!(
                    formatter,
                    "{die}: {modules} modules stay white around the QR code, and {QUIET_MODULES} are needed"
                )
            }
            Self::NarrowBleed { bleed_mm, cut_tolerance_mm } => {
                write!(formatter, "the bleed is {bleed_mm} mm, and the cut may stray by {cut_tolerance_mm} mm")
            }
            Self::LargeCode { version } => {
                write!(formatter, "the host makes the QR code version {version}; up to 8 characters make it version 2")
            }
            Self::NoCode => formatter.write_str("neither plates nor labels bear a QR code"),
        }
    }
}

impl fmt::Display for Preflight {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { items, sheets, files, stock, .. } = self;
        writeln!(formatter, "{items} pieces on {sheets} sheets ({stock}) in {files} files")?;
        writeln!(
            formatter,
            "inks: {} and no other; {} % black on bare material",
            self.separations.join(" and "),
            self.black_percent
        )?;
        for die in &self.dies {
            writeln!(formatter, "{die}")?;
        }
        self.warnings.iter().try_for_each(|warning| writeln!(formatter, "to be looked at: {warning}"))
    }
}

impl fmt::Display for DieReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { die, items, sheets, columns, rows, white_mm, .. } = self;
        let ([width, height], [sheet_width, sheet_height]) = (self.size_mm, self.sheet_mm);
        write!(
            formatter,
            "{die}: {items} of {width} × {height} mm on {sheets} sheets of {sheet_width} × {sheet_height} mm, "
        )?;
        write!(formatter, "{columns} × {rows} a sheet; {white_mm} mm free of ink inside the cut")?;
        if let Some(((widest, number), room)) = self.widest_number.as_ref().zip(self.number_mm).zip(self.room_mm) {
            let fits = if self.number_fits { "fits" } else { "does not fit" };
            write!(formatter, "; the widest number, {widest}, has {number} mm and {fits} into {room} mm")?;
        }
        if let Some(code) = &self.code {
            let CodeReport { version, module_mm, quiet_modules, cut_tolerance_mm, .. } = code;
            write!(
                formatter,
                "; QR code version {version}, modules of {module_mm} mm, {quiet_modules} of them white around it "
            )?;
            write!(formatter, "even if the cut strays by {cut_tolerance_mm} mm")?;
        }
        Ok(())
    }
}
