//! The lookup desk: concurrent questions gathered into one transaction.
//!
//! A lookup must be durably recorded before it is answered, so its cost is the commit. A clerk takes whatever is waiting, answers it
//! in a fixed number of statements, commits once, and then speaks: the batch grows with the load, and a lone question waits for
//! nobody. On `PostgreSQL` there are two clerks, so that the next batch is looked up while one is recorded. Uncertain readings have
//! a desk of their own, so that ranking them holds up no plain one.
//!
//! *Invariant:* no answer without its entry, and no entry twice: what may have become durable is never asked again.

mod batch;
mod counter;
mod figures;

pub use counter::{DeskRules, LookupDesk};
