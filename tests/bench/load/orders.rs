//! What the load generator is told to do.

use std::collections::HashMap;

/// The orders of a run.
#[derive(Debug, Clone)]
pub(crate) struct Orders {
    pub(crate) address: String,
    pub(crate) key: String,
    pub(crate) connections: usize,
    pub(crate) seconds: f64,
    /// How many questions at most.
    pub(crate) questions: u64,
    /// Questions a second, where they are due at fixed times.
    pub(crate) rate: Option<f64>,
    pub(crate) letters: Vec<char>,
    pub(crate) serials: u32,
    /// Between which instants the questions lie, in milliseconds since 1970.
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) pair: Pair,
    pub(crate) journal: Option<String>,
    /// A file of paths of public pages: these are asked for instead.
    pub(crate) public: Option<String>,
}

/// Whether the control pair is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pair {
    Always,
    Half,
    Never,
}

impl Orders {
    pub(crate) fn of(mut words: impl Iterator<Item = String>) -> Option<Self> {
        let address = words.next().filter(|word| !word.starts_with("--"))?;
        let key = words.next()?;
        let mut given = HashMap::new();
        while let Some(name) = words.next() {
            given.insert(name, words.next()?);
        }
        let number = |name: &str, else_: f64| given.get(name).map_or(else_, |text| text.parse().expect("a number"));
        let text = |name: &str| given.get(name).cloned();
        Some(Self {
            address: address.trim_start_matches("http://").trim_end_matches('/').to_owned(),
            key,
            connections: number("--connections", 32.0) as usize,
            seconds: number("--seconds", 10.0),
            questions: number("--questions", 1e18) as u64,
            rate: text("--rate").map(|rate| rate.parse().expect("a rate")),
            letters: text("--letters").unwrap_or_else(|| "K".to_owned()).chars().collect(),
            serials: number("--serials", 99_999.0) as u32,
            from: number("--from", 0.0) as i64,
            to: number("--to", 1.0) as i64,
            pair: match text("--pair").as_deref() {
                Some("always") => Pair::Always,
                Some("never") => Pair::Never,
                _ => Pair::Half,
            },
            journal: text("--journal"),
            public: text("--public"),
        })
    }
}
