//! Answers readings as the registry would: lines of a table come in, ranked numbers go out.
//!
//! The first line is `issued`, tab, and the series with their highest serials (`A:15000,K:15000`). Every other line is a cell of
//! the benchmark, an id, the true number, the text that was read, and the numbers that were active nearby, or nothing. For each
//! the program writes cell, id, `exact` (taken without a question), `ranked` or `none`, and the five likeliest numbers with
//! their probabilities. It never looks at the true number.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for the bench: it stops at what it cannot read"
)]

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufWriter, Write};

use scooter_registry::plate::{Issued, KZ_158, PlateNumber, SeriesLetter, Sight, candidates, recall};

/// A number that nobody saw nearby keeps this part of its weight: rides go unreported, and clocks are wrong.
const NOT_SEEN_NEARBY: f64 = 1e-3;
const MOST: usize = 2_000;

struct Sequences(HashMap<SeriesLetter, u32>);

impl Issued for Sequences {
    fn is_issued(&self, number: PlateNumber) -> bool {
        number
            .letter()
            .and_then(|letter| self.0.get(&letter))
            .zip(number.serial())
            .is_some_and(|(highest, serial)| serial <= *highest)
    }

    fn count(&self) -> u32 {
        self.0.values().sum()
    }
}

fn main() {
    // `cargo bench` names this to every program it runs.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let mut lines = std::io::stdin().lock().lines().map(|line| line.unwrap());
    let first = lines.next().unwrap_or_default();
    let Some((_, series)) = first.split_once('\t') else { return };
    let of = |one: &str| {
        let (letter, highest) = one.split_once(':').unwrap();
        (SeriesLetter::parse(letter).unwrap(), highest.parse().unwrap())
    };
    let issued = Sequences(series.split(',').map(of).collect());
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in lines {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap_or_default();
        let (cell, id, _truth, text, active) = (next(), next(), next(), next(), next());
        writeln!(out, "{cell}\t{id}\t{}", answer(&issued, text, active)).unwrap();
    }
}

fn answer(issued: &Sequences, text: &str, active: &str) -> String {
    let Ok(seen) = recall(KZ_158, text) else { return "none\t".to_owned() };
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
