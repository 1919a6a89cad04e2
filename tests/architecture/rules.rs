//! The rules of the house as functions: a source in, findings out, so that each can be shown to find what it forbids.
//!
//! *Invariant:* reads no file and knows no room by name; the tables are in `floors.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::source::{Kind, NamedPath, Source, Token};

/// One thing that is wrong, where it is, and what to do about it.
#[derive(Debug)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    wrong: String,
    remedy: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}; {}", self.path, self.line, self.wrong, self.remedy)
    }
}

/// A room of the house: a folder or a file directly below `src`.
pub(crate) struct Room {
    pub(crate) name: &'static str,
    /// Rooms, or parts of rooms (`storage::jobs`), that it may name; `*` stands for all.
    pub(crate) may_import: &'static [&'static str],
    /// Paths (`std::fs`) and words (`Cookie`) from outside that it must never name.
    pub(crate) never: &'static [&'static str],
}

/// Something that only some places may name.
pub(crate) struct Reserved {
    /// A word (`Cookie`) or a path (`Db::Sqlite`); a closing `*` stands for any ending.
    pub(crate) what: &'static str,
    /// Files, or folders with a closing `/`.
    pub(crate) only_in: &'static [&'static str],
    pub(crate) remedy: &'static str,
}

impl Source {
    fn finding(&self, line: usize, wrong: String, remedy: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, wrong, remedy: remedy.into() }
    }

    /// The room a file below `src` belongs to: `src/cli.rs` and `src/cli/import.rs` are both `cli`.
    pub(crate) fn room(&self) -> &str {
        let inner = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let first = inner.split('/').next().unwrap_or(inner);
        first.strip_suffix(".rs").unwrap_or(first)
    }
}

/// Finds files outside every room, and paths into rooms that the table does not open.
pub(crate) fn closed_doors(source: &Source, rooms: &[Room]) -> Vec<Finding> {
    let Some(here) = rooms.iter().find(|room| room.name == source.room()) else {
        let wrong = format!("`{}` is no room of the house", source.room());
        return vec![source.finding(1, wrong, "move the file, or add the room to the table with what it may import")];
    };
    let open = |inside: &[String]| {
        here.may_import.iter().any(|allowed| {
            let mut steps = allowed.split("::").zip(inside.iter().map(String::as_str).chain(std::iter::repeat("")));
            *allowed == "*" || steps.all(|(allowed, named)| allowed == named)
        })
    };
    let mut findings = Vec::new();
    for path in &source.paths {
        let [root, inside @ ..] = path.segments.as_slice() else {
            continue;
        };
        let own = inside.first().is_none_or(|first| first == here.name);
        if root == "crate" && !own && !open(inside) {
            let wrong = format!("`{}` must not import `{}`", here.name, inside.join("::"));
            let allowed = if here.may_import.is_empty() { "nothing".to_owned() } else { here.may_import.join(", ") };
            let remedy = format!("it may import {allowed}: move the code to the floor that may, or hand the value in");
            findings.push(source.finding(path.line, wrong, remedy));
        }
    }
    findings
}

/// Finds what a room must never name from outside.
pub(crate) fn forbidden_guests(source: &Source, rooms: &[Room]) -> Vec<Finding> {
    let room = rooms.iter().find(|room| room.name == source.room());
    let never = room.map_or(&[][..], |room| room.never);
    let named = source.paths.iter().flat_map(|path| never.iter().map(move |what| (path, what)));
    named
        .filter(|(path, what)| names(path, what))
        .map(|(path, what)| {
            let wrong = format!("`{}` must never name `{what}`", source.room());
            source.finding(path.line, wrong, "do this on a floor that may, and hand the value in")
        })
        .collect()
}

/// Finds what is named outside the places it is reserved for.
pub(crate) fn reserved_elsewhere(source: &Source, reserved: &[Reserved]) -> Vec<Finding> {
    let at_home = |row: &&Reserved| {
        row.only_in.iter().any(|place| source.path == *place || place.ends_with('/') && source.path.starts_with(place))
    };
    let foreign: Vec<_> = reserved.iter().filter(|row| !at_home(row)).collect();
    let named = source.paths.iter().flat_map(|path| foreign.iter().map(move |row| (path, row)));
    named
        .filter(|(path, row)| names(path, row.what))
        .map(|(path, row)| {
            let wrong = format!("`{}` may be named only in {}", row.what, row.only_in.join(", "));
            source.finding(path.line, wrong, row.remedy)
        })
        .collect()
}

/// Whether the segments of `what` follow one another anywhere in the path; `*` in the path is everything.
fn names(path: &NamedPath, what: &str) -> bool {
    let wanted: Vec<&str> = what.split("::").collect();
    let same = |(segment, wanted): (&String, &&str)| match wanted.strip_suffix('*') {
        Some(beginning) => segment.starts_with(beginning),
        None => segment == wanted || wanted != &what && segment == "*",
    };
    path.segments.windows(wanted.len()).any(|window| window.iter().zip(&wanted).all(same))
}

/// Finds words that must not even stand in a string or an attribute.
pub(crate) fn unspoken(source: &Source, words: &[&str]) -> Vec<Finding> {
    let spoken = source.tokens.iter().flat_map(|token| words.iter().map(move |word| (token, word)));
    spoken
        .filter(|(token, word)| token.text.contains(*word))
        .map(|(token, word)| {
            let wrong = format!("`{word}` is named, be it in a string or an attribute");
            source.finding(token.line, wrong, "let `startup` do what needs it")
        })
        .collect()
}

/// Finds a file that does not say first what it is for.
pub(crate) fn silent_opening(source: &Source) -> Vec<Finding> {
    if source.text.starts_with("//!") {
        return Vec::new();
    }
    let wrong = "the file does not open with `//!`".to_owned();
    vec![source.finding(1, wrong, "say in one sentence what it is for, then its *Invariant:*")]
}

/// Finds a file that has grown beyond `most` lines.
pub(crate) fn too_long(source: &Source, most: usize) -> Vec<Finding> {
    let lines = source.text.lines().count();
    if lines <= most {
        return Vec::new();
    }
    let wrong = format!("{lines} lines, {most} are the most");
    vec![source.finding(lines, wrong, "find its second reason to change and give that a file")]
}

/// Finds definitions in a file that only lists its modules and its face.
pub(crate) fn definitions(source: &Source) -> Vec<Finding> {
    let mut rest: &[Token] = &source.tokens;
    while let Some(token) = rest.first() {
        rest = without_attribute_or_visibility(rest);
        let keyword = rest.first().map_or("", |token| token.text.as_str());
        let end = rest.iter().position(|token| token.text == ";");
        let statement = end.and_then(|end| rest.get(..=end)).unwrap_or(rest);
        let lists = match keyword {
            "mod" => statement.len() == 3,
            "use" => end.is_some(),
            _ => rest.is_empty(),
        };
        if !lists {
            let wrong = "something is defined here".to_owned();
            let remedy =
                "this file only lists: documentation, `mod` lines, `pub use`; give the definition its own file";
            return vec![source.finding(token.line, wrong, remedy)];
        }
        rest = rest.get(statement.len()..).unwrap_or_default();
    }
    Vec::new()
}

/// What follows the attributes (`#[…]`, `#![…]`) and the visibility (`pub`, `pub(crate)`) that stand first.
fn without_attribute_or_visibility(mut rest: &[Token]) -> &[Token] {
    loop {
        let text = |at: usize| rest.get(at).map_or("", |token| token.text.as_str());
        let skipped = match (text(0), text(1), text(2)) {
            ("#", "[", _) | ("pub", "(", _) => after_closing(rest, 1),
            ("#", "!", "[") => after_closing(rest, 2),
            ("pub", ..) => 1,
            _ => return rest,
        };
        rest = rest.get(skipped..).unwrap_or_default();
    }
}

/// The place after the bracket that closes the one at `opening`.
fn after_closing(tokens: &[Token], opening: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(opening) {
        match token.text.as_str() {
            "[" | "(" => depth += 1,
            "]" | ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// Words that say nothing about what a file holds.
const EMPTY_NAMES: [&str; 14] = [
    "util",
    "utils",
    "utility",
    "utilities",
    "common",
    "helper",
    "helpers",
    "misc",
    "manager",
    "managers",
    "service",
    "services",
    "data",
    "info",
];

/// Finds files and folders whose name says nothing.
pub(crate) fn empty_name(source: &Source) -> Vec<Finding> {
    let words = source.path.split(['/', '.', '_', '-']);
    words
        .filter(|word| EMPTY_NAMES.contains(word))
        .map(|word| {
            let wrong = format!("`{word}` in the name says nothing");
            source.finding(1, wrong, "name the file after the one thing that it holds")
        })
        .collect()
}

/// Finds routes that are registered with a call or an attribute.
pub(crate) fn registered_routes(source: &Source) -> Vec<Finding> {
    const METHODS: [&str; 11] =
        ["get", "post", "put", "patch", "delete", "head", "options", "trace", "connect", "route", "routes"];
    let mut findings = Vec::new();
    for (at, token) in source.tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Word) {
        let text = |at: Option<usize>| at.and_then(|at| source.tokens.get(at)).map_or("", |token| token.text.as_str());
        let before = |steps| text(at.checked_sub(steps));
        let word = token.text.as_str();
        let called = text(Some(at + 1)) == "(";
        let method_call = before(1) == "." && word == "route";
        let constructor = before(1) == "::" && before(2) == "web" && ["resource", "scope", "route"].contains(&word);
        let bare = before(1) == "[" && before(2) == "#";
        let qualified = before(1) == "::" && before(2).starts_with("actix") && before(3) == "[" && before(4) == "#";
        let attribute = (bare || qualified) && METHODS.contains(&word);
        if called && (method_call || constructor || attribute) {
            let wrong = format!("a route is registered here with `{word}`");
            findings.push(source.finding(
                token.line,
                wrong,
                "give it a row in `src/web/routes.rs`, where access is decided",
            ));
        }
    }
    findings
}

/// The migrations of one database: folder name -> names of the files in it.
pub(crate) type Migrations = BTreeMap<String, BTreeSet<String>>;

/// Finds where the trees of the two databases differ.
pub(crate) fn unequal_migrations(trees: [(&str, &Migrations); 2]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |path: String, wrong: &str, remedy: &str| {
        findings.push(Finding { path, line: 1, wrong: wrong.to_owned(), remedy: remedy.to_owned() });
    };
    let [first, second] = trees;
    for ((here, tree), (there, other)) in [(first, second), (second, first)] {
        if tree.is_empty() {
            add(here.to_owned(), "there is no migration", "write the first: both databases begin with one");
        }
        for (name, files) in tree {
            if !files.contains("up.sql") {
                add(format!("{here}/{name}"), "there is no up.sql", "write it, or remove the folder");
            }
            match other.get(name) {
                None => add(format!("{there}/{name}"), "the folder is missing", "both databases take the same steps"),
                Some(others) if files.contains("down.sql") && !others.contains("down.sql") => {
                    let remedy = "the other database can step back, so this one must";
                    add(format!("{there}/{name}"), "there is no down.sql", remedy);
                }
                Some(_) => {}
            }
        }
    }
    findings
}
