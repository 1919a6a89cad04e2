//! What the registry does: one deed a file, told in order.
//!
//! *Invariant:* no HTTP and no SQL. A deed takes its transaction (or the store), the instant and chance, then who asks,
//! then the subject.

mod house;
mod secrets;
mod tag_keys;

pub mod access;
pub mod book;

pub mod admit;
pub mod claim;
pub mod letters;

pub mod enroll;
pub mod issue;

pub mod insure;
pub mod items;
pub mod life;
pub mod passer_by;
pub mod press;
pub mod print;
pub mod record;
pub mod retain;
pub mod spread;

pub mod attest;
pub mod read;
pub mod resolve;

pub use house::{Registry, Rules};
pub use secrets::{SecretProblem, Secrets};
pub use tag_keys::TagKeys;
