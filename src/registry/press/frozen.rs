//! The order frozen: its digest, the digest of the settings, and the stored words back as values.
//!
//! *Invariant:* the digest covers everything that what is drawn follows from, and nothing else: neither the job's id nor its
//! date, neither who ordered nor why. The same order has the same digest.

use sha2::{Digest, Sha256};

use super::asked::{Asked, Output, part_name};
use super::error::PrintJobError;
use super::lay_out::{Laid, Pieces};
use crate::model::Position;
use crate::registry::Rules;
use crate::render::press::{Press, Slug, Stock};
use crate::render::{DRAWING, Dpi, Part};
use crate::storage::print_jobs::StoredJob;

/// Returns the digest of what decides how plates look: the settings that a drawing depends on, and the way of drawing. Another
/// program that draws alike has the same one, and goes on with what this one began.
pub(super) fn settings_digest(rules: &Rules) -> String {
    let (plates, press) = (format!("{:?}", rules.faces.settings()), format!("{:?}", rules.press));
    look_digest(DRAWING, [&format!("{:?}", rules.scheme), &rules.qr_host, &plates, &press])
}

fn look_digest(drawing: u32, settings: [&str; 4]) -> String {
    let mut hash = Sha256::new();
    for part in [drawing.to_string().as_str()].into_iter().chain(settings) {
        hash.update(part);
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}

/// Returns the digest of an order.
pub(super) fn job_hash(asked: &Asked, operator: &str, settings: &str, laid: impl Iterator<Item = Laid>) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update(text);
        hash.update([0]);
    };
    let stock = asked.output.stock().map(|stock| stock.to_string()).unwrap_or_default();
    let dpi = asked.output.dpi().map(|dpi| dpi.get().to_string()).unwrap_or_default();
    let copies = asked.copies.to_string();
    for part in [operator, settings, asked.output.name(), &stock, &dpi, part_name(asked.part), &copies] {
        add(part);
    }
    for Laid { die, number, item, .. } in laid {
        add(&format!("{die} {number} {item}"));
    }
    hex::encode(hash.finalize())
}

/// A stored job as values.
pub(super) struct Frozen<'a> {
    pub(super) job: &'a StoredJob,
    pub(super) output: Output,
    pub(super) part: Part,
    pub(super) positions: Vec<Position>,
    pub(super) copies: i64,
}

impl<'a> Frozen<'a> {
    /// Reads a stored job.
    ///
    /// # Errors
    /// [`PrintJobError::OrderUnreadable`].
    pub(super) fn of(job: &'a StoredJob) -> Result<Self, PrintJobError> {
        let stock = job.stock.as_deref().map(str::parse::<Stock>).and_then(Result::ok);
        let dpi = job.dpi.and_then(|dpi| u16::try_from(dpi).ok()).and_then(Dpi::new);
        let output = match (job.format.as_str(), stock, dpi) {
            ("pdf", Some(stock), _) => Output::Pdf(stock),
            ("svg", _, _) => Output::Svg,
            ("png", _, Some(dpi)) => Output::Png(dpi),
            _ => return Err(PrintJobError::OrderUnreadable("format")),
        };
        let part = [Part::Plate, Part::Label].into_iter().find(|part| part_name(*part) == job.part);
        let part = part.ok_or(PrintJobError::OrderUnreadable("part"))?;
        let positions: Option<Vec<_>> = job.positions.split(',').map(Position::find).collect();
        let positions = positions.ok_or(PrintJobError::OrderUnreadable("positions"))?;
        Ok(Self { job, output, part, positions, copies: i64::from(job.copies.max(1)) })
    }

    /// Returns what is printed of each number.
    pub(super) fn pieces(&self) -> Pieces<'_> {
        Pieces { part: self.part, positions: &self.positions }
    }

    /// Returns what the sheets say.
    pub(super) fn slug(&self) -> Slug<'_> {
        Slug { operator: &self.job.operator_name, batch: &self.job.batch, job_hash: &self.job.job_hash }
    }
}

/// Measures what an output is laid out on; pictures are laid out on nothing, and measured for the shapes that there are.
///
/// # Errors
/// [`PrintJobError::Stock`].
pub(super) fn measured(rules: &Rules, output: Output) -> Result<Press<'_>, PrintJobError> {
    Press::new(&rules.faces, &rules.press, output.stock().unwrap_or(Stock::Single)).map_err(PrintJobError::Stock)
}

/// Returns names with commas between them.
pub(super) fn names(positions: &[Position]) -> String {
    positions.iter().map(|position| position.name()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_the_settings_is_that_of_the_drawing_and_of_nothing_else_of_the_program() {
        let settings = ["scheme", "host", "plates", "press"];
        // Known from outside: `printf '1\0scheme\0host\0plates\0press\0' | sha256sum`. No version stands in it.
        let known = "dc88e213215683cc7ac66acefad37c0c278748ce3435e4193c3e7908ed0a1c4f";
        assert_eq!(look_digest(1, settings), known);
        assert_ne!(look_digest(2, settings), known, "another way of drawing");
        for place in 0..4 {
            let mut changed = settings;
            changed.iter_mut().skip(place).take(1).for_each(|setting| *setting = "other");
            assert_ne!(look_digest(1, changed), known, "{changed:?}");
        }
    }
}
