//! The floors of the house, held: who may import whom, what only some places may name, how a file has to look.
//!
//! *Invariant:* nothing here runs the registry; the tree is read as text. Every rule is also shown to find what it
//! forbids (`planted`), so that a rule that has gone blind is noticed. The plan itself is told in `src/lib.rs`.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests state what must hold"
)]

#[path = "architecture/floors.rs"]
mod floors;
#[path = "architecture/planted.rs"]
mod planted;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use std::path::Path;

use floors::{RESERVED, ROOMS};
use rules::{Finding, Migrations};
use source::Source;

const MOST_LINES: usize = 400;

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Holds a rule against those files of `folder` that `applies` picks.
#[track_caller]
fn hold(folder: &str, applies: impl Fn(&Source) -> bool, rule: impl Fn(&Source) -> Vec<Finding>) {
    let files = source::files_below(top(), folder);
    let picked: Vec<_> = files.iter().filter(|source| applies(source)).collect();
    assert!(!picked.is_empty(), "the rule met no file in {folder}: it would hold whatever stood there");
    none(&picked.into_iter().flat_map(rule).collect::<Vec<_>>());
}

#[track_caller]
fn none(findings: &[Finding]) {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} to mend:\n{}\n", lines.len(), lines.join("\n"));
}

fn every(_: &Source) -> bool {
    true
}

#[test]
fn every_import_points_down() {
    hold("src", every, |source| rules::closed_doors(source, ROOMS));
}

#[test]
fn no_room_names_what_it_must_never_name() {
    hold("src", every, |source| rules::forbidden_guests(source, ROOMS));
}

#[test]
fn databases_http_time_and_chance_are_named_only_where_they_belong() {
    hold("src", every, |source| rules::reserved_elsewhere(source, RESERVED));
}

#[test]
fn the_door_names_neither_framework_even_in_strings() {
    let door = |source: &Source| ["main", "cli"].contains(&source.room());
    hold("src", door, |source| rules::unspoken(source, &["actix", "diesel"]));
}

#[test]
fn every_file_says_first_what_it_is_for() {
    hold("src", every, rules::silent_opening);
    hold("tests", every, rules::silent_opening);
}

#[test]
fn no_file_is_longer_than_400_lines() {
    hold("src", every, |source| rules::too_long(source, MOST_LINES));
    hold("tests", every, |source| rules::too_long(source, MOST_LINES));
}

#[test]
fn a_mod_file_only_lists_its_modules_and_its_face() {
    let lists = |source: &Source| source.path == "src/lib.rs" || source.path.ends_with("/mod.rs");
    hold("src", lists, rules::definitions);
}

#[test]
fn every_name_says_something() {
    hold("src", every, rules::empty_name);
    hold("tests", every, rules::empty_name);
}

#[test]
fn routes_are_registered_on_one_page() {
    let elsewhere = |source: &Source| ["web", "startup"].contains(&source.room()) && source.path != "src/web/routes.rs";
    hold("src", elsewhere, rules::registered_routes);
}

#[test]
fn every_room_of_the_table_stands() {
    let files = source::files_below(top(), "src");
    let missing: Vec<&str> =
        ROOMS.iter().map(|room| room.name).filter(|name| !files.iter().any(|source| source.room() == *name)).collect();
    assert!(missing.is_empty(), "rooms of the table without a file: {missing:?}; remove their rows");
}

#[test]
fn both_databases_take_the_same_migrations() {
    let [sqlite, postgres] = ["migrations/sqlite", "migrations/postgres"];
    none(&rules::unequal_migrations([(sqlite, &migrations(sqlite)), (postgres, &migrations(postgres))]));
}

fn migrations(tree: &str) -> Migrations {
    let names = |folder: &Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    };
    let folder = top().join(tree);
    let steps = names(&folder).into_iter().filter(|name| folder.join(name).is_dir());
    steps.map(|name| (name.clone(), names(&folder.join(&name)).into_iter().collect())).collect()
}
