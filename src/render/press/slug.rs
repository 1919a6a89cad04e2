//! The line in the margin that tells what a sheet is, should it part from its file.
//!
//! *Invariant:* no time and no name of a person; the same on every run of the same job.

use super::{Die, Placement};

/// What a sheet says about the job it is of.
#[derive(Clone, Copy, Debug)]
pub struct Slug<'a> {
    /// Whose plates they are.
    pub operator: &'a str,
    /// The name of the batch.
    pub batch: &'a str,
    /// A hash over the job, hexadecimal; its first twelve digits are printed.
    pub job_hash: &'a str,
}

/// How many digits of the hash are printed: enough to tell jobs apart, short enough to be compared by eye.
const DIGITS: usize = 12;

impl Slug<'_> {
    /// Returns the line. What matters most stands first, for a line that is too long is cut at its end; the operator's name
    /// has no bounds, and stands last.
    pub(super) fn line(&self, die: Die, file: u32, sheet: u32, sheets: u32) -> String {
        let hash: String = self.job_hash.chars().take(DIGITS).collect();
        let name = Placement::file_stem(die, file);
        let parts = [name, format!("{sheet}/{sheets}"), self.batch.to_owned(), hash, self.operator.to_owned()];
        parts.iter().filter(|part| !part.trim().is_empty()).map(String::as_str).collect::<Vec<_>>().join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_file_sheet_batch_hash_and_operator() {
        let slug = Slug { operator: "Қала", batch: "2026-11", job_hash: "0123456789abcdef" };
        assert_eq!(slug.line(Die::ALL[1], 2, 3, 417), "side-002 · 3/417 · 2026-11 · 0123456789ab · Қала");
        let bare = Slug { operator: " ", batch: "", job_hash: "" };
        assert_eq!(bare.line(Die::ALL[0], 1, 1, 1), "rear-001 · 1/1");
    }
}
