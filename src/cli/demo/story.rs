//! The story of the demo: who is in it, the keys they hold, and what to ask.
//!
//! *Invariant:* told once: a demo that is reopened goes on with the keys that it printed before.

use serde::Serialize;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::kept::{Example, Kept};
use super::{cast, pictures};
use crate::cli::{Exit, Failure};
use crate::clock;
use crate::registry::access;
use crate::startup::{Running, replace_private_file};

const KEPT: &str = "keys.json";
/// The directory of the plates that are drawn, beside the keys.
const PLATES: &str = "plates";

/// What is needed to try the demo.
#[derive(Debug, Clone, Serialize)]
pub struct Story {
    /// Where it listens.
    pub url: String,
    /// The rest, as it is kept.
    #[serde(flatten)]
    pub kept: Kept,
    /// Where plates ready to print lie.
    pub plates: PathBuf,
}

/// Tells the story to a registry that listens, or reads it back where it was told before.
///
/// # Errors
/// The registry refused, or the keys cannot be kept.
pub fn tell(running: &Running, directory: &Path) -> Result<Story, Failure> {
    let path = directory.join(KEPT);
    let disk = |error| Failure::new(Exit::Failed, error, "see that the demo's directory may be written to");
    let kept = match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice::<Kept>(&bytes).ok(),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(disk(error)),
    };
    let valid = |key: &str| access::authenticate(running.registry(), clock::now(), key).is_ok();
    if let Some(kept) = kept.filter(|kept| valid(&kept.regulator_key) && valid(&kept.officer_key)) {
        return Ok(Story { url: running.url.clone(), kept, plates: directory.join(PLATES) });
    }
    let kept = cast::play(running)?;
    pictures::draw(&running.url, &kept, &directory.join(PLATES))?;
    let bytes = serde_json::to_vec_pretty(&kept)
        .map_err(|error| Failure::new(Exit::Failed, error, "tell whoever made this program"))?;
    replace_private_file(&path, &bytes).map_err(disk)?;
    Ok(Story { url: running.url.clone(), kept, plates: directory.join(PLATES) })
}

impl Story {
    /// Returns the story for people: addresses, keys, and questions that can be pasted into a shell.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        let kept = &self.kept;
        let mut lines = vec![
            format!("The demo registry listens at {} (its interface: {}/docs)", self.url, self.url),
            String::new(),
            format!("  regulator   {}", kept.regulator_key),
            format!("  officer     {}", kept.officer_key),
        ];
        lines
            .extend(kept.operators.iter().map(|one| format!("  operator {}  {}  ({})", one.letter, one.key, one.name)));
        lines.push(String::new());
        lines.push("Three questions of an officer to try:".to_owned());
        for example in &kept.examples {
            lines.push(String::new());
            lines.push(format!("  # {}", example.shows));
            lines.push(format!("  {}", self.curl(example)));
        }
        lines.push(String::new());
        lines.push("What a passer-by sees who scans the code on a plate (open in a browser):".to_owned());
        lines.extend(kept.pages.iter().map(|page| format!("  {}{}  ({})", self.url, page.path, page.shows)));
        lines.push(format!("  {}/series  (whose letter is it? for printing)", self.url));
        lines.push(String::new());
        lines.push(format!("Plates ready to print, as PDF, SVG and PNG, lie in {}", self.plates.display()));
        lines.push(String::new());
        lines
    }

    fn curl(&self, example: &Example) -> String {
        let question = serde_json::json!({
            "plate": example.plate, "at": example.at, "purpose": "hit_and_run", "case_number": "2026-000001",
        });
        format!(
            "curl -s {}/v1/lookups -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' -d '{question}'",
            self.url, self.kept.officer_key
        )
    }
}
