//! Print files by the ten thousand, drawn as fast as they can be; what is drawn is judged by `tests/bench/press/judge_codes.py`.
//!
//! Run by `tests/bench/press/run`. `draw STOCK PLATES DIRECTORY` draws the three plates of so many numbers into a directory
//! (`-`: nowhere) with the list of what lies where.
//!
//! *Invariant:* drawing prints figures and judges nothing.
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

#[path = "../busy.rs"]
mod busy;
mod draw;

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
        // As `cargo bench` calls it: something short, so that nobody waits.
        _ => draw::draw("sra3".parse().unwrap(), 200, None),
    }
}
