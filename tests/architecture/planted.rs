//! Violations planted on purpose: each rule has to find its own, at the right line, and to leave the innocent alone.
//!
//! *Invariant:* the rooms here are made up, so that the real table may change without touching these tests.

use crate::rules::{self, Finding, Migrations, Reserved, Room};
use crate::source::Source;

const ROOMS: &[Room] = &[
    Room { name: "ground", may_import: &[], never: &["chrono", "std::fs"] },
    Room { name: "desk", may_import: &["ground", "store::handle"], never: &["Cookie"] },
    Room { name: "store", may_import: &["ground"], never: &[] },
    Room { name: "door", may_import: &["*"], never: &[] },
];

const RESERVED: &[Reserved] = &[
    Reserved { what: "diesel*", only_in: &["src/store/"], remedy: "ask the store" },
    Reserved { what: "Db::Sqlite", only_in: &["src/store/dialect.rs"], remedy: "ask the dialect" },
    Reserved { what: "Utc::now", only_in: &["src/clock.rs"], remedy: "take `now`" },
];

fn source(path: &str, text: &str) -> Source {
    Source::read(path, text)
}

fn doors(path: &str, text: &str) -> Vec<Finding> {
    rules::closed_doors(&source(path, text), ROOMS)
}

fn guests(path: &str, text: &str) -> Vec<Finding> {
    rules::forbidden_guests(&source(path, text), ROOMS)
}

fn reserved(path: &str, text: &str) -> Vec<Finding> {
    rules::reserved_elsewhere(&source(path, text), RESERVED)
}

/// Asserts that exactly the given beginnings of messages are found, in this order.
#[track_caller]
fn finds(findings: &[Finding], expected: &[&str]) {
    let found: Vec<String> = findings.iter().map(ToString::to_string).collect();
    let same = found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, beginning)| found.starts_with(beginning));
    assert!(same, "expected {expected:#?}\nbut found {found:#?}");
}

#[test]
fn an_import_that_points_up_is_found_however_it_is_written() {
    for text in [
        "//! x\nuse crate::desk::Lamp;",
        "//! x\nuse crate::{\n    ground::Stone as _,\n};use crate::{ground, desk::{Lamp, Chair as Seat}};",
        "//! x\nfn light() { crate::desk::Lamp::light(&[1]); }",
        "//! x\nfn light(_: Vec<crate::desk::Lamp>) {}",
        "//! x\nfn light() -> u8 { <crate::desk::Lamp as Bright>::light() }",
        "//! x\nuse super::super::desk::Lamp;",
        "//! x\nmod tests { mod deeper { use super::super::super::super::desk::Lamp; } }",
        "//! x\nuse crate as house;",
        "//! x\nuse crate::{self as house};",
        "//! x\nuse crate::*;",
        "//! x\n#[serde(with = \"crate::desk::lamp\")] struct Lamp;",
        "//! x\nmacro_rules! lamp { () => { $crate::desk::Lamp } }",
        "//! x\nuse ::scooter_registry::desk::Lamp;",
    ] {
        let findings = doors("src/store/lamps.rs", text);
        assert!(!findings.is_empty(), "nothing found in {text}");
    }
    finds(
        &doors("src/store/lamps.rs", "//! x\nuse crate::{\n    ground,\n    desk::{Lamp, Seat},\n};\n"),
        &[
            "src/store/lamps.rs:4: `store` must not import `desk::Lamp`; it may import ground: ",
            "src/store/lamps.rs:4: `store` must not import `desk::Seat`; ",
        ],
    );
}

#[test]
fn of_a_room_that_is_open_in_part_only_that_part_may_be_imported() {
    finds(&doors("src/desk.rs", "use crate::store::handle::Handle;"), &[]);
    finds(&doors("src/desk.rs", "use crate::store::rides;"), &["src/desk.rs:1: `desk` must not import `store::rides`"]);
    finds(&doors("src/desk.rs", "use crate::store;"), &["src/desk.rs:1: `desk` must not import `store`"]);
    finds(&doors("src/desk.rs", "use crate::store::{self};"), &["src/desk.rs:1: `desk` must not import `store`"]);
    finds(&doors("src/desk.rs", "use crate::store::*;"), &["src/desk.rs:1: `desk` must not import `store::*`"]);
}

#[test]
fn imports_that_are_allowed_or_only_talked_about_are_left_alone() {
    let innocent = r##"//! Unlike crate::desk this is a store.
/* crate::desk::Lamp /* and crate::desk */ again crate::desk */
use crate::ground::{self, Stone};
use crate::store::shelf;
use self::shelf::Shelf;
pub(crate) fn talk<'a>(word: &'a str) -> (&'a str, char, char) {
    // crate::desk::Lamp
    (r#"a "crate::desk::Lamp" here"#, '"', '\'')
}
#[cfg(test)]
mod tests {
    use super::*;
    use super::super::shelf::Shelf;
}
"##;
    finds(&doors("src/store/shelves.rs", innocent), &[]);
    finds(&doors("src/door.rs", "use crate::{desk, store::rides};"), &[]);
}

#[test]
fn a_file_outside_every_room_is_found() {
    finds(&doors("src/attic/chest.rs", "//! x"), &["src/attic/chest.rs:1: `attic` is no room of the house"]);
}

#[test]
fn a_guest_that_a_room_never_lets_in_is_found() {
    finds(
        &guests("src/ground/stone.rs", "use std::{fmt,\nfs};\nuse std::*;\nfn age(_: chrono::NaiveDate) {}"),
        &[
            "src/ground/stone.rs:2: `ground` must never name `std::fs`",
            "src/ground/stone.rs:3: `ground` must never name `std::fs`",
            "src/ground/stone.rs:4: `ground` must never name `chrono`",
        ],
    );
    finds(&guests("src/desk.rs", "fn a(_: &web::Cookie) {}"), &["src/desk.rs:1: `desk` must never name `Cookie`"]);
    finds(
        &guests("src/ground/stone.rs", "use std::{fmt, fmt::*}; // std::fs, chrono\nconst A: &str = \"chrono\";"),
        &[],
    );
}

#[test]
fn what_is_reserved_is_found_elsewhere_and_allowed_at_home() {
    let text = "#[derive(diesel::Queryable)]\nstruct Row;\nuse diesel_migrations::embed;\nuse {diesel::sql_query};";
    let expected = "may be named only in src/store/; ask the store";
    let rows: Vec<String> = [1, 3, 4].map(|line| format!("src/desk.rs:{line}: `diesel*` {expected}")).into();
    finds(&reserved("src/desk.rs", text), &rows.iter().map(String::as_str).collect::<Vec<_>>());
    finds(&reserved("src/store/rows.rs", text), &[]);

    let arm =
        "fn a(db: Db) { match db { crate::store::Db::Sqlite(_) => {} } }\nuse Db::{Postgres, Sqlite};\nuse Db::*;";
    finds(
        &reserved("src/store/rows.rs", arm),
        &["src/store/rows.rs:1: ", "src/store/rows.rs:2: ", "src/store/rows.rs:3: "],
    );
    finds(&reserved("src/store/dialect.rs", arm), &[]);

    let clock = "fn now() -> i64 { chrono::Utc::now().timestamp_millis() }";
    finds(
        &reserved("src/desk.rs", clock),
        &["src/desk.rs:1: `Utc::now` may be named only in src/clock.rs; take `now`"],
    );
    finds(&reserved("src/clock.rs", clock), &[]);
}

#[test]
fn a_framework_named_in_a_string_is_found() {
    let text = "const FILTER: &str = \"actix_web=info\";\n#[actix_web::main]\nfn main() {} // actix";
    let findings = rules::unspoken(&source("src/main.rs", text), &["actix"]);
    finds(&findings, &["src/main.rs:1: `actix` is named", "src/main.rs:2: `actix` is named"]);
}

#[test]
fn a_file_without_opening_or_without_end_is_found() {
    finds(&rules::silent_opening(&source("src/a.rs", "// x\n//! y")), &["src/a.rs:1: the file does not open"]);
    finds(&rules::silent_opening(&source("src/a.rs", "//! y")), &[]);
    finds(
        &rules::too_long(&source("src/a.rs", &"\n".repeat(401)), 400),
        &["src/a.rs:401: 401 lines, 400 are the most"],
    );
    finds(&rules::too_long(&source("src/a.rs", &"\n".repeat(400)), 400), &[]);
}

#[test]
fn a_definition_in_a_mod_file_is_found() {
    let listing = "//! x\n#![allow(dead_code)]\n#[cfg(test)]\nmod a;\npub(crate) mod b;\npub use a::{A, B};\n";
    finds(&rules::definitions(&source("src/a/mod.rs", listing)), &[]);
    finds(&rules::definitions(&source("src/a/mod.rs", "")), &[]);
    for definition in [
        "pub const A: u8 = 1;",
        "fn a() {}",
        "mod a { fn b() {} }",
        "pub struct A;",
        "macro_rules! a { () => {} }",
        "type A = u8;",
        "impl A {}",
        "#[derive(Debug)]\nenum A {}",
    ] {
        let text = format!("{listing}{definition}\nmod c;\n");
        finds(&rules::definitions(&source("src/a/mod.rs", &text)), &["src/a/mod.rs:7: something is defined here"]);
    }
}

#[test]
fn a_name_that_says_nothing_is_found() {
    for path in ["src/util.rs", "src/helpers/mod.rs", "src/fleet_data.rs", "tests/registry/common.rs"] {
        assert_eq!(rules::empty_name(&source(path, "")).len(), 1, "{path}");
    }
    finds(&rules::empty_name(&source("src/storage/database.rs", "")), &[]);
}

#[test]
fn a_route_registered_apart_is_found() {
    for text in [
        "fn a() { App::new().route(\"/a\", web::get().to(b)); }",
        "fn a() { web::resource(\"/a\"); }",
        "fn a() { actix_web::web::scope(\"/a\"); }",
        "#[get(\"/a\")]\nasync fn a() {}",
        "#[actix_web::post(\"/a\")]\nasync fn a() {}",
    ] {
        let findings = rules::registered_routes(&source("src/web/a.rs", text));
        finds(&findings, &["src/web/a.rs:1: a route is registered here with"]);
    }
    let innocent =
        "#[utoipa::path(get, path = \"/a\")]\nasync fn get(path: Path) { map.get(&path); let route = post(1); }";
    finds(&rules::registered_routes(&source("src/web/a.rs", innocent)), &[]);
}

#[test]
fn migrations_that_differ_are_found() {
    let tree = |folders: &[(&str, &[&str])]| -> Migrations {
        folders.iter().map(|(name, files)| ((*name).into(), files.iter().map(|&file| file.into()).collect())).collect()
    };
    let full = tree(&[("1_begin", &["up.sql", "down.sql"]), ("2_more", &["up.sql"])]);
    finds(&rules::unequal_migrations([("a", &full), ("b", &full)]), &[]);
    let lacking = tree(&[("1_begin", &["up.sql"]), ("3_other", &[])]);
    finds(
        &rules::unequal_migrations([("a", &full), ("b", &lacking)]),
        &[
            "b/1_begin:1: there is no down.sql",
            "b/2_more:1: the folder is missing",
            "b/3_other:1: there is no up.sql",
            "a/3_other:1: the folder is missing",
        ],
    );
    finds(
        &rules::unequal_migrations([("a", &tree(&[])), ("b", &tree(&[]))]),
        &["a:1: there is no", "b:1: there is no"],
    );
}
