//! Work that must not block an answer: threads that take jobs from the queue, and threads that act by the clock.
//!
//! *Invariant:* no job is lost: it is in the database before anybody is told of it, and one whose worker died is taken
//! by another when the lease runs out.

mod bell;
mod causes;
mod crew;

mod fleet_import;
mod print_job;
mod queue;

mod checkpoint;
mod housekeeping;
mod insurance;

pub use bell::Bell;
pub use checkpoint::SaveState;
pub use crew::{Crew, Pace};
