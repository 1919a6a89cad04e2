//! Print files by the ten thousand: drawn as fast as they can be, and judged by every code on them.
//!
//! Run by `tests/bench/press/run`. `draw STOCK PLATES DIRECTORY` draws the three plates of so many numbers into a directory
//! (`-`: nowhere) with the list of what lies where; `judge DIRECTORY DPI` turns every page of it into pixels and has two
//! readers read it.
//!
//! *Invariant:* drawing prints figures and judges nothing. Judging compares what was read with the list, page by page; what
//! is missing is named, and ends with a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement, not the registry: it reads the clock, writes lines, and ends where something is wrong"
)]

#[path = "../../registry/decoders.rs"]
#[allow(dead_code, reason = "the tests ask for more than is asked here")]
mod decoders;
mod draw;
mod judge;
#[path = "../../registry/page_pixels.rs"]
mod page_pixels;

use std::path::PathBuf;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["draw", stock, plates, directory] => {
            let directory = (*directory != "-").then(|| PathBuf::from(directory));
            draw::draw(
                stock.parse().expect("a stock"),
                plates.parse().expect("a number of plates"),
                directory.as_deref(),
            );
        }
        ["judge", directory, dpi] => {
            let missing = judge::judge(&PathBuf::from(directory), dpi.parse().expect("a resolution"));
            assert_eq!(missing, 0, "codes were not read");
        }
        // As `cargo bench` calls it: something short, so that nobody waits.
        _ => draw::draw("sra3".parse().unwrap(), 200, None),
    }
}
