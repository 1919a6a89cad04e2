//! Answers readings as the registry would: lines of a table come in, ranked numbers go out.
//!
//! A line `issued`, tab, and what was issued stands before the cells for which it holds: the series with their highest serials
//! (`A:15000,K:15000`), or `sparse-19:60000`, the first serials of that scheme under a fixed key. Every other line is a cell of
//! the benchmark, an id, the true number, the text that was read, and the numbers that were active nearby, or nothing. For each
//! the program writes cell, id, `exact` (taken without a question), `ranked` or `none`, and the five likeliest numbers with
//! their probabilities. It never looks at the true number.
//!
//! Started as `readings sparse-19 60000` it writes that line and the numbers themselves, one a line.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for the bench: it stops at what it cannot read"
)]

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufWriter, Write};

use scooter_registry::plate::sparse::{Codeword, Shuffle, blocked_word};
use scooter_registry::plate::{
    Issued, KZ_158, PlateNumber, SPARSE_19, Scheme, SeriesLetter, Sight, candidates, recall,
};

/// A number that nobody saw nearby keeps this part of its weight: rides go unreported, and clocks are wrong.
const NOT_SEEN_NEARBY: f64 = 1e-3;
const MOST: usize = 2_000;

/// The key under which the serials of `sparse-19` are shuffled here.
const KEY: [u8; 32] = [19; 32];

/// What was issued.
enum Sequences {
    /// The highest serial of each series.
    Lettered(HashMap<SeriesLetter, u32>),
    /// The first serials, shuffled.
    Shuffled { shuffle: Shuffle, count: u32 },
}

impl Sequences {
    fn parse(text: &str) -> Self {
        let parts = text.split(',').map(|one| one.split_once(':').unwrap());
        let parts: Vec<(&str, u32)> = parts.map(|(name, highest)| (name, highest.parse().unwrap())).collect();
        match parts.as_slice() {
            [(name, count)] if *name == SPARSE_19.name() => {
                Self::Shuffled { shuffle: Shuffle::new(&KEY), count: *count }
            }
            series => Self::Lettered(
                series.iter().map(|(letter, highest)| (SeriesLetter::parse(letter).unwrap(), *highest)).collect(),
            ),
        }
    }

    const fn scheme(&self) -> Scheme {
        match self {
            Self::Lettered(_) => KZ_158,
            Self::Shuffled { .. } => SPARSE_19,
        }
    }
}

impl Issued for Sequences {
    fn is_issued(&self, number: PlateNumber) -> bool {
        match self {
            Self::Lettered(highest) => number
                .in_series()
                .is_some_and(|(letter, serial)| highest.get(&letter).is_some_and(|highest| serial <= *highest)),
            Self::Shuffled { shuffle, count } => {
                number.codeword().and_then(|word| shuffle.serial(word.payload())).is_some_and(|serial| serial < *count)
            }
        }
    }

    fn count(&self) -> u32 {
        match self {
            Self::Lettered(highest) => highest.values().sum(),
            Self::Shuffled { count, .. } => *count,
        }
    }
}

/// Writes what was issued under `sparse-19`, and the numbers of these serials, but for those that would show a word of the list.
fn write_numbers(count: u32) {
    let shuffle = Shuffle::new(&KEY);
    let words = (0..count).filter_map(|serial| Codeword::of_payload(shuffle.payload(serial)?));
    let mut out = BufWriter::new(std::io::stdout().lock());
    writeln!(out, "issued\t{}:{count}", SPARSE_19.name()).unwrap();
    for word in words.filter(|word| blocked_word(*word).is_none()) {
        writeln!(out, "{word}").unwrap();
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` names this to every program it runs.
    if arguments.iter().any(|argument| argument == "--list") {
        return;
    }
    if let [scheme, count] = arguments.as_slice()
        && scheme == SPARSE_19.name()
    {
        return write_numbers(count.parse().unwrap());
    }
    let mut issued = Sequences::Lettered(HashMap::new());
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines().map(|line| line.unwrap()) {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap_or_default();
        let (cell, id, _truth, text, active) = (next(), next(), next(), next(), next());
        if cell == "issued" {
            issued = Sequences::parse(id);
        } else {
            writeln!(out, "{cell}\t{id}\t{}", answer(&issued, text, active)).unwrap();
        }
    }
}

fn answer(issued: &Sequences, text: &str, active: &str) -> String {
    let Ok(seen) = recall(issued.scheme(), text) else { return "none\t".to_owned() };
    // What the pair confirms is taken; without it a dense number that was seen badly is a question like any other.
    if let (Some(number), true) = (seen.exact(), seen.is_checked())
        && issued.is_issued(number)
    {
        return format!("exact\t{number}:1");
    }
    let Ok(ranked) = candidates(&seen, Sight::Poor, issued, MOST) else { return "none\t".to_owned() };
    let nearby: HashSet<PlateNumber> = active.split(',').filter_map(|text| PlateNumber::parse(text).ok()).collect();
    let fit = |number: &PlateNumber| {
        if nearby.is_empty() || nearby.contains(number) { 1.0 } else { NOT_SEEN_NEARBY }
    };
    let elsewhere = ranked.elsewhere * if nearby.is_empty() { 1.0 } else { NOT_SEEN_NEARBY };
    let mut weighed: Vec<(PlateNumber, f64)> = ranked
        .candidates
        .iter()
        .map(|candidate| (candidate.number, candidate.probability * fit(&candidate.number)))
        .collect();
    let total = weighed.iter().map(|(_, weight)| weight).sum::<f64>() + elsewhere;
    weighed.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    let shown: Vec<_> =
        weighed.iter().take(5).map(|(number, weight)| format!("{number}:{:.6}", weight / total)).collect();
    if shown.is_empty() { "none\t".to_owned() } else { format!("ranked\t{}", shown.join(" ")) }
}
