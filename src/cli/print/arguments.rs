//! The arguments of `print`, and which of the two ways they mean.
//!
//! *Invariant:* one number with nothing that only a job has is one picture, as it always was.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

use super::{batch, single};
use crate::cli::{Exit, Failure};

/// Fetches plates from a server: one number as a picture; several numbers, a range or an import as a print job with sheets
/// for a print shop. The key is taken from the environment variable `SCOOTER_REGISTRY_KEY`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Print {
    /// The registration number; several make a print job
    #[arg(required_unless_present_any = ["range", "import"], conflicts_with_all = ["range", "import"])]
    pub(super) numbers: Vec<String>,
    /// The server, for example <https://registry.example.kz>
    #[arg(long, value_name = "URL")]
    pub(super) server: String,
    /// All numbers of a letter from one to another, as a print job
    #[arg(long, value_name = "FROM..TO", value_parser = ends, conflicts_with = "import")]
    pub(super) range: Option<Ends>,
    /// The numbers that a fleet import brought, as a print job
    #[arg(long, value_name = "ID")]
    pub(super) import: Option<String>,
    /// Where the plate stands, for one picture; rear, if absent
    #[arg(long, value_enum, conflicts_with = "positions")]
    pub(super) position: Option<Place>,
    /// Which plates of each number, with commas between them, for a print job; all three, if absent
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PLACES")]
    pub(super) positions: Vec<Place>,
    /// On what is printed, for a print job of pdf
    #[arg(long, value_enum)]
    pub(super) stock: Option<StockName>,
    /// How many of each plate, for a print job of pdf
    #[arg(long, value_name = "N")]
    pub(super) copies: Option<u32>,
    /// Why plates are printed again, or more than once, for a print job
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// How the plates are written
    #[arg(long, value_enum, default_value = "pdf")]
    pub(super) format: FileFormat,
    /// Dots an inch, 72 to 1200; for png only
    #[arg(long, value_name = "N")]
    pub(super) dpi: Option<u16>,
    /// Which of the number's plates, where it is not the valid one at the position; for one picture
    #[arg(long, value_name = "N")]
    pub(super) item: Option<u32>,
    /// The sticker that bears what the settings of the registry keep off the plate
    #[arg(long)]
    pub(super) label: bool,
    /// The file to be written; if absent, NUMBER-POSITION.FORMAT in this directory. For a print job a file whose name ends in
    /// .zip, or a directory for the files by themselves; if absent, print-JOB.zip
    #[arg(long, value_name = "FILE or DIR")]
    pub(super) output: Option<PathBuf>,
}

/// The ends of a range.
#[derive(Debug, Clone)]
pub(super) struct Ends {
    pub(super) from: String,
    pub(super) to: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Place {
    Rear,
    Left,
    Right,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum FileFormat {
    Svg,
    Png,
    Pdf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum StockName {
    A4,
    Sra3,
    Roll,
    Single,
}

impl Place {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Rear => "rear",
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

impl FileFormat {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }
}

impl StockName {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::Sra3 => "sra3",
            Self::Roll => "roll",
            Self::Single => "single",
        }
    }
}

fn ends(text: &str) -> Result<Ends, String> {
    let (from, to) = text
        .split_once("..")
        .map(|(from, to)| (from.trim(), to.trim_start_matches('.').trim()))
        .filter(|(from, to)| !from.is_empty() && !to.is_empty())
        .ok_or("write the first and the last number with two dots between them, for example A00001..A00100")?;
    Ok(Ends { from: from.to_owned(), to: to.to_owned() })
}

impl Print {
    /// Does it.
    pub(in crate::cli) fn run(self) -> Result<Exit, Failure> {
        let of_a_job = self.stock.is_some() || self.copies.is_some() || self.reason.is_some();
        if let ([number], false) = (self.numbers.as_slice(), of_a_job || !self.positions.is_empty()) {
            return single::run(&self, number);
        }
        if self.position.is_some() || self.item.is_some() {
            let said = "--position and --item are for the picture of one number";
            return Err(Failure::new(Exit::Usage, said, "say --positions for a print job, and leave --item out"));
        }
        batch::run(&self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_two_ends() {
        let read = |text| ends(text).map(|ends| (ends.from, ends.to));
        assert_eq!(read("A00001..A00100"), Ok(("A00001".to_owned(), "A00100".to_owned())));
        assert_eq!(read("a 1 ... a 9"), Ok(("a 1".to_owned(), "a 9".to_owned())));
        for wrong in ["A00001", "A00001..", "..A00001", "A00001-A00100"] {
            assert!(ends(wrong).is_err(), "{wrong}");
        }
    }
}
