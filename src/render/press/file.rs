//! A print file: items in, bytes and places out.
//!
//! *Invariant:* everything drawn is either black or the cut line; a specimen is refused, and nothing else makes one of a
//! plate. The bytes follow from settings, stock, slug and items.

use sha2::{Digest, Sha256};

use super::problem::PressError;
use super::sheet::Sheet;
use super::writer::Writer;
use super::{Die, Press, Slug};
use crate::model::Position;
use crate::render::{Inscription, Validity};

/// A plate that goes to press.
#[derive(Clone, Copy, Debug)]
pub struct PressItem<'a> {
    /// What stands on it; [`Validity::Valid`].
    pub inscription: Inscription<'a>,
    /// Where on the scooter it will stand.
    pub position: Position,
    /// Which of the number's plates it is: the tag covers it.
    pub item: u32,
    /// Which print of this plate it is: one, and more after reprints.
    pub copy: u32,
}

/// Where a plate lies in a file; all counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// On which page.
    pub sheet: u32,
    /// In which row of the page, from the top.
    pub row: u32,
    /// In which column, from the left.
    pub column: u32,
}

impl Placement {
    /// Returns the name of a file without its extension: `rear-001`.
    pub(super) fn file_stem(die: Die, number: u32) -> String {
        format!("{die}-{number:03}")
    }
}

/// A file that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PressFile {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// How many pages it has.
    pub sheets: u32,
    /// Where each item lies, in the order of the items.
    pub placements: Vec<Placement>,
}

impl Press<'_> {
    /// Draws a file; `number` counts the files of the die from one, as [`Press::plan`] does.
    ///
    /// # Errors
    /// A [`PressError`].
    pub fn draw_file(
        &self,
        slug: &Slug<'_>,
        die: Die,
        number: u32,
        items: &[PressItem<'_>],
    ) -> Result<PressFile, PressError> {
        let (grid, [a_sheet, most]) = self.grid(die).zip(self.capacity(die)).ok_or(PressError::NoDie(die))?;
        if items.is_empty() || items.len() > most {
            return Err(PressError::Count { stock: self.stock(), count: items.len(), most });
        }
        judge(die, items)?;
        let sheets = u32::try_from(items.len().div_ceil(a_sheet)).unwrap_or(u32::MAX);
        let mut writer = Writer::new(self.settings);
        let mut placements = Vec::with_capacity(items.len());
        for (sheet, (start, items)) in (1_u32..).zip((0..).step_by(a_sheet).zip(items.chunks(a_sheet))) {
            let mut drawn = Sheet::new(&mut writer, grid);
            for (place, item) in (0..).zip(items) {
                let index = || start + usize::try_from(place).unwrap_or_default();
                let face = self.faces.draw(die.kind, die.part, &item.inscription);
                let face = face.map_err(|source| PressError::Code { index: index(), source })?;
                drawn.plate(place, &face.ok_or(PressError::NoDie(die))?);
                let (row, column) = grid.row_and_column(place);
                placements.push(Placement { sheet, row: counted(row), column: counted(column) });
            }
            drawn.finish(&slug.line(die, number, sheet, sheets), i32::try_from(items.len()).unwrap_or(i32::MAX));
        }
        let bytes = writer.finish(identity(slug, die, number, items));
        Ok(PressFile { sha256: hex::encode(Sha256::digest(&bytes)), bytes, sheets, placements })
    }
}

/// From a count that begins at zero to one that begins at one.
fn counted(place: i32) -> u32 {
    u32::try_from(place).unwrap_or_default().saturating_add(1)
}

fn judge(die: Die, items: &[PressItem<'_>]) -> Result<(), PressError> {
    if items.iter().any(|item| item.inscription.validity != Validity::Valid) {
        return Err(PressError::Specimen);
    }
    match items.iter().position(|item| Die::of(item.position, die.part) != die) {
        Some(index) => Err(PressError::OtherDie { index, die }),
        None => Ok(()),
    }
}

/// What tells a file from every other one (ISO 32000-1, 14.4), from what it shows: a random one would differ on each run.
fn identity(slug: &Slug<'_>, die: Die, number: u32, items: &[PressItem<'_>]) -> [u8; 16] {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update(text);
        hash.update([0]);
    };
    [slug.operator, slug.batch, slug.job_hash, die.as_str(), &number.to_string()].into_iter().for_each(&mut add);
    for PressItem { inscription, .. } in items {
        [&inscription.number.to_string(), inscription.code, inscription.operator].into_iter().for_each(&mut add);
    }
    let hash = hash.finalize();
    hash.first_chunk::<16>().copied().unwrap_or_default()
}
