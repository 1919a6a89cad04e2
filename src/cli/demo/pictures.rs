//! The plates of one scooter drawn for the demo, as its operator would fetch them.
//!
//! *Invariant:* drawn by the registry, through its own door; here they are only written down.

use std::path::Path;

use super::kept::Kept;
use crate::cli::api::Api;
use crate::cli::{Exit, Failure};

/// What is drawn: position and format.
const PICTURES: [(&str, &str); 5] =
    [("rear", "pdf"), ("rear", "svg"), ("rear", "png"), ("left", "pdf"), ("left", "png")];

/// Draws the plates of each operator's first scooter into a directory.
pub(super) fn draw(url: &str, kept: &Kept, directory: &Path) -> Result<(), Failure> {
    let disk = |error| Failure::new(Exit::Failed, error, "see that the demo's directory may be written to");
    std::fs::create_dir_all(directory).map_err(disk)?;
    for operator in &kept.operators {
        let api = Api::with_key(url, &operator.key);
        let number = format!("{}00001", operator.letter);
        for (position, format) in PICTURES {
            let bytes = api.get_file(&format!("/v1/plates/{number}.{format}?position={position}"))?;
            std::fs::write(directory.join(format!("{number}-{position}.{format}")), bytes).map_err(disk)?;
        }
    }
    Ok(())
}
