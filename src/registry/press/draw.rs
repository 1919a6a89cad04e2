//! One file of a job drawn.
//!
//! *Invariant:* a function of the frozen order, the file's place in it, and settings that were found unchanged; nothing is
//! read and nothing recorded here.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::asked::Output;
use super::error::PrintJobError;
use super::frozen::{Frozen, measured};
use crate::model::PlateItem;
use crate::plate::PlateNumber;
use crate::registry::Registry;
use crate::registry::items::code_of;
use crate::registry::print::{Format, write};
use crate::render::press::{Die, Manifest, Placement, PressFile, PressItem};
use crate::render::{Inscription, Plotter, Validity};
use crate::storage::print_jobs::{MadeFile, PrintRow, StoredFile};

/// The plates of a file, with what their codes say; in the order of the rows.
pub(super) struct Shown {
    pieces: Vec<(PlateItem, String, u32)>,
}

impl Shown {
    /// Puts together what stands in a file: every row as often as there are copies that fall into it.
    ///
    /// # Errors
    /// [`PrintJobError::OrderUnreadable`] where an item is gone, which nothing does; [`PrintJobError::NoKey`].
    pub(super) fn of(
        registry: &Registry,
        frozen: &Frozen<'_>,
        file: &StoredFile,
        rows: &[PrintRow],
        items: Vec<PlateItem>,
    ) -> Result<Self, PrintJobError> {
        let mut items: HashMap<(PlateNumber, u32), PlateItem> =
            items.into_iter().map(|item| ((item.number, item.item), item)).collect();
        let end = file.first.saturating_add(file.pieces);
        let mut pieces = Vec::new();
        for row in rows {
            let item = items.remove(&(row.number, row.item)).ok_or(PrintJobError::OrderUnreadable("item"))?;
            let code = code_of(registry, &item).ok_or(PrintJobError::NoKey)?;
            for (copy, piece) in (1_u32..).zip(row.place * frozen.copies..(row.place + 1) * frozen.copies) {
                if (file.first..end).contains(&piece) {
                    pieces.push((item.clone(), code.clone(), copy));
                }
            }
        }
        if i64::try_from(pieces.len()) == Ok(file.pieces) {
            Ok(Self { pieces })
        } else {
            Err(PrintJobError::OrderUnreadable("items"))
        }
    }

    fn items<'a>(&'a self, operator: &'a str) -> Vec<PressItem<'a>> {
        let pieces = self.pieces.iter().map(|(item, code, copy)| PressItem {
            inscription: Inscription { number: item.number, code, operator, validity: Validity::Valid },
            position: item.position,
            item: item.item,
            copy: *copy,
        });
        pieces.collect()
    }
}

/// Draws a file.
///
/// # Errors
/// [`PrintJobError`].
pub(super) fn draw(
    registry: &Registry,
    frozen: &Frozen<'_>,
    file: &StoredFile,
    shown: &Shown,
) -> Result<MadeFile, PrintJobError> {
    let items = shown.items(&frozen.job.operator_name);
    let die = Die::ALL.into_iter().find(|die| die.as_str() == file.die);
    let die = die.ok_or(PrintJobError::OrderUnreadable("die"))?;
    match frozen.output {
        Output::Pdf(_) => {
            let press = measured(&registry.rules, frozen.output)?;
            let number = u32::try_from(file.serial).unwrap_or_default();
            let drawn = press.draw_file(&frozen.slug(), die, number, &items)?;
            let mut manifest = Manifest::going_on();
            manifest.add(&file.name, &drawn, &items);
            Ok(MadeFile {
                sha256: drawn.sha256,
                sheets: i32::try_from(drawn.sheets).ok(),
                content: drawn.bytes,
                listed: manifest.into_bytes(),
            })
        }
        Output::Svg | Output::Png(_) => pictures(registry, frozen.output, die, &items),
    }
}

/// How files are packed: no time and no rights of a machine; pixels and sheets are compressed already.
pub(super) fn packed(method: CompressionMethod) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
}

fn pictures(registry: &Registry, output: Output, die: Die, items: &[PressItem<'_>]) -> Result<MadeFile, PrintJobError> {
    let mut plotter = output.dpi().map(Plotter::new);
    let method = if plotter.is_some() { CompressionMethod::Stored } else { CompressionMethod::Deflated };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut manifest = Manifest::going_on();
    for piece in items {
        let face = registry.rules.faces.draw(die.kind, die.part, &piece.inscription)?.ok_or(PrintJobError::NoLabel)?;
        let bytes = match &mut plotter {
            Some(plotter) => plotter.draw(&face)?,
            None => write(&face, Format::Svg)?,
        };
        let number = piece.inscription.number;
        let name = format!("{die}/{number}-{}-{}.{}", piece.position, piece.item, output.name());
        archive.start_file(&name, packed(method))?;
        archive.write_all(&bytes).map_err(zip::result::ZipError::Io)?;
        // A picture is a sheet of its own.
        let place = Placement { sheet: 1, row: 1, column: 1 };
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let picture = PressFile { bytes: Vec::new(), sha256, sheets: 1, placements: vec![place] };
        manifest.add(&name, &picture, std::slice::from_ref(piece));
    }
    let content = archive.finish()?.into_inner();
    let sheets = i32::try_from(items.len()).ok();
    Ok(MadeFile { sha256: hex::encode(Sha256::digest(&content)), content, sheets, listed: manifest.into_bytes() })
}
