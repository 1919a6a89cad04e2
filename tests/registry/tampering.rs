//! A thousand edits behind the registry's back: `log verify` finds every one.
//!
//! *Invariant:* after each edit was undone the log is clean again, so that each is found for itself.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};

use crate::database::{Kind, TestDatabase, kinds};
use crate::house::{TestRegistry, fleet, ride};

const EDITS: usize = 1_000;

struct Column {
    table: &'static str,
    key: &'static str,
    name: &'static str,
    text: bool,
}

const fn column(table: &'static str, key: &'static str, name: &'static str, text: bool) -> Column {
    Column { table, key, name, text }
}

/// Everything that an entry, its leaf, the head, a checkpoint or a tile consists of.
const COLUMNS: [Column; 7] = [
    column("log_entries", "idx", "entry", false),
    column("log_entries", "idx", "leaf_hash", false),
    column("log_head", "id", "root", false),
    column("log_head", "id", "frontier", false),
    column("log_checkpoints", "size", "root", false),
    column("log_checkpoints", "size", "note", true),
    column("log_tiles", "idx", "hash", false),
];

fn as_hex(kind: Kind, column: &Column) -> String {
    match (kind, column.text) {
        (Kind::Sqlite, false) => format!("lower(hex({}))", column.name),
        (Kind::Sqlite, true) => format!("lower(hex(CAST({} AS BLOB)))", column.name),
        (Kind::Postgres, false) => format!("encode({}, 'hex')", column.name),
        (Kind::Postgres, true) => format!("encode(convert_to({}, 'UTF8'), 'hex')", column.name),
    }
}

fn write(database: &TestDatabase, column: &Column, key: i64, hex: &str) {
    let value = match (database.kind(), column.text) {
        (Kind::Sqlite, false) => format!("X'{hex}'"),
        (Kind::Sqlite, true) => format!("CAST(X'{hex}' AS TEXT)"),
        (Kind::Postgres, false) => format!("'\\x{hex}'::bytea"),
        (Kind::Postgres, true) => format!("convert_from('\\x{hex}'::bytea, 'UTF8')"),
    };
    let sql = format!("UPDATE {} SET {} = {value} WHERE {} = {key}", column.table, column.name, column.key);
    assert_eq!(database.execute(&sql).unwrap(), 1, "{sql}");
}

/// Takes the triggers away, as an insider with all rights would.
fn unlock(database: &TestDatabase) {
    let names = match database.kind() {
        Kind::Sqlite => database.query_text("SELECT name FROM sqlite_master WHERE type = 'trigger'"),
        Kind::Postgres => vec!["audit_log_only_grows() CASCADE".to_owned()],
    };
    let what = if database.kind() == Kind::Sqlite { "TRIGGER" } else { "FUNCTION" };
    for name in names {
        database.execute(&format!("DROP {what} {name}")).unwrap();
    }
}

/// A log of more than a tile, with several checkpoints.
fn long_log(registry: &TestRegistry) {
    let operator = registry.operator('K');
    operator.enroll(&fleet("k", 1));
    operator.report(&[ride("r", "k-1", "2026-07-07T12:00:00+05:00", Some("2026-07-07T12:20:00+05:00"))]);
    let officer = registry.officer();
    let signed = || registry.database.query_i64("SELECT COUNT(*) FROM log_checkpoints")[0];
    while registry.database.query_i64("SELECT size FROM log_head")[0] < 300 || signed() < 3 {
        officer.look_up("K00001", "2026-07-07T12:05:00+05:00");
    }
    let size = registry.database.query_i64("SELECT size FROM log_head")[0];
    while registry.database.query_i64("SELECT MAX(size) FROM log_checkpoints")[0] < size {
        std::thread::yield_now();
    }
}

#[test]
fn a_thousand_edits_by_raw_sql_are_all_found() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        long_log(&registry);
        unlock(&registry.database);
        registry.break_on_purpose();
        let database = &registry.database;
        let keys: Vec<Vec<i64>> = COLUMNS
            .iter()
            .map(|column| database.query_i64(&format!("SELECT {} FROM {}", column.key, column.table)))
            .collect();
        assert!(keys.iter().all(|keys| !keys.is_empty()), "every kind of row is there to be edited");
        let mut rng = StdRng::seed_from_u64(158);
        for edit in 0..EDITS {
            let which = rng.random_range(0..COLUMNS.len());
            let (column, keys) = (&COLUMNS[which], &keys[which]);
            let key = keys[rng.random_range(0..keys.len())];
            let sql = format!("SELECT {} FROM {} WHERE {} = {key}", as_hex(kind, column), column.table, column.key);
            let before = database.query_text(&sql).remove(0);
            let mut bytes = hex::decode(&before).unwrap();
            let place = rng.random_range(0..bytes.len());
            if column.text {
                // Text must stay text: another letter or digit stands in the place.
                let other = loop {
                    let other = b"ABCXYZabcxyz0123456789+/"[rng.random_range(0..24)];
                    if other != bytes[place] && bytes[place].is_ascii() {
                        break other;
                    }
                    if !bytes[place].is_ascii() {
                        break b'?';
                    }
                };
                if !bytes[place].is_ascii() {
                    bytes.truncate(0);
                }
                match bytes.get_mut(place) {
                    Some(byte) => *byte = other,
                    None => bytes.push(other),
                }
            } else {
                match rng.random_range(0..10) {
                    0 => drop(bytes.pop()),
                    1 => bytes.push(rng.random()),
                    _ => bytes[place] ^= 1 << rng.random_range(0..8),
                }
            }
            write(database, column, key, &hex::encode(&bytes));
            let findings = registry.log_findings();
            assert!(!findings.is_empty(), "edit {edit} of {}.{} at {key} was not found", column.table, column.name);
            write(database, column, key, &before);
        }
        assert_eq!(registry.log_findings(), Vec::<String>::new());
    }
}

#[test]
fn entries_removed_swapped_added_or_cut_off_are_found() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        long_log(&registry);
        unlock(&registry.database);
        registry.break_on_purpose();
        let database = &registry.database;
        let size = database.query_i64("SELECT size FROM log_head")[0];
        let found = |what: &str| assert!(!registry.log_findings().is_empty(), "{what} was not found");
        let run = |sql: &str| assert!(database.execute(sql).unwrap() > 0, "{sql}");
        run("UPDATE log_entries SET idx = 100000 WHERE idx = 7");
        found("an entry taken out");
        run("UPDATE log_entries SET idx = 7 WHERE idx = 100000");
        run(&format!("UPDATE log_head SET size = {}", size - 1));
        found("a shorter head");
        run(&format!("UPDATE log_head SET size = {}", size + 1));
        found("a longer head");
        run(&format!("UPDATE log_head SET size = {size}"));
        for (from, to) in [(5, 100_000), (9, 5), (100_000, 9)] {
            run(&format!("UPDATE log_entries SET idx = {to} WHERE idx = {from}"));
        }
        found("two entries swapped");
        for (from, to) in [(9, 100_000), (5, 9), (100_000, 5)] {
            run(&format!("UPDATE log_entries SET idx = {to} WHERE idx = {from}"));
        }
        run(&format!("INSERT INTO log_entries SELECT {size}, entry, leaf_hash FROM log_entries WHERE idx = 0"));
        found("an entry added");
        run(&format!("DELETE FROM log_entries WHERE idx = {size}"));
        assert_eq!(registry.log_findings(), Vec::<String>::new());
    }
}

#[test]
fn a_rewrite_that_is_consistent_in_itself_is_found_by_what_the_signer_keeps_outside() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        long_log(&registry);
        let state = registry.signer_state();
        assert!(registry.verify_with(&state).is_empty());
        unlock(&registry.database);
        registry.break_on_purpose();
        // The whole log is emptied, checkpoints and all: nothing in its tables contradicts itself any more.
        let empty = scooter_registry::audit::CompactRange::new();
        let bytes = |bytes: &[u8]| match kind {
            Kind::Sqlite => format!("X'{}'", hex::encode(bytes)),
            Kind::Postgres => format!("'\\x{}'::bytea", hex::encode(bytes)),
        };
        for sql in [
            "DELETE FROM log_entries".to_owned(),
            "DELETE FROM log_checkpoints WHERE size > 0".to_owned(),
            "DELETE FROM log_tiles".to_owned(),
            format!(
                "UPDATE log_head SET size = 0, root = {}, frontier = {}",
                bytes(empty.root().as_bytes()),
                bytes(&empty.to_bytes())
            ),
        ] {
            registry.database.execute(&sql).unwrap();
        }
        let left = registry.log_findings();
        assert!(left.iter().any(|finding| finding.contains("was recorded as entry")), "the answers stay: {left:?}");
        // The answers are taken away as well: only what lies outside the database still tells.
        registry.database.execute("DELETE FROM lookups").unwrap();
        assert_eq!(registry.log_findings(), Vec::<String>::new());
        assert!(!registry.verify_with(&state).is_empty(), "the signer remembers what was signed");
    }
}

#[test]
fn a_kept_answer_that_was_changed_or_moved_is_found() {
    for kind in kinds() {
        let mut registry = TestRegistry::kz(kind);
        let operator = registry.operator('K');
        operator.enroll(&fleet("k", 1));
        operator.report(&[ride("r", "k-1", "2026-07-07T12:00:00+05:00", Some("2026-07-07T12:20:00+05:00"))]);
        let officer = registry.officer();
        for _ in 0..2 {
            officer.look_up("K00001", "2026-07-07T12:05:00+05:00");
        }
        registry.break_on_purpose();
        let database = &registry.database;
        assert_eq!(registry.log_findings(), Vec::<String>::new());
        let places = database.query_i64("SELECT log_index FROM lookups ORDER BY log_index");
        let [first, second] = places[..] else { panic!("two lookups are kept: {places:?}") };
        let run = |sql: &str| assert_eq!(database.execute(sql).unwrap(), 1, "{sql}");
        let found = |what: &str, finding: &str| {
            let findings = registry.log_findings();
            assert!(matches!(findings.as_slice(), [one] if one.contains(finding)), "{what}: {findings:?}");
        };

        let sealed = column("lookups", "log_index", "answer_sealed", false);
        let sql = format!("SELECT {} FROM lookups WHERE log_index = {first}", as_hex(kind, &sealed));
        let before = database.query_text(&sql).remove(0);
        let mut bytes = hex::decode(&before).unwrap();
        bytes[7] ^= 1;
        write(database, &sealed, first, &hex::encode(&bytes));
        found("one flipped bit", "does not open");
        write(database, &sealed, first, &before);

        let moves = [
            (0, "records something else"),
            (second, "is not the one that entry"),
            (100_000, "is said to have only"),
            (-1, "there is no such entry"),
        ];
        let id = database.query_text(&format!("SELECT id FROM lookups WHERE log_index = {first}")).remove(0);
        for (place, finding) in moves {
            run(&format!("UPDATE lookups SET log_index = {place} WHERE id = '{id}'"));
            found("an answer under another entry", finding);
        }
        run(&format!("UPDATE lookups SET log_index = {first} WHERE id = '{id}'"));

        run(&format!("UPDATE lookups SET id = '' WHERE id = '{id}'"));
        found("an answer under another id", "does not open");
        run(&format!("UPDATE lookups SET id = '{id}' WHERE id = ''"));
        assert_eq!(registry.log_findings(), Vec::<String>::new());
    }
}
