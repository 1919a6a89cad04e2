//! `print`: the picture of a plate, fetched from a server and written to a file.
//!
//! *Invariant:* what the server drew is written as it came: the program that prints decides nothing.

use clap::{Args, ValueEnum};
use std::fmt::Write as _;
use std::path::PathBuf;

use super::api::Api;
use super::paper;
use super::{Exit, Failure};

/// Fetches the picture of a plate from a server. The key is taken from the environment variable `SCOOTER_REGISTRY_KEY`.
#[derive(Debug, Args)]
pub(super) struct Print {
    /// The registration number
    number: String,
    /// The server, for example <https://registry.example.kz>
    #[arg(long, value_name = "URL")]
    server: String,
    /// Where the plate stands
    #[arg(long, value_enum, default_value = "rear")]
    position: Place,
    /// How the picture is written
    #[arg(long, value_enum, default_value = "pdf")]
    format: FileFormat,
    /// Dots an inch, 72 to 1200; for png only
    #[arg(long, value_name = "N")]
    dpi: Option<u16>,
    /// Which of the number's plates, where it is not the valid one at the position
    #[arg(long, value_name = "N")]
    item: Option<u32>,
    /// The sticker that bears what the settings of the registry keep off the plate
    #[arg(long)]
    label: bool,
    /// The file to be written; if absent, NUMBER-POSITION.FORMAT in this directory
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Place {
    Rear,
    Left,
    Right,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FileFormat {
    Svg,
    Png,
    Pdf,
}

impl Print {
    /// Does it.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let bytes = Api::of(&self.server)?.get_file(&self.path())?;
        let file = self.output.clone().unwrap_or_else(|| PathBuf::from(self.file_name()));
        let unwritable = |error| {
            let remedy = format!("check that {} can be written, or name another file with --output", file.display());
            Failure::new(Exit::Failed, error, remedy)
        };
        std::fs::write(&file, &bytes).map_err(unwritable)?;
        paper::say(&format!("{} ({} bytes)", file.display(), bytes.len()))?;
        Ok(Exit::Done)
    }

    fn path(&self) -> String {
        let mut path = format!("/v1/plates/{}.{}?position={}", encoded(&self.number), self.extension(), self.place());
        let more = [
            self.dpi.map(|dpi| format!("&dpi={dpi}")),
            self.item.map(|item| format!("&item={item}")),
            self.label.then(|| "&part=label".to_owned()),
        ];
        more.into_iter().flatten().for_each(|parameter| path.push_str(&parameter));
        path
    }

    fn file_name(&self) -> String {
        let number: String = self.number.chars().filter(|character| character.is_alphanumeric()).collect();
        let label = if self.label { "-label" } else { "" };
        format!("{number}-{}{label}.{}", self.place(), self.extension())
    }

    const fn place(&self) -> &'static str {
        match self.position {
            Place::Rear => "rear",
            Place::Left => "left",
            Place::Right => "right",
        }
    }

    const fn extension(&self) -> &'static str {
        match self.format {
            FileFormat::Svg => "svg",
            FileFormat::Png => "png",
            FileFormat::Pdf => "pdf",
        }
    }
}

/// Returns a text as one segment of a path (RFC 3986, 2.1).
fn encoded(text: &str) -> String {
    let mut segment = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            segment.push(char::from(byte));
        } else {
            // A text that is written cannot fail to be written.
            let _ = write!(segment, "%{byte:02X}");
        }
    }
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_for_the_number_is_one_segment() {
        assert_eq!(encoded("K04271"), "K04271");
        assert_eq!(encoded("к/04 271?"), "%D0%BA%2F04%20271%3F");
    }
}
