//! `demo`: a registry to try out, in one command on a fresh machine.
//!
//! *Invariant:* it keeps to its own directory: whatever database and secrets the settings name stay untouched.

mod shell;
mod story;

mod cast;
mod kept;
mod life;
mod pictures;
mod rides;

pub use kept::{Example, Kept, Page, StoryOperator};
pub(super) use shell::Demo;
pub use story::{Story, tell};
