//! The picture of one plate.
//!
//! *Invariant:* one request, one file.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::arguments::{Place, Print};
use crate::cli::api::Api;
use crate::cli::{Exit, Failure, paper};

/// Fetches it.
pub(super) fn run(asked: &Print, number: &str) -> Result<Exit, Failure> {
    let bytes = Api::of(&asked.server)?.get_file(&path(asked, number))?;
    let file = asked.output.clone().unwrap_or_else(|| PathBuf::from(file_name(asked, number)));
    let unwritable = |error| {
        let remedy = format!("check that {} can be written, or name another file with --output", file.display());
        Failure::new(Exit::Failed, error, remedy)
    };
    std::fs::write(&file, &bytes).map_err(unwritable)?;
    paper::say(&format!("{} ({} bytes)", file.display(), bytes.len()))?;
    Ok(Exit::Done)
}

fn path(asked: &Print, number: &str) -> String {
    let mut path = format!("/v1/plates/{}.{}?position={}", encoded(number), asked.format.name(), place(asked));
    let more = [
        asked.dpi.map(|dpi| format!("&dpi={dpi}")),
        asked.item.map(|item| format!("&item={item}")),
        asked.label.then(|| "&part=label".to_owned()),
    ];
    more.into_iter().flatten().for_each(|parameter| path.push_str(&parameter));
    path
}

fn file_name(asked: &Print, number: &str) -> String {
    let number: String = number.chars().filter(|character| character.is_alphanumeric()).collect();
    let label = if asked.label { "-label" } else { "" };
    format!("{number}-{}{label}.{}", place(asked), asked.format.name())
}

fn place(asked: &Print) -> &'static str {
    asked.position.unwrap_or(Place::Rear).name()
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
