//! The order frozen: its digest, the digest of the settings, and the stored words back as values.
//!
//! *Invariant:* the digest covers everything that what is drawn follows from, and nothing else: neither the job's id nor its
//! date, neither who ordered nor why. The same order has the same digest.

use sha2::{Digest, Sha256};

use super::asked::{Asked, Output, part_name};
use super::error::PrintJobError;
use crate::model::Position;
use crate::registry::Rules;
use crate::render::press::{Press, Slug, Stock};
use crate::render::{Dpi, Part};
use crate::storage::print_jobs::{NewPrint, StoredJob};

/// Returns the digest of the settings that a drawing depends on, and of the program that draws: another one may draw
/// otherwise.
pub(super) fn settings_digest(rules: &Rules) -> String {
    let mut hash = Sha256::new();
    let (plates, press) = (format!("{:?}", rules.faces.settings()), format!("{:?}", rules.press));
    let scheme = format!("{:?}", rules.scheme);
    for part in [env!("CARGO_PKG_VERSION"), &scheme, rules.qr_host.as_str(), &plates, &press] {
        hash.update(part);
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}

/// Returns the digest of an order.
pub(super) fn job_hash(asked: &Asked, operator: &str, settings: &str, prints: &[NewPrint]) -> String {
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
    for print in prints {
        add(&format!("{} {} {}", print.die, print.number, print.item));
    }
    hex::encode(hash.finalize())
}

/// A stored job as values.
pub(super) struct Frozen<'a> {
    pub(super) job: &'a StoredJob,
    pub(super) output: Output,
    pub(super) part: Part,
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
        Ok(Self { job, output, part, copies: i64::from(job.copies.max(1)) })
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
