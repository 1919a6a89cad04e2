//! The registry over HTTP: routes, who may call them, and the translation of requests into deeds and of deeds into
//! answers.
//!
//! *Invariant:* nothing is decided here that a deed could decide; no handler runs whose row in [`ROUTES`] does not permit
//! its caller.

mod route;
mod routes;

mod door;
mod gate;

mod caller;
mod state;

mod failure;
mod fault;
mod kind;
mod life_failure;
mod print_failure;
mod problem;
mod wrong;

mod body;
mod fields;
mod figures;
mod params;
mod prefer;

mod lookup_desk;
mod room;
mod stand_back;
mod turns;

mod idempotency;
mod limit;
mod paging;
mod respond;

mod api;
mod openapi;
mod pages;

pub use lookup_desk::{DeskRules, LookupDesk};
pub use room::{Room, RoomProblem, RoomRules};
pub use route::{Entrance, Route, Verb, Who};
pub use routes::{ROUTES, configure};
pub use stand_back::stand_back;
pub use state::{Limits, WebState};
pub use turns::TurnRules;
