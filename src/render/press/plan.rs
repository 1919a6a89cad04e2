//! A stock measured for the plates of a registry, and the files into which a batch goes.
//!
//! *Invariant:* only the last sheet of the last file of a die is not full, so that no sheet is wasted at a border of files.

use std::collections::BTreeMap;
use std::ops::Range;

use super::geometry::Grid;
use super::problem::PressProblem;
use super::{Die, Placement, PressSettings, Stock};
use crate::render::{Area, Faces, Length};

/// A stock measured for the plates of a registry.
#[derive(Clone, Debug)]
pub struct Press<'a> {
    pub(super) faces: &'a Faces,
    pub(super) settings: &'a PressSettings,
    pub(super) stock: Stock,
    grids: BTreeMap<&'static str, Grid>,
}

/// A file of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFile {
    /// Its name: `rear-001.pdf`.
    pub name: String,
    /// What is cut from it.
    pub die: Die,
    /// Which file of the die it is, counted from one.
    pub number: u32,
    /// Which of the die's items stand in it, counted from zero.
    pub items: Range<usize>,
    /// How many sheets it has.
    pub sheets: usize,
}

impl<'a> Press<'a> {
    /// Measures a stock.
    ///
    /// # Errors
    /// A [`PressProblem`], which names the key that is to be changed.
    pub fn new(faces: &'a Faces, settings: &'a PressSettings, stock: Stock) -> Result<Self, PressProblem> {
        settings.judge()?;
        let mut grids = BTreeMap::new();
        for die in Die::ALL {
            let Some(layout) = faces.layout(die.kind, die.part) else { continue };
            for (what, has) in layout.whites(faces.settings().of(die.kind).text_mm) {
                if has < settings.safety_mm {
                    return Err(PressProblem::Safety { die, what, needs: settings.safety_mm, has });
                }
            }
            let size = [layout.size.width, layout.size.height];
            grids.insert(die.as_str(), Grid::new(settings, stock, die, size)?);
        }
        Ok(Self { faces, settings, stock, grids })
    }

    /// Judges whether the plates of a registry can be printed on every stock.
    ///
    /// # Errors
    /// A [`PressProblem`], which names the key that is to be changed.
    pub fn judge(faces: &Faces, settings: &PressSettings) -> Result<(), PressProblem> {
        Stock::ALL.into_iter().try_for_each(|stock| Press::new(faces, settings, stock).map(drop))
    }

    /// Returns on what is printed.
    #[must_use]
    pub const fn stock(&self) -> Stock {
        self.stock
    }

    /// Returns the shapes that this registry has, in the order of the files of a batch.
    pub fn dies(&self) -> impl Iterator<Item = Die> + '_ {
        Die::ALL.into_iter().filter(|die| self.grids.contains_key(die.as_str()))
    }

    /// Returns how many plates a full sheet has, and a file at most: whole sheets. `None` where there is no such die.
    #[must_use]
    pub fn capacity(&self, die: Die) -> Option<[usize; 2]> {
        let a_sheet = usize::try_from(self.grid(die)?.plates()).ok()?.max(1);
        let a_file = usize::try_from(self.settings.plates_a_file).ok()?;
        Some([a_sheet, (a_file / a_sheet * a_sheet).max(a_sheet)])
    }

    /// Returns the files into which so many items of a die go; none where there is no such die, or no item.
    #[must_use]
    pub fn plan(&self, die: Die, items: usize) -> Vec<PlannedFile> {
        let Some([a_sheet, a_file]) = self.capacity(die) else { return Vec::new() };
        let starts = (0..items).step_by(a_file);
        let planned = (1_u32..).zip(starts).map(|(number, from)| {
            let until = (from + a_file).min(items);
            let sheets = (until - from).div_ceil(a_sheet);
            let name = format!("{}.pdf", Placement::file_stem(die, number));
            PlannedFile { name, die, number, items: from..until, sheets }
        });
        planned.collect()
    }

    /// Returns where on its sheet a plate lies, from the sheet's top left corner; `None` where the die has no such place.
    #[must_use]
    pub fn area(&self, die: Die, placement: &Placement) -> Option<Area> {
        let grid = self.grid(die)?;
        let [row, column] = [placement.row, placement.column].map(|count| i32::try_from(count).unwrap_or(i32::MAX));
        let is_there = (1..=grid.rows).contains(&row) && (1..=grid.columns).contains(&column);
        is_there.then(|| grid.plate((row - 1) * grid.columns + column - 1))
    }

    pub(super) fn grid(&self, die: Die) -> Option<&Grid> {
        self.grids.get(die.as_str())
    }

    /// Returns the size of a plate, and of a full page.
    pub(super) fn sizes(&self, die: Die) -> Option<([Length; 2], [Length; 2])> {
        let grid = self.grid(die)?;
        let Area { width, height, .. } = grid.plate(0);
        Some(([width, height], grid.page(grid.plates(), self.settings.bleed_mm).size))
    }
}
