//! Asks a running registry, from many connections at once, and tells how fast it answered.
//!
//! `load ADDRESS KEY [--connections N] [--seconds S] [--questions N] [--rate R] [--letters AB] [--serials N] [--from MS] [--to MS]
//! [--pair always|half|never] [--journal FILE] [--public TAGFILE]`
//!
//! Without `--rate` each connection asks as soon as it was answered. With it questions are due at fixed times, whoever is free sends
//! the next one, and what took long counts from when it was due: a server that stalls cannot hide what it kept waiting. Prints one
//! JSON object. With `--journal` every answer's lookup id and place in the audit log are written down as they arrive, for whoever
//! holds them against the database afterwards.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measurement, not the registry: it reads the clock, writes lines, and ends where something is wrong"
)]

mod ask;
mod orders;
mod tally;

use std::sync::Arc;

use orders::Orders;
use tally::Tally;

fn main() {
    // `cargo bench` names this to every program it runs.
    let Some(orders) = Orders::of(std::env::args().skip(1)) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let local = tokio::task::LocalSet::new();
    let tally: Tally = local.block_on(&runtime, ask::all(Arc::new(orders)));
    println!("{}", tally.told());
}
