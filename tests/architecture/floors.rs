//! Who may import whom, and what only some places may name: the tables that the tests beside them hold.
//!
//! *Invariant:* only tables. Whoever opens a door changes a row here and says why in `src/lib.rs`.

use crate::rules::{Reserved, Room};

/// The whole table, from the ground up: name, what it may import, what it must never name. A room that is not here
/// does not exist.
pub(crate) const ROOMS: &[Room] = &[
    // The ground knows nobody, and neither the time nor the world.
    room("plate", &[], GROUND_NEVER),
    // A serializer is told where to write, and this one writes nowhere but into memory.
    room("spelling", &[], WORLD),
    room("audit", &["spelling"], GROUND_NEVER),
    room("words", &[], WORLD),
    // The only place that asks for the time and for chance; what it answers are values of the model.
    room("clock", &["model"], WORLD),
    // The sizes of plates are values of the drawing; there is no second set of them to be copied from one to the other.
    room("config", &["plate", "model", "render"], &[]),
    room("render", &["plate", "model"], WORLD),
    room("model", &["plate"], WORLD),
    room("fleet_list", &["model", "plate", "words"], WORLD),
    room("storage", &["model", "plate", "audit"], &[]),
    room("registry", &["plate", "audit", "model", "render", "fleet_list", "storage", "words"], HTTP_WORDS),
    room(
        "jobs",
        &[
            "registry",
            "model",
            "clock",
            "storage::jobs",
            // What has served its time is put away by the clock, not by a deed.
            "storage::idempotency",
            "storage::connection",
            "storage::Db",
            "storage::Error",
        ],
        HTTP_WORDS,
    ),
    // Of the storage only the handle, which it passes on: what is asked of it is asked by a deed.
    room(
        "web",
        &[
            "registry",
            "model",
            "plate",
            "words",
            "clock",
            "storage::connection",
            "storage::Db",
            "storage::Error",
            "storage::Tx",
            // What a caller wishes of a picture; the drawing itself is the deed's.
            "render::Dpi",
            "render::Part",
            "render::Validity",
            "render::press::Stock",
            // The key of a call is bound to what only the door sees: its address and its body.
            "storage::idempotency::Keyed",
        ],
        &[],
    ),
    room("startup", &["*"], &[]),
    room("cli", &["*"], &[]),
    room("main", &["*"], &[]),
    room("lib", &["*"], &[]),
];

/// What only some places may name, and what to do elsewhere.
pub(crate) const RESERVED: &[Reserved] = &[
    reserved("diesel*", STORAGE, SAY_IT_TO_STORAGE),
    reserved("libsqlite3_sys", STORAGE, SAY_IT_TO_STORAGE),
    reserved("pq_sys", STORAGE, SAY_IT_TO_STORAGE),
    reserved("actix*", WEB, LEAVE_IT_TO_WEB),
    reserved("utoipa*", WEB_AND_SHAPES, LEAVE_IT_TO_WEB),
    reserved("Db::Sqlite", BOTH_DATABASES, ASK_THE_DIALECT),
    reserved("Db::Postgres", BOTH_DATABASES, ASK_THE_DIALECT),
    reserved("Utc::now", CLOCK, TAKE_NOW),
    reserved("Local::now", CLOCK, TAKE_NOW),
    reserved("SystemTime::now", CLOCK, TAKE_NOW),
    reserved("Instant::now", CLOCK, TAKE_NOW),
    reserved("rand::rng", CLOCK, TAKE_RNG),
    reserved("rand::random*", CLOCK, TAKE_RNG),
    reserved("rand::make_rng", CLOCK, TAKE_RNG),
    reserved("SysRng", CLOCK, TAKE_RNG),
    reserved("OsRng", CLOCK, TAKE_RNG),
    reserved("getrandom", CLOCK, TAKE_RNG),
    reserved("Uuid::now_v7", CLOCK, TAKE_RNG),
    reserved("Uuid::new_v4", CLOCK, TAKE_RNG),
];

/// What a room gets at when it reads or writes the disk, the network or its surroundings.
const WORLD: &[&str] = &["std::fs", "std::net", "std::process", "std::env"];

const GROUND_NEVER: &[&str] =
    &["chrono", "chrono_tz", "std::time", "std::io", "std::fs", "std::net", "std::process", "std::env"];
const HTTP_WORDS: &[&str] =
    &["StatusCode", "HeaderMap", "HeaderName", "HeaderValue", "HttpRequest", "HttpResponse", "Cookie"];

const STORAGE: &[&str] = &["src/storage/"];
const WEB: &[&str] = &["src/web/", "src/startup.rs", "src/startup/"];
/// The values that answers are made of describe their own shape, or each would be written twice.
const WEB_AND_SHAPES: &[&str] = &["src/web/", "src/startup/", "src/model/", "src/registry/"];
const CLOCK: &[&str] = &["src/clock.rs"];
const BOTH_DATABASES: &[&str] = &["src/storage/connection.rs", "src/storage/migrations.rs", "src/storage/dialect/"];

const SAY_IT_TO_STORAGE: &str = "give `src/storage` a function that says what you want to know";
const LEAVE_IT_TO_WEB: &str = "take and return values; `src/web` translates from and to HTTP";
const ASK_THE_DIALECT: &str = "put the line on which the databases differ into `src/storage/dialect/`";
const TAKE_NOW: &str = "take `now` as an argument; the floors that may ask take it from `src/clock.rs`";
const TAKE_RNG: &str = "take `rng` as an argument; the floors that may ask take it from `src/clock.rs`";

const fn room(name: &'static str, may_import: &'static [&'static str], never: &'static [&'static str]) -> Room {
    Room { name, may_import, never }
}

const fn reserved(what: &'static str, only_in: &'static [&'static str], remedy: &'static str) -> Reserved {
    Reserved { what, only_in, remedy }
}
