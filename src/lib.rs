//! scooter-registry: the plates of shared electric scooters, and the way from a plate and a moment to the rental that
//! was running on it.
//!
//! This page is the plan of the house. `tests/architecture.rs` holds it against the code.
//!
//! # Floors
//!
//! Arrows point down only. A room imports what stands in its row and nothing else.
//!
//! | floor | room | what it knows | imports |
//! |---|---|---|---|
//! | ground | [`plate`] | numbers of both schemes, control pairs, tags, what a human typed or saw | nothing |
//! | ground | `spelling` | canonical JSON: the one spelling of a value | nothing |
//! | ground | [`audit`] | the tamper-evident log as arithmetic | `spelling` |
//! | ground | [`words`] | what is said, in Kazakh, Russian and English | nothing |
//! | 1 | [`model`] | values and pure rules: periods, rides, verdicts | `plate` |
//! | 1 | [`clock`] | the one place that reads time and chance | `model` |
//! | 2 | [`render`] | a plate drawn: values in, bytes out, the same bytes every time | `plate`, `model` |
//! | 2 | [`config`] | settings: `config/base.toml`, a file, the environment; what it says of plates are values of `render` | `plate`, `model`, `render` |
//! | 2 | [`fleet_list`] | an operator's file: bytes in, rows and problems out | `model`, `plate`, `words` |
//! | 2 | [`storage`] | SQL, on `SQLite` and `PostgreSQL`; the only room that names diesel | `model`, `plate`, `audit` |
//! | 3 | [`registry`] | the deeds: admit, claim, enroll, issue, life, record, resolve, attest | all below but `config`, `clock` |
//! | 4 | [`jobs`] | work that must not block an answer | `registry`, `storage::jobs` |
//! | 4 | [`web`] | HTTP and nothing else; with `startup` the only room that names actix | `registry`, `model`, `plate`, `words`; of `render` only what a caller wishes of a picture or of sheets |
//! | 5 | [`startup`] | everything wired once; tests start this very thing | everything |
//! | 5 | [`cli`] | the command line | everything but actix and diesel |
//!
//! # Invariants that no single file could hold
//!
//! - **Look, write it down, then speak.** Rides leave `storage` sealed ([`storage::Sealed`]). Only
//!   [`storage::disclosure`] opens them, to a plain function that can carry nothing away, and returns the
//!   answer unsaid ([`storage::Unsaid`]); only [`storage::Store`] opens that, after its commit. So no
//!   code path shows a ride without a durable entry.
//! - **A number is never given twice.** Numbers are a primary key, and serials move under their letter's row lock (or, where
//!   numbers have no letter, that of the registry's one sequence) in the transaction that records who bears them
//!   ([`registry::issue`]).
//! - **What was true stays findable.** Plates, vehicles, rides and policies are closed with a date or superseded by a
//!   version; `recorded_at` and `superseded_at` say what was believed when. A vehicle is told as of any instant, as known
//!   at any other ([`registry::life`]); the periods of its numbers follow from what was stated and are never edited.
//! - **One log.** The head is one row, locked last and moved once a transaction, from exactly what was read
//!   ([`storage::audit_log`]). Checkpoints are signed by other code, from the bytes read back ([`registry::attest`]).
//! - **Who is asking comes from the credential.** One table says which role may do what ([`registry::access::Deed`]),
//!   one table which route is which deed ([`web::ROUTES`]); a foreign thing answers exactly like an unknown one.
//! - **Time and chance are arguments** everywhere below the doors.
//!
//! # The five flows
//!
//! - **Fleet upload**: `web::api::fleet_imports` → [`registry::enroll`]: the file is recorded, a job reads it
//!   ([`fleet_list::read`]), plans the diff, and makes all of it true in one transaction, with numbers, plates and
//!   entries.
//! - **Rides**: `web::api::sessions` → [`registry::record`]: each report is judged by itself; new, repeated, versioned
//!   or refused; what looks wrong is marked and kept. Whole files go straight into the database, step by step
//!   ([`registry::record::back_fill`]). Positions go the same way ([`registry::record::locate`]), and are
//!   erased in time unless a lookup holds them ([`registry::retain`]).
//! - **Lookup**: `web::api::lookups` → the desk that gathers what is asked at once ([`web::LookupDesk`]) →
//!   [`registry::resolve`]: reading → issued numbers → who bore it then → rides, sealed
//!   → of several numbers the probability by reading, ride, place and second features ([`model::fit`]) → verdict → entry →
//!   commit → answer.
//! - **Plates for a print shop**: `web::api::print_jobs` → [`registry::press`]: the order is judged by reading, and frozen as a
//!   whole in one short transaction; a job records it by plate, some at a time, then draws one file at a time
//!   ([`render::press`]) and keeps it with the marks on its plates, so that whoever comes after a crash goes on with the
//!   next step and the bytes are the same; files go out streamed, and that is on record.
//! - **Attesting**: [`jobs`] → [`registry::attest`]: entries read back, hashed again, signed; `log verify` recomputes
//!   everything.
//!
//! # Reading order
//!
//! [`plate`] and [`audit`] by themselves; then [`model`]'s `verdict`; then [`storage`]'s `sealed`, `disclosure` and `audit_log`; then
//! [`registry::resolve`]; then [`web`]'s `routes`.
//!
//! # Words
//!
//! Operator (a sharing company), series (its letter), vehicle, plate number, plate (a number borne during a period),
//! policy, ride session, rider handle (the operator's pseudonym, kept as a salted commitment only), lookup (an officer's
//! question), verdict (the first word of an answer), entry, checkpoint, inclusion proof (RFC 9162, C2SP). These words
//! stand in code, interface, tables and screens alike.

mod spelling;

pub mod audit;
pub mod plate;

pub mod words;

pub mod model;

pub mod clock;

pub mod render;

pub mod config;

pub mod fleet_list;

pub mod storage;

pub mod registry;

pub mod jobs;
pub mod web;

pub mod startup;

pub mod cli;
